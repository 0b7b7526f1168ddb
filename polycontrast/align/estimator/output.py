"""The kind of table that a transformer returns: arrays, or data frames of pandas or polars."""

import sys
from typing import Any, Self

from polycontrast.align.frames import is_frame
from polycontrast.arrays import to_numpy

KINDS = ("default", "pandas", "polars")


class Output:
    """Give a transformer `set_output`, as scikit-learn's own have it."""

    def set_output(self, *, transform: str | None = None) -> Self:
        """Choose what `transform` and `fit_transform` return.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"}, optional
            Default: no change. At first it is what ``sklearn.set_config(transform_output=...)``
            says, which is "default".

        Raises
        ------
        ValueError
            For another word.
        """
        if transform is not None and transform not in KINDS:
            raise ValueError(
                f"{type(self).__name__}: transform must be one of {', '.join(KINDS)}; "
                f"got {transform!r}"
            )
        if transform is not None:
            self._sklearn_output_config = {"transform": transform}  # the name that clone copies
        return self

    def _output_kind(self) -> str:
        own = getattr(self, "_sklearn_output_config", {}).get("transform")
        sklearn = sys.modules.get("sklearn")
        if own is not None or sklearn is None:
            return own or "default"
        return str(sklearn.get_config().get("transform_output", "default"))


def as_kind(kind: str, values: Any, columns: Any, given: Any) -> Any:
    """Rows as a table of that kind, with the index of the pandas frame that they were made of."""
    if kind == "default":
        return values
    numbers = values.to_numpy() if is_frame(values) else to_numpy(values)
    if kind == "polars":
        import polars

        return polars.DataFrame(numbers, schema=list(columns), orient="row")
    import pandas

    index = given.index if isinstance(given, pandas.DataFrame) else None
    return pandas.DataFrame(numbers, columns=list(columns), index=index)
