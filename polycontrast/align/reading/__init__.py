"""Views and labels from files."""

from polycontrast.align.reading.files import read_arrays, read_table, read_views
from polycontrast.align.reading.labels import read_labels

__all__ = ["read_arrays", "read_labels", "read_table", "read_views"]
