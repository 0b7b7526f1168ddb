"""Calls on torch tensors are differentiable in every way that torch has, and right."""

import gc
import tracemalloc

import numpy as np
import pytest
from backends import Backend
from battery.cases import (
    Result,
    all_cases,
    assert_close,
    cotangent,
    default_cases,
    each,
    parts,
)
from battery.scopes import of_mechanisms, of_objectives
from battery.test_hvp import has_a_gradient
from oracles import ORACLES

import polycontrast as pc

torch = pytest.importorskip("torch")


def leaves(case, arrays, dtype=torch.float64):
    """Tensors by name; whatever has a gradient wants one, scalars included."""

    def tensor(x):
        made = torch.asarray(np.array(x))
        return made.to(dtype) if made.is_floating_point() else made

    tensors = {name: each(x, tensor) for name, x in arrays.items()}
    for name in case.scalars:
        tensors[name] = torch.tensor(case.parameter(name), dtype=dtype)
    for name in case.differentiable:
        each(tensors[name], lambda t: t.requires_grad_())
    return tensors


def total(value):
    """A number from a value of any shape."""
    return (value * torch.asarray(cotangent(tuple(value.shape)), dtype=value.dtype)).sum()


def evaluate(case, tensors, **options):
    return case.objective(**case.options | options | tensors)


def plain_oracle(case, tensors):
    return ORACLES[case.objective.name](**case.options | tensors)


@pytest.mark.parametrize("case", of_objectives())
def test_backward_gives_the_closed_form(case):
    arrays = case.arrays()
    tensors = leaves(case, arrays)
    value = evaluate(case, tensors)
    total(value).backward()

    def gradient(t):
        return Backend.TORCH.read(torch.zeros_like(t) if t.grad is None else t.grad)

    got = {name: each(tensors[name], gradient) for name in case.differentiable}
    assert_close(Result(Backend.TORCH.read(value), got), case.evaluate(arrays), 1e-12)


OF_FORMULAS = [c for c in all_cases() if has_a_gradient(c) and not c.facts.solved]


