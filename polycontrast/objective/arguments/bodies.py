"""Checks that the bodies of objectives make of their arguments, and checks of what they return."""

from collections.abc import Iterable
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.context import whole_batch


class BadArgument(ValueError):
    """Error of an objective's body, for arguments that do not fit together.

    The caller gets a ValueError whose text begins with the objective's name.
    """


class BadResult(TypeError):
    """Error of an objective whose body does not return what an objective returns."""


def split_result(made: Any) -> tuple[Any, Any, Any]:
    """Losses, pullback, and the losses that exist or None, of what a body returned.

    Raises
    ------
    BadResult
    """
    if not isinstance(made, tuple) or len(made) not in (2, 3):
        got = f"{len(made)} items" if isinstance(made, tuple) else arrays.describe(made)
        raise BadResult(f"the function must return a pair (losses, back), got {got}")
    losses, back, *exist = made
    if not hasattr(losses, "shape"):
        raise BadResult(f"losses must be an array, got {arrays.describe(losses)}")
    if not (back is None or callable(back)):
        wanted = "a function from the gradient of the losses to a dict of gradients"
        raise BadResult(f"back must be {wanted}, got {arrays.describe(back)}")
    return losses, back, exist[0] if exist else None


def named_gradients(grads: Any, names: Iterable[str]) -> dict[str, Any]:
    """Gradients that a pullback returned, of these arguments at least; those of weights come later.

    Raises
    ------
    BadResult
    """
    if not isinstance(grads, dict):
        wanted = "a dict with the gradient of each argument"
        raise BadResult(f"back must return {wanted}, got {arrays.describe(grads)}")
    for name in names:
        if name not in grads and name != "weights":
            given = ", ".join(map(str, grads)) or "none"
            raise BadResult(f"back must return the gradient of {name} too, got those of {given}")
    return dict(grads)


def at_least_two(names: str, rows: int, what: str) -> int:
    """Number of samples of all ranks; a batch of one, which has no such thing, is refused.

    Parameters
    ----------
    names : str
        Arguments that hold the samples.
    rows : int
        Samples of this rank.
    what : str
        The thing of which one sample has none.

    Raises
    ------
    BadArgument
    """
    samples = whole_batch().samples(rows)
    if samples < 2:
        raise BadArgument(
            f"{names} must have at least 2 rows, so that there is {what}, got {samples}"
        )
    return samples


def check_labels(
    name: str, labels: Array, count: int, distinct: bool = False, least: int = 0
) -> None:
    """Refuse labels that are no index into an axis of classes; traced labels pass.

    Parameters
    ----------
    name : str
    labels : integer array
    count : int
        Number of classes.
    distinct : bool, default False
        Whether those along the last axis must differ.
    least : int, default 0
        Smallest label.

    Raises
    ------
    BadArgument
    """
    labels = arrays.orderable(labels)
    xp = arrays.namespace(labels)
    for extreme in () if 0 in labels.shape else (xp.min, xp.max):
        label = arrays.known(extreme(labels))
        if label is None:
            return
        if not least <= label < count:
            raise BadArgument(f"{name} must be from {least} to {count - 1}, got {int(label)}")
    if distinct and labels.shape[-1] > 1:
        ordered = xp.sort(labels, axis=-1)
        twice = ordered[..., 1:] == ordered[..., :-1]
        label = arrays.known(xp.min(xp.where(twice, ordered[..., 1:], count)))
        if label is not None and label < count:
            raise BadArgument(f"{name} must hold no number twice, got {int(label)} twice")
