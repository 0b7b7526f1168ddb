"""Errors of losses of other packages, and of ours, in low precision and at small temperatures.

    python3 benchmarks/deviations.py [--sources FOLDER]

runs in the environment that `benchmarks/frameworks.py` makes; repositories that are not on PyPI lie
in FOLDER, see `tests/compat/record.py`. Each call of `tests/compat/peer_cases.py` is made by the
package and by our constructor. The reference is our constructor in float64, on the same rounded
inputs. Tables go to ``docs/_tables/coming_from``.
"""

import argparse
import importlib
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "compat"))

from peer_cases import CASES, Case, tensors  # noqa: E402
from record import allow_imports, package  # noqa: E402

FOLDER = ROOT / "docs" / "_tables" / "coming_from"
HALVES = {"float16": torch.float16, "bfloat16": torch.bfloat16}
SCALARS = ("scale", "bias")


def outcome(case, module, dtype, change=lambda t: t):
    """Value and gradients, concatenated, as float64; a word where the call fails."""
    try:
        t = change(tensors(dtype))
        for name in vars(t):
            leaf = getattr(t, name)
            if leaf.is_floating_point() and leaf.requires_grad:
                leaf.retain_grad()
        loss = case.make(module)
        if isinstance(loss, torch.nn.Module):
            loss.to(dtype)
        result = case.call(loss, t)
        parts = result if isinstance(result, tuple) else (result,)
        values = [p for p in parts if isinstance(p, torch.Tensor) and p.requires_grad]
        sum(v.sum() for v in values).backward()
    except (RuntimeError, ValueError, TypeError, NotImplementedError, AssertionError):
        return "fails"
    leaves = list(vars(t).items())
    if isinstance(loss, torch.nn.Module):
        leaves += loss.named_parameters()
    grads = {n: leaf.grad for n, leaf in leaves if leaf.grad is not None and n not in SCALARS}
    value = np.concatenate([v.detach().double().ravel().numpy() for v in values])
    return value, {n: g.detach().double().ravel().numpy() for n, g in grads.items()}


def error(found, reference):
    """Relative errors of value and gradients; infinite where the call fails."""
    if isinstance(found, str):
        return np.nan, np.nan
    (value, grads), (true, true_grads) = found, reference
    apart = np.abs(value - true).max() / np.abs(true).max()
    far = {n: grads.get(n, np.zeros_like(g)) for n, g in true_grads.items()}
    gaps = [np.linalg.norm(far[n] - g) for n, g in true_grads.items()]
    whole = np.linalg.norm([np.linalg.norm(g) for g in true_grads.values()])
    pair = apart, np.linalg.norm(gaps) / whole
    return tuple(float(e) if np.isfinite(e) else np.inf for e in pair)


def text(pair):
    """Both errors; nan stands for a call that fails, and inf for a result that is not finite."""
    if np.isnan(pair[0]):
        return "fails"
    return ", ".join(f"{e:.0e}" if np.isfinite(e) else "not finite" for e in pair)


def worst(pairs):
    """The largest errors that are finite, and how many calls fail or are not finite."""
    pairs = np.array(pairs)
    fine = pairs[np.isfinite(pairs).all(axis=1)]
    lost = len(pairs) - len(fine)
    parts = [text(fine.max(axis=0))] if len(fine) else []
    return "; ".join([*parts, f"{lost} of {len(pairs)} lost"] if lost else parts)


def unbroken(rows):
    """Rows in which no line ends after the sign of an exponent."""
    return [[cell.replace("e-", "e\N{NON-BREAKING HYPHEN}") for cell in row] for row in rows]


def compared(case, theirs, ours, dtype, change=lambda t: t):
    """Errors of the package and of ours."""

    def widened(t):
        return change(SimpleNamespace(**{n: raised(leaf) for n, leaf in vars(t).items()}))

    def raised(leaf):
        if not leaf.is_floating_point():
            return leaf
        return leaf.detach().to(dtype).double().requires_grad_(leaf.requires_grad)

    reference = outcome(case, ours, torch.float64, widened)
    return [error(outcome(case, m, dtype, change), reference) for m in (theirs, ours)]


def with_zero_row(t):
    """The same inputs, with one row of zeros in each set of rows."""

    def cut(leaf):
        if leaf.ndim < 2 or not leaf.is_floating_point():
            return leaf
        changed = leaf.detach().clone()
        changed[..., 1, :] = 0
        return changed.requires_grad_(leaf.requires_grad)

    return SimpleNamespace(**{name: cut(leaf) for name, leaf in vars(t).items()})


