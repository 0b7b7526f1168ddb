"""Benchmarks: what the library's objectives cost on this machine, beside formulas and peers."""

from polycontrast.bench.measuring import machine, median_times, setting, traced_peak
from polycontrast.bench.tables import write_csv, write_markdown

__all__ = ["machine", "median_times", "setting", "traced_peak", "write_csv", "write_markdown"]
