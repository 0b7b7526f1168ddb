"""Contrast by class labels."""
