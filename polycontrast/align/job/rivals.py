"""Recall without training: of the views as they are, and of solutions in closed form."""

from collections.abc import Callable, Sequence

import numpy as np

from polycontrast.align.closed_form.whitening import fit_whitening
from polycontrast.align.evaluation import mean_reciprocal_rank
from polycontrast.align.job.recalls import Pair, in_one_space
from polycontrast.align.samples import Samples
from polycontrast.align.training.choice import Choice, fold_count, folds, whitened_rows
from polycontrast.align.training.problem import rows_there
from polycontrast.align.training.start import BASE, WHITENINGS, ClosedForm, Start
from polycontrast.arrays import Array, to_float64

NAMES = {
    "raw": "raw columns",
    "centred": "centred columns",
    "cca": "multi-set CCA",
    "orthogonal": "orthogonal maps (Procrustes)",
    "ridge": "ridge regression",
}
BEFORE = ("raw", "centred")
SCHOOL = (0.0, 1.0)  # powers of the gains that CCA is used with


STARTS: dict[str, Callable[[Start], bool]] = {
    "cca": lambda start: start.form == "cca" and start.power in SCHOOL,
    "orthogonal": lambda start: start.form == "orthogonal",
}


class Rivals:
    """Solutions in closed form on the training rows, each with its parameters chosen on folds.

    Where views are missing, they learn from the rows that both views of a pair have.

    Parameters
    ----------
    views : list of array (rows, columns)
        Training rows.
    names : list of str
    scores : dict of float
        By start, as `Aligner` has scored them on folds of the same rows.
    seed : int
        Of the folds.
    watch : callable
        Gets the phase, the steps done, and their number.
    samples : Samples
        Which rows exist, and which belong together.
    """

    def __init__(
        self,
        views: Sequence[Array],
        names: Sequence[str],
        scores: dict[Start, float],
        seed: int,
        watch: Callable[[str, int, int], object],
        samples: Samples,
    ):
        self.samples = samples
        whitenings = []
        for m, view in enumerate(views):
            watch("whitening for rivals", m, len(views))
            whitenings.append(fit_whitening(rows_there(view, samples, m), BASE, names[m]))
        watch("whitening for rivals", len(views), len(views))
        self.means = [w.mean for w in whitenings]
        rows = whitened_rows(whitenings, views, samples)
        self.solver = ClosedForm(whitenings, rows, samples, complete=False)
        self.choice = Choice(list(scores), scores)
        if samples.mask is not None:  # those scores are of completed rows
            starts = [start for start in scores if any(is_one(start) for is_one in STARTS.values())]
            self.choice = Choice(starts, dict.fromkeys(starts, 0.0))
        self.ridges = self._choose_ridges(views, names, seed, watch)

    def pairs(self, views: Sequence[Array]) -> dict[str, Pair]:
        """Queries and candidates of every rival, for other rows of the views."""
        raw = [to_float64(view) for view in views]
        centred = [view - mean for view, mean in zip(raw, self.means, strict=True)]
        whitened = [w(view) for w, view in zip(self.solver.whitenings, raw, strict=True)]
        found = {"raw": in_one_space(raw), "centred": in_one_space(centred)}
        for name, among in STARTS.items():
            if any(map(among, self.choice.starts)):
                solution = self.solver.solve(self.choice.best(among))
                found[name] = in_one_space(solution.rows(whitened, centred))
        found["ridge"] = lambda a, b: regression(self.solver, whitened, a, b, self.ridges[a][b])
        return found

    def _choose_ridges(
        self,
        views: Sequence[Array],
        names: Sequence[str],
        seed: int,
        watch: Callable[[str, int, int], object],
    ) -> list[list[float]]:
        """Ridge of every ordered pair, by the rank of the own row on the folds of the choice."""
        count, total = fold_count(views[0].shape[0], len(views)), len(views)
        scores = np.zeros((len(WHITENINGS), total, total))
        given = folds(views, names, np.random.default_rng(seed), self.samples, complete=False)
        for done, fold in zip(range(count), given, strict=False):
            watch("fitting rivals", done, count)
            if self.samples.mask is not None:
                for start in self.choice.starts:
                    rows = fold.solver.solve(start).rows(fold.whitened, fold.centred)
                    score = mean_reciprocal_rank(rows, samples=fold.samples) / count
                    self.choice.scores[start] += score
            for n, ridge in enumerate(WHITENINGS):
                for a in range(total):
                    for b in range(total):
                        if a != b:
                            pair = regression(fold.solver, fold.whitened, a, b, ridge)
                            both = fold.samples.of_views(a, b)
                            scores[n, a, b] += mean_reciprocal_rank(pair, True, both)
        return np.array(WHITENINGS)[scores.argmax(axis=0)].tolist()


def regression(
    solver: ClosedForm, whitened: Sequence[np.ndarray], a: int, b: int, ridge: float
) -> tuple[np.ndarray, np.ndarray]:
    """View b as predicted from view a by ridge regression, and view b itself.

    Both are in principal directions of the standardised columns of b, which keep all lengths.
    """
    first, second = solver.whitenings[a], solver.whitenings[b]
    back = np.sqrt(second.variance + BASE)
    shrunk = whitened[a] * ((first.variance + BASE) / (first.variance + ridge))
    return shrunk @ solver.block(a, b) * back, whitened[b] * back
