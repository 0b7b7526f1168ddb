"""Launches of `kernels/` on the processor, with arguments as CuPy takes them."""

import threading

import numpy as np
from processor import launch_at

from lookalike.array import inner, ndarray

LAUNCHES = []
"""Names of the kernels that were started."""
running = True
"""Whether kernels are run; where only memory is counted, they need not be."""
_one_at_a_time = threading.Lock()  # threads of a block are one thread's


class RawModule:
    """The kernels of a text."""

    def __init__(self, *, code=None, path=None, options=(), backend="nvrtc"):
        assert "extern" in code
        assert "--std=c++17" in options

    def get_function(self, name):
        return Kernel(name)


class Kernel:
    """One kernel."""

    def __init__(self, name):
        self.name = name

    def __call__(self, grid, block, args, *, shared_mem=0, stream=None):
        (threads,) = block
        LAUNCHES.append(self.name)
        given = []
        for value in args:
            if isinstance(value, ndarray):
                array = inner(value)
                assert array.flags.c_contiguous, self.name
                given.append(array.ctypes.data)
            else:
                assert isinstance(value, (np.int64, np.uint64)), (self.name, type(value))
                given.append(int(value))
        if running:
            with _one_at_a_time:
                launch_at(self.name, grid, threads, given)
