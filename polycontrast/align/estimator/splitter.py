"""A transformer that divides the columns of one table among views."""

import contextlib
from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any, Self

import numpy as np

from polycontrast.align.errors import BadInput, not_fitted
from polycontrast.align.estimator.output import Output, as_kind
from polycontrast.align.estimator.parameters import Parameters
from polycontrast.align.frames import column_names, is_frame
from polycontrast.arrays import is_array, like, namespace
from polycontrast.objective.catalogue.registry import near_matches

NUMBERS = ("real floating", "integral", "bool")


class ViewSplitter(Output, Parameters):
    """Divide the columns of one table among views.

    The tools of scikit-learn select rows of one table. With this as the first step of a pipeline,
    `Aligner` works in all of them: a fold has some rows of every view.

    Parameters
    ----------
    columns : sequence
        An entry for each view. Either all entries are integers, the widths of views that lie side
        by side and fill the table. Or each entry lists the columns of a view, by number or by name;
        other columns are left out. No column belongs to two views.

    Attributes
    ----------
    columns_ : list of ndarray of int
        Numbers of the columns of each view.
    n_features_in_ : int
        Columns of the table.
    feature_names_in_ : ndarray of str
        Their names, where `fit` was given a data frame.

    Raises
    ------
    BadInput
        A `ValueError`, where `columns` does not fit the table, or the table is none.

    Examples
    --------
    >>> import numpy as np
    >>> from polycontrast.align import ViewSplitter
    >>> table = np.arange(15.0).reshape(3, 5)
    >>> [view.shape for view in ViewSplitter([2, 3]).fit_transform(table)]
    [(3, 2), (3, 3)]
    >>> [view.tolist() for view in ViewSplitter([[0], [4, 3]]).fit_transform(table[:1])]
    [[[0.0]], [[4.0, 3.0]]]
    """

    def __init__(self, columns: Sequence[Any]):
        self.columns = columns

    def fit(self, X: Any, y: object = None) -> Self:
        """Find the columns of each view.

        Parameters
        ----------
        X : array or data frame (rows, columns)
        y : ignored
        """
        X = _table(X)
        names = column_names(X)
        self.columns_ = _columns_of_views(self.columns, X.shape[1], names)
        self.n_features_in_ = int(X.shape[1])
        if names is None:
            self.__dict__.pop("feature_names_in_", None)
        else:
            self.feature_names_in_ = np.asarray(names, dtype=object)
        return self

    def transform(self, X: Any) -> list[Any]:
        """Views of the table: arrays of an array, data frames of a data frame."""
        if not hasattr(self, "columns_"):
            raise not_fitted("ViewSplitter: fit must be called before transform")
        X = _table(X)
        if X.shape[1] != self.n_features_in_:
            raise BadInput(
                f"X has {X.shape[1]} features, but ViewSplitter is expecting "
                f"{self.n_features_in_} features as input"
            )
        found, known = column_names(X), getattr(self, "feature_names_in_", None)
        if found is not None and known is not None and found != list(known):
            other = next(n for n, name in enumerate(known) if found[n] != name)
            raise BadInput(
                f"ViewSplitter: X must have the columns of fit in the same order; column {other} "
                f"is {found[other]!r}, in fit it was {known[other]!r}"
            )
        kind, names = self._output_kind(), self._names()
        views = [_take(X, columns) for columns in self.columns_]
        return [
            as_kind(kind, view, names[columns], X)
            for view, columns in zip(views, self.columns_, strict=True)
        ]

    def fit_transform(self, X: Any, y: object = None) -> list[Any]:
        """Find the columns of each view, and return the views of the same table."""
        return self.fit(X, y).transform(X)

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> np.ndarray:
        """Names of the columns of all views, one view after another."""
        if not hasattr(self, "columns_"):
            raise not_fitted("ViewSplitter: fit must be called before get_feature_names_out")
        names = self._names()
        if input_features is not None:
            given = np.asarray(input_features, dtype=object)
            if len(given) != self.n_features_in_:
                raise BadInput(
                    "ViewSplitter: input_features should have length equal to number of features "
                    f"({self.n_features_in_}), got {len(given)}"
                )
            if hasattr(self, "feature_names_in_") and list(given) != list(names):
                raise BadInput("ViewSplitter: input_features is not equal to feature_names_in_")
            names = given
        return names[np.concatenate(self.columns_)]

    def _names(self) -> np.ndarray:
        numbered = [f"x{n}" for n in range(self.n_features_in_)]
        return np.asarray(getattr(self, "feature_names_in_", numbered), dtype=object)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "columns_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _table(X: Any) -> Any:
    """A table (rows, columns): an array of any library or a data frame as it is."""
    if not (is_array(X) or is_frame(X) or isinstance(X, np.ma.MaskedArray)):
        with contextlib.suppress(ValueError, TypeError, RuntimeError):  # what is no array
            X = np.asarray(X) if isinstance(X, list) or hasattr(X, "__array__") else X
    if not (is_array(X) or is_frame(X)):
        kind = "a sparse matrix, " if hasattr(X, "tocsr") else ""
        raise BadInput(
            "ViewSplitter: X must be one table (rows, columns), an array or a data frame; got "
            f"{kind}{type(X).__name__}"
        )
    if is_array(X) and not namespace(X).isdtype(X.dtype, NUMBERS):
        raise BadInput(
            f"ViewSplitter: X must hold real numbers; got {X.dtype}"
            + ". Complex data not supported" * ("complex" in str(X.dtype))
        )
    if len(X.shape) != 2:
        one = "Reshape your data: X.reshape(-1, 1) is one column"
        hint = one if len(X.shape) < 2 else "A list of views needs no ViewSplitter"
        raise BadInput(
            f"ViewSplitter: X must be one table (rows, columns); got shape {tuple(X.shape)}. {hint}"
        )
    if 0 in X.shape:
        raise BadInput(
            f"ViewSplitter: X is empty: {X.shape[0]} sample(s) and {X.shape[1]} feature(s) "
            f"(shape={tuple(X.shape)}) while a minimum of 1 is required."
        )
    return X


