"""Docstrings of objectives: what the author writes, and what the decorator adds from the roles."""

import inspect
import pydoc
import re
from typing import Annotated, Any, Literal

import pytest

import polycontrast as pc
from polycontrast.objective import (
    Embeddings,
    Held,
    Index,
    Interval,
    Normalize,
    Reduction,
    Role,
    Scalar,
    Temperature,
    Views,
    Weights,
)
from polycontrast.objective.arguments.roles import read_signature
from polycontrast.objective.help.docstrings import completed, formula_of, source_of
from polycontrast.objective.help.parameter_words import standard

OBJECTIVES = [pytest.param(o, id=o.name) for o in pc.objectives().values()]


def section(text, title):
    """Lines of one section of a docstring."""
    found = re.search(rf"^{title}\n-+\n(.*?)(?=\n\n\w[\w ]*\n---|\Z)", text, re.M | re.S)
    return found[1].splitlines() if found else []


def heads(text, title="Parameters"):
    """Names and types of the entries of a section."""
    parts = [line.partition(" : ") for line in section(text, title) if re.match(r"\w", line)]
    return {name: form for names, _, form in parts for name in names.split(", ")}


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_docstring_is_complete(objective):
    """Each parameter has a type, a shape and a default; all sections of a page are there."""
    text = inspect.getdoc(objective)
    found = heads(text)
    assert list(found) == list(objective.arguments)
    for name, argument in objective.arguments.items():
        form = found[name]
        if argument.is_array:
            axes = argument.dims[0]
            shape = ", ".join(a.replace("B**M", "B, ..., B").replace("+", " + ") for a in axes)
            assert f"({shape}" in form, name
        default = argument.default
        words = f'default "{default}"' if isinstance(default, str) else f"default {default!r}"
        words = "optional" if default is None else words
        assert argument.required or form.endswith(f", {words}"), name
        if argument.choices is not None:
            shown = (f'"{c}"' if isinstance(c, str) else repr(c) for c in argument.choices)
            words = f"{{{', '.join(shown)}}}"
            assert form.startswith(f"tuple of {words}" if argument.several else words), name
    for title in ("Returns", "Raises", "References", "Examples"):
        assert section(text, title), title
    (returned,) = [line for line in section(text, "Returns") if re.match(r"\w", line)]
    assert " : " in returned
    assert section(text, "Raises")[0] == "ValueError, TypeError"
    assert objective.formula
    assert objective.source
    assert objective.summary == text.splitlines()[0]
    assert '"' not in objective.source
    heads_with_words = [f"{name} : {form}" for name, form in found.items() if "{" in form]
    lines = [t for t in text.splitlines() if t not in heads_with_words]  # numpydoc breaks none
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_source_says_nothing_twice(objective):
    """The file holds no sentence, type or default that follows from the signature."""
    source = inspect.cleandoc(objective._body.__doc__)
    text = inspect.getdoc(objective)
    typed = {name for name, form in heads(source).items() if form}
    assert all(objective.arguments[name].hint is Any for name in typed)  # roles say nothing of it
    assert len(re.findall(re.escape(objective.formula), " ".join(text.split()))) == 1
    own = " ".join(" ".join(section(source, "Parameters")).split())
    for argument in objective.arguments.values():
        said = standard(argument, objective.arguments)
        assert not said or said not in own


def test_a_docstring_in_full():
    """What `help` shows of a loss, word by word."""
    assert inspect.getdoc(pc.nt_xent) == NT_XENT


def test_help_fits_a_terminal():
    """The signature has lines of 80 columns, of which the options of execution have their own."""
    shown = pydoc.plain(pydoc.render_doc(pc.sup_con)).splitlines()[2:]
    start, end = shown.index("sup_con("), shown.index(") -> Array")
    assert all(len(line) <= 80 for line in shown[start:end])
    assert shown[start + 1].startswith("    z: Array | Sequence[Array], labels: Array, *,")
    assert any(line.startswith("    tile: ") for line in shown[start:end])
    assert str(inspect.signature(pc.sup_con)).startswith("(\n    z: Array")


