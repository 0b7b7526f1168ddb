"""Bounds on information.

Estimates of mutual information, to be maximised: a matrix of scores, or embeddings.
"""
