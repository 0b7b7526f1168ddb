"""What the registry says about an objective is there and is true."""

import inspect

import pytest

import polycontrast as pc
from battery.cases import all_cases, default_cases

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
    """The objectives of the foundation are registered; cases have names of their own."""
    assert set(pc.objectives()) >= FOUNDATION
    assert len(default_cases()) == len(pc.objectives())
    assert len({str(case) for case in all_cases()}) == len(all_cases())


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_description(objective):
    """An objective is exported under its name and says what it is, from where, by what formula."""
    assert getattr(pc, objective.name) is objective
    assert pc.objectives()[objective.name] is objective
    assert objective.family.isidentifier()
    assert objective.summary.endswith(".")
    assert objective.source
    assert objective.formula
    # The defaults, but for what a comparison needs (such as a tolerance of an iteration).
    assert not any(objective.arguments[name].dims for name in objective.cases[0])
    for section in ("Parameters", "Returns"):
        assert f"{section}\n---" in inspect.getdoc(objective)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_declarations(objective):
    """Cases name arguments that exist, invariances are known ones, arguments are well described."""
    assert objective.invariances <= INVARIANCES
    for params in objective.cases:
        assert set(params) <= set(objective.arguments)
    for name, argument in objective.arguments.items():
        assert argument.name == name
        assert argument.kind in {"rows", "views", "weights", "state", "scalar", "option", "mask"}
        assert argument.kind == "scalar" or bool(argument.dims) == (argument.kind != "option")
        parameter = objective.signature.parameters[name]
        assert argument.required == (parameter.default is inspect.Parameter.empty)
        if not argument.dims:
            assert parameter.kind is inspect.Parameter.KEYWORD_ONLY


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_option_is_exercised(objective):
    """Each parameter but `reduction` is varied by some case, or has values the battery varies."""
    varied = {name for params in objective.cases for name in params}
    for name, argument in objective.arguments.items():
        if argument.required or argument.kind == "scalar" or name == "reduction":
            continue
        assert name in varied, f"no case of {objective.name} varies {name}"


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_signature_is_that_of_the_specification(objective):
    """Names, order and defaults of the parameters equal those of the independent oracle."""
    from oracles import ORACLES  # skips where torch is missing

    assert objective.name in ORACLES, f"tests/oracles lacks {objective.name}"
    wanted = inspect.signature(ORACLES[objective.name]).parameters
    got = objective.signature.parameters
    optional = {"mask", "weights"}  # of the poly-view family, added to it later
    wanted = {n: p for n, p in wanted.items() if n in got or n not in optional}
    assert list(got) == list(wanted)
    for name, parameter in wanted.items():
        assert got[name].default == parameter.default, name
        assert got[name].kind is parameter.kind, name
