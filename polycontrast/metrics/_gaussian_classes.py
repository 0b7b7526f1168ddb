"""Gaussian classes with independent dimensions: their moments, and the log-joints of rows."""

import math
from collections.abc import Callable
from typing import NamedTuple

from polycontrast.arrays import (
    Array,
    as_count,
    as_floats,
    as_index,
    check_finite,
    check_floating,
    check_integers,
    computing_dtype,
    device,
    in_chunks,
    is_abstract,
    known,
    namespace,
    quiet,
    segment_sum,
    transpose,
)
from polycontrast.objective import BadArgument, check_labels, whole_batch

ENTRIES = 2**20  # differences that are in memory at once


class GaussianClasses(NamedTuple):
    """Priors, means and variances of classes.

    Parameters
    ----------
    prior : array (C,)
        Share of each class.
    mean : array (C, D)
    variance : array (D,) or (C, D)
        Of all classes, or of each.
    """

    prior: Array
    mean: Array
    variance: Array


@quiet
def fit(
    z: Array,
    labels: Array,
    *,
    shared: bool = True,
    smoothing: float = 1e-9,
    classes: int | None = None,
) -> GaussianClasses:
    """Gaussian classes of labelled rows, for `predict`.

    Parameters
    ----------
    z : array (N, D)
        Rows.
    labels : integer array (N,)
        Class of each row, from 0 to C - 1; each class has a row.
    shared : bool, default True
        Whether all classes have one variance per dimension: the mean of theirs, by their shares.
    smoothing : float, > 0, default 1e-9
        Number that is added to the variances, which are biased.
    classes : int, optional
        The number C. Default: one more than the largest label.

    Returns
    -------
    GaussianClasses
        A tuple ``(prior, mean, variance)`` in the computing dtype of `z`.

    Raises
    ------
    ValueError, TypeError
        When arrays do not fit, a label is out of range, or a class has no row.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> z = np.asarray([[0.0], [2.0], [5.0], [7.0]])
    >>> prior, mean, variance = pc.naive_bayes.fit(z, np.asarray([0, 0, 1, 1]))
    >>> prior.tolist(), mean.tolist(), variance.round(6).tolist()
    ([0.5, 0.5], [[1.0], [6.0]], [1.0])
    """
    name = "naive_bayes.fit"
    check_floating(name, z=z)
    check_integers(name, labels=labels)
    (smoothing,) = as_floats(name, smoothing=smoothing)
    if z.ndim != 2 or tuple(labels.shape) != z.shape[:1] or 0 in z.shape:
        got = f"{tuple(z.shape)} and {tuple(labels.shape)}"
        raise ValueError(f"{name}: z and labels must have shapes (N, D) and (N,), got {got}")
    if not isinstance(shared, bool):
        raise TypeError(f"{name}: shared must be True or False, got {shared!r}")
    if not 0 < smoothing < math.inf:
        raise ValueError(f"{name}: smoothing must be finite and > 0, got {smoothing:g}")
    count = None if classes is None else as_count(name, "classes", classes)
    rows = namespace(z).astype(z, computing_dtype(z), copy=False)
    try:
        found, _ = class_moments(rows, labels, shared, smoothing, count)
    except BadArgument as error:
        raise ValueError(f"{name}: {error}") from None
    return found


@quiet
def predict(model: GaussianClasses, queries: Array) -> Array:
    """Most probable class of each row, under Gaussian classes.

    Parameters
    ----------
    model : GaussianClasses
        See `fit`.
    queries : array (Q, D)
        Rows in the library of the model.

    Returns
    -------
    classes : integer array (Q,)
        Of equal probabilities the lowest class. Where JAX traces the arrays, C, which is no class,
        stands for what a nan hides.

    Raises
    ------
    ValueError, TypeError
        When the arrays do not fit, or an entry is not finite.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> model = pc.naive_bayes.fit(np.asarray([[0.0], [1.0]]), np.asarray([0, 1]))
    >>> pc.naive_bayes.predict(model, np.asarray([[0.2], [3.0]])).tolist()
    [0, 1]
    """
    name = "naive_bayes.predict"
    model = GaussianClasses(*model)
    check_floating(name, mean=model.mean, queries=queries)
    if queries.ndim != 2 or queries.shape[1:] != model.mean.shape[1:]:
        got = f"{tuple(queries.shape)} and means {tuple(model.mean.shape)}"
        raise ValueError(f"{name}: queries must have shape (Q, D), got {got}")
    check_finite(name, queries=queries, **model._asdict())
    xp = namespace(queries)
    joints, _ = log_joints(xp.astype(queries, model.mean.dtype, copy=False), model)
    hidden = xp.any(xp.isnan(joints), axis=1)
    return xp.where(hidden, joints.shape[1], xp.argmax(joints, axis=1))


