"""Roles: the declarations of arguments in an objective's signature.

The annotation of a parameter is its role: embeddings of shape (B, D), views, weights, a
differentiable scalar, a number in an interval, one of several words.
"""

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from polycontrast import arrays

SAMPLES = ("B", "N")
"""Axes that ranks may share out; everything else is the same on every rank."""
ANY_NUMBER = -1


@dataclass(frozen=True)
class Role:
    """The role of an argument.

    Parameters
    ----------
    kind : {"rows", "views", "list", "mask", "weights", "state", "scalar", "option"}
        Arrays ("rows"), a stack or sequence of views, a sequence of arrays of different lengths, a
        mask of the views that exist, weights per anchor, numbers of samples that are kept between
        steps (without a gradient), a differentiable scalar (with `dims` it may also be an array),
        or a plain Python value.
    dims : tuple of str
        Alternative shapes of an array, as names of axes: ``"B D"``. A name stands for one length
        throughout a call, a number for itself; ``"B**M"`` stands for M axes of length B, ``"1+M"``
        for one more than M. ``"*"`` is of any length, also of another one in each array of a
        list, and ``"..."`` at the end stands for any number of such axes. ``""`` is the shape of a
        0-d array.
    dtype : str
        Kind of dtype in the standard's words.
    low, high : float
        Bounds of a number, or of the entries of an array, themselves allowed unless `open_low` or
        `open_high`.
    least_views : int
        Smallest number of views.
    integer : bool
        Whether a number must be an int.
    constant : bool
        Whether a real array has no gradient, although its kind has one.
    on_request : bool
        Whether the gradient of a real array is computed only where `wrt` names it.
    infinite : bool
        Whether a number may be infinite.
    below : str
        The axis that integers are indices into. An axis of samples is that of this rank's own.
    listed : str
        The axis of truth values along which the places of the true ones may be given instead: an
        array of integers whose last axis has any length, -1 for none.
    distinct : bool
        Whether integers differ along the last axis.
    empty : str
        The axis whose length may be 0.
    ragged : str
        The axis whose length may depend on the rank.
    log_normalizer : int
        1 for an array of logarithms of normalisers, which grow as the logits do; -1 for minus them.
    about : str
        First sentence of docstrings, where that of the kind is not enough.
    """

    kind: str
    dims: tuple[str, ...] = ()
    dtype: str = "real floating"
    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False
    least_views: int = 2
    integer: bool = False
    constant: bool = False
    on_request: bool = False
    infinite: bool = False
    below: str = ""
    listed: str = ""
    distinct: bool = False
    empty: str = ""
    ragged: str = ""
    log_normalizer: int = 0
    about: str = ""

    @property
    def is_bounded(self) -> bool:
        """True where numbers must be in an interval."""
        return self.low > -math.inf or self.high < math.inf

    def holds(self, x: Any) -> Any:
        """Whether a number, or each entry of an array, is in the interval; a nan is not."""
        open_low = self.open_low or not (self.infinite or self.low > -math.inf)
        open_high = self.open_high or not (self.infinite or self.high < math.inf)
        above = x > self.low if open_low else x >= self.low
        return above & (x < self.high if open_high else x <= self.high)


_ROWS = "Row i belongs to sample i."
_IDS = "The item that each sample stands for; samples of one item are no negatives of each other."
_TAU = r"Temperature :math:`\tau`, differentiable."
_TAUS = r"Temperature :math:`\tau` of all samples or of each, differentiable."

