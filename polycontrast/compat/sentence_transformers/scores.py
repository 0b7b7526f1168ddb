"""Losses of judged pairs, and of scores of a teacher."""

import torch

import polycontrast as pc
from polycontrast.compat.arguments import number, one_of
from polycontrast.compat.crosswalk import counterpart
from polycontrast.compat.sentence_transformers.columns import forward_of_columns, stacked

PAIRS = {"pairwise_cos_sim": True, "pairwise_dot_score": False}


@counterpart(
    "cosent(x, y, labels, temperature=1 / scale)",
    reducer="log-sum-exp over pairs of pairs",
    refuses="other similarities than cosine",
)
class CoSENTLoss(torch.nn.Module):
    """CoSENT."""

    def __init__(self, model, scale=20.0, similarity_fct="pairwise_cos_sim"):
        super().__init__()
        one_of("CoSENTLoss", "similarity_fct", similarity_fct, {"pairwise_cos_sim": None})
        self.model = model
        self.scale = scale

    forward = forward_of_columns

    def compute_loss_from_embeddings(self, embeddings, labels):
        labels = labels.reshape(-1).to(embeddings[0])
        x, y = embeddings
        return pc.cosent(x, y, labels, temperature=1 / number(self.scale))


@counterpart(
    "angle(x, y, labels, temperature=1 / scale)",
    reducer="log-sum-exp over pairs of pairs",
    refuses="more than two columns",
)
class AnglELoss(torch.nn.Module):
    """AnglE."""

    def __init__(self, model, scale=20.0):
        super().__init__()
        self.model = model
        self.scale = scale

    forward = forward_of_columns

    def compute_loss_from_embeddings(self, embeddings, labels):
        if len(embeddings) != 2 or labels is None:
            got = f"{len(embeddings)} columns"
            raise ValueError(f"AnglELoss: takes two columns and their labels here; got {got}")
        labels = labels.reshape(-1).to(embeddings[0])
        x, y = embeddings
        return pc.angle(x, y, labels, temperature=1 / number(self.scale))


@counterpart(
    "margin_mse(x, y, negatives, target, normalize=similarity_fct is pairwise_cos_sim)",
    reducer="mean over rows and negatives",
    refuses="other similarities than cosine and dot",
    note="Labels (B, K + 1) are the teacher's scores, whose differences are the target.",
)
class MarginMSELoss(torch.nn.Module):
    """Squared error of the margins of a teacher."""

    def __init__(self, model, similarity_fct="pairwise_dot_score"):
        super().__init__()
        self.model = model
        self.normalize = one_of("MarginMSELoss", "similarity_fct", similarity_fct, PAIRS)

    forward = forward_of_columns

    def compute_loss_from_embeddings(self, embeddings, labels):
        x, y, *others = embeddings
        if labels.shape == (len(x), len(others) + 1):
            labels = labels[:, :1] - labels[:, 1:]
        target = labels.reshape(len(x), len(others)).detach().to(x)
        return pc.margin_mse(x, y, stacked(others), target, normalize=self.normalize)


@counterpart(
    "distill_kl(scores, labels, temperature=temperature)",
    reducer="mean over rows",
    refuses="different temperatures of student and teacher, other similarities than cosine and dot",
    note="`scores` (B, K) are the products of each query with its documents.",
)
class DistillKLDivLoss(torch.nn.Module):
    """Divergence from the scores of a teacher."""

    def __init__(
        self,
        model,
        similarity_fct="pairwise_dot_score",
        temperature=1.0,
        student_temperature=None,
        teacher_temperature=None,
    ):
        super().__init__()
        others = {student_temperature, teacher_temperature} - {None, temperature}
        if others:
            wanted = f"be the temperature {temperature}"
            raise ValueError(f"DistillKLDivLoss: both others must {wanted}; got {others}")
        self.model = model
        self.temperature = temperature
        self.normalize = one_of("DistillKLDivLoss", "similarity_fct", similarity_fct, PAIRS)

    forward = forward_of_columns

    def compute_loss_from_embeddings(self, embeddings, labels):
        unit = torch.nn.functional.normalize
        query, *documents = map(unit, embeddings) if self.normalize else embeddings
        scores = torch.stack([(query * document).sum(1) for document in documents], dim=1)
        return pc.distill_kl(scores, labels.detach().to(scores), temperature=self.temperature)
