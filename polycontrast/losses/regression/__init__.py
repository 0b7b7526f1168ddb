"""Regression.

Rows come with real targets: the nearer two targets are, the nearer their rows should be.
"""
