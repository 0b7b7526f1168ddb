"""The general form of losses of metric learning, with five bases."""

from typing import Literal

from polycontrast.arrays import finite_or_zero, namespace, sigmoid, softplus
from polycontrast.contrast import is_there
from polycontrast.losses.metric_learning._class_pairs import (
    TOTAL,
    ClassPairs,
    Kind,
    hinge,
    lse_of,
    total_of,
)
from polycontrast.objective import (
    ClassLabels,
    Embeddings,
    Normalize,
    Positive,
    Reduction,
    Same,
    objective,
)
from polycontrast.similarity import line

Base = Literal["contrastive", "binomial_deviance", "multi_similarity", "lifted_structure", "nca"]


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    same_as=(Same("multi_similarity", when={"base": "multi_similarity", "margin": 0.5}, base=0.5),),
    aliases=("LiftedStructureLoss", "NCALoss"),
)
def metric_loss(
    z: Embeddings,
    labels: ClassLabels,
    *,
    base: Base = "multi_similarity",
    margin: float = 0.5,
    scale_pos: Positive = 2.0,
    scale_neg: Positive = 50.0,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""One of five losses: an outer function of sums over the pairs of a class, and over the rest.

    .. math:: \frac{1}{B} \sum_i \tau \Big( \sigma^+ \big( \sum_{p \in P_i} \rho^+(s_{ip}) \big)
              + \sigma^- \big( \sum_{n \in Q_i} \rho^-(s_{in}) \big) \Big),\quad
              s_{ij} = \langle \hat z_i, \hat z_j \rangle

    Parameters
    ----------
    base
        The functions, see the notes.
    margin
        The margin m; `nca` has none.
    scale_pos
        The scale b of three bases. The default is that of `multi_similarity`.
    scale_neg
        The scale g of the same three.
    reduction
        One per row.

    Notes
    -----
    With the other rows :math:`P_i` of the class of row i, and the rows :math:`Q_i` of other
    classes, the loss of a row is

    - ``"contrastive"``: :math:`-\sum_p s_{ip} + \sum_n \max(s_{in} - m, 0)`;
    - ``"binomial_deviance"``: :math:`\sum_p \log(1 + e^{-b(s_{ip} - m)})
      + \sum_n \log(1 + e^{g(s_{in} - m)})`;
    - ``"multi_similarity"``: :math:`\tfrac{1}{b} \log(1 + \sum_p e^{-b(s_{ip} - m)})
      + \tfrac{1}{g} \log(1 + \sum_n e^{g(s_{in} - m)})`, which is `multi_similarity`;
    - ``"lifted_structure"``: :math:`\max(\log \sum_p e^{-s_{ip}} + \log \sum_n e^{s_{in} - m}, 0)`;
    - ``"nca"``: :math:`-\log \sum_p e^{b s_{ip}} + \log \sum_n e^{g s_{in}}`.

    The last one may be negative. A sum without a pair is 0; in the last two the loss of such a row
    is 0. Sums of exponentials stay logarithms, and the gradient weights in them are softmaxes.

    References
    ----------
    S. Venkataramanan, B. Psomas, E. Kijak, L. Amsaleg, K. Karantzalos, Y. Avrithis, "It Takes Two
    to Tango: Mixup for Deep Metric Learning", ICLR 2022, arXiv 2106.04990. The table of bases is
    to be verified against the paper.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.metric_loss(np.eye(4), np.asarray([0, 0, 1, 1]), base="contrastive"))
    0.0
    """
    xp, b, c = namespace(z), scale_pos, scale_neg
    toward, away = line(-b, b * margin).value, line(c, -c * margin).value
    positive, negative = {
        "contrastive": lambda: (
            Kind(TOTAL, line(-1.0, 0.0)),
            total_of(lambda s: hinge(s, margin), lambda s: xp.astype(s > margin, s.dtype)),
        ),
        "binomial_deviance": lambda: (
            total_of(lambda s: softplus(toward(s)), lambda s: -b * sigmoid(toward(s))),
            total_of(lambda s: softplus(away(s)), lambda s: c * sigmoid(away(s))),
        ),
        "multi_similarity": lambda: (lse_of(-b, b * margin), lse_of(c, -c * margin)),
        "lifted_structure": lambda: (lse_of(-1.0, 0.0), lse_of(1.0, -margin)),
        "nca": lambda: (lse_of(b, 0.0), lse_of(c, 0.0)),
    }[base]()
    p, n, pull = ClassPairs(z, labels, normalize).read(positive, negative)
    if base == "multi_similarity":
        losses, slopes = softplus(p) / b + softplus(n) / c, (sigmoid(p) / b, sigmoid(n) / c)
    elif base in ("lifted_structure", "nca"):
        sign = 1.0 if base == "lifted_structure" else -1.0
        there = is_there(p) & is_there(n)
        losses = xp.where(there, sign * finite_or_zero(p) + finite_or_zero(n), 0.0)
        slope = xp.astype(there, losses.dtype)
        if base == "lifted_structure":
            losses = xp.maximum(losses, 0.0)
            slope = xp.astype(losses > 0, losses.dtype)
        slopes = sign * slope, slope
    else:
        losses, slopes = p + n, (xp.ones_like(p), xp.ones_like(n))
    return losses, lambda g: pull(g * slopes[0], g * slopes[1])
