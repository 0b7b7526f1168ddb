"""JAX's arrays in main memory that nobody traces are computed by NumPy, and come back as JAX's."""

import numpy as np
import pytest
from backends import Backend

import polycontrast as pc
from polycontrast.arrays.exchange import JaxInNumPy, host_of

jax = pytest.importorskip("jax")
jnp = Backend.JAX.xp

X, Y = np.random.default_rng(0).standard_normal((2, 6, 4))


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32", "float64"])
@pytest.mark.parametrize("x64", [True, False])
def test_dtypes_are_those_of_jax(dtype, x64):
    """float32 stays float32, nothing is weak, half precision is computed in float32."""
    if dtype == "float64" and not x64:
        pytest.skip("JAX has no float64 then")
    with jax.enable_x64(x64):
        x, y = jnp.asarray(X, dtype=dtype), jnp.asarray(Y, dtype=dtype)
        value, grads = pc.info_nce.value_and_grad(x, y, wrt=("x", "y", "temperature"))
        computed = dtype if dtype == "float64" else "float32"
        made = [value, pc.info_nce(x, y), grads.temperature, grads.x, grads.y]
        assert [str(t.dtype) for t in made] == [computed] * 3 + [dtype] * 2
        assert not any(t.weak_type for t in made)
        products = pc.info_nce.hvp((x, y), (y, x))
        assert [str(t.dtype) for t in products] == [dtype] * 2
    wanted = pc.info_nce(np.asarray(x).astype(float), np.asarray(y).astype(float))
    assert float(value) == pytest.approx(wanted, rel=1e-5)


def test_who_computes():
    x = jnp.asarray(X)
    assert isinstance(host_of([x, x]), JaxInNumPy)
    seen = []
    jax.jit(lambda x: seen.append(host_of([x])) or x)(x)
    # Rows that are there beside a temperature that is traced belong to JAX.
    jax.jit(lambda t: seen.append(host_of([x, t])) or t)(jnp.asarray(0.1))
    assert seen == [None, None]
    assert host_of([]) is None
    assert host_of([X]) is None


def test_results_stay_on_the_device_of_their_arrays():
    (device, *_) = jax.devices("cpu")
    bound = [jax.device_put(jnp.asarray(t), device) for t in (X, Y)]
    free = [jnp.asarray(t) for t in (X, Y)]
    for given in (bound, free):
        _, grads = pc.info_nce.value_and_grad(*given)
        assert grads.x.committed == given[0].committed
        assert grads.x.devices() == given[0].devices()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (lambda x: ((x, x.astype("float32")), {}), "same dtype"),
        (lambda x: ((x, x), {"temprature": x[0, 0]}), "temprature"),
        (lambda x: ((x, x), {"tile": x[0, 0]}), "tile"),
    ],
)
def test_what_is_refused_does_not_depend_on_tracing(given, words):
    def call(x):
        args, options = given(x)
        objective = pc.poly_view if len(args) == 1 else pc.info_nce
        return objective(*args, **options)

    for run in (call, jax.grad(call)):
        with pytest.raises((TypeError, ValueError), match=rf"(info_nce|poly_view): .*{words}"):
            run(jnp.asarray(X))


@pytest.mark.parametrize("given", [lambda x: (x, Y), lambda x: ([x, Y],)])
def test_numpy_arrays_beside_traced_ones(given):
    """A traced function takes NumPy arrays, as JAX's own do; a plain call refuses them."""

    def call(x):
        args = given(x)
        objective = pc.poly_view if len(args) == 1 else pc.info_nce
        return objective(*args)

    with pytest.raises(TypeError, match=r"(info_nce|poly_view): .*same array library"):
        call(jnp.asarray(X))
    moved = [jnp.asarray(X), jnp.asarray(Y)]
    one = len(given(X)) == 1
    both = (lambda x: pc.poly_view([x, moved[1]])) if one else (lambda x: pc.info_nce(x, moved[1]))
    np.testing.assert_array_equal(jax.grad(call)(moved[0]), jax.grad(both)(moved[0]))
