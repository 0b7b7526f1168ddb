"""The contrastive log-ratio upper bound on mutual information."""

from polycontrast.arrays import namespace, row_dot
from polycontrast.contrast import centred, on_temperature
from polycontrast.losses.bounds._critic import Critic, Scores
from polycontrast.objective import Normalize, Temperature, objective


@objective(invariances=("sample_permutation", "rotation", "row_scale"), aliases=("CLUB",))
def club_bound(
    scores: Scores,
    *,
    temperature: Temperature = 1.0,
    normalize: Normalize = True,
):
    r"""Upper bound on mutual information of a critic that is a conditional log-likelihood (CLUB).

    .. math:: \frac{1}{B} \sum_i s_{ii} - \frac{1}{B^2} \sum_{i, j} s_{ij}

    Parameters
    ----------
    scores
        The value bounds the information from above where :math:`s_{ij}` is the log-likelihood of
        :math:`y_j` given :math:`x_i`, up to a number for each :math:`y_j`.

    Returns
    -------
    estimate
        In nats. Minimise it to train an encoder that forgets what x and y share. Fit the critic by
        its likelihood and not by this value, which has no maximum in the scores.

    Raises
    ------
    ValueError
        When ranks (``comm=``) share a matrix of scores.

    Notes
    -----
    The second mean is over all pairs, matches included. Of embeddings no pair is formed: with the
    mean row :math:`\bar y` the value is :math:`\frac{1}{B} \sum_i \langle x_i, y_i - \bar y \rangle
    / \tau`, in O(B D). A number added to all scores of a row or of a column leaves it unchanged.
    ``B = 1``: value 0, gradient 0.

    References
    ----------
    P. Cheng, W. Hao, S. Dai, J. Liu, Z. Gan, L. Carin, "CLUB: A Contrastive Log-ratio Upper Bound
    of Mutual Information", ICML 2020, arXiv 2006.12013. P. P. Liang et al., "Factorized Contrastive
    Learning: Going Beyond Multi-view Redundancy", NeurIPS 2023, arXiv 2306.05268.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.club_bound(np.eye(3)).round(6))
    0.666667
    >>> x = np.eye(3)
    >>> float(pc.club_bound((x, x)).round(6))  # the same scores, from embeddings
    0.666667
    """
    critic = Critic(scores, temperature, normalize)
    xp, n = namespace(scores), critic.samples
    if critic.embedded:
        (x,), (y,) = centred(critic.x), centred(critic.y)

        def back_of_rows(g):
            g = g / (n * temperature)
            gx, gy = g * y, g * x
            on_tau = on_temperature(temperature, 1, (critic.x, gx))
            return {
                "scores": xp.stack([critic.x_back(gx), critic.y_back(gy)], axis=0),
                "temperature": on_tau,
            }

        return critic.mean(row_dot(critic.x, y)) / temperature, back_of_rows

    def back(g):
        on_match, on_all = xp.zeros_like(critic.match) + g / n, xp.zeros_like(critic.scores)
        return critic.pull(on_match, on_all - g / n**2)

    return critic.mean(critic.match) - xp.mean(critic.scores), back
