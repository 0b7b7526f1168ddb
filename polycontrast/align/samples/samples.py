"""What is known of the rows of all views beside their numbers."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.arrays import Array, is_array, to_numpy
from polycontrast.wording import short


@dataclass(frozen=True)
class Samples:
    """Which views of a row exist, which rows are one thing, and which belong together.

    Parameters
    ----------
    rows : int
    mask : bool array (M, rows), optional
        True where a view of a row exists. Default: all exist.
    ids : integer array (rows,), optional
        The thing that each row shows; rows of one thing are no negatives of each other, and any
        of them is a right answer. Default: every row is another thing.
    groups : integer array (rows,), optional
        Rows of one group stay on one side of every split.
    """

    rows: int
    mask: np.ndarray | None = None
    ids: np.ndarray | None = None
    groups: np.ndarray | None = None

    @classmethod
    def of(
        cls,
        rows: int,
        views: int,
        mask: Array | None = None,
        ids: Any = None,
        groups: Any = None,
        what: str = "Aligner",
    ) -> "Samples":
        """The record of arrays that a user gave, after checks.

        Raises
        ------
        BadInput
            When an array has another shape or kind, a row exists in fewer than two views, or rows
            of one thing are in two groups.
        """
        mask = None if mask is None else _mask_of_pairs(what, mask, views, rows)
        found = [codes_of(what, name, x, rows) for name, x in (("ids", ids), ("groups", groups))]
        codes, groups = found
        if codes is not None and len(np.unique(codes)) == rows:
            codes = None
        if codes is not None and groups is not None:
            pairs = np.unique(np.stack([codes, groups]), axis=1)[0]
            twice = np.flatnonzero(np.bincount(pairs) > 1)
            if len(twice):
                row = int(np.flatnonzero(codes == twice[0])[0])
                raise BadInput(
                    f"{what}: rows with equal ids must be in one group; those with the id of row "
                    f"{row} are in several"
                )
        return cls(rows, mask, codes, groups)

    @property
    def is_plain(self) -> bool:
        """True where every view of every row exists, and every row is another thing."""
        return self.mask is None and self.ids is None

    @property
    def can_measure(self) -> bool:
        """True where some pair of views has two different things among which one can be found."""
        if self.mask is None:
            return self.rows >= 2 and (self.ids is None or len(np.unique(self.ids)) >= 2)
        things = np.arange(self.rows) if self.ids is None else self.ids
        pairs = itertools.combinations(range(len(self.mask)), 2)
        return any(len(np.unique(things[self.mask[a] & self.mask[b]])) >= 2 for a, b in pairs)

    def take(self, rows: np.ndarray) -> "Samples":
        """The record of some of the rows."""

        def part(codes: np.ndarray | None) -> np.ndarray | None:
            return None if codes is None else codes[rows]

        mask = None if self.mask is None else self.mask[:, rows]
        return Samples(len(rows), mask, part(self.ids), part(self.groups))

    def of_views(self, *views: int) -> "Samples":
        """The record of some of the views."""
        return self if self.mask is None else replace(self, mask=self.mask[list(views)])

    def existing(self, view: int) -> np.ndarray | None:
        """Numbers of the rows that a view has; None where it has all."""
        if self.mask is None or self.mask[view].all():
            return None
        return np.flatnonzero(self.mask[view])

    def parts(self, order: np.ndarray, count: int) -> list[np.ndarray]:
        """Rows in so many parts of about equal size, in this order; groups stay whole."""
        together = self.ids if self.groups is None else self.groups
        if together is None:
            return np.array_split(order, count)
        _, first, codes = np.unique(together[order], return_index=True, return_inverse=True)
        place = np.argsort(np.argsort(first))[codes.reshape(-1)]  # groups as they come in `order`
        sizes = np.bincount(place)
        part = (np.cumsum(sizes) - sizes) * count // len(order)
        return [order[part[place] == n] for n in range(count)]

    def split(self, aside: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Rows that stay and rows set aside, each in rising order.

        Whole groups are set aside, in a random order, and never more than `aside` rows. If every
        group has more rows than that, the smallest one is set aside.
        """
        together = self.ids if self.groups is None else self.groups
        if together is None:
            order = generator.permutation(self.rows)
            return np.sort(order[aside:]), np.sort(order[:aside])
        sizes = np.bincount(together)
        chosen, total = np.zeros(len(sizes), dtype=bool), 0
        for group in generator.permutation(np.flatnonzero(sizes)):
            if total + sizes[group] <= aside:
                chosen[group], total = True, total + sizes[group]
        if total == 0 and aside > 0:
            chosen[np.argmin(np.where(sizes > 0, sizes, self.rows + 1))] = True
        return np.flatnonzero(~chosen[together]), np.flatnonzero(chosen[together])


def codes_of(what: str, name: str, given: Any, rows: int) -> np.ndarray | None:
    """Whole numbers from 0 on in place of names of any kind."""
    if given is None:
        return None
    is_list = isinstance(given, Sequence) and not isinstance(given, str)
    values = np.asarray(given) if is_list or not is_array(given) else to_numpy(given)
    if values.shape != (rows,):
        raise BadInput(
            f"{what}: {name} must have one entry a row, ({rows},); got shape {values.shape}"
        )
    if values.dtype.kind == "O":
        values = np.array([str(value) for value in values.tolist()])
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values))[0])
        raise BadInput(f"{what}: {name} must be finite; row {row} is {values[row]}")
    if values.dtype.kind not in "biufUS":
        raise BadInput(f"{what}: {name} must be numbers or words; got {short(values.dtype)}")
    return np.unique(values, return_inverse=True)[1].reshape(-1)


def check_mask(what: str, mask: Any, views: int, rows: int) -> np.ndarray:
    """A mask (views, rows) of True and False on the host."""
    mask = to_numpy(mask) if is_array(mask) else np.asarray(mask)
    if mask.dtype != np.bool_ or mask.shape != (views, rows):
        raise BadInput(
            f"{what}: mask must hold True and False, ({views}, {rows}); got {mask.dtype} of shape "
            f"{mask.shape}"
        )
    return mask


def _mask_of_pairs(what: str, mask: Any, views: int, rows: int) -> np.ndarray | None:
    """A mask by which every row exists in two views or more; None where all exist."""
    mask = check_mask(what, mask, views, rows)
    few = np.flatnonzero(mask.sum(axis=0) < 2)
    if len(few):
        raise BadInput(
            f"{what}: every row must exist in two views or more; row {few[0]} "
            f"({len(few):,} of {rows:,} rows) does not"
        )
    return None if mask.all() else mask
