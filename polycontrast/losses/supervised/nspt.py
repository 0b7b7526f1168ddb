"""Negatives of the student, positives of the teacher."""

from typing import Annotated, Any, Literal

from polycontrast.arrays import finite_or_zero, namespace
from polycontrast.calculus import unit_rows
from polycontrast.contrast import less_mean, on_temperature
from polycontrast.objective import (
    ClassLabels,
    Constant,
    Embeddings,
    Normalize,
    Reduction,
    Role,
    Temperature,
    objective,
)
from polycontrast.similarity import CountedSum, Labels, Present, Reading, Similarity

_CONSTANT = "Rows of the same samples from a fixed encoder; they have no gradient."
_ABOUT = "True for the samples that are rehearsed: anchors, and positives of anchors."
Teacher = Annotated[Any, Constant("B D", about=_CONSTANT)]
Rehearsed = Annotated[Any, Role("rows", ("B",), dtype="bool", about=_ABOUT)]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def nspt(
    x: Embeddings,
    teacher: Teacher,
    labels: ClassLabels,
    anchors: Rehearsed,
    *,
    temperature: Temperature = 0.1,
    negatives_from: Literal["student", "teacher"] = "student",
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Contrast of rehearsed samples: positives of the teacher, negatives of the student.

    .. math:: \frac{1}{|I|} \sum_{k \in I} \Big[ \log \Big( \sum_{p \in P_k} e^{\langle \hat x_k,
              \hat t_p \rangle / \tau} + \sum_{i : y_i \ne y_k} e^{\langle \hat x_k, \hat x_i
              \rangle / \tau} \Big) - \frac{1}{|P_k|} \sum_{p \in P_k} \langle \hat x_k, \hat t_p
              \rangle / \tau \Big],\quad P_k = \{p \in I : y_p = y_k\}

    Parameters
    ----------
    x
        Rows of the student.
    labels
        Class of each sample.
    anchors
        All samples are candidates for negatives. The set I of the formula.
    negatives_from
        Whose rows the negatives are. The authors found those of the teacher to be worse, as it
        does not know the new classes.

    Notes
    -----
    The teacher's copy of the anchor is one of its positives. Without anchors value and gradient
    are 0. With the softmax over all candidates of an anchor, the derivative with respect to the
    logit of a negative is its softmax, that of a positive less 1/\|P\|. A student row also gets a
    gradient as a negative. Positives and their log-sum-exp are read from one product.

    References
    ----------
    U. Cappellazzo, E. Fini, M. Yang, D. Falavigna, A. Brutti, B. Raj, "Continual Contrastive Spoken
    Language Understanding" (COCONUT), Findings of ACL 2024, arXiv 2310.02699. From its abstract and
    its reviews; no code is public, so the anchor's own copy as a positive and the reduction are to
    be verified.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, labels, anchors = np.eye(4), np.array([0, 0, 1, 1]), np.ones(4, dtype=bool)
    >>> float(pc.nspt(x, x, labels, anchors, temperature=1.0).round(6))
    1.243668
    """
    xp = namespace(x)
    a, a_back = unit_rows(x, normalize)
    t, _ = unit_rows(teacher, normalize)
    rehearsed = xp.reshape(anchors, (1, -1))
    positive = Labels(labels) & Present(xp.ones_like(rehearsed), rehearsed)
    others = Labels(labels, same=False)
    by_teacher = Similarity(a, t, scale=1 / temperature, what="teacher")
    readings = [Reading(by_teacher.exp_sum(), positive), Reading(CountedSum(), positive)]
    student_pull = None
    if negatives_from == "teacher":
        readings.append(Reading(by_teacher.exp_sum(), others))
        (near, of_positives, far), _, pull = by_teacher.read(*readings, columns=False)
    else:
        (near, of_positives), _, pull = by_teacher.read(*readings, columns=False)
        by_student = Similarity(a, scale=1 / temperature, pairs=others, what="student")
        far, _, student_pull = by_student.logsumexp()
    lse = xp.logaddexp(near, far)
    losses, losses_back = less_mean(lse, *of_positives)

    def back(g):
        on_lse, on_total = losses_back(g)
        on_near = on_lse * xp.exp(near - finite_or_zero(lse))
        on_far = on_lse * xp.exp(far - finite_or_zero(lse))
        if student_pull is None:
            ga = pull((on_near, on_total, on_far)).x
            on_tau = on_temperature(temperature, 1, (a, ga))
            return {"x": a_back(ga), "temperature": on_tau}
        gt, gs = pull((on_near, on_total)).x, student_pull(on_far).x
        on_tau = on_temperature(temperature, 1, (a, gt)) + on_temperature(temperature, 2, (a, gs))
        return {"x": a_back(gt + gs), "temperature": on_tau}

    return losses, back, anchors
