"""DeGLA: contrasts of images and captions with hard captions, and a distance from a teacher."""

from typing import Any

from polycontrast.arrays import Array, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.contrast import weighted_sum
from polycontrast.losses.retrieval.multiple_negatives_ranking import multiple_negatives_ranking
from polycontrast.losses.two_view.info_nce import info_nce
from polycontrast.losses.vision_language._captions import HardCaptions, Teacher, TeacherOfHard
from polycontrast.losses.vision_language.image_grounded_contrast import image_grounded_contrast
from polycontrast.losses.vision_language.text_grounded_contrast import text_grounded_contrast
from polycontrast.objective import (
    Embeddings,
    Nonnegative,
    Normalize,
    Positive,
    Reduction,
    Same,
    Temperature,
    objective,
    whole_batch,
)

_BOTH_WAYS: dict[str, Any] = {
    "directions": ("query_to_doc", "doc_to_query"),
    "partition": "per_direction",
}
_PLAIN = {"igc_weight": 0.0, "tgc_weight": 0.0, "distill_weight": 0.0}


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    same_as=(
        Same("info_nce", when=_PLAIN | {"shared_negatives": False}),
        Same("multiple_negatives_ranking", when=_PLAIN, **_BOTH_WAYS),
    ),
)
def degla(
    x: Embeddings,
    y: Embeddings,
    negatives: HardCaptions,
    teacher_x: Teacher,
    teacher_y: Teacher,
    teacher_negatives: TeacherOfHard,
    *,
    temperature: Temperature = 0.07,
    text_temperature: Positive = 0.1,
    igc_weight: Nonnegative = 0.1,
    tgc_weight: Nonnegative = 0.1,
    distill_weight: Nonnegative = 0.005,
    shared_negatives: bool = True,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Contrasts of images and captions with hard captions, kept near a teacher (DeGLA).

    .. math:: \mathrm{base}(x, y, n; \tau) + w_I\, \mathrm{IGC}(x, y, n; \tau)
              + w_T\, \mathrm{TGC}(y, y^*, n; \tau') + w_D \sum_i \Big[ |\hat x_i - \hat x^*_i|^2
              + |\hat y_i - \hat y^*_i|^2 + \sum_k |\hat n_{ik} - \hat n^*_{ik}|^2 \Big]

    Parameters
    ----------
    x, y
        Images and captions.
    teacher_x, teacher_y
        :math:`x^*` and :math:`y^*`; in the paper those of moving averages of the encoders.
    temperature
        CLIP's initial value.
    text_temperature
        :math:`\tau'`, the constant of the authors' code.
    igc_weight
        Weight :math:`w_I` of `image_grounded_contrast`. The paper's value.
    tgc_weight
        Weight :math:`w_T` of `text_grounded_contrast`. The paper's value.
    distill_weight
        Weight :math:`w_D` of the distances. They are a sum over the batch and not a mean, so it
        depends on B. The paper's value.
    shared_negatives
        Whether each image of the base has the hard captions of all samples as negatives, as in the
        authors' code, or its own, as in equation 4 of the paper.
    reduction
        The loss of a sample holds B times its distances, so that the mean of the losses is the
        formula.

    Notes
    -----
    The base is the mean of both directions of `info_nce`, with hard captions in the direction from
    images. The authors' code lays the hard captions of :math:`\mathrm{TGC}` out by caption and
    reads them by sample, so that a caption is set against those of other samples. Here it has its
    own.
    Parts with weight 0 are not computed.

    References
    ----------
    X. Hu et al., "Decoupled Global-Local Alignment for Improving Compositional Understanding"
    (DeGLA), 2025, arXiv 2504.16801.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, negatives = np.eye(3), np.ones((3, 2, 3))
    >>> float(pc.degla(x, x, negatives, x, x, negatives, temperature=1.0).round(6))
    1.229736
    """
    u, u_back = unit_rows(x, normalize)
    v, v_back = unit_rows(y, normalize)
    n, n_back = unit_rows(negatives, normalize)
    teachers = [unit_rows(t, normalize)[0] for t in (teacher_x, teacher_y, teacher_negatives)]
    rows, names = (u, v, n), ("x", "y", "negatives")
    wrt = (*names, "temperature")
    each: dict[str, Any] = {"normalize": False, "reduction": "none"}
    options = each | {"temperature": temperature}
    samples = whole_batch().samples(u.shape[0])

    def base():
        if not shared_negatives or n.shape[1] == 0:
            return info_nce.vjp(*rows, wrt=wrt, **options)
        return multiple_negatives_ranking.vjp(*rows, wrt=wrt, **options, **_BOTH_WAYS)

    def of_captions():
        others = each | {"temperature": text_temperature, "wrt": ("y", "negatives")}
        return text_grounded_contrast.vjp(v, teachers[1], n, **others)

    return weighted_sum(
        {"x": (u, u_back), "y": (v, v_back), "negatives": (n, n_back)},
        temperature,
        (1.0, wrt, base),
        (igc_weight, wrt, lambda: image_grounded_contrast.vjp(*rows, wrt=wrt, **options)),
        (tgc_weight, ("y", "negatives"), of_captions),
        (samples * distill_weight, names, lambda: _distances(rows, teachers)),
    )


def _distances(rows: tuple[Array, ...], teachers: list[Array]):
    """Squared distances of each sample's rows from constant ones, and their pullback."""
    *apart, hard = [a - b for a, b in zip(rows, teachers, strict=True)]
    of_hard = namespace(hard).sum(row_dot(hard, hard), axis=1)

    def back(g: Array) -> list[Array]:
        g = 2 * g[:, None]
        return [*(g * t for t in apart), g[:, :, None] * hard]

    return sum(row_dot(t, t) for t in apart) + of_hard, back
