"""Queries and the documents of a batch: a match of each, and hard negatives that all share."""

import functools
from collections.abc import Callable
from typing import Annotated, Any

from polycontrast.arrays import Array, device, known, namespace
from polycontrast.contrast import other_items
from polycontrast.contrast.anchor import Contrast, Grads, Logits, Term
from polycontrast.objective import BadArgument, Presence, Role, whole_batch
from polycontrast.similarity import Companion, Labels, OtherSamples, Present, Rule

_HARD = "Hard negatives of each query."
_ITEM = "The document that each match is; a query has none of its own document as a negative."
_ITEMS = "The document that each of `negatives` is, see `ids`."
HardNegatives = Annotated[Any, Role("rows", ("B K D",), ragged="K", about=_HARD)]
DocumentIds = Annotated[Any, Role("rows", ("B",), dtype="integral", about=_ITEM)]
NegativeIds = Annotated[Any, Role("rows", ("B K",), dtype="integral", ragged="K", about=_ITEMS)]
NegativesMask = Annotated[Any, Presence("B K", "one of the K hard negatives", ragged="K")]


class Documents:
    """The blocks of candidates among the documents of a batch.

    Parameters
    ----------
    temperature : 0-d array
    normalize : bool
    ids : integer array (B,), optional
        The document that each match is.
    negative_ids : integer array (B, K), optional
    negatives_mask : bool array (B, K), optional
    negatives : array (B, K, D), optional
        K may depend on the rank: they are padded to the largest one.
    **rows : array (B, ...)
        Further rows by name: queries, their documents.

    Attributes
    ----------
    rows : Contrast
        All rows, ``"negatives"`` among them where there are some.
    others : Rule
        Different samples with different documents.
    there : bool array (B, K) or None
        The own hard negatives that count; None for all.
    """

    def __init__(
        self,
        temperature: Array,
        normalize: bool,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        negatives_mask: Array | None = None,
        *,
        negatives: Array | None = None,
        **rows: Array,
    ):
        if negative_ids is not None and (ids is None or negatives is None):
            raise BadArgument("negative_ids needs ids and negatives, got them not")
        if negatives_mask is not None and negatives is None:
            raise BadArgument("negatives_mask needs negatives, got none")
        self.others, self.there = other_items(ids), negatives_mask
        self._rules: list[Rule] = []
        if negatives is not None:
            negatives = self._hard_negatives(negatives)
        if negative_ids is not None and ids is not None:
            negative_ids = self.padded(negative_ids)
            self._rules.append(no_part_is_own(ids, negative_ids[:, :, None]))
            other = negative_ids != ids[:, None]
            self.there = other if self.there is None else self.there & other
        self.rows = Contrast(temperature, normalize, negatives=negatives, **rows)

    def _hard_negatives(self, negatives: Array) -> Array:
        """Hard negatives, 0 where the mask of this rank or the number of another has holes."""
        xp, batch = namespace(negatives), whole_batch()
        self._count = self._most = negatives.shape[1]
        if batch.size > 1:
            range_ = xp.asarray(
                [self._count, -self._count], dtype=xp.float32, device=device(negatives)
            )
            most, least = (known(t) for t in batch.max(range_))
            if most is not None and least is not None and most + least > 0:
                self._most = int(most)
                if self.there is None:
                    self.there = xp.ones(
                        negatives.shape[:2], dtype=xp.bool, device=device(negatives)
                    )
        if self.there is None:
            return negatives
        self.there = self.padded(self.there)
        one = xp.ones((1, negatives.shape[0]), dtype=xp.bool, device=device(negatives))
        self._rules.append(Present(one, xp.permute_dims(self.there, (1, 0))))
        return xp.where(self.there[:, :, None], self.padded(negatives), 0.0)

    def padded(self, t: Array) -> Array:
        """An array (B, K, ...) with zeros in the places that only other ranks have."""
        more = self._most - t.shape[1]
        if not more:
            return t
        xp, shape = namespace(t), (t.shape[0], more, *t.shape[2:])
        return xp.concat([t, xp.zeros(shape, dtype=t.dtype, device=device(t))], axis=1)

    def hard(
        self,
        x: str = "x",
        of_others: float = 0.0,
        of_own: float | None = 0.0,
        at_most: Array | None = None,
        guide: Companion | None = None,
    ) -> list[Logits]:
        """Log-sum-exps of rows x over the hard negatives of all samples.

        Parameters
        ----------
        x : str
        of_others, of_own : float
            Hardness of the negatives of other samples, and of the own ones; None for no own ones.
        at_most, guide
            As in `Contrast.pairs`.
        """
        if "negatives" not in self.rows.rows:
            return []
        rules = list(self._rules)
        if of_others != of_own:
            rules.insert(0, OtherSamples())
        pairs = functools.reduce(lambda a, b: a & b, rules) if rules else None
        limits: dict[str, Any] = dict(at_most=at_most, guide=guide)
        found = [self.rows.pairs(x, "negatives", pairs, hardness=of_others, **limits)]
        if of_own is not None and of_others != of_own:
            own = self.rows.own(x, "negatives", self.there, hardness=of_own, at_most=at_most)
            found.append(own)
        return found

    def losses(self, *terms: Term, **options: Any) -> tuple[Array, Callable[[Array], Grads]]:
        """`Contrast.losses`, with the gradients of the hard negatives that this rank has."""
        losses, pull = self.rows.losses(*terms, **options)
        if "negatives" not in self.rows.rows or self._most == self._count:
            return losses, pull

        def back(g: Array) -> Grads:
            grads = pull(g)
            return grads | {"negatives": grads["negatives"][:, : self._count, :]}

        return losses, back


def no_part_is_own(ids: Array, items: Array) -> Rule:
    """Rule for candidates of which no part is the document of the query.

    Parameters
    ----------
    ids : integer array (B,)
    items : integer array (B, K, P)
        The documents of the P parts of each candidate.
    """
    xp = namespace(ids)
    rules: list[Rule] = [
        Labels(ids, xp.permute_dims(items[:, :, p], (1, 0)), same=False)
        for p in range(items.shape[2])
    ]
    return functools.reduce(lambda a, b: a & b, rules)
