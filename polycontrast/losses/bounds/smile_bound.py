"""The smoothed estimate of mutual information."""

import math
from typing import Annotated, Any, Literal

from polycontrast.arrays import Array, namespace
from polycontrast.losses.bounds._critic import Critic, Scores
from polycontrast.losses.bounds.jsd_bound import jsd_bound
from polycontrast.objective import Held, Normalize, Role, Temperature, objective
from polycontrast.similarity.scores import Pull, Score, Weights


@objective(invariances=("sample_permutation", "rotation", "row_scale"), held=Held(surrogate="jsd"))
def smile_bound(
    scores: Scores,
    *,
    clip: Annotated[float, Role("option", low=0.0, open_low=True, infinite=True)] = 5.0,
    surrogate: Literal["jsd", None] = "jsd",
    temperature: Temperature = 1.0,
    normalize: Normalize = True,
):
    r"""SMILE estimate of mutual information: clipped scores trade variance for bias.

    .. math:: \frac{1}{B} \sum_i s_{ii} - \log \frac{1}{B(B-1)}
              \sum_{i \ne j} e^{\mathrm{clip}(s_{ij}, -c, c)}

    Parameters
    ----------
    clip
        Scores of independent samples are clipped to [-clip, clip]; the paper's values are 1, 5
        and infinity.
    surrogate
        The source of the gradient: `jsd_bound`, as published, or (None) the estimate itself.

    Returns
    -------
    estimate
        In nats. It is not a bound.

    Raises
    ------
    ValueError
        When ``B < 2``, or ranks (``comm=``) share a matrix of scores.

    Notes
    -----
    ``clip=math.inf, surrogate=None`` is `dv_bound`.

    References
    ----------
    J. Song, S. Ermon, "Understanding the Limitations of Variational Mutual Information
    Estimators", ICLR 2020, arXiv 1910.06222.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.smile_bound(8 * np.eye(3)).round(6))
    8.0
    """
    critic = Critic(scores, temperature, normalize)
    critic.need_others()
    xp, samples = namespace(scores), critic.samples
    others, pull = critic.logsumexp(None if math.isinf(clip) else Clipped(clip))
    total = critic.batch.logsumexp(others)
    value = critic.mean(critic.match) - total + math.log(samples * (samples - 1))

    def own_back(g):
        on_match = xp.zeros_like(critic.match) + g / samples
        return critic.pull(on_match, pull(-g * xp.exp(others - total)))

    if surrogate is None:
        return value, own_back
    wrt = ("scores", "temperature")
    _, back = jsd_bound.vjp(scores, temperature=temperature, normalize=normalize, wrt=wrt)
    return value, lambda g: back(g)._asdict()


class Clipped(Score):
    """Scores held within a bound, where they have no derivative beyond it."""

    def __init__(self, bound: float):
        self.bound = bound

    def forward(self, products: Array, tile: Any) -> tuple[Array, Array]:
        """Clip."""
        scores = namespace(products).clip(products, -self.bound, self.bound)
        return scores, scores

    def pull(self, products: Array, weights: Weights, tile: Any) -> Pull:
        """Nothing from what was clipped."""
        xp = namespace(products)
        within = xp.abs(products) <= self.bound
        on_products = xp.where(within, weights[0], 0.0)
        return on_products, on_products, on_products
