"""Which pairs count is a matter of the whole batch: rules see its indices and its columns."""

import numpy as np
import pytest

from polycontrast.context import Settings
from polycontrast.distributed import LocalGroup, Shards
from polycontrast.similarity import (
    SCORES,
    Cutoff,
    Every,
    Groups,
    Labels,
    LogWeights,
    LogWeightsOf,
    Mask,
    NotTheMatch,
    OtherRows,
    OtherSamples,
    OtherViews,
    Present,
    Reading,
    RunningExpSum,
    SameSample,
    Similarity,
    Sum,
)

RNG = np.random.default_rng(0)
COUNTS = [2, 0, 4, 3]
X, Y = RNG.normal(size=(2, 2, 9, 3))
LABELS = RNG.integers(0, 3, size=9)
MASK = RNG.random((9, 9)) < 0.6
MASK |= MASK.T
THERE = RNG.random((2, 9)) < 0.7
TABLE = RNG.normal(size=(9, 9))
TABLE = TABLE + TABLE.T
PLACES = RNG.normal(size=(2, 9))
MATCHES = RNG.permutation(9)
SORTED = np.sort(LABELS)


def far(a, b):
    return -abs(a[0] - b[0]) - abs(a[1] - b[1])


RULES = {
    "every": lambda part: Every(),
    "other rows": lambda part: OtherRows(),
    "other samples": lambda part: OtherSamples(),
    "other views": lambda part: OtherViews(),
    "labels": lambda part: Labels(LABELS[part]),
    "different": lambda part: Labels(LABELS[part], same=False) & OtherSamples(),
    "sorted": lambda part: ~Labels(SORTED[part], same=False),
    "either": lambda part: (SameSample() & OtherViews()) | Labels(LABELS[part], same=False),
    "weighed": lambda part: OtherRows() & LogWeights(TABLE[part]),
    "weighed by function": lambda part: LogWeightsOf(far, PLACES[:, part]) & ~Groups(2),
    "groups": lambda part: Groups(4),
    "mask": lambda part: Mask(MASK[part]),
    "present": lambda part: OtherSamples() & Present(THERE[:, part]),
}


def compare(statistics):
    """Each rank has its part of what one process computes."""
    wanted = statistics(slice(None))

    def one(comm):
        start = sum(COUNTS[: comm.rank])
        part = slice(start, start + COUNTS[comm.rank])
        for got, all_of_it in zip(statistics(part, Shards(comm, COUNTS)), wanted, strict=True):
            np.testing.assert_allclose(got, all_of_it[:, part], rtol=0, atol=1e-12)

    LocalGroup(len(COUNTS), timeout=30).run(one)


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("name", RULES)
def test_rule(name, symmetric):
    rule, g = RULES[name], RNG.normal(size=(2, 2, 9))
    scale = np.asarray(0.7)

    def statistics(part, comm=None):
        y = None if symmetric else Y[:, part]
        settings = Settings(comm=comm, tile=(2, 2), workers=1)
        rows, columns, back = Similarity(
            X[:, part], y, scale=scale, pairs=rule(part), settings=settings
        ).logsumexp()
        finite = np.isfinite(rows)
        pulled = back(g[0][:, part] * finite, None if symmetric else g[1][:, part])
        return [rows, pulled.x] if symmetric else [rows, columns, pulled.x, pulled.y]

    compare(statistics)


AT_MOST = RNG.normal(size=(2, 2, 9))


@pytest.mark.parametrize("symmetric", [False, True])
def test_cutoff(symmetric):
    """Thresholds of the columns travel with them."""
    g = RNG.normal(size=(2, 2, 2, 9))

    def statistics(part, comm=None):
        thresholds = AT_MOST[[0, 0]] if symmetric else AT_MOST
        t, u = Cutoff(rows=thresholds[0][:, part]), Cutoff(columns=thresholds[1][:, part])
        y = None if symmetric else Y[:, part]
        rows, columns, back = Similarity(
            X[:, part],
            y,
            scale=np.asarray(0.7),
            settings=Settings(comm=comm, tile=(2, 2), workers=1),
        ).read(
            Reading(RunningExpSum(), t, column_pairs=u),
            Reading(Sum(SCORES), ~t & OtherSamples(), column_pairs=~u & OtherSamples()),
        )
        sides = [tuple(one[:, part] for one in side) for side in g]
        pulled = back(sides[0], None if symmetric else sides[1])
        return [*rows, pulled.x] if symmetric else [*rows, *columns, pulled.x, pulled.y]

    compare(statistics)


def test_matches_of_other_ranks():
    """Matches are places in the whole batch."""

    def statistics(part, comm=None):
        settings = Settings(comm=comm, tile=(2, 2), workers=1)
        pairs = NotTheMatch(MATCHES[part])
        matrix = Similarity(X[:, part], Y[:, part], scale=np.asarray(0.7), pairs=pairs,
                            settings=settings)  # fmt: skip
        return list(matrix.logsumexp()[:2])

    compare(statistics)
