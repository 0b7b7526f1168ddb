"""Partners and shares of mixed samples."""

from typing import Any

import numpy as np

from polycontrast.arrays import as_floats, describe, plain
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
    rng, samples = generator_of(name, seed_or_generator), plain(samples)
    if not isinstance(samples, int) or isinstance(samples, bool) or samples < 1:
        raise ValueError(f"{name}: samples must be an integer >= 1, got {describe(samples)}")
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
    rng, counts = generator_of(name, seed_or_generator), []
    given = {"samples": (samples, 1), "negatives": (negatives, 2), "mixtures": (mixtures, 1)}
    for what, (count, least) in given.items():
        count = plain(count)
        if not isinstance(count, int) or isinstance(count, bool) or count < least:
            got = describe(count)
            raise ValueError(f"{name}: {what} must be an integer >= {least}, got {got}")
        counts.append(count)
    (beta,) = as_floats(name, beta=beta)
    if not 0 < beta < np.inf:
        raise ValueError(f"{name}: beta must be finite and > 0, got {beta}")
    size = (counts[0], counts[2])
    first = rng.integers(counts[1], size=size)
    second = (first + rng.integers(1, counts[1], size=size)) % counts[1]
    return np.stack([first, second], axis=-1), rng.beta(beta, beta, size=size)