@pytest.mark.parametrize("case", of_objectives(c for c in all_cases() if c not in OF_FORMULAS))
def test_second_derivatives_of_gradients(case):
    """Through a solver, and of gradients with held parts, along a direction.

    The gradient of the gradient's length is that of its differences.
    """

    def penalty(tensors):
        wrt = [tensors[name] for name in case.differentiable]
        value = total(evaluate(case, tensors))
        return sum((g**2).sum() for g in torch.autograd.grad(value, wrt, create_graph=True))

    arrays = case.arrays()
    tensors = leaves(case, arrays)
    first = case.differentiable[0]
    (slope,) = torch.autograd.grad(penalty(tensors), [tensors[first]])
    direction = np.random.default_rng(1).normal(size=arrays[first].shape)
    ends = [
        penalty(leaves(case, arrays | {first: arrays[first] + h * direction})).item()
        for h in (-1e-5, 1e-5)
    ]
    wanted = (ends[1] - ends[0]) / 2e-5
    assert (slope.numpy() * direction).sum() == pytest.approx(wanted, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("case", of_mechanisms(lambda case: case in OF_FORMULAS, among=all_cases()))
def test_second_derivatives(case):
    """The gradient of the gradient's length is autograd's of the naive formula."""
    found = []
    for call in (evaluate, plain_oracle):
        tensors = leaves(case, case.arrays())
        names = case.exact
        wrt = [t for name in names for t in parts(tensors[name])]
        first = torch.autograd.grad(
            total(call(case, tensors)), wrt, create_graph=True, allow_unused=True
        )
        penalty = sum((g**2).sum() for g in first if g is not None)
        second = iter(torch.autograd.grad(penalty, wrt, allow_unused=True))

        def read(t, grads=second):
            g = next(grads)
            return np.zeros(t.shape) if g is None else Backend.TORCH.read(g)

        found.append({name: each(tensors[name], read) for name in names})
    assert_close(*found, 1e-10)


def first_array(case):
    """Function of the first array of a case, or the last of a list, and that array."""
    tensors = {n: each(t, torch.detach) for n, t in leaves(case, case.arrays()).items()}
    name = case.differentiable[0]
    *rest, x = parts(tensors[name])
    several = isinstance(tensors[name], list)

    def function(x):
        return total(evaluate(case, tensors | {name: [*rest, x] if several else x}))

    return function, x


@pytest.mark.parametrize("case", of_mechanisms())
def test_func_grad_and_vmap(case):
    function, x = first_array(case)
    batch = torch.stack([x, 2 * x + 0.1, x.flip(0)])
    got = torch.func.vmap(torch.func.grad(function))(batch)
    wanted = []
    for one in batch:
        one = one.clone().requires_grad_()
        wanted.append(*torch.autograd.grad(function(one), one))
    assert_close(got.numpy(), torch.stack(wanted).numpy(), 1e-12)


@pytest.mark.parametrize("name", ["info_nce", "poly_view", "mv_dhel", "cube_loss"])
def test_jacrev_of_grad(name):
    case = next(c for c in default_cases() if c.objective.name == name)
    function, x = first_array(case)
    tensors = {n: t.detach() for n, t in leaves(case, case.arrays()).items()}
    first = case.differentiable[0]
    wanted = torch.autograd.functional.hessian(
        lambda x: total(plain_oracle(case, tensors | {first: x})), x
    )
    assert_close(torch.func.jacrev(torch.func.grad(function))(x).numpy(), wanted.numpy(), 1e-10)


def inputs(rows=6, depth=4, dtype=torch.float64, count=2):
    generator = torch.Generator().manual_seed(rows)
    return [
        torch.randn(rows, depth, dtype=dtype, generator=generator).requires_grad_()
        for _ in range(count)
    ]


def test_views_in_a_sequence_get_a_gradient_each():
    views = inputs(count=3)
    pc.poly_view(views).backward()
    _, grads = pc.poly_view.value_and_grad(torch.stack([v.detach() for v in views]))
    for view, grad in zip(views, grads.views, strict=True):
        torch.testing.assert_close(view.grad, grad, rtol=1e-12, atol=1e-14)


def test_only_what_wants_a_gradient_gets_one():
    x, y = inputs()
    y = y.detach()
    pc.info_nce(x, y).backward()
    assert x.grad is not None
    assert y.grad is None
    with torch.no_grad():
        assert not pc.info_nce(x, y).requires_grad


def test_checkpoint():
    x, y = inputs()
    value = torch.utils.checkpoint.checkpoint(
        lambda x, y: pc.info_nce(x * 2, y), x, y, use_reentrant=False
    )
    value.backward()
    a = x.detach().requires_grad_()
    pc.info_nce(a * 2, y).backward()
    torch.testing.assert_close(x.grad, a.grad, rtol=1e-12, atol=1e-14)


def test_a_change_in_place_is_refused_as_torch_refuses_it():
    x, y = inputs()
    hidden = x * 1
    value = pc.info_nce(hidden, y)
    with torch.no_grad():
        hidden += 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        value.backward()


def test_backward_twice():
    x, y = inputs()
    value = pc.info_nce(x, y)
    value.backward(retain_graph=True)
    once = x.grad.clone()
    value.backward()
    torch.testing.assert_close(x.grad, 2 * once, rtol=1e-12, atol=0)
    with pytest.raises(RuntimeError, match="second time"):
        value.backward()


def test_kept_similarities_go_with_the_backward():
    """Also when the loss is kept, as in a list of losses to plot."""
    x, y = inputs(rows=512)
    matrix = 512 * 512 * 8
    tracemalloc.start()
    value = pc.info_nce(x, y)
    held = tracemalloc.get_traced_memory()[0]
    value.backward()
    gc.collect()
    left = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held > matrix
    assert left < matrix / 4
    assert value.grad_fn is not None


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision(dtype):
    x, y = inputs(dtype=dtype)
    value = pc.info_nce(x, y)
    value.backward()
    assert value.dtype == torch.float32
    assert x.grad.dtype == dtype
    wanted = pc.info_nce.value_and_grad(x.detach().double(), y.detach().double())
    torch.testing.assert_close(value.double(), wanted[0], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(x.grad.double(), wanted[1].x, rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_autocast_reaches_the_encoder_and_not_the_loss(dtype):
    """Under autocast the two sides may differ in dtype; the products of the loss are in float32."""
    x, y = inputs(dtype=torch.float32)
    weight = torch.eye(4, requires_grad=True)
    with torch.autocast("cpu", dtype=dtype):
        hidden = x @ weight
        assert hidden.dtype == dtype
        value = pc.info_nce(hidden, y, temperature=0.05)
    value.backward()
    wanted = pc.info_nce(hidden.detach().double(), y.detach().double(), temperature=0.05)
    torch.testing.assert_close(value.double(), wanted, rtol=1e-5, atol=1e-6)
    assert weight.grad.dtype == torch.float32
    assert torch.isfinite(weight.grad).all()


def compiled(function):
    from torch._dynamo.testing import CompileCounterWithBackend

    torch._dynamo.reset()
    counter = CompileCounterWithBackend("aot_eager")
    return torch.compile(function, fullgraph=True, backend=counter), counter


def step(x, y, temperature, **options):
    return 2 * pc.info_nce(x * 1.5, y, temperature=temperature, **options)


def test_compile_knows_every_batch_size():
    function, counter = compiled(step)
    counts = []
    for rows in (5, 6, 9, 14, 17):
        (x, y), t = inputs(rows), torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
        function(x, y, t).backward()
        got = x.grad, y.grad, t.grad
        (x, y), t = inputs(rows), torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
        step(x, y, t).backward()
        torch.testing.assert_close(got, (x.grad, y.grad, t.grad), rtol=1e-12, atol=1e-14)
        counts.append(counter.frame_count)
    assert counts[1] == counts[-1], counts  # the first size, then any size


def test_compile_sees_one_node_whatever_the_tiles():
    nodes = []
    for tile in (6, 1):
        function, counter = compiled(lambda x, y, n=tile: step(x, y, 0.3, tile=(n, n)))
        function(*inputs()).backward()
        nodes.append(counter.op_count)
    assert nodes[0] == nodes[1] <= 4


def test_compile_takes_views_options_and_unreduced_losses():
    function, _ = compiled(
        lambda *views: pc.poly_view(views, aggregation="arithmetic", reduction="none")
    )
    views = inputs(count=3)
    value = function(*views)
    value.sum().backward()
    wanted, back = pc.poly_view.vjp(
        [v.detach() for v in views], aggregation="arithmetic", reduction="none"
    )
    torch.testing.assert_close(value.detach(), wanted, rtol=1e-12, atol=1e-14)
    grads = back(torch.ones_like(wanted)).views
    torch.testing.assert_close([v.grad for v in views], list(grads), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("parameters", "evaluations"), [({}, 1), ({"reduction": "sum"}, 1), ({"reduction": "none"}, 2)]
)
def test_compile_computes_similarities_once_where_the_value_is_a_number(
    parameters, evaluations, monkeypatch
):
    from polycontrast.adapters.torch import compiled as operators

    calls = []

    def counted(*args):
        calls.append(args)
        return operators_vjp(*args)

    operators_vjp = operators.Form.vjp
    monkeypatch.setattr(operators.Form, "vjp", counted)
    function, _ = compiled(lambda x, y: pc.nt_xent(x, y, **parameters).sum())
    x, y = inputs()
    function(x, y).backward()
    assert len(calls) == evaluations
    with torch.no_grad():
        function(x, y)
    assert len(calls) == evaluations + 1


def test_compile_gives_each_view_of_a_sequence_its_gradient():
    views = [v.detach().float() for v in inputs(count=3)]
    views[1].requires_grad_()
    function, _ = compiled(lambda *views: 3 * pc.poly_view(views))
    function(*views).backward()
    assert views[0].grad is views[2].grad is None
    grads = pc.poly_view.value_and_grad([v.detach() for v in views])[1].views
    torch.testing.assert_close(views[1].grad, 3 * grads[1])


def test_ranks_share_a_batch_in_the_graph():
    """Backward on every rank: together the gradients are those of one process."""
    from polycontrast.distributed.local import LocalGroup

    x, y = inputs(rows=7)
    pc.info_nce(x, y).backward()

    def rank(comm):
        share = slice(0, 3) if comm.rank == 0 else slice(3, 7)
        mine, theirs = (t.detach()[share].requires_grad_() for t in (x, y))
        value = pc.info_nce(mine, theirs, comm=comm, gradients="sum")
        value.backward()
        return value.detach(), mine.grad

    values, grads = zip(*LocalGroup(2).run(rank), strict=True)
    torch.testing.assert_close(torch.cat(grads), x.grad, rtol=1e-12, atol=1e-14)
    torch.testing.assert_close(values[0], pc.info_nce(x.detach(), y.detach()), rtol=1e-12, atol=0)


def test_wrong_calls_say_what_is_wrong():
    x, y = inputs()
    with pytest.raises(TypeError, match=r"info_nce: .*positional"):
        pc.info_nce(x, y, x, x, x, x, x, x, x, x)
    with pytest.raises(TypeError, match=r"info_nce: .*multiple values"):
        pc.info_nce(x, y, x=x)
    with pytest.raises(ValueError, match="info_nce: x and y must have the same number of rows"):
        pc.info_nce(x, y[:3])


def test_there_are_cases_for_every_objective():
    assert {c.objective.name for c in all_cases()} == set(pc.objectives())
