"""Without negatives, and moments.

Matching rows agree; moments of the columns or of the rows, or a held target, prevent a collapse.
"""
