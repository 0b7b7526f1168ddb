"""The programs of `docs/distributed.md` compute what one process computes."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from launch import environment
from oracles.registry import ORACLES
from test_mpi import launcher

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
pytestmark = pytest.mark.distributed


def printed(name, *launch):
    """Numbers that an example prints, each after a colon."""
    run = [*launch, sys.executable, "-W", "default", str(EXAMPLES / f"{name}.py")]
    done = subprocess.run(run, env=environment(), timeout=300, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [float(number) for number in re.findall(r": (\d+\.\d+)", done.stdout)]


def test_two_ranks_train_as_one_process():
    """DDP, the loss of the group and a learned temperature, beside cross-entropies of all rows."""
    torch = pytest.importorskip("torch")
    found = printed("two_ranks")

    torch.manual_seed(0)
    encoder = torch.nn.Linear(12, 4)
    log_temperature = torch.nn.Parameter(torch.tensor(0.2).log())
    optimizer = torch.optim.SGD([*encoder.parameters(), log_temperature], lr=0.1)
    pairs = []
    for rank in range(2):
        torch.manual_seed(rank)
        seen = torch.randn(5 + rank, 12)
        pairs.append((seen, seen + 0.1 * torch.randn_like(seen)))
    x, y = (torch.cat(views) for views in zip(*pairs, strict=True))
    wanted, same = [], torch.arange(11)
    for _ in range(3):
        a, b = (torch.nn.functional.normalize(encoder(view)) for view in (x, y))
        logits = a @ b.T / log_temperature.exp()
        ways = (logits, logits.T)
        value = sum(torch.nn.functional.cross_entropy(way, same) for way in ways) / 2
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        wanted.append(value.item())
    wanted.append(log_temperature.exp().item())
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_mpi_ranks_share_a_batch():
    torch = pytest.importorskip("torch")
    (found,) = printed("mpi_ranks", launcher(), "-n", "2")
    parts = [np.random.default_rng(rank).standard_normal((3, 8, 5)) for rank in range(2)]
    wanted = ORACLES["poly_view"](torch.tensor(np.concatenate(parts, axis=1)))
    np.testing.assert_allclose(found, float(wanted), atol=1e-4)


@pytest.mark.slow
def test_devices_of_jax_share_a_batch():
    pytest.importorskip("jax")
    shared, alone = printed("jax_ranks")
    np.testing.assert_allclose(shared, alone, atol=2e-4)
