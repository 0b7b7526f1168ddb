"""A call on tensors is the same call with and without a graph: casts, checks and engine."""

import numpy as np
import pytest
from backends import Backend
from battery.cases import assert_close, cotangent
from battery.scopes import of_mechanisms

import polycontrast as pc

torch = pytest.importorskip("torch")

X, Y = np.random.default_rng(0).standard_normal((2, 7, 4))


def tensors(dtype=torch.float64, **options):
    return [torch.tensor(t, dtype=dtype, **options) for t in (X, Y)]


def explicit(case, made):
    """Value and gradients of the explicit forms, and the plain value."""
    value, back = case.objective.vjp(**case.options | made, wrt=case.differentiable)
    grads = back(torch.asarray(cotangent(tuple(value.shape)), dtype=value.dtype))
    plain = case.objective(**case.options | made)
    return [plain, value, *(t for g in grads for t in (g if isinstance(g, tuple) else (g,)))]


@pytest.mark.parametrize("case", of_mechanisms())
def test_autocast_reaches_no_closed_form(case):
    """Explicit forms have the same bits under autocast as without it."""
    made = case.given(Backend.TORCH, case.arrays(), "float32")
    wanted = explicit(case, made)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        got = explicit(case, made)
    for a, b in zip(got, wanted, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)


def test_autocast_reaches_neither_a_transform_nor_a_hessian_nor_chunks():
    from polycontrast.torch import chunked_step

    x, y = tensors(torch.float32)
    calls = [
        lambda: torch.func.grad(lambda x: pc.info_nce(x, y, temperature=0.02))(x),
        lambda: torch.func.vmap(lambda x: pc.info_nce.value_and_grad(x, y)[1].x)(x[None]),
        lambda: pc.info_nce.hvp((x, y), (y, x), temperature=0.02).x,
        lambda: chunked_step(pc.info_nce, torch.nn.Identity(), [x, y], chunk_size=3),
    ]
    for call in calls:
        wanted = call()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            torch.testing.assert_close(call(), wanted, rtol=0, atol=0)


@pytest.mark.parametrize("learned", [False, True])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_under_autocast_a_queue_may_be_in_float32(learned, dtype):
    x, y = tensors(dtype)
    queue = torch.tensor(Y[::-1].copy(), dtype=torch.float32)
    x.requires_grad_(learned)
    with torch.autocast("cpu", dtype=dtype):
        value = pc.info_nce(x, y, queue, temperature=0.2)
        grads = pc.info_nce.value_and_grad(x, y, queue, temperature=0.2)[1]
    wanted, exact = pc.info_nce.value_and_grad(
        x.detach().double(), y.double(), queue.double(), temperature=0.2
    )
    torch.testing.assert_close(value.detach().double(), wanted, rtol=1e-6, atol=1e-6)
    assert [g.dtype for g in grads] == [dtype, dtype, torch.float32]
    assert_close(grads.negatives.double().numpy(), exact.negatives.numpy(), 1e-5)
    if learned:
        value.backward()
        torch.testing.assert_close(x.grad, grads.x)


def wrong_calls():
    """Wrong calls on a tensor, with what the message must say."""
    half, single = torch.tensor(X).bfloat16(), torch.tensor(X).float()
    return {
        "NumPy beside it": (lambda x: pc.info_nce(x, Y), "same array library"),
        "NumPy before it": (lambda x: pc.info_nce(Y, x), "same array library"),
        "half beside it": (lambda x: pc.info_nce(x, half), "same dtype"),
        "float32 beside it": (lambda x: pc.info_nce(x, single), "same dtype"),
        "two libraries in views": (lambda x: pc.poly_view([x, Y]), "same array library"),
        "two libraries, NumPy first": (lambda x: pc.poly_view([Y, x]), "same array library"),
        "a number in views": (lambda x: pc.poly_view([x, 1.0]), "must be an array"),
        "an unknown keyword": (lambda x: pc.info_nce(x, x, temprature=x), "temprature"),
        "an option": (lambda x: pc.info_nce(x, x, tile=x), "tile"),
        "no rows": (lambda x: pc.info_nce(temperature=x), "missing a required argument"),
        "rows for a word": (lambda x: pc.info_nce(x, x, reduction=x), "reduction"),
        "rows for a number": (lambda x: pc.info_nce(x, x, temperature=x), "must be a number"),
        "meta tensors": (lambda x: pc.info_nce(x, x.detach().to("meta")), "got a meta tensor"),
        "sparse ones": (lambda x: pc.info_nce(x, x.detach().to_sparse()), "layout sparse_coo"),
    }


@pytest.mark.parametrize("name", list(wrong_calls()))
def test_what_is_refused_does_not_depend_on_a_graph(name):
    call, words = wrong_calls()[name]
    said = []
    for learned in (False, True):
        with pytest.raises((TypeError, ValueError)) as caught:
            call(torch.tensor(X, requires_grad=learned))
        said.append(str(caught.value))
        assert said[-1].split(":")[0] in ("info_nce", "poly_view"), said
        assert words in said[-1]
    assert said[0].partition(", got")[0] == said[1].partition(", got")[0]


def test_half_beside_float32_is_refused_alike():
    for learned in (False, True):
        x, y = torch.tensor(X).bfloat16().requires_grad_(learned), torch.tensor(Y).float()
        for call in (pc.info_nce, pc.info_nce.value_and_grad):
            with pytest.raises(TypeError, match=r"same dtype, got x torch.bfloat16 and y torch.f"):
                call(x, y)


