"""Functions of one-dimensional scores that compare all pairs, in less time than there are pairs."""

from polycontrast.calculus.scores.levels import levels
from polycontrast.calculus.scores.misordered import misordered
from polycontrast.calculus.scores.panels import Panels
from polycontrast.calculus.scores.ranking import Ranking
from polycontrast.calculus.scores.sigmoids_with_sum import shifted_to_sum, sigmoids_with_sum

__all__ = ["Panels", "Ranking", "levels", "misordered", "shifted_to_sum", "sigmoids_with_sum"]
