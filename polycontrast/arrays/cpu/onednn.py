"""The setting of oneDNN under which it rounds the operands of products to bfloat16.

oneDNN is a part of torch. Its products with AMX or AVX512-BF16 round the operands themselves, and
sum in float32. The setting that allows this belongs to the whole process: it is made when a product
begins, and restored when the last one has ended. The number of OpenMP's threads belongs to the
thread that sets it. It is 1 during a product, because workers share tiles.
"""

import functools
import importlib.util
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from threadpoolctl import ThreadpoolController

from polycontrast.arrays.cpu.machine import processor_features

FEATURES = {"amx_bf16", "avx512_bf16"}
"""Features of processors that multiply bfloat16 numbers, by their names in Linux."""


def obstacle() -> str:
    """What prevents such products on this machine; empty where nothing does."""
    if not FEATURES & processor_features():
        return "a processor with AMX or AVX512-BF16, which this machine does not show"
    if importlib.util.find_spec("torch") is None:
        return "torch, whose oneDNN makes these products; it is not installed"
    import torch

    if not (torch.backends.mkldnn.is_available() and _setting_of(torch) is not None):
        return "torch 2.9 or newer, built with oneDNN"
    return ""


def _setting_of(torch: Any) -> Any:
    """The object that has the setting of oneDNN's float32 products; None in an older torch."""
    found = getattr(torch.backends.mkldnn, "matmul", None)
    return found if hasattr(found, "fp32_precision") else None


class _Rounding:
    """Context in which oneDNN rounds, and computes on the thread that enters it alone."""

    def __init__(self) -> None:
        import torch

        self.torch, self.setting = torch, _setting_of(torch)
        self.lock, self.inside, self.before = threading.Lock(), 0, ""
        found = ThreadpoolController().select(user_api="openmp").lib_controllers
        self.pools = [(pool.get_num_threads, pool.set_num_threads) for pool in found]
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._in_child)

    def _in_child(self) -> None:
        """No product of the parent goes on in a child process."""
        if self.inside:
            self.setting.fp32_precision = self.before
        self.lock, self.inside = threading.Lock(), 0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        self.torch.get_num_threads()  # torch sets the number when it first sees a thread
        threads = [get() for get, _ in self.pools]
        with self.lock:
            if self.inside == 0:
                self.before = self.setting.fp32_precision
                self.setting.fp32_precision = "bf16"
            self.inside += 1
        for _, put in self.pools:
            put(1)
        try:
            yield
        finally:
            for (_, put), number in zip(self.pools, threads, strict=True):
                put(number)
            with self.lock:
                self.inside -= 1
                if self.inside == 0:
                    self.setting.fp32_precision = self.before


rounding = functools.cache(_Rounding)
