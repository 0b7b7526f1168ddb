"""Losses of large batches whose encoders run in chunks (GradCache, BASIC)."""

from collections.abc import Callable, Sequence
from typing import Any

import torch

from polycontrast.chunked import (
    EmbeddingArguments,
    comm_of,
    learnable_names,
    read_parts,
    registered,
)
from polycontrast.objective import name_of, together
from polycontrast.torch.modes import no_autocast
from polycontrast.torch.recomputation import Recomputation

Encoders = Callable[..., Any] | Sequence[Callable[..., Any]]


def chunked_loss(
    objective: Callable[..., Any],
    encoders: Encoders,
    batches: Sequence[Any],
    *,
    chunk_size: int | Sequence[int],
    generators: Sequence[torch.Generator] = (),
    **parameters: Any,
) -> torch.Tensor:
    """Loss of a batch whose ``backward()`` holds the activations of one chunk at a time.

    Every batch is first encoded chunk by chunk, without a graph, and the loss of all embeddings is
    computed once. The backward pass computes the gradient of all embeddings once. Then it encodes
    every chunk again with a graph, and passes the chunk's rows of that gradient backward. The
    gradients are those of the whole batch, for every objective.

    Every trainer that calls ``backward()`` itself can use the loss. It may be scaled, averaged over
    steps, or added to other losses.

    Parameters
    ----------
    objective : Objective or callable
        An objective, a `Loss`, or any callable that takes the embeddings as positional arguments
        and returns a 0-d loss. Its parameters get their gradient too.
    encoders : callable or sequence of callables
        One for all batches or one per batch; an encoder may occur several times. Each returns one
        tensor with one row per row of its chunk.
    batches : sequence
        One batch per set of embeddings: a tensor, a tuple or list (positional arguments of the
        encoder) or a mapping (keyword arguments). Tensors in it, also nested ones, are split along
        axis 0. All other values are passed with every chunk.
    chunk_size : int or sequence of int
        Rows per chunk, for all batches or for each batch.
    generators : sequence of torch.Generator, optional
        Random generators that the encoders use themselves. They are replayed like those of torch.
    **parameters
        Parameters of the objective. A tensor that requires a gradient, such as a learnable
        ``temperature``, gets it.

    Returns
    -------
    torch.Tensor
        The loss, 0-d. Where gradients are switched off, it has no graph, and there is one pass.

    Raises
    ------
    TypeError, ValueError
        When an argument does not have its form, an encoder does not return one row per row of its
        chunk, or the objective does not return one number.
    RuntimeError
        From ``backward()``: when a parameter or an input was changed in place since the call, and
        with ``create_graph=True``, because the loss has no second derivatives.

    Notes
    -----
    The time is that of two forward passes and one backward pass of the encoders. The memory is that
    of the activations of one chunk, and of the embeddings or their gradient.

    Samples must not depend on one another within an encoder. BatchNorm in training mode breaks this
    rule: its statistics are those of a chunk, and they are updated twice.
    `polycontrast.testing.check_chunked` finds such encoders.

    Both passes draw the same random numbers from the generators of torch. The generators have the
    state of one pass over the chunks after the call, and again after the backward pass. Encoders
    run under the autocast that is active when the loss is computed. The objective computes in
    float32 or more, and gradients are computed outside autocast.

    A parameter of an encoder gets the sum over the chunks as one gradient. So hooks of parameters
    run once, and a trainer that wraps the whole model in `DistributedDataParallel`, as Lightning
    does, exchanges each gradient once. Hooks of modules run for every chunk: those of the forward
    pass in both passes. An encoder may be a module or a method of one. Parameters of any other
    callable, such as a lambda, get one gradient per chunk.

    If an encoder itself is wrapped in `DistributedDataParallel`, gradients are exchanged only with
    its last chunk, and hooks of its parameters run for every chunk. FSDP2 exchanges gradients with
    every chunk. If the embeddings of an encoder require no gradient, it is called again for one
    chunk only.

    References
    ----------
    .. [1] L. Gao, Y. Zhang, J. Han, J. Callan, "Scaling Deep Contrastive Learning Batch Size under
       Memory Limited Setup", 2021, arXiv:2101.06983.
    .. [2] H. Pham et al., "Combined Scaling for Zero-shot Transfer Learning", 2021,
       arXiv:2111.10050.

    Examples
    --------
    >>> import torch, polycontrast as pc
    >>> from polycontrast.torch import Learnable, Loss, chunked_loss
    >>> _ = torch.manual_seed(0)
    >>> model, x = torch.nn.Linear(5, 3), torch.randn(2, 8, 5)
    >>> criterion = Loss(pc.info_nce, temperature=Learnable(0.1))
    >>> loss = chunked_loss(criterion, model, list(x), chunk_size=3)
    >>> (loss / 2).backward()
    >>> plain = criterion(model(x[0]), model(x[1]))
    >>> wanted = torch.autograd.grad(plain / 2, model.weight)[0]
    >>> bool(torch.allclose(model.weight.grad, wanted, atol=1e-6))
    True
    """
    return _loss("chunked_loss", objective, encoders, batches, chunk_size, generators, parameters)


