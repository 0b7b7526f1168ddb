"""The file of a fitted `Aligner`: its heads, and all else as one text in JSON."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np

from polycontrast.align.errors import BadInput, not_fitted
from polycontrast.align.heads import STATE, Head, heads_of, save_heads
from polycontrast.align.inputs import check_parameters
from polycontrast.align.reading import read_arrays
from polycontrast.objective import Objective

T = TypeVar("T")

KEPT = ("feature_names_in_", "n_iter_", "best_iter_", "loss_", "temperature_", "stopped_", "unit_")


class Saved:
    """Give `Aligner` a file: `save` and `load`."""

    heads_: list[Head]
    view_names_: list[str]

    def save(self, path: str | Path, names: Sequence[str] | None = None) -> None:
        """Write the fitted estimator into one .npz file of plain arrays.

        The file has the form of the ``heads.npz`` that ``polycontrast align`` writes, so
        `load_heads` reads it as well. It holds the heads, the parameters and what `transform` and
        `score` use. It does not hold `start_heads_`, `whitenings_`, `history_` and
        `validation_rows_`.

        Parameters
        ----------
        path : str or Path
            Name of the file, ending in .npz. An existing file is replaced.
        names : sequence of str, optional
            Names of the views in the file. Default: `view_names_`.

        Raises
        ------
        BadInput
            Before `fit`, for another name of a file, for names that are not one for each view, and
            for a parameter that is not made of numbers, words, lists and dicts.
        """
        if not hasattr(self, "heads_"):
            raise not_fitted("Aligner: fit must be called before save")
        _write(Path(path), self, self.view_names_ if names is None else names)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read an estimator that `save` or ``polycontrast align`` wrote.

        Parameters
        ----------
        path : str or Path

        Raises
        ------
        BadInput
            When the file is damaged, or holds something else.

        Examples
        --------
        ``Aligner.load("aligned/heads.npz").transform(views)`` maps new rows of all views.
        """
        return _read(cls, Path(path))


def _write(path: Path, aligner: Any, names: Sequence[str]) -> None:
    """Write a fitted estimator, with these names of its views."""
    if len(set(names)) != len(aligner.heads_):
        count = len(aligner.heads_)
        raise BadInput(f"Aligner: save needs {count} different names; got {list(names)}")
    if path.suffix.lower() != ".npz":
        raise BadInput(f"Aligner: save writes an .npz file, whose name ends so; got {str(path)!r}")
    parameters = aligner.get_params()
    if isinstance(aligner.objective, Objective):
        parameters["objective"] = aligner.objective.name
    kept = {name: getattr(aligner, name) for name in KEPT if hasattr(aligner, name)}
    state = {
        "parameters": {name: _text(name, value) for name, value in parameters.items()},
        "fitted": {name: _text(name, value) for name, value in kept.items()},
    }
    heads = dict(zip(names, aligner.heads_, strict=True))
    save_heads(path, heads, json.dumps(state))


def _read(kind: type[T], path: Path) -> T:
    """Read an estimator of that class."""
    stored = read_arrays(path)
    text = stored.pop(STATE, None)
    heads = heads_of(f"Aligner.load: {path}", stored)
    width = len(next(iter(heads.values())).bias)
    parameters: dict[str, Any] = {"n_components": width}
    fitted: dict[str, Any] = {}
    if text is not None:
        parameters, fitted = _state(path, text)
    try:
        aligner: Any = kind(**parameters)
        check_parameters(aligner.get_params())
    except (TypeError, BadInput) as error:
        raise BadInput(f"Aligner.load: {path}: {error}") from None
    aligner.heads_, aligner.view_names_ = list(heads.values()), list(heads)
    aligner.n_components_ = width
    aligner.n_features_in_ = tuple(len(head.mean) for head in heads.values())
    aligner.feature_names_in_ = [None] * len(heads)
    for name, value in fitted.items():
        setattr(aligner, name, value)
    return aligner


def _text(name: str, value: Any) -> Any:
    """The value of an attribute, if JSON can hold it."""

    def number(item: Any) -> Any:
        if isinstance(item, np.generic) or getattr(item, "shape", None) == ():
            return item.item()
        raise TypeError

    try:
        return json.loads(json.dumps(value, default=number))
    except (TypeError, ValueError):
        raise BadInput(
            f"Aligner: save takes numbers, words, lists and dicts; {name} is {value!r}"
        ) from None


def _state(path: Path, text: np.ndarray) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters and attributes of the text in a file."""
    try:
        state = json.loads(str(text[()]))
        parameters, fitted = dict(state["parameters"]), dict(state["fitted"])
        if not set(fitted) <= set(KEPT):
            raise ValueError
    except (ValueError, TypeError, LookupError, RecursionError):
        raise BadInput(f"Aligner.load: {path}: {STATE} is no state of an Aligner") from None
    return parameters, fitted
