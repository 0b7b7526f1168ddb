"""Distillation of the similarities within a batch."""

from typing import Annotated, Any, Literal

from polycontrast.arrays import device, namespace
from polycontrast.calculus import unit_rows
from polycontrast.contrast import CompanionTargets, on_temperature
from polycontrast.objective import (
    Constant,
    Embeddings,
    Normalize,
    Positive,
    Reduction,
    Temperature,
    objective,
)
from polycontrast.similarity import Companion, Similarity

_ABOUT = "Rows of the same samples from a teacher, of a dimension of their own; constants."
Teacher = Annotated[Any, Constant("B E", about=_ABOUT)]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def similarity_distill(
    x: Embeddings,
    y: Embeddings,
    teacher_x: Teacher,
    teacher_y: Teacher,
    *,
    temperature: Temperature = 0.05,
    teacher_temperature: Positive = 0.05,
    kind: Literal["cross_entropy", "kl"] = "cross_entropy",
    symmetric: bool = True,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Distillation in which the similarities of a batch follow those of a teacher.

    .. math:: -\frac{1}{2B} \sum_{ij} \Big[ Q_{ij} \log P_{ij} + Q'_{ij} \log P'_{ij} \Big],\quad
              P_{ij} = \frac{e^{s_{ij}}}{\sum_k e^{s_{ik}}},\quad
              P'_{ij} = \frac{e^{s_{ij}}}{\sum_k e^{s_{kj}}},\quad
              s_{ij} = \langle \hat x_i, \hat y_j \rangle / \tau

    Parameters
    ----------
    x, y
        Queries and documents, or images and texts.
    teacher_x, teacher_y
        The targets Q and Q' are P and P' of these rows.
    teacher_temperature
        Temperature of Q and Q', a constant.
    kind
        Cross-entropy, or the Kullback-Leibler divergence, which is 0 where both agree. Their
        gradients are the same.
    symmetric
        Average both directions, or take `x` as the anchors only.
    normalize
        Those of the teacher as well.

    Notes
    -----
    The derivative with respect to :math:`s_{ij}` is :math:`P_{ij} - Q_{ij}` over B in each
    direction. Similarities of the teacher are computed tile by tile beside those of the student, in
    one pass, so memory is O(B (D + E)) when tiled. As the temperature of the teacher goes to 0, it
    becomes `info_nce` where its best match of each sample is the sample itself.

    References
    ----------
    X. Zhao et al., "KaLM-Embedding-V2: Superior Training Techniques and Data Inspire A Versatile
    Embedding Model", 2025, arXiv 2506.20923, in whose training the last stage is of this kind. The
    cross-entropy of both directions is the distillation of OpenCLIP.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, y = np.random.default_rng(0).normal(size=(2, 4, 3))
    >>> value, grads = pc.similarity_distill.value_and_grad(x, y, x, y, kind="kl")
    >>> bool(abs(value) < 1e-12), bool(abs(grads.x).max() < 1e-12)
    (True, True)
    """
    xp = namespace(x)
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    scale = xp.asarray(1 / teacher_temperature, dtype=a.dtype, device=device(a))
    u, v = (unit_rows(rows, normalize)[0] for rows in (teacher_x, teacher_y))
    teacher = Companion(u, v, scale)
    matrix = Similarity(a, b, scale=1 / temperature, beside=teacher)
    *sides, pull = matrix.reduce(CompanionTargets(), columns=symmetric)
    sides = [side for side in sides if side is not None]
    losses = sum(lse - mean for lse, _, mean, _ in sides) / len(sides)
    if kind == "kl":
        losses = losses + sum(own - lse for _, lse, _, own in sides) / len(sides)

    def back(g):
        g = g / len(sides)
        pulled = pull(*[(g, None, -g, None) for _ in sides])
        on_tau = on_temperature(temperature, 1, (a, pulled.x))
        return {"x": a_back(pulled.x), "y": b_back(pulled.y), "temperature": on_tau}

    return losses, back
