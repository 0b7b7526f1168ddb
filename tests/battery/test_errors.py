"""Bad input raises ValueError or TypeError that begins with the objective's name and says what."""

import math

import numpy as np
import pytest
from backends import Backend

import polycontrast as pc
from battery.cases import default_cases, each
from battery.scopes import of_objectives

# A mistake takes a case and its NumPy inputs and returns what to pass, with the words that the
# message must hold; None where it does not apply.


def _fitting(case, **sizes):
    return case.given(Backend.NUMPY, case.arrays(**sizes)) | case.options


def _changed(case, name, value):
    return _fitting(case) | {name: value}, (name,)


def _second(case):
    """Name of an array that has to fit the first."""
    return list(case.dims)[1] if len(case.dims) > 1 else None


def other_rows(case):
    """Two arrays with different numbers of rows, where these are of the same samples."""
    usual, fewer = case.arrays(), case.arrays(B=4, N=4)
    first, *rest = case.dims
    samples = {"B", "N"} & set(case.dims[first])
    shapes = {n: (each(fewer[n], np.shape), each(usual[n], np.shape)) for n in usual}
    others = (
        n
        for n in rest
        if shapes[n][0] != shapes[n][1] and (not samples or samples & set(case.dims[n]))
    )
    name = next(others, None)
    return None if name is None else _changed(case, name, fewer[name])


def other_dimension(case):
    """Two arrays with different dimensions."""
    name = _second(case)
    if name is None or case.dims[name][-1] != "D":
        return None
    return _changed(case, name, case.arrays(D=7)[name])


def ragged_views(case):
    """A sequence of views of different shapes."""
    if case.views is None:
        return None
    views = list(case.arrays()[case.views])
    return _changed(case, case.views, [*views[:-1], views[-1][:-1]])


def one_view_less(case):
    """A stack with fewer views than the least."""
    if case.views is None:
        return None
    least = case.arguments[case.views].role.least_views
    return _changed(case, case.views, case.arrays()[case.views][: least - 1])


def no_views(case):
    """An empty sequence of views."""
    return None if case.views is None else _changed(case, case.views, [])


def too_few_axes(case):
    """A vector where a matrix is due, and no axis where a vector is."""
    name = next(iter(case.dims))
    return _changed(case, name, np.ones((5,) if len(case.dims[name]) > 1 else ()))


def too_many_axes(case):
    """An axis more than any shape allows."""
    name = next(iter(case.dims))
    return _changed(case, name, np.ones((2, 3, 5, 4)))


def mixed_dtypes(case):
    """float32 beside float64."""
    if case.views is not None:
        views = list(case.arrays()[case.views])
        return _changed(case, case.views, [*views[:-1], views[-1].astype(np.float32)])
    name = _second(case)
    if name is None:
        return None
    return _changed(case, name, each(_fitting(case)[name], lambda x: x.astype(np.float32)))


def mixed_libraries(case):
    """A NumPy array beside one of another library."""
    strict = next((b for b in (Backend.STRICT, Backend.TORCH, Backend.JAX) if b.installed), None)
    if strict is None:
        return None
    if case.views is not None:
        views = list(case.arrays()[case.views])
        return _changed(case, case.views, [*views[:-1], strict.asarray(views[-1])])
    name = _second(case)
    return None if name is None else _changed(case, name, each(case.arrays()[name], strict.asarray))


def integers(case):
    """Integer embeddings."""
    name = next(iter(case.dims))
    return _changed(case, name, each(case.arrays()[name], lambda x: np.ones(x.shape, np.int64)))


def complex_numbers(case):
    """Complex embeddings."""
    name = next(iter(case.dims))
    return _changed(case, name, each(case.arrays()[name], lambda x: x.astype(np.complex128)))


def nested_list(case):
    """Python numbers in place of an array."""
    name = next(iter(case.dims))
    return _changed(case, name, [[[1.0, 2.0]]])


def nothing(case):
    """None in place of an array."""
    return _changed(case, next(iter(case.dims)), None)


def missing_argument(case):
    """A required array left out."""
    name = list(case.dims)[-1]
    given = _fitting(case)
    del given[name]
    return given, (name,)


def unknown_keyword(case):
    """A keyword that no objective knows."""
    return _fitting(case) | {"temperatur": 0.1}, ("temperatur",)


def empty_batch(case):
    """No sample at all."""
    first = next(iter(case.dims))
    axes = case.dims[first]
    own = {} if len(axes) > 1 and {"B", "N"} & set(axes) else {axes[0]: 0}
    return _fitting(case, **{"B": 0, "N": 0} | own), (first,)


def no_dimension(case):
    """Embeddings of dimension zero."""
    name = next((n for n, dims in case.dims.items() if dims[-1] == "D"), None)
    return None if name is None else (_fitting(case, D=0), (name,))


def unknown_wrt(case):
    """A gradient with respect to what is not an argument."""
    return _fitting(case) | {"wrt": ("nonsense",)}, ("nonsense",)


def wrt_option(case):
    """A gradient with respect to an option."""
    name = next((n for n, a in case.arguments.items() if a.kind == "option"), None)
    return None if name is None else (_fitting(case) | {"wrt": (name,)}, (name,))


def empty_wrt(case):
    """No gradient at all."""
    return _fitting(case) | {"wrt": ()}, ("wrt",)


