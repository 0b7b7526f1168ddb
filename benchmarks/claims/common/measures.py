"""How good embeddings are, judged with labels that training never saw."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def probe(train, train_labels):
    """A logistic regression on standardised embeddings, fitted."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=2000))
    return model.fit(train, train_labels)


def probe_accuracy(train, train_labels, test, test_labels):
    """Accuracy of a logistic regression on standardised embeddings."""
    return float(probe(train, train_labels).score(test, test_labels))


def knn_accuracy(train, train_labels, test, test_labels, neighbours=20):
    """Accuracy of the cosine nearest neighbours' vote, weighted by distance."""
    model = KNeighborsClassifier(neighbours, metric="cosine", weights="distance")
    return float(model.fit(train, train_labels).score(test, test_labels))


def effective_rank(embeddings):
    """Exponential of the entropy of the normalised singular values, between 1 and D.

    Roy and Vetterli, The effective rank: a measure of effective dimensionality, EUSIPCO 2007;
    of the embeddings as they are, like RankMe (Garrido et al. 2023, arXiv 2210.02885).
    """
    values = np.linalg.svd(embeddings, compute_uv=False)
    share = values / values.sum()
    share = share[share > 0]
    return float(np.exp(-(share * np.log(share)).sum()))
