"""An objective: a pure function that returns its losses and their pullback, made callable."""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from polycontrast.adapters.routing import adapter_of
from polycontrast.arrays import Array
from polycontrast.context import SETTING_NAMES, split_settings
from polycontrast.objective.arguments.binding import Binder
from polycontrast.objective.arguments.roles import Argument, read_signature
from polycontrast.objective.calls import ranks
from polycontrast.objective.calls.evaluation import Evaluation
from polycontrast.objective.calls.hessian import hessian_vector_product
from polycontrast.objective.catalogue import finding, registry
from polycontrast.objective.catalogue.same import Same
from polycontrast.objective.held import Held
from polycontrast.objective.help import docstrings
from polycontrast.objective.help.signatures import full_signature

Back = Callable[[Array], dict[str, Array]]


def objective(
    *bare: Any,
    invariances: Iterable[str] = (),
    shards: bool = True,
    tuples: bool = False,
    held: Held | None = None,
    same_as: Iterable[Same] = (),
    functions: Iterable[Callable[..., Any]] = (),
    aliases: Iterable[str] = (),
) -> Callable[[Callable[..., tuple[Array, Back]]], "Objective"]:
    r"""Turn ``body(arrays, *, parameters) -> (losses, back)`` into an objective and register it.

    The body gets arrays that were checked, in the dtype to compute with, views as one stack
    (M, B, D), and differentiable scalars as 0-d arrays. It returns its losses and ``back``, which
    takes a cotangent of the shape of the losses and returns a dict with the gradient of every
    differentiable argument. Where the signature has ``reduction`` the losses are those of the
    anchors, and reducing them, with ``weights`` if the signature has those, is done here. A third
    item, a boolean array or None, marks the losses that exist: the others are 0 and count in no
    average.

    The docstring holds only what is special to the loss. `docstrings.completed` adds the rest. Its
    first displayed formula is the formula of the loss, its references are the source, and the
    folder of its file is the family.

    Parameters
    ----------
    invariances : iterable of str
        Changes of the arguments that leave the value as it is: ``"sample_permutation"``,
        ``"view_permutation"``, ``"rotation"``, ``"row_scale"``, ``"swap"``, ``"translation"``.
    shards : bool, default True
        Whether ranks may share the batch (``comm=``): the body works across samples through
        `Similarity` and `whole_batch` alone.
    tuples : bool, default False
        Whether the work grows with the number of tuples, one row of each view, and not of pairs.
    held : Held, optional
        Arguments whose gradient is by definition not that of the value.
    same_as : iterable of Same
        Identities: other objectives that this one equals at some parameters.
    functions : iterable of callable
        Plain functions that belong to it, which become its attributes: ``naive_bayes.fit``.
    aliases : iterable of str
        Other names that people use: those of papers, and of classes of other libraries. An error
        about an unknown name and ``polycontrast losses`` know them.
    """
    if bare:
        raise TypeError("objective: write @objective() with parentheses, got @objective")

    def decorate(body: Callable[..., tuple[Array, Back]]) -> Objective:
        made = Objective(body, invariances, shards, tuples, held, same_as, functions, aliases)
        made.__doc__ = made._described(body.__doc__ or "")
        registry.register(made)
        return made

    return decorate


def objectives(
    words: str = "",
    *,
    takes: str | Iterable[str] = (),
    views: int | None = None,
    family: str | None = None,
    shards: bool | None = None,
) -> Mapping[str, "Objective"]:
    """Objectives by name: those of the package by their folders, then the ones of the user.

    Parameters
    ----------
    words : str, optional
        Words that the name, an alias, the summary or the references hold, all of them. Capitals
        and underscores do not matter.
    takes : str or iterable of str, optional
        Arguments that the objective has: ``"labels"``, ``("mask", "weights")``.
    views : int, optional
        Arrays of embeddings of the same samples that a call takes.
    family : str, optional
        The folder of the objective.
    shards : bool, optional
        Whether ranks may share the batch.

    Returns
    -------
    objectives : mapping
        Those for which all of this holds.

    Raises
    ------
    ValueError
        When there is no such family, and when no objective has such an argument.

    Examples
    --------
    >>> import polycontrast as pc
    >>> pc.objectives()["dcl"].family
    'two_view'
    >>> list(pc.objectives("SimCLR"))
    ['nt_xent']
    >>> list(pc.objectives(takes=("mask", "ids"), views=3, family="volume"))
    ['gram_loss']
    """
    return finding.matching(registry.everything(), words, takes, views, family, shards)


