"""Objectives as torch modules, with scalars that are learned."""

import copy
import math
from typing import Any

import torch

from polycontrast.arrays import as_floats, describe
from polycontrast.objective import Diagnostics, Objective, diagnostics_to, read_objective


class Learnable(torch.nn.Module):  # type: ignore[misc]
    r"""A scalar parameter of an objective that is learned with the encoders.

    The parameter is the logarithm of the scalar, as for the logit scale of CLIP. So steps are
    relative and the value stays positive. Limits are kept by clamping the parameter before each
    use, which does not change its gradient. OpenCLIP clamps after each step of the optimizer, with
    the same effect. The parameter has the shape (1,), because FSDP2 shards no 0-d parameters.

    Parameters
    ----------
    initial : float
    min, max : float, optional
        Limits of the value. The logit scale of CLIP, at most 100, is ``min=0.01`` of a temperature.
    log : bool, default True
        Whether the parameter is the logarithm. Use False for a scalar of any sign, such as the bias
        of `sigmoid_contrastive`.

    Attributes
    ----------
    form : {"log", "number"}
        Name of the parameter: a state loads only into the same form.

    Raises
    ------
    TypeError
        When the initial value or a limit is no number, or `log` is no bool.
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
    >>> sorted(temperature.state_dict())
    ['log']
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
        if not isinstance(log, bool):
            raise TypeError(f"Learnable: log must be True or False, got {describe(log)}")
        limits = {name: limit for name, limit in (("min", min), ("max", max)) if limit is not None}
        given = {"initial": initial, **limits}
        numbers = dict(zip(given, as_floats("Learnable", **given), strict=True))
        for name, number in numbers.items():
            if not math.isfinite(number):
                raise ValueError(f"Learnable: {name} must be finite, got {number}")
            if log and number <= 0:
                hint = "; pass log=False for a scalar of any sign"
                raise ValueError(f"Learnable: {name} must be above 0, got {number}{hint}")
        start = numbers["initial"]
        self.min, self.max = numbers.get("min"), numbers.get("max")
        low, high = numbers.get("min", -math.inf), numbers.get("max", math.inf)
        if not low <= start <= high:
            raise ValueError(f"Learnable: initial must be in [{low}, {high}], got {start}")
        self.form = "log" if log else "number"
        held = torch.nn.Parameter(torch.tensor([self._to_parameter(start)]))
        self.register_parameter(self.form, held)

    @property
    def parameter(self) -> torch.nn.Parameter:
        """The parameter (1,): the logarithm, or the number itself."""
        return getattr(self, self.form)

    def _to_parameter(self, number: float) -> float:
        return math.log(number) if self.form == "log" else number

    def forward(self) -> torch.Tensor:
        """Value within its limits, 0-d."""
        if self.min is not None or self.max is not None:
            low, high = (
                None if limit is None else self._to_parameter(limit)
                for limit in (self.min, self.max)
            )
            with torch.no_grad():
                self.parameter.clamp_(low, high)
        # A graph must save a copy of the parameter, because the next use may clamp the parameter.
        value = self.parameter.exp() if self.form == "log" else self.parameter.clone()
        return value.reshape(())

    def _load_from_state_dict(
        self, state: Any, prefix: str, metadata: Any, strict: bool, *keys: list[str]
    ) -> None:
        earlier = f"{prefix}raw"  # earlier states have the form in their metadata, as log=True
        if earlier in state and "log" in metadata:
            form = "log" if metadata["log"] else "number"
            state[prefix + form] = state.pop(earlier).reshape(1)
        (other,) = {"log", "number"} - {self.form}
        if prefix + other in state:
            unexpected = keys[1]
            unexpected.append(f"{prefix}* of form={other}, where form={self.form} is expected")
        super()._load_from_state_dict(state, prefix, metadata, strict, *keys)

    def extra_repr(self) -> str:
        """Value and limits."""
        value = float(self.parameter.detach())
        limits = "".join(
            f", {name}={limit:g}"
            for name, limit in (("min", self.min), ("max", self.max))
            if limit is not None
        )
        return f"{math.exp(value) if self.form == 'log' else value:.4g}{limits}"


def _as_bytes(name: str) -> torch.Tensor:
    return torch.tensor(list(name.encode()), dtype=torch.uint8, device="cpu")


def _as_name(state: torch.Tensor) -> str:
    return bytes(map(int, state.tolist())).decode(errors="replace")


class Loss(torch.nn.Module):  # type: ignore[misc]
    """An objective with its parameters, some of them learned.

    Parameters
    ----------
    objective : Objective or str
        An objective such as ``pc.info_nce``, or its name.
    diagnostics : bool, default False
        Whether each call computes the diagnostics of its batch, for the objectives that have them.
    **parameters
        Keyword arguments of the objective, or execution options (``tile=``, ``comm=``, ...). A
        `Learnable` and a ``torch.nn.Parameter`` become parameters of the module, under their name.
        Other tensors move with the module, and are not part of its state.

    Attributes
    ----------
    diagnostics : dict of str to torch.Tensor
        Figures of the last call, see `polycontrast.objective.Diagnostics`: 0-d and detached, so
        that a logger takes them. Figures that are not defined are left out. Empty before the first
        call, and with ``diagnostics=False``.

    Raises
    ------
    TypeError, ValueError
        When a name is not an argument of the objective, a call would refuse its value, or a learned
        value is given for an argument without a gradient.

    Notes
    -----
    The state has the name of the objective, as bytes in a tensor (torch's extra state), and the
    name of a scalar's parameter states its form, ``log`` or ``number``. So a state loads only into
    a module of the same kind, unless ``strict=False`` is passed. This holds for every format of
    files.

    ``comm="world"`` is the default process group of torch at the time of a call, and has no effect
    in a single process. So a loss can be made, copied and pickled before the processes start. A
    copy shares the ranks of any other ``comm=``. A pickle of the default group itself becomes
    ``"world"``; other groups cannot be pickled.

    Examples
    --------
    >>> import torch, polycontrast as pc
    >>> from polycontrast.torch import Learnable, Loss
    >>> loss = Loss(pc.info_nce, temperature=Learnable(0.07, min=0.01))
    >>> value = loss(torch.eye(4), torch.eye(4))
    >>> value.backward()
    >>> sorted(loss.state_dict())
    ['_extra_state', 'temperature.log']

    With the figures of a batch, for a logger:

    >>> loss = Loss(pc.info_nce, temperature=0.07, diagnostics=True)
    >>> value = loss(torch.eye(4), torch.eye(4))
    >>> round(loss.diagnostics["recall_x"].item(), 3)
    1.0
    """

    def __init__(self, objective: Objective | str, *, diagnostics: bool = False, **parameters: Any):
        super().__init__()
        if not isinstance(diagnostics, bool):
            got = describe(diagnostics)
            raise TypeError(f"Loss: diagnostics must be True or False, got {got}")
        self.diagnosing = diagnostics
        self.diagnostics: dict[str, torch.Tensor] = {}
        self.objective = read_objective("Loss", objective)
        modules = {n: v for n, v in parameters.items() if isinstance(v, Learnable)}
        given = {n: v() if n in modules else v for n, v in parameters.items()}
        for name, value in given.items():
            argument = self.objective.arguments.get(name)
            if getattr(value, "requires_grad", False) and not getattr(
                argument, "differentiable", argument is None
            ):
                raise TypeError(f"Loss: {name} of {self.objective.name} has no gradient")
        self.objective.check_parameters(given)
        self.fixed: dict[str, Any] = {}
        self.held: tuple[str, ...] = ()
        """Names of the modules, parameters and tensors that belong to this module."""
        for name, value in parameters.items():
            if not isinstance(value, (Learnable, torch.Tensor)):
                self.fixed[name] = value
                continue
            self.held += (name,)
            if isinstance(value, Learnable):
                self.add_module(name, value)
            elif isinstance(value, torch.nn.Parameter):
                self.register_parameter(name, value)
            elif value.requires_grad:
                raise TypeError(
                    f"Loss: {name} is to be learned; make it a Learnable or a torch.nn.Parameter"
                )
            else:
                self.register_buffer(name, value, persistent=False)

    def forward(self, *arrays: Any, **parameters: Any) -> torch.Tensor:
        """Value of the objective; parameters given here replace those of the module."""
        held = {name: getattr(self, name) for name in self.held if name not in parameters}
        held = {n: v() if isinstance(v, Learnable) else v for n, v in held.items()}
        given = {**self.fixed, **held, **parameters}
        if not self.diagnosing:
            return self.objective(*arrays, **given)
        with diagnostics_to(self._keep):
            return self.objective(*arrays, **given)

    def _keep(self, found: Diagnostics) -> None:
        """Keep the figures that are defined."""
        figures = found._asdict().items()
        self.diagnostics = {n: torch.as_tensor(t).detach() for n, t in figures if t is not None}

    def get_extra_state(self) -> torch.Tensor:
        """Name of the objective as bytes, which every format of files can keep."""
        return _as_bytes(self.objective.name)

    def set_extra_state(self, state: torch.Tensor) -> None:
        """Nothing to set: a state is of the objective of the module, or refused."""

    def _load_from_state_dict(
        self, state: Any, prefix: str, metadata: Any, strict: bool, *keys: list[str]
    ) -> None:
        key = f"{prefix}_extra_state"
        if key not in state and "objective" in metadata:  # earlier states have the name there
            state[key] = _as_bytes(metadata["objective"])
        here, there = self.objective.name, _as_name(state[key]) if key in state else None
        if there not in (None, here):
            unexpected = keys[1]
            words = f"{prefix}* of objective={there}, where objective={here} is expected"
            unexpected.append(words)
        super()._load_from_state_dict(state, prefix, metadata, strict, *keys)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Loss":
        comm = self.fixed.get("comm")
        memo[id(comm)] = comm  # ranks cannot be copied, so they are shared
        made = memo[id(self)] = type(self).__new__(type(self))
        made.__dict__ = copy.deepcopy(self.__dict__, memo)
        return made

    def __getstate__(self) -> dict[str, Any]:
        state, comm = dict(vars(self)), self.fixed.get("comm")
        if isinstance(comm, torch.distributed.ProcessGroup):
            if comm is not torch.distributed.group.WORLD:
                raise TypeError("Loss: comm= cannot be pickled, but torch's default group can")
            state["fixed"] = {**self.fixed, "comm": "world"}
        return state

    def extra_repr(self) -> str:
        """Name of the objective and its fixed parameters."""
        shown = self.fixed | ({"diagnostics": True} if self.diagnosing else {})
        return ", ".join([self.objective.name, *(f"{n}={v!r}" for n, v in shown.items())])