def _take(X: Any, columns: np.ndarray) -> Any:
    """Columns of a table by number; neighbours are not copied."""
    first, last = int(columns[0]), int(columns[-1])
    if list(columns) == list(range(first, last + 1)):
        return _columns(X, slice(first, last + 1))
    if is_array(X):
        xp = namespace(X)
        return xp.take(X, like(columns, X, dtype=xp.int64), axis=1)
    return _columns(X, columns)


def _columns(X: Any, columns: Any) -> Any:
    return X.iloc[:, columns] if hasattr(X, "iloc") else X[:, columns]


def _columns_of_views(given: Any, count: int, names: list[str] | None) -> list[np.ndarray]:
    """Numbers of the columns of each view."""
    entries = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else []
    if len(entries) < 2:
        raise BadInput(
            f"ViewSplitter: columns must have an entry for each of two or more views; got {given!r}"
        )
    if all(_is_integer(entry) for entry in entries):
        return _side_by_side([int(entry) for entry in entries], count)
    found = [_numbers(m, entry, count, names) for m, entry in enumerate(entries)]
    owner: dict[int, int] = {}
    for m, numbers in enumerate(found):
        for n in map(int, numbers):
            if n in owner:
                raise BadInput(
                    f"ViewSplitter: a column must belong to one view; column {n} is twice in "
                    f"view {m}"
                    if owner[n] == m
                    else f"ViewSplitter: a column must belong to one view; column {n} is in "
                    f"views {owner[n]} and {m}"
                )
            owner[n] = m
    return found


def _side_by_side(widths: list[int], count: int) -> list[np.ndarray]:
    if min(widths) < 1 or sum(widths) != count:
        raise BadInput(
            f"ViewSplitter: widths of views must be >= 1 and add up to the columns of X; got "
            f"{widths}, and X has {count} feature(s)"
        )
    ends = np.cumsum(widths)
    return [np.arange(end - width, end) for end, width in zip(ends, widths, strict=True)]


def _numbers(m: int, entry: Any, count: int, names: list[str] | None) -> np.ndarray:
    """Numbers of the columns that one entry lists."""
    listed = list(entry) if isinstance(entry, Iterable) and not isinstance(entry, str) else []
    if not listed:
        raise BadInput(
            "ViewSplitter: columns must be widths alone, or a list of columns for each view; "
            f"got {entry!r} for view {m}"
        )
    return np.asarray([_number(m, column, count, names) for column in listed])


def _number(m: int, column: Any, count: int, names: list[str] | None) -> int:
    if _is_integer(column):
        if not 0 <= column < count:
            raise BadInput(
                f"ViewSplitter: view {m} lists column {column}; X has {count} feature(s)"
            )
        return int(column)
    if names is None:
        raise BadInput(
            f"ViewSplitter: view {m} lists column {column!r}; only the columns of a data frame "
            "have names"
        )
    if names.count(column) != 1:
        many = f"X has {names.count(column)} of them" if column in names else "X has none"
        hint = "" if column in names else near_matches(str(column), names)
        raise BadInput(f"ViewSplitter: view {m} lists column {column!r}; {many}{hint}")
    return names.index(column)


def _is_integer(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, (bool, np.bool_))
