"""Objectives as modules, with scalars that are learned."""

import math
from typing import Any

import torch

from polycontrast.objective import Objective, find


class Learnable(torch.nn.Module):  # type: ignore[misc]
    r"""A scalar parameter of an objective that is learned with the encoders.

    Held as its logarithm, so that steps are relative and the value stays positive, as CLIP holds
    its logit scale. Limits are kept by clamping the parameter before each use, which leaves its
    gradient alone (OpenCLIP clamps after each step of the optimizer, to the same effect).

    Parameters
    ----------
    initial : float
    min, max : float, optional
        Limits of the value. CLIP's logit scale of at most 100 is ``min=0.01`` of a temperature.
    log : bool, default True
        Hold the logarithm. For a scalar of any sign, such as the bias of `sigmoid_contrastive`:
        False.

    Raises
    ------
    ValueError
        When the initial value is not finite, not above 0 in log space, or outside its limits.

    References
    ----------
    A. Radford et al., "Learning Transferable Visual Models From Natural Language Supervision",
    ICML 2021, arXiv 2103.00020.

    Examples
    --------
    >>> from polycontrast.torch import Learnable
    >>> temperature = Learnable(0.07, min=0.01)
    >>> round(temperature().item(), 4)
    0.07
    """

    def __init__(
        self,
        initial: float,
        *,
        min: float | None = None,
        max: float | None = None,
        log: bool = True,
    ):
        super().__init__()
        for name, number in (("initial", initial), ("min", min), ("max", max)):
            if number is None:
                continue
            if not math.isfinite(number):
                raise ValueError(f"Learnable: {name} must be finite, got {number}")
            if log and number <= 0:
                hint = "; pass log=False for a scalar of any sign"
                raise ValueError(f"Learnable: {name} must be above 0, got {number}{hint}")
        low, high = -math.inf if min is None else min, math.inf if max is None else max
        if not low <= initial <= high:
            raise ValueError(f"Learnable: initial must be in [{low}, {high}], got {initial}")
        self.min, self.max, self.log = min, max, log
        self.raw = torch.nn.Parameter(torch.tensor(self._to_raw(initial)))

    def _to_raw(self, number: float) -> float:
        return math.log(number) if self.log else float(number)

    def forward(self) -> torch.Tensor:
        """Value within its limits, 0-d."""
        if self.min is not None or self.max is not None:
            low, high = (
                None if limit is None else self._to_raw(limit) for limit in (self.min, self.max)
            )
            with torch.no_grad():
                self.raw.clamp_(low, high)
        return self.raw.exp() if self.log else self.raw

    def extra_repr(self) -> str:
        """Value and limits."""
        value = float(self.raw.detach())
        limits = "".join(
            f", {name}={limit:g}"
            for name, limit in (("min", self.min), ("max", self.max))
            if limit is not None
        )
        return f"{math.exp(value) if self.log else value:.4g}{limits}"


class Loss(torch.nn.Module):  # type: ignore[misc]
    """An objective with its parameters, some of them learned.

    Parameters
    ----------
    objective : Objective or str
        Such as ``pc.info_nce``, or its name.
    **parameters
        Keyword arguments of the objective or options of execution (``tile=``, ``comm=``, ...). A
        `Learnable` becomes a parameter of the module, under its name.

    Raises
    ------
    TypeError
        When a name is no argument of the objective, or a `Learnable` stands for one that has no
        gradient.

    Examples
    --------
    >>> import torch, polycontrast as pc
    >>> from polycontrast.torch import Learnable, Loss
    >>> loss = Loss(pc.info_nce, temperature=Learnable(0.07, min=0.01))
    >>> value = loss(torch.eye(4), torch.eye(4))
    >>> value.backward()
    >>> sorted(loss.state_dict())
    ['temperature.raw']
    """

    def __init__(self, objective: Objective | str, **parameters: Any):
        super().__init__()
        self.objective = find(objective) if isinstance(objective, str) else objective
        self.objective.check_parameters(parameters)
        self.fixed: dict[str, Any] = {}
        self.learned: tuple[str, ...] = ()
        for name, value in parameters.items():
            if isinstance(value, Learnable):
                if not self.objective.arguments[name].differentiable:
                    raise TypeError(f"Loss: {name} of {self.objective.name} has no gradient")
                self.add_module(name, value)
                self.learned += (name,)
            else:
                self.fixed[name] = value

    def forward(self, *arrays: Any, **parameters: Any) -> torch.Tensor:
        """Value of the objective; parameters given here go before those of the module."""
        learned = {name: getattr(self, name)() for name in self.learned}
        return self.objective(*arrays, **{**self.fixed, **learned, **parameters})

    def extra_repr(self) -> str:
        """Name of the objective and its fixed parameters."""
        return ", ".join(
            [self.objective.name, *(f"{name}={value!r}" for name, value in self.fixed.items())]
        )
