"""Ranks that are threads get the value and the gradients of one process."""

import numpy as np
import pytest
from battery.cases import all_cases, assert_close, case_params, default_cases
from battery.scopes import of_mechanisms
from shares import SPLITS, check_share, compute_share, cut, is_shared, whole

import polycontrast as pc
from polycontrast.context import Settings
from polycontrast.distributed import LocalGroup, Shards
from polycontrast.similarity import CountedSum, Reading, RunningExpSum, Similarity


def compute(case, split, **options):
    group = LocalGroup(len(split), timeout=30)
    options = dict(workers=1) | options
    return group.run(lambda comm: compute_share(case, split, comm.rank, comm, **options))


@pytest.mark.parametrize("case", case_params(filter(is_shared, all_cases())))
def test_every_case(case):
    """In shares of which one is empty."""
    split = [3, 0, 4]
    for rank, got in enumerate(compute(case, split)):
        check_share(case, split, rank, got)


@pytest.mark.parametrize("case", of_mechanisms(is_shared))
@pytest.mark.parametrize("split", [s for splits in SPLITS.values() for s in splits], ids=str)
def test_every_split(case, split):
    """1, 2, 3 and 5 ranks; equal, unequal and empty shares; in tiles, which keep nothing."""
    for rank, got in enumerate(compute(case, split, tile=(2, 2))):
        check_share(case, split, rank, got)


@pytest.mark.parametrize("name", ["info_nce", "nt_xent", "poly_view", "cyclip", "average_view"])
@pytest.mark.parametrize("split", [[2, 3], [1, 4, 2]], ids=str)
def test_gradients_to_be_summed(name, split):
    """With "sum" the rows get the exact gradient, and the temperature its parts."""
    case = next(c for c in default_cases() if c.objective.name == name)
    results = compute(case, split, gradients="sum")
    total = sum(grads["temperature"] for _, grads in results)
    for rank, (value, grads) in enumerate(results):
        check_share(case, split, rank, (value, grads | {"temperature": total}), gradients="sum")


@pytest.mark.parametrize("name", ["info_nce", "poly_view", "gram_volume", "sigmoid_contrastive"])
def test_one_loss_a_sample(name):
    """Without a reduction each rank has the losses of its samples, and its own cotangents."""
    case = next(c for c in default_cases() if c.objective.name == name)
    split = [2, 0, 3]
    arrays, g = whole(case, split), np.random.default_rng(3).normal(size=5)
    losses, back = case.objective.vjp(**arrays, wrt=case.differentiable, reduction="none")
    wanted = back(g)._asdict()

    def one(comm):
        mine = {n: cut(case, n, x, split, comm.rank) for n, x in arrays.items()}
        value, back = case.objective.vjp(
            **mine, wrt=case.differentiable, reduction="none", comm=comm, gradients="sum"
        )
        part = slice(sum(split[: comm.rank]), sum(split[: comm.rank + 1]))
        assert_close(value, losses[part], 1e-12)
        grads = back(g[part])._asdict()
        for name in case.dims:
            assert_close(grads[name], cut(case, name, wanted[name], split, comm.rank), 1e-12, name)
        return sum(grads[name] for name in case.scalars)

    total = sum(LocalGroup(3, timeout=30).run(one))
    assert_close(total, sum(wanted[name] for name in case.scalars), 1e-12)


@pytest.mark.parametrize("case", of_mechanisms(is_shared))
def test_repeatable_bits_of_one_division(case):
    """No bit depends on tiles, workers and memory, where the same ranks have the same samples."""
    executions = dict(workers=1), dict(workers=3, tile=(2, 2)), dict(tile=(64, 3)), dict(memory=0)
    first, *others = (compute(case, [5, 0, 7], repeatable=True, **how) for how in executions)
    for found in others:
        for (value, grads), (one, other) in zip(first, found, strict=True):
            np.testing.assert_array_equal(value, one)
            for name in grads:
                np.testing.assert_array_equal(grads[name], other[name], err_msg=name)


def test_the_value_has_the_same_bits_on_every_rank():
    case = next(c for c in default_cases() if c.objective.name == "info_nce")
    values = [value for value, _ in compute(case, [5, 0, 2, 7, 4])]
    assert len({float(v) for v in values}) == 1


def test_large_logits():
    """Log-sum-exps of ranks meet as those of tiles do: relative to a maximum."""
    x, y = np.random.default_rng(0).normal(size=(2, 9, 4))
    value, grads = pc.info_nce.value_and_grad(x, y, temperature=1e-3)

    def one(comm):
        part = slice(3 * comm.rank, 3 * comm.rank + 3)
        got = pc.info_nce.value_and_grad(x[part], y[part], temperature=1e-3, comm=comm)
        assert_close(got[0], value, 1e-12)
        assert_close(got[1].x, 3 * grads.x[part], 1e-10)

    LocalGroup(3, timeout=30).run(one)


@pytest.mark.parametrize("like", ["float32", "float16"])
def test_other_dtypes(like):
    x, y = np.random.default_rng(0).normal(size=(2, 6, 4)).astype(like)
    value, grads = pc.info_nce.value_and_grad(x, y)

    def one(comm):
        part = slice(2 * comm.rank, 2 * comm.rank + 2)
        got = pc.info_nce.value_and_grad(x[part], y[part], comm=comm)
        assert got[0].dtype == value.dtype
        assert got[1].x.dtype == x.dtype
        assert_close(got[0], value, 1e-5)
        assert_close(got[1].x, 3 * grads.x[part], 1e-5 if like == "float32" else 1e-2)

    LocalGroup(3, timeout=30).run(one)


def test_columns_that_all_ranks_share():
    """Statistics of columns hold the rows of all ranks, in any shares, with the same bits."""
    rng = np.random.default_rng(0)
    x, y, g = rng.normal(size=(7, 4)), 30 * rng.normal(size=(3, 4)), rng.normal(size=(2, 3))
    readings = Reading(RunningExpSum()), Reading(CountedSum())
    one = np.asarray(1.0)

    def found(rows, comm=None):
        settings = Settings(comm=comm, workers=1)
        matrix = Similarity(rows, y, scale=one, everywhere=True, settings=settings)
        _, (lse, (total, _)), back = matrix.read(*readings)
        pulled = back((None, None), (g[0], g[1]))
        return lse, total, pulled.x, pulled.y

    def on_rank(comm):
        first = sum(split[: comm.rank])
        return found(x[first : first + split[comm.rank]], Shards(comm, split))

    wanted = found(x)
    for split in ([3, 4], [2, 0, 5]):
        results = LocalGroup(len(split), timeout=30).run(on_rank)
        for lse, total, _, _ in results:
            assert np.all(lse == results[0][0])
            assert_close(lse, wanted[0], 1e-12)
            assert_close(total, wanted[1], 1e-12)
        assert_close(np.concatenate([r[2] for r in results]), wanted[2], 1e-12)
        assert_close(sum(r[3] for r in results), wanted[3], 1e-12)
