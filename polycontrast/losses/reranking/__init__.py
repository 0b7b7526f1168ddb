"""Reranking.

Models that read a query and a document together and score the pair, and those that follow them.
"""
