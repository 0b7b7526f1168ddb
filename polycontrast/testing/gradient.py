"""Comparison of gradients with numeric derivatives of the value."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import differentiate

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.testing.given import GivenFunction
from polycontrast.testing.report import Report, check_tolerances

ENTRIES = 64  # arguments up to this size are also checked entry by entry


@dataclass(frozen=True)
class GradientCheck:
    """One derivative, analytic and numeric.

    Parameters
    ----------
    argument : str
        Name of the argument, with the index of the view if there are several arrays.
    where : str
        "direction k", or the index of an entry.
    analytic, numeric : float
    uncertainty : float
        Estimate by SciPy of the error of the numeric derivative.
    passed : bool
    resolved : bool
        False if the uncertainty exceeds the tolerance, so that agreement would not be evidence.
    """

    argument: str
    where: str
    analytic: float
    numeric: float
    uncertainty: float
    passed: bool
    resolved: bool

    @property
    def error(self) -> float:
        """Distance of the analytic derivative from the numeric one."""
        return abs(self.analytic - self.numeric)


@dataclass(frozen=True, repr=False)
class GradientReport(Report[GradientCheck]):
    """Result of `check_gradient`: true when every comparison passed; prints as a table.

    Parameters
    ----------
    objective : str
        Name of the objective.
    checks : tuple of GradientCheck
        One for each derivative that was compared.
    """

    def __str__(self) -> str:
        failed = f"{len(self.failures)} of {len(self.checks)} derivatives"
        verdict = f"{failed} differ or are not resolved"
        lines = [f"gradient of {self.objective}: " + (verdict if self.failures else "correct")]
        lines.append(f"{'argument':<16}{'where':<14}{'analytic':>16}{'numeric':>16}{'error':>10}")
        worst = sorted(self.checks, key=lambda c: -c.error)
        for c in (self.failures or worst)[:12]:
            mark = "" if c.passed else "  <- differs" if c.resolved else "  <- not resolved"
            lines.append(
                f"{c.argument:<16}{c.where:<14}{c.analytic:>16.8g}{c.numeric:>16.8g}"
                f"{c.error:>10.1e}{mark}"
            )
        hidden = len(self.failures or worst) - 12
        return "\n".join(lines + ([f"... and {hidden} more"] if hidden > 0 else []))


def check_gradient(
    objective: Any,
    *inputs: Any,
    wrt: str | tuple[str, ...] | None = None,
    grad: Callable[..., Any] | None = None,
    repeats: int = 2,
    rtol: float | None = None,
    atol: float | None = None,
    seed: int = 0,
    **params: Any,
) -> GradientReport:
    """Comparison of the gradient of an objective with numeric derivatives of its value.

    Every argument is checked along random directions, and small arguments also entry by entry.
    Steps and uncertainty are those of `scipy.differentiate.derivative`. The tolerance is
    ``t = atol + rtol * max(|numeric|, |gradient|)``. A check passes when the uncertainty is at most
    t and ``|analytic - numeric| <= t + uncertainty``. A derivative that cannot be resolved to the
    tolerance does not pass, even if it agrees: choose smoother inputs, a larger `rtol`, or float64.
    By default the result does not depend on the unit: an objective times 1e-9 passes or fails as
    the objective itself does.

    Parameters
    ----------
    objective : callable
        An objective of this library or of your own (`polycontrast.objective.objective`); or a
        function ``f(*inputs, **params)`` that returns ``(value, gradients)``; or a function that
        returns its value only, together with `grad`; or a callable with a method
        ``value_and_grad(*inputs, wrt=..., **params)`` that returns ``(value, gradients)``.
        Gradients are a named tuple or a dict, by argument; or a tuple, one for each name in `wrt`,
        or for each of `inputs`, with or without those that are no floating arrays. A single
        gradient may stand alone.
    *inputs : array, number, or sequence of arrays for views
        Arguments by position, of any library. float64 gives the strictest check.
    wrt : str or tuple of str, optional
        Arguments to check, also parameters such as ``"temperature"``. Default: those whose
        gradients are returned, without those whose gradient is by definition not that of the value.
        A function of your own gets `wrt` only if it has a parameter of that name.
    grad : callable, optional
        Function ``grad(*inputs, **params)`` of the gradients, such as ``jax.grad(f, (0, 1))``.
    repeats : int, default 2
        Random directions per argument.
    rtol : float, optional
        Default: 1e-6 in float64, 1e-2 in lower precision.
    atol : float, optional
        Default: the error of a derivative from rounding of the value, some 10^4 units in the last
        place (10^3 in lower precision than float64) divided by the length of a step.
    seed : int, default 0
    **params
        Arguments by name. A scalar that is named in `wrt` and not given is checked at its default.

    Returns
    -------
    GradientReport
        ``print`` shows it as a table. ``bool(report)`` is true on success, and
        ``report.raise_on_failure()`` raises on failure.

    Raises
    ------
    ValueError, TypeError
        When an argument is not as above; when the value is not one number, or a gradient is missing
        or does not have the shape of its argument; and when the gradient of all arguments, or of
        one in `wrt`, is by definition not that of the value.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> from polycontrast.testing import check_gradient
    >>> x, y = np.random.default_rng(0).normal(size=(2, 5, 3))
    >>> bool(check_gradient(pc.info_nce, x, y, wrt=("x", "temperature"), temperature=0.5))
    True

    A function of your own returns its value and its gradients:

    >>> def product(x, y):
    ...     return np.sum(x * y), (y, x)
    >>> check_gradient(product, x, y)
    <GradientReport of product: correct, 34 comparisons>

    The gradients may be another function:

    >>> check_gradient(lambda x: np.sum(x**2), x, grad=lambda x: 3 * x)
    <GradientReport of <lambda>: 17 of 17 comparisons failed>
    """
    repeats = arrays.plain(repeats)
    if not arrays.is_number(repeats) or not isinstance(repeats, int) or repeats < 1:
        got = arrays.describe(repeats)
        raise ValueError(f"check_gradient: repeats must be an integer >= 1, got {got}")
    check_tolerances("check_gradient", rtol=rtol, atol=atol)
    given = GivenFunction(objective, inputs, params, wrt, grad)
    found, grads = given.value_and_gradients()
    held = set(grads) & set(getattr(objective, "held_names", lambda given: ())(given.by_name))
    if held and (wrt is not None or held == set(grads)):
        which = ", ".join(name for name in grads if name in held)
        text = "is by definition not that of the value, so differences cannot check it"
        raise ValueError(f"check_gradient: the gradient of {which} {text}")
    grads = {name: pair for name, pair in grads.items() if name not in held}
    rng = np.random.default_rng(seed)
    checks: list[GradientCheck] = []
    for name, (argument, gradient) in grads.items():
        for part, array, part_grad, rebuild in _parts(name, argument, gradient):

            def along(
                step: Array, build: Callable[[Array], Any] = rebuild, key: str = name
            ) -> float:
                return float(arrays.to_float64(given.value(key, build(step))))

            checks += _check_part(
                part, along, array, part_grad, _is_double(found), repeats, rtol, atol, rng
            )
    if not checks:
        raise ValueError(f"check_gradient: {given.name} returned no gradient, so none is checked")
    return GradientReport(given.name, tuple(checks))


def _parts(name: str, value: Any, grad: Any) -> Iterator[tuple[str, Any, Any, Callable[..., Any]]]:
    """Name, array, gradient, and a function that rebuilds the argument with a changed array."""
    if not isinstance(value, (list, tuple)):
        yield name, value, grad, lambda changed: changed
        return
    for k, (part, part_grad) in enumerate(zip(value, grad, strict=True)):
        yield f"{name}[{k}]", part, part_grad, lambda t, k=k: [*value[:k], t, *value[k + 1 :]]


def _check_part(
    part: str,
    along: Callable[[Array], float],
    array: Any,
    grad: Any,
    precise: bool,
    repeats: int,
    rtol: float | None,
    atol: float | None,
    rng: np.random.Generator,
) -> Iterator[GradientCheck]:
    centre, gradient = arrays.to_float64(array), arrays.to_float64(grad)
    precise = precise and _is_double(array)
    rtol = (1e-6 if precise else 1e-2) if rtol is None else rtol
    ways = [(f"direction {k}", rng.normal(size=centre.shape)) for k in range(repeats)]
    if centre.ndim == 0:
        ways = [("value", np.ones(()))]
    ways = [(where, v / np.linalg.norm(v)) for where, v in ways]
    if 1 < centre.size <= ENTRIES:
        for index in np.ndindex(centre.shape):
            v = np.zeros(centre.shape)
            v[index] = 1.0
            ways.append((str(index), v))
    # Steps in proportion to the size of the argument, so that a temperature stays above 0.
    size = float(np.sqrt(np.mean(centre**2))) or 1.0
    step = size / 16 if precise else size / 4

    def value(t: np.ndarray, k: np.ndarray) -> np.ndarray:
        flat = [
            along(_like(array, centre + s * ways[int(i)][1]))
            for s, i in np.broadcast(t, k)  # SciPy passes many steps of many directions at once
        ]
        return np.reshape(flat, np.broadcast_shapes(t.shape, k.shape))

    if atol is None:
        # The value at two points, a step apart, because it may be 0 at one of them.
        near = [abs(along(_like(array, centre + t * ways[0][1]))) for t in (0.0, step)]
        units = 1e4 * np.finfo(np.float64).eps if precise else 1e3 * np.finfo(np.float32).eps
        atol = float(np.nan_to_num(units * np.max(near) / step, posinf=0.0))
    numbers = np.arange(len(ways))
    # More digits than the check needs, but not more than the dtype has: in float32, steps that
    # shrink further and further give only rounding errors.
    share = 1e-3 if precise else 0.3
    tolerances = {"rtol": rtol * share, "atol": atol * share}
    found = differentiate.derivative(
        value, np.zeros(len(ways)), args=(numbers,), initial_step=step, tolerances=tolerances
    )
    scale = float(np.max(np.abs(gradient), initial=0.0))
    for (where, v), numeric, uncertainty in zip(ways, found.df, found.error, strict=True):
        analytic = float(np.sum(gradient * v))
        tolerance = atol + rtol * max(abs(numeric), scale)
        resolved = bool(uncertainty <= tolerance)  # nan is neither resolved nor passed
        passed = resolved and bool(abs(analytic - numeric) <= tolerance + uncertainty)
        yield GradientCheck(
            part, where, analytic, float(numeric), float(uncertainty), passed, resolved
        )


def _is_double(x: Any) -> bool:
    """True for float64, and for Python numbers."""
    return "64" in str(getattr(x, "dtype", "float64"))


def _like(array: Any, numbers: np.ndarray) -> Any:
    """Numbers in the form of the argument: a Python float, or an array of the same kind."""
    if not arrays.is_array(array):
        return float(numbers)
    made = arrays.like(numbers, array)
    if getattr(array, "requires_grad", False):  # a function may call autograd to get its gradients
        made.requires_grad_()
    return made
