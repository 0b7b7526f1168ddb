"""The cube.

Similarities of n-tuples, one row from each of n views.
"""
