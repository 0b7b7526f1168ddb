"""Losses with a learned row for each class."""

import torch

import polycontrast as pc
from polycontrast.compat.arguments import number
from polycontrast.compat.crosswalk import counterpart
from polycontrast.compat.pytorch_metric_learning.options import (
    COSINE,
    DOT,
    REFUSED,
    labels_alone,
    normalized,
    plain,
)
from polycontrast.compat.pytorch_metric_learning.softmaxes import NCALoss


def _rows(shape, init, default):
    """A parameter for each class."""
    held = torch.nn.Parameter(torch.empty(*shape))
    (default if init is None else init)(held)
    return held


def _by_class(embeddings, weights, labels, temperature):
    """Cross-entropy of the unit row of each class, whose temperature all classes share."""
    ones = torch.ones(len(weights), dtype=embeddings.dtype, device=embeddings.device)
    return pc.proto_nce(embeddings, weights.to(embeddings), labels, ones * number(temperature))


@counterpart(
    "proto_nce(embeddings, proxies, labels, torch.full((num_classes,), 1 / (2 * softmax_scale)))",
    reducer="mean over rows",
    refuses=f"{REFUSED}, other distances than `LpDistance(p=2, power=2)` of unit rows",
)
class ProxyNCALoss(NCALoss):
    """Cross-entropy of the learned proxy of each class."""

    def __init__(
        self, num_classes, embedding_size, softmax_scale=1, weight_init_func=None, **options
    ):
        super().__init__(softmax_scale, **options)
        shape = num_classes, embedding_size
        self.proxies = _rows(shape, weight_init_func, torch.nn.init.normal_)

    def forward(self, embeddings, labels=None, indices_tuple=None, ref_emb=None, ref_labels=None):
        labels = labels_alone(self, embeddings, labels, indices_tuple, ref_emb, ref_labels)
        return _by_class(embeddings, self.proxies, labels, 1 / (2 * self.softmax_scale))


@counterpart(
    "proto_nce(embeddings, W.T, labels, torch.full((num_classes,), temperature))",
    reducer="mean over rows",
    refuses=f"{REFUSED}, other distances",
)
class NormalizedSoftmaxLoss(torch.nn.Module):
    """Cross-entropy of the learned column of each class."""

    def __init__(
        self,
        num_classes,
        embedding_size,
        temperature=0.05,
        weight_init_func=None,
        distance=None,
        **options,
    ):
        super().__init__()
        plain("NormalizedSoftmaxLoss", options)
        if not normalized("NormalizedSoftmaxLoss", distance, (COSINE, DOT)):
            raise ValueError("NormalizedSoftmaxLoss: distance must scale rows; got one without")
        self.temperature = temperature
        shape = embedding_size, num_classes
        self.W = _rows(shape, weight_init_func, torch.nn.init.normal_)

    def forward(self, embeddings, labels=None, indices_tuple=None, ref_emb=None, ref_labels=None):
        labels = labels_alone(self, embeddings, labels, indices_tuple, ref_emb, ref_labels)
        return _by_class(embeddings, self.W.T.contiguous(), labels, self.temperature)


@counterpart(
    "proxy_anchor(embeddings, proxies, labels, margin=margin, alpha=alpha)",
    reducer="means over the classes of the batch, and over all classes",
    refuses=f"{REFUSED}, other distances than `CosineSimilarity`",
)
class ProxyAnchorLoss(torch.nn.Module):
    """Proxy-anchor loss, with learned proxies."""

    def __init__(
        self,
        num_classes,
        embedding_size,
        margin=0.1,
        alpha=32,
        weight_init_func=None,
        distance=None,
        **options,
    ):
        super().__init__()
        plain("ProxyAnchorLoss", options)
        normalized("ProxyAnchorLoss", distance, (COSINE,))
        self.margin = margin
        self.alpha = alpha

        def fan_out(rows):
            return torch.nn.init.kaiming_normal_(rows, mode="fan_out")

        self.proxies = _rows((num_classes, embedding_size), weight_init_func, fan_out)

    def forward(self, embeddings, labels=None, indices_tuple=None, ref_emb=None, ref_labels=None):
        labels = labels_alone(self, embeddings, labels, indices_tuple, ref_emb, ref_labels)
        proxies, options = self.proxies.to(embeddings), {"margin": self.margin, "alpha": self.alpha}
        return pc.proxy_anchor(embeddings, proxies, labels, **options)
