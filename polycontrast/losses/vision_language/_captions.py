"""Captions that are wrong on purpose, and rows of a teacher."""

from typing import Annotated, Any

from polycontrast.objective import Constant, Role

_HARD = "K hard captions of each sample, such as its caption with a wrong word."
HardCaptions = Annotated[Any, Role("rows", ("B K D",), empty="K", about=_HARD)]
Teacher = Annotated[Any, Constant("B D", about="Rows of the same samples from a teacher.")]
_OF_HARD = "Rows of `negatives` from the teacher."
TeacherOfHard = Annotated[Any, Role("rows", ("B K D",), constant=True, empty="K", about=_OF_HARD)]
