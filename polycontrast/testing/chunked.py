"""Check that a training step in chunks gives the gradient of the whole batch."""

import functools
import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from polycontrast import arrays
from polycontrast.chunked import leaves, map_rows, take
from polycontrast.objective import name_of
from polycontrast.testing.chunked_runs import Outcome, Runs
from polycontrast.testing.report import Report, check_tolerances

Allowed = Callable[[], float]  # the tolerance; known after the dtype of the embeddings is known

# Meaning of a difference, per stage. A difference in one stage causes differences in later ones.
STAGES = {
    "replay": "the second encoding of a chunk differs from the first: the encoder keeps state "
    "from call to call, or draws random numbers that are not replayed",
    "rows": "embeddings depend on the other rows of their batch",
    "value": "embeddings agree and the loss does not: the objective depends on more than its "
    "arguments",
    "gradient": "embeddings and loss agree, gradients do not: look for hooks, custom backward "
    "passes, and differences between encoding with and without a graph",
}


@dataclass(frozen=True)
class Difference:
    """One comparison of the step in chunks with the plain one.

    Parameters
    ----------
    stage : {"replay", "rows", "value", "gradient"}
    name : str
        Name of the batch or the parameter.
    difference, scale : float
        Largest absolute difference, and largest absolute value in the plain step.
    passed : bool
    """

    stage: str
    name: str
    difference: float
    scale: float
    passed: bool


@dataclass(frozen=True, repr=False)
class ChunkedReport(Report[Difference]):
    """Result of `check_chunked`: true when every comparison passed, prints as a table.

    Parameters
    ----------
    objective : str
        Name of the objective.
    checks : tuple of Difference
        The comparisons, with their stage, the name of a batch or parameter, and the difference.
    hints : tuple of str
        Parts of the encoders that may cause a difference: modules with batch statistics, and
        parameters with hooks. Empty when every comparison passed.
    """

    hints: tuple[str, ...]

    @property
    def where(self) -> str | None:
        """First stage that differs: it may cause the differences of later stages."""
        return next((s for s in STAGES if any(c.stage == s for c in self.failures)), None)

    def __str__(self) -> str:
        lines = [f"chunked step of {self.objective}: " + ("differs" if self.failures else "exact")]
        if self.where is not None:
            names = dict.fromkeys(c.name for c in self.failures if c.stage == self.where)
            lines.append(f"{', '.join(names)}: {STAGES[self.where]}")
            lines += [f"  see {hint}" for hint in self.hints]
        lines.append(f"{'stage':<10}{'of':<40}{'difference':>12}{'scale':>12}")
        for c in self.checks:
            mark = "" if c.passed else "  <- differs"
            lines.append(f"{c.stage:<10}{c.name:<40}{c.difference:>12.1e}{c.scale:>12.1e}{mark}")
        return "\n".join(lines)


def check_chunked(
    objective: Any,
    encoders: Callable[..., Any] | Sequence[Callable[..., Any]],
    batches: Sequence[Any],
    *,
    chunk_size: int | Sequence[int],
    params: Any = None,
    key: Any = None,
    wrt: str | Sequence[str] = (),
    generators: Sequence[Any] = (),
    rtol: float | None = None,
    **parameters: Any,
) -> ChunkedReport:
    """Comparison of a step in chunks with a plain step.

    There are four checks, in an order in which the first difference is the cause. A chunk has the
    same embeddings when it is encoded again. Embeddings do not depend on the other rows. The
    losses agree. The gradients of all parameters agree. An encoder that draws random numbers is
    compared with one graph over the same chunks. Any other encoder is compared with one call for
    the whole batch. Gradients, buffers and random states are restored afterwards.

    Parameters
    ----------
    objective, encoders, batches, chunk_size, generators, **parameters
        Arguments of the `chunked_step` to check: of `polycontrast.torch` for torch tensors, of
        `polycontrast.jax` for JAX arrays with `params`, of `polycontrast.chunked` for others. A
        small batch whose size is not a multiple of the chunk size is the best test.
    params : pytree, or dict of tensors, optional
        JAX: the parameters. torch: tensors to compare in addition to the parameters of modules.
    key, wrt : optional
        As in `polycontrast.jax.chunked_step` and `polycontrast.chunked.chunked_step`.
    rtol : float, optional
        Allowed difference relative to the largest absolute value. Default: 1e-9 in float64, 1e-4 in
        float32, 5e-2 in half precision.

    Returns
    -------
    ChunkedReport
        It prints as a table. ``bool(report)`` is true on success, and ``report.raise_on_failure()``
        raises on failure.

    Examples
    --------
    An encoder that centres the rows over its batch gives other rows for a chunk:

    >>> import numpy as np, polycontrast as pc
    >>> from polycontrast.testing import check_chunked
    >>> w, x, y = np.random.default_rng(0).normal(size=(3, 5, 5))
    >>> def embed(chunk):
    ...     return chunk @ w, lambda g: chunk.T @ g
    >>> bool(check_chunked(pc.info_nce, embed, [x, y], chunk_size=2))
    True
    >>> def centred(chunk):
    ...     rows = chunk - chunk.mean(axis=0)
    ...     return rows @ w, lambda g: rows.T @ g
    >>> check_chunked(pc.info_nce, centred, [x, y], chunk_size=2).where
    'rows'
    """
    check_tolerances("check_chunked", rtol=rtol)
    runs = _runs(batches, params)(
        objective, encoders, batches, chunk_size, params, key, wrt, generators, parameters
    )

    def allowed() -> float:
        return {64: 1e-9, 32: 1e-4}.get(runs.bits, 5e-2) if rtol is None else rtol

    with runs.restored():
        checks = list(_check_encoders(runs, allowed))
        random = any(runs.is_random(k) for k in range(len(runs.parts)))
        checks += _check_step(runs, runs.plain(in_chunks=random), runs.chunked(), allowed)
        hints = tuple(runs.hints()) if any(not c.passed for c in checks) else ()
    return ChunkedReport(name_of(objective), tuple(checks), hints)


