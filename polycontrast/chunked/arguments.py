"""Arguments of an objective that take embeddings: separate arrays, or one list of views."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from polycontrast.objective import Argument, Objective


def registered(objective: Any) -> Objective | None:
    """The objective itself, or the objective in a module; None for any other callable."""
    found = objective if isinstance(objective, Objective) else getattr(objective, "objective", None)
    return found if isinstance(found, Objective) else None


def comm_of(objective: Any, parameters: Mapping[str, Any]) -> Any:
    """Ranks that share the batch of a step: ``comm=`` of the step, or of a module; else None."""
    fixed = getattr(objective, "fixed", {})
    return parameters.get("comm", fixed.get("comm") if registered(objective) else None)


class EmbeddingArguments:
    """Arguments of an objective that take the embeddings, in the order of its signature.

    Parameters
    ----------
    objective : Objective
    count : int
        Number of sets of embeddings.
    given : iterable of str
        Arguments that are given by name and so take no embeddings.
    caller : str
        Name of the public function, for messages.
    """

    def __init__(
        self,
        objective: Objective,
        count: int,
        given: Iterable[str],
        caller: str = "chunked_step",
    ):
        taken = set(given)
        free = [a for a in objective.arguments.values() if _embeds(a) and a.name not in taken]
        needed = [a for a in free if a.required]
        views = [a for a in needed if a.kind == "views"]
        if views:
            alone = [a for a in needed if a.kind != "views"]
            fits = len(views) == 1 and count > len(alone)
            wanted, chosen = f"more than {len(alone)}", needed
        else:
            fits = len(needed) <= count <= len(free)
            chosen = free[:count]
            wanted = " to ".join(str(n) for n in sorted({len(needed), len(free)}))
        if not fits:
            names = ", ".join(a.name for a in free)
            raise ValueError(
                f"{caller}: {objective.name} takes {wanted} batches ({names}), got {count}"
            )
        self.names = tuple(a.name for a in chosen)
        self.counts = [count - len(chosen) + 1 if a.kind == "views" else 1 for a in chosen]
        self.is_views = [a.kind == "views" for a in chosen]

    def fill(self, embeddings: Sequence[Any]) -> dict[str, Any]:
        """Embeddings as arguments by name."""
        filled, k = {}, 0
        for name, count, views in zip(self.names, self.counts, self.is_views, strict=True):
            filled[name] = list(embeddings[k : k + count]) if views else embeddings[k]
            k += count
        return filled

    def order(self, grads: Any) -> list[Any]:
        """Gradients in the order of the embeddings, from the named tuple of an objective."""
        ordered: list[Any] = []
        for name, views in zip(self.names, self.is_views, strict=True):
            grad = getattr(grads, name)
            ordered += list(grad) if views else [grad]
        return ordered


def _embeds(argument: Argument) -> bool:
    """Whether an argument takes embeddings: its last axis is then D, and it has a gradient."""
    return argument.kind in ("rows", "views") and argument.has_rows and argument.differentiable


def learnable_names(
    objective: Objective, names: Iterable[str], caller: str = "chunked_step"
) -> tuple[str, ...]:
    """Check that an objective has gradients with respect to parameters of these names."""
    names = tuple(names)
    for name in names:
        argument = objective.arguments.get(name)
        if argument is None or not argument.differentiable:
            possible = [a.name for a in objective.arguments.values() if a.differentiable]
            raise ValueError(
                f"{caller}: {objective.name} has no gradient with respect to {name}; "
                f"possible: {', '.join(possible)}"
            )
    return names
