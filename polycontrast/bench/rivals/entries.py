"""The table of rivals: the objective, the library and the constructor of each."""

import functools
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from polycontrast.bench.rivals import differentiated, packages
from polycontrast.bench.rivals.backends import BACKENDS, JAX, TORCH, Call, Differentiating

COSINE = {"temperature": 0.07}
SIGLIP = {"temperature": 0.1, "bias": -10.0}
ONE_SIDE = {"symmetric": False}


@dataclass(frozen=True)
class Rival:
    """Another implementation of the loss of one objective.

    Parameters
    ----------
    name : str
    objective : str
        Name of the objective.
    backend : str
        Library of the arrays: "numpy", "torch", "jax" or "cupy".
    make : callable
        Returns a function of two NumPy arrays that returns the value and both gradients.
    package : str
        Module that it needs in addition to the backend; empty for a formula.
    parameters : dict
        Parameters of the objective.
    most_rows : int, optional
        Largest number of rows per view that it can compute.
    """

    name: str
    objective: str
    backend: str
    make: Callable[[], Call]
    package: str = ""
    parameters: Mapping[str, Any] = field(default_factory=lambda: COSINE)
    most_rows: int | None = None

    def ours(self, **options: Any) -> Call:
        """The objective of this library, for the comparison, with more options of the call."""
        return BACKENDS[self.backend].objective(self.objective, dict(self.parameters) | options)


def _formula(objective: str, backend: str, parameters: dict[str, Any]) -> Rival:
    make = functools.partial(BACKENDS[backend].formula, objective, parameters)
    name = "jax.jit of the formula" if backend == "jax" else "plain formula"
    return Rival(name, objective, backend, make, parameters=parameters)


def _package(
    name: str,
    package: str,
    objective: str,
    loss: Callable[..., Any],
    parameters: dict[str, Any] | None = None,
    *,
    library: Differentiating = TORCH,
    options: dict[str, Any] | None = None,
    most_rows: int | None = None,
) -> Rival:
    """Loss of a package with these parameters; the options are for the objective only."""
    parameters = parameters or COSINE

    def make() -> Call:
        if library is TORCH:
            packages.allow_torchvision()
        return library.differentiated(loss(**parameters))

    both = parameters | (options or {})
    return Rival(name, objective, library.module, make, package, both, most_rows)


def _compiled() -> Call:
    import torch

    formula = functools.partial(differentiated.torch_formulas()["info_nce"], **COSINE)
    return TORCH.differentiated(torch.compile(formula))


FORMULAS = {"info_nce": COSINE, "nt_xent": COSINE, "sigmoid_contrastive": SIGLIP}
RIVALS: tuple[Rival, ...] = (
    *(_formula(name, b, parameters) for b in BACKENDS for name, parameters in FORMULAS.items()),
    Rival("torch.compile of the formula", "info_nce", "torch", _compiled),
    _package("open_clip ClipLoss", "open_clip", "info_nce", packages.open_clip_loss),
    _package(
        "open_clip SigLipLoss",
        "open_clip",
        "sigmoid_contrastive",
        packages.open_clip_siglip,
        SIGLIP,
    ),
    _package("lightly NTXentLoss", "lightly", "nt_xent", packages.lightly),
    _package(
        "pytorch-metric-learning NTXentLoss",
        "pytorch_metric_learning",
        "nt_xent",
        packages.metric_learning,
        most_rows=256,  # it pairs every positive with all (2B)^2 negatives: 34 GB at B = 1024
    ),
    _package(
        "sentence-transformers MNRL",
        "sentence_transformers",
        "info_nce",
        packages.ranking,
        options=ONE_SIDE,
    ),
    _package(
        "sentence-transformers CachedMNRL",
        "sentence_transformers",
        "info_nce",
        packages.cached_ranking,
        options=ONE_SIDE,
    ),
    _package(
        "optax ntxent",
        "optax",
        "nt_xent",
        packages.optax_ntxent,
        library=JAX,
        most_rows=256,  # it forms (2B)^2 products of length D: 0.5 GB here, 276 GB at B = 4096
    ),
)


def available(rivals: tuple[Rival, ...] = RIVALS) -> tuple[Rival, ...]:
    """Rivals whose libraries are installed (and that have a device, for CuPy)."""

    def installed(rival: Rival) -> bool:
        there = BACKENDS[rival.backend].is_there()
        return there and (not rival.package or importlib.util.find_spec(rival.package) is not None)

    return tuple(filter(installed, rivals))
