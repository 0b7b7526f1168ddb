"""The likelihood of targets under a normal distribution whose variance is predicted as well."""

import math
from typing import Annotated, Any

from polycontrast.arrays import infinite_to_nan, namespace
from polycontrast.objective import BadArgument, Reduction, Role, objective

_SHAPES = ("B ...",)
Mean = Annotated[
    Any, Role("rows", _SHAPES, about="Predicted means m. The three arrays have one shape.")
]
LogVariance = Annotated[Any, Role("rows", _SHAPES, about="Logarithms v of predicted variances.")]
Target = Annotated[Any, Role("rows", _SHAPES, about="Numbers y that were observed.")]


@objective(invariances=("sample_permutation",))
def gaussian_nll(
    mean: Mean,
    log_var: LogVariance,
    target: Target,
    *,
    full: bool = False,
    reduction: Reduction = "mean",
):
    r"""Negative log-likelihood of numbers under normal distributions with predicted variances.

    .. math:: \frac{1}{n} \sum_i \Big[ \frac{v_i}{2} + \frac{(y_i - m_i)^2}{2} e^{-v_i} \Big]

    Parameters
    ----------
    full
        Add :math:`\log(2 \pi) / 2` to each loss, so that it is the whole likelihood.

    Raises
    ------
    ValueError
        When the three shapes differ.

    Notes
    -----
    Gradients of an entry: :math:`(m - y) e^{-v}` for the mean, minus that for the target, and
    :math:`(1 - (y - m)^2 e^{-v}) / 2` for the logarithm of the variance. At the minimum the mean is
    the conditional mean, and the variance the conditional variance. It is unbounded below where a
    mean is exact. Written from the abstract of the paper and not verified against it. The paper
    predicts means and deviations by two heads of one network, in context.

    References
    ----------
    S. Liu, Z. Cai, G. Chen, X. Li, "Towards Better Understanding of In-Context Learning Ability
    from In-Context Uncertainty Quantification", 2024, arXiv 2405.15115.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> mean, log_var, target = np.zeros(2), np.zeros(2), np.asarray([1.0, 2.0])
    >>> float(pc.gaussian_nll(mean, log_var, target))
    1.25
    """
    shapes = [tuple(t.shape) for t in (mean, log_var, target)]
    if len(set(shapes)) > 1:
        got = f"{shapes[0]}, {shapes[1]} and {shapes[2]}"
        raise BadArgument(f"mean, log_var and target must have one shape, got {got}")
    xp = namespace(mean)
    excess, v = infinite_to_nan(mean - target), infinite_to_nan(log_var)
    precision = xp.exp(-v / 2)
    # An exact mean has no squared error, at any precision.
    precision = xp.where((excess == 0) & xp.isinf(precision), 0.0, precision)
    scaled = excess * precision
    losses = (v + scaled * scaled) / 2

    def back(g):
        on_mean = g * scaled * precision
        return {"mean": on_mean, "log_var": g * (1 - scaled * scaled) / 2, "target": -on_mean}

    return losses + (math.log(2 * math.pi) / 2 if full else 0.0), back
