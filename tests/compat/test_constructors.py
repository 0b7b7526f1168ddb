"""Constructors of `polycontrast.compat`: what they refuse, learn, save and return at the edges."""

import copy
import importlib
import inspect
import pickle

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from peer_cases import arrays, columns

from polycontrast.compat import (
    PACKAGES,
    gram,
    info_nce_pytorch,
    libauc,
    lightly,
    multi_view_cl,
    open_clip,
    optax,
    sentence_transformers,
    solo_learn,
    sup_contrast,
)
from polycontrast.compat import pytorch_metric_learning as metric
from polycontrast.torch import Learnable

TENSORS = {name: torch.from_numpy(array) for name, array in arrays().items()}
Z, LABELS = TENSORS["z"], TENSORS["labels"]
MODEL = torch.nn.Identity()


class LpDistance:
    """As that of pytorch-metric-learning, which is known by its name."""

    def __init__(self, p=2, power=1, normalize_embeddings=True):
        self.p, self.power, self.normalize_embeddings = p, power, normalize_embeddings


class MeanReducer:
    """As that of pytorch-metric-learning."""


REFUSED = {
    "reducer": (lambda: metric.SupConLoss(reducer=MeanReducer()), "reducer=MeanReducer"),
    "distance": (lambda: metric.NTXentLoss(distance=LpDistance()), "distance must be one of"),
    "power": (lambda: metric.ContrastiveLoss(distance=LpDistance(power=2)), "power in"),
    "not unit": (
        lambda: metric.NCALoss(distance=LpDistance(power=2, normalize_embeddings=False)),
        "normalize_embeddings=True",
    ),
    "miner": (lambda: metric.SupConLoss()(Z, LABELS, (LABELS,)), "indices_tuple=tuple"),
    "reference": (lambda: metric.CircleLoss()(Z, LABELS, ref_emb=Z), "ref_emb=Tensor"),
    "no labels": (lambda: metric.NCALoss()(Z), "NCALoss: labels must be given"),
    "swap": (lambda: metric.TripletMarginLoss(swap=True), "swap=True"),
    "asymmetric": (lambda: metric.SelfSupervisedLoss(None, symmetric=False), "symmetric must"),
    "labels": (lambda: metric.VICRegLoss()(Z, LABELS, ref_emb=Z), "labels=Tensor"),
    "queue": (lambda: lightly.NTXentLoss(memory_bank_size=8), "memory_bank_size=8"),
    "gather": (lambda: lightly.DCLLoss(gather_distributed=True), "comm="),
    "weights": (lambda: lightly.DCLLoss(weight_fn=abs), "DCLWLoss"),
    "dim": (lambda: lightly.NegativeCosineSimilarity(dim=0), "dim must be 1"),
    "world": (lambda: open_clip.ClipLoss(world_size=2), "world_size=2"),
    "teacher": (
        lambda: open_clip.DistillClipLoss()(Z, Z, 1.0, Z, Z.clone().requires_grad_(), 1.0),
        "rows of the teacher have no gradient",
    ),
    "similarity": (
        lambda: sentence_transformers.MultipleNegativesRankingLoss(MODEL, similarity_fct=max),
        "similarity_fct must be one of cos_sim",
    ),
    "three columns": (
        lambda: sentence_transformers.AnglELoss(MODEL)(columns(Z, Z, Z), LABELS),
        "two columns",
    ),
    "single row of a class": (
        lambda: sentence_transformers.BatchHardTripletLoss(MODEL)(columns(Z), LABELS),
        "of two rows each",
    ),
    "wide": (
        lambda: sentence_transformers.MatryoshkaLoss(
            MODEL, sentence_transformers.CoSENTLoss(MODEL), [9]
        )(columns(Z, Z), LABELS),
        "from 1 to 6",
    ),
    "mode": (lambda: info_nce_pytorch.InfoNCE(negative_mode="all")(Z, Z), "negative_mode must"),
    "axes": (lambda: info_nce_pytorch.info_nce(Z, Z, Z[:, None]), "must have 2 axes"),
    "temperatures": (lambda: libauc.GCLoss(enable_isogclr=True), "update_temperature"),
    "surrogate": (lambda: libauc.PairwiseAUCLoss("hinge"), "surr_loss must be one of logistic"),
    "schedule": (lambda: libauc.GCLoss(gamma_schedule="cosine"), "gamma_decay_epochs"),
    "epsilon": (lambda: optax.cosine_distance(Z, Z, epsilon=0.1), "no epsilon"),
    "alone": (lambda: solo_learn.simclr_loss_func(Z, LABELS), "needs a positive"),
    "mask": (lambda: sup_contrast.SupConLoss()(Z[None], mask=Z), "mask=Tensor"),
    "flat": (lambda: sup_contrast.SupConLoss()(Z), "must have 3 axes"),
    "arithmetic": (lambda: multi_view_cl.PVCLoss(method="arithmetic"), "method must be geometric"),
    "odd": (lambda: multi_view_cl.MVDHEL(multiplier=5)(Z), "as many rows of 5 views"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_counterpart_is_refused_in_words(name):
    call, words = REFUSED[name]
    with pytest.raises(ValueError, match=words):
        call()


def test_an_unknown_argument_is_refused():
    with pytest.raises(TypeError, match="unknown arguments margn"):
        metric.CircleLoss(margn=0.1)


def modules():
    """Each class of each package that needs no argument."""
    for package in PACKAGES:
        module = importlib.import_module(f"polycontrast.compat.{package}")
        for name in module.__all__:
            made = getattr(module, name)
            if inspect.isclass(made):
                parameters = list(inspect.signature(made).parameters.values())
                if all(p.default is not p.empty or p.kind is p.VAR_KEYWORD for p in parameters):
                    yield pytest.param(made, id=f"{package}.{name}")


@pytest.mark.parametrize("made", list(modules()))
def test_a_loss_is_a_module_that_can_be_copied_and_pickled(made):
    loss = made()
    assert isinstance(loss, torch.nn.Module)
    for other in (copy.deepcopy(loss), pickle.loads(pickle.dumps(loss))):
        assert type(other) is made
        assert other.state_dict().keys() == loss.state_dict().keys()


@pytest.mark.parametrize("name", ["NTXentLoss", "DCLLoss", "SwaVLoss"])
def test_a_learned_temperature_has_its_gradient(name):
    loss = getattr(lightly, name)(temperature=Learnable(0.2))
    given = (TENSORS["x"], TENSORS["y"])
    if name == "SwaVLoss":
        given = (list(TENSORS["crops"][:2]), list(TENSORS["crops"][2:]))
    loss(*given).backward()
    (parameter,) = loss.parameters()
    at = [getattr(lightly, name)(temperature=0.2 * np.exp(d))(*given) for d in (-1e-5, 1e-5)]
    difference = (at[1] - at[0]).item() / 2e-5
    assert parameter.grad.item() == pytest.approx(difference, rel=1e-4)


def test_learned_rows_are_states_of_the_package():
    assert list(metric.ProxyAnchorLoss(5, 6).state_dict()) == ["proxies"]
    assert list(metric.ProxyNCALoss(5, 6).state_dict()) == ["proxies"]
    assert metric.NormalizedSoftmaxLoss(5, 6).state_dict()["W"].shape == (6, 5)


@pytest.mark.parametrize("name", ["NTXentLoss", "SupConLoss", "NPairsLoss", "CircleLoss"])
@pytest.mark.parametrize("labels", [torch.arange(12), torch.zeros(12, dtype=torch.int64)],
                         ids=["all different", "all equal"])  # fmt: skip
def test_without_pairs_of_both_kinds_the_loss_is_zero(name, labels):
    z = Z.clone().requires_grad_()
    value = getattr(metric, name)()(z, labels)
    value.backward()
    assert value.item() == 0
    assert float(z.grad.abs().max()) == 0


def test_without_gradients_a_step_has_none_and_still_updates_the_state():
    loss = libauc.GCLoss(N=16)
    with torch.no_grad():
        value = loss(TENSORS["x"].clone().requires_grad_(), TENSORS["y"], TENSORS["index"])
    assert not value.requires_grad
    assert int(torch.isfinite(loss.loss_fn.log_u).sum()) == 8


def test_two_modalities_keep_a_state_of_each_side():
    loss = libauc.GCLoss("bimodal", N=16)
    loss(TENSORS["u"], TENSORS["v"], TENSORS["index"])
    seen = torch.isfinite(loss.loss_fn.log_u)
    assert seen.sum(1).tolist() == [8, 8]
    assert bool(seen[:, TENSORS["index"]].all())


def test_cosine_distance_of_triplets_is_one_minus_the_cosine():
    """The hinge on all triplets, written out."""
    loss = sentence_transformers.BatchAllTripletLoss(
        MODEL, distance_metric="cosine_distance", margin=0.3
    )
    unit = torch.nn.functional.normalize(Z, dim=1)
    distance, terms = 1 - unit @ unit.T, []
    for a in range(12):
        for p in range(12):
            for n in range(12):
                if a != p and LABELS[a] == LABELS[p] and LABELS[a] != LABELS[n]:
                    terms.append(distance[a, p] - distance[a, n] + 0.3)
    terms = torch.stack(terms).clamp(min=0)
    expected = terms.sum() / (terms > 0).sum()
    assert loss(columns(Z), LABELS).item() == pytest.approx(expected.item(), rel=1e-12)


def test_volumes_of_more_inputs_are_those_of_the_general_form():
    rows = [TENSORS[name] for name in ("u", "v", "key", "x", "y")]
    four = gram.volume_computation4(*rows[:4])
    assert torch.equal(four, gram.volume_computation(*rows[:4]))
    assert torch.equal(gram.volume_computation5(*rows), gram.volume_computation(*rows))
    assert four.shape == (8, 8)


def test_optax_losses_can_be_traced():
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        z, labels = jax.numpy.asarray(arrays()["z"]), jax.numpy.asarray(arrays()["labels"])
        assert jax.eval_shape(optax.ntxent, z, labels).shape == ()
        value = optax.ntxent(z, labels)
    assert float(value) == pytest.approx(optax.ntxent(Z, LABELS).item(), rel=1e-12)
