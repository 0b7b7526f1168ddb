"""Devices, streams and memory of the look-alike, and the counts of what was done with them."""

import contextlib
import ctypes
import itertools
import threading
import weakref
from collections import Counter

ROUND = 512  # bytes: CuPy's pool gives multiples of these
COUNTS = Counter()
"""Synchronisations of the host with a device, by what caused them."""
LIVE = Counter()
"""Bytes that arrays of each device hold, and "peak", the most of all devices together."""
EVENTS = []
"""Records and waits of events, as (what, event, stream)."""
_local = threading.local()
DEVICES = 2


def synchronised(what):
    """Count one synchronisation of the host."""
    COUNTS[what] += 1


class Device:
    """A device by its number; None is the current one. As a context, it is made the current one."""

    def __init__(self, device=None):
        self.id = current_device() if device is None else int(device)
        if not 0 <= self.id < DEVICES:
            raise CUDARuntimeError("cudaErrorInvalidDevice: invalid device ordinal")

    def __int__(self):
        return self.id

    __index__ = __int__

    def __eq__(self, other):
        return isinstance(other, Device) and self.id == other.id

    def __hash__(self):
        return hash(self.id)

    def __repr__(self):
        return f"<CUDA Device {self.id}>"

    def __enter__(self):
        _stack().append(self.id)
        return self

    def __exit__(self, *_):
        _stack().pop()

    def use(self):
        _stack()[-1] = self.id

    def synchronize(self):
        synchronised("Device.synchronize")


class CUDARuntimeError(RuntimeError):
    """An error of CUDA."""


class OutOfMemoryError(MemoryError):
    """No memory on the device."""


def _stack():
    if not hasattr(_local, "devices"):
        _local.devices = [0]
    return _local.devices


def current_device():
    """Number of the current device of this thread."""
    return _stack()[-1]


class Stream:
    """A stream; work on it is done at once here."""

    numbers = itertools.count(1000)
    null = None

    def __init__(self, null=False, non_blocking=False, ptds=False, priority=None):
        self.ptr = 0 if null else next(self.numbers)

    @classmethod
    def from_external(cls, foreign):
        version, pointer = foreign.__cuda_stream__()
        assert version == 0
        return ExternalStream(pointer)

    def __enter__(self):
        _streams().append(self)
        return self

    def __exit__(self, *_):
        _streams().pop()

    def synchronize(self):
        synchronised("Stream.synchronize")

    def record(self, event=None):
        event = Event() if event is None else event
        EVENTS.append(("record", event, self.ptr))
        return event

    def wait_event(self, event):
        EVENTS.append(("wait", event, self.ptr))


class ExternalStream(Stream):
    """A stream of another library."""

    def __init__(self, ptr, device_id=-1):
        self.ptr = ptr


Stream.null = Stream(null=True)


def _streams():
    if not hasattr(_local, "streams"):
        _local.streams = [Stream.null]
    return _local.streams


def get_current_stream(device_id=-1):
    """The current stream of this thread."""
    return _streams()[-1]


class Event:
    """A point in the work of a stream; `pending` makes events that are not done yet."""

    pending = False

    def __init__(self, block=False, disable_timing=False, interprocess=False):
        self.done = not self.pending

    def record(self, stream=None):
        (get_current_stream() if stream is None else stream).record(self)

    def synchronize(self):
        synchronised("Event.synchronize")
        self.done = True


class MemoryHook:
    """What is called before and after each allocation, within a context."""

    name = "MemoryHook"

    def __enter__(self):
        _hooks().append(self)
        return self

    def __exit__(self, *_):
        _hooks().remove(self)

    def alloc_preprocess(self, **kwargs): ...

    def alloc_postprocess(self, **kwargs): ...

    def malloc_preprocess(self, **kwargs): ...

    def malloc_postprocess(self, **kwargs): ...

    def free_preprocess(self, **kwargs): ...

    def free_postprocess(self, **kwargs): ...


def _hooks():
    if not hasattr(_local, "hooks"):
        _local.hooks = []
    return _local.hooks


class PythonFunctionAllocator:
    """An allocator of two functions, ``malloc(size, device)`` and ``free(pointer, device)``."""

    def __init__(self, malloc_func, free_func):
        self.malloc_func, self.free_func = malloc_func, free_func

    def malloc(self, size):
        return size, self


@contextlib.contextmanager
def using_allocator(allocator=None):
    """Context in which arrays get their memory from ``allocator(size)``."""
    before = getattr(_local, "allocator", None)
    _local.allocator = allocator
    try:
        yield
    finally:
        _local.allocator = before


class Memory:
    """The memory of one array, and of all views of it."""

    def __init__(self, nbytes, owned=True):
        self.device_id = current_device()
        self.nbytes = -(-nbytes // ROUND) * ROUND if owned else 0
        if not self.nbytes:
            return
        allocator = getattr(_local, "allocator", None)
        if allocator is not None:
            size, functions = allocator(self.nbytes)
            pointer = functions.malloc_func(size, self.device_id)
            weakref.finalize(self, functions.free_func, pointer, self.device_id)
        hooks = [] if allocator else list(_hooks())
        given = {"device_id": self.device_id, "size": nbytes, "mem_size": self.nbytes}
        given |= {"mem_ptr": id(self), "pmem_id": id(self)}
        for hook in hooks:
            hook.malloc_postprocess(**given)
        LIVE[self.device_id] += self.nbytes
        LIVE["peak"] = max(LIVE["peak"], sum(LIVE[k] for k in range(DEVICES)))
        weakref.finalize(self, _freed, self.device_id, self.nbytes, given)


def _freed(device_id, nbytes, given):
    LIVE[device_id] -= nbytes
    for hook in _hooks():
        hook.free_preprocess(**given)


class Pointer:
    """Address of an array's first entry."""

    def __init__(self, ptr, memory):
        self.ptr, self.mem, self.device_id = ptr, memory, memory.device_id


class Pool:
    """The pool of memory, which keeps nothing here."""

    def free_all_blocks(self, stream=None): ...

    def used_bytes(self):
        return sum(LIVE[k] for k in range(DEVICES))

    def malloc(self, size):
        return size, self

    malloc_func = staticmethod(lambda size, device: ctypes.c_void_p())
    free_func = staticmethod(lambda pointer, device: None)
