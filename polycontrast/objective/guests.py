"""Evaluations of arrays that another library computes faster than their own.

torch's and JAX's arrays on a GPU are computed by CuPy, where that is installed: in the same memory,
by the same kernels as its own. What comes back belongs to the caller's library.
"""

from typing import TYPE_CHECKING, Any

from polycontrast import arrays
from polycontrast.arrays import Array, Host, host_of
from polycontrast.objective import settings
from polycontrast.objective.diagnosis import Diagnostics, Watch
from polycontrast.objective.evaluation import Evaluation

if TYPE_CHECKING:
    from polycontrast.objective.call import Objective


def evaluation(
    objective: "Objective",
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    pulling: bool = False,
    watch: Watch | None = None,
) -> "Evaluation | GuestEvaluation":
    """Evaluation of a call, by the arrays' own library or by a host of theirs.

    Parameters
    ----------
    objective, args, kwargs, pulling, watch
        As in `Evaluation`.
    """
    comm = kwargs.get("comm", settings.current_settings().comm)
    host = None if comm is not None else host_of(_arrays((*args, *kwargs.values())))
    if host is None:
        return Evaluation(objective, args, kwargs, pulling, watch)
    return GuestEvaluation(host, objective, args, kwargs, pulling, watch)


def _arrays(values: tuple[Any, ...]) -> list[Array]:
    found = []
    for value in values:
        inner = value if isinstance(value, (list, tuple)) else (value,)
        found += [t for t in inner if arrays.is_array(t)]
    return found


class GuestEvaluation:
    """An `Evaluation` at a host.

    Parameters
    ----------
    host : Host
    objective, args, kwargs, pulling, watch
        As in `Evaluation`.
    """

    def __init__(
        self,
        host: Host,
        objective: "Objective",
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        pulling: bool,
        watch: Watch | None = None,
    ):
        self.host = host
        self.given: dict[int, Array] = {}
        """The caller's arrays, by the identity of what was borrowed of them."""
        with host.at_work():
            args = tuple(map(self._borrow, args))
            kwargs = {name: self._borrow(value) for name, value in kwargs.items()}
            self.inner = Evaluation(objective, args, kwargs, pulling, watch)
            self.value = host.give_back(self.inner.value, None)
            self.diagnostics = self._diagnosed(self.inner.diagnostics)

    def _diagnosed(self, found: Diagnostics | None) -> Diagnostics | None:
        if found is None:
            return None
        return Diagnostics(*(None if t is None else self.host.give_back(t, None) for t in found))

    def _borrow(self, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return tuple(map(self._borrow, value))
        if not arrays.is_array(value):
            return value
        borrowed = self.host.borrow(value)
        self.given[id(borrowed)] = value  # the evaluation holds what was borrowed
        return borrowed

    def differentiated(self, wrt: str | tuple[str, ...] | None) -> tuple[str, ...]:
        """As in `Evaluation`."""
        return self.inner.differentiated(wrt)

    def pull(self, cotangent: Any, names: tuple[str, ...]) -> Any:
        """As in `Evaluation`; gradients have the library and the dtype of their argument."""
        with self.host.at_work():
            first = next(iter(self.given.values()))  # what is of elsewhere is refused within
            if arrays.is_array(cotangent) and arrays.same_library(cotangent, first):
                cotangent = self.host.borrow(cotangent)
            grads = self.inner.pull(cotangent, names)
            return type(grads)(*map(self._give_back, grads, names))

    def _give_back(self, grad: Any, name: str) -> Any:
        value = self.inner.given[name]
        if isinstance(grad, tuple):
            return tuple(map(self._alike, grad, value))
        return self._alike(grad, value)

    def _alike(self, grad: Array, borrowed: Any) -> Array:
        return self.host.give_back(grad, self.given.get(id(borrowed)))
