"""Which pairs count is a matter of the whole batch: rules see its indices and its columns."""

import numpy as np
import pytest

from polycontrast.context import Settings
from polycontrast.distributed import LocalGroup, Shards
from polycontrast.similarity import (
    Every,
    Groups,
    Labels,
    Mask,
    OtherRows,
    OtherSamples,
    OtherViews,
    Present,
    Similarity,
)

RNG = np.random.default_rng(0)
COUNTS = [2, 0, 4, 3]
X, Y = RNG.normal(size=(2, 2, 9, 3))
LABELS = RNG.integers(0, 3, size=9)
MASK = RNG.random((9, 9)) < 0.6
MASK |= MASK.T
THERE = RNG.random((2, 9)) < 0.7
RULES = {
    "every": lambda part: Every(),
    "other rows": lambda part: OtherRows(),
    "other samples": lambda part: OtherSamples(),
    "other views": lambda part: OtherViews(),
    "labels": lambda part: Labels(LABELS[part]),
    "different": lambda part: Labels(LABELS[part], same=False) & OtherSamples(),
    "groups": lambda part: Groups(4),
    "mask": lambda part: Mask(MASK[part]),
    "present": lambda part: OtherSamples() & Present(THERE[:, part]),
}


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

    wanted = statistics(slice(None))

    def one(comm):
        start = sum(COUNTS[: comm.rank])
        part = slice(start, start + COUNTS[comm.rank])
        for got, all_of_it in zip(statistics(part, Shards(comm, COUNTS)), wanted, strict=True):
            np.testing.assert_allclose(got, all_of_it[:, part], rtol=0, atol=1e-12)

    LocalGroup(len(COUNTS), timeout=30).run(one)
