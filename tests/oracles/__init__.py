"""Independent, naive torch versions of the objectives, written from the specification's formulas.

`ORACLES[name]` has the signature of `polycontrast.name`: torch tensors in, torch tensor out,
differentiable by autograd. Where torch is missing, calling one skips the test that does.
`FACTS[name]` holds the cases of the objective, and needs no torch.
"""

import importlib
import pkgutil

from .registry import FACTS, ORACLES, Facts, oracle

__all__ = ["FACTS", "ORACLES", "Facts", "oracle"]

for _module in pkgutil.iter_modules(__path__):
    if not _module.name.startswith("test_"):
        importlib.import_module(f"{__name__}.{_module.name}")
