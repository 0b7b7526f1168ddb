"""Probabilities of candidates, by their relevance and against what makes them easy to choose."""

import math
from typing import Any

import numpy as np

from polycontrast.arrays import (
    Array,
    as_count,
    as_floats,
    check_floating,
    computing_dtype,
    namespace,
    quiet,
    to_numpy,
)
from polycontrast.sampling.seeds import generator_of


@quiet
def ipw_probabilities(
    relevance: Array, propensity: Array, *, temperature: Any = 1.0, clip: Any = 1e-3
) -> Array:
    r"""Probabilities of candidates, weighted by their inverse propensity.

    .. math:: \pi_{ik} \propto \frac{e^{r_{ik} / T}}{\max(p_{ik}, c)}

    Parameters
    ----------
    relevance : array (..., K)
        How well each candidate fits its anchor: a similarity of meanings.
    propensity : array (..., K)
        How likely a careless choice takes it: a similarity of surfaces, such as shared words.
    temperature : float, > 0, default 1.0
        T.
    clip : float, > 0, default 1e-3
        Smallest propensity c that counts, which bounds the weight of a candidate.

    Returns
    -------
    probabilities : array (..., K)
        Rows have the sum 1. They are computed in logarithms, so no relevance overflows, and half
        precision in float32.

    Raises
    ------
    TypeError
        When an array is no real floating array, both are of different libraries, or a number is no
        number.
    ValueError
        When shapes disagree, there is no candidate, or a number is not finite and above 0.

    Notes
    -----
    DebCSE draws positives and hard negatives with such probabilities; its propensity is made from
    the similarity of words. The form is from its abstract, as no code is public. For weights of
    `ipw_info_nce` with the mean 1, multiply by K.

    References
    ----------
    P. Miao, Z. Du, J. Zhang, "DebCSE: Rethinking Unsupervised Contrastive Sentence Embedding
    Learning in the Debiasing Perspective", CIKM 2023, arXiv 2309.07396.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> relevance, propensity = np.zeros((1, 2)), np.asarray([[0.2, 0.6]])
    >>> pc.ipw_probabilities(relevance, propensity).round(6).tolist()
    [[0.75, 0.25]]
    """
    name = "ipw_probabilities"
    check_floating(name, relevance=relevance, propensity=propensity)
    temperature, clip = as_floats(name, temperature=temperature, clip=clip)
    shapes = tuple(relevance.shape), tuple(propensity.shape)
    if shapes[0] != shapes[1] or not shapes[0] or not shapes[0][-1]:
        text = "relevance and propensity must have one shape (..., K) with K > 0"
        raise ValueError(f"{name}: {text}, got {shapes[0]} and {shapes[1]}")
    for what, number in {"temperature": temperature, "clip": clip}.items():
        if not 0 < number < math.inf:
            raise ValueError(f"{name}: {what} must be finite and > 0, got {number}")
    xp, dtype = namespace(relevance), computing_dtype(relevance)
    r, p = (xp.astype(t, dtype, copy=False) for t in (relevance, propensity))
    logits = r / temperature - xp.log(xp.maximum(p, clip))
    shares = xp.exp(logits - xp.max(logits, axis=-1, keepdims=True))
    return xp.astype(shares / xp.sum(shares, axis=-1, keepdims=True), relevance.dtype)


def sample_candidates(seed_or_generator: Any, probabilities: Any, k: int) -> np.ndarray:
    """Candidates of each anchor, drawn by their probabilities, each at most once.

    Parameters
    ----------
    seed_or_generator : int or numpy.random.Generator
    probabilities : array (B, K)
        Of each candidate, see `ipw_probabilities`; not below 0. Rows need not have the sum 1.
    k : int
        How many are drawn, from 1 to the number of candidates above 0.

    Returns
    -------
    index : numpy.ndarray (B, k)
        Places in the row, in the order in which they are drawn.

    Raises
    ------
    TypeError
        When the probabilities are no real floating array, or the seed is of another type.
    ValueError
        When they are negative or not finite, or a row has fewer than `k` above 0.

    Notes
    -----
    The k largest of ``log p`` plus noise of Gumbel: draws one after another, without replacement.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pc.sample_candidates(0, np.asarray([[0.0, 1.0, 0.0, 1.0]]), 2).shape
    (1, 2)
    """
    name = "sample_candidates"
    check_floating(name, probabilities=probabilities)
    p = to_numpy(probabilities).astype(np.float64)
    if p.ndim != 2 or 0 in p.shape:
        text = "probabilities must have shape (B, K) with B > 0 and K > 0"
        raise ValueError(f"{name}: {text}, got {p.shape}")
    if not (np.isfinite(p).all() and (p >= 0).all()):
        raise ValueError(f"{name}: probabilities must be finite and >= 0")
    count, above = as_count(name, "k", k, most=p.shape[1]), (p > 0).sum(axis=1)
    if count > above.min():
        text = f"k must be at most the {above.min()} candidates above 0 of row {above.argmin()}"
        raise ValueError(f"{name}: {text}, got {count}")
    noise = generator_of(name, seed_or_generator).gumbel(size=p.shape)
    keys = np.full(p.shape, -np.inf)
    np.add(np.log(p, where=p > 0, out=keys), noise, out=keys)
    return np.argsort(-keys, axis=1, kind="stable")[:, :count]
