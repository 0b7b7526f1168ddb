"""The word "world" for the default group of torch, in one process."""

import pickle

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.testing import check_distributed

torch = pytest.importorskip("torch")

from polycontrast.torch import Learnable, Loss, chunked_loss  # noqa: E402

X, Y = np.random.default_rng(0).normal(size=(2, 8, 4))


def test_one_process_without_a_group_has_all_samples():
    for arrays in ((X, Y), (torch.from_numpy(X), torch.from_numpy(Y))):
        assert float(pc.info_nce(*arrays, comm="world")) == float(pc.info_nce(*arrays))
    value, grads = pc.info_nce.value_and_grad(X, Y, comm="world", gradients="sum")
    wanted, others = pc.info_nce.value_and_grad(X, Y)
    assert value == wanted
    np.testing.assert_array_equal(grads.x, others.x)


def test_objectives_that_need_all_samples_take_it_in_one_process():
    target = np.linspace(0, 1, 8)
    assert pc.cosent(X, Y, target, comm="world") == pc.cosent(X, Y, target)


def test_a_group_of_one_process_shares_nothing(tmp_path):
    from torch import distributed

    if distributed.is_initialized():
        pytest.skip("a process group of another test is there")
    loss = Loss(pc.info_nce, comm="world", temperature=Learnable(0.2))
    distributed.init_process_group("gloo", init_method=f"file://{tmp_path}/g", rank=0, world_size=1)
    try:
        found = loss(torch.from_numpy(X), torch.from_numpy(Y))
        torch.testing.assert_close(
            found.detach(), torch.tensor(pc.info_nce(X, Y, temperature=0.2)), rtol=1e-6, atol=0
        )
    finally:
        distributed.destroy_process_group()


def test_processes_without_a_group_are_refused(monkeypatch):
    """A loss of this process alone would be another number; making it is possible."""
    monkeypatch.setenv("WORLD_SIZE", "4")
    loss = Loss(pc.info_nce, comm="world")
    with pytest.raises(ValueError, match=r"info_nce: comm=.world. needs .*WORLD_SIZE is 4"):
        loss(torch.from_numpy(X), torch.from_numpy(Y))


def test_a_certificate_needs_several_processes():
    with pytest.raises(ValueError, match=r"check_distributed: comm=.world. is this process alone"):
        check_distributed(pc.info_nce, "world")


def test_a_pickle_and_a_chunked_loss():
    loss = pickle.loads(pickle.dumps(Loss(pc.info_nce, comm="world", temperature=0.2)))
    rows = [torch.from_numpy(t) for t in (X, Y)]
    found = chunked_loss(loss, torch.nn.Identity(), rows, chunk_size=3)
    torch.testing.assert_close(found.detach(), loss(*rows))


def test_an_axis_of_jax_of_that_name_comes_first():
    """It has had this meaning, and a loss of each shard alone would be another number."""
    jax = pytest.importorskip("jax")
    mesh = jax.make_mesh((1,), ("world",), axis_types=(jax.sharding.AxisType.Auto,))
    rows, seen = jax.sharding.PartitionSpec("world"), []

    def share(x, y):
        from polycontrast.distributed import find

        seen.append(find("world"))
        return pc.info_nce(x, y, comm="world", gradients="sum")

    whole = jax.sharding.PartitionSpec()
    step = jax.shard_map(share, mesh=mesh, in_specs=(rows, rows), out_specs=whole)
    value = jax.jit(step)(X.astype("float32"), Y.astype("float32"))
    assert type(seen[0]).__name__ == "AxisCommunicator"
    assert float(value) == pytest.approx(float(pc.info_nce(X, Y)), rel=1e-5)