def test_paragraphs_are_filled_and_lists_are_not():
    own = (
        "Summary of it.\n\nNotes\n-----\n"
        + 20 * "word "
        + "\n\n- one\n  more\n- two\n\n.. math:: x\n"
    )
    text = completed(own, {}, ())
    assert " ".join(15 * ["word"]) + "\nword" in text
    assert "- one\n  more\n- two" in text


def test_roles_that_differ_in_their_sentence_alone_are_two():
    """`typing` keeps one annotation for equal roles, and would lose the sentence of the second."""
    one, other = (Annotated[Any, Role("rows", ("B",), about=about)] for about in ("One.", "Two."))
    assert [role.__metadata__[0].about for role in (one, other)] == ["One.", "Two."]


NT_XENT = r"""Normalised temperature-scaled cross-entropy: each of 2B rows against the 2B - 1 others.

.. math:: \frac{1}{2B}
          \sum_{a=1}^{2B} \Big[ \log \sum_{b \ne a} e^{\langle z_a, z_b \rangle / \tau}
          - \langle z_a, z_{p(a)} \rangle / \tau \Big],\quad z = [\hat x; \hat y]

Parameters
----------
x, y : array (B, D)
    Row i belongs to sample i. Two views.
ids : integer array (B,), optional
    The item that each sample stands for; samples of one item are no
    negatives of each other.
temperature : float or 0-d array, > 0, default 0.1
    Temperature :math:`\tau`, differentiable. SimCLR's ImageNet value; the
    paper uses 0.5 on CIFAR-10.
normalize : bool, default True
    Scale rows to unit length first.
reduction : {"mean", "sum", "none"}, default "mean"
    Mean or sum of the losses, or the losses themselves. There are 2B, those
    of `x` first.

Returns
-------
loss : 0-d array, or (2B,) for ``reduction="none"``

Raises
------
ValueError, TypeError
    When shapes, dtypes, libraries or devices disagree, `temperature` is not
    above 0 or `reduction` is not one of its words.

Notes
-----
The partner of row a is :math:`p(a) = a \pm B`. The loss of a row is
computed as :math:`\mathrm{softplus}(N_a - s_a)` with the log-sum-exp
:math:`N_a` over the negatives alone and the positive :math:`s_a`, which
stays accurate when the loss is tiny. With :math:`q_a = \sigma(N_a - s_a)`
the gradient weight of a negative pair is :math:`q_a e^{s_{ab} - N_a}`, that
of the positive is :math:`-q_a`. The 2B x 2B Gram matrix is symmetric, so
half of its tiles are computed. ``B = 1``: value 0, gradient 0.

The value does not depend on a permutation of the samples, a common rotation
of all rows, the length of single rows where they are normalised or an
exchange of `x` and `y` with all that belongs to them.

Also known as SimCLR, NTXentLoss.

References
----------
T. Chen, S. Kornblith, M. Norouzi, G. Hinton, "A Simple Framework for
Contrastive Learning of Visual Representations", ICML 2020, arXiv
2002.05709.

Examples
--------
>>> import numpy as np, polycontrast as pc
>>> x = np.eye(3)
>>> float(pc.nt_xent(x, x, temperature=1.0).round(6))
0.904832"""  # noqa: E501


def sample(
    x: Embeddings,
    y: Embeddings,
    views: Views,
    weights: Weights | None = None,
    *,
    temperature: Temperature = 0.1,
    bias: Scalar = 0.0,
    share: Annotated[float, Interval(0.0, 1.0, open_high=True)] = 0.5,
    core: Index = 0,
    kind: Literal["a", None] = "a",
    flag: bool = False,
    free: Any = 1,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
): ...


ROLES = read_signature(sample)


