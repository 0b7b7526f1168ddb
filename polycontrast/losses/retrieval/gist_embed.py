"""Contrast from which a guide takes out the false negatives."""

from typing import Annotated, Any, Literal

from polycontrast.arrays import namespace, rounding_of_products, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.contrast.anchor import Term
from polycontrast.losses.retrieval._documents import (
    DocumentIds,
    Documents,
    HardNegatives,
    NegativeIds,
)
from polycontrast.objective import (
    BadArgument,
    Constant,
    Embeddings,
    Reduction,
    Role,
    Temperature,
    objective,
)
from polycontrast.similarity import Companion

_GUIDE = "Rows of the same texts from the guide, of a dimension of their own; constants."
Guide = Annotated[Any, Constant("B E", about=_GUIDE)]
_HARD = "Those of the hard negatives."
GuideNegatives = Annotated[Any, Role("rows", ("B K E",), constant=True, ragged="K", about=_HARD)]


@objective(invariances=("sample_permutation", "rotation", "row_scale"), aliases=("GISTEmbedLoss",))
def gist_embed(
    x: Embeddings,
    y: Embeddings,
    guide_x: Guide,
    guide_y: Guide,
    negatives: HardNegatives | None = None,
    guide_negatives: GuideNegatives | None = None,
    ids: DocumentIds | None = None,
    negative_ids: NegativeIds | None = None,
    *,
    temperature: Temperature = 0.01,
    margin: float = 0.0,
    margin_strategy: Literal["absolute", "relative"] = "absolute",
    contrast_anchors: bool = True,
    contrast_positives: bool = True,
    reduction: Reduction = "mean",
):
    r"""Contrast of queries and documents from which a guide takes out the false negatives.

    .. math:: \frac{1}{B} \sum_i \Big[ \log \sum_{c \in C_i} e^{s(c) / \tau}
              - \langle \hat x_i, \hat y_i \rangle / \tau \Big]

    Parameters
    ----------
    x, y
        Queries, and the document of each. All rows are scaled to unit length.
    guide_x, guide_y
        A guide is a trained model that does not learn.
    negatives
        All queries share them. They need `guide_negatives`. With ``comm=`` their number may depend
        on the rank.
    margin
        A candidate is left out whose similarity for the guide is above that of the anchor's pair
        :math:`r_i` less this margin; with ``margin_strategy="relative"`` less its product with
        :math:`|r_i|`.
    contrast_anchors
        Whether other queries are candidates.
    contrast_positives
        Whether pairs of the anchor's document with other documents are candidates.

    Raises
    ------
    ValueError
        When `negatives` or `guide_negatives` is given alone, or `negative_ids` is used without
        `ids` and `negatives`.

    Notes
    -----
    The candidates :math:`C_i` are the pair :math:`(x_i, y_i)` itself, :math:`(x_i, y_j)`,
    :math:`(x_i, x_j)` and :math:`(y_i, y_j)` of other samples j, and :math:`(x_i, n_{jk})` of all
    samples, where the guide finds them at most as similar as the margin allows. Similarities that
    are level up to rounding stay. A text with itself is no candidate; the published code has it
    where :math:`r_i = 1`. Similarities of the guide are computed tile by tile beside those of the
    model, so no pair is stored, and memory is O(B (D + E)) when tiled. An anchor whose candidates
    are all left out has loss 0 and gradient 0.

    References
    ----------
    A. V. Solatorio, "GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding
    Fine-tuning", 2024, arXiv 2402.16829. The margins are those of Sentence Transformers.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.gist_embed(x, x, x, x, temperature=1.0).round(6))
    1.165422
    """
    if (negatives is None) != (guide_negatives is None):
        given, lacks = "negatives", "guide_negatives"
        if negatives is None:
            given, lacks = lacks, given
        raise BadArgument(f"{given} needs {lacks}, got None")
    xp = namespace(x)
    given_rows = dict(x=x, y=y, negatives=negatives)
    documents = Documents(temperature, True, ids, negative_ids, **given_rows)
    rows, others = documents.rows, documents.others
    u, v = unit_rows(guide_x)[0], unit_rows(guide_y)[0]
    similar = row_dot(u, v)
    room = margin * (1.0 if margin_strategy == "absolute" else xp.abs(similar))
    limit = similar - room + rounding_of_products(u, v)
    found = [rows.pairs("x", "y", others, at_most=limit, guide=Companion(u, v))]
    if contrast_anchors:
        found.append(rows.pairs("x", "x", others, at_most=limit, guide=Companion(u)))
    if contrast_positives:
        found.append(rows.pairs("y", "y", others, at_most=limit, guide=Companion(v)))
    unknown = similar - similar  # nan where the guide is
    if guide_negatives is not None:
        w = unit_rows(guide_negatives)[0]
        unknown = unknown + xp.sum(w - w, axis=(1, 2))
        guide = Companion(u, xp.permute_dims(documents.padded(w), (1, 0, 2)))
        found += documents.hard("x", at_most=limit, guide=guide)
    match = rows.match("x", "y")
    terms = Term(match._replace(values=match.values + unknown), found)
    return documents.losses(terms, once=None)
