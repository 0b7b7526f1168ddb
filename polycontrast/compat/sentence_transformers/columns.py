"""Embeddings of the columns of a batch, which a model makes."""

import torch


def embed(model, features):
    """Embeddings of each column."""
    return [model(feature)["sentence_embedding"] for feature in features]


def forward_of_columns(self, sentence_features, labels=None):
    """Loss of the embeddings that the model makes of each column."""
    return self.compute_loss_from_embeddings(embed(self.model, sentence_features), labels)


def stacked(columns):
    """Columns as (B, K, D), or None."""
    return torch.stack(columns, dim=1) if columns else None
