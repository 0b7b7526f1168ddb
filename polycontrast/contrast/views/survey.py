"""Diagnostics of views: some rows as anchors, with their matches and the rows of other samples."""

from collections.abc import Sequence
from dataclasses import replace

from polycontrast.arrays import Array, device, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.context import Watch, current_settings, in_progress, whole_batch
from polycontrast.similarity import Labels, OtherViews, Present, Rule, Similarity

LEAST = 128
"""Anchors of each view at least, if there are as many samples."""
SHARE = 32
"""One sample in so many is an anchor, where the batch is large."""
KERNEL_TAU = 0.25
"""In place of a temperature: the kernel of the uniformity is then exp(-2 |z - z'|^2)."""


def survey(
    watch: Watch,
    views: Sequence[Array],
    *,
    compares: bool,
    temperature: Array | None = None,
    normalize: bool = True,
    ids: Array | None = None,
    mask: Array | None = None,
) -> None:
    """Add the anchors of each view to the diagnostics.

    An anchor is a row. Its matches are the rows of its sample in the other views, and its negatives
    are the rows of other samples there. In a small batch every row is an anchor. In a large one
    anchors are rows at equal steps, so that a survey costs a small part of one matrix product.

    Parameters
    ----------
    watch : Watch
    views : sequence of array (B, D)
        At least two.
    compares : bool
        Whether the objective compares different samples. Otherwise negatives are the rows of the
        other anchors of this rank, and only what does not depend on their number is reported.
    temperature : 0-d array, optional
        Without it, nothing is reported that depends on it.
    normalize : bool, default True
        Whether similarities are cosines, or inner products of the rows as they are.
    ids : integer array (B,), optional
        Samples of one item are no negatives of each other.
    mask : bool array (M, B), optional
        True where the view of a sample exists.
    """
    xp, batch, settings = namespace(views[0]), whole_batch(), current_settings()
    here, where = views[0].shape[0], device(views[0])
    step = max(1, here // max(LEAST, here // SHARE))
    items = batch.start() + xp.arange(here, dtype=xp.int32, device=where) if ids is None else ids
    if not compares:  # its cost may be far below that of a product of all rows
        views, items = [view[::step, :] for view in views], items[::step]
        mask = None if mask is None else mask[:, ::step]
        step, settings = 1, replace(settings, comm=None)
    pairs = Labels(items[::step], items, same=False)
    there = None
    if mask is not None:
        views = [xp.where(mask[m, :, None], view, 0.0) for m, view in enumerate(views)]
        there = mask[:, ::step]
    rows = [unit_rows(view, normalize)[0] for view in views]
    anchors = [view[::step, :] for view in rows]
    matches, exist = _matches(anchors, there)
    one = xp.ones((), dtype=rows[0].dtype, device=where)
    scale = one / (KERNEL_TAU if temperature is None else temperature)

    def read(chosen: Array, columns: Array, rule: Rule, similarities: Array) -> None:
        Similarity(
            chosen,
            columns,
            scale=scale,
            pairs=rule,
            what="anchors",
            longest=1.0 if normalize else None,
            settings=settings,
        ).logsumexp(columns=False, positives=scale * similarities)

    with in_progress(promise=None, watch=watch):
        if len(rows) == 2 and mask is None:  # half of the products
            for a, b in ((0, 1), (1, 0)):
                read(anchors[a], rows[b], pairs, matches[a, :])
        else:
            rule: Rule = pairs & OtherViews()
            rule = rule if mask is None else rule & Present(there, mask)
            read(xp.stack(anchors), xp.stack(rows), rule, matches)
    watch.sides = [replace(side, exists=exist[m, :]) for m, side in enumerate(watch.sides)]
    watch.absent |= _without_meaning(len(rows), compares, temperature is not None)
    if ids is None and mask is None:
        samples = batch.samples(here) if compares else items.shape[0]
        watch.negatives = (len(rows) - 1) * (samples - 1)


def _matches(anchors: list[Array], there: Array | None) -> tuple[Array, Array]:
    """Mean similarity (M, K) of each anchor with its matches, and whether it has one."""
    xp, found, exist = namespace(anchors[0]), [], []
    for m, own in enumerate(anchors):
        total = count = xp.zeros_like(own[:, 0])
        for k, other in enumerate(anchors):
            if k != m:
                weight = xp.ones_like(count)
                if there is not None:
                    weight = xp.astype(there[m, :] & there[k, :], own.dtype)
                total, count = total + weight * row_dot(own, other), count + weight
        found.append(total / xp.where(count > 0, count, 1.0))
        exist.append(count > 0)
    return xp.stack(found), xp.stack(exist)


def _without_meaning(views: int, compares: bool, has_temperature: bool) -> set[str]:
    """Figures that have no meaning for the objective."""
    absent = set() if views == 2 else {"information"}
    if not (compares and has_temperature):
        absent |= {"effective_negatives", "information"}
    return absent if compares else absent | {"recall_x", "recall_y", "hardest_negative"}
