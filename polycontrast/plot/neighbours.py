"""t-SNE: a map of rows into the plane that keeps neighbours together."""

import numpy as np

PERPLEXITY = 20.0
STEPS, EARLY_STEPS = 300, 75


def embed_in_plane(rows: np.ndarray) -> np.ndarray:
    """Place rows of unit length in the plane (van der Maaten, Hinton 2008), exactly.

    Starts from the two leading principal components, so the same rows give the same map.
    Quadratic in the number of rows: meant for some thousand.

    Parameters
    ----------
    rows : array (N, D)

    Returns
    -------
    array (N, 2)
    """
    rows = np.asarray(rows, dtype=np.float64)
    centred = rows - rows.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    places = centred @ directions[:2].T
    if places.shape[1] < 2:
        places = np.concatenate([places, np.zeros((len(rows), 2 - places.shape[1]))], axis=1)
    places = (1e-4 * places / max(places[:, 0].std(), 1e-12)).astype(np.float32)
    affinity = _affinities(rows).astype(np.float32)
    exaggerated = 12 * affinity
    rate = np.float32(max(len(rows) / 12 / 4, 50.0))
    speed, gain = np.zeros_like(places), np.ones_like(places)
    for step in range(STEPS):
        early = step < EARLY_STEPS
        gradient = _gradient(places, exaggerated if early else affinity)
        # The usual rule: longer steps where direction holds, shorter where it turns.
        gain = np.maximum(np.where(gradient * speed > 0, gain * 0.8, gain + 0.2), 0.01)
        speed = (0.5 if early else 0.8) * speed - rate * gain * gradient
        places = places + speed.astype(np.float32)
    return places - places.mean(axis=0)


def _gradient(places: np.ndarray, affinity: np.ndarray) -> np.ndarray:
    squares = np.sum(places**2, axis=1)
    near = (-2 * places) @ places.T
    near += squares[:, None] + 1
    near += squares[None, :]
    np.reciprocal(near, out=near)
    np.fill_diagonal(near, 0)
    pull = near / -near.sum()
    pull += affinity
    pull *= near
    return 4 * (pull.sum(axis=1)[:, None] * places - pull @ places)


def _affinities(rows: np.ndarray) -> np.ndarray:
    """Symmetric neighbour probabilities; each row's kernel is as wide as its perplexity asks."""
    count = len(rows)
    wanted = np.log(min(PERPLEXITY, (count - 1) / 3))
    squares = np.maximum(2 - 2 * rows @ rows.T, 0)
    np.fill_diagonal(squares, np.inf)
    squares -= squares.min(axis=1, keepdims=True)
    low, high = np.full((count, 1), 1e-4), np.full((count, 1), 1e6)
    finite = np.where(np.isinf(squares), 0, squares)
    for _ in range(40):  # bisection for the inverse width, all rows at once
        width = np.sqrt(low * high)
        weights = np.exp(-squares * width)
        total = weights.sum(axis=1, keepdims=True)
        entropy = np.log(total) + width * (weights * finite).sum(axis=1, keepdims=True) / total
        too_wide = entropy > wanted
        low, high = np.where(too_wide, width, low), np.where(too_wide, high, width)
    weights /= total
    return (weights + weights.T) / (2 * count)
