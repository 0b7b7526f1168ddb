"""Two views.

Row `i` of `x` matches row `i` of `y`; everything else in the batch does not.
"""
