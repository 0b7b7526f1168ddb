"""Features that are propagated to similar pixels of the image."""

from typing import Annotated

from polycontrast.arrays import device, namespace
from polycontrast.calculus import unit_rows
from polycontrast.objective import Role
from polycontrast.similarity import small_matrices

_POWER = "Power of the similarities; larger ones leave more to the most similar pixels."
_CLAMP = "Least similarity."
Power = Annotated[float, Role("option", low=1.0, about=_POWER)]
Clamp = Annotated[float, Role("option", low=0.0, about=_CLAMP)]


def propagated(f, values, p, clamp):
    """Sum of the values of all pixels of an image, by the power of their similarities.

    With ``A = max(S, clamp)^p`` of the similarities S, back ``dv = A^T g`` and
    ``dS = A' (g v^T)``.

    Parameters
    ----------
    f : array (B, n, D)
    values : array (B, n, D), optional
        By default `f`. Rows of both are scaled to unit length first.
    p, clamp : float

    Returns
    -------
    out : array (B, n, D)
    back : callable
        From dL/dout to the gradients of `f` and of `values`, None where those are `f`.
    """
    xp = namespace(f)
    rows, rows_back = unit_rows(f)
    v, v_back = (rows, None) if values is None else unit_rows(values)

    def read(scores, v):
        low = scores <= clamp
        base = xp.where(low, clamp, scores)
        weights = base**p

        def back(g):
            slopes = p * base ** (p - 1) if p > 1 else xp.ones_like(base)
            on_scores = xp.where(low, 0.0, slopes) * xp.matmul(g, xp.matrix_transpose(v))
            return on_scores, xp.matmul(xp.matrix_transpose(weights), g)

        return xp.matmul(weights, v), back

    one = xp.asarray(1.0, dtype=f.dtype, device=device(f))
    out, pull = small_matrices(rows, rows, one, read, v)

    def back(g):
        of_rows, of_columns, of_values = pull(g)
        of_rows = of_rows + of_columns
        if v_back is None:
            return rows_back(of_rows + of_values), None
        return rows_back(of_rows), v_back(of_values)

    return out, back
