"""Reductions agree with one another, and with what the contract says of values and gradients."""

import numpy as np
import pytest
from backends import Backend

from battery.cases import all_cases, assert_close, cotangent, parts
from battery.scopes import of_mechanisms, of_objectives


def is_reduced(case):
    return "reduction" in case.arguments and "none" in case.arguments["reduction"].choices


def has_a_stack(case):
    """Whether views are one array, with an axis for them."""
    return case.views and len(case.dims[case.views]) == 3


REDUCED = [case for case in all_cases() if is_reduced(case)]


def terms(case, each, arrays):
    """Return what the mean divides by: the weights, or the number, of samples that have a term."""
    some = {"mask", "anchors"} & arrays.keys() or case.facts.gaps
    there = each != 0 if some else np.full(each.shape, True)
    weights = next((n for n in arrays if case.arguments[n].kind == "weights"), None)
    return there.sum() if weights is None else float(arrays[weights][there].sum())


@pytest.mark.parametrize("case", of_objectives(REDUCED))
def test_none_sum_mean(case):
    """The sum is that of the single losses; the mean divides it by their weights or number."""
    arrays = case.arrays()
    each = case.value(arrays, reduction="none")
    total = case.value(arrays, reduction="sum")
    mean = case.value(arrays, reduction="mean")
    first, dims = next((x, case.dims[n]) for n, x in arrays.items())
    b = next(n for n, axis in zip(first.shape, dims, strict=True) if axis in "BN")
    m, places = arrays[case.views].shape[0] if case.views else 2, first.shape[:-1]
    some = case.options.get("anchors")  # so many rows, or rows of so many views
    each_row = [(b,), (m * b,), (2 * b,), (2, b), places, places[:1], first.shape]
    assert each.shape in ([(some,), (some * b,)] if some else each_row)
    assert_close(total, each.sum(), 1e-12)
    assert_close(mean, total / terms(case, each, arrays), 1e-12)


@pytest.mark.parametrize("case", of_objectives(REDUCED))
def test_cotangents(case):
    """Pulling back through single losses equals differentiating their sum and mean."""
    arrays = case.given(Backend.NUMPY, case.arrays())
    options = case.options
    wrt = tuple(name for name in case.differentiable if name != "weights")
    each, back = case.objective.vjp(**arrays, wrt=wrt, **options | {"reduction": "none"})
    for reduction in ("sum", "mean"):
        _, grads = case.objective.value_and_grad(
            **arrays, wrt=wrt, **options | {"reduction": reduction}
        )
        factor = 1.0 if reduction == "sum" else 1 / terms(case, each, arrays)
        pulled = back(np.full(each.shape, factor))
        for name in wrt:
            assert_close(getattr(pulled, name), getattr(grads, name), 1e-9, f"{reduction} {name}")


@pytest.mark.parametrize("case", of_mechanisms(is_reduced, among=REDUCED))
def test_one_loss_at_a_time(case):
    """Cotangents of single losses add up: back(e_0) + ... + back(e_n) = back(ones)."""
    arrays = case.given(Backend.NUMPY, case.arrays())
    each, back = case.objective.vjp(**arrays, **case.options | {"reduction": "none"})
    parts = [back(one.reshape(each.shape)) for one in np.eye(each.size)]
    whole = back(np.ones_like(each))
    for position, name in enumerate(whole._fields):
        assert_close(sum(part[position] for part in parts), whole[position], 1e-10, name)


@pytest.mark.parametrize("case", of_mechanisms(is_reduced, among=REDUCED))
def test_gradient_of_many_losses_needs_vjp(case):
    """value_and_grad of single losses is refused with a pointer to vjp."""
    arrays = case.given(Backend.NUMPY, case.arrays())
    with pytest.raises(ValueError, match=f"^{case.objective.name}: .*vjp"):
        case.objective.value_and_grad(**arrays, **case.options | {"reduction": "none"})


@pytest.mark.parametrize("case", of_objectives())
def test_wrt(case):
    """By default floating arrays that were given; else what `wrt` names, in its order."""
    arrays = case.given(Backend.NUMPY, case.arrays())
    by_default = tuple(n for n in case.dims if case.arguments[n].by_default)
    _, back = case.objective.vjp(**arrays, **case.options)
    value, back_all = case.objective.vjp(**arrays, wrt=case.differentiable[::-1], **case.options)
    g = np.ones(value.shape)
    grads, everything = back(g), back_all(g)
    assert grads._fields == by_default
    assert everything._fields == case.differentiable[::-1]
    for name in case.differentiable:
        one = case.objective.vjp(**arrays, wrt=name, **case.options)[1](g)
        assert one._fields == (name,)
        assert_close(one[0], getattr(everything, name), 1e-12, name)
        shapes = [t.shape for t in parts(arrays[name])] if name in arrays else [()]
        assert [np.shape(t) for t in parts(one[0])] == shapes
        if name in by_default:
            assert_close(getattr(grads, name), one[0], 1e-12, name)


@pytest.mark.parametrize("case", of_objectives())
def test_three_calls_agree(case):
    """The call, value_and_grad and vjp give one value; arrays may be positional or named."""
    arrays = case.given(Backend.NUMPY, case.arrays())
    value = case.objective(**arrays, **case.options)
    names = list(case.arguments)[: len(arrays)]
    if names == list(arrays):
        positional = case.objective(*arrays.values(), **case.options)
        np.testing.assert_array_equal(positional, value)
    pulled, back = case.objective.vjp(**arrays, **case.options)
    assert_close(pulled, value, 1e-12)
    if np.ndim(value) == 0:
        got, grads = case.objective.value_and_grad(**arrays, **case.options)
        assert_close(got, value, 1e-12)
        for name, grad in back(1.0)._asdict().items():
            assert_close(getattr(grads, name), grad, 1e-12, name)


@pytest.mark.parametrize("case", of_mechanisms(has_a_stack))
def test_sequences_of_views(case, backend):
    """A sequence of views is the stack; the gradient has the structure of what was given."""
    arrays = case.arrays()
    made = case.given(backend, arrays)
    wanted = case.evaluate(arrays)
    pieces = [backend.asarray(view) for view in arrays[case.views]]
    for views in (pieces, tuple(pieces)):
        given = made | {case.views: views}
        value, back = case.objective.vjp(**given, wrt=case.views, **case.options)
        assert_close(backend.read(value), wanted.value, 1e-10)
        g = case.evaluate(arrays, wrt=(case.views,)).grads[case.views]
        (ones,) = back(backend.asarray(cotangent(tuple(value.shape))))
        assert isinstance(ones, (list, tuple))
        assert len(ones) == len(pieces)
        assert_close(np.stack([backend.read(x) for x in ones]), g, 1e-10)


@pytest.mark.parametrize("case", of_mechanisms(lambda case: case.scalars))
def test_scalars_as_arrays(case, backend):
    """A differentiable scalar may be a number or a 0-d array; its gradient is 0-d either way."""
    arrays = case.arrays()
    made = case.given(backend, arrays)
    for name in case.scalars:
        number = -1.5 if case.arguments[name].role.low < 0 else 0.3
        wanted = case.evaluate(arrays, wrt=(name,), **{name: number})
        for given in (number, backend.asarray(np.asarray(number))):
            value, grads = case.objective.value_and_grad(
                **made, wrt=name, **case.options | {name: given}
            )
            assert backend.owns(grads[0])
            assert tuple(grads[0].shape) == ()
            assert_close(backend.read(value), wanted.value, 1e-10)
            assert_close(backend.read(grads[0]), wanted.grads[name], 1e-10)
