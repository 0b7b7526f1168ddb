"""An augmented embedding on the bridge between two modalities."""

from typing import Any

from polycontrast.arrays import (
    Array,
    describe,
    detach,
    device,
    is_array,
    is_number,
    known,
    namespace,
    row_dot,
)
from polycontrast.calculus import unit_rows
from polycontrast.objective import BadArgument, Embeddings, Normalize, Reduction, objective


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def brownian_bridge(
    x: Embeddings,
    y: Embeddings,
    x_aug: Embeddings,
    *,
    t: Any = 0.25,
    normalize: Normalize = True,
    likelihood: bool = False,
    reduction: Reduction = "mean",
):
    r"""Squared distance of augmented rows from the path between the two modalities.

    .. math:: \frac{1}{B} \sum_i \left| X'_i - \frac{m_i}{|m_i|} \right|^2, \quad m_i = t X_i + (1
              - t) Y_i

    Parameters
    ----------
    x, y
        Two modalities.
    x_aug
        Augmented version of `x`. For an augmented `y`, exchange the modalities.
    t : float, or array (B,) or 0-d, default 0.25
        Place on the path in [0, 1]: the weight of `x`. The paper's value. The caller may
        also draw it for every step and every sample. It has no gradient.
    normalize
        The point on the path has unit length either way.
    likelihood
        Divide the loss of a sample by :math:`2 t (1 - t)`, as the density of the bridge does. It
        matters when `t` varies, and needs 0 < t < 1.

    Returns
    -------
    loss
        In [0, 4] for unit rows, without `likelihood`.

    Raises
    ------
    ValueError
        When `t` is not in its interval.

    Notes
    -----
    With :math:`m_i = t X_i + (1 - t) Y_i` and :math:`\mu_i = m_i / |m_i|`,

    .. math:: \ell_i = |X_{aug,i} - \mu_i|^2 .

    For unit rows this is :math:`2 - 2\,(t \langle X, X_{aug} \rangle + (1 - t) \langle Y, X_{aug}
    \rangle) / \sqrt{t^2 + (1 - t)^2 + 2 t (1 - t) \langle X, Y \rangle}`; the paper's second line
    lacks the 2 - 2(.) and the root.

    Gradient: :math:`\partial \ell / \partial X_{aug} = 2 (X_{aug} - \mu)`,
    :math:`\partial \ell / \partial m = -\tfrac{2}{|m|} (X_{aug} - \langle X_{aug}, \mu \rangle
    \mu)`, and t and 1 - t times that for X and Y. Where the path passes through the origin
    (:math:`t = 1/2`, :math:`Y = -X`, also up to round-off) :math:`\mu = 0` and the gradient of
    `x` and `y` is 0. The cost is O(B D); no pair of different samples is formed.

    References
    ----------
    Q. Jiang, C. Chen, H. Zhao, L. Chen, Q. Ping, S. D. Tran, Y. Xu, B. Zeng, T. Chilimbi,
    "Understanding and Constructing Latent Modality Structures in Multi-modal Representation
    Learning", CVPR 2023, arXiv 2303.05952.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, y = np.eye(2), np.eye(2)[::-1]
    >>> float(pc.brownian_bridge(x, y, x).round(6)), float(pc.brownian_bridge(x, y, x, t=1.0))
    (1.367544, 0.0)
    """
    xp = namespace(x)
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    c, c_back = unit_rows(x_aug, normalize)
    t = _place(t, a, inner=likelihood)
    m = t * a + (1 - t) * b
    # What is left where terms cancel is round-off: it must not be scaled up to a direction.
    eps = xp.finfo(m.dtype).eps
    noise = row_dot(m, m) < (4 * eps) ** 2 * (row_dot(a, a) + row_dot(b, b))
    mu, mu_back = unit_rows(xp.where(noise[:, None], xp.zeros_like(m), m))
    d = c - mu
    losses = row_dot(d, d)
    variance = 2 * t[:, 0] * (1 - t[:, 0]) if likelihood else xp.ones_like(losses)

    def back(g):
        gd = (2 * g / variance)[:, None] * d
        gm = mu_back(-gd)
        return {"x": a_back(t * gm), "y": b_back((1 - t) * gm), "x_aug": c_back(gd)}

    return losses / variance, back


def _place(t: Any, a: Array, inner: bool) -> Array:
    """`t` as a column (B, 1) in the dtype of the rows, its values checked where they are known."""
    xp, rows = namespace(a), a.shape[0]
    if is_array(t):
        t = detach(t)
        if namespace(t) is not xp or not xp.isdtype(t.dtype, "real floating"):
            got = f"{type(t).__module__} {t.dtype}"
            raise BadArgument(f"t must be a floating array of the library of x, got {got}")
        if tuple(t.shape) not in ((), (rows,)):
            got = f"x {tuple(a.shape)} and t {tuple(t.shape)}"
            raise BadArgument(f"x and t must have the same number of rows, got {got}")
        bounds = [known(xp.min(t)), known(xp.max(t))] if 0 not in t.shape else []
        t = xp.astype(t, a.dtype)
    else:
        number = known(t) if is_number(t) else None
        if number is None:
            raise BadArgument(f"t must be a number or an array (B,), got {describe(t)}")
        bounds = [number]
        t = xp.asarray(number, dtype=a.dtype, device=device(a))
    for bound in bounds:
        if bound is not None and not (0 < bound < 1 if inner else 0 <= bound <= 1):
            interval = "(0, 1) with likelihood=True" if inner else "[0, 1]"
            raise BadArgument(f"t must be in {interval}, got {bound:g}")
    return xp.zeros_like(a[:, :1]) + (t if t.ndim == 0 else t[:, None])
