"""Similarities are kept as far as the memory that is available allows, and no bit depends on it."""

from pathlib import Path

import numpy as np
import pytest
from battery.cases import parts
from battery.scopes import of_mechanisms

import polycontrast as pc
from polycontrast.arrays import available_memory
from polycontrast.arrays.cpu import machine
from polycontrast.context import Settings
from polycontrast.similarity.tiles import plan as plans

MIB = 2**20


@pytest.mark.parametrize(
    "case", of_mechanisms(lambda case: not (case.objective.tuples or case.facts.cubic))
)
def test_no_bit_depends_on_the_memory_of_the_machine(case, monkeypatch):
    """Value and gradient have the same bits whether the machine has memory to spare or none."""
    monkeypatch.setattr(plans, "KEPT_BYTES", 0)
    arrays, found = case.arrays(B=1100, N=1100, D=8), []
    for available in (0, 2**40):
        monkeypatch.setattr(plans, "available_memory", lambda available=available: available)
        found.append(case.evaluate(arrays))
    one, other = found
    assert one.value.tobytes() == other.value.tobytes()
    for name in one.grads:
        for a, b in zip(parts(one.grads[name]), parts(other.grads[name]), strict=True):
            np.testing.assert_array_equal(a, b, err_msg=name)


@pytest.mark.parametrize(
    ("available", "options", "kept"),
    [
        (4095 * MIB, {}, False),
        (4096 * MIB, {}, True),
        (4096 * MIB, dict(memory=1023 * MIB), False),
        (0, dict(memory=1024 * MIB), True),
        (2**40, dict(tile=(512, 512)), False),
    ],
    ids=["too little", "enough", "refused by memory=", "asked for by memory=", "a tile"],
)
def test_a_quarter_of_the_memory(monkeypatch, available, options, kept):
    """1 GiB of similarities is kept where four times as much is available, or as memory= says."""
    monkeypatch.setattr(plans, "available_memory", lambda: available)
    shape = (16_384, 64)
    assert pc.plan(pc.info_nce, shape, shape, **options).walks[0].keep is kept


def test_little_is_kept_without_a_question(monkeypatch):
    """Up to 256 MiB the system is not asked: that takes as long as a small call."""
    monkeypatch.setattr(plans, "available_memory", lambda: pytest.fail("asked"))
    assert plans.kept_pairs_bytes(Settings(), 256 * MIB) == 256 * MIB


class System:
    """Files of a Linux system in a folder, in place of its own."""

    def __init__(self, folder, monkeypatch):
        self.folder = folder
        for name, path in (
            ("CONTROL_GROUPS", "groups"),
            ("GROUPS_OF_PROCESS", "cgroup"),
            ("MEMORY_OF_SYSTEM", "meminfo"),
        ):
            monkeypatch.setattr(machine, name, folder / path)
        monkeypatch.setattr(machine, "_address_space", lambda: None)

    def write(self, path, text):
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)


@pytest.fixture
def system(tmp_path, monkeypatch):
    return System(tmp_path, monkeypatch)


def test_memory_of_an_unknown_system(system):
    """Nothing is known without the files of Linux: then no more than 256 MiB are kept."""
    assert available_memory() == 0
    assert plans.kept_pairs_bytes(Settings(), 300 * MIB) == 256 * MIB


def test_memory_of_a_system(system):
    system.write("meminfo", "MemTotal:  4096 kB\nMemFree:  1 kB\nMemAvailable:  2048 kB\n")
    assert available_memory() == 2048 * 1024


def test_memory_of_a_container(system):
    """The tightest control group counts, its own or one around it; idle pages of files are free."""
    system.write("meminfo", "MemAvailable: 1000000 kB\n")
    system.write("cgroup", "0::/outer/inner\n")
    system.write("groups/outer/memory.max", "max\n")
    system.write("groups/outer/memory.current", "1\n")
    assert available_memory() == 1_024_000_000
    system.write("groups/outer/memory.max", "9000\n")
    system.write("groups/outer/memory.current", "5000\n")
    system.write("groups/outer/memory.stat", "anon 4000\ninactive_file 700\n")
    assert available_memory() == 4700
    system.write("groups/outer/inner/memory.max", "5000\n")
    system.write("groups/outer/inner/memory.current", "4900\n")
    assert available_memory() == 100


def test_memory_of_an_older_container(system):
    system.write("meminfo", "MemAvailable: 1000000 kB\n")
    system.write("cgroup", "5:cpu:/else\n4:memory:/box\n")
    system.write("groups/memory/box/memory.limit_in_bytes", "6000\n")
    system.write("groups/memory/box/memory.usage_in_bytes", "7000\n")
    assert available_memory() == 0
    system.write("groups/memory/box/memory.usage_in_bytes", "5000\n")
    system.write("groups/memory/box/memory.stat", "total_inactive_file 24\n")
    assert available_memory() == 1024


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the files of Linux")
def test_a_limit_of_the_address_space(monkeypatch):
    """What `ulimit -v` leaves counts as well."""
    import resource

    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limit = used + 64 * MIB, resource.RLIM_INFINITY
    monkeypatch.setattr(resource, "getrlimit", lambda kind: limit)
    assert 32 * MIB < available_memory() <= 64 * MIB
