"""An objective summed over prefixes of the dimensions."""

from collections.abc import Mapping
from typing import Annotated, Any

from polycontrast.arrays import describe, is_array, is_number, namespace
from polycontrast.objective import (
    BadArgument,
    Embeddings,
    Held,
    Objective,
    Role,
    Temperature,
    find,
    objective,
)

_NEGATIVES = "More candidates, for losses that take them."
Negatives = Annotated[Any, Role("rows", ("B K D", "K D"), about=_NEGATIVES)]
OWN = ("x", "y", "negatives", "temperature")


class _OfInner(Held):
    """What the objective that is summed declares of its gradient."""

    def concerned(self, arguments, given):
        """The arguments that this objective names, see `Held.concerned`."""
        loss, options = given.get("loss", arguments["loss"].default), given.get("options")
        inner = find(loss) if isinstance(loss, str) else loss
        return inner.held_names(options or {})


@objective(
    invariances=("sample_permutation",),
    held=_OfInner("x", loss="cwcl"),
    aliases=("MatryoshkaLoss",),
)
def matryoshka(
    x: Embeddings,
    y: Embeddings,
    negatives: Negatives | None = None,
    *,
    dims: Any,
    weights: Any = None,
    temperature: Temperature = 0.05,
    loss: Any = "multiple_negatives_ranking",
    options: Any = None,
):
    r"""Weighted sum of an objective over prefixes of the dimensions.

    .. math:: \sum_k w_k \, \ell \big( x_{:, 1..d_k}, \; y_{:, 1..d_k}; \tau \big)

    Parameters
    ----------
    x, y
        Two views or modalities.
    dims : tuple of int
        Lengths :math:`d_k` of the prefixes, different and at most D.
    weights : tuple of float, optional
        Weight :math:`w_k` of each prefix, by default 1.
    temperature
        That of the objective, if it has one.
    loss : str or Objective, default "multiple_negatives_ranking"
        The objective, or its name. It takes `x` and `y`, and perhaps `negatives`.
    options : dict, optional
        Further parameters of the objective, which are no arrays.

    Returns
    -------
    value : as the objective's
        0-d, or one number for each anchor with ``options={"reduction": "none"}``.

    Raises
    ------
    ValueError
        When `dims` holds other than different lengths of at most D, `weights` is not a number for
        each of them, `loss` names no objective of `x` and `y`, or `options` holds what is no
        parameter of it.

    Notes
    -----
    The sum is not divided by the number of prefixes. Each prefix is normalised by the objective
    itself, as a whole row is. The cost is that of the objective at each length. With ``dims=(D,)``
    it is the objective. A gradient of the objective that is by definition not that of its value
    remains so.

    References
    ----------
    A. Kusupati, G. Bhatt, A. Rege, M. Wallingford, A. Sinha, V. Ramanujan, W. Howard-Snyder,
    K. Chen, S. Kakade, P. Jain, A. Farhadi, "Matryoshka Representation Learning", NeurIPS 2022,
    arXiv 2205.13147.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, y = np.random.default_rng(0).normal(size=(2, 5, 4))
    >>> nested = pc.matryoshka(x, y, dims=(4, 2), weights=(1.0, 0.3), loss="info_nce")
    >>> parts = [pc.info_nce(x[:, :d], y[:, :d], temperature=0.05) for d in (4, 2)]
    >>> bool(abs(nested - (parts[0] + 0.3 * parts[1])) < 1e-12)
    True
    """
    xp, width = namespace(x), x.shape[1]
    given = {"x": x, "y": y} | ({} if negatives is None else {"negatives": negatives})
    inner = _inner(loss, given)
    parameters = _parameters(inner, options)
    if "temperature" in inner.arguments:
        parameters["temperature"] = temperature
    prefixes = sorted(zip(_lengths(dims, width), _shares(weights, dims), strict=True))
    names = tuple(n for n in OWN if n in inner.arguments and inner.arguments[n].differentiable)
    names = tuple(n for n in names if n in given or n == "temperature")
    terms = [
        inner.vjp(**{n: t[..., :d] for n, t in given.items()}, **parameters, wrt=names)
        for d, _ in prefixes
    ]

    def back(g):
        pulled = [
            pull(share * g)._asdict() for (_, share), (_, pull) in zip(prefixes, terms, strict=True)
        ]
        zero = 0 * xp.sum(g)  # a nan shows in the gradients of what is not read as well
        grads = {"temperature": sum((p.get("temperature", zero) for p in pulled), zero)}
        for name, t in given.items():
            grads[name] = zero + xp.zeros_like(t)
            if name in names:
                grads[name] = _of_prefixes([p[name] for p in pulled], grads[name])
        return grads

    values = [share * value for (_, share), (value, _) in zip(prefixes, terms, strict=True)]
    return sum(values[1:], values[0]), back


def _of_prefixes(grads, zeros):
    """Sum of the gradients of longer and longer prefixes of an array, in its shape."""
    xp, parts, start = namespace(zeros), [], 0
    for k, first in enumerate(grads):
        stop = first.shape[-1]
        blocks = [grad[..., start:stop] for grad in grads[k:]]
        parts.append(sum(blocks[1:], blocks[0]))
        start = stop
    return xp.concat([*parts, zeros[..., start:]], axis=-1)


def _inner(loss, given):
    """The objective, which takes the arrays that are given and needs no others."""
    inner = loss
    if isinstance(loss, str):
        try:
            inner = find(loss)
        except ValueError:
            inner = None
    if not isinstance(inner, Objective):
        raise BadArgument(f"loss must be an objective or the name of one, got {describe(loss)}")
    needed = [n for n, a in inner.arguments.items() if a.required]
    if not {"x", "y"} <= inner.arguments.keys() or not {"x", "y"}.issuperset(needed):
        raise BadArgument(f"loss must be an objective of x and y alone, got {inner.name}")
    if not given.keys() <= inner.arguments.keys():
        raise BadArgument(f"loss must take negatives where they are given, got {inner.name}")
    return inner


def _parameters(inner, options):
    """Further parameters of the objective, checked."""
    if options is None:
        return {}
    if not isinstance(options, Mapping):
        raise BadArgument(f"options must be a dict of parameters, got {describe(options)}")
    known = [n for n, a in inner.arguments.items() if n not in OWN and not a.is_array]
    for name, value in options.items():
        if name not in known or is_array(value):
            text = f"options must hold parameters of {inner.name} that are no arrays"
            raise BadArgument(f"{text}: {', '.join(known)}; got {describe(name)}")
    try:
        inner.check_parameters(options)
    except (TypeError, ValueError) as error:
        raise BadArgument(f"options: {error}") from None
    return dict(options)


def _lengths(dims, width):
    several = isinstance(dims, (tuple, list)) and len(dims) > 0
    if not several or not all(type(d) is int and 0 < d <= width for d in dims):
        raise BadArgument(f"dims must be a tuple of lengths up to {width}, got {describe(dims)}")
    if len(set(dims)) < len(dims):
        raise BadArgument(f"dims must hold each length once, got {describe(dims)}")
    return dims


def _shares(weights, dims):
    if weights is None:
        return (1.0,) * len(dims)
    several = isinstance(weights, (tuple, list)) and len(weights) == len(dims)
    if not several or not all(is_number(w) and 0 <= w < float("inf") for w in weights):
        text = f"weights must be a tuple of {len(dims)} non-negative numbers"
        raise BadArgument(f"{text}, got {describe(weights)}")
    return tuple(float(w) for w in weights)
