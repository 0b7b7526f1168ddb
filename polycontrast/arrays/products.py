"""Matrix products of a walk, in the precision that the call states.

A multiplier converts blocks of rows and weights to operands, once, and multiplies operands. For
CuPy arrays it states the precision to cuBLAS, for NumPy arrays to oneDNN. Other libraries use their
own product.
"""

from typing import Any

import array_api_compat as compat
import numpy as np

from polycontrast.arrays.cpu.onednn import obstacle, rounding
from polycontrast.arrays.cuda import blas, tiles
from polycontrast.arrays.functions.arithmetic import add_
from polycontrast.arrays.functions.matrices import in_parts, matmul, product
from polycontrast.arrays.namespaces import Array, is_generic, namespace
from polycontrast.arrays.stand_ins.abstract import is_abstract
from polycontrast.arrays.temporaries import temporary

PRECISIONS = ("highest", "tf32", "bf16")


def kernels(x: Array) -> Any:
    """Fused kernels of tiles (`polycontrast.arrays.cuda.tiles`) for arrays like `x`, or None."""
    fit = compat.is_cupy_array(x) and str(x.dtype) in ("float32", "float64")
    return tiles if fit and not is_generic() else None


def check_precision(precision: str, x: Array, dtype: Any) -> None:
    """Refuse a precision that products of arrays like `x`, computed in `dtype`, cannot have.

    Raises
    ------
    ValueError
        When the products would have another precision than the stated one.
    """
    if precision == "highest" or is_abstract(x):
        return
    if type(x) is np.ndarray and precision == "bf16":
        if missing := obstacle():
            raise ValueError(f'precision="bf16" in main memory needs {missing}')
    elif not compat.is_cupy_array(x):
        raise ValueError(
            f'precision="{precision}" needs arrays on a GPU and CuPy to compute with them, '
            "got arrays that CuPy does not compute"
        )
    if dtype != namespace(x).float32:
        raise ValueError(f'precision="{precision}" needs float32 or half precision, got {x.dtype}')


class Multiplier:
    """Products by the library of the arrays."""

    rounds = False
    """Whether operands have another dtype than their matrices."""
    fills = False
    """Whether products are written to a place that is given, outside of NumPy."""

    def operand(self, x: Array) -> Array:
        """A matrix in the form that products take."""
        return x

    def result_dtype(self, x: Array) -> Any:
        """Dtype of a product with this operand."""
        return x.dtype

    def product(self, x: Array, y: Array) -> Array:
        """Temporary with the product of two operands."""
        return product(x, y)

    def added(self, total: Array | None, x: Array, y: Array, place: Array | None = None) -> Array:
        """A product, written to `place` if given, or added to a total, which may be overwritten."""
        if total is not None:
            return add_(total, product(x, y))
        return matmul(x, y, place)


class Blas(Multiplier):
    """Products by cuBLAS.

    Parameters
    ----------
    precision : {"highest", "tf32", "bf16"}
    """

    fills = True

    def __init__(self, precision: str):
        self.precision, self.rounds = precision, precision == "bf16"

    def operand(self, x: Array) -> Array:
        """The same matrix, or the bits of its numbers as bfloat16."""
        return tiles.rounded(x) if self.rounds and str(x.dtype) == "float32" else x

    def result_dtype(self, x: Array) -> Any:
        """Dtype of a product with this operand."""
        return blas.result_dtype(x)

    def product(self, x: Array, y: Array) -> Array:
        """A new matrix, in float32 if operands were rounded."""
        out = blas.empty(x, y)
        blas.gemm(x, y, out, self.precision)
        return out

    def added(self, total: Array | None, x: Array, y: Array, place: Array | None = None) -> Array:
        """A new matrix, or the total to which cuBLAS has added the product."""
        out = total if total is not None else blas.empty(x, y) if place is None else place
        blas.gemm(x, y, out, self.precision, add=total is not None)
        return out


class OneDnn(Multiplier):
    """Products of NumPy's float32 matrices by oneDNN, which rounds the operands to bfloat16."""

    def __init__(self) -> None:
        self.rounding = rounding()
        self.torch = self.rounding.torch

    def product(self, x: Array, y: Array) -> Array:
        """Temporary with the product of two matrices."""
        shape = x.shape[0], y.shape[1]
        out = temporary(shape, x.dtype)
        return self._multiply(x, y, np.empty(shape, x.dtype) if out is None else out)

    def added(self, total: Array | None, x: Array, y: Array, place: Array | None = None) -> Array:
        """A product, written to `place` if given, or added to a total, which is overwritten."""
        if total is None:
            total = np.empty((x.shape[0], y.shape[1]), dtype=x.dtype) if place is None else place
            return self._multiply(x, y, total)
        with self.rounding():
            self._tensor(total).addmm_(self._tensor(x), self._tensor(y))
        return total

    def _multiply(self, x: Array, y: Array, out: Array) -> Array:
        def part(x: Array, y: Array, out: Array) -> None:
            with self.rounding():
                self.torch.mm(self._tensor(x), self._tensor(y), out=self._tensor(out))

        return in_parts(part, x, y, out)

    def _tensor(self, x: Array) -> Any:
        """The same memory as a tensor; torch warns of memory that cannot be written."""
        return self.torch.from_numpy(x if x.flags.writeable else x.copy())


def multiplier(x: Array, precision: str) -> Multiplier:
    """The multiplier of arrays like `x`."""
    if kernels(x) is not None:
        return Blas(precision)
    return OneDnn() if precision == "bf16" and type(x) is np.ndarray else Multiplier()
