"""Losses of softmaxes over the rows of a batch."""

import torch

import polycontrast as pc
from polycontrast.compat.arguments import number
from polycontrast.compat.counts import log_positives, mean_above_zero, mean_where, positives
from polycontrast.compat.crosswalk import counterpart
from polycontrast.compat.pytorch_metric_learning.options import (
    ABOVE,
    COSINE,
    DOT,
    EUCLIDEAN,
    REFUSED,
    labels_alone,
    normalized,
    plain,
    several,
)


@counterpart(
    "decoupled_softmax(embeddings, embeddings, positive, ignore, temperature=temperature)",
    factor="the number of positives of each row",
    reducer="mean over positive pairs",
    refuses=f"{REFUSED}, `LpDistance`",
    note="With two rows in each class it is `nt_xent`. Other positives are not in the denominator.",
)
class NTXentLoss(torch.nn.Module):
    """Cross-entropy of each positive pair among the negatives of its anchor."""

    def __init__(self, temperature=0.07, distance=None, **options):
        super().__init__()
        plain("NTXentLoss", options)
        self.normalize = normalized("NTXentLoss", distance, (COSINE, DOT))
        self.temperature = temperature

    def forward(self, embeddings, labels=None, indices_tuple=None, ref_emb=None, ref_labels=None):
        labels = labels_alone(self, embeddings, labels, indices_tuple, ref_emb, ref_labels)
        count, options = positives(labels), {"temperature": number(self.temperature)}
        options |= {"normalize": self.normalize, "reduction": "none"}
        if bool((count <= 1).all()):  # one positive each: no mask of all pairs is needed
            losses = pc.sup_con(embeddings, labels, **options)
        else:
            itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
            alike = labels[:, None] == labels[None, :]
            losses = pc.decoupled_softmax(embeddings, embeddings, alike, itself, **options)
        if not several(labels):
            losses = 0 * losses
        return (count * losses).sum() / count.sum().clamp(min=1)


@counterpart(
    "sup_con(embeddings, labels, temperature=temperature)",
    reducer=ABOVE,
    refuses=f"{REFUSED}, `LpDistance`",
)
class SupConLoss(torch.nn.Module):
    """Supervised contrastive loss."""

    def __init__(self, temperature=0.1, distance=None, **options):
        super().__init__()
        plain("SupConLoss", options)
        self.normalize = normalized("SupConLoss", distance, (COSINE, DOT))
        self.temperature = temperature

    def forward(self, embeddings, labels=None, indices_tuple=None, ref_emb=None, ref_labels=None):
        labels = labels_alone(self, embeddings, labels, indices_tuple, ref_emb, ref_labels)
        options = {"temperature": number(self.temperature), "normalize": self.normalize}
        losses = pc.sup_con(embeddings, labels, **options, reduction="none")
        return mean_above_zero(losses if several(labels) else 0 * losses)


@counterpart(
    "info_nce(anchors, positives, temperature=1.0, symmetric=False)",
    reducer="mean over classes with two rows",
    refuses=f"{REFUSED}, `LpDistance`",
    note="Anchor and positive of a class are its first two rows. The default distance scales rows "
    "to unit length; with `DotProductSimilarity(normalize_embeddings=False)` it is `n_pair`.",
)
class NPairsLoss(torch.nn.Module):
    """N-pair loss of one pair of each class."""

    def __init__(self, distance=None, **options):
        super().__init__()
        plain("NPairsLoss", options)
        self.normalize = normalized("NPairsLoss", distance, (COSINE, DOT))

    def forward(self, embeddings, labels=None, indices_tuple=None, ref_emb=None, ref_labels=None):
        labels = labels_alone(self, embeddings, labels, indices_tuple, ref_emb, ref_labels)
        order = torch.argsort(labels, stable=True)
        alike = labels[order][1:] == labels[order][:-1]
        first = alike & ~torch.nn.functional.pad(alike[:-1], (1, 0))
        anchors, partners = order[:-1][first], order[1:][first]
        if not len(anchors):
            return 0 * embeddings.sum()
        options = {"temperature": 1.0, "symmetric": False, "normalize": self.normalize}
        return pc.info_nce(embeddings[anchors], embeddings[partners], **options)


@counterpart(
    'sup_con(embeddings, labels, temperature=1 / (2 * softmax_scale), variant="in") - log |P|',
    reducer="mean over rows with a positive",
    refuses=f"{REFUSED}, other distances than `LpDistance(p=2, power=2)` of unit rows",
    note="P are the positives of a row.",
)
class NCALoss(torch.nn.Module):
    """Minus the logarithm of the share of all positives."""

    def __init__(self, softmax_scale=1, distance=None, **options):
        super().__init__()
        plain("NCALoss", options)
        if not normalized("NCALoss", distance, (EUCLIDEAN,), powers=(2,)):
            raise ValueError("NCALoss: distance must have normalize_embeddings=True; got False")
        self.softmax_scale = softmax_scale

    def forward(self, embeddings, labels=None, indices_tuple=None, ref_emb=None, ref_labels=None):
        labels = labels_alone(self, embeddings, labels, indices_tuple, ref_emb, ref_labels)
        options = {"temperature": 1 / (2 * self.softmax_scale), "variant": "in"}
        losses = pc.sup_con(embeddings, labels, **options, reduction="none")
        found, log_count = log_positives(labels, losses.dtype)
        return mean_where(losses - log_count, found)


@counterpart(
    "loss(torch.cat([embeddings, ref_emb]), torch.arange(B).repeat(2))",
    reducer="that of `loss`",
    refuses="`symmetric=False`",
    note="Of `NTXentLoss` it is `nt_xent(embeddings, ref_emb)`.",
)
class SelfSupervisedLoss(torch.nn.Module):
    """A loss of labels, of two views of each sample."""

    def __init__(self, loss, symmetric=True):
        super().__init__()
        if not symmetric:
            advice = "call info_nce with symmetric=False"
            raise ValueError(f"SelfSupervisedLoss: symmetric must be True, or {advice}; got False")
        self.loss = loss

    def forward(self, embeddings, ref_emb):
        labels = torch.arange(len(embeddings), device=embeddings.device).repeat(2)
        return self.loss(torch.cat([embeddings, ref_emb]), labels)
