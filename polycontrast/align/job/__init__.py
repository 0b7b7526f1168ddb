"""The job of the command line: fit, measure, and write the results or nothing."""

from polycontrast.align.job.recalls import KS, Recalls
from polycontrast.align.job.task import Outcome, Task, check_task, fit, measure_outcome, run

__all__ = ["KS", "Outcome", "Recalls", "Task", "check_task", "fit", "measure_outcome", "run"]