def _runs(batches: Any, params: Any) -> type[Runs]:
    """The class that runs steps with arrays of this kind."""
    found = [value for _, value in leaves(batches, "") if arrays.is_array(value)]
    if any(type(value).__module__.partition(".")[0] == "torch" for value in found):
        return importlib.import_module("polycontrast.testing.chunked_torch").TorchRuns
    if params is not None:
        return importlib.import_module("polycontrast.testing.chunked_jax").JaxRuns
    return Runs


def _check_encoders(runs: Runs, allowed: Allowed) -> Iterator[Difference]:
    for k, part in enumerate(runs.parts):
        chunk = take(part.batch, *part.spans[0])
        first = runs.encode(k, chunk)
        yield _compare("replay", part.name, first, runs.encode(k, chunk, again=True), allowed)
        rows = min(max(2, part.spans[0][1]), part.spans[-1][1])
        if rows > 1:
            kept = (rows + 1) // 2
            several = take(part.batch, 0, rows)
            others = map_rows(several, functools.partial(_with_first_row, kept=kept))
            a, b = runs.encode(k, several)[:kept], runs.encode(k, others)[:kept]
            yield _compare("rows", part.name, a, b, allowed)
        if not runs.is_random(k):
            whole = runs.encode(k, part.batch)
            pieces = [runs.encode(k, piece) for _, piece in part.chunks()]
            yield _compare("rows", part.name, whole, np.concatenate(pieces), allowed)


def _with_first_row(x: Any, kept: int) -> Any:
    """The first `kept` rows unchanged, and the first row in place of the others."""
    xp = arrays.namespace(x)
    return xp.concat([x[:kept, ...], *[x[:1, ...]] * (x.shape[0] - kept)], axis=0)


def _check_step(
    runs: Runs, plain: Outcome, chunked: Outcome, allowed: Allowed
) -> Iterator[Difference]:
    yield _compare("value", "loss", plain[0], chunked[0], allowed)
    largest = max((_size(g) for g in plain[1].values()), default=0.0)
    for name, wanted in plain[1].items():
        # The size of a gradient that consists of rounding only is not a useful scale.
        yield _compare("gradient", name, wanted, chunked[1].get(name), allowed, 1e-3 * largest)


def _compare(
    stage: str,
    name: str,
    wanted: np.ndarray | None,
    found: np.ndarray | None,
    allowed: Allowed,
    least: float = 0.0,
) -> Difference:
    if wanted is None or found is None:
        same = wanted is found
        return Difference(stage, name, 0.0 if same else np.inf, 0.0, same)
    alike = wanted.shape == found.shape
    difference = float(np.max(np.abs(wanted - found), initial=0.0)) if alike else np.inf
    scale = _size(wanted)
    return Difference(stage, name, difference, scale, difference <= allowed() * max(scale, least))


def _size(a: np.ndarray | None) -> float:
    return 0.0 if a is None else float(np.max(np.abs(a), initial=0.0))
