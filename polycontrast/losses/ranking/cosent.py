"""CoSENT: cosines in the order of targets."""

from polycontrast.arrays import row_dot
from polycontrast.calculus import unit_rows
from polycontrast.losses.ranking._arguments import Targets
from polycontrast.losses.ranking._order_loss import order_loss
from polycontrast.objective import Embeddings, Temperature, objective


@objective(
    invariances=("sample_permutation", "rotation", "row_scale", "swap"),
    shards=False,
    aliases=("CoSENTLoss",),
)
def cosent(x: Embeddings, y: Embeddings, target: Targets, *, temperature: Temperature = 0.05):
    r"""Log-sum-exp over all pairs of samples whose cosines are in the wrong order.

    .. math:: \log \Big( 1 + \sum_{(i,j):\, t_i < t_j} e^{(s_i - s_j) / \tau} \Big), \quad
              s_i = \cos(x_i, y_i)

    Parameters
    ----------
    x, y
        Two texts of each sample, whose similarity is judged.
    target
        Judged similarity t. Only the order counts.
    temperature
        The published code multiplies cosines by 20.

    Notes
    -----
    Samples with equal targets make no pair. The sum is divided by no number of pairs. Gradient: the
    share of each pair in the sum, :math:`p_{ij} = e^{(s_i - s_j)/\tau - L}`, over the temperature;
    it is added to :math:`s_i` and taken from :math:`s_j`.

    The double sum factorises. Sums of exponentials along the order of the targets, in logarithms,
    give value and gradient in O(B D + B log B) time and O(B) memory, without a matrix. Equal
    targets or ``B = 1``: 0.

    References
    ----------
    J. Su, "CoSENT: A More Efficient Sentence Embedding Scheme than Sentence-BERT", 2022,
    https://kexue.fm/archives/8847

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, y = np.eye(2), np.asarray([[1.0, 0.0], [0.6, 0.8]])
    >>> float(pc.cosent(x, y, np.asarray([0.0, 1.0]), temperature=1.0).round(6))
    0.798139
    """
    a, a_back = unit_rows(x)
    b, b_back = unit_rows(y)
    value, pull = order_loss(row_dot(a, b), target, temperature)

    def back(g):
        on_cosines, gt = pull(g)
        ga, gb = on_cosines[:, None] * b, on_cosines[:, None] * a
        return {"x": a_back(ga), "y": b_back(gb), "temperature": gt}

    return value, back