@pytest.mark.parametrize("learned", [False, True])
def test_tensors_without_numbers_are_refused(learned):
    from torch._subclasses.fake_tensor import FakeTensorMode

    x = torch.empty(3, 2, device="meta").requires_grad_(learned)
    with pytest.raises(TypeError, match="info_nce: x must be a dense array of numbers, got a meta"):
        pc.info_nce(x, x)
    with FakeTensorMode() as mode:
        x = mode.from_tensor(torch.ones(3, 2)).requires_grad_(learned)
        with pytest.raises(TypeError, match=r"info_nce: x must be a dense array .*FakeTensor"):
            pc.info_nce(x, x)


def test_a_lazily_negated_view():
    x, y = tensors()
    w = torch.complex(y, x).requires_grad_()
    wanted, grads = pc.info_nce.value_and_grad(-X, Y)
    value = pc.info_nce(w.conj().imag, y)
    value.backward()
    assert value.item() == pytest.approx(wanted, rel=1e-12)
    np.testing.assert_allclose(w.grad.imag, -grads.x, atol=1e-12)
    got = pc.info_nce.value_and_grad(torch.complex(y, x).conj().imag, y)[1]
    np.testing.assert_allclose(got.x, grads.x, atol=1e-12)


@pytest.mark.parametrize("function", [pc.info_nce, pc.nt_xent, pc.sigmoid_contrastive])
def test_all_rows_of_a_jacobian_at_once(function):
    x, y = tensors()

    def each(x):
        return function(x, y, reduction="none")

    jacobian = torch.autograd.functional.jacobian
    wanted = torch.stack(
        [torch.func.grad(lambda x, k=k: each(x)[k])(x) for k in range(len(each(x)))]
    )
    torch.testing.assert_close(jacobian(each, x, vectorize=True), wanted)
    total = lambda x: function(x, y)
    hessian = torch.autograd.functional.hessian
    torch.testing.assert_close(hessian(total, x, vectorize=True), hessian(total, x))
    a = x.clone().requires_grad_()
    (got,) = torch.autograd.grad(each(a), a, torch.eye(len(wanted)).double(), is_grads_batched=True)
    torch.testing.assert_close(got, wanted)


@pytest.mark.parametrize("row", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("number", [torch.bfloat16, torch.float32, torch.float64])
def test_operators_of_the_compiler_give_what_they_announce(row, number):
    """Shape, dtype and strides, on which a compiler builds; also for rows that lie transposed."""
    from polycontrast.adapters.torch import compiled
    from polycontrast.adapters.torch.form import form_of

    x, y = torch.tensor(X.T.copy()).to(row).T.requires_grad_(), torch.tensor(Y).to(row)
    t = torch.tensor(0.5, dtype=number, requires_grad=True)
    operators = torch.ops.polycontrast
    for reduction in ("mean", "none"):
        options = {"reduction": reduction}
        form, found = form_of(pc.info_nce, (x, y), {"temperature": t, **options})
        key = compiled._intern("info_nce", form.slots, tuple(options.items()), ())
        wanted = [True, False, True]
        rows = operators.value(key, [], found).detach()
        calls = [
            (operators.value.default, (key, [], found)),
            (operators.pull.default, (key, [], wanted, torch.ones_like(rows), found)),
        ]
        if reduction == "mean":
            calls.append((operators.value_and_grads.default, (key, [], wanted, found)))
        for operator, args in calls:
            torch.library.opcheck(operator, args, test_utils=("test_schema", "test_faketensor"))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_compiled_behind_an_encoder_in_half_precision(dtype):
    torch.manual_seed(0)
    w = torch.randn(4, 3).to(dtype)
    x, y = tensors(dtype)

    def loss(w):
        return pc.info_nce(x @ w, y @ w, temperature=0.2) * 2**-14

    grads = []
    for function in (loss, torch.compile(loss, backend="aot_eager", fullgraph=True)):
        torch._dynamo.reset()
        leaf = w.clone().requires_grad_()
        (2**14 * function(leaf)).backward()
        grads.append(leaf.grad)
    torch.testing.assert_close(*grads, rtol=2e-2, atol=2e-3)


@pytest.mark.parametrize("scalar", [torch.float32, torch.float64])
@pytest.mark.parametrize("row", [torch.float32, torch.float64])
def test_compiled_gradient_of_a_temperature_of_any_dtype(row, scalar):
    x, y = tensors(row)
    wanted = pc.info_nce.value_and_grad(X, Y, temperature=0.2, wrt="temperature")[1].temperature
    raw = torch.tensor(np.log(0.2), dtype=scalar, requires_grad=True)
    torch._dynamo.reset()
    loss = torch.compile(lambda r: pc.info_nce(x, y, temperature=r.exp()), backend="aot_eager")
    loss(raw).backward()
    assert raw.grad.dtype == scalar
    assert raw.grad.item() == pytest.approx(0.2 * float(wanted), rel=1e-4)


@pytest.mark.parametrize("cotangent", [None, "1", [1.0], {}, np.ones(7)])
def test_a_cotangent_of_another_kind_is_refused(cotangent):
    for x, y in ((X, Y), tensors()):
        back = pc.info_nce.vjp(x, y, reduction="none")[1]
        if isinstance(cotangent, np.ndarray) and x is X:
            continue
        with pytest.raises(TypeError, match=r"info_nce: .*the cotangent must"):
            back(cotangent)
