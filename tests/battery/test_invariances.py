"""What an objective declares to leave its value unchanged does, and its gradient moves along."""

import itertools

import numpy as np
import pytest

from battery.cases import Case, all_cases, assert_close
from battery.scopes import of_objectives


def moves_axis(*names):
    """Return the transformation that permutes the first of these axes that the arrays have."""

    def make(case, arrays, rng):
        name = next(n for n in names if any(n in _spelled(case, k, arrays) for k in arrays))
        axes = {k: _spelled(case, k, arrays) for k in arrays}
        lengths = [x.shape[axes[k].index(name)] for k, x in arrays.items() if name in axes[k]]
        order = rng.permutation(lengths[0])
        places = np.argsort(order)

        def apply(values):
            moved = dict(values)
            for k, x in values.items():
                for axis, label in enumerate(axes[k]):
                    if label == name:
                        moved[k] = np.take(moved[k], order, axis=axis)
                if case.arguments[k].role.below == name and x.dtype.kind == "i":
                    moved[k] = places[moved[k]]  # an index follows what it points to
            return moved

        return apply, apply

    return make


def _spelled(case, name, arrays):
    """Names of all axes of an array, with a power written out."""
    dims = [axis.partition("**")[0] for axis in case.dims[name]]
    return dims if len(dims) == arrays[name].ndim else dims * arrays[name].ndim


def _rows(case, arrays):
    return [k for k in arrays if case.dims[k][-1] == "D"]


def rotation(case, arrays, rng):
    """Return the common orthogonal map of all rows."""
    q, _ = np.linalg.qr(rng.normal(size=(arrays[_rows(case, arrays)[0]].shape[-1],) * 2))

    def apply(values):
        return {k: x @ q if k in _rows(case, arrays) else x for k, x in values.items()}

    return apply, apply


def row_scale(case, arrays, rng):
    """Return the map that gives every row a positive factor of its own."""
    factors = {k: rng.uniform(0.1, 10, (*arrays[k].shape[:-1], 1)) for k in _rows(case, arrays)}

    def apply(values):
        return {k: x * factors[k] if k in factors else x for k, x in values.items()}

    return apply, apply


def translation(case, arrays, rng):
    """Return the map that adds one vector to all rows; its linear part is the identity."""
    shift = rng.normal(size=arrays[_rows(case, arrays)[0]].shape[-1])

    def apply(values):
        return {k: x + shift if k in _rows(case, arrays) else x for k, x in values.items()}

    return apply, lambda values: values


def swap(case, arrays, rng):
    """Return the exchange of x and y (and of whatever comes with them: x_aug and y_aug)."""

    def other(name):
        return {"x": "y", "y": "x"}.get(name[0], name[0]) + name[1:]

    def apply(values):
        return {k: values.get(other(k), x) if k[0] in "xy" else x for k, x in values.items()}

    return apply, apply


MOVES = {
    "sample_permutation": moves_axis("B", "N"),
    "view_permutation": moves_axis("M"),
    "rotation": rotation,
    "row_scale": row_scale,
    "translation": translation,
    "swap": swap,
}


def declared(case):
    """Every invariance of the objective that applies to the case, and the case in its form."""
    without_rows = "D" not in {dims[-1] for dims in case.dims.values()}
    plain = "normalize" in case.arguments and not case.parameter("normalize")
    for name in sorted(case.objective.invariances):
        if (name == "row_scale" and plain) or (name in ("rotation", "row_scale") and without_rows):
            continue
        as_given = name == "translation" and "normalize" in case.arguments
        given = {"normalize": False} if as_given else {}
        yield Case(case.objective, case.params | given), name


@pytest.mark.parametrize("case", of_objectives(c for c in all_cases() if c.objective.invariances))
def test_invariances(case):
    """The value stays under T, and <grad f(Tx), Tv> = <grad f(x), v> for the linear part of T."""
    for (chosen, name), seed in itertools.product(declared(case), range(2)):
        check(chosen, name, np.random.default_rng(seed), chosen.arrays(seed=seed))


def check(case, name, rng, arrays):
    move, linear = MOVES[name](case, arrays, rng)
    moved = move(arrays)
    assert any(np.any(moved[k] != arrays[k]) for k in arrays) or name.endswith("permutation")
    before, after = case.value(arrays), case.value(moved)
    if before.ndim:  # an array of logits moves its entries about
        assert_close(np.sort(after, axis=None), np.sort(before, axis=None), 1e-9, name)
        return
    assert_close(after, before, 1e-9, name)
    wrt = tuple(k for k in arrays if case.arguments[k].differentiable)
    direction = {k: rng.normal(size=x.shape) for k, x in arrays.items()}
    slopes = []
    for x, v in ((arrays, direction), (moved, linear(direction))):
        grads = case.evaluate(x, wrt=wrt).grads
        slopes.append(sum(np.sum(grads[k] * v[k]) for k in wrt))
    assert_close(slopes[1], slopes[0], 1e-8, name)
