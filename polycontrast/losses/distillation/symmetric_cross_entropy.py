"""Cross-entropy of two predictions in both directions."""

from typing import Annotated, Any

from polycontrast.arrays import infinite_to_nan, namespace
from polycontrast.calculus import log_softmax
from polycontrast.objective import Held, Interval, Reduction, Role, objective

ClassLogits = Annotated[Any, Role("rows", ("B C",), about="Scores of C classes.")]


@objective(invariances=("sample_permutation",), held=Held("target_logits", stop_grad=True))
def symmetric_cross_entropy(
    logits: ClassLogits,
    target_logits: ClassLogits,
    *,
    alpha: Annotated[float, Interval(0, 1)] = 0.5,
    stop_grad: bool = True,
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of a prediction p with a target q, and of q with p.

    .. math:: -\frac{1}{B} \sum_i \sum_c \big[ (1 - \alpha)\, q_{ic} \log p_{ic}
              + \alpha\, p_{ic} \log q_{ic} \big]

    Parameters
    ----------
    logits
        Their softmax is p.
    target_logits
        Those of the teacher; their softmax is q.
    alpha
        Weight :math:`\alpha` of the reverse direction; the authors' value.
    stop_grad
        Take the target as a constant, of which the gradient is 0.

    Notes
    -----
    Gradient :math:`(1 - \alpha)(p - q) - \alpha\, p \circ (\log q - \sum_c p_c \log q_c)` by the
    logits of a sample; by those of the target, p and q change places and so do :math:`\alpha` and
    :math:`1 - \alpha`. Logarithms come from the logits, so a probability that underflows to 0 has
    one. ``alpha=0`` is the cross-entropy with soft targets. Exchanging both arguments is
    exchanging :math:`\alpha` for :math:`1 - \alpha`.

    References
    ----------
    M. Döbler, R. A. Marsden, B. Yang, "Robust Mean Teacher for Continual and Gradual Test-Time
    Adaptation", CVPR 2023, arXiv 2211.13081.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> logits = np.log(np.asarray([[0.5, 0.5], [0.9, 0.1]]))
    >>> float(pc.symmetric_cross_entropy(logits, logits[::-1]).round(6))
    0.94856
    """
    xp = namespace(logits)
    log_p, log_q = (log_softmax(infinite_to_nan(t))[0] for t in (logits, target_logits))
    p, q = xp.exp(log_p), xp.exp(log_q)
    forward = xp.sum(q * log_p, axis=1)
    reverse = xp.sum(p * log_q, axis=1)

    def back(g):
        g = g[:, None]
        excess = p - q
        on_p = (1 - alpha) * excess - alpha * p * (log_q - reverse[:, None])
        on_q = 0 * q if stop_grad else -alpha * excess
        if not stop_grad:
            on_q = on_q - (1 - alpha) * q * (log_p - forward[:, None])
        return {"logits": g * on_p, "target_logits": g * on_q}

    return -(1 - alpha) * forward - alpha * reverse, back
