"""Aligned rows in the plane, coloured by label and marked by view."""

from typing import Any

import numpy as np

from polycontrast.plot.style import CLASS_COLOURS, INK, MARKS, MUTED, SMALL, title, view_name
from polycontrast.wording import shortened

OTHER = "#C9C9C9"
LONGEST_LABEL = 12
APART = 0.07  # names of classes, in widths of the picture


def draw_projection(
    axes: Any,
    places: np.ndarray,
    names: list[str],
    labels: np.ndarray | None,
    heading: str,
    note: str = "",
) -> None:
    """Draw the points of all views.

    Parameters
    ----------
    axes : matplotlib Axes
    places : array (M, n, 2)
        Sample ``i`` as view ``m`` shows it; nan where the view lacks it.
    names : list of str
        Of the views.
    labels : array (n,), optional
        Coloured and named in the picture; without them the colours are those of the views.
    heading, note : str
    """
    size = float(np.clip(24_000 / max(places.shape[0] * places.shape[1], 1), 12, 50))
    if labels is None:
        colours = None
    else:
        classes, counts = np.unique(labels, return_counts=True)
        common = np.sort(classes[np.argsort(-counts, kind="stable")[: len(CLASS_COLOURS)]])
        chosen = dict(zip(common.tolist(), CLASS_COLOURS, strict=False))
        colours = [chosen.get(label, OTHER) for label in labels.tolist()]
    points = [
        axes.scatter(
            places[m, :, 0],
            places[m, :, 1],
            s=size,
            c=CLASS_COLOURS[m % len(CLASS_COLOURS)] if colours is None else colours,
            marker=MARKS[m % len(MARKS)],
            alpha=0.75,
            linewidths=0.0,
        )
        for m in range(len(names))
    ]
    if labels is not None:
        by_class = {label: places[:, labels == label].reshape(-1, 2) for label in chosen}
        by_class = {label: own[~np.isnan(own[:, 0])] for label, own in by_class.items()}
        by_class = {label: own for label, own in by_class.items() if len(own)}
        for label, place in name_places(by_class).items():
            _name_class(axes, place, label, chosen[label])
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.margins(0.04)
    legend = axes.legend(
        points,
        [str(m) for m in range(len(names))],
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncols=min(3, len(names)),
        fontsize=SMALL,
        frameon=False,
        labelcolor=INK,
        handletextpad=0.2,
        columnspacing=1.2,
        markerscale=1.4,
    )
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_text(view_name(name))  # a legend leaves out what begins with an underscore
    if labels is not None:  # the mark tells the view; its colour here would tell a class
        for handle in legend.legend_handles:
            handle.set_color(MUTED)
            handle.set_alpha(1.0)
    title(axes, heading, note)


def name_places(points: dict[object, np.ndarray]) -> dict[object, np.ndarray]:
    """Place for the name of each class: amid its points, and apart from other names.

    Parameters
    ----------
    points : dict of array (n, 2)
        By class.

    Returns
    -------
    dict of array (2,)
        One of the points of each class.
    """
    everything = np.concatenate(list(points.values()))
    apart = APART * float(np.max(np.ptp(everything, axis=0)))
    found: dict[object, np.ndarray] = {}
    for label, own in sorted(points.items(), key=lambda item: len(item[1])):
        middle = np.median(np.linalg.norm(own[:, None] - own[None], axis=2), axis=1)
        taken = np.array(list(found.values())).reshape(-1, 2)
        nearest = np.linalg.norm(own[:, None] - taken[None], axis=2).min(axis=1, initial=np.inf)
        found[label] = own[np.argmin(middle + 10 * np.maximum(apart - nearest, 0))]
    return found


def _name_class(axes: Any, place: np.ndarray, label: object, colour: str) -> None:
    """Write the name of a class, with a white edge."""
    from matplotlib.patheffects import withStroke

    whole = isinstance(label, float) and label.is_integer()
    text = shortened(int(label) if whole else label, LONGEST_LABEL)  # type: ignore[call-overload]
    axes.text(
        *place,
        text,
        color=colour,
        fontsize=18 if len(text) <= 2 else 12,
        fontweight="bold",
        ha="center",
        va="center",
        path_effects=[withStroke(linewidth=5, foreground="white")],
    )
