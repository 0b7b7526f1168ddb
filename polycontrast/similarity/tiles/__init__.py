"""Tiles of a matrix: their sizes, and the arithmetic of one of them."""
