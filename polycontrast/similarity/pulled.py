"""What dL/dS becomes."""

from typing import NamedTuple

from polycontrast.arrays import Array


class Pulled(NamedTuple):
    """What dL/dS becomes."""

    x: Array
    """dL/dx; of both sides together where rows meet themselves."""
    y: Array
    """dL/dy; None where rows meet themselves."""
    row_sums: Array
    """dL/d(row offsets), if the matrix has offsets; of both sides where rows meet themselves."""
    column_sums: Array
    """dL/d(column offsets), likewise; None where rows meet themselves."""
