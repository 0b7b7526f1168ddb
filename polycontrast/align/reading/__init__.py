"""Views, labels and identifiers from files."""

from polycontrast.align.reading.choice import Choice, Choices
from polycontrast.align.reading.files import read_arrays, read_table, read_views
from polycontrast.align.reading.labels import read_labels
from polycontrast.align.reading.table import Table

__all__ = [
    "Choice",
    "Choices",
    "Table",
    "read_arrays",
    "read_labels",
    "read_table",
    "read_views",
]
