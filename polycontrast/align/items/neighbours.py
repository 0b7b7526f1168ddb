"""The result of a search: the nearest candidates of each query, and what they say."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from polycontrast.align.items.items import Items
from polycontrast.align.items.tables import Block

ROWS = 65_536  # queries in a block of the table
HUBS = 10


@dataclass(frozen=True)
class Neighbours:
    """The nearest candidates of each query.

    Parameters
    ----------
    queries, candidates : Items
    rows : integer array (Q, k)
        Candidates by number, the nearest first.
    cosines : ndarray (Q, k)
    """

    queries: Items
    candidates: Items
    rows: np.ndarray
    cosines: np.ndarray

    def blocks(self) -> Iterator[Block]:
        """The table: a line for each query and rank."""
        queries, candidates = self.queries.names, self.candidates.names
        count, k = self.rows.shape
        for start in range(0, count, ROWS):
            rows = self.rows[start : start + ROWS]
            yield {
                "query": np.repeat(queries[start : start + ROWS], k),
                "rank": np.tile(np.arange(1, k + 1), len(rows)),
                "candidate": candidates[rows.reshape(-1)],
                "cosine": self.cosines[start : start + ROWS].reshape(-1),
            }

    def figures(self) -> dict[str, Any]:
        """Numbers for people: sizes, cosines of the nearest, hubs, and recall where ids match.

        Recall is measured on the queries whose id a candidate has.
        """
        first = self.cosines[:, 0].astype(np.float64)
        names = self.candidates.names
        counts = Counter(self.rows.reshape(-1).tolist()).most_common(HUBS)
        return {
            "queries": len(self.rows),
            "candidates": int(self.candidates.rows.shape[0]),
            "k": self.rows.shape[1],
            "nearest": {f"{q}%": float(np.percentile(first, q)) for q in (5, 50, 95)},
            "never_found": int(self.candidates.rows.shape[0] - len(np.unique(self.rows))),
            "hubs": [(str(names[row]), count) for row, count in counts],
        } | self._recall()

    def own_ranks(self, count: int) -> np.ndarray:
        """Place, from 1 on, of the candidate with the id of each of the first queries; 0: none."""
        own = self._own_rows()
        assert own is not None
        hits = self.rows[:count] == own[:count, None]
        return np.where(hits.any(axis=1), hits.argmax(axis=1) + 1, 0)

    def _own_rows(self) -> np.ndarray | None:
        """The candidate with the id of each query, -1 for none; None without ids."""
        if self.queries.ids is None or self.candidates.ids is None:
            return None
        row_of = {word: n for n, word in enumerate(self.candidates.ids.tolist())}
        return np.array([row_of.get(word, -1) for word in self.queries.ids.tolist()])

    def _recall(self) -> dict[str, Any]:
        own = self._own_rows()
        if own is None:
            return {}
        known = own >= 0
        if not known.any():
            return {"known": 0}
        hits = self.rows[known] == own[known, None]
        ks = sorted({k for k in (1, 5, 10, self.rows.shape[1]) if k <= self.rows.shape[1]})
        return {
            "known": int(known.sum()),
            "hits": {k: hits[:, :k].any(axis=1).astype(np.float64) for k in ks},
        }
