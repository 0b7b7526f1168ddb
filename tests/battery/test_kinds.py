"""What each argument takes and refuses, by its role: every kind of wrong value, at every entry."""

import decimal
import fractions
import importlib
import math
import re

import numpy as np
import pytest
from backends import Backend

import polycontrast as pc
from battery.cases import default_cases, each, parts
from battery.scopes import of_mechanisms, of_objectives
from polycontrast.objective.arguments.roles import ANY_NUMBER


def optional(module):
    """A library that may be missing."""
    try:
        return importlib.import_module(module)
    except ImportError:
        return None


OTHERS = ("sparse", "scipy.sparse", "pandas")
sparse, scipy_sparse, pandas = map(optional, OTHERS)
HUGE = 10**400  # no float holds it

# Every entry that takes the arguments of a call, and what it is asked for.
ENTRIES = {
    "call": lambda o, given: o(**given),
    "value_and_grad": lambda o, given: o.value_and_grad(**given),
    "vjp": lambda o, given: o.vjp(**given),
    "hvp": lambda o, given: o.hvp((), (), **given),
}


def given_to(case):
    """Right arguments of a case, every parameter among them, writable."""
    defaults = {n: a.default for n, a in case.arguments.items() if not a.required}
    return defaults | case.options | {n: each(x, np.array) for n, x in case.arrays().items()}


def wrong_arrays(right):
    """What looks like an array and is none that can be computed with."""
    yield "masked", np.ma.masked_array(right, mask=np.zeros(right.shape, dtype=bool))
    yield "subclass", right.view(np.recarray)
    yield "complex", right.astype(np.complex128)
    if np.finfo(np.longdouble).bits > 64:
        yield "longdouble", right.astype(np.longdouble)
    yield "object", right.astype(object)
    yield "structured", np.zeros(right.shape, dtype=[("a", float)])
    yield "words", right.astype(str)
    yield "dates", np.zeros(right.shape, dtype="datetime64[s]")
    yield "list", right.tolist() if right.ndim else [1.0]
    yield "word", "rows"
    yield "truth", True
    yield "set", {1.0}
    if right.ndim == 2:
        yield "matrix", right.view(np.matrix)
    if sparse is not None:
        yield "sparse", sparse.COO.from_numpy(right)
    if scipy_sparse is not None and right.ndim == 2:
        yield "scipy", scipy_sparse.csr_array(right)
    if pandas is not None and right.ndim in (1, 2):
        yield "pandas", (pandas.Series if right.ndim == 1 else pandas.DataFrame)(right)


def wrong_numbers():
    """What is no real number."""
    yield "masked", np.ma.masked
    yield "masked number", np.ma.masked_array(0.5)
    yield "complex", 0.5 + 0j
    yield "NumPy complex", np.complex128(0.5)
    yield "complex array", np.asarray(0.5 + 0j)
    yield "truth", True
    yield "NumPy truth", np.True_
    yield "truth array", np.asarray(True)
    yield "object array", np.asarray(0.5, dtype=object)
    yield "word", "0.5"
    yield "NumPy word", np.str_("0.5")
    yield "bytes", b"0.5"
    yield "set", {0.5}
    yield "decimal", decimal.Decimal("0.5")
    yield "span of time", np.timedelta64(1, "s")
    yield "huge", HUGE
    yield "very huge", -(10**5000)  # Python does not print it
    yield "nan", math.nan
    yield "matrix", np.ones((2, 2))
    if sparse is not None:
        yield "sparse", sparse.COO.from_numpy(np.asarray(0.5))
    if pandas is not None:
        yield "pandas", pandas.Series([0.5])


def wrong_values(argument, right):
    """Name and value of everything that an argument of this role must refuse."""
    if argument.is_array:
        if argument.kind == "list":
            yield from (
                (f"in the list {kind}", [*right[:-1], b]) for kind, b in wrong_arrays(right[-1])
            )
            yield from (("array", right[-1]), ("number", 1.0), ("none", None), ("nothing", []))
            return
        shape = (5,) if right is None or np.ndim(right) == 0 else right.shape
        usual = np.ones(shape) if right is None or np.ndim(right) == 0 else right
        for kind, bad in wrong_arrays(usual):
            if kind == "list" and argument.kind == "views" and usual.ndim == 3:
                yield kind, [*usual[:-1], usual[-1].tolist()]
            else:
                yield kind, bad
        if argument.kind == "views":
            for kind, bad in wrong_arrays(usual[-1]):
                yield f"view {kind}", [*usual[:-1], bad]
            yield "generator", (view for view in usual)
            yield "mapping", dict(enumerate(usual))
        if argument.role.dtype == "bool":
            yield "integers", usual.astype(np.int64)
        if argument.kind == "scalar":
            yield from ((k, b) for k, b in wrong_numbers() if k not in ("truth", "matrix"))
        elif argument.kind != "views":
            yield "number", 1.0
        return
    if argument.choices is not None:
        yield from (("number", 3), ("array", np.ones((2, 2))), ("list", ["mean"]))
        yield from (("huge", 10**5000), ("truth", True), ("bytes", b"mean"))
    elif argument.boolean:
        yield from (("number", 1), ("none", None), ("array", np.ones((2, 2)) > 0), ("word", "no"))
        yield "0-d array", np.asarray(True)
    elif argument.kind in ("scalar", "option"):
        bad = dict(wrong_numbers()) | {"list": [0.5], "vector": np.ones(3)}
        if argument.numbers == ANY_NUMBER:
            del bad["list"]
        yield from bad.items()
        if not argument.optional:
            yield "none", None
        if argument.role.integer:
            yield from (("float", 2.0), ("0-d array", np.asarray(2)))


