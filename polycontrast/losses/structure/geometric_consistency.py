"""Symmetry of similarities within and across modalities."""

from polycontrast.arrays import Array, namespace, row_dot
from polycontrast.calculus import row_squares, unit_rows
from polycontrast.objective import (
    BadArgument,
    Embeddings,
    Nonnegative,
    Normalize,
    objective,
    whole_batch,
)


@objective(invariances=("sample_permutation", "rotation", "row_scale", "swap"))
def geometric_consistency(
    x: Embeddings,
    y: Embeddings,
    x_aug: Embeddings | None = None,
    y_aug: Embeddings | None = None,
    *,
    in_modal: Nonnegative = 1.0,
    cross_modal: Nonnegative = 1.0,
    augmented: Nonnegative = 1.0,
    normalize: Normalize = True,
):
    r"""Squared differences of similarities that a shared geometry would make equal.

    .. math:: \frac{1}{B} \sum_{jk} \Big[ c \big( \langle X_j, Y_k \rangle
              - \langle X_k, Y_j \rangle \big)^2 + a \big( \langle X_j, X_k \rangle
              - \langle Y_j, Y_k \rangle \big)^2 \Big]

    Parameters
    ----------
    x, y
        Two modalities.
    x_aug, y_aug
        Augmented versions of the same samples; both or none.
    in_modal, cross_modal
        Weights a and c of the differences within and across modalities.
    augmented
        Weight of the part with the augmented arrays.

    Returns
    -------
    value
        At least 0.

    Raises
    ------
    ValueError
        When only one augmented array is given.

    Notes
    -----
    With augmented arrays the loss L also holds `augmented` times the same differences within each
    modality against its augmentation, and the squared differences of matched similarities.

    With :math:`P = X + Y` and :math:`Q = X - Y` the differences are the symmetric and the
    antisymmetric part of :math:`P Q^\top`, so
    :math:`B L = \frac{a+c}{2} \langle P^\top P, Q^\top Q \rangle + \frac{a-c}{2}
    \mathrm{tr}(Q^\top P\, Q^\top P)`: D x D products, 8 B D^2 operations with the gradient for
    equal weights and 14 B D^2 otherwise, and no pair is formed. For D > 3 B / 4 the B x B form is
    cheaper and is used. Q is a true difference, so the value stays accurate when it is small. Ranks
    that share a batch exchange only the D x D products. The loss is also 0 at ``Y = -X``, so use
    it together with a contrastive loss.

    References
    ----------
    S. Goel, H. Bansal, S. Bhatia, R. Rossi, V. Vinay, A. Grover, "CyCLIP", NeurIPS 2022,
    arXiv 2205.14459. Q. Jiang et al., CVPR 2023, arXiv 2303.05952.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, y = np.eye(2), np.asarray([[1.0, 0.0], [0.6, 0.8]])
    >>> float(pc.geometric_consistency(x, y).round(6))
    0.72
    """
    if (x_aug is None) != (y_aug is None):
        raise BadArgument("x_aug and y_aug must be given together")
    xp, batch = namespace(x), whole_batch()
    samples = batch.samples(x.shape[0])
    u, u_back = unit_rows(x, normalize)
    v, v_back = unit_rows(y, normalize)
    value, pull = _differences(u, v, in_modal, cross_modal)
    if x_aug is not None:
        ua, ua_back = unit_rows(x_aug, normalize)
        va, va_back = unit_rows(y_aug, normalize)
        in_x, pull_x = _differences(u, ua, 1.0, 0.0)
        in_y, pull_y = _differences(v, va, 1.0, 0.0)
        r = row_dot(u, v) - row_dot(ua, va)
        value = value + augmented * (in_x + in_y + batch.sum(xp.sum(r * r)) / samples)

    def back(g):
        gu, gv = pull(g)
        if x_aug is None:
            return {"x": u_back(gu), "y": v_back(gv)}
        h = augmented * g
        (gxu, gxa), (gyv, gya) = pull_x(h), pull_y(h)
        matched = (2 * h / samples) * r[:, None]
        return {
            "x": u_back(gu + gxu + matched * v),
            "y": v_back(gv + gyv + matched * u),
            "x_aug": ua_back(gxa - matched * va),
            "y_aug": va_back(gya - matched * ua),
        }

    return value, back


def _differences(u: Array, v: Array, a: float, c: float):
    """Value of one pair of arrays with weights a (within) and c (across), and its pullback.

    With ``M = P Q^T`` the sum is ``(a+c)/2 |M|^2 + (a-c)/2 <M, M^T>``, over B.
    """
    batch, p, q = whole_batch(), u + v, u - v
    factor = (a + c) / (2 * batch.samples(u.shape[0]))
    crossed = (a - c) / (a + c) if factor else 0.0
    squares, pull = row_squares(p, q, batch, crossed=crossed)

    def back(g):
        gp, gq = pull(factor * g)
        return gp + gq, gp - gq

    return factor * batch.sum(namespace(u).sum(squares)), back
