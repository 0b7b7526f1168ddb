"""Functions that the Array API standard lacks."""
