"""Retrieval.

Queries with their documents, and embeddings of sentences.
"""
