"""The logits of each sample some epochs before."""

from typing import Any, NamedTuple

from polycontrast.arrays import (
    Array,
    as_count,
    check_floating,
    device,
    namespace,
    transpose,
)
from polycontrast.states.slots import gather_state, scatter_state


class TrajectoryBuffer(NamedTuple):
    """Logits of each sample from the last epochs, for the `past` of `trajectory_kl`.

    It is a ring: epoch e writes slot e mod (E + 1), and reads what epoch e - E has written. It is
    a named tuple of arrays, so JAX takes it as an argument of compiled functions.

    Parameters
    ----------
    slots : tuple of array (C, N)
        The logits of an epoch each; there are E + 1.

    References
    ----------
    J. Du, D. Zhou, J. Feng, V. Y. F. Tan, J. T. Zhou, "Sharpness-Aware Training for Free" (SAF),
    NeurIPS 2022, arXiv 2205.14083.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> logits, index = np.asarray([[1.0, 2.0]]), np.asarray([4])
    >>> buffer = pc.TrajectoryBuffer.empty(logits, samples=9, epochs=2)
    >>> for epoch in range(3):
    ...     past = buffer.read(epoch, index)
    ...     buffer = buffer.write(epoch, index, logits + epoch)
    >>> past.tolist(), buffer.read(3, index).tolist()
    ([[1.0, 2.0]], [[2.0, 3.0]])
    """

    slots: tuple[Array, ...]

    @classmethod
    def empty(cls, logits: Array, samples: int, epochs: int = 3) -> "TrajectoryBuffer":
        """A buffer in which nothing has been written; what is read from it is nan.

        Parameters
        ----------
        logits : array (B, C)
            Of any batch: it gives the number of classes, the library, the dtype and the device.
        samples : int
            Number N of samples of the data set.
        epochs : int, default 3
            How far back E `read` goes. The authors' value.

        Raises
        ------
        TypeError, ValueError
            When `logits` is no real floating array (B, C), or a number is no integer above 0.
        """
        name = "TrajectoryBuffer.empty"
        check_floating(name, logits=logits)
        if logits.ndim != 2:
            raise ValueError(f"{name}: logits must have shape (B, C), got {tuple(logits.shape)}")
        samples, epochs = as_count(name, "samples", samples), as_count(name, "epochs", epochs)
        xp, shape = namespace(logits), (logits.shape[1], samples)
        where = {"dtype": logits.dtype, "device": device(logits)}
        return cls(tuple(xp.full(shape, xp.nan, **where) for _ in range(epochs + 1)))

    def write(self, epoch: Any, index: Array, logits: Array) -> "TrajectoryBuffer":
        """The buffer with the logits of the samples of a batch.

        Parameters
        ----------
        epoch : int
            Number of this epoch, from 0 on.
        index : integer array (B,)
            Samples of the batch, each at most once.
        logits : array (B, C)

        Returns
        -------
        TrajectoryBuffer
            The slot of this epoch is a new array, the others are the same; this buffer is
            unchanged.

        Raises
        ------
        TypeError, ValueError
            When `epoch` is no integer from 0 on, or as `scatter_state` does.
        """
        place = self._place("write", epoch)
        check_floating("TrajectoryBuffer.write", logits=logits)
        if logits.ndim != 2:
            got = tuple(logits.shape)
            raise ValueError(f"TrajectoryBuffer.write: logits must have shape (B, C), got {got}")
        new = scatter_state(self.slots[place], index, transpose(logits))
        return TrajectoryBuffer((*self.slots[:place], new, *self.slots[place + 1 :]))

    def read(self, epoch: Any, index: Array) -> Array:
        """The logits that the samples of a batch had E epochs before; nan where there were none.

        Parameters
        ----------
        epoch : int
            Number of this epoch, from 0 on.
        index : integer array (B,)
            Samples of the batch, each at most once.

        Returns
        -------
        past : array (B, C)

        Raises
        ------
        TypeError, ValueError
            When `epoch` is no integer from 0 on, or as `gather_state` does.
        """
        # E epochs before is one epoch ahead in a ring of E + 1.
        place = (self._place("read", epoch) + 1) % len(self.slots)
        return transpose(gather_state(self.slots[place], index))

    def _place(self, method: str, epoch: Any) -> int:
        """The slot of an epoch."""
        return as_count(f"TrajectoryBuffer.{method}", "epoch", epoch, least=0) % len(self.slots)
