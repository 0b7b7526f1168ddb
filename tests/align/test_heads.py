"""Heads come out of their file as they went in, or it is said in one line why not."""

import numpy as np
import pytest

from polycontrast.align import BadInput, Head, load_heads
from polycontrast.align.heads import save_heads

RNG = np.random.default_rng(0)
HEAD = Head(RNG.standard_normal(5), RNG.standard_normal((5, 3)), RNG.standard_normal(3))
GOOD = {"a/mean": HEAD.mean, "a/weights": HEAD.weights, "a/bias": HEAD.bias}


def test_they_come_back(tmp_path):
    save_heads(tmp_path / "heads.npz", {"a": HEAD, "b/c": HEAD})
    found = load_heads(tmp_path / "heads.npz")
    assert list(found) == ["a", "b/c"]
    x = RNG.standard_normal((7, 5))
    for head in found.values():
        np.testing.assert_array_equal(head(x), HEAD(x))


def test_the_map_is_that_of_its_formula():
    x = RNG.standard_normal((7, 5))
    rows = (x - HEAD.mean) @ HEAD.weights + HEAD.bias
    wanted = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    np.testing.assert_allclose(HEAD(x), wanted, rtol=1e-12)
    whole = np.round(10 * x)
    np.testing.assert_array_equal(HEAD(whole.astype("int8")), HEAD(whole))


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.ones((7, 1)), "x must have 5 columns .* got 1"),  # NumPy would repeat it
        (np.ones(5), "x must be two-dimensional"),
        (np.full((7, 5), np.nan), "x has missing"),
    ],
)
def test_rows_that_do_not_fit_are_refused(x, message):
    with pytest.raises(BadInput, match=f"Head: {message}"):
        HEAD(x)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"a/bias": None}, "a has no bias"),
        ({"a/mean": None}, "a has no mean"),
        ({"a/weights": HEAD.weights.T}, r"a must have .* got \(5,\), \(3, 5\), \(3,\)"),
        ({"a/mean": HEAD.mean[:, None]}, r"a must have .* got \(5, 1\)"),
        ({"a/bias": np.float64(1)}, "a must have"),
        ({"a/mean": np.full(5, np.nan)}, "a/mean must hold finite numbers"),
        ({"a/bias": np.array(["x", "y", "z"])}, "a/bias must hold finite numbers; got <U1"),
        ({"a/bias": np.array([None, 1, 2])}, "a/bias: holds Python objects"),
        ({"extra": np.ones(2)}, "must hold <view>/mean, weights and bias; got an array 'extra'"),
        ({"a/more": np.ones(2)}, "got an array 'a/more'"),
        (dict.fromkeys(GOOD), "must hold <view>/mean, weights and bias; got nothing"),
        (
            {"b/mean": np.ones(1), "b/weights": np.ones((1, 2)), "b/bias": np.ones(2)},
            "heads must map into one space; got {'a': 3, 'b': 2}",
        ),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path, change, message):
    arrays = {name: part for name, part in (GOOD | change).items() if part is not None}
    np.savez(tmp_path / "heads.npz", **arrays)
    with pytest.raises(BadInput, match=message) as error:
        load_heads(str(tmp_path / "heads.npz"))
    assert "heads.npz" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [None, b"", b"no archive", b"PK\x03\x04"])
def test_no_file_of_heads_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "heads.npz").write_bytes(content)
    with pytest.raises(BadInput, match=r"heads\.npz: (no such file|is no sound \.npz archive)"):
        load_heads(tmp_path / "heads.npz")
