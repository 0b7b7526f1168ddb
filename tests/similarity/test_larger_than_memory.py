"""Inputs in files are walked without ever being in memory."""

import errno
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from battery.cases import cases_of, default_cases, parts
from battery.scopes import of_mechanisms

import polycontrast as pc
from polycontrast.arrays.stand_ins.in_files import as_mapped, scratch
from polycontrast.testing.inputs import random_arrays

PROGRAM = """
import resource, sys
import numpy as np
import polycontrast as pc
import polycontrast.arrays.stand_ins.in_files

polycontrast.arrays.stand_ins.in_files.SMALL = 2**19
folder, way, name = sys.argv[1:]
call = pc.objectives()[name].value_and_grad
x, y = (np.load(f"{folder}/{name}.npy", mmap_mode="r") for name in "xy")
side = 8 if name == "nt_xent" else 32  # a block of it has two views
options = {"memory": 0, "tile": (side, side), "workers": 1}
call(x[:8, :8].copy(), y[:8, :8].copy())  # imports
used = int(next(line.split()[1] for line in open("/proc/self/status") if "VmData" in line)) * 1024
# Files that are mapped do not count here; what the program allocates does.
resource.setrlimit(resource.RLIMIT_DATA, (used + x.nbytes * 3 // 4,) * 2)
try:
    if way == "memory":
        x, y = np.array(x), np.array(y)
    value, grads = call(x, y, **options)
except MemoryError:
    print("MemoryError")
else:
    some = slice(0, None, 97)
    np.savez(f"{folder}/found.npz", value=value, x=grads.x[some], y=grads.y[some])
    print("done")
"""


def run(folder, way, name):
    command = [sys.executable, "-c", textwrap.dedent(PROGRAM), str(folder), way, name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split()[-1]


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
@pytest.mark.parametrize("name", ["info_nce", "nt_xent"])
def test_value_and_gradient_in_less_memory_than_one_input(name, tmp_path):
    rng = np.random.default_rng(0)
    rows, depth = 256, 12_288  # 12 MiB a view
    x = rng.standard_normal((rows, depth), dtype=np.float32)
    y = x + rng.standard_normal((rows, depth), dtype=np.float32)
    for side, t in (("x", x), ("y", y)):
        np.save(tmp_path / f"{side}.npy", t)
    assert run(tmp_path, "memory", name) == "MemoryError"
    assert run(tmp_path, "file", name) == "done"
    value, grads = pc.objectives()[name].value_and_grad(x, y)
    with np.load(tmp_path / "found.npz") as found:
        np.testing.assert_allclose(found["value"], value, rtol=1e-5)
        for side, grad in grads._asdict().items():
            tolerance = 1e-4 * np.abs(grad).max()
            np.testing.assert_allclose(found[side], grad[::97], rtol=0, atol=tolerance)


@pytest.fixture
def everything_is_large(monkeypatch):
    monkeypatch.setattr("polycontrast.arrays.stand_ins.in_files.SMALL", 200)


@pytest.mark.parametrize("objective", pc.objectives().values(), ids=lambda o: o.name)
def test_every_objective_takes_files(objective, tmp_path, everything_is_large):
    arrays = random_arrays(objective, 12, seed=0, D=8, M=3)
    files = {}
    for name, array in arrays.items():
        files[name] = saved(tmp_path, name, array)
    given = cases_of(objective)[0].options  # without a default, or for a comparison
    value, back = objective.vjp(**arrays, **given)
    for options in ({}, {"tile": (5, 5)}):
        got, got_back = objective.vjp(**files, **given, **options)
        np.testing.assert_allclose(got, value, rtol=1e-10)
        ones = np.ones_like(value)
        for pair in zip(got_back(ones), back(ones), strict=True):
            for one, other in zip(*map(parts, pair), strict=True):
                assert isinstance(one, np.ndarray)
                np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-10)


def test_files_and_arrays_go_together(tmp_path):
    x, y = np.random.default_rng(0).standard_normal((2, 6, 4))
    np.save(tmp_path / "x.npy", x)
    file = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert pc.nt_xent(file, y) == pc.nt_xent(x, y)
    # What was made of a file in memory is an array like any other, whatever its type says.
    assert pc.nt_xent(file + 0.0, y) == pc.nt_xent(x, y)


@pytest.mark.parametrize(
    "function",
    [
        lambda xp, x: xp.take(x, np.asarray([2, 0]), axis=0),
        lambda xp, x: xp.median(x, axis=0),
        lambda xp, x: xp.prod(x),
        lambda xp, x: xp.std(x, axis=1),
        lambda xp, x: xp.argsort(x),
        lambda xp, x: xp.average(x, axis=0, weights=x),
        lambda xp, x: xp.hstack([x, x]),
        lambda xp, x: xp.block([[x, x], [x, x]]),
        lambda xp, x: xp.linalg.norm(x, axis=1),
        lambda xp, x: xp.linalg.svd(x)[1],
    ],
)
def test_other_functions_of_numpy_read_the_file(tmp_path, everything_is_large, function):
    """They have no way of their own, and NumPy passes a call on the array in a file back."""
    x = np.random.default_rng(0).standard_normal((30, 4))
    file = as_mapped(saved(tmp_path, "x", x))
    for xp in (file.__array_namespace__(), np):
        found = function(xp, file)
        assert type(found) in (np.ndarray, np.float64)
        np.testing.assert_array_equal(found, function(np, x))


