"""Cross-entropy of the tokens of captions."""

from polycontrast.calculus import cross_entropy
from polycontrast.losses.vision_language._tokens import (
    IgnoreIndex,
    TokenLogits,
    Tokens,
    kept_places,
)
from polycontrast.objective import Reduction, objective


@objective(invariances=("sample_permutation",))
def caption_cross_entropy(
    logits: TokenLogits,
    targets: Tokens,
    *,
    ignore_index: IgnoreIndex = -100,
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of the next word at every place of a caption that is not left out.

    .. math:: \frac{1}{|K|} \sum_{(b, t) \in K} \Big[ \log \sum_v e^{z_{btv}} - z_{bt,\, y_{bt}}
              \Big],\quad K = \{(b, t) : y_{bt} \ne \mathrm{ignored}\}

    Parameters
    ----------
    ignore_index
        The value of PyTorch.
    reduction
        There are B T; those that are left out are 0 and count in no average.

    Returns
    -------
    loss : 0-d array, or (B, T) for ``reduction="none"``

    Raises
    ------
    ValueError
        When a target is neither a word nor `ignore_index`. Where JAX traces the targets, the loss
        is nan instead.

    Notes
    -----
    The gradient is the softmax minus 1 at the word, over the number of places that count. Places
    are worked on in blocks, so the softmax is never held beside the gradient. Logits of places that
    are left out are not read. All places left out: value 0, gradient 0.

    References
    ----------
    J. Yu, Z. Wang, V. Vasudevan, L. Yeung, M. Seyedhosseini, Y. Wu, "CoCa: Contrastive Captioners
    are Image-Text Foundation Models", TMLR 2022, arXiv 2205.01917.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> logits, targets = np.eye(3)[None, :, :], np.array([[0, 2, -100]])
    >>> float(pc.caption_cross_entropy(logits, targets).round(6))
    1.051445
    """
    kept = kept_places(logits, targets, ignore_index)
    losses, pull = cross_entropy(logits, targets, kept)
    return losses, lambda g: {"logits": pull(g)}, kept
