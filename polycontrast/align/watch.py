"""The progress of long work: phases, and the steps of each that are done."""

from collections.abc import Callable

from polycontrast.wording import shortened

LONGEST_NAME = 30  # letters of the name of a file

Watch = Callable[[str, int, int], object]
"""A function that gets the name of a phase, the number of steps done, and of all steps."""


def unwatched(phase: str, done: int, total: int) -> None:
    """Ignore the progress of a phase."""


def reading(watch: Watch, name: object, size: int) -> Callable[[int], object]:
    """A function that gets the bytes of a file read so far, of `size`, and shows them."""
    phase, total = f"reading {shortened(name, LONGEST_NAME)} (MiB)", max(size >> 20, 1)
    return lambda done: watch(phase, min(done >> 20, total), total)
