"""Losses whose small batches estimate the gradient of large ones."""