MISTAKES = [
    *(
        other_rows,
        other_dimension,
        ragged_views,
        one_view_less,
        no_views,
        too_few_axes,
        too_many_axes,
    ),
    *(mixed_dtypes, mixed_libraries, integers, complex_numbers, nested_list, nothing),
    *(missing_argument, unknown_keyword, empty_batch, no_dimension),
    *(unknown_wrt, wrt_option, empty_wrt),
]


def wrong_values(case):
    """Yield every keyword with a value it must refuse."""
    for name, argument in case.arguments.items():
        if name == "temperature":
            yield from ((name, bad) for bad in (0.0, -1.0, math.nan, math.inf, "warm", None))
            yield name, np.ones(7)  # the length of no axis
        elif argument.kind == "scalar":
            yield from ((name, bad) for bad in (math.nan, "much", None))
        elif argument.kind == "option" and getattr(argument, "choices", None):
            yield name, "nonsense"
            if not argument.optional and None not in argument.choices:
                yield name, None
        elif argument.kind == "option" and isinstance(argument.default, bool):
            yield name, "yes"
        elif argument.kind == "option" and argument.numeric:
            yield from ((name, bad) for bad in (math.nan, "much"))
        elif argument.kind == "option" and argument.numbers:
            count = argument.numbers
            yield from ((name, bad) for bad in (1.0, (), (math.nan,) * abs(count)))
            if count > 1:
                yield name, (1.0,)
        elif argument.role.below and name in case.dims:
            yield name, np.full_like(case.arrays()[name], 99)
            yield name, np.full_like(case.arrays()[name], -1)
        elif argument.kind == "weights" and argument.dims == (("B",),):
            yield name, -np.ones(5)
            yield name, np.zeros(5)
            yield name, np.ones(6)
    yield from (("tile", bad) for bad in (3, (3,), (0, 4), (2.0, 4), (True, 4), "small"))
    yield from (("workers", bad) for bad in (0, -1, 1.5, True, np.bool_(True)))
    yield from (("memory", bad) for bad in (-1, 1e6, False, "much"))
    yield from (("precision", bad) for bad in ("half", None))


def mistakes(case):
    """Everything that applies: what it is, what to pass, and the words of the message."""
    for mistake in MISTAKES:
        made = mistake(case)
        if made is not None:
            yield mistake.__name__, *made
    for name, bad in wrong_values(case):
        yield f"{name}={bad!r}", _fitting(case) | {name: bad}, (name,)


@pytest.mark.parametrize("case", of_objectives(default_cases()))
def test_mistakes(case):
    """The message begins with "<name>: " and names the argument that is wrong."""
    for what, given, words in mistakes(case):
        call = case.objective.vjp if "wrt" in given else case.objective
        try:
            call(**given)
        except (ValueError, TypeError) as error:
            message = str(error)
        else:
            pytest.fail(f"{case.objective.name} took {what}")
        assert message.startswith(f"{case.objective.name}: "), (what, message)
        assert all(word in message for word in words), (what, message)
        assert "\n" not in message, (what, message)


def test_what_came_is_shown():
    """A message about shapes shows what was given; one about choices suggests the nearest."""
    x = np.ones((8, 4))
    with pytest.raises(ValueError, match=r"\(8, 4\).*\(8, 5\)"):
        pc.info_nce(x, np.ones((8, 5)))
    with pytest.raises(ValueError, match=r"'means'.*mean"):
        pc.info_nce(x, x, reduction="means")


def test_all_mistakes_are_made_somewhere():
    """Each kind of mistake applies to at least one objective."""
    for mistake in MISTAKES:
        if mistake is mixed_libraries and not any(
            b.installed for b in (Backend.STRICT, Backend.TORCH, Backend.JAX)
        ):
            continue
        assert any(mistake(case) is not None for case in default_cases()), mistake.__name__


@pytest.mark.parametrize(
    "bad",
    [
        {"temperature": True},
        {"temperature": -1.0},
        {"symmetric": 1},
        {"symmetric": 1.0},
        {"label_smoothing": 2},
        {"reduction": "means"},
    ],
)
def test_numbers_that_passed_before_say_nothing_of_others(bad):
    """Also of those that are equal to them and have another type."""
    x, y = np.random.default_rng(0).normal(size=(2, 4, 3))
    passing = {"temperature": 1, "symmetric": True, "label_smoothing": 0, "reduction": "mean"}
    for _ in range(2):
        pc.info_nce(x, y, **passing)
    with pytest.raises((TypeError, ValueError), match=f"info_nce: .*{next(iter(bad))}"):
        pc.info_nce(x, y, **passing | bad)


@pytest.mark.parametrize("module", ["numpy", "torch"])
def test_a_number_that_passed_is_checked_again_when_its_array_has_changed(module):
    xp = pytest.importorskip(module)
    x, y = (xp.asarray(t) for t in np.random.default_rng(0).normal(size=(2, 4, 3)))
    temperature = xp.asarray(0.5)
    for _ in range(2):
        pc.info_nce(x, y, temperature=temperature)
    temperature[...] = -0.5
    with pytest.raises(ValueError, match=r"temperature must be finite and > 0, got -0\.5"):
        pc.info_nce(x, y, temperature=temperature)
