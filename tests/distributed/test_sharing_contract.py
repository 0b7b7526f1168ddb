"""What `comm=` accepts and refuses, and what the documentation says of it."""

import re
import threading
from pathlib import Path

import numpy as np
import pytest
from battery.cases import default_cases

import polycontrast as pc
from polycontrast.distributed import LocalGroup, RankError
from polycontrast.similarity.walks import eager
from polycontrast.testing import check_distributed

DOCS = Path(pc.__file__).parent.parent / "docs"
X, Y = np.random.default_rng(0).normal(size=(2, 4, 3))


def test_documented_objectives():
    """The page names those that can, and those that cannot."""
    text = (DOCS / "distributed.md").read_text("utf-8").split("## Which objectives")[1]
    can, cannot = text.split("The others refuse")
    found = {o.name for o in pc.objectives().values() if o.shards}
    assert set(re.findall(r"`(\w+)`", can)) == found
    named = set(re.findall(r"`(\w+)`", cannot)) & set(pc.objectives())
    assert named == set(pc.objectives()) - found


@pytest.mark.parametrize("name", [o.name for o in pc.objectives().values() if not o.shards])
def test_objectives_that_refuse(name):
    comm = LocalGroup(1).run(lambda comm: comm)[0]
    case = next(c for c in default_cases() if c.objective.name == name)
    with pytest.raises(ValueError, match=f"^{name}: comm is not supported"):
        pc.objectives()[name](**case.arrays(), comm=comm)


@pytest.mark.parametrize("comm", [3, object(), [1]])
def test_things_that_are_no_communicator(comm):
    wanted = 'info_nce: comm must be a torch ProcessGroup, "world", an mpi4py'
    with pytest.raises(TypeError, match=wanted):
        pc.info_nce(X, Y, comm=comm)


def test_an_unknown_rule():
    with pytest.raises(ValueError, match='gradients must be "average" or "sum", got \'mean\''):
        pc.info_nce(X, Y, gradients="mean")


def test_a_plan_is_that_of_one_process():
    with pytest.raises(ValueError, match="plan: comm"):
        pc.plan(pc.info_nce, (4, 3), (4, 3), comm="ranks")


def test_nobody_brings_a_sample():
    with pytest.raises(RankError, match="at least one rank must bring samples"):
        LocalGroup(2, timeout=5).run(lambda comm: pc.info_nce(X[:0], Y[:0], comm=comm))


def test_a_single_sample_has_no_negative():
    """The whole batch counts, on every rank."""
    with pytest.raises(ValueError, match="dcl: x and y must have at least 2 rows"):
        LocalGroup(2, timeout=5).run(lambda comm: pc.dcl(X[: comm.rank], Y[: comm.rank], comm=comm))
    LocalGroup(2, timeout=5).run(lambda comm: pc.dcl(X[:1], Y[:1], comm=comm))


def test_weights_may_be_zero_on_one_rank():
    value = pc.info_nce(X[2:], Y[2:], temperature=1.0, in_batch=False, symmetric=False)

    def one(comm):
        part = slice(2 * comm.rank, 2 * comm.rank + 2)
        weights = np.full(2, float(comm.rank))
        options = dict(temperature=1.0, in_batch=False, symmetric=False, comm=comm)
        return pc.info_nce(X[part], Y[part], None, weights, **options)

    assert LocalGroup(2, timeout=5).run(one) == [value, value]
    with pytest.raises(ValueError, match="weights must not all be zero"):
        LocalGroup(2, timeout=5).run(
            lambda comm: pc.info_nce(X[:2], Y[:2], None, np.zeros(2), comm=comm)
        )


def test_a_wrong_call_on_one_rank_reaches_all():
    errors = []

    def one(comm):
        try:
            pc.info_nce(X, Y[:, : 3 - comm.rank], comm=comm)
        except (ValueError, RankError) as error:
            errors.append((comm.rank, str(error)))

    LocalGroup(3, timeout=5).run(one)
    texts = dict(errors)
    told = "info_nce: rank 1 could not take part: ValueError: info_nce: x and y must have the same"
    assert texts[0].startswith(told)
    assert "same dimension" in texts[1]
    assert "same dimension" in texts[2]


def test_waiting_in_vain_ends():
    with pytest.raises(TimeoutError, match="rank 0 heard nothing from rank 1"):
        LocalGroup(2, timeout=0.2).run(lambda comm: comm.rank or pc.info_nce(X, Y, comm=comm))


def test_a_call_that_broke_off_is_the_last_one(monkeypatch):
    """Its messages are on their way: no later call takes them for its own."""
    states, here = eager.states_of, threading.local()  # ranks are threads of one process

    def broken(self, *args):
        if getattr(here, "fails", False):
            raise ZeroDivisionError
        return states(self, *args)

    def one(comm):
        here.fails = comm.rank == 1
        with pytest.raises(ZeroDivisionError if here.fails else TimeoutError):
            pc.info_nce(X, Y, comm=comm)
        here.fails = False
        with pytest.raises(RankError, match="an earlier call broke off"):
            pc.info_nce(X, Y, comm=comm)

    group = LocalGroup(2, timeout=0.5)
    monkeypatch.setattr(eager, "states_of", broken)
    group.run(one)
    monkeypatch.setattr(eager, "states_of", states)
    wanted = pc.info_nce(np.concat([X, X]), np.concat([Y, Y]))
    for value in group.run(lambda comm: pc.info_nce(X, Y, comm=comm)):
        assert abs(value - wanted) < 1e-12


@pytest.mark.parametrize("name", ["info_nce", "poly_view", "gram_loss", "uniformity", "cyclip"])
def test_certificate(name):
    group = LocalGroup(3, timeout=30)
    reports = group.run(
        lambda c: check_distributed(pc.objectives()[name], c, trainer=lambda g: c.sum(g) / c.size)
    )
    assert all(report.raise_on_failure() for report in reports)
    assert len({str(report) for report in reports}) == 1


@pytest.mark.parametrize(
    ("rule", "trained", "advice"),
    [
        (
            "average",
            1,
            '4 times too large: the trainer sums over the ranks, so pass gradients="sum"',
        ),
        ("sum", 4, '4 times too small: the trainer averages over the ranks, so pass gradients="av'),
        ("average", 2, "parameter gradients are 2 times too large (now"),
    ],
)
def test_certificate_of_a_trainer_that_does_something_else(rule, trained, advice):
    def one(comm):
        trainer = lambda g: comm.sum(g) / trained
        return check_distributed(pc.info_nce, comm, trainer=trainer, gradients=rule)

    for report in LocalGroup(4, timeout=30).run(one):
        assert not report
        assert advice in str(report)
        with pytest.raises(AssertionError, match="not that of one process"):
            report.raise_on_failure()
