"""Supervised contrast of subclasses and of classes."""

import math
from typing import Annotated, Any

from polycontrast.arrays import (
    Array,
    device,
    finite_or_zero,
    logsumexp,
    namespace,
    row_dot,
)
from polycontrast.calculus import sample_gram, unit_rows
from polycontrast.contrast import label_softmax, less_mean, on_temperature, rescaled
from polycontrast.objective import (
    ClassLabels,
    Nonnegative,
    Normalize,
    Positive,
    Reduction,
    Role,
    Temperature,
    check_labels,
    objective,
)
from polycontrast.similarity import CountedSum, Labels, OtherRows, Reading, Similarity

_ABOUT = "Temperature of the classes, one for all or one for each, differentiable."
Samples = Annotated[Any, Role("views", ("M B D",), least_views=1)]
ByClass = Annotated[Any, Role("scalar", ("C",), low=0.0, open_low=True, about=_ABOUT)]


@objective(invariances=("sample_permutation", "view_permutation", "rotation", "row_scale"))
def sbcl(
    views: Samples,
    labels: ClassLabels,
    clusters: ClassLabels,
    *,
    temperature: Temperature = 0.1,
    class_temperature: ByClass = 0.2,
    beta: Nonnegative = 0.25,
    base_temperature: Positive | None = None,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Subclass-balancing contrast: of the rows of a subclass, and of the subclasses of a class.

    .. math:: \frac{1}{MB} \sum_r \Big[ \log \sum_{q \ne r} e^{s_{rq}/\tau} - \frac{1}{|F_r|}
              \sum_{q \in F_r} \frac{s_{rq}}{\tau} + \beta \Big( \log \sum_{q \in O_r \cup D_r}
              e^{s_{rq}/T} - \frac{1}{|G_r|} \sum_{q \in G_r} \frac{s_{rq}}{T} \Big) \Big]

    Parameters
    ----------
    labels
        Class of each sample; below C where `class_temperature` has a number for each class.
    clusters
        Subclass of each sample.
    temperature
        Of the subclass term.
    class_temperature
        The T of the formula, that of the class of row r.
    beta
        Weight of the class term.
    base_temperature
        If given, the subclass term is multiplied by ``temperature / base_temperature``, as in the
        authors' code.
    reduction
        There are MB, those of the first view first.

    Returns
    -------
    loss : 0-d array, or (M B,) for ``reduction="none"``

    Raises
    ------
    ValueError
        When a label is no index into `class_temperature`.

    Notes
    -----
    Here :math:`s_{rq} = \langle \hat z_r, \hat z_q \rangle`, :math:`F_r` are the other rows of the
    subclass, :math:`O_r` the other views of the sample, :math:`D_r` the rows of other subclasses,
    and :math:`G_r` those of :math:`O_r` and of the rows of the class in :math:`D_r`. So the class
    term does not contain other samples of the same subclass. That the own views are positives in it
    is what the authors' code does. A term without positives is 0. The derivative of a term with
    respect to a logit is its softmax, less one over their number on the positives. The class term
    takes a product of its own, of which half is computed where all classes have one temperature.
    ``beta=0`` with clusters as labels: `sup_con`, and the class term is not computed.

    `subclass_counts` and `balanced_assign` make the clusters, `class_temperature` the temperatures.
    The authors make both again every 10 epochs, after 10 epochs of `sup_con`; plain k-means of the
    cosines is an alternative.

    References
    ----------
    C. Hou, J. Zhang, H. Wang, T. Zhou, "Subclass-balancing Contrastive Learning for Long-tailed
    Recognition", ICCV 2023, arXiv 2306.15925.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views, labels = np.stack([np.eye(4)] * 2), np.array([0, 0, 0, 1])
    >>> clusters = np.array([0, 0, 1, 2])
    >>> float(pc.sbcl(views, labels, clusters, temperature=1.0, beta=1.0).round(6))
    4.198536
    """
    xp = namespace(views)
    z, z_back = unit_rows(views, normalize)
    matrix = Similarity(z, scale=1 / temperature, what="subclasses")
    fine, _, pull = label_softmax(matrix, OtherRows(), Labels(clusters) & OtherRows())
    factor, of_factor = rescaled(fine, temperature, base_temperature)
    losses, coarse_back = factor * fine, None
    if beta:
        coarse, coarse_back = _class_term(z, labels, clusters, class_temperature)
        losses = losses + beta * coarse

    def back(g):
        g = xp.reshape(g, fine.shape)
        gz = pull(factor * g).x
        on_tau = on_temperature(temperature, 2, (z, gz)) + of_factor(g)
        on_class = xp.zeros_like(class_temperature)
        if coarse_back is not None:
            gc, on_class = coarse_back(beta * g)
            gz = gz + gc
        return {"views": z_back(gz), "temperature": on_tau, "class_temperature": on_class}

    return xp.reshape(losses, (-1,)), back


def _class_term(z: Array, labels: Array, clusters: Array, temperature: Array):
    """Losses (M, B) over own views and other subclasses; back to dL/dz and dL/dtemperature."""
    xp, views = namespace(z), z.shape[0]
    each, sum_by_class = _of_samples(temperature, labels)
    others, shared = Labels(clusters, same=False), temperature.ndim == 0
    per_pair = each if shared else each[None, None, :]
    if shared:
        matrix = Similarity(z, scale=1 / temperature, what="classes")
    else:  # the scale of a row is that of its class
        rows, one = z / each[None, :, None], xp.ones_like(temperature[0])
        matrix = Similarity(rows, z, scale=one, what="classes")
    readings = Reading(matrix.exp_sum(), others), Reading(CountedSum(), Labels(labels) & others)
    (far, (total, count)), _, pull = matrix.read(*readings, columns=False)
    gram, gram_back = sample_gram(z)
    view = xp.arange(views, dtype=xp.int32, device=device(z))
    other = (view[:, None] != view[None, :])[:, :, None]
    own = xp.where(other, gram / per_pair, xp.full_like(gram, -math.inf))
    near = logsumexp(own, axis=1)
    lse = xp.logaddexp(far, near)
    total = total + xp.sum(xp.where(other, own, xp.zeros_like(own)), axis=1)
    losses, losses_back = less_mean(lse, total, count + (views - 1))

    def back(g: Array) -> tuple[Array, Array]:
        on_lse, on_total = losses_back(g)
        safe = finite_or_zero(lse)
        pulled = pull((on_lse * xp.exp(far - safe), on_total))
        softmax = on_lse[:, None, :] * xp.exp(own - safe[:, None, :])
        on_own = xp.where(other, softmax + on_total[:, None, :], xp.zeros_like(own))
        # -dL/dtemperature times the temperature is the sum of the logits times their derivatives.
        of_own = xp.sum(xp.where(other, on_own * own, xp.zeros_like(own)), axis=(0, 1))
        gz = gram_back(on_own / per_pair)
        if shared:
            on_tau = on_temperature(temperature, 2, (z, pulled.x))
            return gz + pulled.x, on_tau - xp.sum(of_own) / temperature
        of_rows = xp.sum(row_dot(rows, pulled.x), axis=0)
        gz = gz + pulled.x / each[None, :, None] + pulled.y
        return gz, sum_by_class(-(of_rows + of_own) / each)

    return losses, back


def _of_samples(temperature: Array, labels: Array):
    """Temperature of each sample, and the sum by class of one number per sample."""
    if temperature.ndim == 0:
        return temperature, None
    xp, count = namespace(temperature), temperature.shape[0]
    check_labels("labels", labels, count)
    classes = xp.arange(count, dtype=labels.dtype, device=device(labels))
    member = xp.astype(labels[:, None] == classes[None, :], temperature.dtype)
    return xp.matmul(member, temperature), lambda t: xp.matmul(t, member)
