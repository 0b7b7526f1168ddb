"""Modes of torch that a second pass through encoders restores: random numbers, autocast."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import torch


def devices_of(values: Iterable[Any]) -> set[torch.device]:
    """Devices other than the CPU of the tensors among some values."""
    return {v.device for v in values if isinstance(v, torch.Tensor) and v.device.type != "cpu"}


class RandomState:
    """The states when the object is created: CPU, the given devices, the given generators.

    Parameters
    ----------
    devices : iterable of torch.device
        Devices other than the CPU.
    generators : sequence of torch.Generator
        Further generators, which an encoder uses itself.
    """

    def __init__(
        self, devices: Iterable[torch.device] = (), generators: Sequence[torch.Generator] = ()
    ):
        self._cpu = torch.get_rng_state()
        modules = [(torch.get_device_module(device), device) for device in devices]
        self._devices = [(m, device, m.get_rng_state(device)) for m, device in modules]
        self._generators = [(generator, generator.get_state()) for generator in generators]

    def restore(self) -> None:
        """Restore every state."""
        torch.set_rng_state(self._cpu)
        for module, device, state in self._devices:
            module.set_rng_state(state, device)
        for generator, state in self._generators:
            generator.set_state(state)


class Autocast:
    """Autocast as it is when the object is created, on the CPU and the given devices.

    Parameters
    ----------
    devices : iterable of torch.device
        Devices other than the CPU.
    """

    def __init__(self, devices: Iterable[torch.device] = ()):
        kinds = sorted({"cpu", *(device.type for device in devices)})
        self._found = {
            kind: {
                "enabled": torch.is_autocast_enabled(kind),
                "dtype": torch.get_autocast_dtype(kind),
                "cache_enabled": torch.is_autocast_cache_enabled(),
            }
            for kind in kinds
        }

    @contextlib.contextmanager
    def restored(self) -> Iterator[None]:
        """Context with that autocast."""
        with contextlib.ExitStack() as stack:
            for kind, options in self._found.items():
                stack.enter_context(torch.autocast(kind, **options))
            yield


@contextlib.contextmanager
def no_autocast(tensors: list[torch.Tensor]) -> Iterator[None]:
    """Switch autocast off on the devices of these tensors."""
    with contextlib.ExitStack() as stack:
        for device in {"cpu"} | {t.device.type for t in tensors}:
            stack.enter_context(torch.autocast(device, enabled=False))
        yield
