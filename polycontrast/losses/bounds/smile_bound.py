"""The smoothed estimate of mutual information."""

import math
from typing import Any, Literal

from polycontrast.arrays import Array, describe, is_number, known, namespace
from polycontrast.losses.bounds._critic import Critic, Scores
from polycontrast.losses.bounds.jsd_bound import jsd_bound
from polycontrast.objective import BadArgument, Normalize, Temperature, objective
from polycontrast.similarity.scores import Pull, Weights


@objective(
    family="bounds",
    formula=r"\frac{1}{B} \sum_i s_{ii} - \log \frac{1}{B(B-1)} \sum_{i \ne j} "
    r"e^{\mathrm{clip}(s_{ij}, -c, c)}",
    source="Song, Ermon, ICLR 2020, arXiv 1910.06222",
    cases=(
        {"scores": "B B"},
        {"temperature": 0.5},
        {"normalize": False},
        {"clip": 0.3, "scores": "B B"},
        {"clip": 0.3, "surrogate": None},
        {"clip": 0.7, "surrogate": None, "scores": "B B"},
    ),
    invariances=("sample_permutation", "rotation", "row_scale"),
    shards=True,
)
def smile_bound(
    scores: Scores,
    *,
    clip: float = 5.0,
    surrogate: Literal["jsd", None] = "jsd",
    temperature: Temperature = 1.0,
    normalize: Normalize = True,
):
    r"""SMILE estimate of mutual information: clipped scores trade variance for bias.

    Parameters
    ----------
    scores : array (B, B), or pair of arrays (B, D)
        Values of a critic: ``scores[i, i]`` for joint samples, all others for independent ones.
        Or embeddings x and y, as a sequence or one array (2, B, D). The scores are then their
        inner products, computed in tiles and never stored, and the gradient is a pair as well.
    clip : float, default 5.0
        Scores of independent samples are clipped to [-clip, clip], > 0; the paper's values are 1,
        5 and infinity.
    surrogate : {"jsd", None}, default "jsd"
        The source of the gradient: `jsd_bound`, as published, or (None) the estimate itself.
    temperature : float or 0-d array, default 1.0
        :math:`\tau > 0` that divides the scores, differentiable.
    normalize : bool, default True
        Scale rows of embeddings to unit length first; a matrix of scores stays as it is.

    Returns
    -------
    estimate : 0-d array
        In nats. It is not a bound.

    Raises
    ------
    ValueError, TypeError
        When ``B < 2``, shapes, dtypes, libraries or devices disagree, `clip` or the
        temperature is not above 0, or ranks (``comm=``) share a matrix of scores.

    Notes
    -----
    .. math:: \frac{1}{B} \sum_i s_{ii}
              - \log \frac{1}{B(B-1)} \sum_{i \ne j} e^{\mathrm{clip}(s_{ij}, -c, c)}

    With the default surrogate, value and gradient belong to different functions by definition, so
    finite differences do not apply. ``clip=math.inf, surrogate=None`` is `dv_bound`.

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
    bound = known(clip) if is_number(clip) else None
    if bound is None or not bound > 0:
        raise BadArgument(f"clip must be a number > 0 or infinity, got {describe(clip)}")
    critic = Critic(scores, temperature, normalize)
    critic.need_others()
    xp, samples = namespace(scores), critic.samples
    others, pull = critic.logsumexp(None if math.isinf(bound) else Clipped(bound))
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


class Clipped:
    """Scores held within a bound, where they have no derivative beyond it."""

    collapses = False
    sums = False

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

    def column_arrays(self) -> tuple[Array, ...]:
        """Nothing."""
        return ()

    def with_columns(self, arrays: tuple[Array, ...]) -> "Clipped":
        """Return itself."""
        return self
