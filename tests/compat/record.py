"""Record what other packages compute, for the tests where they are not installed.

    python tests/compat/record.py [--sources FOLDER]

runs every case of `peer_cases.py` with the package itself, in float64, and writes
``tests/compat/recorded.json``. Packages of PyPI are imported, as `benchmarks/frameworks.py`
installs them. Those that are not there have to lie in FOLDER as ``solo-learn``, ``SupContrast``,
``GRAM`` and ``Multi-View-CL``. Cases of packages that are not found keep their numbers.
"""

import argparse
import importlib
import importlib.abc
import importlib.machinery
import json
import sys
import types
import warnings
from pathlib import Path

import numpy as np
import torch
from peer_cases import CASES, Case, arrays, measured, summary

RECORDED = Path(__file__).parent / "recorded.json"
SOURCES = {
    "solo_learn": ("solo-learn", "solo.losses"),
    "sup_contrast": ("SupContrast", "losses"),
    "gram": ("GRAM", "utils.volume"),
    "multi_view_cl": ("Multi-View-CL/models", "losses"),
}
INSTALLED = {
    "pytorch_metric_learning": "pytorch_metric_learning.losses",
    "lightly": "lightly.loss",
    "open_clip": "open_clip.loss",
    "sentence_transformers": "sentence_transformers.sentence_transformer.losses",
    "info_nce_pytorch": "info_nce",
    "libauc": "libauc.losses",
    "optax": "optax.losses",
}
# What these packages import and their losses do not use.
UNUSED = ("torchvision", "timm", "diffdist")


class _Anything(types.ModuleType):
    """A module that has every name."""

    def __init__(self, name, *_):
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything(name)

    def __call__(self, *args, **kwargs):
        return args[0] if args else None


class _StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finder of modules that have every name, in place of some packages."""

    def __init__(self, packages):
        self.packages = packages

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.packages:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return _Anything(spec.name)

    def exec_module(self, module):
        """Nothing to run."""


def package(name: str, sources: Path | None = None):
    """The module of a package with its losses, or None where it is not found."""
    if name in INSTALLED:
        try:
            module = importlib.import_module(INSTALLED[name])
        except ModuleNotFoundError:
            return None
        if name == "lightly":  # which does not export it
            apart = importlib.import_module("lightly.loss.hypersphere_loss")
            module.HypersphereLoss = apart.HypersphereLoss
        return module
    folder, module = SOURCES[name]
    if sources is None or not (sources / folder).exists():
        return None
    for loaded in [m for m in sys.modules if m.split(".")[0] in ("losses", "utils", "solo")]:
        del sys.modules[loaded]
    if name == "multi_view_cl":  # it imports helpers that no loss needs
        sys.modules["utils"] = _Anything("utils")
    if name == "solo_learn":  # whose packages import its trainers
        for part in ("solo", "solo.utils"):
            sys.modules[part] = types.ModuleType(part)
            sys.modules[part].__path__ = [str(sources / folder / part.replace(".", "/"))]
    sys.path.insert(0, str(sources / folder))
    try:
        return importlib.import_module(module)
    finally:
        sys.path.pop(0)


def allow_imports() -> None:
    """Stand-ins for modules that the packages import and their losses do not use."""
    from polycontrast.bench.rivals.packages import allow_torchvision

    allow_torchvision()
    package("sentence_transformers")  # it asks for the versions of what is there
    missing = []
    for name in UNUSED:
        try:
            importlib.import_module(name)
        except (ImportError, RuntimeError):
            missing.append(name)
            for module in [m for m in sys.modules if m.split(".")[0] == name]:
                del sys.modules[module]
    sys.meta_path.insert(0, _StandIns(missing))


def with_jax(case: Case, module):
    """The numbers of `measured`, of a function of JAX arrays."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    given = arrays()
    floats = {n: jnp.asarray(a) for n, a in given.items() if a.dtype.kind == "f"}
    others = {n: jnp.asarray(a) for n, a in given.items() if a.dtype.kind != "f"}
    f = case.make(module)

    def value(floats):
        result = case.call(f, types.SimpleNamespace(**floats, **others))
        return jnp.sum(result), result

    (_, result), grads = jax.value_and_grad(value, has_aux=True)(floats)
    used = {n: g for n, g in grads.items() if np.any(np.asarray(g))}
    values = [np.asarray(result).reshape(-1).tolist()]
    return {"values": values, "grads": {n: summary(g) for n, g in used.items()}}


def main() -> None:
    """Record every case whose package is found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=Path, help="folder of the repositories")
    sources = parser.parse_args().sources
    records = json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else {}
    torch.set_default_dtype(torch.float64)  # some keep buffers of the default dtype
    down = torch.Tensor.float
    allow_imports()
    warnings.simplefilter("ignore")
    for case in CASES:
        module = package(case.package, sources)
        if module is None:
            print(f"not found: {case.id}")
            continue
        if case.package == "gram":  # its determinants go down to float32
            torch.Tensor.float = torch.Tensor.double
        records[case.id] = (with_jax if case.package == "optax" else measured)(case, module)
        torch.Tensor.float = down
    kept = {case.id: records[case.id] for case in CASES if case.id in records}
    RECORDED.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    print(f"{len(kept)} of {len(CASES)} cases")


if __name__ == "__main__":
    main()
