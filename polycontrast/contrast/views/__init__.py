"""The views of a sample: two as one batch, some that are missing, blocks of their products."""
