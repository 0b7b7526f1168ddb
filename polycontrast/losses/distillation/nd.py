"""Distillation of the length and the direction of features."""

from typing import Annotated, Any

from polycontrast.arrays import namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.objective import (
    ClassIndex,
    Constant,
    Embeddings,
    Nonnegative,
    Reduction,
    objective,
)

Teacher = Annotated[Any, Constant("B D", about="Features of the teacher.")]
_CENTERS = "Mean feature of each class, of the teacher over the training set."
Centers = Annotated[Any, Constant("C D", about=_CENTERS)]


@objective(invariances=("sample_permutation", "rotation"))
def nd(
    student: Embeddings,
    teacher: Teacher,
    centers: Centers,
    labels: ClassIndex,
    *,
    weight: Nonnegative = 1.0,
    reduction: Reduction = "mean",
):
    r"""One minus a student's feature along the centre of its class, over the longer feature (KD++).

    .. math:: \frac{w}{B} \sum_i \Big[ 1 - \frac{\langle s_i, \hat c_{y_i} \rangle}
              {\max(|s_i|, |t_i|)} \Big]

    Parameters
    ----------
    student
        Features s.
    teacher
        Features t, of which only the length counts.
    centers
        Rows c; they are scaled to unit length. With ``comm=``, all ranks have the same.
    weight
        Weight w. The authors have 0.5 to 2.

    Notes
    -----
    A feature as long as the teacher's, or longer, is turned towards its centre: with the unit row u
    the gradient is :math:`-(\hat c - \langle u, \hat c \rangle u) / |s|`. A shorter one also grows:
    :math:`-\hat c / |t|`. At equal lengths, where the radial part jumps, it is the first. Where
    both features are 0 the loss is 1 and the gradient 0. Each loss is in [0, 2]. KD++ adds the
    cross-entropy and `distill_kl` at temperature 4.

    References
    ----------
    Y. Wang et al., "Improving Knowledge Distillation via Regularizing Feature Norm and Direction",
    2023, arXiv 2305.17007.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> student, teacher = np.asarray([[1.0, 0.0]]), np.asarray([[0.0, 2.0]])
    >>> float(pc.nd(student, teacher, np.eye(2), np.array([0])))
    0.5
    """
    xp = namespace(student)
    u, t = unit_rows(student)[0], unit_rows(teacher)[0]
    c = xp.take(unit_rows(centers)[0], labels, axis=0)
    length, other = row_dot(student, u), row_dot(teacher, t)
    longer = length >= other
    longest = xp.where(longer, length, other)
    zero = longest == 0
    longest = xp.where(zero, 1.0, longest)
    ratio = xp.where(longer, 1.0, length / longest)
    apart = u - c
    # Of unit rows it is their squared distance over 2, which keeps its digits near 0.
    both = (row_dot(u, u) > 0) & (row_dot(c, c) > 0)
    turned = xp.where(both, row_dot(apart, apart) / 2, 1 + 0 * row_dot(apart, apart))
    losses = (1 - ratio) + ratio * turned

    def back(g):
        radial = xp.where(longer, 1 - turned, 0.0)[:, None] * u
        on_student = (weight * g / longest)[:, None] * (radial - c)
        return {"student": xp.where(zero[:, None], 0.0, on_student)}

    return weight * losses, back
