"""Benchmarks of the objectives on this machine, compared with plain formulas and other packages."""

from polycontrast.bench.measuring import machine, median_times, setting, traced_peak
from polycontrast.bench.tables import write_csv, write_markdown

__all__ = ["machine", "median_times", "setting", "traced_peak", "write_csv", "write_markdown"]
