"""Consistency with a teacher, and contrast around source prototypes."""

from typing import Annotated, Any

from polycontrast.arrays import namespace
from polycontrast.contrast import as_given, weighted_sum
from polycontrast.losses.distillation.symmetric_cross_entropy import symmetric_cross_entropy
from polycontrast.losses.supervised.sup_con import sup_con
from polycontrast.objective import (
    Constant,
    Embeddings,
    Interval,
    Nonnegative,
    Role,
    Temperature,
    objective,
)
from polycontrast.similarity import numbers_of_samples

ClassLogits = Annotated[Any, Role("rows", ("B C",), about="Scores of C classes.")]
Teacher = Annotated[Any, Constant("B C", about="Scores of the teacher, without a gradient.")]


@objective(invariances=("sample_permutation",))
def rmt(
    logits: ClassLogits,
    logits_aug: ClassLogits,
    teacher_logits: Teacher,
    anchors: Embeddings,
    x: Embeddings,
    y: Embeddings,
    *,
    alpha: Annotated[float, Interval(0, 1)] = 0.5,
    temperature: Temperature = 0.1,
    ce_weight: Nonnegative = 1.0,
    contrast_weight: Nonnegative = 1.0,
):
    r"""Symmetric cross-entropy with a teacher, and contrast of each image with its prototype.

    .. math:: \frac{w}{2} \big[ \mathrm{SCE}(l, t) + \mathrm{SCE}(l', t) \big]
              - \frac{v}{6B} \sum_a \sum_{p \sim a} \log \frac{e^{s_{ap}}}
              {\sum_{b \ne a} e^{s_{ab}}},\quad s_{ab} = \langle \hat z_a, \hat z_b \rangle / \tau

    Parameters
    ----------
    logits, logits_aug
        Scores l of the test images, and l' of their augmentations.
    anchors
        Projections of the source prototypes that are nearest to the images.
    x, y
        Projections of the images, and of their augmentations.
    alpha
        Share of the reverse direction in `symmetric_cross_entropy`.
    temperature
        The authors' value.
    ce_weight, contrast_weight
        Weights w and v; a part of weight 0 is not computed.

    Notes
    -----
    The second sum is over the 3B rows z of `anchors`, `x` and `y`, and over the two other rows p
    of the same image: it is `sup_con` of three views with one class for each image. Two images
    with one prototype have equal anchors, which are negatives of each other, as in the authors'
    code. The authors can also add a cross-entropy on replayed source images; that is not part of
    this loss. With the softmax P over the other rows and targets T of 1/2 for both siblings, the
    gradient by s is :math:`(P - T) / (3B)`.

    References
    ----------
    M. Döbler, R. A. Marsden, B. Yang, "Robust Mean Teacher for Continual and Gradual Test-Time
    Adaptation", CVPR 2023, arXiv 2211.13081.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> logits, rows = np.zeros((3, 2)), np.eye(3)
    >>> float(pc.rmt(logits, logits, logits, rows, rows, rows, temperature=1.0).round(6))
    2.129963
    """

    def consistency(scores):
        return symmetric_cross_entropy.vjp(scores, teacher_logits, alpha=alpha, wrt="logits")

    rows = ("anchors", "x", "y")
    return weighted_sum(
        as_given(logits=logits, logits_aug=logits_aug, anchors=anchors, x=x, y=y),
        temperature,
        (ce_weight / 2, ("logits",), lambda: consistency(logits)),
        (ce_weight / 2, ("logits_aug",), lambda: consistency(logits_aug)),
        (
            contrast_weight,
            (*rows, "temperature"),
            lambda: _contrast((anchors, x, y), temperature),
        ),
    )


def _contrast(views, temperature):
    """`sup_con` with one class for each sample of all ranks."""
    xp, (labels, _) = namespace(views[0]), numbers_of_samples(views[0])
    z, wrt = xp.stack(views, axis=0), ("z", "temperature")
    value, pull = sup_con.vjp(z, labels, temperature=temperature, wrt=wrt)

    def back(g):
        grads = pull(g)
        return (*(grads.z[a, ...] for a in range(3)), grads.temperature)

    return value, back