SETTINGS = {
    "tile": [3, (3,), (3, 4, 5), "34", (2.0, 3), (True, 2), np.asarray([3, 4]), {3, 4}, (3, None)],
    "workers": [1.0, "2", True, np.float64(2), np.asarray(2), [2], 0],
    "memory": [1.5, "much", True, np.ones(2), -1],
    "repeatable": [1, None, "yes", np.ones(2)],
    "check_finite": [1, None, "yes", np.ones(2)],
    "precision": [3, None, np.ones((2, 2)), ["highest"]],
    "gradients": [3, None, np.ones((2, 2)), ["sum"]],
    "comm": [3, ["ranks"], np.ones((2, 2))],
}


def assert_refused(objective, name, call, what):
    """The call raises one sentence with the names of the objective and of the argument."""
    try:
        call()
    except (ValueError, TypeError) as error:
        message = str(error)
    else:
        pytest.fail(f"{objective.name} took {name}: {what}")
    assert message.startswith(f"{objective.name}: "), (what, message)
    assert re.search(rf"\b{name}\b", message), (what, message)
    assert "\n" not in message, (what, message)
    assert len(message) < 300, (what, message)


@pytest.mark.parametrize("module", OTHERS)
def test_other_packages_are_there(module):
    """One that is missing is a reported skip; wrong values without it are fewer."""
    pytest.importorskip(module)
    kinds = [what for what, _ in wrong_arrays(np.ones((3, 2)))]
    assert module.split(".")[0] in kinds


@pytest.mark.parametrize("case", of_objectives(default_cases()))
def test_every_argument_refuses_every_wrong_kind(case):
    """Masked, complex, wide, sparse, of other packages, words, lists, no numbers at all."""
    check_refusals(case, "call")


@pytest.mark.parametrize("entry", [name for name in ENTRIES if name != "call"])
@pytest.mark.parametrize("case", of_mechanisms())
def test_every_entry_refuses_every_wrong_kind(case, entry):
    """All take their arguments by one road."""
    check_refusals(case, entry)


def check_refusals(case, entry):
    usual, call = given_to(case), ENTRIES[entry]
    for name, argument in case.arguments.items():
        for what, bad in wrong_values(argument, usual[name]):
            given = usual | {name: bad}
            assert_refused(case.objective, name, lambda g=given: call(case.objective, g), what)
    for name, values in SETTINGS.items():
        for bad in values:
            given = usual | {name: bad}
            assert_refused(case.objective, name, lambda g=given: call(case.objective, g), repr(bad))


@pytest.mark.parametrize("case", of_mechanisms())
def test_plans_refuse_the_same_parameters(case):
    """A plan has no arrays, and the parameters of a call."""
    shapes = {name: each(x, np.shape) for name, x in case.arrays().items()}
    required = [shapes.pop(name) for name in case.dims if case.arguments[name].required]
    for name, argument in case.arguments.items():
        if argument.is_array:
            continue
        for what, bad in wrong_values(argument, None):
            given = shapes | case.options | {name: bad}

            def call(given=given):
                pc.plan(case.objective, *required, dtype="float64", **given)

            assert_refused(case.objective, name, call, what)


@pytest.mark.parametrize("case", of_mechanisms())
def test_numbers_of_other_types_are_numbers(case):
    """NumPy's numbers, 0-d arrays and fractions give the bits of Python's, and raise no dtype."""

    def single(x):
        return np.array(x, "f4" if x.dtype.kind == "f" else None)

    arrays = {n: each(x, single) for n, x in case.arrays().items()}
    for name, argument in case.arguments.items():
        if argument.is_array or (argument.kind == "option" and not argument.numeric):
            continue
        number = 0.5 if case.parameter(name) is None else case.parameter(name)
        types = [np.float64, np.longdouble, np.asarray, fractions.Fraction]
        if argument.role.integer:
            number, types = max(1, number), [np.int64, np.uint16]
        wanted, wanted_back = case.objective.vjp(**arrays, **case.options | {name: number})
        ones = np.ones_like(wanted)
        for made in types:
            given = case.options | {name: made(number)}
            value, back = case.objective.vjp(**arrays, **given)
            assert value.dtype == wanted.dtype == np.float32, (name, made)
            np.testing.assert_array_equal(value, wanted)
            for pair in zip(back(ones), wanted_back(ones), strict=True):
                for one, other in zip(*map(parts, pair), strict=True):
                    assert one.dtype == other.dtype == np.float32, (name, made)
                    np.testing.assert_array_equal(one, other)