Embeddings = Annotated[Any, Role("rows", ("B D",), about=_ROWS)]
Views = Annotated[Any, Role("views", ("M B D",))]
Mask = Annotated[Any, Role("mask", ("M B",), dtype="bool")]
Weights = Annotated[Any, Role("weights", ("B",))]
ClassLabels = Annotated[Any, Role("rows", ("B",), dtype="integral")]
Ids = Annotated[Any, Role("rows", ("B",), dtype="integral", about=_IDS)]
Scalar = Annotated[Any, Role("scalar")]
Temperature = Annotated[Any, Role("scalar", low=0.0, open_low=True, about=_TAU)]
Temperatures = Annotated[Any, Role("scalar", ("B", "2 B"), low=0.0, open_low=True, about=_TAUS)]
State = Annotated[Any, Role("state", ("B", "2 B"), log_normalizer=1)]
Positive = Annotated[float, Role("option", low=0.0, open_low=True)]
Nonnegative = Annotated[float, Role("option", low=0.0)]
Count = Annotated[int, Role("option", low=1, integer=True)]
Index = Annotated[int, Role("option", low=0, integer=True)]
Normalize = Annotated[bool, Role("option", about="Scale rows to unit length first.")]
_REDUCED = "Mean or sum of the losses, or the losses themselves."
Reduction = Annotated[Literal["mean", "sum", "none"], Role("option", about=_REDUCED)]


def Interval(low: float, high: float, open_high: bool = False) -> Role:
    """Role of a number between two bounds, both allowed unless the upper one is open."""
    return Role("option", low=low, high=high, open_high=open_high)


def IndexInto(axis: str, dims: str, *, empty: str = "", about: str = "") -> Role:
    """Role of an integer array of indices into an axis of other arguments."""
    return Role("rows", (dims,), dtype="integral", below=axis, empty=empty, about=about)


def Permutation(dims: str, *, about: str = "") -> Role:
    """Role of an integer array whose last axis holds each of its indices once."""
    axis = dims.split()[-1]
    return Role("rows", (dims,), dtype="integral", below=axis, distinct=True, about=about)


def Presence(dims: str, of: str, *, kind: str = "rows", ragged: str = "") -> Role:
    """Role of a boolean array: which of these things exist."""
    about = f"True where {of} exists, by default all; what is elsewhere is not read."
    return Role(kind, (dims,), dtype="bool", ragged=ragged, about=about)


def Constant(*dims: str, about: str = "") -> Role:
    """Role of a real array without a gradient: a queue, a teacher, given targets."""
    return Role("rows", dims, constant=True, about=about)


def Arrays(dims: str = "...", *, about: str = "") -> Role:
    """Role of a sequence of arrays, each of this shape; gradients are a tuple.

    ``"C ..."`` is a first axis that all have, and any others.
    """
    return Role("list", (dims,), about=about)


ClassLogits = Annotated[Any, Role("rows", ("B C",), about="Scores of C classes.")]
ClassIndex = Annotated[Any, IndexInto("C", "B", about="Class of each sample.")]


