"""Arrays that stand in for numbers: shapes alone, numbers with tangents, numbers in files."""
