"""Soft targets.

Several candidates are the match of an anchor, each to a degree.
"""
