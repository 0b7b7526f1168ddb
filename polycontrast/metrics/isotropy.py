"""The isotropy of the tokens of sequences."""

from typing import Annotated, Any

from polycontrast.arrays import known, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.objective import BadArgument, Role, objective, whole_batch

_HIDDEN = "States of the T tokens of each sequence."
_THERE = "True where a token exists; what is elsewhere is not read. Default: all exist."
Hidden = Annotated[Any, Role("rows", ("B T D",), about=_HIDDEN)]
TokenMask = Annotated[Any, Role("mask", ("B T",), dtype="bool", about=_THERE)]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def isotropy(hidden: Hidden, mask: TokenMask | None = None):
    r"""One minus the mean cosine of two tokens of one sequence; higher is more isotropic.

    .. math:: 1 - \frac{\sum_b \sum_{i \ne j} \cos(h_{bi}, h_{bj})}{\sum_b n_b (n_b - 1)}

    Parameters
    ----------
    hidden
        States of a language model.
    mask
        Sequence b has :math:`n_b` tokens.

    Returns
    -------
    value
        0 when the tokens of each sequence coincide, about 1 when they are isotropic. It is at most
        1 + 1 / (n - 1) for sequences of n tokens, which sum to zero then.

    Raises
    ------
    ValueError
        When no sequence has two tokens. Where JAX traces the call, the value is nan instead.

    Notes
    -----
    With the mean :math:`\bar u` of the unit rows of a sequence the numerator of the value is
    :math:`n \sum_i |u_i - \bar u|^2`. No T x T matrix is formed, the cost is O(B T D), and tokens
    that lie close together keep their digits. Gradient :math:`2 n (u_i - \bar u)` by a unit row,
    over the number of pairs. A zero row has cosine 0 with all others.

    References
    ----------
    Y. Su, J. Xu, "Contrastive Search Is What You Need for Neural Text Generation", TMLR 2023,
    arXiv 2210.14140.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.isotropy(np.eye(3)[None, :, :]).round(6))
    1.0
    """
    xp, batch = namespace(hidden), whole_batch()
    there = xp.ones_like(hidden[..., 0]) if mask is None else xp.astype(mask, hidden.dtype)
    if mask is not None:
        hidden = xp.where(mask[..., None], hidden, 0.0)
    u, u_back = unit_rows(hidden)
    tokens = xp.sum(there, axis=1)
    pairs = batch.sum(xp.sum(tokens * (tokens - 1)))
    if known(pairs) == 0:
        raise BadArgument("hidden must have a sequence of at least 2 tokens, got none")
    some = xp.where(tokens > 0, tokens, 1.0)
    mean = xp.sum(u, axis=1) / some[:, None]
    apart = there[..., None] * (u - mean[:, None, :])
    zeros = xp.sum(there * xp.astype(~xp.any(u != 0, axis=2), u.dtype), axis=1)
    each = tokens * xp.sum(row_dot(apart, apart), axis=1) + zeros * (tokens - 1)

    def back(g):
        grad = u_back((2 * g / pairs) * tokens[:, None, None] * apart)
        return {"hidden": grad if mask is None else xp.where(mask[..., None], grad, 0.0)}

    return batch.sum(xp.sum(each)) / pairs, back
