"""Columns of embeddings, and labels, as the arguments of an objective."""

from collections.abc import Container, Sequence
from typing import Any

import torch

from polycontrast.chunked import EmbeddingArguments
from polycontrast.objective import Argument, Objective


def as_arguments(
    objective: Objective,
    given: Container[str],
    columns: Sequence[torch.Tensor],
    labels: torch.Tensor | None = None,
    named: str | None = None,
) -> dict[str, Any]:
    """Arguments of an objective by name.

    Parameters
    ----------
    objective : Objective
    given : container of str
        Arguments that have a value already.
    columns : sequence of torch.Tensor
        Embeddings (B, D).
    labels : torch.Tensor, optional
        One entry per sample.
    named : str, optional
        Argument that gets the labels; by default the first one that is required.

    Raises
    ------
    TypeError
        When the objective has no argument for a column, or for the labels.
    """
    free = [a for a in objective.arguments.values() if a.name not in given and a.name != named]
    filled = _embeddings(objective, free, columns)
    if labels is not None:
        filled |= _labels(objective, free, labels, named)
    return filled


def _embeddings(
    objective: Objective, free: Sequence[Argument], columns: Sequence[torch.Tensor]
) -> dict[str, Any]:
    embeds = [a for a in free if a.has_rows and a.differentiable and a.kind in ("rows", "views")]
    needed = [a for a in embeds if a.required]
    if any(a.kind == "views" and not (a.axes(2) and len(columns) == 1) for a in needed):
        taken = [a.name for a in objective.arguments.values() if a not in embeds]
        return EmbeddingArguments(objective, len(columns), taken, "ObjectiveLoss").fill(columns)
    needed = [a for a in needed if a.axes(2)[:1] in _SAMPLES or _is_own(a)]
    own = [a for a in embeds if _is_own(a)]
    # One column for each required argument; the others are further rows of each sample.
    further = next((a for a in own if not a.required), own[-1] if own else None)
    rest = columns[len(needed) :]
    if len(columns) < len(needed) or (rest and further is None):
        names = ", ".join(a.name for a in needed)
        more = f", and more for {further.name}" if further else ""
        raise TypeError(
            f"ObjectiveLoss: {objective.name} takes {len(needed)} columns of embeddings ({names})"
            f"{more}, got {len(columns)}"
        )
    stacks = {a.name: [z] for a, z in zip(needed, columns, strict=False)}
    if further and rest:
        stacks.setdefault(further.name, []).extend(rest)
    names_of_own = {a.name for a in own}
    return {n: torch.stack(z, dim=1) if n in names_of_own else z[0] for n, z in stacks.items()}


_SAMPLES = (("B",), ("N",))


def _is_own(argument: Argument) -> bool:
    """True where an argument has several rows of each sample, such as hard negatives (B, K, D)."""
    return argument.axes(3)[::2] == ("B", "D")


def _labels(
    objective: Objective, free: Sequence[Argument], labels: torch.Tensor, named: str | None
) -> dict[str, Any]:
    if named is None:
        each = [a for a in free if a.required and a.axes(1) in _SAMPLES]
        if not each:
            raise TypeError(
                f"ObjectiveLoss: {objective.name} needs no labels, and the data set has them; "
                "remove the column, or name the argument that gets it: labels="
            )
        named = each[0].name
    if objective.arguments[named].role.dtype == "real floating" and not labels.is_floating_point():
        labels = labels.to(torch.get_default_dtype())
    return {named: labels}
