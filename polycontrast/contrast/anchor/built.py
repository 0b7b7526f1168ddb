"""Candidates of each anchor that are built for a block of rows, and not kept."""

from collections.abc import Callable
from typing import Any

from polycontrast.arrays import Array, finite_or_zero, logsumexp, namespace
from polycontrast.contrast.queues.blocks_of_rows import row_blocks

Build = Callable[[int, int], tuple[Array, Any]]
"""From the first row, and the last plus one, to candidates (n, K, D), and their pullback or None.

The pullback returns gradients by name: those of ``"x"`` for the rows of the block, others whole.
"""


def built_logsumexp(
    a: Array, scale: Array, build: Build, numbers: int
) -> tuple[Array, Callable[[Array], dict[str, Array]]]:
    """Log-sum-exps of rows (B, D) over candidates that are made twice, block by block.

    Parameters
    ----------
    a : array (B, D)
    scale : 0-d array
    build : Build
    numbers : int
        What the candidates of one row take.

    Returns
    -------
    lse : array (B,)
    back : callable
        To gradients by name, those of `a` as ``"x"``.
    """
    xp = namespace(a)
    blocks = row_blocks(a.shape[0], max(1, numbers))

    def logits(i0: int, i1: int) -> tuple[Array, Array, Any]:
        candidates, back = build(i0, i1)
        s = scale * xp.matmul(candidates, a[i0:i1, :, None])[:, :, 0]
        return s, candidates, back

    found = [logsumexp(logits(*block)[0]) for block in blocks]

    def pull(g: Array) -> dict[str, Array]:
        on_rows: list[Array] = []
        total: dict[str, Array] = {}
        for (i0, i1), lse in zip(blocks, found, strict=True):
            s, candidates, back = logits(i0, i1)
            w = (scale * g[i0:i1])[:, None] * xp.exp(s - finite_or_zero(lse)[:, None])
            part = xp.matmul(w[:, None, :], candidates)[:, 0, :]
            more = {} if back is None else back(w[:, :, None] * a[i0:i1, None, :])
            on_rows.append(part + more.pop("x") if "x" in more else part)
            for name, grad in more.items():
                total[name] = total[name] + grad if name in total else grad
        return total | {"x": xp.concat(on_rows, axis=0)}

    return xp.concat(found, axis=0), pull
