"""Images (..., H, W): means under a window, and halves of their size."""

from collections.abc import Callable

from polycontrast.arrays import Array, device, namespace


def gaussian_window(like: Array, size: int, sigma: float) -> tuple[Array, Array]:
    """Matrices of a Gaussian window that moves inside of an image.

    The window has weights ``exp(-(i - size // 2)^2 / (2 sigma^2))`` along both axes, and sum 1.

    Parameters
    ----------
    like : array (..., H, W)
    size : int
        At most H and W.
    sigma : float

    Returns
    -------
    down : array (H - size + 1, H)
    across : array (W, W - size + 1)
    """
    xp, where, dtype = namespace(like), device(like), like.dtype

    def band(length: int) -> Array:
        start = xp.arange(length - size + 1, dtype=dtype, device=where)
        place = xp.arange(length, dtype=dtype, device=where)[None, :] - start[:, None]
        weights = xp.exp(-((place - size // 2) ** 2) / (2 * sigma**2))
        weights = xp.where((place >= 0) & (place < size), weights, 0.0)
        return weights / xp.sum(weights, axis=1, keepdims=True)

    return band(like.shape[-2]), xp.matrix_transpose(band(like.shape[-1]))


def windowed(x: Array, window: tuple[Array, Array]) -> Array:
    """Means under the window at all of its positions: a product with each of its matrices.

    The adjoint is the product with their transposes, see `unwindowed`.

    Parameters
    ----------
    x : array (..., H, W)
    window : tuple of array
        The two matrices of `gaussian_window`.

    Returns
    -------
    means : array (..., H - size + 1, W - size + 1)
    """
    xp, (down, across) = namespace(x), window
    *others, height, width = x.shape
    rows = xp.reshape(x, (-1, width)) @ across
    return xp.matmul(down, xp.reshape(rows, (*others, height, across.shape[1])))


def unwindowed(g: Array, window: tuple[Array, Array]) -> Array:
    """The adjoint of `windowed`: from dL/dmeans to dL/dx."""
    down, across = map(namespace(g).matrix_transpose, window)
    return windowed(g, (down, across))


def halved(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Means of squares of 2 x 2 pixels; back, a quarter of each to the four.

    An odd height or width gets one row or column of zeros at its start first.

    Parameters
    ----------
    x : array (..., H, W)

    Returns
    -------
    means : array (..., ceil(H / 2), ceil(W / 2))
    back : callable
        From dL/dmeans to dL/dx.
    """
    xp, (height, width) = namespace(x), x.shape[-2:]
    down, across = height % 2, width % 2
    if down:
        x = xp.concat([xp.zeros_like(x[..., :1, :]), x], axis=-2)
    if across:
        x = xp.concat([xp.zeros_like(x[..., :1]), x], axis=-1)
    *others, tall, wide = x.shape
    squares = (*others, tall // 2, 2, wide // 2, 2)

    def back(g: Array) -> Array:
        spread = xp.broadcast_to((g / 4)[..., :, None, :, None], squares)
        return xp.reshape(spread, (*others, tall, wide))[..., down:, across:]

    return xp.mean(xp.reshape(x, squares), axis=(-3, -1)), back
