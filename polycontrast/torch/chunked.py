"""A training step on a large batch whose encoders run in chunks (GradCache, BASIC)."""

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import torch

from polycontrast.chunked import (
    EmbeddingArguments,
    Part,
    call,
    comm_of,
    learnable_names,
    leaves,
    read_parts,
    registered,
)
from polycontrast.objective import name_of, together
from polycontrast.torch.parameter_hooks import deferred_hooks
from polycontrast.torch.random_state import RandomState, devices_of

Scale = Callable[[torch.Tensor], torch.Tensor]


def chunked_step(
    objective: Callable[..., Any],
    encoders: Callable[..., Any] | Sequence[Callable[..., Any]],
    batches: Sequence[Any],
    *,
    chunk_size: int | Sequence[int],
    scale: Any = None,
    generators: Sequence[torch.Generator] = (),
    **parameters: Any,
) -> torch.Tensor:
    """Loss of a batch and its full gradient, with the activations of one chunk at a time.

    Every batch is first encoded chunk by chunk, without a graph. Then the loss and its gradient
    with respect to all embeddings are computed once. Then every chunk is encoded again with a
    graph, and its rows of that gradient are passed backward to the parameters. The gradients are
    those of the whole batch, for every objective. They are added to ``.grad``, as by
    ``loss.backward()``.

    Parameters
    ----------
    objective : Objective or callable
        A registered objective, whose gradient is computed in closed form. Or any callable or module
        that takes the embeddings as positional arguments and returns a 0-d loss. Autograd then
        computes the gradient, and parameters of the callable get their gradient too.
    encoders : callable or sequence of callables
        One for all batches or one per batch; an encoder may occur several times. Each returns one
        tensor with one row per row of its chunk.
    batches : sequence
        One batch per set of embeddings: a tensor, a tuple or list (positional arguments of the
        encoder) or a mapping (keyword arguments). Tensors in it, also nested ones, are split along
        axis 0. All other values are passed with every chunk.
    chunk_size : int or sequence of int
        Rows per chunk, for all batches or for each batch.
    scale : torch.amp.GradScaler or callable, optional
        Scaling of the loss before the gradient: a scaler, or for instance ``lambda loss: loss / 4``
        to average four steps. The returned value is not scaled.
    generators : sequence of torch.Generator, optional
        Random generators that the encoders use themselves. They are replayed like those of torch.
    **parameters
        Parameters of the objective. A tensor that requires a gradient, such as a learnable
        ``temperature``, gets it.

    Returns
    -------
    torch.Tensor
        The loss, 0-d and detached.

    Notes
    -----
    The time is that of two forward passes and one backward pass of the encoders. The memory is that
    of the activations of one chunk, the embeddings and their gradient.

    Samples must not depend on one another within an encoder. BatchNorm in training mode breaks this
    rule: its statistics are those of a chunk, and they are updated twice.
    `polycontrast.testing.check_chunked` finds such encoders.

    Both passes draw the same random numbers from the generators of torch. Afterwards the generators
    have the state of one pass over the chunks. Encoders run under the autocast that is active when
    the step is called. The objective computes in float32 or more, and the backward pass runs
    outside autocast.

    Hooks on the gradients of module parameters run once, with the gradient of the step. Forward
    hooks of modules run for every chunk in both passes, and backward hooks of modules run for every
    chunk. If an encoder has ``no_sync``, as `DistributedDataParallel` has, gradients are exchanged
    only with its last chunk, and hooks of its parameters run for every chunk. If the embeddings of
    an encoder require no gradient, it is called again for one chunk only.

    References
    ----------
    .. [1] L. Gao, Y. Zhang, J. Han, J. Callan, "Scaling Deep Contrastive Learning Batch Size under
       Memory Limited Setup", 2021, arXiv:2101.06983.
    .. [2] H. Pham et al., "Combined Scaling for Zero-shot Transfer Learning", 2021,
       arXiv:2111.10050.

    Examples
    --------
    >>> import torch, polycontrast as pc
    >>> from polycontrast.torch import chunked_step
    >>> _ = torch.manual_seed(0)
    >>> model, x = torch.nn.Linear(5, 3), torch.randn(2, 8, 5)
    >>> temperature = torch.nn.Parameter(torch.tensor(0.1))
    >>> optimizer = torch.optim.SGD([*model.parameters(), temperature], lr=0.1)
    >>> loss = chunked_step(pc.info_nce, model, list(x), chunk_size=3, temperature=temperature)
    >>> loss.shape, model.weight.grad.shape, temperature.grad.shape
    (torch.Size([]), torch.Size([3, 5]), torch.Size([]))
    >>> optimizer.step()
    """
    if isinstance(encoders, torch.nn.ModuleList):
        encoders = list(encoders)
    with together("chunked_step", comm_of(objective, parameters)):
        parts = read_parts(encoders, batches, chunk_size)
        scale = _scale_function(scale)
        devices = devices_of(tensors_of(parts))
        states, embeddings = _first_pass(parts, devices, generators)
    # Autocast has cached the casts of weights without a graph, so the cache is cleared.
    torch.clear_autocast_cache()
    with no_autocast(embeddings):
        value, grads = of_embeddings(objective, embeddings, parameters, scale)
    del embeddings
    after = RandomState(devices, generators)
    try:
        _second_pass(parts, states, grads)
    finally:
        after.restore()
    return value


