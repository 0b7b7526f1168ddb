"""States by sample index: one slot per sample, along the last axis."""

import numpy as np

from polycontrast.arrays import (
    Array,
    describe,
    device,
    is_array,
    is_traced,
    namespace,
    to_numpy,
    type_name,
)


def gather_state(state: Array, index: Array) -> Array:
    """Take the state of the samples of a batch.

    Parameters
    ----------
    state : array (..., N)
        One slot per sample: (N,), or (2, N) for two directions.
    index : integer array (B,)
        Samples of the batch, each at most once, in [0, N).

    Returns
    -------
    state : array (..., B)

    Raises
    ------
    TypeError
        When `index` is not an integer array, or has another array library than `state`.
    ValueError
        When `index` is not a vector, is out of range or names a sample twice. (Under ``jax.jit``
        its values are not known and not checked.)

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> state = np.asarray([0.0, 1.0, 2.0, 3.0])
    >>> pc.gather_state(state, np.asarray([3, 1])).tolist()
    [3.0, 1.0]
    >>> pc.gather_state(state, np.asarray([3, 4]))
    Traceback (most recent call last):
        ...
    ValueError: gather_state: index must be in [0, 4), the samples of state (4,), got 4
    """
    index = _checked("gather_state", state, index)
    return namespace(state).take(state, index, axis=-1)


def scatter_state(state: Array, index: Array, new: Array) -> Array:
    """Write the state of the samples of a batch back.

    Parameters
    ----------
    state : array (..., N)
    index : integer array (B,)
        As in `gather_state`.
    new : array (..., B)
        New state of these samples, in the dtype of `state`.

    Returns
    -------
    state : array (..., N)
        A new array; the given one is unchanged.

    Raises
    ------
    TypeError
        When `index` is not an integer array, the libraries differ, or `new` has another dtype.
    ValueError
        When `index` is not a vector, is out of range or names a sample twice, because two new
        states for one sample are ambiguous. Also when the shape of `new` does not fit.

    Notes
    -----
    The time is O(N log B): for each slot, a binary search in the sorted indices of the batch.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> state = np.full((2, 4), -np.inf)
    >>> pc.scatter_state(state, np.asarray([3, 1]), np.asarray([[0.5, 1.5], [2.5, 3.5]])).tolist()
    [[-inf, 1.5, -inf, 0.5], [-inf, 3.5, -inf, 2.5]]
    >>> pc.scatter_state(state, np.asarray([1, 1]), np.zeros((2, 2)))
    Traceback (most recent call last):
        ...
    ValueError: scatter_state: index must name each sample once, got 1 more than once
    """
    name = "scatter_state"
    index = _checked(name, state, index)
    if not is_array(new) or namespace(new) is not namespace(state):
        raise TypeError(
            f"{name}: new must be an array of the library of state, got {type_name(new)}"
        )
    wanted = (*state.shape[:-1], index.shape[0])
    if tuple(new.shape) != wanted:
        got = f"state {tuple(state.shape)}, index {tuple(index.shape)} and new {tuple(new.shape)}"
        raise ValueError(f"{name}: new must have shape {wanted}, got {got}")
    if new.dtype != state.dtype:
        got = f"state {state.dtype} and new {new.dtype}"
        raise TypeError(f"{name}: state and new must have the same dtype, got {got}")
    xp, slots = namespace(state), state.shape[-1]
    # The standard has no scatter, so each slot finds its own number among the sorted indices.
    order = xp.argsort(index)
    found = xp.take(index, order)
    numbers = xp.arange(slots, dtype=index.dtype, device=device(state))
    place = xp.clip(xp.searchsorted(found, numbers), 0, index.shape[0] - 1)
    mine = xp.take(found, place) == numbers
    moved = xp.take(new, xp.take(order, place), axis=-1)
    return xp.where(xp.reshape(mine, (1,) * (state.ndim - 1) + (slots,)), moved, state)


def as_index(index: Array) -> Array:
    """Indices in the index dtype of the library: a narrow dtype cannot number every slot."""
    xp = namespace(index)
    wide = xp.__array_namespace_info__().default_dtypes(device=device(index))["indexing"]
    return xp.astype(index, wide)


def _checked(name: str, state: Array, index: Array) -> Array:
    """Indices of samples, each in range and there once."""
    for what, value in (("state", state), ("index", index)):
        if not is_array(value):
            raise TypeError(f"{name}: {what} must be an array, got {describe(value)}")
    xp = namespace(state)
    if namespace(index) is not xp:
        got = f"state {type_name(state)} and index {type_name(index)}"
        raise TypeError(f"{name}: state and index must come from the same library, got {got}")
    if not xp.isdtype(index.dtype, "integral"):
        raise TypeError(f"{name}: index must have an integral dtype, got {index.dtype}")
    if index.ndim != 1 or 0 in index.shape:
        raise ValueError(f"{name}: index must have shape (B,), got {tuple(index.shape)}")
    if state.ndim == 0:
        raise ValueError(f"{name}: state must have one slot per sample, got shape ()")
    if is_traced(index):
        return as_index(index)
    numbers = np.sort(to_numpy(index))
    slots = state.shape[-1]
    for extreme in (numbers[0], numbers[-1]):
        if not 0 <= extreme < slots:
            samples = f"[0, {slots}), the samples of state {tuple(state.shape)}"
            raise ValueError(f"{name}: index must be in {samples}, got {extreme}")
    repeated = numbers[1:][numbers[1:] == numbers[:-1]]
    if repeated.size:
        raise ValueError(
            f"{name}: index must name each sample once, got {repeated[0]} more than once"
        )
    return as_index(index)
