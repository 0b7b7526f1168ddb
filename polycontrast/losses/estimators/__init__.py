"""Estimators.

Losses whose small batches estimate the gradient of large ones, with a state of samples.
"""
