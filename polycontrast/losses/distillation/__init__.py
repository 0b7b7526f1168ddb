"""Distillation.

Predictions, features or gradients that have to agree with those of a teacher, of the past or of
another view of the sample. Likelihoods and weights of such losses are here as well.
"""
