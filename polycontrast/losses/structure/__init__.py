"""Structure.

The shape of the embeddings of a batch, within and between modalities.
"""
