"""Functions of one-dimensional scores that compare all pairs, in less time than there are pairs."""

from polycontrast.calculus.scores.levels import levels
from polycontrast.calculus.scores.misordered import misordered
from polycontrast.calculus.scores.panels import Panels
from polycontrast.calculus.scores.ranking import Ranking

__all__ = ["Panels", "Ranking", "levels", "misordered"]
