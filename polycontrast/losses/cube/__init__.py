"""n encoders, all B^n tuples."""
