"""Values and gradients are those of the formula."""

import numpy as np
import pytest
from backends import Backend
from oracles import ORACLES

from battery.cases import (
    Result,
    all_cases,
    assert_close,
    case_params,
    cotangent,
    each,
    parts,
)
from battery.scopes import of_objectives
from polycontrast.testing import check_gradient


def oracle_result(case, arrays, dtype=np.float64, **options):
    """Value and gradients of the naive torch version, by autograd, computed in this dtype."""
    torch = pytest.importorskip("torch")

    def tensor(x):
        return torch.asarray(np.array(x.astype(dtype) if x.dtype.kind == "f" else x))

    tensors = {name: each(x, tensor) for name, x in arrays.items()}
    for name in case.scalars:
        number = options.pop(name, case.parameter(name))
        tensors[name] = torch.asarray(np.asarray(number, dtype))
    wrt = {name: [t.requires_grad_() for t in parts(tensors[name])] for name in case.differentiable}
    value = ORACLES[case.objective.name](**case.options | options | tensors)
    total = (value * torch.asarray(cotangent(tuple(value.shape)).astype(dtype))).sum()
    flat = [t for leaves in wrt.values() for t in leaves]
    found = iter(torch.autograd.grad(total, flat, allow_unused=True))
    grads = {
        name: [np.zeros(t.shape) if (g := next(found)) is None else g.numpy() for t in leaves]
        for name, leaves in wrt.items()
    }
    whole = {n: g if isinstance(tensors[n], list) else g[0] for n, g in grads.items()}
    return Result(value.detach().numpy(), whole)


def reductions(case):
    """The values of `reduction` that the case can take, without its own."""
    if "reduction" not in case.arguments:
        return []
    others = set(case.arguments["reduction"].choices) - {case.parameter("reduction")}
    return [{"reduction": r} for r in ("none", "sum", "mean") if r in others]


@pytest.mark.parametrize("case", case_params())
def test_oracle(case):
    """Value and every gradient equal those of the naive float64 torch version."""
    check_oracle(case)


def check_oracle(case, **sizes):
    arrays = case.arrays(seed=len(sizes), **sizes)
    wanted = oracle_result(case, arrays)
    assert_close(case.evaluate(arrays), wanted, 1e-10, str(sizes))
    # The call for the value alone may take another road.
    assert_close(case.value(arrays), wanted.value, 1e-10, str(sizes))


@pytest.mark.parametrize("case", of_objectives(c for c in all_cases() if reductions(c)))
def test_oracle_of_reductions(case):
    """As above, whatever is made of the single losses."""
    arrays = case.arrays()
    for reduction in reductions(case):
        wanted = oracle_result(case, arrays, **reduction)
        assert_close(case.evaluate(arrays, **reduction), wanted, 1e-10, str(reduction))
        assert_close(case.value(arrays, **reduction), wanted.value, 1e-10, str(reduction))


@pytest.mark.parametrize("case", of_objectives())
def test_oracle_on_other_shapes(case):
    """As above where other lengths coincide, and for more samples than columns.

    Exact forms turn on both.
    """
    check_oracle(case, D=4, **dict.fromkeys("BKN", 6))
    check_oracle(case, **dict.fromkeys("BKNM", 4))
    check_oracle(case, B=4, D=4, M=2)
    check_oracle(case, B=3, D=8)


class OneNumber:
    """An objective whose value is not a number, weighted by a cotangent; others as they are."""

    def __init__(self, objective):
        self.objective = objective
        self.__signature__ = objective.signature

    def __call__(self, **given):
        value = self.objective(**given)
        return np.sum(value * cotangent(np.shape(value)))

    def value_and_grad(self, *, wrt, **given):
        value, back = self.objective.vjp(wrt=wrt, **given)
        g = cotangent(np.shape(value))
        return np.sum(value * g), back(g)


def of_the_value(case):
    """Names of the arguments whose gradient is by definition that of the value."""
    return tuple(name for name in case.differentiable if name not in case.surrogate)


@pytest.mark.parametrize("case", of_objectives(filter(of_the_value, all_cases())))
def test_finite_differences(case):
    """Central differences agree with every gradient: `check_gradient` of the library says so."""
    # Large arrays are checked along directions only; entry by entry is what autograd does above.
    wrt = of_the_value(case)
    arrays = case.given(Backend.NUMPY, case.arrays(B=11, N=11))
    options = {name: case.parameter(name) for name in case.scalars} | case.options
    # A smooth point: at small temperatures the third derivative is what differences would show.
    if options.get("temperature", 1.0) < 0.5:
        options["temperature"] = 0.5
    objective = OneNumber(case.objective)
    report = check_gradient(objective, **arrays, wrt=wrt, repeats=1, **options)
    assert report, str(report)
    checked = {check.argument.partition("[")[0] for check in report.checks}
    assert checked == set(wrt)
    for check in report.checks:
        # The report allows for the uncertainty of the differences: so this has to be small.
        assert check.uncertainty < 1e-7 * max(1.0, abs(check.analytic)), str(report)
