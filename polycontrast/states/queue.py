"""A queue of rows from earlier batches."""

from typing import Any

from polycontrast.arrays import (
    Array,
    as_count,
    check_floating,
    check_integers,
    device,
    is_array,
    is_traced,
    namespace,
)


def enqueue(queue: Array, pointer: Any, keys: Array) -> tuple[Array, Any]:
    """Queue with the rows of a batch in the place of its oldest ones.

    Parameters
    ----------
    queue : array (K, D)
        Rows of earlier batches, such as the `negatives` of `info_nce` or the `queue` of `nnclr`.
    pointer : int or 0-d integer array
        The place of the oldest row, from 0 to K - 1; 0 at first. (Under ``jax.jit`` its value is
        not known and not checked.)
    keys : array (b, D)
        New rows, which get the dtype of `queue`. Of more than K the last K count.

    Returns
    -------
    queue : array (K, D)
        A new array; the given one is unchanged.
    pointer : int
        The place of the oldest row of the new queue; a 0-d array where JAX traces the given one.

    Raises
    ------
    TypeError
        When an array is no real floating array, both are of different libraries, or the pointer
        is an array of other numbers than integers.
    ValueError
        When a shape does not fit, or the pointer is no place of the queue.

    References
    ----------
    K. He, H. Fan, Y. Wu, S. Xie, R. Girshick, "Momentum Contrast for Unsupervised Visual
    Representation Learning", CVPR 2020, arXiv 1911.05722.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> queue, pointer = np.zeros((3, 1)), 2
    >>> queue, pointer = pc.enqueue(queue, pointer, np.asarray([[1.0], [2.0]]))
    >>> queue.tolist(), pointer
    ([[2.0], [0.0], [1.0]], 1)
    """
    check_floating("enqueue", queue=queue, keys=keys)
    if queue.ndim != 2 or keys.ndim != 2 or queue.shape[1] != keys.shape[1] or not queue.shape[0]:
        got = f"{tuple(queue.shape)} and {tuple(keys.shape)}"
        raise ValueError(f"enqueue: queue and keys must have shapes (K, D) and (b, D), got {got}")
    xp, length, count = namespace(queue), queue.shape[0], keys.shape[0]
    place = xp.arange(length, device=device(queue))
    if is_array(pointer):
        check_integers("enqueue", pointer=pointer)
        if pointer.ndim:
            raise ValueError(f"enqueue: pointer must be 0-d, got shape {tuple(pointer.shape)}")
        pointer = xp.astype(pointer, place.dtype) if is_traced(pointer) else int(pointer)
    if not is_array(pointer):
        pointer = as_count("enqueue", "pointer", pointer, least=0, most=length - 1)
    end = (pointer + count) % length
    if count == 0:
        return xp.asarray(queue, copy=True), end
    keys = xp.astype(keys[max(0, count - length) :, :], queue.dtype)
    age = (place - end + keys.shape[0]) % length  # 0 for the first of the new rows
    new = xp.take(keys, xp.where(age < keys.shape[0], age, 0), axis=0)
    return xp.where((age < keys.shape[0])[:, None], new, queue), end
