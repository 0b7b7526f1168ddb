"""Classification by prompts, with consistency of prompts and contrast of views."""

from typing import Annotated, Any

from polycontrast.contrast import as_given, mean_cross_entropy, weighted_sum
from polycontrast.losses.two_view.nt_xent import nt_xent
from polycontrast.losses.vision_language.prompt_consistency import prompt_consistency
from polycontrast.objective import (
    ClassIndex,
    ClassLogits,
    Embeddings,
    Nonnegative,
    Role,
    Temperature,
    objective,
)

_TEXT = "Prompts of the plain images, of dimension E."
_VIEWS = "Prompts of two augmentations."
ClassPrompts = Annotated[Any, Role("rows", ("B C E",), about=_TEXT)]
TwoClassPrompts = Annotated[Any, Role("rows", ("2 B C E",), about=_VIEWS)]


@objective(invariances=("sample_permutation",))
def gopro(
    logits: ClassLogits,
    labels: ClassIndex,
    text: ClassPrompts,
    text_views: TwoClassPrompts,
    x: Embeddings,
    y: Embeddings,
    *,
    visual_weight: Nonnegative = 0.1,
    consistency_weight: Nonnegative = 1.0,
    temperature: Temperature = 0.1,
):
    r"""Cross-entropy of classes, consistency of prompts and NT-Xent of two views (GOPro).

    .. math:: \frac{1}{B} \sum_i \Big[ \log \sum_c e^{l_{ic}} - l_{i y_i} \Big]
              + w_{con} \, \mathrm{consistency}(t, t^{(1)}, t^{(2)})
              + w_{vis} \, \mathrm{NTXent}(x, y; \tau)

    Parameters
    ----------
    logits
        Similarities of each image and the prompts of the classes, over their temperature.
    x, y
        Projected embeddings of the two augmentations.
    visual_weight
        Weight of the contrast, as in the authors' code.
    consistency_weight
        Weight of the consistency, as in the authors' code.

    Notes
    -----
    The parts are `prompt_consistency` and `nt_xent` with 2B anchors. A part with weight 0 is not
    computed.

    References
    ----------
    M. Singha, A. Jha, B. Banerjee, "GOPro: Generate and Optimize Prompts in CLIP using
    Self-Supervised Learning", BMVC 2023, arXiv 2308.11605.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, text = np.eye(3), np.ones((3, 2, 4))
    >>> logits, labels, views = np.zeros((3, 2)), np.array([0, 1, 1]), np.ones((2, 3, 2, 4))
    >>> float(pc.gopro(logits, labels, text, views, x, x, temperature=1.0).round(6))
    0.78363
    """
    pairs = ("x", "y", "temperature")
    return weighted_sum(
        as_given(logits=logits, text=text, text_views=text_views, x=x, y=y),
        temperature,
        (1.0, ("logits",), lambda: mean_cross_entropy(logits, labels)),
        (
            consistency_weight,
            ("text", "text_views"),
            lambda: prompt_consistency.vjp(text, text_views),
        ),
        (visual_weight, pairs, lambda: nt_xent.vjp(x, y, temperature=temperature, wrt=pairs)),
    )
