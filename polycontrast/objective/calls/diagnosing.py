"""Diagnostics of a call: those that its body has gathered, or those of its views."""

from typing import Any

from polycontrast.arrays import Array
from polycontrast.context import Diagnostics, Watch
from polycontrast.objective.arguments.binding import Binding
from polycontrast.objective.arguments.roles import SAMPLES, Argument


def diagnosed(watch: Watch, binding: Binding) -> Diagnostics:
    """Diagnostics of the call, as arrays of the caller's library.

    A body that reads the negatives of its anchors from tiles has gathered them on the way. For any
    other objective they are those of its views, which the roles of its arguments say.

    Parameters
    ----------
    watch : Watch
        The collector that the body had.
    binding : Binding
        The arguments of the call.

    Raises
    ------
    ValueError
        When the samples have no two views, or targets say how far these match.
    """
    normalize = binding.values.get("normalize", True) is True
    if not watch.sides:
        from polycontrast.contrast.views.survey import survey  # which few calls need

        views = _views(binding)
        survey(
            watch,
            views,
            compares=watch.compares,
            temperature=_temperature(binding),
            normalize=normalize,
            ids=_items(binding.inputs),
            mask=_mask(binding, len(views)),
        )
    numbers = watch.diagnostics(normalized=normalize)
    return Diagnostics(*(None if t is None else binding.result(t) for t in numbers))


def _views(binding: Binding) -> list[Array]:
    """The arrays of embeddings of the same samples, in the order of the arguments."""
    views: list[Array] = []
    axis, judged = None, False
    for name, argument in binding.arguments.items():
        array = binding.inputs[name]
        if not argument.required or array is None:
            continue
        judged = judged or _judges(argument)
        if not argument.differentiable or isinstance(array, tuple | list):
            continue
        axes = argument.axes(array.ndim)
        if argument.kind == "views" and len(axes) == 3:
            views += [array[m, ...] for m in range(array.shape[0])]
        elif argument.kind == "rows" and len(axes) == 2 and axes[0] in SAMPLES:
            axis = axes if axis is None and axes[1] == "D" else axis
            views += [array] if axes == axis else []
    if len(views) < 2 or judged:
        raise binding.binder.fail(
            "diagnostics=True is for objectives whose samples have two views or more that match"
        )
    return views


def _judges(argument: Argument) -> bool:
    """True for real targets, one a sample, which say how far its two rows match."""
    return argument.name == "target" and argument.role.constant and argument.dims == (("B",),)


def _temperature(binding: Binding) -> Array | None:
    """The temperature, if the objective has one for all samples."""
    found = binding.inputs.get("temperature")
    if found is None or isinstance(found, float | int):
        make = binding.xp.asarray
        return None if found is None else make(found, dtype=binding.dtype, device=binding.device)
    return found if found.ndim == 0 else None


def _items(inputs: dict[str, Any]) -> Any:
    """What samples have in common that are no negatives of each other: items, or classes."""
    ids, labels = inputs.get("ids"), inputs.get("labels")
    return labels if ids is None and labels is not None and labels.ndim == 1 else ids


def _mask(binding: Binding, views: int) -> Any:
    """Which views exist, if the objective has such a mask."""
    for name, argument in binding.arguments.items():
        mask = binding.inputs[name]
        if argument.kind == "mask" and mask is not None and mask.shape[0] == views:
            return mask
    return None
