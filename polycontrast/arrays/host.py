"""What a library needs to compute with the arrays of another one."""

import contextlib
from abc import ABC, abstractmethod
from typing import Any

from polycontrast.arrays.namespaces import Array


class Host(ABC):
    """A library that computes with arrays of another one."""

    casts = False
    """Whether autocast may have changed the dtypes of some arrays, so that mixed ones are taken."""

    def running(self) -> contextlib.AbstractContextManager[Any]:
        """Context in which taken arrays are used."""
        return contextlib.nullcontext()

    @abstractmethod
    def take(self, x: Array) -> Array:
        """The same numbers as an array of the host, in the same memory if possible."""

    @abstractmethod
    def give(self, x: Array, dtype: Any = None) -> Array:
        """A result as an array of the guests' library, in its own dtype or in another."""
