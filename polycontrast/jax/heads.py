"""The heads of an alignment as a function of their parameters."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np
from jax import numpy as jnp

from polycontrast.arrays import describe

Params = dict[str, jax.Array]


def heads(source: Any, *, dtype: Any = None) -> tuple[Any, Callable[[Any, Any], Any]]:
    """Parameters of the heads, and the function that maps raw rows as `Aligner.transform` does.

    Parameters
    ----------
    source : Aligner, sequence of Head, or dict of str to Head
        A fitted `polycontrast.align.Aligner`, its `heads_`, or what `load_heads` returns.
    dtype : dtype, optional
        Of the parameters and the rows to map. Default: the default of JAX, which is float32.

    Returns
    -------
    params : list or dict of dict
        ``weights`` (columns, dim) and ``bias`` (dim,) of each view, which can be trained further;
        a dict where a dict was given. A head with a hidden layer also has ``hidden_weights``,
        ``hidden_bias`` and ``hidden_out``.
    apply : callable
        ``apply(params, views)`` has the aligned rows (rows, dim) of each view: ``z / |z|`` of
        ``z = ((x - mean) * scale) @ weights + bias``, and zero where ``z = 0``. A hidden layer
        adds ``tanh(((x - mean) * scale) @ hidden_weights + hidden_bias) @ hidden_out`` to ``z``.
        `views` is a list, in which a view may be None, or a dict of some of the views; they are
        converted to the dtype of the heads. Scales are powers of two that bring columns near 1, so
        float32 keeps the digits of columns of any size.

    Raises
    ------
    TypeError
        When `source` is something else, such as an estimator that is not fitted.

    Examples
    --------
    >>> import jax, numpy as np
    >>> from polycontrast.align import Head
    >>> from polycontrast.jax import heads
    >>> params, apply = heads({"image": Head(np.zeros(2), np.eye(2), np.zeros(2))})
    >>> z = jax.jit(apply)(params, {"image": np.asarray([[3.0, 4.0]], dtype="float32")})
    >>> z["image"].tolist()
    [[0.6000000238418579, 0.800000011920929]]
    """
    found = getattr(source, "heads_", source)
    by_name = isinstance(found, Mapping)
    if not by_name and (not isinstance(found, Sequence) or isinstance(found, str)):
        raise TypeError(
            "heads: source must be a fitted Aligner, its heads_, or the dict of load_heads, got "
            f"{describe(source)}"
        )
    of_views = dict(found) if by_name else dict(enumerate(found))

    def array(x: np.ndarray) -> jax.Array:
        return jnp.asarray(x, dtype=dtype or jnp.zeros(()).dtype)

    fixed = {view: (array(head.mean), array(head.scale)) for view, head in of_views.items()}
    params: dict[Any, Params] = {}
    for view, head in of_views.items():
        held = {"weights": head.weights / head.scale[:, None], "bias": head.bias}
        if head.hidden is not None:
            held |= {
                "hidden_weights": head.hidden.weights / head.scale[:, None],
                "hidden_bias": head.hidden.bias,
                "hidden_out": head.hidden.out,
            }
        params[view] = {name: array(x) for name, x in held.items()}

    def apply(params: Any, views: Any) -> Any:
        if by_name:
            return {view: _aligned(params[view], *fixed[view], x) for view, x in views.items()}
        return [
            None if x is None else _aligned(part, *fixed[view], x)
            for view, (part, x) in enumerate(zip(params, views, strict=True))
        ]

    return params if by_name else list(params.values()), apply


def _aligned(params: Params, mean: jax.Array, scale: jax.Array, x: Any) -> jax.Array:
    """Rows of one view in the shared space, of unit length."""
    x = jnp.asarray(x, dtype=mean.dtype)
    x = (x - mean[None, :]) * scale[None, :]
    z = x @ params["weights"] + params["bias"][None, :]
    if "hidden_out" in params:
        before = x @ params["hidden_weights"] + params["hidden_bias"][None, :]
        z = z + jnp.tanh(before) @ params["hidden_out"]
    largest = jax.lax.stop_gradient(jnp.max(jnp.abs(z), axis=1, keepdims=True))
    there = largest > 0
    z = z / jnp.where(there, largest, 1)  # squares of small and large entries stay finite
    squared = jnp.where(there, jnp.sum(z * z, axis=1, keepdims=True), 1)
    return jnp.where(there, z / jnp.sqrt(squared), 0)
