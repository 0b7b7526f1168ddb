"""Pixels and patches.

Contrasts within each image, between places of two feature maps or crops, and within a sequence.
"""
