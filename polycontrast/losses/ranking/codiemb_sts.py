"""CoDiEmb's loss of judged similarities."""

from typing import Annotated

from polycontrast.arrays import row_dot
from polycontrast.calculus import unit_rows
from polycontrast.contrast import weighted_sum
from polycontrast.losses.ranking._arguments import Targets
from polycontrast.losses.ranking.pearson import pearson
from polycontrast.losses.ranking.preference_ranking import preference_ranking
from polycontrast.losses.ranking.rank_kl import rank_kl
from polycontrast.objective import Embeddings, Role, Temperature, objective


@objective(invariances=("sample_permutation", "rotation", "row_scale", "swap"), shards=False)
def codiemb_sts(
    x: Embeddings,
    y: Embeddings,
    target: Targets,
    *,
    weights: Annotated[tuple[float, float, float], Role("option", low=0.0)] = (2.0, 5.0, 0.5),
    temperature: Temperature = 0.05,
):
    r"""Sum of three losses of cosines against judged similarities.

    .. math:: w_0 \, \mathrm{pearson}(s, t) + w_1 \, \mathrm{rank\_kl}(s, t; \tau) + w_2 \,
              \mathrm{preference\_ranking}(s, t; \tau), \quad s_i = \cos(x_i, y_i)

    Parameters
    ----------
    x, y
        Two texts of each sample, whose similarity is judged.
    target
        Judged similarity t.
    weights
        The published values.
    temperature
        Of the second and the third loss. The published value.

    Notes
    -----
    The terms are `pearson`, `rank_kl` and `preference_ranking`; one with weight 0 is not computed.
    The published training adds InfoNCE of a middle layer over the pairs that are judged similar.

    References
    ----------
    B. Zhang et al., "CoDiEmb: A Collaborative yet Distinct Framework for Unified Representation
    Learning in Information Retrieval and Semantic Textual Similarity", 2025, arXiv 2508.11442.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, y = np.eye(2), np.asarray([[1.0, 0.0], [0.6, 0.8]])
    >>> float(pc.codiemb_sts(x, y, np.asarray([0.0, 1.0]), temperature=1.0).round(6))
    4.804438
    """
    first, second, third = weights
    a, a_back = unit_rows(x)
    b, b_back = unit_rows(y)

    def on_rows(on_cosines):
        return a_back(on_cosines[:, None] * b), b_back(on_cosines[:, None] * a)

    s, wrt = row_dot(a, b), ("pred", "temperature")
    names, options = ("s", "temperature"), dict(temperature=temperature, wrt=wrt)
    value, pull = weighted_sum(
        {"s": (s, on_rows)},
        temperature,
        (first, ("s",), lambda: pearson.vjp(s, target, wrt="pred")),
        (second, names, lambda: rank_kl.vjp(s, target, **options)),
        (third, names, lambda: preference_ranking.vjp(s, target, **options)),
    )

    def back(g):
        grads = pull(g)
        gx, gy = grads["s"]
        return {"x": gx, "y": gy, "temperature": grads["temperature"]}

    return value, back
