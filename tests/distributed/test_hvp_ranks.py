"""Hessian-vector products of a batch that ranks share are those of the whole batch."""

import numpy as np
import pytest
from battery.cases import all_cases, assert_close
from battery.scopes import of_mechanisms
from battery.test_hvp import CASES, options_of, vectors_of
from shares import cut, is_shared, whole

import polycontrast as pc
from polycontrast.distributed import LocalGroup
from polycontrast.objective.calls.ranks import sample_axis

SHARED = {case for case in CASES if is_shared(case)}
X, Y = np.random.default_rng(0).normal(size=(2, 4, 3))


def hvp(case, arrays, vectors, **options):
    """Products by name, of arrays that are given by name or in order."""
    arrays = dict(arrays)
    given = [arrays.pop(n) for n in list(arrays) if case.arguments[n].required]
    tangents = tuple(v if np.ndim(v) else float(v) for v in vectors.values())
    options = options_of(case) | options
    return case.objective.hvp(tuple(given), tangents, wrt=tuple(vectors), **arrays, **options)


@pytest.mark.parametrize(
    "case", of_mechanisms(SHARED.__contains__, among=filter(is_shared, all_cases()))
)
@pytest.mark.parametrize("split", [[3, 0, 4], [2, 3]], ids=["three ranks", "two ranks"])
def test_products_of_the_whole_batch(case, split):
    """Shares of a gradient's size; the average over the ranks is exact, as for gradients."""
    arrays = whole(case, split)
    vectors = vectors_of(case, arrays)
    wanted = hvp(case, arrays, vectors)._asdict()

    def one(comm):
        mine = {n: np.array(cut(case, n, x, split, comm.rank)) for n, x in arrays.items()}
        parts = {n: np.array(cut(case, n, v, split, comm.rank)) for n, v in vectors.items()}
        return hvp(case, mine, parts, comm=comm, tile=(2, 2))._asdict()

    for rank, got in enumerate(LocalGroup(len(split), timeout=30).run(one)):
        for name, x in wanted.items():
            is_share = name in case.dims and sample_axis(case.arguments[name], x) is not None
            factor = len(split) if is_share else 1
            part = cut(case, name, x, split, rank)
            assert_close(got[name], part * factor, 1e-10, f"{case}, {name} on rank {rank}")


def test_products_to_be_summed():
    """With gradients="sum" the rows have the exact products, and the temperature its parts."""
    u, v = np.random.default_rng(1).normal(size=(2, 4, 3))
    wrt = ("x", "y", "temperature")
    wanted = pc.info_nce.hvp((X, Y), (u, v, 0.7), wrt=wrt, temperature=0.2)

    def one(comm):
        part = slice(2 * comm.rank, 2 * comm.rank + 2)
        return pc.info_nce.hvp(
            (X[part], Y[part]),
            (u[part], v[part], 0.7),
            wrt=wrt,
            temperature=0.2,
            comm=comm,
            gradients="sum",
        )

    one_rank, other = LocalGroup(2, timeout=30).run(one)
    assert_close(np.concatenate([one_rank.x, other.x]), wanted.x, 1e-12)
    assert_close(one_rank.temperature + other.temperature, wanted.temperature, 1e-12)


@pytest.mark.parametrize(
    ("mine", "words"),
    [
        (dict(vectors=(X,)), "vectors must hold one for each"),
        (dict(vectors=(X[:3], Y)), "the vector of x"),
        (dict(vectors=(X, Y), wrt=("y", "x")), "wrt is x, y on rank 0"),
        (dict(given=[X, Y], vectors=3), "vectors must hold one for each"),
        (dict(given=X, vectors=(X, Y)), "given must be a tuple"),
    ],
    ids=["too few vectors", "another shape", "another wrt", "no tuple", "no arguments"],
)
def test_a_mistake_of_one_rank_ends_all(mine, words):
    """The other ranks end as well, with an error, and are not stuck."""

    def one(comm):
        mistake = dict(given=(X, Y), vectors=(X, Y)) | (mine if comm.rank else {})
        given, vectors = mistake.pop("given"), mistake.pop("vectors")
        try:
            pc.info_nce.hvp(given, vectors, comm=comm, **mistake)
        except (ValueError, TypeError, RuntimeError) as error:
            return str(error)
        return None

    found = LocalGroup(2, timeout=10).run(one)
    assert all(found)
    assert words in found[1]


def test_another_vector_of_a_shared_number():
    """The vector of a temperature is the same on all ranks, or none goes on."""

    def one(comm):
        vectors = (X, Y, 1.0 + comm.rank)
        wrt = ("x", "y", "temperature")
        with pytest.raises(RuntimeError, match="the vector of temperature"):
            pc.info_nce.hvp((X, Y), vectors, wrt=wrt, temperature=0.1, comm=comm)
        return True

    assert LocalGroup(2, timeout=10).run(one) == [True, True]


def test_cases_are_there():
    """Many objectives are tried: an empty list would prove nothing."""
    assert len({case.objective for case in SHARED}) > 60
