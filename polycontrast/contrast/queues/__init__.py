"""Rows of a queue: the nearest ones of an anchor, the hardest ones, and blocks of anchors."""
