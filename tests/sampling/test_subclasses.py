"""Subclasses have about equal sizes, and temperatures follow the spread of a class."""

import numpy as np
import pytest

import polycontrast as pc

RNG = np.random.default_rng(0)
Z = abs(RNG.normal(size=(23, 4)))
CENTERS = abs(RNG.normal(size=(5, 4)))


def naive_clusters(z, centers):
    """As the formula says, by a search for the best pair that is left."""
    unit = [t / np.linalg.norm(t, axis=1, keepdims=True) for t in (z, centers)]
    score = unit[1] @ unit[0].T
    score = score / score.sum(1, keepdims=True)
    found, held = np.full(len(z), -1), np.zeros(len(centers), int)
    for most in (len(z) // len(centers), len(z) // len(centers) + 1):
        while True:
            pairs = [
                (-score[k, i], k, i)
                for k in range(len(centers))
                for i in range(len(z))
                if found[i] < 0 and held[k] < most
            ]
            if not pairs:
                break
            _, k, i = min(pairs)
            found[i] = k
            held[k] += 1
    return found


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("rows", [3, 20, 23])
def test_clusters_are_those_of_the_rule(rows, count):
    found = pc.balanced_assign(Z[:rows], CENTERS[:count])
    np.testing.assert_array_equal(found, naive_clusters(Z[:rows], CENTERS[:count]))
    sizes = np.bincount(found, minlength=count)
    assert sizes.max() - sizes.min() <= 1


def test_any_library_and_dtype(backend):
    given = backend.asarray(Z, "float32"), backend.asarray(CENTERS, "float32")
    found = pc.balanced_assign(*given)
    assert type(found) is np.ndarray
    np.testing.assert_array_equal(found, pc.balanced_assign(Z, CENTERS))
    labels, counts = np.arange(23) % 3, np.asarray([2, 1, 3])
    made = pc.class_temperature(given[0], backend.asarray(labels), backend.asarray(counts))
    assert backend.owns(made)
    assert backend.dtype_name(made) == "float32"
    wanted = pc.class_temperature(Z, labels, counts)
    np.testing.assert_allclose(backend.read(made), wanted, rtol=1e-5)
    sizes = pc.subclass_counts(backend.asarray(np.asarray([40, 11])))
    np.testing.assert_array_equal(sizes, [3, 1])


@pytest.mark.parametrize(
    ("sizes", "floor", "wanted"),
    [([7, 7], 10, [1, 1]), ([100, 20, 30], 10, [5, 1, 1]), ([9, 3, 4], 2, [3, 1, 1])],
)
def test_counts(sizes, floor, wanted):
    np.testing.assert_array_equal(pc.subclass_counts(np.asarray(sizes), floor), wanted)


def test_temperatures_of_classes():
    labels, counts = np.repeat(np.arange(5), [4, 5, 6, 4, 4]), np.asarray([2, 2, 1, 4, 2])
    unit = Z / np.linalg.norm(Z, axis=1, keepdims=True)
    phi = np.asarray(
        [
            np.mean(
                [np.sqrt(((u - unit[labels == c].mean(0)) ** 2).sum()) for u in unit[labels == c]]
            )
            / np.log((labels == c).sum() + 10)
            for c in range(5)
        ]
    )
    low, high = np.sort(phi)[[0, 3]] + np.asarray([0.8, 0.2]) * np.diff(np.sort(phi))[[0, 3]]
    phi = np.minimum(np.maximum(phi, low), high)
    wanted = 0.3 * phi / phi.mean()
    wanted[2] = 0.3
    np.testing.assert_allclose(pc.class_temperature(Z, labels, counts, 0.3), wanted)
    views = np.stack([Z, Z[::-1]])
    value = pc.sbcl(views, labels, np.arange(23) % 7, class_temperature=wanted)
    assert np.isfinite(value)


def test_rows_that_coincide_have_the_temperature():
    z = np.ones((4, 3))
    made = pc.class_temperature(z, np.asarray([0, 0, 1, 1]), np.asarray([2, 2]), 0.2)
    np.testing.assert_array_equal(made, 0.2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pc.balanced_assign(Z, CENTERS[:, :3]), r"balanced_assign: z and centers must"),
        (lambda: pc.balanced_assign(Z, CENTERS[:0]), "balanced_assign: centers must not be empty"),
        (lambda: pc.balanced_assign(Z * np.nan, CENTERS), "balanced_assign: z must be finite"),
        (
            lambda: pc.balanced_assign(Z, -CENTERS),
            r"balanced_assign: centers must have a sum of cosines with z above 0, got -\d",
        ),
        (lambda: pc.subclass_counts(np.asarray([3, 0])), "subclass_counts: .* above 0, got 0"),
        (lambda: pc.subclass_counts(np.ones((2, 2), int)), r"subclass_counts: .* shape \(C,\)"),
        (
            lambda: pc.class_temperature(Z, np.arange(23), np.ones(3, int)),
            "class_temperature: labels must be from 0 to 2, got 22",
        ),
        (
            lambda: pc.class_temperature(Z, np.zeros(23, int), np.ones(2, int)),
            "class_temperature: labels must hold every class of counts, got none of 1",
        ),
        (
            lambda: pc.class_temperature(Z, np.zeros(22, int), np.ones(1, int)),
            r"class_temperature: z, labels and counts must have shapes",
        ),
        (
            lambda: pc.class_temperature(Z, np.zeros(23, int), np.ones(1, int), 0.0),
            "class_temperature: temperature must be finite and > 0, got 0",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
