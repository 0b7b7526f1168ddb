"""Whitening of columns in shuffled groups, over all ranks."""

from polycontrast.arrays import as_index, namespace
from polycontrast.calculus import whitened
from polycontrast.objective import BadArgument, whole_batch


def check_groups(shape, num_groups, eps):
    """Refuse groups that do not divide the columns of rows (B, D), or that must be singular."""
    rows, width = shape
    if width % num_groups:
        raise BadArgument(f"num_groups must divide the {width} columns, got {num_groups}")
    samples, size = whole_batch().samples(rows), width // num_groups
    if eps == 0 and size >= samples:
        text = f"eps must be above 0 where groups have as many columns as there are rows, {samples}"
        raise BadArgument(f"{text}, got groups of {size}")


def shuffled_whitening(x, perm, num_groups, eps, held):
    """Whitened columns in their places, and the pullback; `perm` is their order in the groups."""
    xp, batch = namespace(x), whole_batch()
    samples = batch.samples(x.shape[0])
    if perm is None:
        return whitened(x, num_groups, eps, held, samples, batch.sum)
    perm = as_index(perm)
    home = xp.argsort(perm)
    out, pull = whitened(xp.take(x, perm, axis=1), num_groups, eps, held, samples, batch.sum)
    return xp.take(out, home, axis=1), lambda g: xp.take(
        pull(xp.take(g, perm, axis=1)), home, axis=1
    )
