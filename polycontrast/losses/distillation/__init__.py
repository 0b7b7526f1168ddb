"""Distillation.

Predictions of a model that another one, or another view of the sample, has to share.
"""
