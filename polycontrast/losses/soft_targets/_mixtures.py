"""Roles of the arguments that describe mixtures of samples."""

from typing import Annotated, Any

from polycontrast.objective import Permutation, Role

_PERM = "The partner that each sample is mixed with; with ``comm=`` one of the same rank."
_LAM = "Share of the sample itself in each mixture, in [0, 1]."
Partners = Annotated[Any, Permutation("B", about=_PERM)]
Shares = Annotated[Any, Role("scalar", ("B",), low=0.0, high=1.0, about=_LAM)]
