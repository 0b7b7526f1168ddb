"""Sums over tuples of products of pair factors and of weights of single rows.

``P_t = prod_a v_a[t_a] prod_{a<b} K_ab[t_a, t_b]`` is the plan of multi-marginal Sinkhorn. Three
views take one matrix product. Each further view takes a loop over its rows, whose factors become
weights of the others.
"""

from polycontrast.arrays import Array, matmul, namespace, transpose
from polycontrast.cube.pair_factors import Factors

RowWeights = dict[int, Array]


def both_ways(k: Factors) -> Factors:
    """Factors with the transpose for every pair of views in reverse."""
    return k | {(b, a): transpose(t) for (a, b), t in k.items()}


def row_sums(k: Factors, v: RowWeights, views: list[int]) -> Array:
    """Sums over all tuples of the other views, for each row of the first view."""
    xp = namespace(v[views[-1]])
    a, b, *rest = views
    if not rest:
        return matmul(k[a, b], v[b][:, None])[:, 0]
    if len(rest) == 1:
        c = rest[0]
        through = matmul(k[a, c] * v[c][None, :], k[c, b])
        return xp.sum(k[a, b] * v[b][None, :] * through, axis=1)
    sums = []
    for i in range(v[a].shape[0]):
        folded = {d: v[d] * k[a, d][i, :] for d in (b, *rest)}
        sums.append(xp.sum(folded[b] * row_sums(k, folded, [b, *rest])))
    return xp.stack(sums, axis=0)


def pair_sums(k: Factors, v: RowWeights, a: int, b: int, rest: list[int]) -> Array:
    """``sum of P_t over t_a = i, t_b = j``: the marginal of two views."""
    xp = namespace(v[a])
    own = v[a][:, None] * k[a, b] * v[b][None, :]
    if not rest:
        return own
    c, *further = rest
    if not further:
        return own * matmul(k[a, c] * v[c][None, :], k[c, b])
    total = xp.zeros_like(own)
    for i in range(v[c].shape[0]):
        folded = {d: v[d] * k[c, d][i, :] for d in (a, b, *further)}
        total = total + v[c][i] * pair_sums(k, folded, a, b, further)
    return total
