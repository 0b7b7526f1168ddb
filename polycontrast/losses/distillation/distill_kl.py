"""Distillation of scores by the divergence from those of a teacher."""

from typing import Annotated, Any

from polycontrast.losses.distillation._divergence import divergence_from
from polycontrast.objective import Constant, Positive, Reduction, Role, objective

_ABOUT = "Scores of K candidates of each sample: documents, or classes."
Scores = Annotated[Any, Role("rows", ("B K",), about=_ABOUT)]
Teacher = Annotated[Any, Constant("B K", about="Those of the teacher.")]


@objective(invariances=("sample_permutation",))
def distill_kl(
    scores: Scores,
    teacher_scores: Teacher,
    *,
    temperature: Positive = 1.0,
    rescale: bool = True,
    reduction: Reduction = "mean",
):
    r"""Divergence of a student's softmax from that of a teacher, over the candidates of a sample.

    .. math:: \frac{T^2}{B} \sum_i \sum_k q_{ik} \log \frac{q_{ik}}{p_{ik}}, \quad
              p = \mathrm{softmax}(s / T), \quad q = \mathrm{softmax}(t / T)

    Parameters
    ----------
    temperature
        T of both. Without a gradient.
    rescale
        Multiply by :math:`T^2`, so that the gradient has one size at all temperatures.

    Notes
    -----
    With :math:`T^2` the gradient is :math:`(p - q) T / B`, else :math:`(p - q) / (B T)`. It is 0
    where the rows of scores differ by constants. At large T the value is the squared difference of
    rows without their means, over 2 K. Rerankers are distilled in this way, with the scores of a
    list of documents.

    References
    ----------
    G. Hinton, O. Vinyals, J. Dean, "Distilling the Knowledge in a Neural Network", 2015,
    arXiv 1503.02531.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> scores, teacher = np.zeros((1, 2)), np.asarray([[1.0, -1.0]])
    >>> float(pc.distill_kl(scores, teacher).round(6))
    0.327813
    """
    factor = temperature**2 if rescale else 1.0
    losses, pull = divergence_from(teacher_scores, scores, temperature, factor)
    return losses, lambda g: {"scores": pull(g)}
