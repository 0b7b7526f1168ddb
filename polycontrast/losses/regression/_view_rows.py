"""All views of a batch as rows, with those of all ranks."""

from polycontrast.arrays import Array, device, namespace
from polycontrast.context import whole_batch
from polycontrast.similarity import numbers_of_samples


class ViewRows:
    """Rows (B, D), or views (M, B, D) as B M rows, those of a sample one after another.

    So rows of ranks follow one another.

    Parameters
    ----------
    z : array (B, D) or (M, B, D)
    """

    def __init__(self, z: Array):
        self._xp, self._batch, self._stacked = namespace(z), whole_batch(), z.ndim == 3
        self._views = z.shape[0] if self._stacked else 1
        self._samples, self._width = z.shape[-2:]

    def of(self, z: Array) -> Array:
        """The rows of z."""
        if not self._stacked:
            return z
        shape = self._samples * self._views, self._width
        return self._xp.reshape(self._xp.permute_dims(z, (1, 0, 2)), shape)

    def back(self, rows: Array) -> Array:
        """Rows in the form of z."""
        if not self._stacked:
            return rows
        shape = self._samples, self._views, self._width
        return self._xp.permute_dims(self._xp.reshape(rows, shape), (1, 0, 2))

    def repeated(self, t: Array) -> Array:
        """Numbers of samples, as those of their rows."""
        count = t.shape[0]
        t = self._xp.broadcast_to(t[:, None], (count, self._views))
        return self._xp.reshape(t, (count * self._views,))

    def of_pairs(self, t: Array) -> Array:
        """An array (M, B, M, B), or (B, B), of pairs of rows."""
        if not self._stacked:
            return t
        count = self._samples * self._views
        return self._xp.reshape(self._xp.permute_dims(t, (1, 0, 3, 2)), (count, count))

    def gathered(self, rows: Array, t: Array) -> tuple[Array, Array]:
        """Rows, and numbers of the rows, of the samples of all ranks."""
        merged = self._xp.reshape(rows, (self._samples, self._views * self._width))
        rows, t = self._batch.gathered([merged, t])
        shape = t.shape[0] * self._views, self._width
        return self._xp.reshape(rows, shape), self.repeated(t)

    def returned(self, rows: Array) -> Array:
        """Gradients of the rows of all ranks: those of the own rows, summed over the ranks."""
        count = rows.shape[0] // self._views
        merged = self._xp.reshape(rows, (count, self._views * self._width))
        merged = self._batch.returned(merged)
        return self._xp.reshape(merged, (self._samples * self._views, self._width))

    def numbers(self, t: Array) -> tuple[Array, Array]:
        """Numbers in the whole batch of the own rows, and of all rows; t has one entry a sample."""
        xp, views = self._xp, self._views

        def of_rows(n: Array) -> Array:
            view = xp.arange(views, dtype=n.dtype, device=device(n))
            return xp.reshape(n[:, None] * views + view[None, :], (n.shape[0] * views,))

        own, every = numbers_of_samples(t)
        return of_rows(own), of_rows(every)

    def losses(self, t: Array) -> Array:
        """Losses of the rows, those of the first view first."""
        t = self._xp.reshape(t, (self._samples, self._views))
        return self._xp.reshape(self._xp.matrix_transpose(t), (self._samples * self._views,))

    def losses_back(self, g: Array) -> Array:
        """Pullback of `losses`."""
        g = self._xp.reshape(g, (self._views, self._samples))
        return self._xp.reshape(self._xp.matrix_transpose(g), (self._samples * self._views,))
