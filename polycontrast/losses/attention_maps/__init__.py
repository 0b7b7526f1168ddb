"""Attention maps.

Losses of the cross-attention maps of the words of a prompt, for images that are made from text.
"""
