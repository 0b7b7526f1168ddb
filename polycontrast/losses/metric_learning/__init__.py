"""Metric learning.

Rows come with class labels: pairs of one class should be near, and pairs of different classes far.
"""
