"""Consistency of the prompts of several augmentations of an image."""

import math
from typing import Annotated, Any

from polycontrast.arrays import infinite_to_nan, namespace
from polycontrast.objective import BadArgument, Role, objective, whole_batch

_PROMPTS = "Embeddings of the prompts of each sample: one, or one of each class."
_VIEWS = "Those of V augmentations, each of the shape of `text`."
Prompts = Annotated[Any, Role("rows", ("B D", "B C D"), about=_PROMPTS)]
PromptViews = Annotated[Any, Role("rows", ("V B D", "V B C D"), about=_VIEWS)]


@objective(invariances=("sample_permutation", "rotation"))
def prompt_consistency(text: Prompts, text_views: PromptViews):
    r"""Squared difference of the prompts of an image and those of its augmentations.

    .. math:: \sum_v \frac{1}{n} \big| t - t^{(v)} \big|^2

    Raises
    ------
    ValueError
        When only one of `text` and `text_views` has an axis of classes.

    Notes
    -----
    The mean goes over all n numbers of `text`, the sum over the augmentations. Rows are not
    normalised here. The gradient is :math:`2 (t - t^{(v)}) / n` for `text`, summed over v, and
    minus each term for its augmentation.

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
    if text_views.ndim != text.ndim + 1:
        got = f"{tuple(text.shape)} and {tuple(text_views.shape)}"
        raise BadArgument(f"text_views must have the shape of text and one more axis, got {got}")
    xp, batch = namespace(text), whole_batch()
    count = batch.samples(text.shape[0]) * math.prod(text.shape[1:])
    excess = infinite_to_nan(text[None, ...] - text_views)

    def back(g):
        each = (2 * g / count) * excess
        return {"text": xp.sum(each, axis=0), "text_views": -each}

    return batch.sum(xp.sum(excess * excess)) / count, back
