"""Options of execution: tile, workers, memory, repeatable bits, precision, ranks.

Nothing here changes a value beyond rounding.
"""

from dataclasses import dataclass, fields
from typing import Any, Literal

from polycontrast.arrays import PRECISIONS, describe, plain


@dataclass(frozen=True)
class Settings:
    """Options of execution that every objective takes.

    Parameters
    ----------
    tile : (rows, cols), optional
        Size of a tile in samples; forces the tiled walk, in which nothing of size B x B is kept.
        By default the plan chooses the size (see `polycontrast.plan`).
    workers : int, optional
        Most threads that share the work on NumPy arrays; no bit depends on them. By default
        ``POLYCONTRAST_NUM_THREADS``, then ``OMP_NUM_THREADS``, then the processors this process
        may use.
    memory : int, optional
        Bytes that kept similarities may take before tiles are recomputed instead. By default 256
        MiB, and on NumPy arrays a quarter of the memory that is available when that is more.
    repeatable : bool, default False
        Whether no bit depends on `tile`, `workers` and `memory`. The plan then chooses the size of
        tiles and blocks from the shapes alone, and `tile` only says that no tile is kept. Losses
        of whole rows and of small matrices keep nothing. Where ranks share the batch, this holds
        for one division of the samples. Refused for arrays on a GPU.
    check_finite : bool, default False
        Refuse arrays with nan or infinite entries. By default they make the loss nan.
    precision : {"highest", "tf32", "bf16"}, default "highest"
        Operands of the products of a walk, similarities and their gradients: as they are, or
        rounded to TensorFloat-32 or to bfloat16. They are summed in float32. CuPy's float32
        arrays, and those that CuPy computes for another library, have this choice. In main memory
        there is bfloat16 alone, on processors with AMX or AVX512-BF16, where torch is installed.
        Elsewhere a choice is refused.
    comm : torch ProcessGroup, "world", mpi4py communicator, or name of a JAX axis, optional
        Ranks that share the batch: each passes its own samples, and value and gradients are those
        of all samples together. ``"world"`` is the default process group of torch, which is found
        at each call; a single process without a group has all samples.
    gradients : {"average", "sum"}, default "average"
        The trainer's way to combine the gradients of the ranks: it averages them, as DDP does, or
        adds them. The result is the exact gradient.
    """

    tile: tuple[int, int] | None = None
    workers: int | None = None
    memory: int | None = None
    repeatable: bool = False
    check_finite: bool = False
    precision: Literal["highest", "tf32", "bf16"] = "highest"
    comm: Any = None
    gradients: Literal["average", "sum"] = "average"

    def __post_init__(self) -> None:
        """Refuse sizes that make no sense."""
        if self.tile is not None:
            sizes = tuple(map(_count, self.tile)) if isinstance(self.tile, (tuple, list)) else ()
            if len(sizes) != 2 or None in sizes:
                raise ValueError(f"tile must be two positive integers, got {describe(self.tile)}")
            object.__setattr__(self, "tile", sizes)
        for name, least, sign in (("workers", 1, "positive"), ("memory", 0, "non-negative")):
            value = getattr(self, name)
            if value is None:
                continue
            count = _count(value, least)
            if count is None:
                raise ValueError(f"{name} must be a {sign} integer, got {describe(value)}")
            object.__setattr__(self, name, count)
        for name in ("repeatable", "check_finite"):
            value = getattr(self, name)
            if not isinstance(value, bool):
                raise TypeError(f"{name} must be True or False, got {describe(value)}")
        if not isinstance(self.precision, str) or self.precision not in PRECISIONS:
            names = ", ".join(f'"{name}"' for name in PRECISIONS)
            raise ValueError(f"precision must be one of {names}, got {describe(self.precision)}")
        if not isinstance(self.gradients, str) or self.gradients not in ("average", "sum"):
            got = describe(self.gradients)
            raise ValueError(f'gradients must be "average" or "sum", got {got}')

    @property
    def forced_tile(self) -> tuple[int, int] | None:
        """Size of a tile that the caller chooses; None where the plan chooses it."""
        return None if self.repeatable else self.tile


def _count(n: Any, least: int = 1) -> int | None:
    """Python integer from one of Python or NumPy; None for any other value."""
    n = plain(n)
    return n if isinstance(n, int) and not isinstance(n, bool) and n >= least else None


SETTING_NAMES = tuple(field.name for field in fields(Settings))
