"""JAX's transformations see the analytic gradient."""

import numpy as np
import pytest
from backends import Backend
from battery.cases import assert_close, default_cases, parts
from battery.scopes import of_mechanisms, of_objectives
from transformed import pulled, traced

import polycontrast as pc

jax = pytest.importorskip("jax")
jnp = Backend.JAX.xp  # set up as strictly as it can be

MASK = np.arange(15).reshape(3, 5) % 7 != 1


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def pair(rng):
    """Two views (5, 4). What is wanted is computed by NumPy: JAX compiles each single operation."""
    return rng.normal(size=(2, 5, 4))


@pytest.fixture
def views(rng):
    return rng.normal(size=(3, 5, 4))


def close(got, wanted, tolerance=1e-10):
    got, wanted = jax.tree.leaves(got), jax.tree.leaves(wanted)
    for a, b in zip(got, wanted, strict=True):
        assert_close(np.asarray(a), np.asarray(b), tolerance)


@pytest.mark.parametrize("case", of_objectives(default_cases()))
def test_every_gradient_is_traced(case):
    """Value and gradients know their shapes and dtypes before there are numbers."""
    moving, value, grads = traced(case, case.arrays())
    assert value.dtype == "float64"
    found, given = (
        {n: [(t.shape, t.dtype) for t in parts(x)] for n, x in arrays.items()}
        for arrays in (grads, moving)
    )
    assert found == given


@pytest.mark.parametrize("case", of_mechanisms())
def test_jit_of_a_gradient(case):
    """All arrays and scalars traced: the numbers are those of NumPy."""
    arrays = case.arrays()
    assert_close(pulled(case, arrays), case.evaluate(arrays), 1e-10)


def test_value_and_grad(pair):
    wanted, grads = pc.info_nce.value_and_grad(*pair)
    close(jax.value_and_grad(pc.info_nce, argnums=(0, 1))(*pair), (wanted, tuple(grads)))


def test_explicit_gradients_of_tracers(pair):
    """The library's own call forms work under `jit`."""
    wanted = pc.info_nce.value_and_grad(*pair)
    close(jax.jit(pc.info_nce.value_and_grad)(*pair), wanted)
    close(jax.jit(lambda x, y: pc.info_nce.vjp(x, y)[1](1.0))(*pair), wanted[1])


def test_a_traced_temperature(pair):
    wanted = pc.nt_xent.value_and_grad(*pair, temperature=0.3, wrt="temperature")[1].temperature
    x, y = jnp.asarray(pair)
    grad = jax.grad(lambda t: pc.nt_xent(x, y, temperature=t))
    close(grad(0.3), wanted)
    close(jax.jit(grad)(jnp.float32(0.3)).astype("float64"), wanted, 1e-6)
    assert jax.jit(grad)(jnp.float32(0.3)).dtype == "float32"


def test_arrays_of_numpy_beside_traced_ones(pair, views, rng):
    """JAX's own functions take them where they trace; so do objectives, in every form of a call."""
    x, y = pair
    wanted = pc.info_nce.value_and_grad(x, y)
    close(jax.grad(pc.info_nce)(x, y), wanted[1].x)
    close(jax.jit(jax.grad(lambda y: pc.info_nce(x, y)))(y), wanted[1].y)
    close(jax.jit(lambda x: pc.info_nce.value_and_grad(x, y))(x), wanted)
    close(jax.jit(lambda y: pc.info_nce.vjp(x, y)[1](1.0))(y), wanted[1])
    close(jax.jit(lambda u: pc.info_nce.hvp((x, y), (u, u)))(x), pc.info_nce.hvp((x, y), (x, x)))
    weights = rng.uniform(0.5, 1.5, 5)
    wanted = pc.poly_view.value_and_grad(views, mask=MASK, weights=weights)
    got = jax.value_and_grad(lambda v: pc.poly_view([v, *views[1:]], mask=MASK, weights=weights))
    close(got(views[0]), (wanted[0], wanted[1].views[0]))


def test_a_sequence_of_views(views):
    """Views may come one by one, in any container that the objective takes."""
    wanted = pc.poly_view.value_and_grad(views)[1].views
    for kind in (list, tuple):
        got = jax.jit(jax.grad(pc.poly_view))(kind(views))
        assert type(got) is kind
        close(np.stack(got), wanted)


@pytest.mark.parametrize(
    "transformed",
    [
        lambda f: jax.jit(jax.grad(f)),
        lambda f: jax.jit(jax.grad(jax.checkpoint(f))),
        lambda f: jax.grad(
            lambda v, m: jax.lax.scan(lambda c, _: (c + f(v, m), None), jnp.zeros(()), length=1)[0]
        ),
        lambda f: lambda v, m: jax.vmap(jax.grad(f))(v[None], m[None])[0],
        lambda f: jax.grad(lambda v, m: jax.jit(jax.vmap(f))(v[None], m[None])[0]),
    ],
    ids=["jit", "checkpoint", "scan", "vmap of grad", "grad of vmap"],
)
def test_a_traced_mask(views, transformed):
    """What a pullback captured leaks from no transformation, booleans included."""
    wanted = pc.poly_view.value_and_grad(views, mask=MASK)[1].views
    got = transformed(lambda v, m: pc.poly_view(v, mask=m))(*map(jnp.asarray, (views, MASK)))
    close(got, wanted)


def test_traced_weights(pair, rng):
    weights = rng.uniform(0.5, 1.5, 5)
    wanted = pc.info_nce.value_and_grad(*pair, weights=weights)[1]
    grad = jax.grad(lambda x, y, w: pc.info_nce(x, y, weights=w), argnums=(0, 1, 2))
    close(jax.jit(grad)(*pair, weights), tuple(wanted))


