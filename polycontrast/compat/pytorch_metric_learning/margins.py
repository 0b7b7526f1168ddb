"""Losses of margins between similarities or distances, and of variances."""

import torch

import polycontrast as pc
from polycontrast.compat.arguments import one_of, refuse
from polycontrast.compat.counts import mean_above_zero
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
)


@counterpart(
    "contrastive_margin(embeddings, labels, pos_margin=pos_margin, neg_margin=neg_margin)",
    reducer="means over the pairs of each kind whose term is above 0",
    refuses=f"{REFUSED}, other distances than `LpDistance(p=2, power=1)`",
)
class ContrastiveLoss(torch.nn.Module):
    """Hinges on distances of pairs."""

    def __init__(self, pos_margin=0, neg_margin=1, distance=None, **options):
        super().__init__()
        plain("ContrastiveLoss", options)
        self.normalize = normalized("ContrastiveLoss", distance, (EUCLIDEAN,))
        self.pos_margin = pos_margin
        self.neg_margin = neg_margin

    def forward(self, embeddings, labels=None, indices_tuple=None, ref_emb=None, ref_labels=None):
        labels = labels_alone(self, embeddings, labels, indices_tuple, ref_emb, ref_labels)
        margins = {"pos_margin": self.pos_margin, "neg_margin": self.neg_margin}
        return pc.contrastive_margin(embeddings, labels, **margins, normalize=self.normalize)


@counterpart(
    "triplet(embeddings, labels, margin=margin, squared=False, smooth=smooth_loss)",
    reducer="mean over the triplets whose term is above 0",
    refuses=f"{REFUSED}, `swap`, a number of `triplets_per_anchor`, other distances than "
    "`LpDistance(p=2)`",
    note="`squared=True` for `LpDistance(power=2)`.",
)
class TripletMarginLoss(torch.nn.Module):
    """Hinge on all triplets of the batch."""

    def __init__(
        self,
        margin=0.05,
        swap=False,
        smooth_loss=False,
        triplets_per_anchor="all",
        distance=None,
        **options,
    ):
        super().__init__()
        plain("TripletMarginLoss", options)
        refuse("TripletMarginLoss", "triplets keep their anchor", swap=swap)
        one_of("TripletMarginLoss", "triplets_per_anchor", triplets_per_anchor, {"all": None})
        name, known = "TripletMarginLoss", (EUCLIDEAN,)
        self.normalize = normalized(name, distance, known, powers=(1, 2))
        self.squared = getattr(distance, "power", 1) == 2
        self.margin = margin
        self.smooth_loss = smooth_loss

    def forward(self, embeddings, labels=None, indices_tuple=None, ref_emb=None, ref_labels=None):
        labels = labels_alone(self, embeddings, labels, indices_tuple, ref_emb, ref_labels)
        return pc.triplet(
            embeddings,
            labels,
            margin=self.margin,
            squared=self.squared,
            smooth=self.smooth_loss,
            normalize=self.normalize,
        )


@counterpart(
    "circle(embeddings, labels, m=m, gamma=gamma)",
    reducer=ABOVE,
    refuses=f"{REFUSED}, other distances than `CosineSimilarity`",
)
class CircleLoss(torch.nn.Module):
    """Circle loss."""

    def __init__(self, m=0.4, gamma=80, distance=None, **options):
        super().__init__()
        plain("CircleLoss", options)
        normalized("CircleLoss", distance, (COSINE,))
        self.m = m
        self.gamma = gamma

    def forward(self, embeddings, labels=None, indices_tuple=None, ref_emb=None, ref_labels=None):
        labels = labels_alone(self, embeddings, labels, indices_tuple, ref_emb, ref_labels)
        losses = pc.circle(embeddings, labels, m=self.m, gamma=self.gamma, reduction="none")
        return mean_above_zero(losses)


@counterpart(
    "multi_similarity(embeddings, labels, alpha=alpha, beta=beta, base=base)",
    reducer="mean over rows",
    refuses=f"{REFUSED}, `LpDistance`",
)
class MultiSimilarityLoss(torch.nn.Module):
    """Soft maxima of far pairs of a class and of near pairs of different classes."""

    def __init__(self, alpha=2, beta=50, base=0.5, distance=None, **options):
        super().__init__()
        plain("MultiSimilarityLoss", options)
        self.normalize = normalized("MultiSimilarityLoss", distance, (COSINE, DOT))
        self.sharpness = {"alpha": alpha, "beta": beta, "base": base}

    def forward(self, embeddings, labels=None, indices_tuple=None, ref_emb=None, ref_labels=None):
        labels = labels_alone(self, embeddings, labels, indices_tuple, ref_emb, ref_labels)
        options = self.sharpness | {"normalize": self.normalize}
        return pc.multi_similarity(embeddings, labels, **options)


@counterpart(
    "vicreg(embeddings, ref_emb, sim_weight=invariance_lambda, var_weight=variance_mu, "
    "cov_weight=covariance_v, eps=eps)",
    reducer="the three means of VICReg",
    refuses="`reducer`, regularizers, labels",
)
class VICRegLoss(torch.nn.Module):
    """VICReg."""

    def __init__(self, invariance_lambda=25, variance_mu=25, covariance_v=1, eps=1e-4, **options):
        super().__init__()
        plain("VICRegLoss", options)
        weights = invariance_lambda, variance_mu, covariance_v
        self.weights = dict(zip(("sim_weight", "var_weight", "cov_weight"), weights, strict=True))
        self.eps = eps

    def forward(self, embeddings, labels=None, indices_tuple=None, ref_emb=None, ref_labels=None):
        given = {"labels": labels, "indices_tuple": indices_tuple, "ref_labels": ref_labels}
        refuse("VICRegLoss", "it takes two views without labels", **given)
        return pc.vicreg(embeddings, ref_emb, **self.weights, eps=self.eps)
