"""Losses of queries and documents."""

import torch

import polycontrast as pc
from polycontrast.compat.arguments import number, one_of, refuse
from polycontrast.compat.crosswalk import counterpart
from polycontrast.compat.sentence_transformers.columns import embed, forward_of_columns, stacked

RANKS = "call the objective with comm=, see the page on several devices"
ACROSS = "`gather_across_devices=True`"
COSINES = {"cos_sim": True, "pytorch_cos_sim": True, "dot_score": False}


@counterpart(
    "multiple_negatives_ranking(queries, documents, negatives, temperature=1 / scale, "
    "directions=directions, partition=partition_mode, hardness_mode=hardness_mode, "
    "hardness_strength=hardness_strength)",
    reducer="mean over queries",
    refuses=f"{ACROSS}, other similarities than cosine and dot",
    note="`negatives` has the shape (B, K, D).",
)
class MultipleNegativesRankingLoss(torch.nn.Module):
    """Cross-entropy of each query's document."""

    def __init__(
        self,
        model,
        scale=20.0,
        similarity_fct="cos_sim",
        gather_across_devices=False,
        directions=("query_to_doc",),
        partition_mode="joint",
        hardness_mode=None,
        hardness_strength=0.0,
    ):
        super().__init__()
        name = type(self).__name__
        refuse(name, RANKS, gather_across_devices=gather_across_devices)
        self.model = model
        self.scale = scale
        self.options = {
            "normalize": one_of(name, "similarity_fct", similarity_fct, COSINES),
            "directions": tuple(directions),
            "partition": partition_mode,
            "hardness_mode": hardness_mode,
            "hardness_strength": hardness_strength,
        }

    forward = forward_of_columns

    def compute_loss_from_embeddings(self, embeddings, labels=None):
        queries, documents, *others = embeddings
        return pc.multiple_negatives_ranking(
            queries,
            documents,
            stacked(others),
            temperature=1 / number(self.scale),
            **self.options,
        )


@counterpart(
    "multiple_negatives_ranking(queries, documents, negatives, temperature=1 / scale, "
    'directions=("query_to_doc", "doc_to_query"), partition="per_direction")',
    reducer="mean over queries and both directions",
    refuses=f"{ACROSS}, other similarities than cosine and dot",
    note="Without negatives it is `info_nce(queries, documents, temperature=1 / scale)`.",
)
class MultipleNegativesSymmetricRankingLoss(MultipleNegativesRankingLoss):
    """Cross-entropies of both directions."""

    def __init__(self, model, scale=20.0, similarity_fct="cos_sim", gather_across_devices=False):
        both = ("query_to_doc", "doc_to_query")
        super().__init__(model, scale, similarity_fct, gather_across_devices, both, "per_direction")


@counterpart(
    "gist_embed(x, y, guide_x, guide_y, negatives, guide_negatives, temperature=temperature, "
    "margin=margin, margin_strategy=margin_strategy, contrast_anchors=contrast_anchors, "
    "contrast_positives=contrast_positives)",
    reducer="mean over anchors",
    refuses=f"{ACROSS}, a guide with another vocabulary",
)
class GISTEmbedLoss(torch.nn.Module):
    """Contrast without the false negatives that a guide finds."""

    def __init__(
        self,
        model,
        guide,
        temperature=0.01,
        margin_strategy="absolute",
        margin=0.0,
        contrast_anchors=True,
        contrast_positives=True,
        gather_across_devices=False,
    ):
        super().__init__()
        refuse("GISTEmbedLoss", RANKS, gather_across_devices=gather_across_devices)
        tokenizers = [getattr(part, "tokenizer", None) for part in (model, guide)]
        words = [t.get_vocab() for t in tokenizers if t is not None]
        if len(words) == 2 and words[0] != words[1]:
            raise ValueError("GISTEmbedLoss: guide must have the model's words; got others")
        self.model = model
        self.guide = guide
        self.temperature = temperature
        self.options = {
            "margin": margin,
            "margin_strategy": margin_strategy,
            "contrast_anchors": contrast_anchors,
            "contrast_positives": contrast_positives,
        }

    def forward(self, sentence_features, labels=None):
        features = list(sentence_features)
        with torch.no_grad():
            x_of_guide, y_of_guide, *others_of_guide = embed(self.guide, map(dict, features))
        x, y, *others = embed(self.model, features)
        return pc.gist_embed(
            x,
            y,
            x_of_guide,
            y_of_guide,
            stacked(others),
            stacked(others_of_guide),
            temperature=number(self.temperature),
            **self.options,
        )


@counterpart(
    "matryoshka(x, y, negatives, dims=matryoshka_dims, weights=matryoshka_weights, loss=...)",
    reducer="sum over the dimensions",
    refuses="`n_dims_per_step`, a loss without `compute_loss_from_embeddings`",
    note="Rows are cut and scaled to unit length, then given to the loss.",
)
class MatryoshkaLoss(torch.nn.Module):
    """Weighted sum of a loss over prefixes of the dimensions."""

    def __init__(self, model, loss, matryoshka_dims, matryoshka_weights=None, n_dims_per_step=-1):
        super().__init__()
        if n_dims_per_step > 0:
            got = f"got {n_dims_per_step}"
            raise ValueError(f"MatryoshkaLoss: n_dims_per_step must be -1, all of them; {got}")
        if not hasattr(loss, "compute_loss_from_embeddings"):
            got = f"{type(loss).__name__} without compute_loss_from_embeddings"
            raise ValueError(f"MatryoshkaLoss: loss must be of embeddings; got {got}")
        weights = [1] * len(matryoshka_dims) if matryoshka_weights is None else matryoshka_weights
        self.model = model
        self.loss = loss
        self.terms = tuple(zip(matryoshka_dims, weights, strict=True))

    forward = forward_of_columns

    def compute_loss_from_embeddings(self, embeddings, labels=None):
        width = embeddings[0].shape[-1]
        wide = [dim for dim, _ in self.terms if not 0 < dim <= width]
        if wide:
            raise ValueError(f"MatryoshkaLoss: dimensions must be from 1 to {width}; got {wide}")
        unit = torch.nn.functional.normalize
        of = self.loss.compute_loss_from_embeddings
        return sum(w * of([unit(e[:, :dim]) for e in embeddings], labels) for dim, w in self.terms)