def _scale_function(scale: Any) -> Scale:
    found = getattr(scale, "scale", scale)
    if scale is None:
        return lambda loss: loss
    if not callable(found):
        raise TypeError(
            f"chunked_step: scale must be a GradScaler or a callable, got {type(scale).__name__}"
        )
    return found


def _first_pass(
    parts: list[Part], devices: set[torch.device], generators: Sequence[torch.Generator]
) -> tuple[list[list[RandomState]], list[torch.Tensor]]:
    """Embeddings of every batch without a graph, and the random state before each chunk."""
    states, embeddings = [], []
    for part in parts:
        before, chunks = [], []
        for span, chunk in part.chunks():
            before.append(RandomState(devices, generators))
            with torch.no_grad():
                z = call(part.encoder, chunk)
            part.check(z, span[1] - span[0])
            chunks.append(z)
        states.append(before)
        embeddings.append(torch.cat(chunks))
    return states, embeddings


def tensors_of(parts: list[Part]) -> Iterator[Any]:
    """What the batches hold, and the parameters of the encoders."""
    for part in parts:
        yield from (value for _, value in leaves(part.batch, part.name))
        if isinstance(part.encoder, torch.nn.Module):
            yield from part.encoder.parameters()


def _full(z: torch.Tensor) -> torch.Tensor:
    """Embeddings in at least float32, so that scaled gradients are not rounded too early."""
    return z.detach().float() if torch.finfo(z.dtype).bits < 32 else z.detach()


def of_embeddings(
    objective: Any, embeddings: list[torch.Tensor], parameters: dict[str, Any], scale: Scale
) -> tuple[torch.Tensor, list[torch.Tensor | None]]:
    """Value and gradient of each set of embeddings; learned parameters get their gradient."""
    how = _closed_form if registered(objective) is objective else _by_autograd
    return how(objective, embeddings, parameters, scale)


