"""What the registry says about an objective is there and is true."""

import copy
import inspect
import pickle
from pathlib import Path

import numpy as np
import pytest
from oracles import FACTS, ORACLES

import polycontrast as pc
from battery.cases import all_cases, cases_of, default_cases

INVARIANCES = {
    "sample_permutation",
    "view_permutation",
    "rotation",
    "row_scale",
    "swap",
    "translation",
}
FOUNDATION = {
    *("info_nce", "nt_xent", "sigmoid_contrastive", "dcl", "poly_view", "sufficient_statistics"),
    *("multi_crop", "mv_dhel", "pairwise_sum", "cube_logits", "cube_loss", "alignment"),
    *("uniformity", "cyclip", "geometric_consistency"),
}
OBJECTIVES = [pytest.param(o, id=o.name) for o in pc.objectives().values()]


def test_the_battery_has_something_to_run():
    """The objectives of the foundation are registered; all have an oracle and distinct cases."""
    assert set(pc.objectives()) >= FOUNDATION
    assert set(FACTS) == set(ORACLES) == set(pc.objectives())
    assert len(default_cases()) == len(pc.objectives())
    assert len({str(case) for case in all_cases()}) == len(all_cases())


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_description(objective):
    """An objective is exported under its name and says what it is, from where, by what formula."""
    assert getattr(pc, objective.name) is objective
    assert pc.objectives()[objective.name] is objective
    assert objective.family == Path(inspect.getfile(objective._body)).parent.name
    assert objective.summary.endswith(".")
    assert objective.source
    assert objective.formula
    # The defaults, but for what a comparison needs (such as a tolerance of an iteration).
    assert not any(objective.arguments[name].dims for name in cases_of(objective)[0].params)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_declarations(objective):
    """Cases name arguments that exist, invariances are known ones, arguments are well described."""
    assert objective.invariances <= INVARIANCES
    for case in cases_of(objective):
        assert set(case.params) <= set(objective.arguments)
    for name, argument in objective.arguments.items():
        assert argument.name == name
        kinds = {"rows", "views", "list", "weights", "state", "scalar", "option", "mask"}
        assert argument.kind in kinds
        assert argument.kind == "scalar" or bool(argument.dims) == (argument.kind != "option")
        parameter = objective.signature.parameters[name]
        assert argument.required == (parameter.default is inspect.Parameter.empty)
        if not argument.dims:
            assert parameter.kind is inspect.Parameter.KEYWORD_ONLY


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_option_is_exercised(objective):
    """Each parameter but `reduction` is varied by some case, or has values the battery varies."""
    varied = {name for case in cases_of(objective) for name in case.params}
    for name, argument in objective.arguments.items():
        if argument.required or argument.kind == "scalar" or name == "reduction":
            continue
        assert name in varied, f"no case of {objective.name} varies {name}"


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_signature_is_that_of_the_specification(objective):
    """Names, order and defaults of the parameters equal those of the independent oracle."""
    assert objective.name in ORACLES, f"tests/oracles lacks {objective.name}"
    wanted = inspect.signature(ORACLES[objective.name]).parameters
    got = objective.signature.parameters
    optional = {"mask", "weights"}  # of the poly-view family, added to it later
    wanted = {n: p for n, p in wanted.items() if n in got or n not in optional}
    assert list(got) == list(wanted)
    for name, parameter in wanted.items():
        assert got[name].default == parameter.default, name
        assert got[name].kind is parameter.kind, name


class Scaled(pc.Objective):
    """An objective of a user's, with a method and an attribute of its own."""

    factor = 2.0

    def scaled(self, *args):
        return self.factor * self(*args)


def plain_body(x):
    """Sum of squares."""
    return (x * x).sum(axis=1), lambda g: {"x": 2 * x * g[:, None]}


plain_body.__annotations__ = {"x": pc.dcl._body.__annotations__["x"]}


@pytest.mark.parametrize("body", [pc.dcl._body, plain_body], ids=["registered", "its own"])
@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))]
)
def test_a_subclass_survives_a_copy_and_a_pickle(body, again):
    made = Scaled(body, ("rotation",), shards=False)
    made.factor = 3.0
    x = np.random.default_rng(0).normal(size=(2, 5, 3))[: 1 if body is plain_body else 2]
    other = again(made)
    assert type(other) is Scaled
    assert other.invariances == {"rotation"}
    assert not other.shards
    assert other.family == made.family == body.__module__.split(".")[-2]
    np.testing.assert_array_equal(other.scaled(*x), 3 * made(*x))


def test_a_registered_objective_is_one_and_stays_as_it_is():
    for again in (copy.copy, copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))):
        assert again(pc.info_nce) is pc.info_nce
    for name in ("name", "vjp", "anything"):
        with pytest.raises(AttributeError, match=f"info_nce: objectives are immutable.*{name}"):
            setattr(pc.info_nce, name, 1)
    with pytest.raises(AttributeError, match="info_nce: objectives are immutable, and keep name"):
        del pc.info_nce.name


def test_gradients_and_diagnostics_can_be_pickled_and_copied():
    from polycontrast.chunked import grads_type

    x, y = np.random.default_rng(0).normal(size=(2, 5, 3))
    _, grads, found = pc.info_nce.value_and_grad(x, y, diagnostics=True)
    for one in (grads, found, grads_type(("temperature",))(x, 0.1)):
        for other in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one)):
            assert type(other) is type(one)
            assert repr(other) == repr(one)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_held_gradients_are_declared(objective):
    """Held gradients belong to arguments that have one, and some case shows each declaration."""
    for case in cases_of(objective):
        held = set(case.surrogate) & set(case.differentiable)
        assert held <= {name for name, a in objective.arguments.items() if a.differentiable}
    assert (objective.held is None) == (not any(c.surrogate for c in cases_of(objective)))
