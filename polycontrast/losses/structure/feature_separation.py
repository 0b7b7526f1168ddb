"""Features that are specific to a modality, apart from those that are shared."""

import math

from polycontrast.arrays import Array, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.contrast import weighted_sum
from polycontrast.losses.structure._in_modal import Denominator, in_modal
from polycontrast.metrics.uniformity import uniformity
from polycontrast.objective import (
    Embeddings,
    Nonnegative,
    Normalize,
    Positive,
    Temperature,
    objective,
    whole_batch,
)


@objective(invariances=("sample_permutation", "rotation", "row_scale", "swap"))
def feature_separation(
    x: Embeddings,
    y: Embeddings,
    x_specific: Embeddings,
    y_specific: Embeddings,
    x_specific_aug: Embeddings,
    y_specific_aug: Embeddings,
    *,
    temperature: Temperature = 0.07,
    t: Positive = 2.0,
    orthogonality_weight: Nonnegative = 1.0,
    contrastive_weight: Nonnegative = 1.0,
    uniformity_weight: Nonnegative = 1.0,
    denominator: Denominator = "augmented",
    normalize: Normalize = True,
):
    r"""Deep feature separation: specific features orthogonal to the shared, and informative.

    A loss that aligns modalities keeps the information that they share. Extra features of each
    modality keep the rest: they are orthogonal to the shared ones, distinguish samples and cover
    the sphere. Add this loss to `multimodal_contrastive` or to another contrast of `x` and `y`; it
    includes none.

    .. math:: \frac{w_o}{B} \sum_j \big[ \langle X_j, P_j \rangle^2
              + \langle Y_j, Q_j \rangle^2 \big] + w_c \big[ C(P, P'; A_P) + C(Q, Q'; A_Q) \big]
              + w_u \log \frac{1}{B} \sum_{jk} \big[ e^{-t |P_j - P_k|^2}
              + e^{-t |Q_j - Q_k|^2} \big]

    Parameters
    ----------
    x, y
        Shared features of two modalities.
    x_specific, y_specific
        Features specific to each modality.
    x_specific_aug, y_specific_aug
        Specific features of augmented versions of the samples.
    temperature
        Of the contrast. CLIP's initial value.
    t
        Sharpness of the potential in the uniformity term; the value of Wang and Isola.
    orthogonality_weight, contrastive_weight, uniformity_weight
        Weights of the three terms. The paper gives its weights in an appendix that we could not
        read. A term of weight 0 is not computed.
    denominator
        As in `multimodal_contrastive`.

    Notes
    -----
    With :math:`P, Q` the specific features and C as in `multimodal_contrastive`,

    .. math::
       L_o &= \tfrac1B \textstyle\sum_j \langle X_j, P_j \rangle^2 + \langle Y_j, Q_j \rangle^2 \\
       L_c &= C(P, P_{aug}; A_P) + C(Q, Q_{aug}; A_Q) \\
       L_u &= \log \tfrac1B \textstyle\sum_{jk} \big( e^{-t |P_j - P_k|^2} +
              e^{-t |Q_j - Q_k|^2} \big).

    The last sum includes k = j, so :math:`\log 2 \le L_u \le \log 2B`. The paper's formula leaves
    open whether one logarithm covers both modalities; here it does. In the paper's formula the
    positive of :math:`L_c` is a shared feature with itself; here it follows the paper's text.

    Gradient: :math:`\partial L_o / \partial X_j = \tfrac2B \langle X_j, P_j \rangle P_j`; the sums
    of :math:`L_u` are those of `uniformity`, each with its share of the whole. The cost is two
    matrices of similarities for :math:`L_c`, and half of the tiles of two for :math:`L_u`. None of
    them uses `x` or `y`. ``B = 1``: :math:`L_u = \log 2`, and :math:`L_c = 0` for ``"augmented"``.
    There are no `ids`, as the uniformity spreads all samples.

    References
    ----------
    Q. Jiang, C. Chen, H. Zhao, L. Chen, Q. Ping, S. D. Tran, Y. Xu, B. Zeng, T. Chilimbi,
    "Understanding and Constructing Latent Modality Structures in Multi-modal Representation
    Learning", CVPR 2023, arXiv 2303.05952.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> shared, specific = np.eye(4)[:2], np.eye(4)[2:]
    >>> arrays = (shared, shared, specific, specific, specific, specific)
    >>> float(pc.feature_separation(*arrays, contrastive_weight=0.0).round(6))
    0.711297
    """
    rows = {
        "x": unit_rows(x, normalize),
        "y": unit_rows(y, normalize),
        "x_specific": unit_rows(x_specific, normalize),
        "y_specific": unit_rows(y_specific, normalize),
        "x_specific_aug": unit_rows(x_specific_aug, normalize),
        "y_specific_aug": unit_rows(y_specific_aug, normalize),
    }
    a, b, p, q, pa, qa = (unit for unit, _ in rows.values())
    of_p = ("x_specific", "x_specific_aug", "temperature")
    of_q = ("y_specific", "y_specific_aug", "temperature")
    return weighted_sum(
        rows,
        temperature,
        (orthogonality_weight, ("x", "x_specific"), lambda: _orthogonality(a, p)),
        (orthogonality_weight, ("y", "y_specific"), lambda: _orthogonality(b, q)),
        (contrastive_weight, of_p, lambda: in_modal(p, pa, temperature, denominator)),
        (contrastive_weight, of_q, lambda: in_modal(q, qa, temperature, denominator)),
        (uniformity_weight, ("x_specific", "y_specific"), lambda: _uniformity(p, q, t)),
    )


def _orthogonality(a: Array, p: Array):
    """Mean squared product of matching rows."""
    xp, batch = namespace(a), whole_batch()
    samples, products = batch.samples(a.shape[0]), row_dot(a, p)

    def back(g):
        on_products = (2 * g / samples) * products[:, None]
        return on_products * p, on_products * a

    return batch.sum(xp.sum(products * products)) / samples, back


def _uniformity(p: Array, q: Array, t: float):
    """Logarithm of the potentials of all pairs in both arrays, over the number of samples."""
    xp, n = namespace(p), whole_batch().samples(p.shape[0])
    if n < 2:
        return 0 * xp.sum(p + q) + math.log(2), lambda g: (g * 0 * p, g * 0 * q)
    u, u_back = uniformity.vjp(p, t=t, normalize=False)
    v, v_back = uniformity.vjp(q, t=t, normalize=False)
    # Rows with themselves have potential 1: log[2 + (n - 1)(e^u + e^v)] from the means of the rest.
    pairs = math.log((n - 1) / 2)
    both = xp.logaddexp(u, v) + pairs
    excess = xp.logaddexp(both, xp.zeros_like(both))

    def back(g):
        (gp,) = u_back(g * xp.exp(u + pairs - excess))
        (gq,) = v_back(g * xp.exp(v + pairs - excess))
        return gp, gq

    return excess + math.log(2), back
