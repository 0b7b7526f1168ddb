"""Supervised contrast.

Labels say which rows belong together.
"""
