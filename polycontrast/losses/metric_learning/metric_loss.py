"""The general form of losses of metric learning, with five bases."""

from polycontrast.losses.metric_learning._bases import BaseName, base_of
from polycontrast.losses.metric_learning._class_pairs import ClassPairs
from polycontrast.objective import (
    ClassLabels,
    Embeddings,
    Normalize,
    Positive,
    Reduction,
    Same,
    objective,
)


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    same_as=(Same("multi_similarity", when={"base": "multi_similarity", "margin": 0.5}, base=0.5),),
    aliases=("LiftedStructureLoss", "NCALoss"),
)
def metric_loss(
    z: Embeddings,
    labels: ClassLabels,
    *,
    base: BaseName = "multi_similarity",
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
    form = base_of(base, z, margin, scale_pos, scale_neg)
    p, n, pull = ClassPairs(z, labels, normalize).read(form.positive, form.negative)
    losses, (on_p, on_n), *_ = form.outer(p, n)
    return losses, lambda g: pull(g * on_p, g * on_n)
