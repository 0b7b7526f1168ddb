"""Losses of other packages, each as a function of two torch tensors or two JAX arrays.

They are called as in normal use. `temperature` has the same meaning in all of them.
"""

from typing import Any


def open_clip_loss(temperature: float) -> Any:
    """ClipLoss of open_clip, which takes rows of unit length."""
    import torch
    from open_clip.loss import ClipLoss

    loss, scale = ClipLoss(), torch.tensor(1 / temperature)
    return lambda x, y: loss(_unit(x), _unit(y), scale)


def open_clip_siglip(temperature: float, bias: float) -> Any:
    """SigLipLoss of open_clip."""
    import torch
    from open_clip.loss import SigLipLoss

    loss, scale, shift = SigLipLoss(), torch.tensor(1 / temperature), torch.tensor(bias)
    return lambda x, y: loss(_unit(x), _unit(y), scale, shift)


def lightly(temperature: float) -> Any:
    """NTXentLoss of lightly."""
    from lightly.loss import NTXentLoss

    return NTXentLoss(temperature=temperature)


def metric_learning(temperature: float) -> Any:
    """NTXentLoss of pytorch-metric-learning, which takes labels."""
    import torch
    from pytorch_metric_learning.losses import NTXentLoss

    loss = NTXentLoss(temperature=temperature)
    return lambda x, y: loss(torch.cat([x, y]), torch.arange(len(x)).repeat(2))


def ranking(temperature: float) -> Any:
    """MultipleNegativesRankingLoss of sentence-transformers, as a function of embeddings."""
    import torch
    from sentence_transformers import util

    def call(x: Any, y: Any) -> Any:
        scores = util.cos_sim(x, y) / temperature
        return torch.nn.functional.cross_entropy(scores, torch.arange(len(x)))

    return call


def cached_ranking(temperature: float) -> Any:
    """Loss stage of CachedMultipleNegativesRankingLoss, with its default mini-batches of 32.

    It computes its gradients itself, so this returns the value and both gradients.
    """
    import torch
    from sentence_transformers import SentenceTransformer

    try:
        from sentence_transformers.sentence_transformer.losses import (
            CachedMultipleNegativesRankingLoss,
        )
    except ModuleNotFoundError:  # before version 6
        from sentence_transformers.losses import CachedMultipleNegativesRankingLoss

    model = SentenceTransformer(modules=[torch.nn.Identity()], device="cpu")
    loss = CachedMultipleNegativesRankingLoss(model, scale=1 / temperature, mini_batch_size=32)

    def call(x: Any, y: Any) -> tuple[Any, Any, Any]:
        chunks = [[c.detach().requires_grad_() for c in t.split(32)] for t in (x, y)]
        value = loss.calculate_loss(chunks, with_backward=True)
        gx, gy = (torch.cat([c.grad for c in t]) for t in chunks)
        return value.detach(), gx, gy

    return call


def optax_ntxent(temperature: float) -> Any:
    """Ntxent of optax, which takes labels."""
    import jax
    import jax.numpy as jnp
    import optax

    def call(x: Any, y: Any) -> Any:
        labels = jnp.tile(jnp.arange(x.shape[0]), 2)
        with jax.numpy_dtype_promotion("standard"):  # it fails under "strict"
            return optax.losses.ntxent(jnp.concatenate([x, y]), labels, temperature=temperature)

    return call


def allow_torchvision() -> None:
    """Make torchvision importable for packages, beside a torch of another build.

    The compiled operators of torchvision then do not load. No loss needs them, but the import of
    torchvision names two of them.
    """
    import sys

    import torch

    try:
        import torchvision  # noqa: F401
    except ModuleNotFoundError:
        return
    except RuntimeError:
        for name in [m for m in sys.modules if m.startswith("torchvision")]:
            del sys.modules[name]
        for name in ("nms", "qnms"):
            schema = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
            torch.library.define(f"torchvision::{name}", schema)


def _unit(t: Any) -> Any:
    import torch

    return torch.nn.functional.normalize(t, dim=-1)