def class_moments(
    z: Array, labels: Array, shared: bool, smoothing: float, classes: int | None
) -> tuple[GaussianClasses, Callable[[Array, Array], Array]]:
    """Moments of the classes over all ranks.

    Returns
    -------
    classes : GaussianClasses
    back : callable
        From dL/dmean and dL/dvariance, over all ranks, to dL/dz.
    """
    xp, batch = namespace(z), whole_batch()
    count = _number_of(labels, z) if classes is None else classes
    check_labels("labels", labels, count)
    index, samples = as_index(labels), batch.samples(z.shape[0])

    def sums(t: Array) -> Array:
        return batch.sum(segment_sum(t, index, count))

    def of_rows(t: Array) -> Array:
        return xp.take(t, index, axis=0)

    sizes = sums(xp.ones_like(z[:, 0]))
    if known(xp.min(sizes)) == 0:
        empty = int(xp.argmin(sizes))
        raise BadArgument(f"labels must hold each class, got none of {empty} of {count}")
    sizes = sizes[:, None]
    means = sums(z) / sizes
    apart = z - of_rows(means)
    # Twice: of rows far from 0 the rounding of a mean is as large as close rows are apart.
    rest = sums(apart) / sizes
    means, apart = means + rest, apart - of_rows(rest)
    if shared:
        variance = batch.sum(xp.sum(apart * apart, axis=0)) / samples + smoothing
    else:
        variance = sums(apart * apart) / sizes + smoothing

    def back(on_mean: Array, on_variance: Array) -> Array:
        spread = on_variance[None, :] / samples if shared else of_rows(on_variance / sizes)
        return of_rows(on_mean / sizes) + 2 * spread * apart

    return GaussianClasses(sizes[:, 0] / samples, means, variance), back


def _number_of(labels: Array, z: Array) -> int:
    """One more than the largest label of all ranks."""
    if is_abstract(labels):  # a plan
        return 1
    xp = namespace(z)
    none = xp.zeros((1,), dtype=z.dtype, device=device(z))  # a rank may have no row
    numbers = xp.concat([xp.astype(labels, z.dtype), none], axis=0)
    largest = known(whole_batch().max(xp.max(numbers)))
    if largest is None:
        raise BadArgument("classes must be given where labels are traced, got None")
    return int(largest) + 1


def log_joints(
    q: Array, model: GaussianClasses
) -> tuple[Array, Callable[[Array], tuple[Array, Array, Array]]]:
    """Logarithms of the joint densities of rows and classes.

    ``J_bc = log prior_c - 1/2 sum_d [(q_bd - mean_cd)^2 / var_cd + log(2 pi var_cd)]``, from
    differences of rows and means, some classes or rows at a time.

    Returns
    -------
    joints : array (Q, C)
    back : callable
        From dL/djoints to dL/dq, dL/dmean and dL/dvariance, of the rows of this rank.
    """
    xp, means = namespace(q), model.mean
    shared = model.variance.ndim == 1
    precision = 1 / (model.variance[None, :] if shared else model.variance) + xp.zeros_like(means)
    entropies = xp.sum(xp.log(2 * math.pi / precision), axis=1)

    def squares(mean: Array, sharp: Array) -> Array:
        apart = q[None, :, :] - mean[:, None, :]
        return xp.sum(sharp[:, None, :] * apart * apart, axis=2)

    step = max(1, ENTRIES // max(1, q.shape[0] * q.shape[1]))
    constants = xp.log(model.prior) - entropies / 2
    joints = constants[None, :] - transpose(in_chunks(squares, (means, precision), step)) / 2

    def back(g: Array) -> tuple[Array, Array, Array]:
        def of_classes(mean: Array, sharp: Array, share: Array) -> tuple[Array, Array]:
            apart, share = q[None, :, :] - mean[:, None, :], share[:, None, :]
            on_mean = sharp * xp.matmul(share, apart)[:, 0, :]
            squared = sharp * xp.matmul(share, apart * apart)[:, 0, :]
            return on_mean, sharp * (squared - xp.sum(share, axis=2)) / 2

        def of_rows(rows: Array, share: Array) -> Array:
            apart = precision[None, :, :] * (rows[:, None, :] - means[None, :, :])
            return -xp.matmul(share[:, None, :], apart)[:, 0, :]

        on_mean, on_variance = in_chunks(of_classes, (means, precision, transpose(g)), step)
        rows_at_once = max(1, ENTRIES // (means.shape[0] * means.shape[1]))
        if shared:
            on_variance = xp.sum(on_variance, axis=0)
        return in_chunks(of_rows, (q, g), rows_at_once), on_mean, on_variance

    return joints, back