def test_types_follow_from_the_roles():
    """Type, shape, interval and default of each role; equal neighbours share an entry."""
    assert heads(completed("Sum.", ROLES)) == {
        "x": "array (B, D)",
        "y": "array (B, D)",
        "views": "array (M, B, D), or sequence of M arrays (B, D)",
        "weights": "array (B,), optional",
        "temperature": "float or 0-d array, > 0, default 0.1",
        "bias": "float or 0-d array, default 0.0",
        "share": "float in [0, 1), default 0.5",
        "core": "int, >= 0, default 0",
        "kind": '{"a", None}, default "a"',
        "flag": "bool, default False",
        "free": "Any, default 1",
        "normalize": "bool, default True",
        "reduction": '{"mean", "sum", "none"}, default "mean"',
    }
    assert "x, y : array (B, D)\n    Row i belongs to sample i." in completed("Sum.", ROLES)


def test_the_sentence_of_the_author_comes_after_the_standard_one():
    """An entry of the source keeps its place, its words and, where it has one, its type."""
    text = """Sum.

    Parameters
    ----------
    weights
        Taken
        as they are.
    free : int or str, default 1
        Free.
    flag
        Either:

        - true
        - false

    Returns
    -------
    value
        In nats.
    """
    got = completed(text, ROLES)
    given = 'Non-negative weight of each sample, not all zero. "mean" divides by their sum.'
    taken = " ".join(" ".join(section(got, "Parameters")).split())
    assert f"weights : array (B,), optional {given} Taken as they are." in taken
    assert "free : int or str, default 1\n    Free." in got
    assert "flag : bool, default False\n    Either:\n\n    - true\n    - false\n" in got
    assert 'value : 0-d array, or (B,) for ``reduction="none"``\n    In nats.' in got


def test_reasons_to_raise_follow_from_the_roles():
    text = "Sum.\n\nRaises\n------\nValueError\n    When it is late."
    raised = " ".join(section(completed(text, ROLES, shards=False), "Raises"))
    assert " ".join(raised.split()) == (
        "ValueError, TypeError When shapes, dtypes, libraries or devices disagree, there are fewer "
        "than two views, all weights are zero, `temperature` is not above 0, `bias` is not finite, "
        "`share` is outside [0, 1), `core` is not an integer of at least 0 or `kind` or "
        "`reduction` is not one of its words. When ranks share the batch (``comm=``). When it is "
        "late."
    )


def test_declarations_are_notes():
    got = completed("Sum.", ROLES, ("rotation", "swap"), held=Held("x", kind="a"))
    notes = " ".join(section(got, "Notes"))
    assert "does not depend on a common rotation of all rows or an exchange of `x` and `y`" in notes
    assert 'With ``kind="a"`` the gradient of `x` is by definition not that of the value' in notes


PARAMETERS = "Sum.\n\nParameters\n----------\n"


@pytest.mark.parametrize(
    ("text", "invariances", "error"),
    [
        (f"{PARAMETERS}z\n    Last.", (), "describes 'z', which is no parameter"),
        (f"{PARAMETERS}x, views\n    Both.", (), "x, views together"),
        ("Sum.", ("rotations",), "unknown invariance 'rotations'; did you mean rotation"),
    ],
)
def test_what_a_docstring_cannot_say(text, invariances, error):
    with pytest.raises(ValueError, match=re.escape(error)):
        completed(text, ROLES, invariances)


def test_formula_and_source_are_read_from_the_text():
    text = """Sum.

    .. math:: a +
              b

    Notes
    -----
    .. math:: c

    References
    ----------
    A. Author, "A title, with
    a comma", 2020. B. Author, 2021.
    """
    assert formula_of(text) == "a + b"
    assert source_of(text) == "A. Author, 2020. B. Author, 2021."
    assert formula_of(text.replace(".. math:: a +\n              b", "")) == "c"
    assert formula_of("Sum.") == source_of("Sum.") == ""
