"""The InfoNCE bound on mutual information."""

import math

from polycontrast.arrays import sigmoid, softplus
from polycontrast.losses.bounds._critic import Critic, Scores
from polycontrast.objective import Normalize, Temperature, objective


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def info_nce_bound(
    scores: Scores,
    *,
    temperature: Temperature = 1.0,
    normalize: Normalize = True,
):
    r"""InfoNCE lower bound on mutual information: little variance, never above log B.

    .. math:: \log B + \frac{1}{B} \sum_i \Big[ s_{ii} - \log \sum_j e^{s_{ij}} \Big]

    Returns
    -------
    estimate
        In nats, at most log B. Maximise it, or minimise its negative.

    Raises
    ------
    ValueError
        When ranks (``comm=``) share a matrix of scores.

    Notes
    -----
    The bound is log B minus `info_nce` with ``symmetric=False``. A shift of a row leaves it
    unchanged.
    ``B = 1``: value 0, gradient 0.

    References
    ----------
    A. van den Oord, Y. Li, O. Vinyals, "Representation Learning with Contrastive Predictive
    Coding", 2018, arXiv 1807.03748.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.info_nce_bound(np.eye(3)).round(6))
    0.547168
    >>> x = np.eye(3)
    >>> float(pc.info_nce_bound((x, x)).round(6))  # the same scores, from embeddings
    0.547168
    """
    critic = Critic(scores, temperature, normalize)
    others, pull = critic.logsumexp()
    excess = others - critic.match

    def back(g):
        p = g / critic.samples * sigmoid(excess)
        return critic.pull(p, pull(-p))

    return math.log(critic.samples) - critic.mean(softplus(excess)), back
