"""Queries and the documents of a batch: a match of each, and hard negatives that all share."""

import functools
from typing import Annotated, Any

from polycontrast.arrays import Array, device, namespace
from polycontrast.contrast import other_items
from polycontrast.contrast.anchor import Contrast, Logits
from polycontrast.objective import BadArgument, Presence, Role
from polycontrast.similarity import Labels, OtherSamples, Present, Rule

_HARD = "Hard negatives of each query."
_ITEM = "The document that each match is; a query has none of its own document as a negative."
_ITEMS = "The document that each of `negatives` is, see `ids`."
HardNegatives = Annotated[Any, Role("rows", ("B K D",), about=_HARD)]
DocumentIds = Annotated[Any, Role("rows", ("B",), dtype="integral", about=_ITEM)]
NegativeIds = Annotated[Any, Role("rows", ("B K",), dtype="integral", about=_ITEMS)]
NegativesMask = Annotated[Any, Presence("B K", "one of the K hard negatives")]


class Documents:
    """The blocks of candidates among the documents of a batch.

    Parameters
    ----------
    x, y : array (B, D)
        Queries and their documents.
    negatives : array (B, K, D), optional
    ids : integer array (B,), optional
        The document that each of `y` is.
    negative_ids : integer array (B, K), optional
    negatives_mask : bool array (B, K), optional
    temperature : 0-d array
    normalize : bool

    Attributes
    ----------
    rows : Contrast
        Rows ``"x"``, ``"y"`` and, where there are some, ``"negatives"``.
    match : Logits
    others : Rule
        Different samples with different documents.
    """

    def __init__(
        self,
        x: Array,
        y: Array,
        negatives: Array | None,
        ids: Array | None,
        negative_ids: Array | None,
        negatives_mask: Array | None,
        temperature: Array,
        normalize: bool,
    ):
        xp = namespace(x)
        if negative_ids is not None and (ids is None or negatives is None):
            raise BadArgument("negative_ids needs ids and negatives, got them not")
        if negatives_mask is not None:
            if negatives is None:
                raise BadArgument("negatives_mask needs negatives, got none")
            negatives = xp.where(negatives_mask[:, :, None], negatives, 0.0)
        self.rows = Contrast(temperature, normalize, x=x, y=y, negatives=negatives)
        self.match = self.rows.match("x", "y")
        self.others = other_items(ids)
        self._rules: list[Rule] = []
        self._there = negatives_mask
        if negatives_mask is not None:
            one = xp.ones((1, x.shape[0]), dtype=xp.bool, device=device(x))
            self._rules.append(Present(one, xp.permute_dims(negatives_mask, (1, 0))))
        if negative_ids is not None and ids is not None:
            self._rules.append(Labels(ids, xp.permute_dims(negative_ids, (1, 0)), same=False))
            other = negative_ids != ids[:, None]
            self._there = other if self._there is None else self._there & other

    def hard(
        self,
        x: str = "x",
        of_others: float = 0.0,
        of_own: float | None = 0.0,
        at_most: Array | None = None,
    ) -> list[Logits]:
        """Log-sum-exps of rows x over the hard negatives of all samples.

        Parameters
        ----------
        x : str
        of_others, of_own : float
            Hardness of the negatives of other samples, and of the own ones; None for no own ones.
        at_most : array (B,), optional
            Largest product that counts.
        """
        if "negatives" not in self.rows.rows:
            return []
        rules = list(self._rules)
        if of_others != of_own:
            rules.insert(0, OtherSamples())
        pairs = functools.reduce(lambda a, b: a & b, rules) if rules else None
        found = [self.rows.pairs(x, "negatives", pairs, hardness=of_others, at_most=at_most)]
        if of_own is not None and of_others != of_own:
            own = self.rows.own(x, "negatives", self._there, hardness=of_own, at_most=at_most)
            found.append(own)
        return found
