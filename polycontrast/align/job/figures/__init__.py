"""Figures of the held-out rows beside recall: rows that fail, the gap, differences to rivals."""

from polycontrast.align.job.figures.differences import differences_of
from polycontrast.align.job.figures.failures import failures_of
from polycontrast.align.job.figures.gap import gap_figures, gaps_of

__all__ = ["differences_of", "failures_of", "gap_figures", "gaps_of"]
