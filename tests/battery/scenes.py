"""Scenes: extreme inputs of a case, each with the parameters that it needs."""

import numpy as np

__all__ = ["GENERAL", "HARDEST", "SCENES", "coincident_rows", "made", "one_sample", "rows_of"]


def rows_of(case):
    """Names of the arrays of embeddings."""
    real = [n for n in case.dims if case.arguments[n].role.dtype == "real floating"]
    return [name for name in real if case.dims[name][-1:] == ("D",)]


def overflows(case):
    """True where the definition has exponentials without a logarithm or a normaliser."""
    when = case.facts.overflows
    return when is not None and all(case.parameter(name) == value for name, value in when.items())


def follow(case, arrays, tau):
    """Let normalisers that are given grow with the logits, as those of such inputs would."""
    if not case.normalizers:
        return arrays
    embeddings = [np.sum(arrays[k] ** 2, axis=-1) for k in rows_of(case)]
    if embeddings and case.parameter("normalize"):
        embeddings = [1.0]
    largest = max(np.max(np.abs(s)) for s in embeddings or [arrays["scores"]])
    for name, sign in case.normalizers.items():
        arrays[name] = arrays[name] + 2 * largest / tau * sign
    return arrays


def small_temperature(case):
    """Temperature 1e-3: logits of 1000."""
    if "temperature" not in case.arguments or overflows(case):
        return None
    arrays = follow(case, case.arrays(), 1e-3)
    if "temperature" not in arrays:
        return arrays, {"temperature": 1e-3}
    arrays["temperature"][...] = 1e-3
    return arrays, {}


def huge_logits(case):
    """Rows that are not normalised, with logits of 1e4."""
    if "normalize" not in case.arguments or "temperature" not in case.arguments:
        return None
    if overflows(case):
        return None
    arrays = case.arrays()
    tau = case.parameter("temperature")
    largest = max(np.max(np.sum(arrays[k] ** 2, axis=-1)) for k in rows_of(case))
    for k in rows_of(case):
        arrays[k] = arrays[k] * np.sqrt(1e4 * tau / largest)
    for k, sign in case.normalizers.items():
        arrays[k] = arrays[k] + 2e4 * sign
    return arrays, {"normalize": False}


def zero_rows(case):
    """A row of zeros in every array, and one array (or view) that is zero as a whole."""
    if not rows_of(case):
        return None
    arrays = case.arrays()
    for k in rows_of(case):
        arrays[k][..., 1, :] = 0.0
    first = arrays[rows_of(case)[0]]
    (first[0] if first.ndim == 3 else first)[...] = 0.0
    return arrays, {}


def one_zero_row(case):
    """A single row of zeros; everything else is in general position."""
    arrays = case.arrays()
    arrays[rows_of(case)[0]][..., 1, :] = 0.0
    return arrays, {}


def coincident_rows(case):
    """All rows of all arrays are the same."""
    arrays = case.arrays()
    for k in rows_of(case):
        arrays[k][...] = np.arange(1.0, arrays[k].shape[-1] + 1)
    tau = case.parameter("temperature") if "temperature" in case.arguments else 1.0
    return follow(case, arrays, tau), {}


def repeated_rows(case):
    """The first two samples are the same in every array."""
    arrays = case.arrays()
    for k in rows_of(case):
        arrays[k][..., 1, :] = arrays[k][..., 0, :]
    return arrays, {}


def huge_rows(case):
    """Normalised rows whose squared length overflows float32, beside some that underflow."""
    if not case.arguments.get("normalize") or not case.parameter("normalize"):
        return None
    if "row_scale" not in case.objective.invariances:
        return None  # rows of some array are not scaled
    arrays = case.arrays()
    for k in rows_of(case):
        arrays[k][..., 0, :] *= 1e25
        arrays[k][..., 1, :] *= 1e-25
    return arrays, {}


def one_sample(case):
    """B = 1 (N = 1 where samples are so named)."""
    return case.arrays(B=1, N=1), {}


SCENES = (
    small_temperature,
    huge_logits,
    zero_rows,
    one_zero_row,
    coincident_rows,
    repeated_rows,
    huge_rows,
    one_sample,
)
GENERAL = (small_temperature, huge_logits, one_zero_row, repeated_rows, huge_rows, one_sample)
HARDEST = (small_temperature, zero_rows, coincident_rows)


def made(case, scenes):
    """Every one of these scenes that applies to the case, with its arrays and parameters."""
    for scene in scenes:
        if not rows_of(case) and scene not in (small_temperature, one_sample):
            continue
        if scene is coincident_rows and overflows(case) and not case.parameter("normalize"):
            continue
        given = scene(case)
        if given is not None:
            yield scene, *given
