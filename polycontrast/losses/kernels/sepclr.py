"""Separation of common and salient patterns of background and target samples."""

import functools
from typing import Annotated, Any

from polycontrast.arrays import inner, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.contrast import centred, log_mean_kernel
from polycontrast.losses.kernels.joint_entropy import joint_entropy
from polycontrast.objective import (
    ClassLabels,
    Embeddings,
    Nonnegative,
    Role,
    Temperature,
    at_least_two,
    objective,
    whole_batch,
)

_NOTHING = 0.0, lambda g: (0.0, 0.0)
"""Value and pullback of a term with weight 0, which is not computed."""
Salient = Annotated[Any, Role("rows", ("B E",))]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def sepclr(
    common_x: Embeddings,
    common_y: Embeddings,
    salient_x: Salient,
    salient_y: Salient,
    labels: ClassLabels,
    *,
    temperature: Temperature = 0.5,
    uniform_weight: Nonnegative = 2.0,
    salient_weight: Nonnegative = 1000.0,
    null_weight: Nonnegative = 1000.0,
    mi_weight: Nonnegative = 10.0,
):
    r"""Alignment and uniformity in two spaces, a null code, and independence of both spaces.

    .. math:: A(c^x, c^y) + \tfrac{u}{2} (U(c^x) + U(c^y))
              + s \big[ A_T(s^x, s^y) + \tfrac{u}{2} (U(\tilde s^x) + U(\tilde s^y)) \big]
              + n \, Z_0(s) + \tfrac{m}{2} (H(c^x, \tilde s^x) + H(c^y, \tilde s^y))

    Parameters
    ----------
    common_x, common_y
        Two views in the common space, of at least 2 samples. Rows are scaled to unit length.
    salient_x, salient_y
        The same views in the salient space; rows are not scaled.
    labels
        0 for background. All other labels are those of targets.
    temperature
        Square of the width of the kernels.
    uniform_weight
        Weight u of uniformity, against alignment.
    salient_weight, null_weight
        Weights s and n of the salient space and of its null code. The authors have 1000 and 1000
        on CelebA, 1 and 10 on CheXpert, 1 and 100 on ODIR.
    mi_weight
        Weight m of the dependence of the spaces.

    Raises
    ------
    ValueError
        When ``B < 2``, as there is no pair of samples.

    Notes
    -----
    A is the mean of :math:`|u - v|^2 / (2 \tau)`, over targets for :math:`A_T`; U is the log of the
    mean of :math:`e^{-|u_i - u_j|^2 / (2 \tau)}` over pairs; H is `joint_entropy`. Salient rows of
    the background are set to 0 in :math:`\tilde s`, which is then a constant. :math:`Z_0` is the
    mean of :math:`|s|^2 / (2 \tau)` over the background in both views. A mean over no samples is 0.
    Each view has three Gram matrices: of :math:`c`, of :math:`\tilde s`, and of both next to each
    other. Half of their tiles are computed. Rows are centred before their distances are taken.
    There is no `reduction`: a uniformity is the log of a mean over pairs, not a mean of losses.

    References
    ----------
    R. Louiset, E. Duchesnay, A. Grigis, P. Gori, "Separating common from salient patterns with
    Contrastive Representation Learning", ICLR 2024, arXiv 2402.11928.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, s = np.eye(2), np.zeros((2, 1))
    >>> float(pc.sepclr(x, x, s, s, np.asarray([0, 1])).round(4))
    -9.6622
    """
    xp, batch = namespace(common_x), whole_batch()
    n = at_least_two("common_x and common_y", common_x.shape[0], "a pair")
    half = 1 / (2 * temperature)
    target = labels != 0
    one = xp.ones_like(common_x[:, 0])
    on_target, on_null = (xp.where(t, one, 0.0) for t in (target, ~target))
    targets = batch.sum(xp.sum(on_target))
    on_target = salient_weight * on_target / xp.where(targets == 0, 1.0, targets)
    on_null = null_weight * on_null / (2 * xp.where(targets == n, 1.0, n - targets))
    common, salient = [], []
    value, backs = xp.zeros_like(half), []
    for given, s in ((common_x, salient_x), (common_y, salient_y)):
        c, c_back = unit_rows(given)
        s, _ = unit_rows(s, False)
        code = xp.where(target[:, None], s, 0.0)
        joint = functools.partial(joint_entropy.vjp, wrt=("x", "y"), temperature=temperature)
        terms = (
            (uniform_weight / 2, log_mean_kernel, (half, *centred(c))),
            (salient_weight * uniform_weight / 2, log_mean_kernel, (half, *centred(code))),
            (mi_weight / 2, joint, (c, code)),
        )
        parts = [(w, *(term(*given) if w else _NOTHING)) for w, term, given in terms]
        for weight, part, _ in parts:
            value = value + weight * part
        value = value + half * batch.sum(xp.sum(on_null * row_dot(s, s)))
        common.append(c)
        salient.append(s)
        backs.append((parts, c_back))
    apart, salient_apart = common[0] - common[1], salient[0] - salient[1]
    squares = row_dot(apart, apart) / n + on_target * row_dot(salient_apart, salient_apart)
    value = value + half * batch.sum(xp.sum(squares))

    def back(g):
        grads: dict[str, Any] = {}
        on_tau = xp.zeros_like(half)
        for sign, view, c, s, (parts, c_back) in zip(
            (1, -1), "xy", common, salient, backs, strict=True
        ):
            (gc, _), (gs, _), (joint_c, joint_s) = (pull(weight * g) for weight, _, pull in parts)
            gc = gc + joint_c + sign * 2 * half * g / n * apart
            gs = xp.where(target[:, None], xp.zeros_like(s) + gs + joint_s, 0.0)
            gs = gs + 2 * half * g * on_null[:, None] * s
            gs = gs + sign * 2 * half * g * on_target[:, None] * salient_apart
            # Every term is a function of squares over tau: Euler's theorem, degree 2.
            on_tau = on_tau - (inner(c, gc) + inner(s, gs)) * half
            grads |= {f"common_{view}": c_back(gc), f"salient_{view}": gs}
        return grads | {"temperature": on_tau}

    return value, back
