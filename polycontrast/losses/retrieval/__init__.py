"""Retrieval and sentence embeddings.

Queries against documents: in-batch and hard negatives.
"""
