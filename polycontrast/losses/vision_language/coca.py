"""Contrast of images and captions together with captioning."""

from polycontrast.contrast import as_given, weighted_sum
from polycontrast.losses.two_view.info_nce import info_nce
from polycontrast.losses.vision_language._tokens import (
    IgnoreIndex,
    TokenLogits,
    Tokens,
    kept_places,
)
from polycontrast.losses.vision_language.caption_cross_entropy import caption_cross_entropy
from polycontrast.objective import Embeddings, Nonnegative, Same, Temperature, objective


@objective(
    invariances=("sample_permutation",),
    same_as=(
        Same("info_nce", when={"caption_weight": 0.0}),
        Same("caption_cross_entropy", when={"contrastive_weight": 0.0, "caption_weight": 1.0}),
    ),
    aliases=("CoCaLoss",),
)
def coca(
    x: Embeddings,
    y: Embeddings,
    logits: TokenLogits,
    targets: Tokens,
    *,
    contrastive_weight: Nonnegative = 1.0,
    caption_weight: Nonnegative = 2.0,
    temperature: Temperature = 0.07,
    ignore_index: IgnoreIndex = 0,
):
    r"""Symmetric InfoNCE of images and captions plus the cross-entropy of the captions (CoCa).

    .. math:: w_{con} \, \mathrm{InfoNCE}(x, y; \tau) + w_{cap} \, \frac{1}{|K|}
              \sum_{(b, t) \in K} \Big[ \log \sum_v e^{z_{btv}} - z_{bt,\, y_{bt}} \Big]

    Parameters
    ----------
    x, y
        Images and captions.
    contrastive_weight
        The paper's value. It adds both directions of the contrast, so its weight 1 is 2 here.
    caption_weight
        The paper's value.
    ignore_index
        The padding of a caption.

    Raises
    ------
    ValueError
        When a target is neither a word nor `ignore_index`. Where JAX traces the targets, the loss
        is nan instead, unless `caption_weight` is 0.

    Notes
    -----
    The parts are `info_nce` and `caption_cross_entropy`; K holds the places that are not left out.
    A part with weight 0 is not computed.

    References
    ----------
    J. Yu, Z. Wang, V. Vasudevan, L. Yeung, M. Seyedhosseini, Y. Wu, "CoCa: Contrastive Captioners
    are Image-Text Foundation Models", TMLR 2022, arXiv 2205.01917.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, logits = np.eye(3), np.zeros((3, 2, 5))
    >>> targets = np.array([[1, 2], [3, 0], [4, 0]])  # 0 is the padding
    >>> float(pc.coca(x, x, logits, targets, temperature=1.0).round(6))
    3.770321
    """
    kept_places(logits, targets, ignore_index)
    pairs = ("x", "y", "temperature")
    return weighted_sum(
        as_given(x=x, y=y, logits=logits),
        temperature,
        (contrastive_weight, pairs, lambda: info_nce.vjp(x, y, temperature=temperature, wrt=pairs)),
        (
            caption_weight,
            ("logits",),
            lambda: caption_cross_entropy.vjp(logits, targets, ignore_index=ignore_index),
        ),
    )
