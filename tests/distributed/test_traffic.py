"""What is sent, and when: as many bytes as predicted, while the tiles are being worked on."""

import threading

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.distributed import LocalGroup
from polycontrast.distributed.local import LocalCommunicator
from polycontrast.similarity.walks import eager

ITEM = 8


def two_sided(counts, rank, depth, state):
    """Bytes that a rank sends in value and gradient where rows meet columns.

    Forward the columns of all ranks but the next one pass on, and the states of all others go
    on towards home; the same with the gradients, for which statistic and cotangent go along.
    """
    others = sum(counts) - counts[rank]
    passing = sum(counts) - counts[(rank + 1) % len(counts)]
    forward = passing * depth + others * state
    backward = passing * (depth + 2) + others * depth
    return ITEM * (forward + backward)


def one_sided(counts, rank, depth, state):
    """Bytes that a rank sends where M views of its samples meet those of all: half a ring."""
    size = len(counts)
    passing = sum(counts[(rank - s) % size] for s in range(size // 2))
    gathered = sum(counts[(rank - s) % size] for s in range(1, (size - 1) // 2 + 1))
    forward = passing * depth + gathered * state
    backward = passing * (depth + 2) + gathered * depth
    return ITEM * (forward + backward)


@pytest.mark.parametrize(
    "counts", [[4], [4, 4], [4, 4, 4], [5, 0, 2], [3, 3, 3, 3, 3], [1, 6, 2, 0, 3]], ids=str
)
@pytest.mark.parametrize(("temperature", "state"), [(1.0, 1), (1e-3, 2)])
def test_bytes(counts, temperature, state):
    """A log-sum-exp is one number a column on its way, or two where it needs a maximum."""
    depth = 6
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, sum(counts), depth))

    def one(comm):
        start = sum(counts[: comm.rank])
        part = slice(start, start + counts[comm.rank])
        options = dict(temperature=temperature, comm=comm, workers=1)
        pc.info_nce.value_and_grad(x[part], y[part], **options)
        two = comm.sent
        pc.poly_view.value_and_grad([x[part], y[part]], **options)
        assert two == two_sided(counts, comm.rank, depth, state)
        assert comm.sent - two == 2 * one_sided(counts, comm.rank, depth, state)

    LocalGroup(len(counts), timeout=30).run(one)


def test_equal_shares():
    """The formula of the documentation: 3 (R - 1) b D numbers and a little for a rank."""
    size, b, depth = 4, 8, 16
    x, y = np.random.default_rng(0).normal(size=(2, size * b, depth))

    def one(comm):
        part = slice(b * comm.rank, b * comm.rank + b)
        pc.info_nce.value_and_grad(x[part], y[part], temperature=1.0, comm=comm)
        return comm.sent

    assert set(LocalGroup(size).run(one)) == {ITEM * 3 * (size - 1) * b * (depth + 1)}


class Logging(LocalCommunicator):
    """Notes when an exchange begins and ends."""

    def __init__(self, group, rank, log):
        super().__init__(group, rank)
        self.log = log

    def exchange(self, *what):
        number = len(self.log)
        self.log.append(("start", number))
        end = super().exchange(*what)

        def finish():
            self.log.append(("end", number))
            end()

        return finish


def test_columns_are_on_their_way_while_tiles_are_worked_on(monkeypatch):
    """Between the start of every exchange of columns and its end lies a visit."""
    x, y = np.random.default_rng(0).normal(size=(2, 12, 3))
    logs = [[] for _ in range(4)]
    states = eager.states_of

    def noted(self, *args):
        logs[int(threading.current_thread().name)].append(("work", 0))
        return states(self, *args)

    monkeypatch.setattr(eager, "states_of", noted)

    def one(comm):
        threading.current_thread().name = str(comm.rank)
        part = slice(3 * comm.rank, 3 * comm.rank + 3)
        comm = Logging(comm.group, comm.rank, logs[comm.rank])
        pc.info_nce(x[part], y[part], comm=comm, workers=1, symmetric=False)

    LocalGroup(4, timeout=30).run(one)
    for log in logs:
        kinds = [kind for kind, _ in log]
        assert kinds == ["start", "work", "end"] * 3 + ["work"]
