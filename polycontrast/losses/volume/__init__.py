"""Volumes of the parallelotopes that a sample's views span."""
