"""Ranking.

Losses of scores whose order, or whose correlation, should be that of given numbers.
"""
