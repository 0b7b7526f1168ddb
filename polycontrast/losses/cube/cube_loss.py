"""Softmax cross-entropy on the cube of all tuples."""

from typing import Literal

from polycontrast.arrays import inner, namespace, sigmoid, softplus
from polycontrast.contrast import MissingViews
from polycontrast.cube import (
    Cube,
    axis_logsumexp,
    contraction_logsumexp,
    degree,
    diagonal_tuples,
    exponents_fit,
    sees_differences,
    without_common_part,
)
from polycontrast.objective import (
    Mask,
    Normalize,
    Reduction,
    Same,
    Temperature,
    Views,
    Weights,
    objective,
    of_views,
)

XY = of_views("x", "y")


@objective(
    invariances=("sample_permutation", "view_permutation", "row_scale"),
    shards=False,
    tuples=True,
    same_as=(
        Same("info_nce", of=XY, when={"similarity": "variance", "normalize": True}),
        Same("info_nce", of=XY, when={"similarity": "product"}),
        Same("info_nce", of=XY, when={"similarity": "product", "negatives": "axis"}),
    ),
)
def cube_loss(
    views: Views,
    mask: Mask | None = None,
    weights: Weights | None = None,
    *,
    similarity: Literal["deviation", "variance", "norm", "product"] = "deviation",
    temperature: Temperature = 0.07,
    negatives: Literal["all", "axis"] = "all",
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Contrastive loss of n encoders over all B^n tuples, the diagonal as targets.

    .. math:: \frac{1}{nB} \sum_{a,i} \Big[ \log \sum_{t:\, t_a = i} e^{S_t/\tau}
              - S_{(i,\dots,i)}/\tau \Big]

    Parameters
    ----------
    mask
        A tuple with a missing member is left out, and only complete samples are anchors.
    similarity
        The similarity of a tuple, as in `cube_logits`.
    temperature
        The authors' initial value of a learned scale.
    negatives
        Every row against all :math:`B^{n-1}` tuples that contain it (the paper's ratio), or against
        the B tuples in which one index moves (as its code computes).
    reduction
        The loss of a sample is the mean over its views.

    Notes
    -----
    The formula is that of "all". For "axis" the sum over t runs over
    :math:`(i,\dots,j,\dots,i)` with j at place a. There are three exact evaluations,
    none of which forms an array of B^n x D:

    - "axis": n products of B x B x D;
    - "all" with the variance, which is additive over pairs: contractions of exponentiated B x B
      matrices, 12 B^3 operations for n = 3 and B^{n-3} times that beyond, as long as the
      exponents fit the dtype (n / tau up to 80 in float32);
    - else blocks of the cube by broadcasting from the products of pairs: memory O(n^2 B^2).

    The diagonal tuple is summed apart, so digits survive when the loss is tiny. ``B = 1``: 0.
    At n = 2 both kinds of negatives are the same. There are no `ids`: a tuple joins several
    samples, of which some may be of one item and others not. `symile` has the scores of "product"
    with B shuffled tuples of each row in place of all.
    :math:`0 \le L_\text{axis} \le L_\text{all}`.

    References
    ----------
    S. Mander, S. Piao, H. Rahmani, "Contrastive Training with More Data", ICLR 2023 tiny papers.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(2)] * 3)
    >>> float(pc.cube_loss(views, temperature=1.0).round(6))
    0.665496
    """
    xp = namespace(views)
    there = MissingViews(views, mask)
    z, z_back = there.unit_rows(normalize)
    n, scale = z.shape[0], 1 / temperature
    if sees_differences(similarity):
        z = without_common_part(z, None if mask is None else there.ones)
    if negatives == "axis" or n == 2:
        lse, pull = axis_logsumexp(z, similarity, scale, there)
    elif similarity == "variance" and exponents_fit(z, scale, normalize):
        lse, pull = contraction_logsumexp(z, scale, mask)
    else:
        lse, pull = Cube(z, similarity, scale, mask).logsumexp()
    s, s_back = diagonal_tuples(z, similarity)
    logit = lse - (s * scale)[None, :]  # (n, B)

    def back(g):
        p = (g / n)[None, :] * sigmoid(logit)
        gz = pull(p) + s_back(-scale * xp.sum(p, axis=0))
        # Weights of all tuples add up to 0, so the constant in S drops out; the rest of S is
        # homogeneous in z: Euler's theorem.
        gt = -inner(z, gz) / (degree(similarity, n) * temperature)
        return {"views": z_back(gz), "temperature": gt}

    return xp.mean(softplus(logit), axis=0), back, there.complete
