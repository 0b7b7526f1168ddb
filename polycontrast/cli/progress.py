"""Progress of training on the terminal."""

from contextlib import suppress
from typing import Any, Self

from polycontrast.align.tracking import Progress


class Bar:
    """A bar with loss, recall and time left, as callback of `Aligner.fit`.

    Training ends when recall stops rising. The bar ends at the iteration at which training would
    stop if recall never rose again; it grows each time recall does rise.
    """

    def __init__(self) -> None:
        self._bar: Any = None

    def __enter__(self) -> Self:
        """Start."""
        return self

    def __exit__(self, *error: object) -> None:
        """Leave the last state on the screen."""
        if self._bar is not None:
            with suppress(OSError):
                self._bar.close()

    def _start(self, unit: str) -> Any:
        from tqdm import tqdm

        return tqdm(
            desc="aligning",
            unit=unit,
            bar_format="{desc} {bar} {n}/{total} {unit}s{postfix}  {elapsed}, {remaining} left",
            dynamic_ncols=True,
        )

    def __call__(self, progress: Progress) -> None:
        """Show one iteration; the first one makes the bar, after all checks.

        Training goes on where the terminal has gone.
        """
        with suppress(OSError):
            self._show(progress)

    def _show(self, progress: Progress) -> None:
        if self._bar is None:
            self._bar = self._start(progress.unit)
        text = f"loss {progress.loss:.4f}"
        if progress.recall is not None:
            text += f", recall@1 {progress.recall:.3f} (best {progress.best_recall:.3f})"
        self._bar.total = progress.expected_last
        self._bar.set_postfix_str(text, refresh=False)
        self._bar.n = progress.iteration
        self._bar.refresh()
