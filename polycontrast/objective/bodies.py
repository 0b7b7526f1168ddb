"""Checks that the bodies of objectives make of their arguments, and the error that they raise."""

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.context import whole_batch


class BadArgument(ValueError):
    """Error of an objective's body, for arguments that do not fit together.

    The caller gets a ValueError whose text begins with the objective's name.
    """


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
