"""The register of oracles, with what the tests must know of each objective. It needs no torch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

__all__ = ["FACTS", "ORACLES", "Facts", "oracle", "torch"]


class _Torch:
    """Torch, imported when an oracle first computes; where it is missing, that skips the test."""

    def __getattr__(self, name: str) -> Any:
        return getattr(
            pytest.importorskip("torch", reason="the oracles are written in torch"), name
        )


torch: Any = _Torch()


@dataclass(frozen=True)
class Facts:
    """Test data of one objective.

    Parameters
    ----------
    cases : tuple of dict
        Parameters of each case; the first one is the defaults. For an array argument the dims to
        make, as a string.
    kinks : bool
        The value has kinks at dependent rows, where no second derivative exists.
    solved : bool
        The oracle holds a solver's result, and with it a part of second derivatives.
    overflows : dict or None
        Parameters with which the definition has exponentials without a logarithm or a normaliser.
    gaps : bool
        A sample of the test data may have no term: its loss is 0 and counts in no average.
    sparse : tuple of str
        Boolean arrays of which one entry in seven is true, where otherwise six are.
    complete : tuple of str
        Labels that must hold every class: 0 and 1 by turns.
    """

    cases: tuple[dict[str, Any], ...] = ({},)
    kinks: bool = False
    solved: bool = False
    overflows: dict[str, Any] | None = None
    gaps: bool = False
    sparse: tuple[str, ...] = ()
    complete: tuple[str, ...] = ()


ORACLES: dict[str, Callable[..., Any]] = {}
FACTS: dict[str, Facts] = {}


def oracle(
    *,
    cases: tuple[dict[str, Any], ...] = (),
    exact: dict[str, Any] | None = None,
    kinks: bool = False,
    solved: bool = False,
    overflows: dict[str, Any] | None = None,
    gaps: bool = False,
    sparse: tuple[str, ...] = (),
    complete: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a naive version of the objective of the same name, with its test data.

    Parameters
    ----------
    cases : tuple of dict
        Parameters that the tests vary from the defaults, one case at a time.
    exact : dict, optional
        Parameters that every case sets, for objectives that are otherwise approximate.
    kinks, solved, overflows, gaps, sparse, complete
        See `Facts`.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        name = function.__name__
        if name in ORACLES:
            raise ValueError(f"oracle: there are two named {name}")
        whole = tuple((exact or {}) | case for case in ({}, *cases))
        ORACLES[name] = function
        FACTS[name] = Facts(whole, kinks, solved, overflows, gaps, sparse, complete)
        return function

    return register
