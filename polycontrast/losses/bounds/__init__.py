"""Bounds on mutual information, from the scores of a critic."""
