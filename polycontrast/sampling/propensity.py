"""Probabilities of candidates, by their relevance and against what makes them easy to choose."""

import math
from typing import Any

from polycontrast.arrays import Array, as_floats, check_floating, namespace, quiet


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
        Rows have the sum 1. They are computed in logarithms, so no relevance overflows.

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
    xp = namespace(relevance)
    logits = relevance / temperature - xp.log(xp.maximum(propensity, clip))
    shares = xp.exp(logits - xp.max(logits, axis=-1, keepdims=True))
    return shares / xp.sum(shares, axis=-1, keepdims=True)
