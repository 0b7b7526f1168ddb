"""ALIGN: InfoNCE with smoothed targets."""

from typing import Annotated

from polycontrast.losses.two_view.info_nce import info_nce
from polycontrast.objective import (
    Embeddings,
    Interval,
    Normalize,
    Reduction,
    Same,
    Temperature,
    objective,
)


@objective(
    invariances=("sample_permutation", "rotation", "row_scale", "swap"),
    same_as=(Same("info_nce"),),
)
def align_loss(
    x: Embeddings,
    y: Embeddings,
    *,
    temperature: Temperature = 1.0,
    label_smoothing: Annotated[float, Interval(0.0, 1.0)] = 0.1,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Loss of ALIGN: both directions of InfoNCE, with a share of the target on all candidates.

    .. math:: -\frac{1}{2B} \sum_{ij} \Big[ (1 - e)\, \delta_{ij} + \frac{e}{B} \Big]
              \Big[ \log \frac{e^{s_{ij}}}{\sum_k e^{s_{ik}}}
              + \log \frac{e^{s_{ij}}}{\sum_k e^{s_{kj}}} \Big],\quad
              s_{ij} = \langle \hat x_i, \hat y_j \rangle / \tau

    Parameters
    ----------
    x, y
        Images and texts.
    temperature
        The initial value of the paper, which learns it.
    label_smoothing
        The share e, of which the match has its part. The paper's value.

    Notes
    -----
    The paper adds the directions, which is twice the value. The name ``align`` is a package here.
    The uniform part of the targets takes the mean candidate in place of another matrix.

    References
    ----------
    C. Jia, Y. Yang, Y. Xia, Y.-T. Chen, Z. Parekh, H. Pham, Q. V. Le, Y. Sung, Z. Li, T. Duerig,
    "Scaling Up Visual and Vision-Language Representation Learning With Noisy Text Supervision",
    ICML 2021, arXiv 2102.05918.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.align_loss(x, x).round(6))
    0.618111
    """
    wrt = ("x", "y", "temperature")
    losses, pull = info_nce.vjp(
        x,
        y,
        temperature=temperature,
        label_smoothing=label_smoothing,
        normalize=normalize,
        reduction="none",
        wrt=wrt,
    )
    return losses, lambda g: pull(g)._asdict()
