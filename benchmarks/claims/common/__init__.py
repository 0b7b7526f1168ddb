"""What the claims share: a small network with its gradient, measures of embeddings, reports."""
