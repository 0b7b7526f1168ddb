"""Consistency of the prompts of several augmentations of an image."""

import math
from typing import Annotated, Any

from polycontrast.arrays import infinite_to_nan, namespace
from polycontrast.objective import BadArgument, Reduction, Role, objective

_PROMPTS = "Embeddings of the prompts of each sample, such as one, or one of each class."
_VIEWS = "Those of V augmentations, each of the shape of `text`."
Prompts = Annotated[Any, Role("rows", ("B D", "B ..."), about=_PROMPTS)]
PromptViews = Annotated[Any, Role("rows", ("V B D", "V B ..."), about=_VIEWS)]


@objective(invariances=("sample_permutation", "rotation"))
def prompt_consistency(text: Prompts, text_views: PromptViews, *, reduction: Reduction = "mean"):
    r"""Squared difference of the prompts of an image and those of its augmentations.

    .. math:: \frac{1}{B} \sum_i \sum_v \frac{1}{n} \big| t_i - t_i^{(v)} \big|^2

    Raises
    ------
    ValueError
        When the augmentations do not have the shape of `text`.

    Notes
    -----
    The mean goes over all samples and the n numbers of each, the sum over the augmentations. Rows
    are not normalised here. The gradient is :math:`2 (t - t^{(v)}) / (B n)` for `text`, summed over
    v, and minus each term for its augmentation.

    References
    ----------
    M. Singha, A. Jha, B. Banerjee, "GOPro: Generate and Optimize Prompts in CLIP using
    Self-Supervised Learning", BMVC 2023, arXiv 2308.11605.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> text = np.eye(2)
    >>> float(pc.prompt_consistency(text, np.stack([text, text + 0.5])))
    0.25
    """
    if tuple(text_views.shape[1:]) != tuple(text.shape):
        got = f"{tuple(text.shape)} and {tuple(text_views.shape)}"
        raise BadArgument(f"text_views must have the shape of text after one more axis, got {got}")
    xp, numbers, others = namespace(text), math.prod(text.shape[1:]), text.ndim - 1
    excess = infinite_to_nan(text[None, ...] - text_views)

    def back(g):
        each = xp.reshape(2 * g / numbers, (1, -1, *[1] * others)) * excess
        return {"text": xp.sum(each, axis=0), "text_views": -each}

    return xp.sum(excess * excess, axis=(0, *range(2, others + 2))) / numbers, back
