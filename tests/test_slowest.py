"""At the end of a run stand the files that took the longest."""

from types import SimpleNamespace

from slowest import slowest_files


def test_slowest_files():
    took = [("a.py::one", 1.0), ("b.py::one[x::y]", 4.0), ("a.py::two", 2.0), ("c.py::one", 0.5)]
    reports = [SimpleNamespace(nodeid=name, duration=seconds) for name, seconds in took]
    assert slowest_files(reports, count=2) == [("b.py", 4.0), ("a.py", 3.0)]
