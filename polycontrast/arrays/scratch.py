"""Temporary files for arrays."""

import errno
import math
import os
import shutil
import tempfile
from typing import IO, Any

import numpy as np

WRITTEN = 8 * 2**20  # bytes of zeros at a time, where the system cannot reserve space


def scratch(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """Zeros in a temporary file, which is deleted together with the array."""
    size = max(1, math.prod(shape) * np.dtype(dtype).itemsize)
    with tempfile.TemporaryFile(prefix="polycontrast-") as file:
        try:
            _reserve(file, size)
        except OSError as error:
            folder = tempfile.gettempdir()
            free = shutil.disk_usage(folder).free
            text = (
                f"polycontrast: a temporary file of {size:,} bytes does not fit in {folder}, "
                f"{free:,} bytes are free there ({error.strerror}); TMPDIR can name another folder"
            )
            raise OSError(error.errno, text) from None
        return np.asarray(np.memmap(file, dtype=dtype, mode="r+", shape=shape))


def _reserve(file: IO[bytes], size: int) -> None:
    """Reserve the space of a file: without space for a mapped file, the system ends the process."""
    if hasattr(os, "posix_fallocate"):
        try:
            return os.posix_fallocate(file.fileno(), 0, size)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP, errno.ENODEV):
                raise
    # Some systems and file systems cannot reserve space; writing zeros works on all of them.
    zeros = memoryview(bytes(min(size, WRITTEN)))
    for start in range(0, size, len(zeros)):
        file.write(zeros[: size - start])
    file.flush()
