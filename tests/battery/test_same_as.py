"""Declared identities are true: an objective equals its neighbour in value and every gradient."""

import numpy as np
import pytest

import polycontrast as pc
from battery.cases import Backend, Case, assert_close
from polycontrast.objective import Same

IDENTITIES = [
    pytest.param(o, same, id=f"{o.name}-{k}-{same.name}")
    for o in pc.objectives().values()
    for k, same in enumerate(o.same_as)
]
WORDS = {"distinct": np.arange, "equal": lambda n: np.ones(n, dtype=int)}


def arrays_of(objective, same, seed):
    """The case of an identity, and its arrays: those that are needed, and those it speaks of."""
    words = {n: v for n, v in same.when.items() if objective.arguments[n].dims}
    dims = {n: " ".join(objective.arguments[n].dims[0]) for n in words}
    case = Case(objective, {**same.when, **dims})
    sizes = {} if same.views is None else {"M": same.views}
    arrays = case.arrays(seed, **sizes)
    for name, word in words.items():
        array = WORDS[word](arrays[name].size).reshape(arrays[name].shape)
        arrays[name] = array.astype(arrays[name].dtype)
    return case, case.given(Backend.NUMPY, arrays)


def other_call(objective, same, arrays, parameters):
    """Arrays and parameters of the neighbour, and for each of them the own name and index."""
    other, places = pc.objectives()[same.name], dict(same.places)
    for name in (*arrays, *parameters):
        theirs = other.arguments.get(name)
        shared = theirs is not None and theirs.kind == objective.arguments[name].kind
        if shared and name not in (*same.parameters, *places, "reduction"):
            places[name] = name, None
    own = arrays | parameters
    given = {
        name: own[mine] if view is None else own[mine][view]
        for name, (mine, view) in places.items()
    }
    return other, given | same.parameters, places


def varied_identities():
    """Every identity with its defaults, and with each parameter that varies it."""
    for identity in IDENTITIES:
        objective, same = identity.values
        yield pytest.param(objective, same, {}, id=f"{identity.id}-defaults")
        for name, value in {"normalize": False, "temperature": 0.31}.items():
            if name in objective.arguments and name not in same.when:
                yield pytest.param(objective, same, {name: value}, id=f"{identity.id}-{name}")


@pytest.mark.parametrize(("objective", "same", "varied"), list(varied_identities()))
def test_identity(objective, same, varied):
    case, arrays = arrays_of(objective, same, seed=3)
    defaults = {
        name: argument.default
        for name, argument in objective.arguments.items()
        if not argument.required and name not in arrays and argument.default is not None
    }
    parameters = defaults | case.options | varied
    other, given, places = other_call(objective, same, arrays, parameters)
    wrt = tuple(
        name
        for name, (mine, _) in places.items()
        if other.arguments[name].differentiable and mine in case.differentiable
    )
    own_wrt = tuple(dict.fromkeys(places[name][0] for name in wrt))
    value, grads = objective.value_and_grad(**arrays, **parameters, wrt=own_wrt)
    wanted, theirs = other.value_and_grad(**given, wrt=wrt)
    assert_close(value, same.factor * wanted, 1e-10, same.words(objective.arguments))
    assembled = {name: np.zeros(np.shape(getattr(grads, name))) for name in own_wrt}
    for name, grad in theirs._asdict().items():
        mine, view = places[name]
        assembled[mine][... if view is None else view] += same.factor * np.asarray(grad)
    assert_close(grads._asdict(), assembled, 1e-10, f"{same.words(objective.arguments)}")


@pytest.mark.parametrize(("objective", "same"), IDENTITIES)
def test_declaration(objective, same):
    """An identity names parameters that both have, and the docstring shows it."""
    other = pc.objectives()[same.name]
    same.check(objective.arguments)
    assert set(same.parameters) | set(same.of) <= set(other.arguments)
    assert same.words(objective.arguments) in " ".join(objective.__doc__.split())


@pytest.mark.parametrize(
    ("same", "words"),
    [
        (Same("dcl", when={"labels": "distinct"}), "With distinct `labels` it equals `dcl`."),
        (Same("dcl", of={"y": "x"}), "It equals `dcl`, `x` in the place of `y`."),
        (
            Same("dcl", when={"kind": "a"}, factor=0.5, normalize=False),
            'With ``kind="a"`` it equals 0.5 times `dcl` with ``normalize=False``.',
        ),
    ],
)
def test_words(same, words):
    class Array:
        dims = ("B",)

    class Option:
        dims = ()

    assert same.words({"labels": Array, "kind": Option, "x": Array}) == words


@pytest.mark.parametrize(
    ("same", "message"),
    [
        (Same("dcl", when={"nothing": 1}), "names the unknown argument 'nothing'"),
        (Same("dcl", when={"x": "sorted"}), "x must be .*distinct.*, got 'sorted'"),
        (Same("dcl", of={"x": "views 1"}), "x must be an argument or a view of it"),
    ],
)
def test_wrong_declarations_are_refused(same, message):
    with pytest.raises(ValueError, match=message):
        same.check(pc.dcl.arguments)
