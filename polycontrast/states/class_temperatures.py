"""Temperatures of classes, from the spread of their rows."""

import math

import numpy as np

from polycontrast.arrays import Array, as_floats, check_floating, check_integers, like, to_numpy
from polycontrast.calculus import unit_rows


def class_temperature(z: Array, labels: Array, counts: Array, temperature: float = 0.1) -> Array:
    r"""Temperature of each class for `sbcl`: the wider its rows are spread, the larger.

    Parameters
    ----------
    z : array (N, D)
        Rows of the data set, which are scaled to unit length.
    labels : integer array (N,)
        Class of each row, from 0 to C - 1; each class has a row.
    counts : integer array (C,)
        Number of subclasses of each class, see `subclass_counts`. A class with one gets
        `temperature` itself.
    temperature : float, default 0.1
        Mean of the temperatures, > 0, up to the classes with one subclass.

    Returns
    -------
    class_temperature : array (C,)
        In the library, dtype and place of `z`; it has no gradient.

    Raises
    ------
    ValueError, TypeError
        When arrays do not fit or are not finite, a label is not below C, a class has no row, or
        `temperature` is not above 0.

    Notes
    -----
    With the mean :math:`m_c` of the :math:`n_c` rows of class c,

    .. math:: \phi_c = \frac{1}{n_c \log(n_c + 10)} \sum_{i: y_i = c} |\hat z_i - m_c|, \qquad
              T_c = \tau \frac{\phi_c}{\mathrm{mean}_c \, \phi_c},

    where :math:`\phi` is first limited to its 20th and 80th percentiles over the classes. All
    classes whose rows coincide have `temperature`. NumPy computes it, in float64 on the CPU.

    References
    ----------
    C. Hou, J. Zhang, H. Wang, T. Zhou, "Subclass-balancing Contrastive Learning for Long-tailed
    Recognition", ICCV 2023, arXiv 2306.15925.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> z = np.asarray([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.8, 0.6], [0.6, 0.8]])
    >>> labels, counts = np.asarray([0, 0, 1, 1, 2]), np.asarray([2, 2, 1])
    >>> pc.class_temperature(z, labels, counts).round(3).tolist()
    [0.166, 0.095, 0.1]
    """
    name = "class_temperature"
    check_floating(name, z=z)
    check_integers(name, labels=labels, counts=counts)
    (temperature,) = as_floats(name, temperature=temperature)
    rows, classes, subclasses = to_numpy(z).astype(np.float64), to_numpy(labels), to_numpy(counts)
    if rows.ndim != 2 or classes.shape != rows.shape[:1] or subclasses.ndim != 1 or not rows.size:
        got = f"z {rows.shape}, labels {classes.shape} and counts {subclasses.shape}"
        raise ValueError(
            f"{name}: z, labels and counts must have shapes (N, D), (N,) and (C,), got {got}"
        )
    if not np.isfinite(rows).all():
        raise ValueError(f"{name}: z must be finite, got nan or infinite entries")
    count = len(subclasses)
    for label in (classes.min(), classes.max()):
        if not 0 <= label < count:
            raise ValueError(f"{name}: labels must be from 0 to {count - 1}, got {label}")
    if not 0 < temperature < math.inf:
        raise ValueError(f"{name}: temperature must be finite and > 0, got {temperature:g}")
    unit, spread = unit_rows(rows)[0], np.zeros(count)
    for c in range(count):
        mine = unit[classes == c]
        if not len(mine):
            raise ValueError(f"{name}: labels must hold every class of counts, got none of {c}")
        apart = np.linalg.norm(mine - mine.mean(axis=0), axis=1)
        spread[c] = apart.mean() / math.log(len(mine) + 10)
    spread = np.clip(spread, *np.percentile(spread, (20, 80)))
    mean = spread.mean()
    share = spread / mean if mean > 0 else np.ones(count)
    return like(temperature * np.where(subclasses == 1, 1.0, share), z)
