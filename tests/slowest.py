"""The files whose tests took the longest."""

from collections import Counter

__all__ = ["slowest_files"]


def slowest_files(reports, count=10):
    """Pairs of a file and the seconds of its tests, fixtures included, the longest first."""
    seconds = Counter()
    for report in reports:
        seconds[report.nodeid.partition("::")[0]] += report.duration
    return seconds.most_common(count)
