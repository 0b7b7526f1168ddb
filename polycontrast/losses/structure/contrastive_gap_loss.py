"""CLIP's loss with uniformity and alignment, to close the gap between modalities."""

from polycontrast.arrays import device, namespace
from polycontrast.calculus import unit_rows
from polycontrast.contrast import log_mean_kernel, weighted_sum
from polycontrast.losses.two_view.info_nce import info_nce
from polycontrast.metrics.alignment import alignment
from polycontrast.metrics.uniformity import uniformity
from polycontrast.objective import (
    Embeddings,
    Nonnegative,
    Positive,
    Same,
    Temperature,
    at_least_two,
    objective,
)

OTHERS = "alignment_weight", "uniformity_weight", "cross_uniformity_weight"


@objective(
    invariances=("sample_permutation", "rotation", "row_scale", "swap"),
    same_as=(Same("info_nce", when=dict.fromkeys(OTHERS, 0.0)),),
)
def contrastive_gap_loss(
    x: Embeddings,
    y: Embeddings,
    *,
    temperature: Temperature = 0.01,
    t: Positive = 2.0,
    contrastive_weight: Nonnegative = 1.0,
    alignment_weight: Nonnegative = 1.0,
    uniformity_weight: Nonnegative = 1.0,
    cross_uniformity_weight: Nonnegative = 1.0,
):
    r"""CLIP loss plus alignment and uniformity, within and across modalities (CUAXU).

    .. math:: w_c\, \mathrm{info\_nce}(X, Y; \tau) + \frac{w_a}{B} \sum_j |X_j - Y_j|^2
              + \frac{w_u}{2} \Big[ \log \mathrm{mean}_{j < k} e^{-t |X_j - X_k|^2}
              + \log \mathrm{mean}_{j < k} e^{-t |Y_j - Y_k|^2} \Big] + w_x
              \log \mathrm{mean}_{j \ne k} e^{-t |X_j - Y_k|^2}

    Parameters
    ----------
    x, y
        Two modalities. Rows are scaled to unit length.
    temperature
        Of the contrastive part. The authors' value, fixed there.
    t
        Sharpness of the potentials; the authors' value.
    contrastive_weight, alignment_weight, uniformity_weight
        Weights of the terms; 1 in the authors' code. A term of weight 0 is not computed.
    cross_uniformity_weight
        Weight of the potentials between modalities. With 0 the loss is the authors' CUA.

    Returns
    -------
    loss
        May be negative.

    Raises
    ------
    ValueError
        When ``B < 2`` and a weight of uniformity is not 0.

    Notes
    -----
    .. math::
       L_{Align} &= \tfrac1B \textstyle\sum_j |X_j - Y_j|^2 \\
       L_{Uniform} &= \tfrac12 \log \mathrm{mean}_{j<k} e^{-t |X_j - X_k|^2} +
                      \tfrac12 \log \mathrm{mean}_{j<k} e^{-t |Y_j - Y_k|^2} \\
       L_{XUniform} &= \log \mathrm{mean}_{j \ne k} e^{-t |X_j - Y_k|^2}

    The loss is the weighted sum of the symmetric `info_nce`, `alignment`, half of the `uniformity`
    of each modality, and :math:`L_{XUniform}`. On unit rows a potential is the exponential
    of a similarity at the temperature :math:`1/(2t)`. A uniformity is therefore a log-sum-exp over
    all pairs of different samples, with gradient :math:`2t` times their softmax. The cost is two
    matrices between the modalities, and half of the tiles of two matrices within them.
    :math:`-4t \le L_{Uniform} \le 0`. There are no `ids`, as the uniformities spread all samples.

    References
    ----------
    A. Fahim, A. Murphy, A. Fyshe, "It's Not a Modality Gap: Characterizing and Addressing the
    Contrastive Gap", 2024, arXiv 2405.18570.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.contrastive_gap_loss(x, x, temperature=1.0).round(6))
    -7.448555
    """
    if uniformity_weight or cross_uniformity_weight:
        at_least_two("x and y", x.shape[0], "a pair")
    rows = {"x": unit_rows(x), "y": unit_rows(y)}
    a, b = (unit for unit, _ in rows.values())
    wrt = ("x", "y", "temperature")
    options = dict(temperature=temperature, normalize=False, wrt=wrt)
    half = uniformity_weight / 2
    factor = namespace(a).asarray(t, dtype=a.dtype, device=device(a))
    return weighted_sum(
        rows,
        temperature,
        (contrastive_weight, wrt, lambda: info_nce.vjp(a, b, **options)),
        (alignment_weight, ("x", "y"), lambda: alignment.vjp(a, b, normalize=False)),
        (half, ("x",), lambda: uniformity.vjp(a, t=t, normalize=False)),
        (half, ("y",), lambda: uniformity.vjp(b, t=t, normalize=False)),
        (cross_uniformity_weight, ("x", "y"), lambda: log_mean_kernel(factor, a, b)),
    )