def _plain_signature(body: Callable[..., Any]) -> inspect.Signature:
    """Names, order and defaults of the body's parameters."""
    signature, empty = inspect.signature(body), inspect.Parameter.empty
    plain = [p.replace(annotation=empty) for p in signature.parameters.values()]
    return signature.replace(parameters=plain, return_annotation=empty)


def _anew(kind: "type[Objective]", name: str, state: dict[str, Any]) -> "Objective":
    """An objective that is not registered, from its pickled attributes."""
    made = kind.__new__(kind)
    if "_body" not in state:
        body = registry.find(name)._body
        state = {**state, "_body": body, "__wrapped__": body}
    vars(made).update(state)
    return made


class Objective:
    """A registered objective: a call gives the value, its methods give gradients too."""

    def __init__(
        self,
        body: Callable[..., tuple[Array, Back]],
        invariances: Iterable[str] = (),
        shards: bool = True,
        tuples: bool = False,
        held: Held | None = None,
        same_as: Iterable[Same] = (),
        functions: Iterable[Callable[..., Any]] = (),
        aliases: Iterable[str] = (),
    ):
        functools.update_wrapper(self, body)
        self.name = body.__name__
        self.__module__ = body.__module__ or "__main__"  # None where text was executed
        self.invariances = frozenset(invariances)
        self.shards, self.tuples, self.held = shards, tuples, held
        self.same_as, self.aliases = tuple(same_as), tuple(aliases)
        self.functions = tuple(functions)
        vars(self).update({function.__name__: function for function in self.functions})
        self.signature = _plain_signature(body)
        self.arguments: dict[str, Argument] = read_signature(body)
        self.__signature__ = full_signature(self.signature, self.arguments)
        self.summary = (inspect.getdoc(body) or "").partition("\n")[0]
        self._body = body
        self._binder = Binder(self.name, self.signature, self.arguments, self.shards)

    @property
    def family(self) -> str:
        """Name of the folder that holds the objective's file; that of the module if it has none."""
        return self.__module__.rpartition(".")[0].rpartition(".")[2] or self.__module__

    @property
    def views(self) -> tuple[int, float]:
        """Fewest and most arrays of embeddings of the same samples that a call takes."""
        return finding.views_of(self.arguments)

    @property
    def formula(self) -> str:
        """LaTeX of the value."""
        return docstrings.formula_of(self.__doc__ or "")

    @property
    def source(self) -> str:
        """Authors, year and place of publication."""
        return docstrings.source_of(self.__doc__ or "")

    def _described(self, doc: str) -> str:
        """The docstring with all that the declarations imply."""
        facts = self.arguments, self.invariances, self.shards, self.held, self.same_as, self.aliases
        try:
            return docstrings.completed(doc, *facts)
        except ValueError as error:
            raise self._binder.fail(str(error)) from None

    def held_names(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:
        """Arguments whose gradient is by definition not that of the value in such a call."""
        return () if self.held is None else self.held.concerned(self.arguments, parameters)

    def __repr__(self) -> str:
        return f"<objective {self.name}{self.signature}>"

    def __get__(self, instance: Any, owner: type | None = None) -> "Objective":
        """As an attribute of a class it is itself; and `help` takes it for a function."""
        return self

    def __setattr__(self, name: str, value: Any) -> None:
        if registry.is_registered(self):
            raise AttributeError(f"{self.name}: objectives are immutable, got a new {name}")
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{self.name}: objectives are immutable, and keep {name}")

    def __reduce__(self) -> Any:
        if registry.is_registered(self):
            return registry.find, (self.name,)
        # A body that was registered is found by the name of its objective, others by their own.
        state, known = dict(vars(self)), registry.everything().get(self.name)
        if known is not None and known._body is self._body:
            del state["_body"], state["__wrapped__"]
        return _anew, (type(self), self.name, state)

    def __call__(self, *args: Any, **kwargs: Any) -> Array:
        """Value of the objective, in the namespace and on the device of its arrays."""
        adapter = adapter_of(args, kwargs)
        if adapter is not None:
            return adapter(self, args, kwargs)
        return Evaluation(self._binder, self._body, args, kwargs).value

    def check_parameters(self, parameters: Mapping[str, Any]) -> None:
        """Refuse unknown names, and numbers and options that no call could take."""
        known = (*self.arguments, *SETTING_NAMES)
        for name, value in parameters.items():
            if name not in known:
                hint = registry.near_matches(name, known)
                raise self._binder.fail(f"unknown parameter {name!r}{hint}", TypeError)
            argument = self.arguments.get(name)
            if argument is not None and argument.is_number(value):
                self._binder.number_checker.check(argument, value)
        try:
            options, _ = split_settings(dict(parameters))
            ranks.check_comm(self.shards, self.name, options.comm)
        except (TypeError, ValueError) as error:
            raise self._binder.fail(str(error), type(error)) from None

    def check_indices(self, values: Mapping[str, Any]) -> None:
        """Refuse indices out of bounds among the arguments, before a framework traces them."""
        self._binder.checker.check_indices(values)

    def value_and_grad(
        self,
        *args: Any,
        wrt: str | tuple[str, ...] | None = None,
        diagnostics: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Value and gradient, and on request diagnostics of the batch.

        Parameters
        ----------
        *args, **kwargs
            As in the call itself.
        wrt : str or tuple of str, optional
            Arguments to differentiate. Default: every floating array that was given.
        diagnostics : bool, default False
            Whether to add `Diagnostics`: recall@1 both ways, similarities of matches and of
            the hardest negatives, effective number of negatives, alignment, uniformity, and the
            bound on mutual information, unweighted. Objectives that read the negatives of each
            anchor from tiles gather them there, over the whole batch. For any other objective
            of pairs or of many views they are those of its views: of every row in a batch of up to
            255 samples, of a part of the rows in a larger one. A figure that has no meaning for the
            objective is None.

        Returns
        -------
        value : 0-d array
        grads : named tuple
            One field an argument, in the order of `wrt`, shaped like the argument.
        diagnostics : Diagnostics
            With ``diagnostics=True`` only.
        """
        self._binder.number_checker.check_switch("diagnostics", diagnostics)
        call = Evaluation(
            self._binder, self._body, args, kwargs, True, diagnostics, wrt, "value and gradient"
        )
        if call.value.ndim != 0:
            raise self._binder.fail(
                f"value_and_grad needs a 0-d value, got shape {tuple(call.value.shape)}; use vjp"
            )
        grads = call.pull(1.0)
        return (call.value, grads, call.diagnostics) if diagnostics else (call.value, grads)

    def vjp(
        self, *args: Any, wrt: str | tuple[str, ...] | None = None, **kwargs: Any
    ) -> tuple[Array, Callable[[Any], Any]]:
        """Value and vector-Jacobian product.

        Parameters
        ----------
        *args, wrt, **kwargs
            As in `value_and_grad`.

        Returns
        -------
        value : array
            Of any shape; ``reduction="none"`` gives one entry per loss.
        back : callable
            Takes a cotangent of the shape of `value`, returns gradients as `value_and_grad` does.
            It may be called more than once.
        """
        call = Evaluation(self._binder, self._body, args, kwargs, pulling=True, wrt=wrt)
        return call.value, call.back

    def hvp(
        self,
        given: tuple[Any, ...],
        vectors: tuple[Any, ...],
        *,
        wrt: str | tuple[str, ...] | None = None,
        **kwargs: Any,
    ) -> Any:
        r"""Hessian-vector product :math:`\nabla^2 L \, v`, in the memory of a gradient.

        The closed-form gradient is computed on numbers that carry their derivative along the
        vectors, tile by tile: exact, without a tape, at a few times the price of the gradient.
        Where an objective gives the gradient of a surrogate, the Hessian is
        that of the surrogate.

        Parameters
        ----------
        given : tuple of array
            The positional arguments of the call.
        vectors : tuple
            One for each argument in `wrt`, of its shape: arrays, and numbers for scalars.
        wrt : str or tuple of str, optional
            Arguments whose Hessian it is. Default: every floating array that was given.
        **kwargs
            As in the call itself. With ``comm=`` each rank passes its own samples, and their part
            of the vectors; the products are shared out as gradients are (``gradients=``).

        Returns
        -------
        products : named tuple
            One field an argument, in the order of `wrt`, shaped like the argument.

        Raises
        ------
        ValueError, TypeError
            As in the call, when vectors do not match the arguments, or when the gradient of one
            of them is by definition not that of the value.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, y, u, v = np.random.default_rng(0).normal(size=(4, 5, 3))
        >>> product = pc.info_nce.hvp((x, y), (u, v))
        >>> h = 1e-6
        >>> ends = [pc.info_nce.value_and_grad(x + s * u, y + s * v)[1].x for s in (-h, h)]
        >>> bool(np.allclose(product.x, (ends[1] - ends[0]) / (2 * h), atol=1e-6))
        True
        """
        return hessian_vector_product(
            self._binder, self._body, self.held, given, vectors, wrt, kwargs
        )
