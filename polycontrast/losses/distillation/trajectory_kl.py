"""Sharpness-aware training for free: the divergence from a model's own past."""

from typing import Annotated, Any

from polycontrast.losses.distillation._divergence import divergence_from
from polycontrast.objective import (
    ClassLogits,
    Constant,
    Nonnegative,
    Positive,
    Reduction,
    Same,
    objective,
)

_ABOUT = "Those of the same samples some epochs before, see `TrajectoryBuffer`."
Past = Annotated[Any, Constant("B C", about=_ABOUT)]
_OTHER = Same("distill_kl", of={"scores": "logits", "teacher_scores": "past"}, when={"weight": 1.0})


@objective(invariances=("sample_permutation",), same_as=(_OTHER,))
def trajectory_kl(
    logits: ClassLogits,
    past: Past,
    *,
    temperature: Positive = 5.0,
    weight: Nonnegative = 1.0,
    reduction: Reduction = "mean",
):
    r"""Divergence of a model's softmax from that of its own past (SAF).

    .. math:: \frac{w T^2}{B} \sum_i \mathrm{KL} \big( \mathrm{softmax}(p_i / T) \,\|\,
              \mathrm{softmax}(l_i / T) \big)

    Parameters
    ----------
    temperature
        T of both. The authors' value; without a gradient.
    weight
        Weight w. The authors have 0.3, from the fifth epoch on.

    Notes
    -----
    The gradient is :math:`w T (\mathrm{softmax}(l / T) - \mathrm{softmax}(p / T)) / B`. It is added
    to the cross-entropy, and holds the loss from falling fast, which leads to flat minima. The past
    logits are those of three epochs before. MESA takes those of a model whose parameters are moving
    averages, see `ema`, in place of the past.

    References
    ----------
    J. Du, D. Zhou, J. Feng, V. Y. F. Tan, J. T. Zhou, "Sharpness-Aware Training for Free" (SAF),
    NeurIPS 2022, arXiv 2205.14083.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> past, logits = np.zeros((1, 2)), np.asarray([[1.0, -1.0]])
    >>> float(pc.trajectory_kl(logits, past).round(6))
    0.496702
    """
    losses, pull = divergence_from(past, logits, temperature, weight * temperature**2)
    return losses, lambda g: {"logits": pull(g)}