@dataclass(frozen=True)
class Argument:
    """One argument of an objective, as its signature declares it."""

    name: str
    role: Role
    default: Any
    choices: tuple[Any, ...] | None
    boolean: bool
    keyword_only: bool
    hint: Any = Any
    """Type of a plain value."""
    several: bool = False
    """Whether it is a tuple: of different choices, or of numbers."""
    optional: bool = False
    """Whether None may be given."""

    @cached_property
    def kind(self) -> str:
        """Kind of the role."""
        return self.role.kind

    @cached_property
    def dims(self) -> tuple[tuple[str, ...], ...]:
        """Alternative shapes, each a tuple of names of axes."""
        return tuple(tuple(d.split()) for d in self.role.dims)

    def axes(self, ndim: int) -> tuple[str, ...]:
        """Names of the axes of an array with so many; none where it has no such shape."""
        return next((d for d in (spelled(d, ndim) for d in self.dims) if len(d) == ndim), ())

    def dims_of(self, value: Any) -> tuple[str, ...]:
        """Alternative shapes of an array of this dtype."""
        listed = self.role.listed
        if not listed or not arrays.is_array(value):
            return self.role.dims
        lists = arrays.namespace(value).isdtype(value.dtype, "integral")
        return tuple(d for d in self.role.dims if (listed in d.split()) != lists)

    @cached_property
    def has_rows(self) -> bool:
        """True for arrays whose last axis is the dimension D."""
        return any(dims[-1:] == ("D",) for dims in self.dims)

    @cached_property
    def takes_sequences(self) -> bool:
        """True where a list or tuple of arrays may be given."""
        return self.kind in ("views", "list")

    @cached_property
    def required(self) -> bool:
        """True when there is no default."""
        return self.default is inspect.Parameter.empty

    @cached_property
    def is_array(self) -> bool:
        """True for arrays, whatever their role."""
        return bool(self.role.dims)

    @cached_property
    def numbers(self) -> int:
        """How many numbers a tuple of numbers has, or `ANY_NUMBER`; 0 for any other argument."""
        if not self.several or self.choices is not None:
            return 0
        kinds = get_args(self.hint)
        return ANY_NUMBER if Ellipsis in kinds else len(kinds)

    @cached_property
    def numbers_in_words(self) -> str:
        """Description of a tuple of numbers."""
        count = "one or more" if self.numbers == ANY_NUMBER else self.numbers
        return f"tuple of {count} numbers"

    @cached_property
    def numeric(self) -> bool:
        """True where a number is due, whether or not an array may stand for it.

        A plain ``float`` is any finite number.
        """
        if self.choices is not None or self.boolean or self.several:
            return False
        return self.hint is float or self.role != Role("option", about=self.role.about)

    def is_number(self, value: Any) -> bool:
        """True for a value that is no array, or a 0-d one where a scalar may be an array."""
        if not self.is_array:
            return True
        return self.kind == "scalar" and not (arrays.is_array(value) and value.ndim > 0)

    @cached_property
    def differentiable(self) -> bool:
        """True where a gradient is defined."""
        held = self.role.constant or (self.kind == "state" and not self.role.on_request)
        return (
            self.role.dtype == "real floating"
            and not held
            and (self.is_array or self.kind == "scalar")
        )

    @cached_property
    def by_default(self) -> bool:
        """True for arrays that are differentiated where `wrt` names nothing."""
        return self.differentiable and self.is_array and not self.role.on_request


def spelled(axes: Sequence[str], ndim: int) -> tuple[str, ...]:
    """Names of the axes of a shape of `ndim` axes, with a ``"*"`` for each that ``"..."`` is."""
    if "..." not in axes:
        return tuple(axes)
    return (*axes[:-1], *["*"] * (ndim + 1 - len(axes)))


def shape_of(value: Any) -> tuple[int, ...]:
    """Shape of an array, or of the stack of a sequence of arrays; () for any other value."""
    if isinstance(value, (list, tuple)):
        return (len(value), *(shape_of(value[0]) if value else ()))
    return tuple(map(int, value.shape)) if arrays.is_array(value) else ()


def read_signature(function: Callable[..., Any]) -> dict[str, Argument]:
    """Arguments that a function's annotated signature declares."""
    hints = get_type_hints(function, include_extras=True)
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        hint = hints.get(name, Any)
        roles = [
            r for part in (hint, *get_args(hint)) for r in get_args(part) if isinstance(r, Role)
        ]
        optional = type(None) in get_args(hint)
        if optional and len(get_args(hint)) == 2:
            (hint,) = (part for part in get_args(hint) if part is not type(None))
        hint = get_args(hint)[0] if get_origin(hint) is Annotated else hint
        several = get_origin(hint) is tuple
        word = get_args(hint)[0] if several else hint
        found[name] = Argument(
            name=name,
            role=roles[0] if roles else Role("option"),
            default=parameter.default,
            choices=get_args(word) if get_origin(word) is Literal else None,
            boolean=hint is bool,
            keyword_only=parameter.kind is inspect.Parameter.KEYWORD_ONLY,
            hint=hint,
            several=several,
            optional=optional or parameter.default is None,
        )
    return found