def test_a_batch_of_problems(rng):
    x, y = rng.normal(size=(2, 3, 5, 4))
    got = jax.jit(jax.vmap(jax.value_and_grad(pc.nt_xent)))(x, y)
    for k in range(3):
        value, grads = pc.nt_xent.value_and_grad(x[k], y[k])
        close((got[0][k], got[1][k]), (value, grads.x))


def test_steps_inside_a_scan(pair):
    """Gradient descent as one compiled loop is gradient descent."""
    x, y = pair

    @jax.jit
    def descend(x, y):
        def step(x, _):
            value, grad = jax.value_and_grad(pc.info_nce)(x, y)
            return x - 0.1 * grad, value

        return jax.lax.scan(step, x, length=3)

    got, values = descend(x, y)
    for value in values:
        wanted, grads = pc.info_nce.value_and_grad(x, y)
        close(value, wanted)
        x = x - 0.1 * grads.x
    close(got, x)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("info_nce", {"tile": (2, 3)}),
        pytest.param("nt_xent", {}, marks=pytest.mark.slow),
        pytest.param("uniformity", {"tile": (2, 3)}, marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_second_derivatives(pair, rng, name, options):
    """`jacrev(grad)` in a direction is the difference of analytic gradients along it."""
    x, y = pair
    others = () if name == "uniformity" else (y,)
    f = pc.objectives()[name]

    def gradient(x):
        return f.value_and_grad(x, *others, wrt=next(iter(f.arguments)))[1][0]

    direction, step = rng.normal(size=x.shape), 1e-5
    hessian = jax.jit(jax.jacrev(jax.grad(lambda *given: f(*given, **options))))(x, *others)
    wanted = (gradient(x + step * direction) - gradient(x - step * direction)) / (2 * step)
    close(np.tensordot(hessian, direction, 2), wanted, 1e-6)


def test_losses_one_by_one(pair):
    """`jacrev` of ``reduction="none"`` pulls one cotangent for each anchor."""
    each = jax.jit(jax.jacrev(lambda x, y: pc.info_nce(x, y, reduction="none")))(*pair)
    _, back = pc.info_nce.vjp(*pair, reduction="none")
    for k in range(5):
        close(each[k], back(np.eye(5)[k]).x)


@pytest.mark.parametrize("options", [{}, {"tile": (2, 3)}], ids=str)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_without_64_bits(dtype, options):
    """With `jax_enable_x64` off everything is float32, gradients in the dtype of the input."""
    x, y = np.random.default_rng(1).normal(size=(2, 5, 4))
    wanted = pc.info_nce.value_and_grad(x, y)
    jax.config.update("jax_enable_x64", False)
    try:
        run = jax.jit(
            jax.value_and_grad(lambda x, y, t: pc.info_nce(x, y, temperature=t, **options))
        )
        value, grad = run(*(jnp.asarray(t, dtype=dtype) for t in (x, y)), 0.07)
        assert (value.dtype, grad.dtype) == (jnp.float32, getattr(jnp, dtype))
        tolerance = 1e-5 if dtype == "float32" else 0.1
        close((value, grad.astype("float32")), (wanted[0], wanted[1].x), tolerance)
    finally:
        jax.config.update("jax_enable_x64", True)


def test_no_forward_mode(pair):
    """Forward mode is refused, not traced through the tiles in silence."""
    with pytest.raises(TypeError, match="forward-mode"):
        jax.jvp(pc.info_nce, tuple(jnp.asarray(pair)), tuple(jnp.asarray(pair)))


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda x: pc.info_nce(x, x, tau=1), TypeError, "info_nce: .*tau"),
        (lambda x: pc.info_nce(*[x] * 7, 0.1), TypeError, "info_nce: too many"),
        (lambda x: pc.info_nce(x), TypeError, "info_nce: missing .*'y'"),
        (lambda x: pc.info_nce(x, [[1.0]] * 5), TypeError, "info_nce: y must be an array"),
        (lambda x: pc.info_nce(x, x[:, :2]), ValueError, "info_nce: .*same dimension"),
        (lambda x: pc.info_nce(x, x, temperature=-1.0), ValueError, "info_nce: temperature"),
        (lambda x: pc.info_nce(x, x, check_finite=True), ValueError, "info_nce: check_finite"),
    ],
    ids=["name", "count", "missing", "library", "shape", "number", "finite"],
)
def test_errors_are_the_objective_s_own(pair, call, error, text):
    with pytest.raises(error, match=text):
        jax.jit(jax.grad(call))(pair[0])


@pytest.mark.parametrize("options", [{}, {"tile": (2, 3)}], ids=str)
def test_a_replicated_temperature_within_shard_map(pair, options):
    """Each device has its rows, all have one temperature: its gradient is the sum over devices."""
    if not hasattr(jax, "shard_map"):
        pytest.skip("this JAX has its shard_map elsewhere")
    auto, spec = jax.sharding.AxisType.Auto, jax.sharding.PartitionSpec
    mesh = jax.make_mesh((1,), ("data",), axis_types=(auto,))

    def local(x, y, t):
        return jax.lax.pmean(pc.nt_xent(x, y, temperature=t, **options), "data")

    specs = spec("data"), spec("data"), spec()
    loss = jax.shard_map(local, mesh=mesh, in_specs=specs, out_specs=spec())
    got = jax.jit(jax.grad(loss, argnums=(0, 1, 2)))(*pair, 0.2)
    wrt = ("x", "y", "temperature")
    close(got, tuple(pc.nt_xent.value_and_grad(*pair, temperature=0.2, wrt=wrt)[1]))
