"""Independent, naive torch versions of the objectives, written from the specification's formulas.

`ORACLES[name]` has the signature of `polycontrast.name`: torch tensors in, torch tensor out,
differentiable by autograd. Where torch is missing, importing this package skips the test that does.
"""

import pytest

pytest.importorskip("torch", reason="the oracles are written in torch")

from . import bounds, cube, estimators, metrics, poly_view, structure, two_view, volume

__all__ = ["ORACLES"]

ORACLES = {
    name: getattr(module, name)
    for module in (two_view, poly_view, cube, volume, structure, metrics, estimators, bounds)
    for name in module.__all__
}
