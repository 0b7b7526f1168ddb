"""The checks of arrays that follow from the roles in a signature."""

from collections.abc import Mapping, Sequence
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.objective.arguments.bodies import BadArgument, check_labels
from polycontrast.objective.arguments.roles import SAMPLES, Argument, Role, shape_of, spelled

_MEANING = {
    "B": "number of rows",
    "D": "dimension",
    "M": "number of views",
    "K": "number of negatives",
}


# Length of each named axis, and the argument that set it, with its shape.
Sizes = dict[str, tuple[int, str]]


MOST_CALLS = 1000  # of one objective that passed their checks and are remembered


class Checker:
    """Checks of the arrays of a call; every message begins with the objective's name."""

    def __init__(self, objective: str, arguments: Mapping[str, Argument]):
        self.objective = objective
        self.arguments = arguments
        self._array_names = [name for name, a in arguments.items() if a.is_array]
        self._indices = [a for a in arguments.values() if a.role.below or a.role.listed]
        self._passed: dict[Any, str] = {}
        """The first array of calls that passed, by the shapes and dtypes of their arrays."""

    def fail(self, text: str, error: type[Exception] = ValueError) -> Exception:
        """Build an error that names the objective."""
        return error(f"{self.objective}: {text}")

    def arrays_of(
        self, values: Mapping[str, Any], numbers: Sequence[str]
    ) -> list[tuple[str, Array, tuple[str, ...]]]:
        """Name, array and alternative dims of every array of a call; views one by one."""
        each: list[tuple[str, Array, tuple[str, ...]]] = []
        for name, argument in self.arguments.items():
            value = values[name]
            if name in numbers or value is None:
                if argument.is_array and argument.required:
                    raise self.fail(
                        f"{name} must be an array, got {arrays.describe(value)}", TypeError
                    )
                continue
            if argument.takes_sequences and isinstance(value, (list, tuple)):
                dims = argument.role.dims
                if argument.kind == "views":
                    dims = (dims[0].partition(" ")[2],)
                each += [(f"{name}[{i}]", view, dims) for i, view in enumerate(value)]
            else:
                each.append((name, value, argument.dims_of(value)))
        return each

    def check_arrays(
        self,
        values: Mapping[str, Any],
        numbers: Sequence[str],
        check_finite: bool,
        ranks: int = 0,
        casts: bool = False,
    ) -> Array:
        """Check all arrays against one another; return the first.

        `numbers` are the arguments that are no arrays in this call. Where a number of `ranks` share
        the batch, each may have no samples. `casts` allows half precision together with float32.
        Shapes and dtypes that passed once are cached: checks take most of the time of small calls.
        """
        key = None
        if not (check_finite or ranks or casts):
            key = arrays.shapes_and_dtypes([values[name] for name in self._array_names])
            name_of_first = self._passed.get(key)
            if name_of_first is not None:
                first = values[name_of_first]
                return first[0] if isinstance(first, (list, tuple)) else first
        self._check_lists(values)
        self._check_views(values)
        each = self.arrays_of(values, numbers)
        for name, value, dims in each:
            if not arrays.is_array(value):
                shapes = " or ".join(f"({d.replace(' ', ', ')})" for d in dims)
                got = arrays.type_name(value)
                raise self.fail(f"{name} must be an array of shape {shapes}, got {got}", TypeError)
        first_name, first, _ = each[0]
        sizes: Sizes = {}
        for name, argument in self.arguments.items():
            if argument.kind == "views" and isinstance(values[name], (list, tuple)):
                count = len(values[name])
                sizes[argument.dims[0][0]] = count, f"{name} ({count} arrays)"
        for name, value, dims in each:
            kind = arrays.without_numbers(value)
            if kind is not None:
                raise self.fail(f"{name} must be a dense array of numbers, got {kind}", TypeError)
            self._check_library(first_name, first, name, value)
            self._check_dtype(first_name, first, name, value, casts)
            self._check_shape(name, value, dims, sizes, ranks)
            if check_finite and arrays.is_traced(value):
                raise self.fail(f"check_finite=True needs numbers, and {name} is being traced")
            if check_finite and not self._is_finite(value):
                raise self.fail(f"{name} must be finite, got nan or infinite entries")
        if key is not None:
            if len(self._passed) >= MOST_CALLS:
                self._passed.clear()
            self._passed[key] = first_name.partition("[")[0]
        return first

    def _check_lists(self, values: Mapping[str, Any]) -> None:
        for name, argument in self.arguments.items():
            value = values[name]
            if argument.kind != "list" or value is None:
                continue
            if not isinstance(value, (list, tuple)):
                got = arrays.describe(value)
                raise self.fail(f"{name} must be a list or tuple of arrays, got {got}", TypeError)
            if not value:
                raise self.fail(f"{name} must hold at least one array, got none")

    def _check_views(self, values: Mapping[str, Any]) -> None:
        for name, argument in self.arguments.items():
            value, least = values[name], argument.role.least_views
            if argument.kind != "views" or value is None:
                continue
            sequence = isinstance(value, (list, tuple))
            counts = {len(dims) for dims in argument.dims}
            if not sequence and not (arrays.is_array(value) and value.ndim in counts):
                got = arrays.describe(value)
                shapes = " or ".join(f"({', '.join(dims)})" for dims in argument.dims)
                text = f"one array {shapes} or a sequence of arrays (B, D)"
                error = ValueError if arrays.is_array(value) else TypeError
                raise self.fail(f"{name} must be {text}, got {got}", error)
            if not sequence and value.ndim < max(counts):
                continue  # no stack
            count, axis = len(value) if sequence else value.shape[0], argument.dims[0][0]
            if axis.isdigit() and count != int(axis):
                raise self.fail(f"{name} must hold {axis} arrays, got {count}")
            if count < least:
                raise self.fail(f"{name} must hold at least {least} views, got {count}")

    def _check_library(self, first_name: str, first: Array, name: str, value: Array) -> None:
        if arrays.is_sparse(value):
            raise self.fail(f"{name} must be a dense array, got a sparse one", TypeError)
        if not arrays.same_library(first, value):
            got = f"{first_name} {type(first).__module__} and {name} {type(value).__module__}"
            text = f"{first_name} and {name} must come from the same array library, got {got}"
            raise self.fail(text, TypeError)
        one, other = arrays.device(first), arrays.device(value)
        if None not in (one, other) and one != other:  # None: known when the work is done
            got = f"{first_name} on {one} and {name} on {other}"
            raise self.fail(f"{first_name} and {name} must be on the same device, got {got}")

    def _check_dtype(
        self, first_name: str, first: Array, name: str, value: Array, casts: bool
    ) -> None:
        argument = self.arguments[name.split("[")[0]]
        dtype, listed = argument.role.dtype, argument.role.listed
        kinds = (dtype, "integral") if listed else dtype
        if not arrays.namespace(value).isdtype(value.dtype, kinds):
            kind = f"an {dtype}" if dtype == "integral" else f"a {dtype}"
            kind += " or an integral" if listed else ""
            raise self.fail(f"{name} must have {kind} dtype, got {value.dtype}", TypeError)
        if arrays.is_wide(value):
            text = f"{name} must have a dtype of at most 64 bits, got {value.dtype}"
            raise self.fail(text, TypeError)
        # Numbers of samples, such as states, may have the precision that is computed in.
        if not argument.has_rows and value.dtype == arrays.computing_dtype(first):
            return
        if (
            casts
            and dtype == "real floating"
            and arrays.computing_dtype(value) == arrays.computing_dtype(first)
        ):
            return
        if dtype == "real floating" and value.dtype != first.dtype:
            got = f"{first_name} {first.dtype} and {name} {value.dtype}"
            raise self.fail(
                f"{first_name} and {name} must have the same dtype, got {got}", TypeError
            )

    def _check_shape(
        self,
        name: str,
        value: Array,
        dims: tuple[str, ...],
        sizes: Sizes,
        ranks: int,
    ) -> None:
        shape = tuple(value.shape)
        options = [_expand(d, sizes, len(shape)) for d in dims]
        where = ""
        if ranks > 1 and any(map(_is_square, options)):
            options = [axes for axes in options if not _is_square(axes)]
            where = " with comm=, as each rank passes its own samples"
            if not options:
                raise self.fail(f"{name} must be left out{where}; got shape {shape}")
        fitting = [axes for axes in options if _fits(axes, shape)]
        if not fitting:
            shapes = " or ".join(f"({', '.join(axes)})" for axes in options)
            raise self.fail(f"{name} must have shape {shapes}{where}, got {shape}")
        for axis, length in zip(fitting[0], shape, strict=True):
            if axis.isdigit():
                continue
            may_be_empty = (ranks and axis in SAMPLES) or axis == self._role_of(name).empty
            if length == 0 and not may_be_empty:
                raise self.fail(f"{name} must not be empty, got shape {shape}")
            if axis == "*":
                continue
            more, plus, base = axis.rpartition("+")
            extra = int(more) if plus else 0
            length_of, other = sizes.setdefault(base, (length - extra, f"{name} {shape}"))
            if length_of + extra != length and other == f"{name} {shape}":
                raise self.fail(f"{name} must have shape ({', '.join(fitting[0])}), got {shape}")
            if length_of + extra != length:
                meaning = _MEANING.get(base, f"length of axis {base}")
                meaning += f" and {extra} more" if extra else ""
                both = f"{other.partition(' ')[0]} and {name}"
                raise self.fail(
                    f"{both} must have the same {meaning}, got {other} and {name} {shape}"
                )

    def check_indices(self, values: Mapping[str, Any]) -> None:
        """Refuse indices out of bounds, as far as they and the length of their axis are known.

        Arrays that do not fit otherwise pass: the other checks are for them.
        """
        for argument in self._indices:
            labels = values.get(argument.name)
            if labels is None or not arrays.is_array(labels) or arrays.is_traced(labels):
                continue
            if not arrays.namespace(labels).isdtype(labels.dtype, "integral"):
                continue
            role = argument.role
            count = self.length(role.below or role.listed, values)
            if count is None:
                continue
            least = -1 if role.listed else 0
            try:
                labels = arrays.untraced(labels)
                check_labels(argument.name, labels, count, role.distinct, least)
            except BadArgument as error:
                raise self.fail(str(error)) from None

    def length(self, axis: str, values: Mapping[str, Any]) -> int | None:
        """Length of an axis; None where no array has it."""
        for name in self._array_names:
            shape = shape_of(values.get(name))
            axes = self.arguments[name].axes(len(shape))
            if axis in axes:
                return shape[axes.index(axis)]
        return None

    def _role_of(self, name: str) -> Role:
        """Role of an array, or of one of a sequence."""
        return self.arguments[name.partition("[")[0]].role

    def _is_finite(self, value: Array) -> bool:
        xp = arrays.namespace(value)
        return not xp.isdtype(value.dtype, "real floating") or bool(xp.all(xp.isfinite(value)))

    def check_partner(
        self, what: str, of: str, value: Any, shape: tuple[int, ...], first: Array
    ) -> None:
        """Check the partner of an array, entry by entry: a cotangent, or a vector of `hvp`.

        It holds real numbers of the call's library and device, or is a Python number where the
        shape is (). Integers are allowed. Entries that are not finite pass, and so does the result.

        Parameters
        ----------
        what, of : str
            Names of the partner and of the array, for messages.
        value : Any
        shape : tuple of int
            The shape that it must have.
        first : array
            Of the library and on the device of the call.
        """
        got = () if arrays.is_number(value) else value.shape if arrays.is_array(value) else None
        if got is None:
            text = f"an array of shape {shape}" if shape else "a number or a 0-d array"
            raise self.fail(f"{what} must be {text}, got {arrays.kind_of(value)}", TypeError)
        if tuple(got) != shape:
            got = f"{tuple(got)} for {of} of shape {shape}"
            raise self.fail(f"{what} must have the shape of {of}, got {got}")
        if arrays.is_number(value):
            return
        if not arrays.holds_reals(value):
            raise self.fail(
                f"{what} must hold real numbers, got {arrays.kind_of(value)}", TypeError
            )
        numpy = arrays.is_numpy(arrays.namespace(value))
        if shape or not numpy:  # a 0-d array of NumPy is a number
            self._check_library(of, first, what, value)


def _expand(dims: str, sizes: Sizes, ndim: int) -> list[str]:
    """Names of the axes of one shape of `ndim` axes, with ``B**M`` and ``...`` written out."""
    axes = []
    for name in spelled(dims.split(), ndim):
        base, power, count = name.partition("**")
        axes += [base] * sizes[count][0] if power else [base]
    return axes


def _fits(axes: list[str], shape: tuple[int, ...]) -> bool:
    """True for a shape with these axes, and with the lengths of those that are numbers."""
    return len(axes) == len(shape) and all(
        not axis.isdigit() or int(axis) == length for axis, length in zip(axes, shape, strict=True)
    )


def _is_square(axes: list[str]) -> bool:
    """True for a shape with two axes of samples, which would hold samples of two ranks."""
    return sum(axis in SAMPLES for axis in axes) > 1
