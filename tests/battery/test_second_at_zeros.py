"""Second derivatives where numbers are exactly 0 or equal: no choice that a formula makes shows.

A softplus in two halves, an absolute value, a mean without its round-off: each is differentiated as
the whole that it is a part of. Rows behind a ReLU, zero rows, equal logits and integers are where
the halves meet. What is wanted comes from autograd of the oracles, which have no halves.
"""

import numpy as np
import pytest
from backends import Backend
from oracles import ORACLES

from battery.cases import Case, assert_close, case_params
from battery.scenes import rows_of
from battery.scopes import of_mechanisms, of_objectives
from battery.test_hvp import CASES, SIZES, by_autograd, options_of, products, vectors_of


def relu_rows(rows):
    """Rows of which half of the entries are 0."""
    return [np.maximum(x, 0) for x in rows]


def a_zero_row(rows):
    """A row of zeros in the first array: its derivatives are 0, those of others are right."""
    first = np.array(rows[0])
    first[..., 1, :] = 0
    return [first, *rows[1:]]


def equal_logits(rows):
    """Rows of the unit matrix, the same in every array: matches coincide, all else is 0."""
    return [np.broadcast_to(np.eye(*x.shape[-2:]), x.shape) for x in rows]


def integers(rows):
    """Rows of 1 and -1: many logits are 0, and some of different pairs are equal."""
    return [np.sign(x) for x in rows]


def at_once(rows):
    """Zeros, a zero row, and a match of two arrays that coincides."""
    first, *others = (np.array(x) for x in a_zero_row(relu_rows(rows)))
    for x in others:
        x[..., 0, :] = first.reshape(-1, first.shape[-1])[0]
    return [first, *others]


SCENES = (relu_rows, a_zero_row, equal_logits, integers)


def has_a_hessian(case, scene):
    """False where dependent rows give the value a kink, as |x| has at 0."""
    return scene is relu_rows or not case.facts.kinks


def at(case, scene):
    """The case with a bias of 0, where it has one, and its arrays in the scene."""
    if "bias" in case.arguments:
        case = Case(case.objective, case.params | {"bias": 0.0})
    arrays = case.arrays(**SIZES)
    names = rows_of(case)
    return case, arrays | dict(zip(names, scene([arrays[n] for n in names]), strict=True))


OF_ROWS = [case for case in CASES if rows_of(case)]


@pytest.mark.parametrize("case", case_params([c for c in OF_ROWS if has_a_hessian(c, at_once)]))
def test_right_where_all_choices_meet(case):
    """Also with every option."""
    check_second(case, at_once)


@pytest.mark.parametrize("case", of_objectives(OF_ROWS))
def test_right_where_choices_meet(case):
    for scene in SCENES:
        if has_a_hessian(case, scene):
            check_second(case, scene)


def check_second(case, scene):
    case, arrays = at(case, scene)
    vectors = vectors_of(case, arrays)
    wanted = by_autograd(ORACLES[case.objective.name], case, arrays, vectors)
    assert_close(products(case, arrays, vectors), wanted, 1e-8, scene.__name__)


@pytest.mark.parametrize("case", of_mechanisms(lambda case: case in OF_ROWS))
def test_right_in_torch(case):
    """A gradient that torch differentiates again gives the same products."""
    for scene in (*SCENES, at_once):
        if has_a_hessian(case, scene):
            there, arrays = at(case, scene)
            vectors = vectors_of(there, arrays)
            got = by_autograd(there.objective, there, arrays, vectors)
            assert_close(got, products(there, arrays, vectors), 1e-8, scene.__name__)


# One for each formula with a choice in it: halves of a softplus, means, distances, zero rows.
IN_JAX = ("sigmoid_contrastive", "sufficient_statistics", "alignment", "centroid_gap", "info_nce")


@pytest.mark.parametrize("name", IN_JAX)
def test_right_in_jax(name):
    """`jacrev(grad)` too, on rows with zeros, a zero row and a match that coincides."""
    jnp = Backend.JAX.xp
    import jax

    case = next(c for c in OF_ROWS if c.objective.name == name)
    case, arrays = at(case, at_once)
    first, *_ = rows_of(case)
    vectors = {first: vectors_of(case, arrays)[first]}
    rest = {n: jnp.asarray(x) for n, x in arrays.items() if n != first}

    def value(x):
        return case.objective(**{first: x}, **rest, **options_of(case))

    hessian = jax.jit(jax.jacrev(jax.grad(value)))(jnp.asarray(arrays[first]))
    v = vectors[first]
    got = np.tensordot(np.asarray(hessian), v, v.ndim)
    made = dict.fromkeys(vectors_of(case, arrays))
    made = {n: v if n == first else np.zeros(np.shape(arrays.get(n, 0.0))) for n in made}
    wanted = products(case, arrays, made)[first]
    assert np.any(wanted)
    assert_close(got, wanted, 1e-8)
