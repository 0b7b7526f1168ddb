"""Weighted sum of terms on unit rows."""

from collections.abc import Callable, Iterable

from polycontrast.arrays import Array, namespace

Back = Callable[[Array], Array]
Term = Callable[[], tuple[Array, Callable[[Array], Iterable[Array]]]]


def weighted_sum(
    rows: dict[str, tuple[Array, Back]],
    temperature: Array,
    *terms: tuple[float, tuple[str, ...], Term],
) -> tuple[Array, Callable[[Array], dict[str, Array]]]:
    """Value and pullback of a sum of terms; a term with weight 0 is not computed.

    Parameters
    ----------
    rows : dict
        Rows that the terms use, by argument, each with its pullback to the argument.
    temperature : 0-d array
    *terms : (weight, names, term)
        ``term()`` gives a value, or one for each sample, and its pullback, which returns a
        gradient for each of the names.

    Returns
    -------
    value : 0-d array, or array (B,)
    back : callable
        From the cotangent to the gradients of all arguments and the temperature, by name.
    """
    xp = namespace(temperature)
    made = [(weight, names, *term()) for weight, names, term in terms if weight]
    value = xp.zeros_like(temperature)
    for weight, _, one, _ in made:
        value = value + weight * one

    def back(g: Array) -> dict[str, Array]:
        grads = {name: xp.zeros_like(t) for name, (t, _) in rows.items()}
        grads["temperature"] = xp.zeros_like(temperature)
        for weight, names, _, pull in made:
            for name, grad in zip(names, pull(weight * g), strict=True):
                grads[name] = grads[name] + grad
        return grads | {name: to_argument(grads[name]) for name, (_, to_argument) in rows.items()}

    return value, back


def as_given(**rows: Array) -> dict[str, tuple[Array, Back]]:
    """Rows of a weighted sum whose terms use them as they are."""
    return {name: (t, lambda g: g) for name, t in rows.items()}
