"""The heads of an alignment as torch modules."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from polycontrast.arrays import describe


class Head(torch.nn.Module):  # type: ignore[misc]
    """Map of one view into the shared space, then unit length.

    ``forward(x)`` is ``z / |z|`` of ``z = linear((x - mean) * scale)``; a row with ``z = 0`` stays
    zero. The state has mean and scale as buffers. Scales are powers of two that bring columns near
    1. So float32 keeps the digits of columns of any size.

    Parameters
    ----------
    head : polycontrast.align.Head
    dtype : torch.dtype, optional
        Default: torch's default dtype.
    device : torch.device or str, optional
        Default: torch's default device.

    Attributes
    ----------
    linear : torch.nn.Linear
        Its weight (dim, columns) and bias (dim,) can be trained further.
    hidden : torch.nn.Sequential or None
        Of a head with a hidden layer: a linear map, tanh, and a linear map without bias, whose
        rows are added to those of `linear`.
    """

    def __init__(self, head: Any, dtype: Any = None, device: Any = None):
        super().__init__()

        def tensor(x: np.ndarray) -> torch.Tensor:
            dt = dtype or torch.get_default_dtype()
            return torch.tensor(np.asarray(x).tolist(), dtype=dt, device=device)

        self.register_buffer("mean", tensor(head.mean))
        self.register_buffer("scale", tensor(head.scale))

        def linear(weights: np.ndarray, bias: np.ndarray | None) -> torch.nn.Linear:
            made = torch.nn.utils.skip_init(
                torch.nn.Linear,
                *weights.shape,
                bias=bias is not None,
                dtype=self.mean.dtype,
                device=self.mean.device,
            )
            with torch.no_grad():
                made.weight.copy_(tensor(weights.T))
                if bias is not None:
                    made.bias.copy_(tensor(bias))
            return made

        self.linear = linear(head.weights / head.scale[:, None], head.bias)
        layer, self.hidden = head.hidden, None
        if layer is not None:
            self.hidden = torch.nn.Sequential(
                linear(layer.weights / head.scale[:, None], layer.bias),
                torch.nn.Tanh(),
                linear(layer.out, None),
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Aligned rows (rows, dim) of raw rows (rows, columns)."""
        x = (x - self.mean) * self.scale
        z = self.linear(x) if self.hidden is None else self.linear(x) + self.hidden(x)
        largest = z.detach().abs().amax(dim=-1, keepdim=True)
        there = largest > 0
        z = z / torch.where(there, largest, 1)  # squares of small and large entries stay finite
        squared = torch.where(there, (z * z).sum(dim=-1, keepdim=True), 1)
        return torch.where(there, z / squared.sqrt(), 0)


def heads(source: Any, *, dtype: Any = None, device: Any = None) -> Any:
    """Modules that map raw rows of each view as `Aligner.transform` does.

    Parameters
    ----------
    source : Aligner, sequence of Head, or dict of str to Head
        A fitted `polycontrast.align.Aligner`, its `heads_`, or what `load_heads` returns.
    dtype : torch.dtype, optional
        Of parameters and buffers, and of the rows to map. Default: torch's default dtype.
    device : torch.device or str, optional
        Default: torch's default device.

    Returns
    -------
    torch.nn.ModuleList or dict of str to Module
        A module for each view; a dict where a dict was given. The attribute ``linear`` of each is
        a `torch.nn.Linear`.

    Raises
    ------
    TypeError
        When `source` is something else, such as an estimator that is not fitted.

    Examples
    --------
    >>> import numpy as np, torch
    >>> from polycontrast.align import Head
    >>> from polycontrast.torch import heads
    >>> modules = heads([Head(np.zeros(2), np.eye(2), np.zeros(2))])
    >>> modules[0](torch.tensor([[3.0, 4.0]])).tolist()
    [[0.6000000238418579, 0.800000011920929]]
    """
    found = getattr(source, "heads_", source)
    if isinstance(found, Mapping):
        return {name: Head(head, dtype, device) for name, head in found.items()}
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise TypeError(
            "heads: source must be a fitted Aligner, its heads_, or the dict of load_heads, got "
            f"{describe(source)}"
        )
    return torch.nn.ModuleList(Head(head, dtype, device) for head in found)
