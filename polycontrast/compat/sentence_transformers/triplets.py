"""Losses of triplets, of rows with labels."""

import torch

import polycontrast as pc
from polycontrast.compat.arguments import one_of
from polycontrast.compat.crosswalk import counterpart
from polycontrast.compat.sentence_transformers.columns import forward_of_columns

METRICS = {"euclidean_distance": False, "eucledian_distance": False, "cosine_distance": True}
OTHER_METRICS = "distances other than euclidean and cosine"
ALL_CLASSES = "a batch in which a row has no positive or no negative"


class _Triplets(torch.nn.Module):
    """A triplet loss of labels, of distances, or of one minus the cosine.

    The latter is half of the squared distance of unit rows.
    """

    def __init__(self, model, distance_metric, margin, **options):
        super().__init__()
        name = type(self).__name__
        cosine = one_of(name, "distance_metric", distance_metric, METRICS)
        self.model = model
        self.factor = 0.5 if cosine else 1.0
        self.options = {"normalize": cosine, "squared": cosine, **options}
        self.options["margin"] = margin / self.factor

    forward = forward_of_columns

    def compute_loss_from_embeddings(self, embeddings, labels):
        labels = labels.reshape(-1).to(embeddings[0].device)
        if self.options.get("average") == "all":
            _, counts = torch.unique(labels, return_counts=True)
            if len(counts) < 2 or int(counts.min()) < 2:
                name = type(self).__name__
                raise ValueError(f"{name}: labels must be of two classes or more, of two rows each")
        return self.factor * pc.triplet(embeddings[0], labels, **self.options)


TRIPLET = "triplet(embeddings, labels, margin=margin, squared=False, normalize=False{})"
COSINE_NOTE = "With `cosine_distance`: 0.5 times `margin=2 * margin, squared=True, normalize=True`."


@counterpart(
    TRIPLET.format(""),
    reducer="mean over the triplets whose term is above 0",
    refuses=OTHER_METRICS,
    note=COSINE_NOTE,
)
class BatchAllTripletLoss(_Triplets):
    """Hinge on all triplets."""

    def __init__(self, model, distance_metric="euclidean_distance", margin=5):
        super().__init__(model, distance_metric, margin)


@counterpart(
    TRIPLET.format(', mining="hard", average="all"'),
    reducer="mean over rows",
    refuses=f"{OTHER_METRICS}, {ALL_CLASSES}",
    note=COSINE_NOTE,
)
class BatchHardTripletLoss(_Triplets):
    """Hinge on the hardest triplet of each row."""

    def __init__(self, model, distance_metric="euclidean_distance", margin=5):
        super().__init__(model, distance_metric, margin, mining="hard", average="all")


@counterpart(
    TRIPLET.format(', mining="semihard", average="all"'),
    reducer="mean over positive pairs",
    refuses=f"{OTHER_METRICS}, {ALL_CLASSES}",
    note=COSINE_NOTE,
)
class BatchSemiHardTripletLoss(_Triplets):
    """Hinge on the semi-hard triplet of each positive pair."""

    def __init__(self, model, distance_metric="euclidean_distance", margin=5):
        super().__init__(model, distance_metric, margin, mining="semihard", average="all")


@counterpart(
    'triplet(embeddings, labels, margin=0.0, squared=False, normalize=False, mining="hard", '
    'smooth=True, average="all")',
    reducer="mean over rows",
    refuses=f"cosine distance, {OTHER_METRICS}, {ALL_CLASSES}",
)
class BatchHardSoftMarginTripletLoss(_Triplets):
    """Softplus of the hardest triplet of each row."""

    def __init__(self, model, distance_metric="euclidean_distance"):
        name = "BatchHardSoftMarginTripletLoss"
        if one_of(name, "distance_metric", distance_metric, METRICS):
            raise ValueError(f"{name}: distance_metric must be euclidean_distance; got cosine")
        options = {"mining": "hard", "average": "all", "smooth": True}
        super().__init__(model, distance_metric, 0.0, **options)