def chunked_step(
    objective: Callable[..., Any],
    encoders: Encoders,
    batches: Sequence[Any],
    *,
    chunk_size: int | Sequence[int],
    scale: Any = None,
    generators: Sequence[torch.Generator] = (),
    **parameters: Any,
) -> torch.Tensor:
    """Loss of a batch and its full gradient, with the activations of one chunk at a time.

    This is `chunked_loss` and its backward pass in one call: the gradients of the whole batch are
    added to ``.grad``, as by ``loss.backward()``.

    Parameters
    ----------
    objective : Objective or callable
        As in `chunked_loss`.
    encoders : callable or sequence of callables
        As in `chunked_loss`.
    batches : sequence
        As in `chunked_loss`.
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

    Raises
    ------
    TypeError, ValueError
        As in `chunked_loss`, and when `scale` is neither a scaler nor a callable.

    Notes
    -----
    Those of `chunked_loss`.

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
    name, comm = "chunked_step", comm_of(objective, parameters)
    with together(name, comm):
        scaled = _scale_function(scale)
    with torch.enable_grad():
        loss = _loss(name, objective, encoders, batches, chunk_size, generators, parameters)
        with together(name, comm):
            multiplied = scaled(loss)
    torch.autograd.backward(multiplied)
    return loss.detach()


def _loss(
    name: str,
    objective: Callable[..., Any],
    encoders: Encoders,
    batches: Sequence[Any],
    chunk_size: int | Sequence[int],
    generators: Sequence[torch.Generator],
    parameters: dict[str, Any],
) -> torch.Tensor:
    """Loss with its graph; `name` is that of the public function, for messages."""
    if isinstance(encoders, torch.nn.ModuleList):
        encoders = list(encoders)
    with together(name, comm_of(objective, parameters)):
        parts = read_parts(encoders, batches, chunk_size, name)
        recomputation = Recomputation(parts, generators)
        embeddings = recomputation.first_pass()
    if torch.is_grad_enabled():
        embeddings = recomputation.attached(embeddings)
    value = of_embeddings(objective, embeddings, parameters, name)
    recomputation.remember_versions()
    return value


def of_embeddings(
    objective: Any, embeddings: list[torch.Tensor], parameters: dict[str, Any], name: str
) -> torch.Tensor:
    """Value of an objective, a module around one, or any other callable, outside autocast."""
    inner, comm = registered(objective), comm_of(objective, parameters)
    with no_autocast(embeddings):
        if inner is None:
            value = objective(*embeddings, **parameters)
        else:
            with together(name, comm):
                places = EmbeddingArguments(inner, len(embeddings), parameters, name)
                learned = (n for n, v in parameters.items() if getattr(v, "requires_grad", False))
                learnable_names(inner, learned, name)
            value = objective(**places.fill(embeddings), **parameters)
    with together(name, comm):
        if not isinstance(value, torch.Tensor) or value.ndim != 0:
            got = tuple(value.shape) if isinstance(value, torch.Tensor) else type(value).__name__
            raise ValueError(f"{name}: {name_of(objective)} must return a 0-d loss, got {got}")
    return value


def _scale_function(scale: Any) -> Callable[[torch.Tensor], torch.Tensor]:
    found = getattr(scale, "scale", scale)
    if scale is None:
        return lambda loss: loss
    if not callable(found):
        raise TypeError(
            f"chunked_step: scale must be a GradScaler or a callable, got {type(scale).__name__}"
        )
    return found
