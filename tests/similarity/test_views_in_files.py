"""Arrays in files: what they take on the disk, and what is computed when it is read."""

import weakref

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.arrays import add_, temporaries
from polycontrast.arrays.stand_ins import in_files
from polycontrast.arrays.stand_ins.in_files import MappedArray, as_mapped, is_mapped, loaded
from polycontrast.arrays.stand_ins.scratch import scratch


def saved(folder, name, x):
    """An array in a file of its own."""
    np.save(folder / f"{name}.npy", x)
    return np.load(folder / f"{name}.npy", mmap_mode="r")


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(in_files, "SMALL", 200)


class Files:
    """Bytes of the temporary files that exist, and the most there were at a time."""

    def __init__(self, monkeypatch):
        self.sizes, self.most = {}, 0
        for module in (in_files, temporaries):
            monkeypatch.setattr(module, "scratch", self.made)

    def made(self, shape, dtype):
        """An array in a temporary file, which counts until its memory is given back."""
        out = scratch(shape, dtype)
        key = len(self.sizes)
        self.sizes[key] = out.nbytes
        self.most = max(self.most, self.now)
        memory = out
        while isinstance(memory, np.ndarray):  # down to what all views of it hold
            memory = memory.base
        weakref.finalize(memory, self.sizes.__setitem__, key, 0)
        return out

    @property
    def now(self):
        """Bytes of the files that exist."""
        return sum(self.sizes.values())


@pytest.mark.parametrize(
    ("name", "views", "most"),
    [
        ("info_nce", 2, 1),
        ("nt_xent", 2, 1),
        ("sigmoid_contrastive", 2, 1),
        ("poly_view", 3, 1),
        ("sufficient_statistics", 3, 2),
        ("multiview_coding", 3, 2),
    ],
)
def test_temporary_files_take_twice_the_inputs_at_most(name, views, most, tmp_path, monkeypatch):
    """Beside the gradients, which are results; all of them are deleted after their arrays."""
    monkeypatch.setattr(in_files, "SMALL", 2**15)
    x = np.random.default_rng(0).standard_normal((views, 300, 64), dtype=np.float32)
    given = [saved(tmp_path, f"x{k}", t) for k, t in enumerate(x)]
    given, size = (given if views == 2 else [given]), x.nbytes
    files = Files(monkeypatch)
    # One worker: a helper thread may hold the arrays of its last tile for a moment after a call.
    for options in ({}, dict(tile=(100, 100), workers=1)):
        files.most = 0
        value, grads = pc.objectives()[name].value_and_grad(*given, **options)
        assert files.now == size  # the gradients
        assert size < files.most <= (1 + most) * size
        del value, grads
        assert files.now == 0


def test_parts_of_computed_arrays(tmp_path, small):
    """What is computed when it is read has the numbers of NumPy, in every region."""
    x = np.random.default_rng(0).standard_normal((3, 20, 6))
    file, scale = MappedArray(saved(tmp_path, "x", x)), np.linspace(1, 2, 20)[:, None]
    xp = file.__array_namespace__()

    def functions(xp, t):
        t = t / scale
        yield t
        yield t[1, ...]
        yield t[..., 2:]
        yield t[None, :, -7:, 4]
        yield t[-2]
        yield xp.permute_dims(t, (1, 0, 2))
        yield xp.matrix_transpose(t)
        yield xp.stack([t[0, ...], t[2, ...]], axis=1)
        yield xp.concat([t, t[:2, ...] * scale], axis=0)
        yield xp.sum(t, axis=0)
        yield xp.max(t, axis=(0, -1), keepdims=True)
        yield xp.matmul(t, xp.matrix_transpose(t))
        yield xp.matmul(t[0, ...], xp.matrix_transpose(t[1, ...]))
        yield xp.vecdot(t, t[:1, ...])
        yield xp.where(t > 0, t, xp.zeros_like(t)) + xp.expand_dims(t[0, ...], axis=0)
        for _ in range(20):  # more than are computed again and again
            t = t + t / 2
        yield t

    for found, wanted in zip(functions(xp, file), functions(np, x), strict=True):
        assert found.shape == wanted.shape
        assert found.dtype == wanted.dtype
        np.testing.assert_allclose(loaded(found), wanted, rtol=1e-12, atol=1e-14)
        if is_mapped(found):
            region = tuple(slice(n // 3, n // 3 + 2) for n in wanted.shape)
            np.testing.assert_allclose(found.read(region), wanted[region], rtol=1e-12, atol=1e-14)


def test_a_sum_in_place(tmp_path, small):
    """It takes the place of a temporary file, and never that of a file of the caller."""
    x = np.random.default_rng(0).standard_normal((20, 6))
    mine = MappedArray(scratch(x.shape, x.dtype), own=True)
    saved(tmp_path, "x", x)
    theirs = as_mapped(np.load(tmp_path / "x.npy", mmap_mode="r+"))
    assert add_(add_(mine, theirs), np.ones(6)) is mine
    np.testing.assert_array_equal(mine.data, x + 1)
    total = add_(theirs, mine)
    np.testing.assert_allclose(loaded(total), 2 * x + 1, rtol=1e-12)
    np.testing.assert_array_equal(theirs.data, x)


@pytest.mark.parametrize("width", [1, 6], ids=["a small operand", "a large operand"])
def test_an_operand_may_be_written_over(width, tmp_path, small):
    """A result keeps the numbers that an array in memory had when it was made."""
    x, other = np.random.default_rng(0).standard_normal((20, 6)), np.ones((20, width))
    file = MappedArray(saved(tmp_path, "x", x))
    product = file * other
    joined = file.__array_namespace__().concat([file, other], axis=1)
    other[...] = 7
    np.testing.assert_array_equal(loaded(product), x)
    np.testing.assert_array_equal(loaded(joined)[:, 6:], 1)
