"""Typical calls, for type checkers: none of this runs.

Each `assert_type` says what an editor knows; each line with an ignore is a mistake that a checker
must report, since unused ignores are errors.
"""

from typing import Any, assert_type

import numpy as np
import numpy.typing as npt

import polycontrast as pc

Rows = npt.NDArray[np.float32]


def values(x: Rows, y: Rows, views: list[Rows]) -> None:
    assert_type(pc.info_nce(x, y, temperature=0.1), Rows)
    assert_type(pc.info_nce(x, y, tile=(256, 256), workers=2, reduction="none"), Rows)
    assert_type(pc.poly_view(views, aggregation="arithmetic"), Rows)
    assert_type(pc.poly_view(np.stack(views), memory=1 << 20), Rows)


def gradients(x: Rows, y: Rows, views: list[Rows]) -> None:
    loss, grads = pc.nt_xent.value_and_grad(x, y, wrt=("x", "temperature"))
    assert_type(loss, Rows)
    assert_type(grads.x, Rows)
    assert_type(grads.temperature, Rows)
    _, _, found = pc.info_nce.value_and_grad(x, y, diagnostics=True)
    assert_type(found.recall_x, Any)
    _, back = pc.dcl.vjp(x, y, reduction="none")
    assert_type(back(np.ones(8)).y, Rows)
    print(pc.poly_view.value_and_grad(views)[1].views)


def others(x: Rows, y: Rows) -> None:
    pc.objectives()["dcl"](x, y)
    pc.plan("info_nce", (8, 4), (8, 4))
    pc.recall_at_k(x, y, k=1)


def mistakes(x: Rows, y: Rows) -> None:
    pc.info_nce(x, y, temprature=0.1)  # type: ignore[call-arg]
    pc.info_nce(x, y, reduction="average")  # type: ignore[arg-type]
    pc.info_nce(x, y, tile=256)  # type: ignore[arg-type]
    print(pc.info_nce.value_and_grad(x, y)[1].bias)  # type: ignore[attr-defined]
    print(pc.infonce)  # type: ignore[attr-defined]
