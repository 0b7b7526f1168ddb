"""Calls of losses of other packages, which the modules of `polycontrast.compat` answer alike.

`make` and `call` are given the package itself, or our module of it: both have the same names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

UNIT_ROWS = ("u", "v", "teacher_u", "teacher_v", "key", "queue")


def arrays() -> dict[str, Any]:
    """Inputs of all cases, in float64 where they are not integers."""
    rng = np.random.default_rng(18)
    x = rng.standard_normal((8, 6))
    found = {
        "x": x,
        "y": x + rng.standard_normal((8, 6)),
        "negatives": rng.standard_normal((5, 6)),
        "own_negatives": rng.standard_normal((8, 3, 6)),
        "z": rng.standard_normal((12, 6)),
        "labels": np.array([0, 0, 1, 1, 2, 2, 0, 2, 3, 3, 4, 1]),
        "twos": np.array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]),
        "threes": np.array([0, 0, 1, 1, 2, 2, 0, 2, 3, 3, 3, 1]),
        "views": rng.standard_normal((3, 4, 6)),
        "scores": rng.standard_normal((12,)),
        "truth": np.array([1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 0]),
        "judged": rng.uniform(size=8),
        "teacher_scores": rng.standard_normal((8, 3)),
        "logits": rng.standard_normal((8, 5, 7)),
        "words": rng.integers(0, 7, (8, 5)),
        "crops": rng.standard_normal((4, 8, 5)),
        "crop_queue": rng.standard_normal((2, 3, 5)),
        "u": rng.standard_normal((8, 6)),
        "v": rng.standard_normal((8, 6)),
        "teacher_u": rng.standard_normal((8, 4)),
        "teacher_v": rng.standard_normal((8, 4)),
        "key": rng.standard_normal((8, 6)),
        "queue": rng.standard_normal((9, 6)),
        "scale": np.array(14.0),
        "bias": np.array(-3.0),
        "index": np.array([4, 2, 11, 7, 0, 9, 15, 3]),
        "rows": rng.standard_normal((5, 6)),
    }
    for name in UNIT_ROWS:
        found[name] /= np.linalg.norm(found[name], axis=1, keepdims=True)
    return found


CONSTANT = ("teacher_u", "teacher_v", "queue", "crop_queue", "teacher_scores", "judged")


def tensors(dtype: Any = None) -> Any:
    """The inputs as tensors, which have a gradient where they are not constants."""
    import torch

    made = {}
    for name, array in arrays().items():
        made[name] = torch.from_numpy(np.array(array))
        if array.dtype.kind == "f":
            if dtype is not None:
                made[name] = made[name].to(dtype)
            made[name].requires_grad_(name not in CONSTANT)
    return SimpleNamespace(**made)


def columns(*embeddings: Any) -> Any:
    """Features of Sentence Transformers whose embeddings are given."""
    return [{"sentence_embedding": t} for t in embeddings]


@dataclass(frozen=True)
class Case:
    """One call: the package, a name for it, the loss and what it is called with."""

    package: str
    name: str
    make: Callable[[Any], Any]
    call: Callable[[Any, Any], Any]

    @property
    def id(self) -> str:
        """Name of the case in the records."""
        return f"{self.package}: {self.name}"


def _two(m: Any) -> Any:
    return lambda f, t: f(t.x, t.y)


def _labelled(labels: str) -> Callable[[Any, Any], Any]:
    return lambda f, t: f(t.z, getattr(t, labels))


def _seeded(loss: Any) -> Any:
    """Learned rows of a loss, set to known numbers."""
    import torch

    for parameter in loss.parameters():
        rows = torch.from_numpy(arrays()["rows"])
        fits = rows if parameter.shape == rows.shape else rows.T
        parameter.data = fits.contiguous().clone()
    return loss


def _metric(name: str, label: str, labels: str, **options: Any) -> Case:
    return Case(
        "pytorch_metric_learning",
        label,
        lambda m: getattr(m, name)(**options),
        _labelled(labels),
    )


def _proxies(name: str, **options: Any) -> Case:
    return Case(
        "pytorch_metric_learning",
        name,
        lambda m: _seeded(getattr(m, name)(5, 6, **options)),
        _labelled("labels"),
    )


METRIC = (
    _metric("NTXentLoss", "NTXentLoss, two rows a class", "twos"),
    _metric("NTXentLoss", "NTXentLoss, many rows a class", "labels", temperature=0.2),
    _metric("SupConLoss", "SupConLoss", "labels"),
    _metric("ContrastiveLoss", "ContrastiveLoss", "labels"),
    _metric("ContrastiveLoss", "ContrastiveLoss, margins", "twos", pos_margin=0.3, neg_margin=1.4),
    _metric("TripletMarginLoss", "TripletMarginLoss", "labels"),
    _metric("TripletMarginLoss", "TripletMarginLoss, smooth", "labels", smooth_loss=True),
    _metric("CircleLoss", "CircleLoss", "labels"),
    _metric("MultiSimilarityLoss", "MultiSimilarityLoss", "labels"),
    _metric("NPairsLoss", "NPairsLoss", "labels"),
    _metric("NCALoss", "NCALoss", "labels", softmax_scale=3),
    _proxies("ProxyNCALoss", softmax_scale=2),
    _proxies("NormalizedSoftmaxLoss"),
    _proxies("ProxyAnchorLoss"),
    Case(
        "pytorch_metric_learning",
        "VICRegLoss",
        lambda m: m.VICRegLoss(),
        lambda f, t: f(t.x, ref_emb=t.y),
    ),
    Case(
        "pytorch_metric_learning",
        "SelfSupervisedLoss",
        lambda m: m.SelfSupervisedLoss(m.NTXentLoss(temperature=0.1)),
        lambda f, t: f(t.x, t.y),
    ),
)


def _lightly(name: str, **options: Any) -> Case:
    return Case(
        "lightly",
        name,
        lambda m: getattr(m, name)(**options),
        lambda f, t: f(t.x, t.y),
    )


LIGHTLY = (
    _lightly("NTXentLoss"),
    _lightly("DirectCLRLoss", loss_dim=4),
    _lightly("DCLLoss"),
    _lightly("DCLWLoss"),
    _lightly("BarlowTwinsLoss"),
    _lightly("VICRegLoss"),
    _lightly("NegativeCosineSimilarity"),
    _lightly("HypersphereLoss"),
    Case(
        "lightly",
        "SwaVLoss",
        lambda m: m.SwaVLoss(),
        lambda f, t: f([t.crops[0], t.crops[1]], [t.crops[2], t.crops[3]]),
    ),
    Case(
        "lightly",
        "SwaVLoss, queue",
        lambda m: m.SwaVLoss(temperature=0.3, sinkhorn_epsilon=0.2),
        lambda f, t: f([t.crops[0], t.crops[1]], [t.crops[2]], [t.crop_queue[0], t.crop_queue[1]]),
    ),
)

CLIP = (
    Case(
        "open_clip", "ClipLoss", lambda m: m.ClipLoss(), lambda f, t: f(t.u, t.v, t.scale, t.bias)
    ),
    Case(
        "open_clip",
        "SigLipLoss",
        lambda m: m.SigLipLoss(),
        lambda f, t: f(t.u, t.v, t.scale, t.bias),
    ),
    Case(
        "open_clip",
        "CoCaLoss",
        lambda m: m.CoCaLoss(2.0, 0.5),
        lambda f, t: f(t.u, t.v, t.logits, t.words, t.scale),
    ),
    Case(
        "open_clip",
        "DistillClipLoss",
        lambda m: m.DistillClipLoss(),
        lambda f, t: f(t.u, t.v, t.scale, t.teacher_u, t.teacher_v, t.scale.detach() + 1),
    ),
)


def _model() -> Any:
    import torch

    return torch.nn.Identity()


def _texts(name: str, label: str, given: Callable[[Any], Any], **options: Any) -> Case:
    def call(f: Any, t: Any) -> Any:
        *embeddings, labels = given(t)
        return f(columns(*embeddings), labels)

    return Case(
        "sentence_transformers",
        label,
        lambda m: getattr(m, name)(_model(), **options),
        call,
    )


def _with_negatives(t: Any) -> tuple[Any, ...]:
    return t.x, t.y, t.own_negatives[:, 0], t.own_negatives[:, 1], None


def _gist(**options: Any) -> Callable[[Any], Any]:
    """The loss with a model and a guide of its own, neither of which has a tokenizer."""

    def make(m: Any) -> Any:
        if m.__name__.startswith("polycontrast"):
            return m.GISTEmbedLoss(_Twice(), _Mixed(), **options)
        import torch

        made = m.GISTEmbedLoss.__new__(m.GISTEmbedLoss)
        torch.nn.Module.__init__(made)
        made.model, made.guide, made.must_retokenize = _Twice(), _Mixed(), False
        made.similarity_fct = torch.nn.CosineSimilarity(dim=-1)
        made.cross_entropy_loss = torch.nn.CrossEntropyLoss()
        defaults = {
            "temperature": 0.01,
            "margin_strategy": "absolute",
            "margin": 0.0,
            "contrast_anchors": True,
            "contrast_positives": True,
            "gather_across_devices": False,
        }
        vars(made).update(defaults | options)
        return made

    return make


class _Twice:
    """A model that doubles what it is given."""

    def __call__(self, features: Any) -> Any:
        return {"sentence_embedding": 2 * features["sentence_embedding"]}


class _Mixed:
    """A guide that sees other numbers."""

    def __call__(self, features: Any) -> Any:
        t = features["sentence_embedding"]
        return {"sentence_embedding": t + t.roll(1, -1)}


EVERY = ("query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc")
TRIPLETS = ("BatchHardTripletLoss", "BatchSemiHardTripletLoss", "BatchHardSoftMarginTripletLoss")
TEXTS = (
    _texts("MultipleNegativesRankingLoss", "MultipleNegativesRankingLoss", _with_negatives),
    _texts(
        "MultipleNegativesRankingLoss",
        "MultipleNegativesRankingLoss, all directions",
        _with_negatives,
        directions=EVERY,
    ),
    _texts(
        "MultipleNegativesRankingLoss",
        "MultipleNegativesRankingLoss, hardness",
        _with_negatives,
        hardness_mode="hard_negatives",
        hardness_strength=3.0,
    ),
    _texts(
        "MultipleNegativesSymmetricRankingLoss",
        "MultipleNegativesSymmetricRankingLoss",
        lambda t: (t.x, t.y, None),
    ),
    _texts("CoSENTLoss", "CoSENTLoss", lambda t: (t.x, t.y, t.judged)),
    _texts("AnglELoss", "AnglELoss", lambda t: (t.x, t.y, t.judged)),
    _texts(
        "MarginMSELoss",
        "MarginMSELoss",
        lambda t: (t.x, t.y, t.own_negatives[:, 0], t.own_negatives[:, 1], t.teacher_scores),
    ),
    _texts(
        "DistillKLDivLoss",
        "DistillKLDivLoss",
        lambda t: (t.x, t.y, t.own_negatives[:, 0], t.own_negatives[:, 1], t.teacher_scores),
        temperature=2.0,
    ),
    _texts("BatchAllTripletLoss", "BatchAllTripletLoss", lambda t: (t.z, t.labels), margin=1),
    *(_texts(name, name, lambda t: (t.z, t.threes)) for name in TRIPLETS),
    Case(
        "sentence_transformers",
        "GISTEmbedLoss",
        _gist(temperature=0.05),
        lambda f, t: f(columns(t.x, t.y, t.own_negatives[:, 0]), None),
    ),
    Case(
        "sentence_transformers",
        "GISTEmbedLoss, relative margin",
        _gist(temperature=0.1, margin=0.2, margin_strategy="relative", contrast_positives=False),
        lambda f, t: f(columns(t.x, t.y), None),
    ),
    Case(
        "sentence_transformers",
        "MatryoshkaLoss",
        lambda m: _matryoshka(m),
        lambda f, t: f(columns(t.x, t.y), None),
    ),
)


def _matryoshka(m: Any) -> Any:
    import torch

    class Width(torch.nn.Identity):
        def get_embedding_dimension(self) -> int:
            return 6

        def forward(self, features: Any) -> Any:
            return dict(features)

    model = Width()
    inner = m.MultipleNegativesRankingLoss(model)
    return m.MatryoshkaLoss(model, inner, [6, 4, 2], [1.0, 0.5, 0.25])


def _steps(f: Any, t: Any) -> Any:
    """Two steps, so that the second one mixes the state of the first."""
    f(t.u, t.v, t.index)
    f.adjust_gamma(1)
    return f(t.v, t.key, t.index)


NCE = (
    Case("info_nce_pytorch", "InfoNCE", lambda m: m.InfoNCE(), lambda f, t: f(t.x, t.y)),
    Case(
        "info_nce_pytorch",
        "info_nce, sum",
        lambda m: m.info_nce,
        lambda f, t: f(t.x, t.y, temperature=0.3, reduction="sum"),
    ),
    Case(
        "info_nce_pytorch",
        "InfoNCE, unpaired",
        lambda m: m.InfoNCE(temperature=0.2),
        lambda f, t: f(t.x, t.y, t.negatives),
    ),
    Case(
        "info_nce_pytorch",
        "InfoNCE, paired",
        lambda m: m.InfoNCE(negative_mode="paired"),
        lambda f, t: f(t.x, t.y, t.own_negatives),
    ),
)
AUC = (
    Case(
        "libauc",
        "GCLoss, unimodal",
        lambda m: m.GCLoss("unimodal", N=16),
        lambda f, t: f(t.x, t.y, t.index),
    ),
    Case("libauc", "GCLoss, unimodal, two steps", lambda m: m.GCLoss(N=16, tau=0.4), _steps),
    Case(
        "libauc",
        "GCLoss, bimodal",
        lambda m: m.GCLoss("bimodal", N=16, tau=0.1),
        lambda f, t: f(t.u, t.v, t.index),
    ),
    Case(
        "libauc",
        "GCLoss, bimodal, two steps",
        lambda m: m.GCLoss("bimodal", N=16, tau=0.3),
        _steps,
    ),
    Case(
        "libauc",
        "PairwiseAUCLoss",
        lambda m: m.PairwiseAUCLoss(hparam=2.0),
        lambda f, t: f(t.scores, t.truth),
    ),
)
OPTAX = (
    Case("optax", "ntxent, two rows a class", lambda m: m.ntxent, _labelled("twos")),
    Case(
        "optax",
        "ntxent, many rows a class",
        lambda m: m.ntxent,
        lambda f, t: f(t.z, t.labels, 0.2),
    ),
    Case("optax", "cosine_similarity", lambda m: m.cosine_similarity, lambda f, t: f(t.x, t.y)),
    Case("optax", "cosine_distance", lambda m: m.cosine_distance, lambda f, t: f(t.x, t.y)),
)


def _solo(name: str, call: Callable[[Any, Any], Any]) -> Case:
    return Case("solo_learn", name, lambda m: getattr(m, name), call)


SOLO = (
    *(_solo(name, lambda f, t: f(t.x, t.y)) for name in ("barlow_loss_func", "vicreg_loss_func")),
    *(
        _solo(name, lambda f, t: f(t.x, t.y))
        for name in ("byol_loss_func", "simsiam_loss_func", "wmse_loss_func")
    ),
    *(_solo(name, lambda f, t: f(t.x, t.y)) for name in ("mocov3_loss_func", "nnclr_loss_func")),
    _solo("simclr_loss_func", lambda f, t: f(t.z, t.threes)),
    _solo("mocov2plus_loss_func", lambda f, t: f(t.u, t.key, t.queue.T)),
)
SUPCON = (
    Case(
        "sup_contrast",
        "SupConLoss",
        lambda m: m.SupConLoss(),
        lambda f, t: f(t.views, t.labels[:3]),
    ),
    Case(
        "sup_contrast",
        "SupConLoss, one",
        lambda m: m.SupConLoss(temperature=0.5, contrast_mode="one"),
        lambda f, t: f(t.views),
    ),
)
GRAM = (
    Case(
        "gram",
        "volume_computation3",
        lambda m: m.volume_computation3,
        lambda f, t: f(t.u, t.v, t.key),
    ),
    Case(
        "gram",
        "volume_computation",
        lambda m: m.volume_computation,
        lambda f, t: f(t.x[:5], t.y, t.v, t.key),
    ),
)


def _views(name: str, label: str, **options: Any) -> Case:
    return Case(
        "multi_view_cl",
        label,
        lambda m: getattr(m, name)(**options),
        lambda f, t: f(t.z),
    )


VIEWS = (
    _views("NTXent", "NTXent", tau=0.5),
    _views("NTXent", "NTXent, pwe", tau=0.5, multiplier=3, pwe=True),
    _views("NTXent", "NTXent, average", tau=0.5, multiplier=3, average=True),
    _views("NTXent", "NTXent, mv", tau=0.5, multiplier=3, mv=True),
    _views("NTXentHPS", "NTXentHPS", tau=0.5),
    _views("MVINFONCE", "MVINFONCE", multiplier=3),
    _views("MVDHEL", "MVDHEL", multiplier=3),
    _views("MVDHEL", "MVDHEL, pwe", multiplier=3, pwe=True),
    _views("MVDHEL", "MVDHEL, average", multiplier=3, average=True),
    _views("PVCLoss", "PVCLoss", multiplier=3),
)
CASES = (*METRIC, *LIGHTLY, *CLIP, *TEXTS, *NCE, *AUC, *OPTAX, *SOLO, *SUPCON, *GRAM, *VIEWS)


def measured(case: Case, module: Any) -> dict[str, Any]:
    """Values of a call, and the norm and one projection of each gradient of their sum."""
    import torch

    t, loss = tensors(), case.make(module)
    result = case.call(loss, t)
    parts = result if isinstance(result, tuple) else (result,)
    values = [p for p in parts if isinstance(p, torch.Tensor)]
    sum(v.sum() for v in values if v.requires_grad).backward()
    leaves = dict(vars(t))
    if isinstance(loss, torch.nn.Module):
        leaves |= dict(loss.named_parameters())
    return {
        "values": [v.detach().double().reshape(-1).tolist() for v in values],
        "grads": {n: summary(leaf.grad) for n, leaf in leaves.items() if leaf.grad is not None},
    }


def summary(grad: Any) -> list[float]:
    """Norm of a gradient, and its product with a random direction."""
    g = np.asarray(grad.detach().double() if hasattr(grad, "detach") else grad, dtype=np.float64)
    direction = np.random.default_rng(19).standard_normal(g.shape)
    return [float(np.linalg.norm(g)), float(np.sum(g * direction))]
