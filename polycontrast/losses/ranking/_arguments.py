"""Arguments that losses of scores share."""

from typing import Annotated, Any

from polycontrast.objective import Constant, Role

Scores = Annotated[Any, Role("rows", ("B",), about="Score of each sample.")]
_ABOUT = "Number that says how high each sample should score; equal ones tie. Without a gradient."
Targets = Annotated[Any, Constant("B", about=_ABOUT)]