def saved(folder, name, array):
    """An array in a file, or a list of them."""
    if isinstance(array, list):
        return [saved(folder, f"{name}{k}", t) for k, t in enumerate(array)]
    np.save(folder / f"{name}.npy", array)
    return np.load(folder / f"{name}.npy", mmap_mode="r")


def beside_one_another(objective, arguments, folder):
    """Each array alone in a file, and all but this one; one of a sequence of views."""
    files = {name: saved(folder, name, array) for name, array in arguments.items()}
    for name, array in arguments.items():
        yield f"{name} in a file", arguments | {name: files[name]}
        yield f"{name} in memory", files | {name: array}
        if objective.arguments[name].kind == "views" and array.ndim == 3:
            view = saved(folder, "view", array[0])
            yield f"one of {name} in a file", arguments | {name: [view, *array[1:]]}


@pytest.mark.parametrize("case", of_mechanisms(lambda case: case in default_cases()))
def test_files_stand_beside_memory(case, tmp_path, everything_is_large):
    """Also in objectives that call others, and with masks and weights on either side."""
    objective = case.objective
    arguments = random_arrays(objective, 12, seed=0, D=8, M=3)
    for name, argument in objective.arguments.items():
        if argument.kind == "weights":
            arguments[name] = np.linspace(0.5, 1.5, 12)
        if argument.kind == "mask":
            lengths = {"1+M": 4, "M": 3, "Q": 4, "T": 4}
            shape = [lengths.get(axis, 12) for axis in argument.dims[0]]
            arguments[name] = (np.arange(np.prod(shape)) % 7 != 1).reshape(shape)
    options = cases_of(objective)[0].options
    value, back = objective.vjp(**arguments, **options)
    ones = np.ones_like(value)
    for what, given in beside_one_another(objective, arguments, tmp_path):
        got, got_back = objective.vjp(**given, **options, tile=(5, 5))
        np.testing.assert_allclose(got, value, rtol=1e-10, err_msg=what)
        for pair in zip(got_back(ones), back(ones), strict=True):
            # Of views in a sequence one by one, where those in one array are one array.
            several = isinstance(pair[1], tuple)
            for one, other in zip(*pair, strict=True) if several else [pair]:
                np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-10, err_msg=what)


def no_space(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_one_clear_error(tmp_path, everything_is_large, monkeypatch):
    """It says what is needed, where, and how much is free, before anything is mapped."""
    x = saved(tmp_path, "x", np.random.default_rng(0).standard_normal((30, 4)))
    monkeypatch.setattr(os, "posix_fallocate", no_space, raising=False)
    free = r"of 960 bytes .* in .*, [\d,]+ bytes are free there .*TMPDIR"
    with pytest.raises(OSError, match=free) as caught:
        pc.info_nce.value_and_grad(x, x)
    assert caught.value.errno == errno.ENOSPC
    monkeypatch.undo()
    assert np.isfinite(pc.info_nce(x, x))  # and nothing of it stays


LIMITED = """
import resource, sys
import numpy as np
import polycontrast as pc
import polycontrast.arrays.stand_ins.in_files

polycontrast.arrays.stand_ins.in_files.SMALL = 200
x = np.load(sys.argv[1], mmap_mode="r")
resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
try:
    pc.info_nce.value_and_grad(x, x)
except OSError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_the_system_refuses_space_in_words(tmp_path):
    """The same from the system itself, here for files longer than the process may write."""
    saved(tmp_path, "x", np.random.default_rng(0).standard_normal((30, 4)))
    command = [sys.executable, "-c", LIMITED, str(tmp_path / "x.npy")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "a temporary file of 960 bytes does not fit in" in done.stdout


def cannot(*_):
    raise OSError(errno.EOPNOTSUPP, "Operation not supported")


@pytest.mark.parametrize("way", ["usual", "no such function", "not on this file system"])
def test_space_is_taken_before_it_is_mapped(way, monkeypatch):
    """No hole stays in a temporary file: one that is filled later ends the process if it cannot."""
    if way == "no such function":
        monkeypatch.delattr(os, "posix_fallocate", raising=False)
    elif way == "not on this file system":
        monkeypatch.setattr(os, "posix_fallocate", cannot, raising=False)
    sizes = []

    def watch(file, *args, **more):
        state = os.fstat(file.fileno())
        sizes.append((state.st_size, getattr(state, "st_blocks", 2**40) * 512))
        return memmap(file, *args, **more)

    memmap = np.memmap
    monkeypatch.setattr(np, "memmap", watch)
    made = scratch((3, 2**20), np.float64)
    assert made.shape == (3, 2**20)
    assert not made.any()
    ((size, taken),) = sizes
    assert size == made.nbytes <= taken


def test_nan_in_a_file_is_found(tmp_path, everything_is_large):
    x = np.random.default_rng(0).standard_normal((30, 4))
    x[17, 2] = np.nan
    np.save(tmp_path / "x.npy", x)
    file = np.load(tmp_path / "x.npy", mmap_mode="r")
    with pytest.raises(ValueError, match="x must be finite"):
        pc.info_nce(file, file, check_finite=True)
    assert np.isnan(pc.info_nce(file, file))
