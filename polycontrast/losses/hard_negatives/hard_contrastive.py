"""InfoNCE among the hardest negatives of each anchor."""

from typing import Annotated, Any

from polycontrast.contrast.anchor import Contrast, Logits, Term
from polycontrast.losses.hard_negatives._hardest import Fraction, hardest, log_sum
from polycontrast.objective import (
    Embeddings,
    Normalize,
    Reduction,
    Role,
    Same,
    Temperature,
    objective,
)

_ABOUT = "Further negatives of all anchors, such as a bank of features; the same on all ranks."
Bank = Annotated[Any, Role("rows", ("K D",), about=_ABOUT)]


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    same_as=(Same("info_nce", when={"hard_fraction": 1.0}, symmetric=False),),
)
def hard_contrastive(
    x: Embeddings,
    y: Embeddings,
    negatives: Bank | None = None,
    *,
    temperature: Temperature = 0.07,
    hard_fraction: Fraction = 0.1,
    threshold: float | None = None,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of each match among the hardest negatives of its anchor.

    .. math:: \frac{1}{B} \sum_i \Big[ \log \Big( e^{\langle \hat x_i, \hat y_i \rangle / \tau}
              + \sum_{k \in A_i} e^{\langle \hat x_i, \hat n_k \rangle / \tau} \Big)
              - \langle \hat x_i, \hat y_i \rangle / \tau \Big]

    Parameters
    ----------
    x, y
        Anchors and their matches. The negatives :math:`n_k` of an anchor are the matches of all
        others and the rows of `negatives`.
    temperature
        A value common for banks of features.
    threshold
        Keep the negatives of at least this similarity, in place of a share of them. An anchor
        without any has loss 0.

    Notes
    -----
    :math:`A_i` holds the ``max(1, ceil(hard_fraction * n))`` most similar of n negatives. That the
    paper's upper quantile is meant so is not verified. Negatives within rounding of the last one,
    or of the threshold, tie with it and are kept as well. Which negatives are kept is constant in
    the gradient: it is that of a softmax over the kept ones. Anchors are the rows of `x` only.

    As :math:`\tau \to 0` the loss times :math:`\tau` becomes the gap to the hardest negative, where
    this is more similar than the match. The loss does not fall as `hard_fraction` rises. Whole rows
    of similarities are searched, block by block.

    References
    ----------
    F. Wang, H. Liu, "Understanding the Behaviour of Contrastive Loss", CVPR 2021, arXiv 2012.09740.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, y = np.eye(3), np.asarray([[1.0, 0.5, 0.0], [0.0, 1.0, 0.5], [0.5, 0.0, 1.0]])
    >>> float(pc.hard_contrastive(x, y, temperature=1.0, hard_fraction=0.5).round(6))
    0.494335
    """
    rows = Contrast(temperature, normalize, x=x, y=y, negatives=negatives)
    queue = rows.rows.get("negatives")
    found, back = hardest(
        rows.rows["x"], rows.rows["y"], queue, rows.scale, hard_fraction, threshold, log_sum
    )

    def pull(g):
        grads = zip(("x", "y", "negatives"), back(g), strict=True)
        return {name: grad for name, grad in grads if grad is not None}

    return rows.losses(Term(rows.match("x", "y"), [Logits(found, pull)]))
