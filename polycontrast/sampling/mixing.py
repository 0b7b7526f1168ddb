"""Partners and shares of mixed samples."""

from typing import Any

import numpy as np

from polycontrast.arrays import as_count, as_floats, check_integers, to_numpy
from polycontrast.sampling.seeds import generator_of


def sample_mixing(
    seed_or_generator: Any, samples: int, *, alpha: float = 0.15, share: float = 0.5
) -> tuple[np.ndarray, np.ndarray]:
    r"""Draw the partner of each sample and its own share, for `mixco` and `m3col`.

    Parameters
    ----------
    seed_or_generator : int or numpy.random.Generator
    samples : int
        Size B of the batch, at least 1.
    alpha : float, > 0, default 0.15
        Own shares are from the distribution Beta(alpha, alpha). The authors' value.
    share : float in [0, 1], default 0.5
        Share of the samples that are mixed at all, rounded; the others have the own share 1. The
        authors' value.

    Returns
    -------
    perm : integer array (B,)
        A random permutation; a sample may be its own partner.
    lam : float64 array (B,)

    Raises
    ------
    TypeError
        When there is no seed and no NumPy generator, or no number where one is due.
    ValueError
        When `samples` is no integer above 0, or a number is outside of its interval.

    Notes
    -----
    Sample i is mixed as ``lam[i] * inputs[i] + (1 - lam[i]) * inputs[perm[i]]``. The authors mix in
    the first third of the training, and then use `soft_clip`.

    References
    ----------
    R. Kumar, R. Singhal, P. Kulkarni, D. Mehta, K. Jadhav, "Harnessing Shared Relations via
    Multimodal Mixup Contrastive Learning for Multimodal Classification" (M3CoL), 2024, arXiv
    2409.17777.

    Examples
    --------
    >>> import polycontrast as pc
    >>> perm, lam = pc.sample_mixing(0, 4)
    >>> sorted(perm.tolist()), int((lam == 1).sum())
    ([0, 1, 2, 3], 2)
    """
    name = "sample_mixing"
    rng, samples = generator_of(name, seed_or_generator), as_count(name, "samples", samples)
    alpha, share = as_floats(name, alpha=alpha, share=share)
    if not 0 < alpha < np.inf:
        raise ValueError(f"{name}: alpha must be finite and > 0, got {alpha}")
    if not 0 <= share <= 1:
        raise ValueError(f"{name}: share must be in [0, 1], got {share}")
    lam = np.ones(samples)
    mixed = rng.permutation(samples)[: round(share * samples)]
    lam[mixed] = rng.beta(alpha, alpha, size=mixed.size)
    return rng.permutation(samples), lam


def sample_negative_mixing(
    seed_or_generator: Any, samples: int, negatives: int, mixtures: int, *, beta: float = 2.0
) -> tuple[np.ndarray, np.ndarray]:
    r"""Draw pairs of hard negatives and shares of the first, for `mixed_negative_info_nce`.

    Parameters
    ----------
    seed_or_generator : int or numpy.random.Generator
    samples : int
        Size B of the batch, at least 1.
    negatives : int
        Hard negatives K of each sample, at least 2.
    mixtures : int
        Mixtures Q of each sample, at least 1.
    beta : float, > 0, default 2.0
        Shares are from the distribution Beta(beta, beta).

    Returns
    -------
    index : integer array (B, Q, 2)
        Places of two different negatives, uniform.
    lam : float64 array (B, Q)

    Raises
    ------
    TypeError
        When there is no seed and no NumPy generator, or no number where one is due.
    ValueError
        When a count is no integer in its range, or `beta` is not finite and above 0.

    References
    ----------
    X. Zhao et al., "KaLM-Embedding-V2: Superior Training Techniques and Data Inspire A Versatile
    Embedding Model", ICLR 2026, arXiv 2506.20923.

    Examples
    --------
    >>> import polycontrast as pc
    >>> index, lam = pc.sample_negative_mixing(0, samples=4, negatives=3, mixtures=2)
    >>> index.shape, bool((index[..., 0] != index[..., 1]).all())
    ((4, 2, 2), True)
    """
    name = "sample_negative_mixing"
    rng = generator_of(name, seed_or_generator)
    samples, mixtures = as_count(name, "samples", samples), as_count(name, "mixtures", mixtures)
    negatives = as_count(name, "negatives", negatives, 2)
    (beta,) = as_floats(name, beta=beta)
    if not 0 < beta < np.inf:
        raise ValueError(f"{name}: beta must be finite and > 0, got {beta}")
    size = (samples, mixtures)
    return _two_of(rng, negatives, size), rng.beta(beta, beta, size=size)


def mochi_mixing(
    seed_or_generator: Any, index: Any, *, pairs: int, singles: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    r"""Draw the mixtures of `mochi` out of the hardest negatives of each anchor.

    Parameters
    ----------
    seed_or_generator : int or numpy.random.Generator
    index : integer array (B, K)
        Places of negatives in the queue, see `hardest_negatives`; at least 2. The paper has 1024.
    pairs : int
        Mixtures S of two negatives, for each anchor. The paper has 1024.
    singles : int
        Mixtures T of a negative with the anchor. The paper has 128.

    Returns
    -------
    pairs : integer array (B, S, 2)
        Two different places of each row of `index`, uniform.
    alpha : float64 array (B, S)
        Uniform from 0 to 1.
    query_index : integer array (B, T)
        Places of each row of `index`, uniform.
    beta : float64 array (B, T)
        Uniform from 0 to 1/2.

    Raises
    ------
    TypeError
        When there is no seed and no NumPy generator, or `index` is no integer array.
    ValueError
        When `index` is no matrix of at least 2 columns, or a number is no integer above 0.

    References
    ----------
    Y. Kalantidis, M. B. Sariyildiz, N. Pion, P. Weinzaepfel, D. Larlus, "Hard Negative Mixing for
    Contrastive Learning", NeurIPS 2020, arXiv 2010.01028.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> index = np.asarray([[3, 7, 8], [0, 1, 2]])
    >>> drawn = pc.mochi_mixing(0, index, pairs=4, singles=2)
    >>> [array.shape for array in drawn], set(drawn[0][1].flat) <= {0, 1, 2}
    ([(2, 4, 2), (2, 4), (2, 2), (2, 2)], True)
    """
    name = "mochi_mixing"
    rng = generator_of(name, seed_or_generator)
    check_integers(name, index=index)
    places = to_numpy(index)
    if places.ndim != 2 or places.shape[1] < 2:
        text = "index must have the shape (B, K) with K > 1"
        raise ValueError(f"{name}: {text}, got {places.shape}")
    pairs, singles = as_count(name, "pairs", pairs), as_count(name, "singles", singles)
    samples, count = places.shape
    two = _two_of(rng, count, (samples, pairs))
    one = rng.integers(count, size=(samples, singles))
    rows = np.arange(samples)[:, None]
    alpha, beta = rng.uniform(size=two.shape[:2]), rng.uniform(0, 0.5, size=one.shape)
    return places[rows[:, :, None], two], alpha, places[rows, one], beta


def _two_of(rng: np.random.Generator, count: int, size: tuple[int, int]) -> np.ndarray:
    """Two different numbers below a count, uniform, along a last axis."""
    first = rng.integers(count, size=size)
    second = (first + rng.integers(1, count, size=size)) % count
    return np.stack([first, second], axis=-1)
