"""Embeddings whose encoders run chunk by chunk, and run again in the backward pass."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import torch

from polycontrast.chunked import Part, call, leaves, map_rows
from polycontrast.torch.aliases import Aliases, exchanges_gradients, module_of
from polycontrast.torch.modes import Autocast, RandomState, devices_of, no_autocast


class Recomputation:
    """Both passes through the encoders of a step.

    Parameters
    ----------
    parts : list of Part
    generators : sequence of torch.Generator
        Random generators that the encoders use themselves.
    """

    def __init__(self, parts: list[Part], generators: Sequence[torch.Generator] = ()):
        self.parts, self.generators = parts, generators
        self.devices = devices_of(tensors_of(parts))
        self.autocast = Autocast(self.devices)
        self.before: list[list[RandomState]] = []
        """Random state before each chunk of each part."""
        modules = {id(m): m for m in map(module_of, (part.encoder for part in parts)) if m}
        self.modules = [m for m in modules.values() if not exchanges_gradients(m)]
        self.learned = self._learned()
        """Tensors that get their gradient as a sum over the chunks."""
        self._versions: list[int] = []

    def _learned(self) -> list[torch.Tensor]:
        """Parameters of the modules, and inputs that require a gradient."""
        found = [p for module in self.modules for p in module.parameters()]
        for part in self.parts:
            values = (value for _, value in leaves(part.batch, part.name))
            found += [v for v in values if isinstance(v, torch.Tensor) and v.ndim > 0]
        return list({id(t): t for t in found if t.requires_grad}.values())

    def first_pass(self) -> list[torch.Tensor]:
        """Embeddings of every batch without a graph, in float32 or more.

        Scaled gradients of half-precision embeddings are then not rounded too early.
        """
        embeddings: list[torch.Tensor] = []
        for part in self.parts:
            before, chunks = [], []
            for span, chunk in part.chunks():
                before.append(RandomState(self.devices, self.generators))
                with torch.no_grad():
                    z = call(part.encoder, chunk)
                part.check(z, span[1] - span[0])
                chunks.append(z)
            self.before.append(before)
            embeddings.append(at_least_float32(torch.cat(chunks)))
        # Autocast has cached the casts of weights without a graph, so the cache is cleared.
        torch.clear_autocast_cache()
        return embeddings

    def attached(self, embeddings: list[torch.Tensor]) -> list[torch.Tensor]:
        """The embeddings as outputs of a node of the graph, whose backward is the second pass."""
        anchor = torch.zeros((), requires_grad=True)  # because nothing else may require a gradient
        return list(_SecondPass.apply(self, embeddings, anchor, *self.learned))

    def remember_versions(self) -> None:
        """Note the state of all learned tensors, which the second pass needs unchanged."""
        self._versions = self._count_changes()

    def _count_changes(self) -> list[int]:
        return [t._version for t in self.learned if not t.is_inference()]

    def second_pass(self, grads: Sequence[torch.Tensor | None]) -> list[torch.Tensor | None]:
        """Encode again with a graph, and pass the gradients of the embeddings backward.

        Returns the gradients of `learned`. All other tensors get theirs in ``.grad``.
        """
        if self._versions != self._count_changes():
            raise RuntimeError(
                f"{self.parts[0].caller}: a parameter or an input was changed in place between the "
                "loss and its backward pass, which computes with it again"
            )
        every = zip(self.parts, self.before, grads, strict=True)
        work = [(part, before, g) for part, before, g in every if g is not None]
        # In DDP every backward pass exchanges gradients; the last pass of a module is enough.
        last = {_key(part): (part.name, part.spans[-1]) for part, _, _ in work}
        after, aliases = RandomState(self.devices, self.generators), Aliases(self.learned)
        try:
            with aliases.in_modules(self.modules), torch.enable_grad(), self.autocast.restored():
                for part, before, g in work:
                    chunks = replace(part, batch=map_rows(part.batch, aliases)).chunks()
                    for (span, chunk), state in zip(chunks, before, strict=True):
                        state.restore()
                        with _synchronised(part, last[_key(part)] == (part.name, span)):
                            z = call(part.encoder, chunk)
                            part.check(z, span[1] - span[0])
                            if not z.requires_grad:  # frozen: no chunk has a gradient
                                break
                            with no_autocast([z]):
                                torch.autograd.backward(z, g[span[0] : span[1]].to(z))
                        torch.clear_autocast_cache()
        finally:
            after.restore()
        return aliases.gradients()


class _SecondPass(torch.autograd.Function):  # type: ignore[misc]
    """The node that the embeddings come from."""

    @staticmethod
    def forward(
        ctx: Any, recomputation: Recomputation, embeddings: list[torch.Tensor], *learned: Any
    ) -> tuple[torch.Tensor, ...]:
        """The embeddings, as they were computed before."""
        ctx.recomputation = recomputation
        ctx.set_materialize_grads(False)
        return tuple(embeddings)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor | None) -> Any:
        """Gradients of the learned tensors."""
        if torch.is_grad_enabled():
            raise RuntimeError(
                f"{ctx.recomputation.parts[0].caller}: the loss has no second derivatives; call "
                "its backward without create_graph=True"
            )
        return None, None, None, *ctx.recomputation.second_pass(grads)


def tensors_of(parts: list[Part]) -> Iterator[Any]:
    """Everything that the batches hold, and the parameters of the encoders."""
    for part in parts:
        yield from (value for _, value in leaves(part.batch, part.name))
        module = module_of(part.encoder)
        if module is not None:
            yield from module.parameters()


def at_least_float32(z: torch.Tensor) -> torch.Tensor:
    """A tensor as it is, or in float32 where it is in half precision."""
    return z.float() if torch.finfo(z.dtype).bits < 32 else z


def _key(part: Part) -> int:
    """The same number for all parts of one module."""
    return id(module_of(part.encoder) or part.encoder)


def _synchronised(part: Part, syncs: bool) -> contextlib.AbstractContextManager[Any]:
    """Context in which data-parallel modules exchange gradients, or keep them to themselves."""
    stack = contextlib.ExitStack()
    if not syncs:
        module = module_of(part.encoder)
        for inner in [part.encoder] if module is None else module.modules():
            if hasattr(inner, "no_sync"):
                stack.enter_context(inner.no_sync())
    return stack
