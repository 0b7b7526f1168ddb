"""CLIP with targets from the similarities within one modality."""

from polycontrast.calculus import unit_rows
from polycontrast.contrast import CompanionTargets, on_temperature
from polycontrast.objective import (
    Embeddings,
    Held,
    Normalize,
    Reduction,
    Temperature,
    objective,
)
from polycontrast.similarity import Companion, Similarity


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    held=Held("y", "temperature", stop_grad_targets=True),
)
def soft_clip(
    x: Embeddings,
    y: Embeddings,
    *,
    temperature: Temperature = 0.125,
    stop_grad_targets: bool = False,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""CLIP with soft targets: as far as two rows of `y` are alike, their samples match.

    .. math:: -\frac{1}{2B} \sum_{ij} R_{ij} \Big[ \log \frac{e^{s_{ij}}}{\sum_k e^{s_{ik}}}
              + \log \frac{e^{s_{ji}}}{\sum_k e^{s_{ki}}} \Big],\quad
              s_{ij} = \langle \hat x_i, \hat y_j \rangle / \tau,\quad
              R_{ij} = \frac{e^{\langle \hat y_i, \hat y_j \rangle / \tau}}
              {\sum_k e^{\langle \hat y_i, \hat y_k \rangle / \tau}}

    Parameters
    ----------
    x, y
        Two modalities. The targets of both directions are those of `y`.
    temperature
        The authors' value, of the logits and of the targets.
    stop_grad_targets
        Take the targets as constants, their temperature included. The authors differentiate them.
    reduction
        Those of a sample average both directions.

    Notes
    -----
    With P and Q the softmax of rows and of columns, 2B times the derivative with respect to
    :math:`s_{ij}` is :math:`P_{ij} - R_{ij} + Q_{ij} - R_{ji}`. The products of `y` with itself are
    computed tile by tile beside those of both modalities, in one pass, and get their gradient from
    the same tiles: memory is O(B D) when tiled. With held targets it is `similarity_distill` with
    `y` as both rows of the teacher. The authors add the loss with both modalities exchanged.
    ``B = 1``: value 0, gradient 0.

    References
    ----------
    R. Kumar, R. Singhal, P. Kulkarni, D. Mehta, K. Jadhav, "Harnessing Shared Relations via
    Multimodal Mixup Contrastive Learning for Multimodal Classification" (M3CoL), 2024, arXiv
    2409.17777. Y. Gao, J. Liu, Z. Xu, T. Wu, E. Zhang, W. Liu, J. Yang, K. Li, X. Sun, "SoftCLIP:
    Softer Cross-modal Alignment Makes CLIP Stronger", AAAI 2024, arXiv 2303.17561.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.soft_clip(x, x, temperature=1.0).round(6))
    0.975328
    """
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    scale = 1 / temperature
    alike = Companion(b, b, scale, held=stop_grad_targets)
    matrix = Similarity(a, b, scale=scale, beside=alike)
    rows, columns, pull = matrix.reduce(CompanionTargets(held=stop_grad_targets))
    losses = sum(lse - mean for lse, _, mean, _ in (rows, columns)) / 2

    def back(g):
        g = g / 2
        pulled = pull((g, None, -g, None), (g, None, -g, None))
        gb, on_tau = pulled.y, on_temperature(temperature, 1, (a, pulled.x))
        if not stop_grad_targets:
            of_targets = pulled.companion.x + pulled.companion.y
            gb = gb + of_targets
            on_tau = on_tau + on_temperature(temperature, 2, (b, of_targets))
        return {"x": a_back(pulled.x), "y": b_back(gb), "temperature": on_tau}

    return losses, back
