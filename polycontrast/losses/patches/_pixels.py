"""Arguments that hold the pixels of crops of images, and pairs of them."""

from typing import Annotated, Any

from polycontrast.objective import Constant, Role

_KEYS = "Keys of the other crop's pixels, as of a momentum encoder; they have no gradient."
_PAIRS = "True where pixel i of `x` and pixel j of `y` show the same place, see `pixel_mask`."
_VALUES = "Features that are propagated, such as those of one more layer; by default the pixels."
Pixels = Annotated[Any, Role("rows", ("B n D",), about="Features of n pixels of each image.")]
Keys = Annotated[Any, Constant("B n D", about=_KEYS)]
PixelPairs = Annotated[Any, Role("rows", ("B n n",), dtype="bool", about=_PAIRS)]
Values = Annotated[Any, Role("rows", ("B n D",), about=_VALUES)]
