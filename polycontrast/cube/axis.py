"""Tuples that differ from the diagonal in one index: n matrices, no cube."""

from collections.abc import Callable

from polycontrast.arrays import Array, namespace, row_dot
from polycontrast.contrast.views.missing_views import MissingViews
from polycontrast.cube.distances import CloseTuples
from polycontrast.cube.tuple_similarities import (
    entrywise_product,
    product_of_others,
    quadratic_form,
    root_sign,
    sees_differences,
)
from polycontrast.similarity.rules.pairs import Rule
from polycontrast.similarity.scores import Root
from polycontrast.similarity.similarity import Similarity


def axis_logsumexp(
    z: Array, kind: str, scale: Array, there: MissingViews
) -> tuple[Array, Callable[[Array], Array]]:
    """Log-sum-exp of the tuples of a sample in which one index moves away.

    With the others' sum ``s = sum_{a != r} x_a`` a tuple's U is
    ``beta <s_i, x_r[j]>`` plus a number of sample i and a number of row j: one product an axis.

    Parameters
    ----------
    z : array (n, B, D)
    kind : {"deviation", "variance", "norm", "product"}
    scale : 0-d array
    there : MissingViews

    Returns
    -------
    lse : array (n, B)
        ``lse[r, i]`` over the rows j != i of view r; -inf when there is none.
    back : callable
        From dL/dlse to dL/dz.
    """
    xp = namespace(z)
    n = z.shape[0]
    build = _product_axis if kind == "product" else _quadratic_axis
    parts = [build(z, r, kind, scale, there.moving(r)) for r in range(n)]

    def back(g: Array) -> Array:
        total = xp.zeros_like(z)
        for r, (_, pull) in enumerate(parts):
            total = total + xp.stack(pull(g[r, :]), axis=0)
        return total

    return xp.stack([lse for lse, _ in parts], axis=0), back


def _quadratic_axis(
    z: Array, r: int, kind: str, scale: Array, pairs: Rule
) -> tuple[Array, Callable[[Array], list[Array]]]:
    xp = namespace(z)
    n = z.shape[0]
    alpha, beta = quadratic_form(kind, n, scale)
    sign = root_sign(kind)
    q = row_dot(z, z)  # (n, B)
    s = xp.sum(z, axis=0) - z[r, :, :]
    own = xp.sum(q, axis=0) - q[r, :]
    # <x_a, x_b> summed over pairs of the others is (|s|^2 - their squares) / 2.
    fixed = alpha * own + (beta / 2) * (row_dot(s, s) - own)
    score = None if sign is None else Root(sign)
    if sign is not None and sees_differences(kind):
        score = Root(sign, CloseTuples(z, r, scale * scale))
    matrix = Similarity(
        s,
        z[r, :, :],
        scale=beta,
        pairs=pairs,
        offsets=(fixed, alpha * q[r, :]),
        score=score,
        what=f"axis {r}",
    )
    lse, _, pull = matrix.logsumexp(columns=False)

    def back(g: Array) -> list[Array]:
        pulled = pull(g)
        rows = pulled.of_rows[:, None]
        on_others = pulled.x + beta * rows * s
        grads = []
        for a in range(n):
            if a == r:
                grads.append(pulled.y + 2 * alpha * pulled.of_columns[:, None] * z[r, :, :])
            else:
                grads.append(on_others + (2 * alpha - beta) * rows * z[a, :, :])
        return grads

    return lse, back


def _product_axis(
    z: Array, r: int, kind: str, scale: Array, pairs: Rule
) -> tuple[Array, Callable[[Array], list[Array]]]:
    n = z.shape[0]
    rows = [z[a, :, :] for a in range(n)]
    others = product_of_others(rows, r)
    matrix = Similarity(others, rows[r], scale=scale, pairs=pairs, what=f"axis {r}")
    lse, _, pull = matrix.logsumexp(columns=False)

    def back(g: Array) -> list[Array]:
        pulled = pull(g)
        grads = []
        for a in range(n):
            if a == r:
                grads.append(pulled.y)
            else:
                rest = [t for b, t in enumerate(rows) if b not in (a, r)]
                grads.append(entrywise_product([pulled.x, *rest]))
        return grads

    return lse, back
