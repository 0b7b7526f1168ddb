"""Contrast with the own queue and with the members of other clusters in a bank."""

from typing import Annotated, Any

from polycontrast.arrays import loaded, namespace
from polycontrast.calculus import unit_rows
from polycontrast.contrast.anchor import Contrast, Term, cosine_margin
from polycontrast.losses.hard_negatives.margin_info_nce import margin_info_nce
from polycontrast.objective import (
    Constant,
    Embeddings,
    IndexInto,
    Nonnegative,
    Reduction,
    Same,
    Temperature,
    objective,
)

_QUEUE = "Rows of other samples; they have no gradient."
_BANK = "Latest rows of the R samples of the data set; they have no gradient."
_MATCH = "A row of the bank for each anchor: a member of its cluster."
_OTHERS = "Rows of the bank that are its negatives."
Queue = Annotated[Any, Constant("K D", about=_QUEUE)]
Bank = Annotated[Any, Constant("R D", about=_BANK)]
Match = Annotated[Any, IndexInto("R", "B", about=_MATCH)]
Others = Annotated[Any, IndexInto("R", "B J", about=_OTHERS)]


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    same_as=(
        Same(
            "margin_info_nce",
            of={"negatives": "queue"},
            when={"inter_weight": 0.0, "intra_weight": 1.0},
            margin=0.0,
        ),
    ),
)
def interclr(
    x: Embeddings,
    y: Embeddings,
    queue: Queue,
    bank: Bank,
    pos_index: Match,
    neg_index: Others,
    *,
    temperature: Temperature = 0.2,
    intra_margin: float = 0.0,
    inter_margin: float = -0.5,
    intra_weight: Nonnegative = 0.75,
    inter_weight: Nonnegative = 0.25,
    reduction: Reduction = "mean",
):
    r"""Contrast of an image with its own view, and with another image of its cluster (InterCLR).

    .. math:: w_1 \, \mathrm{M}(x, y, \text{queue}; m_1)
              + w_2 \, \mathrm{M}(x, \text{bank}[p], \text{bank}[n]; m_2)

    Parameters
    ----------
    x, y
        Anchors and their other views. Rows are always scaled to unit length.
    queue
        Negatives of the first term, the same on all ranks with ``comm=``.
    bank
        The same on all ranks. `bank` need not be of unit length.
    pos_index
        It may be the anchor itself.
    neg_index
        `semi_hard_negatives` draws them; the paper has 16384 of the 128000 most similar rows.
    temperature
        The paper's value.
    intra_margin
        Margin :math:`m_1` of the cosine.
    inter_margin
        Margin :math:`m_2`.
    intra_weight
        The weight :math:`w_1`.
    inter_weight
        The weight :math:`w_2`.

    Notes
    -----
    M is `margin_info_nce` with ``kind="cos"``. Rows of the bank are gathered for some anchors at a
    time, twice, so memory stays at the rows of the arguments and one block.

    References
    ----------
    J. Xie, X. Zhan, Z. Liu, Y. S. Ong, C. C. Loy, "Delving into Inter-Image Invariance for
    Unsupervised Visual Representations", IJCV 2022, arXiv 2008.11702.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, queue, index = np.eye(3), np.ones((2, 3)), np.asarray([[1], [2], [0]])
    >>> float(pc.interclr(x, x, queue, x, np.arange(3), index, temperature=1.0).round(6))
    0.678489
    """
    xp = namespace(x)
    intra, intra_back = margin_info_nce.vjp(
        x,
        y,
        queue,
        temperature=temperature,
        margin=intra_margin,
        reduction="none",
        wrt=("x", "y", "temperature"),
    )

    def gathered(i0, i1):
        index = xp.reshape(neg_index[i0:i1, :], (-1,))
        rows, _ = unit_rows(xp.take(bank, loaded(index), axis=0))
        return xp.reshape(rows, (i1 - i0, neg_index.shape[1], bank.shape[1])), None

    rows = Contrast(temperature, True, x=x, match=xp.take(bank, pos_index, axis=0))
    match = rows.match_with_margin("x", "match", cosine_margin(inter_margin))
    others = rows.built(gathered, neg_index.shape[1] * bank.shape[1])
    inter, inter_back = rows.losses(Term(match, [others]))

    def back(g):
        one, other = intra_back(intra_weight * g), inter_back(inter_weight * g)
        on_tau = one.temperature + other["temperature"]
        return {"x": one.x + other["x"], "y": one.y, "temperature": on_tau}

    return intra_weight * intra + inter_weight * inter, back
