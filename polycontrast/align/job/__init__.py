"""The job of the command line: fit, measure, and write the results or nothing."""

from polycontrast.align.job.task import KS, Outcome, Task, check_task, run

__all__ = ["KS", "Outcome", "Task", "check_task", "run"]
