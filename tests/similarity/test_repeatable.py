"""With ``repeatable=True`` no bit depends on workers, tiles, memory or what the machine has."""

import functools
from importlib import import_module

import numpy as np
import pytest
from backends import Backend, backend_params
from battery.cases import all_cases, default_cases, parts
from battery.scopes import of_mechanisms, of_objectives
from battery.test_hvp import CASES, products, vectors_of

import polycontrast as pc
from polycontrast.arrays.stand_ins import in_files
from polycontrast.similarity.tiles import plan, readings, tile_body

EXECUTIONS = [
    dict(workers=1),
    dict(workers=3, tile=(7, 7)),
    dict(workers=2, tile=(64, 64)),
    dict(workers=1, tile=(2, 1000), memory=0),
    dict(workers=2, memory=0),
]


@pytest.fixture
def small_grid(monkeypatch):
    """Limits of bytes so small that a batch of 13 has several tiles, blocks and chunks."""
    for module, name, value in (
        (plan, "TILE_BYTES", 128),
        (plan, "SLIM_TILE_BYTES", 128),
        (plan, "ROWS_BYTES", 256),
        (plan, "LEAST_ROWS", 2),
        (import_module("polycontrast.similarity.full_rows"), "SHARED_BYTES", 128),
        (import_module("polycontrast.similarity.small"), "TILE_BYTES", 256),
        (import_module("polycontrast.cube.cube"), "BLOCK_BYTES", 256),
        (tile_body.TileBody, "small", 128),
        (readings.ReadingsBody, "small", 128),
    ):
        monkeypatch.setattr(module, name, value)
    plan._plan_of_form.cache_clear()
    yield
    plan._plan_of_form.cache_clear()


def arrays_of(result):
    """Value and gradients as one list."""
    return [result.value, *(t for grad in result.grads.values() for t in parts(grad))]


def check(run, executions=EXECUTIONS):
    """All executions have the bits of the first one."""
    first = run(**executions[0])
    for options in executions[1:]:
        for one, other in zip(first, run(**options), strict=True):
            np.testing.assert_array_equal(one, other, err_msg=str(options))


def evaluated(case, arrays, dtype="float64", backend=Backend.NUMPY, **options):
    return arrays_of(case.evaluate(arrays, backend, dtype, repeatable=True, **options))


@pytest.mark.parametrize("case", of_objectives())
def test_every_objective(case, small_grid):
    """Value and all gradients, that of the temperature among them, in several tiles."""
    check(functools.partial(evaluated, case, case.arrays(B=13), "float32"))


@pytest.mark.parametrize("case", of_mechanisms(among=all_cases()))
def test_double_precision(case, small_grid):
    check(functools.partial(evaluated, case, case.arrays(B=13), "float64"), EXECUTIONS[:4])


@pytest.mark.parametrize("case", of_mechanisms(among=all_cases()))
def test_one_tile(case):
    """The same where the plan itself takes a single tile."""
    check(functools.partial(evaluated, case, case.arrays(B=13), "float32"), EXECUTIONS[::2])


@pytest.mark.parametrize("case", of_mechanisms())
@pytest.mark.parametrize("backend", backend_params(Backend.TORCH, Backend.JAX))
def test_arrays_of_other_libraries(case, backend, small_grid):
    """NumPy computes them, with the bits of its own arrays."""
    arrays = case.arrays(B=13)
    check(functools.partial(evaluated, case, arrays, "float32", backend), EXECUTIONS[1:3])
    one, other = (evaluated(case, arrays, "float32", b) for b in (backend, Backend.NUMPY))
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("case", of_mechanisms(lambda case: case in CASES))
def test_second_order(case, small_grid):
    """Hessian-vector products."""
    arrays = case.arrays(B=11, N=11)
    vectors = vectors_of(case, arrays)

    def run(**options):
        made = products(case, arrays, vectors, dtype="float32", repeatable=True, **options)
        return [t for product in made.values() for t in parts(product)]

    check(run)


@pytest.mark.parametrize("name", ["info_nce", "nt_xent", "sigmoid_contrastive"])
def test_a_batch_of_usual_size(name):
    """Tiles of the usual size, in a batch that no tile divides."""
    x, y = np.random.default_rng(0).standard_normal((2, 1511, 48), dtype=np.float32)

    def run(**options):
        value, grads = pc.objectives()[name].value_and_grad(
            x, y, wrt=("x", "y", "temperature"), repeatable=True, **options
        )
        return [value, *grads]

    check(run)
    usual = pc.objectives()[name].value_and_grad(x, y, wrt=("x", "y", "temperature"))
    for one, other in zip(run(tile=(64, 64)), (usual[0], *usual[1]), strict=True):
        np.testing.assert_array_equal(one, other, err_msg="the bits of the usual plan")


def test_views_in_files(tmp_path, monkeypatch):
    """The same where views are read block by block."""
    monkeypatch.setattr(in_files, "SMALL", 2**12)
    np.save(tmp_path / "views.npy", np.random.default_rng(0).standard_normal((3, 61, 32)))
    views = np.load(tmp_path / "views.npy", mmap_mode="r")

    def run(**options):
        value, grads = pc.poly_view.value_and_grad(views, repeatable=True, **options)
        return [value, *grads]

    check(run)


def test_tiles_change_bits_elsewhere():
    """Without the option another tile gives other bits, so the tests above can fail."""
    x, y = np.random.default_rng(0).standard_normal((2, 301, 48), dtype=np.float32)
    (_, one), (_, other) = (pc.info_nce.value_and_grad(x, y, tile=t) for t in ((7, 7), (64, 64)))
    assert not np.array_equal(one.x, other.x)


@pytest.mark.parametrize("name", ["nt_xent", "triplet"])
def test_one_compiled_program(name, small_grid):
    """Under `jax.jit` the options change nothing of what JAX traces."""
    jax = pytest.importorskip("jax")
    objective = pc.objectives()[name]
    case = next(c for c in default_cases() if c.objective is objective)
    given = list(case.arrays(B=13).values())

    def program(**options):
        def value(*arrays):
            return objective(*arrays, **case.options, repeatable=True, **options)

        return str(jax.make_jaxpr(jax.value_and_grad(value))(*given))

    assert len({program(**options) for options in EXECUTIONS[::2]}) == 1


def test_the_plan_shows_the_tiles():
    """A tile that is given says only that none is kept, and `memory=` decides as before."""
    shape = (4096, 64)
    usual = pc.plan(pc.info_nce, shape, shape).walks[0]
    tiled = pc.plan(pc.info_nce, shape, shape, tile=(7, 9), repeatable=True).walks[0]
    small = pc.plan(pc.info_nce, shape, shape, memory=0, repeatable=True).walks[0]
    assert usual.tile == tiled.tile == small.tile
    assert usual.keep
    assert [tiled.keep, small.keep] == [False, False]


@pytest.mark.cupy(quick=True)
def test_arrays_on_a_gpu_are_refused():
    import cupy

    x = cupy.asarray(np.eye(4, dtype=np.float32))
    with pytest.raises(ValueError, match="info_nce: repeatable=True needs arrays in main memory"):
        pc.info_nce(x, x, repeatable=True)