SMALL = 0.005


def small(name, make, call):
    """A case at a small temperature."""
    return Case(name, "", make, call)


SMALL_CASES = {
    "pytorch-metric-learning NTXentLoss": small(
        "pytorch_metric_learning",
        lambda m: m.NTXentLoss(temperature=SMALL),
        lambda f, t: f(t.z, t.twos),
    ),
    "pytorch-metric-learning SupConLoss": small(
        "pytorch_metric_learning",
        lambda m: m.SupConLoss(temperature=SMALL),
        lambda f, t: f(t.z, t.labels),
    ),
    "lightly NTXentLoss": small(
        "lightly", lambda m: m.NTXentLoss(temperature=SMALL), lambda f, t: f(t.x, t.y)
    ),
    "open_clip ClipLoss": small(
        "open_clip", lambda m: m.ClipLoss(), lambda f, t: f(t.u, t.v, 1 / SMALL)
    ),
    "info-nce-pytorch InfoNCE": small(
        "info_nce_pytorch", lambda m: m.InfoNCE(temperature=SMALL), lambda f, t: f(t.x, t.y)
    ),
    "LibAUC GCLoss, unimodal": small(
        "libauc", lambda m: m.GCLoss(N=16, tau=SMALL), lambda f, t: f(t.x, t.y, t.index)
    ),
    "LibAUC GCLoss, bimodal": small(
        "libauc",
        lambda m: m.GCLoss("bimodal", N=16, tau=SMALL),
        lambda f, t: f(t.u, t.v, t.index),
    ),
    "LibAUC PairwiseAUCLoss, hparam=200": small(
        "libauc",
        lambda m: m.PairwiseAUCLoss(hparam=1 / SMALL),
        lambda f, t: f(t.scores, t.truth),
    ),
    "solo-learn simclr_loss_func": small(
        "solo_learn",
        lambda m: m.simclr_loss_func,
        lambda f, t: f(t.z, t.threes, SMALL),
    ),
    "SupContrast SupConLoss": small(
        "sup_contrast",
        lambda m: m.SupConLoss(temperature=SMALL, base_temperature=SMALL),
        lambda f, t: f(torch.nn.functional.normalize(t.views, dim=-1)),
    ),
    "Multi-View-CL MVINFONCE": small(
        "multi_view_cl", lambda m: m.MVINFONCE(SMALL, 3), lambda f, t: f(t.z)
    ),
    "Multi-View-CL MVDHEL": small(
        "multi_view_cl", lambda m: m.MVDHEL(SMALL, 3), lambda f, t: f(t.z)
    ),
}


def both(case, sources):
    """The package and our module of it, or None."""
    theirs = package(case.package, sources)
    ours = importlib.import_module(f"polycontrast.compat.{case.package}")
    return None if theirs is None else (theirs, ours)


def main():
    """Write the tables."""
    from polycontrast.bench import setting, write_csv, write_markdown

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=Path)
    sources = parser.parse_args().sources
    allow_imports()
    warnings.simplefilter("ignore")
    kinds = [*HALVES, "zero row"]
    sides = [f"{kind}, {side}" for kind in kinds for side in ("theirs", "ours")]
    found, every, temperatures = {}, [], []
    for case in CASES:
        modules = None if case.package == "optax" else both(case, sources)
        if modules is None:
            continue
        errors = [e for d in HALVES.values() for e in compared(case, *modules, d)]
        errors += compared(case, *modules, torch.float32, with_zero_row)
        found.setdefault(case.package, []).append(errors)
        every.append([case.id, *map(text, errors)])
    rows = [
        [f"`{name}`", *(worst(side) for side in zip(*cases, strict=True))]
        for name, cases in found.items()
    ]
    for name, case in SMALL_CASES.items():
        modules = both(case, sources)
        if modules is not None:
            errors = compared(case, *modules, torch.float32)
            errors += compared(case, *modules, torch.float64)[:1]
            temperatures.append([name, *map(text, errors)])
    note = setting(["polycontrast", "torch"])
    write_csv(ROOT / "benchmarks" / "results" / "deviations.csv", ["call", *sides], every, note)
    write_markdown(FOLDER / "precision.md", ["package", *sides], unbroken(rows), note)
    head = [f"loss at temperature {SMALL}", "float32, theirs", "float32, ours", "float64, theirs"]
    write_markdown(FOLDER / "temperatures.md", head, unbroken(temperatures), note)


if __name__ == "__main__":
    main()
