"""A hinge that keeps the tokens of a sequence apart."""

from typing import Annotated, Any

from polycontrast.arrays import device, namespace
from polycontrast.calculus import unit_rows
from polycontrast.objective import Role, objective, whole_batch
from polycontrast.similarity import small_matrices

_HIDDEN = "Representations of the T tokens of each sequence."
_MASK = "True for tokens, False for padding, which is not read; by default all are tokens."
Hidden = Annotated[Any, Role("rows", ("B T D",), about=_HIDDEN)]
TokenMask = Annotated[Any, Role("rows", ("B T",), dtype="bool", about=_MASK)]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def simctg(hidden: Hidden, mask: TokenMask | None = None, *, margin: float = 0.5):
    r"""Mean hinge of the cosine of two tokens of a sequence.

    .. math:: \frac{\sum_b \sum_{i \ne j} \max(\rho - 1 + \cos(h_{bi}, h_{bj}), 0)}{\sum_b n_b
              (n_b - 1)}

    Parameters
    ----------
    margin
        Margin :math:`\rho`; cosines below :math:`1 - \rho` cost nothing. The paper's value.

    Notes
    -----
    There are :math:`n_b` tokens in sequence b. The sum is divided once, by the number of pairs of
    all sequences. No pair at all: value 0, gradient 0. Where a hinge is exactly 0, so is its
    gradient. Matrices of T x T are computed in chunks of sequences. The authors train with the sum
    of this and `caption_cross_entropy`. With a margin of 0 or less the value is 0, with one of 2 or
    more it is the margin minus 1 plus the mean cosine.

    References
    ----------
    Y. Su, T. Lan, Y. Wang, D. Yogatama, L. Kong, N. Collier, "A Contrastive Framework for Neural
    Text Generation", NeurIPS 2022, arXiv 2202.06417.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> hidden = np.asarray([[[1.0, 0.0], [0.0, 1.0], [3.0, 0.0]]])
    >>> float(pc.simctg(hidden).round(6))
    0.166667
    """
    xp, batch = namespace(hidden), whole_batch()
    real = xp.ones_like(hidden[:, :, 0]) > 0 if mask is None else mask
    u, u_back = unit_rows(xp.where(real[:, :, None], hidden, 0.0))
    place = xp.arange(hidden.shape[1], dtype=xp.int32, device=device(hidden))
    others = (place[:, None] != place[None, :])[None, :, :]
    tokens = xp.sum(xp.astype(real, u.dtype), axis=1)
    pairs = batch.sum(xp.sum(tokens * (tokens - 1)))
    pairs = xp.where(pairs == 0, 1.0, pairs)

    def read(cosines, real):
        counts = real[:, :, None] & real[:, None, :] & others
        excess = cosines + (margin - 1)
        hinges = xp.where(counts, xp.maximum(excess, 0.0), 0.0)

        def back(g):
            return g[:, None, None] * xp.astype(counts & (excess > 0), cosines.dtype)

        return xp.sum(hinges, axis=(1, 2)), back

    one = xp.asarray(1.0, dtype=u.dtype, device=device(u))
    sums, pull = small_matrices(u, u, one, read, real)

    def back(g):
        of_rows, of_columns = pull(xp.broadcast_to(g / pairs, sums.shape))
        return {"hidden": u_back(of_rows + of_columns)}

    return batch.sum(xp.sum(sums)) / pairs, back