def _closed_form(
    objective: Any, embeddings: list[torch.Tensor], parameters: dict[str, Any], scale: Scale
) -> tuple[torch.Tensor, list[torch.Tensor | None]]:
    """Value and gradients of a registered objective; learned parameters get their gradient."""
    learnable = {
        name: value
        for name, value in parameters.items()
        if isinstance(value, torch.Tensor) and value.requires_grad
    }
    sharing_errors = functools.partial(together, "chunked_step", comm_of(objective, parameters))
    with sharing_errors():
        places = EmbeddingArguments(objective, len(embeddings), parameters)
        wrt = places.names + learnable_names(objective, learnable)
    with torch.no_grad():
        filled = places.fill([_full(z) for z in embeddings])
        value, back = objective.vjp(**filled, **parameters, wrt=wrt)
        with sharing_errors():
            _check_value(objective, value)
            cotangent = scale(torch.ones_like(value))
        grads = back(cotangent)
    if learnable:
        given = [getattr(grads, name).to(t) for name, t in learnable.items()]
        torch.autograd.backward(list(learnable.values()), given)
    return value, places.order(grads)


def _by_autograd(
    objective: Any, embeddings: list[torch.Tensor], parameters: dict[str, Any], scale: Scale
) -> tuple[torch.Tensor, list[torch.Tensor | None]]:
    """Value and gradients of any callable; its own parameters get their gradient."""
    cut = [_full(z).requires_grad_() for z in embeddings]
    inner = registered(objective)
    with torch.enable_grad():
        if inner is None:
            value = objective(*cut, **parameters)
        else:  # a module around an objective takes the arguments of the objective
            value = objective(
                **EmbeddingArguments(inner, len(cut), parameters).fill(cut), **parameters
            )
        _check_value(objective, value)
        scaled = scale(value)
    torch.autograd.backward(scaled)
    return value.detach(), [z.grad for z in cut]


def _check_value(objective: Any, value: Any) -> None:
    if not isinstance(value, torch.Tensor) or value.ndim != 0:
        shape = tuple(value.shape) if isinstance(value, torch.Tensor) else type(value).__name__
        raise ValueError(f"chunked_step: {name_of(objective)} must return a 0-d loss, got {shape}")


def _second_pass(
    parts: list[Part],
    states: list[list[RandomState]],
    grads: list[torch.Tensor | None],
) -> None:
    """Encode again with a graph, and pass the gradient of the embeddings to the parameters."""
    every = zip(parts, states, grads, strict=True)
    work = [(part, before, g) for part, before, g in every if g is not None]
    # In DDP every backward pass exchanges gradients; the last pass of an encoder is enough.
    last = {id(part.encoder): (part.name, part.spans[-1]) for part, _, _ in work}
    hooked = _parameters_with_own_hooks(part.encoder for part in parts)
    with deferred_hooks(hooked), torch.enable_grad():
        for part, before, g in work:
            for (span, chunk), state in zip(part.chunks(), before, strict=True):
                state.restore()
                syncs = last[id(part.encoder)] == (part.name, span)
                with _synchronised(part.encoder, syncs):
                    z = call(part.encoder, chunk)
                    part.check(z, span[1] - span[0])
                    if not z.requires_grad:  # frozen: no chunk has a gradient
                        break
                    with no_autocast([z]):
                        torch.autograd.backward(z, g[span[0] : span[1]].to(z))
                torch.clear_autocast_cache()


def _parameters_with_own_hooks(encoders: Iterable[Any]) -> set[torch.nn.Parameter]:
    """Parameters whose hooks may be deferred; not those of DDP, which counts single gradients."""
    modules = [e for e in encoders if isinstance(e, torch.nn.Module) and not hasattr(e, "no_sync")]
    return {p for module in modules for p in module.parameters()}


def _synchronised(encoder: Any, syncs: bool) -> contextlib.AbstractContextManager[Any]:
    if syncs or not hasattr(encoder, "no_sync"):
        return contextlib.nullcontext()
    return encoder.no_sync()


@contextlib.contextmanager
def no_autocast(tensors: list[torch.Tensor]) -> Iterator[None]:
    """Switch autocast off on the devices of these tensors."""
    with contextlib.ExitStack() as stack:
        for device in {"cpu"} | {t.device.type for t in tensors}:
            stack.enter_context(torch.autocast(device, enabled=False))
        yield
