"""Volumes.

Volumes of the parallelotopes that the views of a sample span together.
"""