def partners(shape):
    """What is no cotangent of a value of this shape, and no vector of an argument of this shape."""
    yield from ((what, bad) for what, bad in wrong_arrays(np.ones(shape)))
    yield from (("none", None), ("complex number", 1j), ("truth array", np.ones(shape) > 0))
    yield from (("other shape", np.ones((*shape, 2))), ("bytes", b"1"))
    for library in (Backend.TORCH, Backend.JAX, Backend.STRICT):
        if library.installed:
            yield library.module, library.asarray(np.ones(shape))


@pytest.mark.parametrize("case", of_mechanisms())
def test_cotangents_and_vectors(case):
    """Real numbers of the value's library and shape; integers count as numbers."""
    objective, given = case.objective, given_to(case)
    value, back = objective.vjp(**given)
    for what, bad in partners(np.shape(value)):
        assert_refused(objective, "cotangent", lambda b=bad: back(b), what)
    for pair in zip(back(np.ones_like(value)), back(np.ones_like(value, int)), strict=True):
        for one, other in zip(*map(parts, pair), strict=True):
            np.testing.assert_array_equal(one, other)
    if np.ndim(value):
        assert_refused(objective, "cotangent", lambda: back(1.0), "a number")
        return
    held = objective.held
    inexact = case.surrogate if held and not held.is_surrogate else ()
    names = tuple(n for n in case.differentiable if n in case.dims and n not in inexact)
    if not names:
        return  # second derivatives by no array
    right = [each(given[name], np.ones_like) for name in names]
    for k, name in enumerate(names):
        several = isinstance(right[k], list)
        for what, bad in partners(parts(given[name])[-1].shape):
            vectors = [*right[:k], [*right[k][:-1], bad] if several else bad, *right[k + 1 :]]
            assert_refused(
                objective, name, lambda v=vectors: objective.hvp((), v, wrt=names, **given), what
            )
    for bad in (None, 1.0, right[0], "words", right[:-1]):
        assert_refused(
            objective, "vectors", lambda v=bad: objective.hvp((), v, wrt=names, **given), repr(bad)
        )


@pytest.mark.parametrize("case", of_objectives(default_cases()))
def test_a_cotangent_that_is_nan_makes_gradients_nan(case):
    """A gradient is linear in its cotangent, so nothing finite comes of a nan."""
    value, back = case.objective.vjp(**given_to(case))
    for number in (math.nan, np.nan) if np.ndim(value) == 0 else ():
        for grad in back(number):
            assert all(np.isnan(t).all() for t in parts(grad))
    for grad in back(np.full_like(value, np.nan)):
        assert all(np.isnan(t).all() for t in parts(grad))


@pytest.mark.parametrize("case", of_mechanisms())
def test_names_to_differentiate(case):
    """`wrt` is a name, or a tuple or list of different names, whose order the result keeps."""
    objective, given = case.objective, given_to(case)
    name = case.differentiable[0]
    wrong = [{name}, {name: 1}, (name, name), 3, (3,), name.encode(), np.array([name]), True]
    wrong += [(n for n in [name]), [name, None], (name, (name,)), ""]
    for bad in wrong:
        assert_refused(objective, "wrt", lambda b=bad: objective.vjp(**given, wrt=b), repr(bad))
    for right in (name, [name], (name,)):
        _, back = objective.vjp(**given, wrt=right)
        value = objective(**given)
        assert back(np.ones_like(value))._fields == (name,)


@pytest.mark.skipif(not Backend.TORCH.installed, reason="torch is not installed")
@pytest.mark.parametrize("case", of_mechanisms())
def test_sparse_tensors(case):
    """torch keeps sparse and dense arrays in one class."""
    usual = case.given(Backend.TORCH, case.arrays())
    for name in case.dims:
        given = usual | case.options | {name: each(usual[name], lambda x: x.to_sparse())}
        assert_refused(case.objective, name, lambda g=given: case.objective(**g), "sparse")


@pytest.mark.parametrize("bad", [1, None, "yes", np.ones(2)])
def test_diagnostics_are_a_choice(bad):
    """`diagnostics` is a truth value."""
    x = np.ones((3, 2))
    assert_refused(
        pc.info_nce, "diagnostics", lambda: pc.info_nce.value_and_grad(x, x, diagnostics=bad), bad
    )
