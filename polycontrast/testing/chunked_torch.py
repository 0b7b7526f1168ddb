"""Steps in chunks and plain steps with torch modules, for `check_chunked`."""

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from polycontrast import arrays
from polycontrast.chunked import call, leaves
from polycontrast.testing.chunked_runs import Outcome, Runs
from polycontrast.torch.chunked import chunked_step, of_embeddings
from polycontrast.torch.modes import RandomState, devices_of, no_autocast
from polycontrast.torch.recomputation import at_least_float32, tensors_of


class TorchRuns(Runs):
    """Runs that restore ``.grad``, buffers and random states."""

    def __init__(self, *arguments: Any):
        super().__init__(*arguments)
        self.tensors = self._tensors()

    def _modules(self) -> dict[str, torch.nn.Module]:
        named = [(f"encoders[{k}]", part.encoder) for k, part in enumerate(self.parts)]
        named.append(("objective", self.objective))
        found: dict[str, torch.nn.Module] = {}
        for name, module in named:
            known = any(module is other for other in found.values())
            if isinstance(module, torch.nn.Module) and not known:
                found[name] = module
        return found

    def _tensors(self) -> dict[str, torch.Tensor]:
        """Tensors whose gradients are compared: parameters, and tensors that were given."""
        found = dict(self.params or {})
        for name, module in self._modules().items():
            found |= {f"{name}.{inner}": p for inner, p in module.named_parameters()}
        found |= {n: v for n, v in self.parameters.items() if isinstance(v, torch.Tensor)}
        found |= {n: v for k in self.parts for n, v in leaves(k.batch, k.name) if _learns(v)}
        return {name: t for name, t in found.items() if t.requires_grad and t.is_leaf}

    def _keep(self) -> RandomState:
        devices = devices_of([*self.tensors.values(), *tensors_of(self.parts)])
        return RandomState(devices, self.generators)

    @contextlib.contextmanager
    def restored(self) -> Iterator[None]:
        """Context that restores the state from before it."""
        self._state = self._keep()
        grads = [(t, t.grad) for t in self.tensors.values()]
        self._buffers = [
            (b, b.detach().clone()) for m in self._modules().values() for b in m.buffers()
        ]
        try:
            yield
        finally:
            self.seed(0)
            for tensor, grad in grads:
                tensor.grad = grad

    def seed(self, seed: int) -> None:
        """Restore generators and buffers to their first state; then draw numbers if `seed` > 0."""
        self._state.restore()
        with torch.no_grad():
            for buffer, content in self._buffers:
                buffer.copy_(content)
        if seed:
            torch.manual_seed(987654321 + seed)
            for generator in self.generators:
                torch.rand(1, generator=generator, device=generator.device)

    def encode(self, k: int, chunk: Any, again: bool = False, seed: int = 0) -> np.ndarray:
        """Encode from the first state; with `again`, restore only the random state, as a step."""
        if not again:
            return super().encode(k, chunk, again, seed)
        self._state.restore()
        return arrays.to_float64(self.embeddings(k, chunk, again))

    def embeddings(self, k: int, chunk: Any, again: bool) -> torch.Tensor:
        """Embeddings without a graph in the first pass, and with a graph in the second."""
        with torch.set_grad_enabled(again):
            return call(self.parts[k].encoder, chunk)

    def plain(self, in_chunks: bool) -> Outcome:
        """Value and gradients with one graph over everything."""

        def step() -> torch.Tensor:
            with torch.enable_grad():
                z = [
                    torch.cat([call(part.encoder, piece) for piece in self.pieces(k, in_chunks)])
                    for k, part in enumerate(self.parts)
                ]
                z = [at_least_float32(t) for t in z]
                value = of_embeddings(self.objective, z, self.parameters, "check_chunked")
            if value.requires_grad:
                with no_autocast(z):
                    torch.autograd.backward(value)
            return value.detach()

        return self._outcome(step)

    def chunked(self) -> Outcome:
        """Value and gradients of the step in chunks."""
        return self._outcome(
            lambda: chunked_step(
                self.objective,
                [part.encoder for part in self.parts],
                self.batches,
                chunk_size=self.chunk_size,
                generators=self.generators,
                **self.parameters,
            )
        )

    def _outcome(self, step: Any) -> Outcome:
        self.seed(0)
        for tensor in self.tensors.values():
            tensor.grad = None
        value = step()
        torch.clear_autocast_cache()
        grads = {
            name: None if t.grad is None else arrays.to_float64(t.grad)
            for name, t in self.tensors.items()
        }
        return arrays.to_float64(value), grads

    def hints(self) -> Iterator[str]:
        """Modules with batch statistics, and parameters with hooks."""
        for name, module in self._modules().items():
            for inner, part in module.named_modules():
                if part.training and hasattr(part, "running_mean"):
                    place = f"{name}.{inner}" if inner else name
                    yield f"{place}: {type(part).__name__} in training mode"
        for name, tensor in self.tensors.items():
            if getattr(tensor, "_backward_hooks", None):
                yield f"{name}: has a hook on its gradient"


def _learns(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.requires_grad
