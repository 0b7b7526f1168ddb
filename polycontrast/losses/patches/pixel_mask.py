"""Pixels of two crops that show the same place."""

from polycontrast.arrays import (
    Array,
    as_floats,
    check_finite,
    check_floating,
    describe,
    device,
    namespace,
    plain,
)


def pixel_mask(
    box_x: Array, box_y: Array, *, size: tuple[int, int], threshold: float = 0.7
) -> Array:
    r"""Pairs of pixels of two crops whose centres lie close together in the image.

    Parameters
    ----------
    box_x, box_y : array (B, 4)
        Corners ``(x0, y0, x1, y1)`` of the crops of each image, in one frame. A crop that was
        flipped has ``x0 > x1``.
    size : (int, int)
        Height H and width W of the feature maps.
    threshold : float, default 0.7
        Largest distance of a pair, exclusive, in diagonals of the larger pixel.

    Returns
    -------
    mask : bool array (B, H W, H W)
        True for the pairs, for `pix_contrast`. Pixels are in the order of rows.

    Raises
    ------
    TypeError, ValueError
        When the boxes are not real floating arrays of equal shape (B, 4) or not finite, `size` is
        not two integers above 0, or `threshold` is not a number of at least 0.

    Notes
    -----
    A crop has pixels of width :math:`(x_1 - x_0)/W` and height :math:`(y_1 - y_0)/H`. A pair counts
    where the distance of the centres is below the threshold times the longer of the two diagonals.
    Where JAX traces the boxes, one that is not finite has no pair.

    References
    ----------
    Z. Xie et al., "Propagate Yourself", CVPR 2021, arXiv 2011.10043.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> box, right = np.array([[0.0, 0.0, 2.0, 1.0]]), np.array([[1.0, 0.0, 3.0, 1.0]])
    >>> pc.pixel_mask(box, right, size=(1, 2)).astype(int).tolist()
    [[[0, 0], [1, 0]]]
    """
    name = "pixel_mask"
    check_floating(name, box_x=box_x, box_y=box_y)
    shapes = [tuple(box.shape) for box in (box_x, box_y)]
    if shapes[0] != shapes[1] or len(shapes[0]) != 2 or shapes[0][1] != 4:
        got = " and ".join(map(str, shapes))
        raise ValueError(f"{name}: box_x and box_y must have equal shapes (B, 4), got {got}")
    sides = tuple(map(plain, size)) if isinstance(size, (tuple, list)) else ()
    if len(sides) != 2 or not all(type(n) is int and n > 0 for n in sides):
        raise ValueError(f"{name}: size must be two integers above 0, got {describe(size)}")
    (limit,) = as_floats(name, threshold=threshold)
    if not limit >= 0:
        raise ValueError(f"{name}: threshold must be at least 0, got {limit}")
    xp = namespace(box_x)
    check_finite(name, box_x=box_x, box_y=box_y)  # a mask cannot show a nan
    across, down, diagonal = zip(*(_pixels(box, sides) for box in (box_x, box_y)), strict=True)
    squares = sum((t[0][:, :, None] - t[1][:, None, :]) ** 2 for t in (across, down))
    return xp.sqrt(squares) < limit * xp.maximum(*diagonal)[:, None, None]


def _pixels(box: Array, size: tuple[int, ...]) -> tuple[Array, Array, Array]:
    """Both coordinates (B, H W) of the centres of a crop's pixels, and their diagonal (B,)."""
    xp, (height, width) = namespace(box), size
    where, shape = device(box), (box.shape[0], height, width)
    column = xp.arange(width, dtype=box.dtype, device=where) + 0.5
    row = xp.arange(height, dtype=box.dtype, device=where) + 0.5
    wide, high = (box[:, 2] - box[:, 0]) / width, (box[:, 3] - box[:, 1]) / height
    across = column[None, :] * wide[:, None] + box[:, 0, None]
    down = row[None, :] * high[:, None] + box[:, 1, None]
    across = xp.broadcast_to(across[:, None, :], shape)
    down = xp.broadcast_to(down[:, :, None], shape)
    flat = (box.shape[0], height * width)
    diagonal = xp.sqrt(wide * wide + high * high)
    return xp.reshape(across, flat), xp.reshape(down, flat), diagonal
