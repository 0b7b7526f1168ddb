"""Progress of every phase on the terminal."""

import threading
import time
from contextlib import suppress
from importlib.util import find_spec
from typing import Any, Self

from polycontrast.align.training.tracking import ROWS, Progress

TICK = 1.0  # seconds between two looks at the clock, and two lines of a file
BLINK = 0.1  # seconds between two states on a terminal


def bar_for(quiet: bool) -> "Bar | Silence":
    """A bar for a command, or silence where it is asked for or tqdm is missing."""
    return Silence() if quiet or find_spec("tqdm") is None else Bar()


class Silence:
    """A bar that shows nothing."""

    def __enter__(self) -> Self:
        """Start nothing."""
        return self

    def __exit__(self, *error: object) -> None:
        """End nothing."""

    def watch(self, phase: str, done: int, total: int) -> None:
        """Ignore the progress of a phase."""

    def __call__(self, progress: Progress) -> None:
        """Ignore an iteration of training."""


class Bar:
    """One bar a phase, with the time that passed and an estimate of what is left.

    It is the callback of `Aligner.fit` while heads are trained, and `watch` in the other phases.
    Training ends when recall stops rising: its bar ends at the iteration at which training would
    stop if recall never rose again, and grows each time recall does rise. A thread moves the clock
    on a terminal while a step takes long.
    """

    def __init__(self) -> None:
        self._bar: Any = None
        self._phase, self._text, self._done, self._total = "", "", 0, 0
        self._began = self._drawn = 0.0
        self._rows: tuple[int, int] | None = None
        self._pause = TICK
        self._lock = threading.Lock()
        self._over = threading.Event()

    def __enter__(self) -> Self:
        """Start the clock."""
        import sys

        with suppress(OSError, ValueError, AttributeError):
            if sys.stderr.isatty():
                self._pause = BLINK
                threading.Thread(target=self._tick, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        """Leave the last state on the screen."""
        self._over.set()
        with self._lock:
            self._close()

    def watch(self, phase: str, done: int, total: int) -> None:
        """Show a phase with a known number of steps; one that is over at once is not shown.

        The rows of training in batches belong to the bar of training.
        """
        if phase == ROWS:
            return self._count(done, total)
        self._show(phase, done, total, "", "")

    def __call__(self, progress: Progress) -> None:
        """Show one iteration of training."""
        text = f"loss {progress.loss:.4f}"
        if progress.recall is not None:
            text += f", recall@1 {progress.recall:.3f} (best {progress.best_recall:.3f})"
        done, total = progress.iteration, progress.expected_last
        self._show("training", done, total, f" {progress.unit}s", text)

    def _show(self, phase: str, done: int, total: int, unit: str, text: str) -> None:
        """Draw the state; the work goes on where the terminal has gone."""
        with self._lock, suppress(OSError):
            if phase != self._phase:
                self._close()
                self._phase, self._began = phase, time.monotonic()
                self._bar = self._open(phase, unit)
                self._drawn, self._rows = 0.0 if unit else self._began, None
            self._text, self._done, self._total = text, done, total
            if time.monotonic() - self._drawn >= self._pause:
                self._draw()

    def _count(self, done: int, total: int) -> None:
        """Show how far the rows of all epochs are, and how many there are in a second."""
        with self._lock, suppress(OSError):
            self._rows = done, total
            if self._bar is not None and time.monotonic() - self._drawn >= self._pause:
                self._draw()

    def _open(self, phase: str, unit: str) -> Any:
        from tqdm import tqdm

        return tqdm(
            desc=phase,
            total=1,
            bar_format="{desc} {bar} {n}/{total}" + unit + "{postfix}",
            dynamic_ncols=True,
            delay=1e9,  # drawn below, when its numbers are known
        )

    def _draw(self, over: bool = False) -> None:
        bar, passed = self._bar, time.monotonic() - self._began
        done: float = self._done
        total = self._total
        clock = f" {_clock(passed)}"
        if self._rows is not None:
            clock = f" {self._rows[0] / max(passed, 1e-3):,.0f} rows/s, {_clock(passed)}"
            if not over:  # between two epochs, on the way to the next
                done = round(total * self._rows[0] / max(self._rows[1], 1), 2)
        bar.total, bar.n = max(total, done, 1), done
        if not over and 0 < done < total:
            left = passed * (total - done) / done
            clock += f", about {_clock(max(left, 1.0))} left"
        bar.set_postfix_str(f"{self._text} {clock}".strip(), refresh=False)
        bar.refresh()
        self._drawn = time.monotonic()

    def _close(self) -> None:
        if self._bar is None:
            return
        with suppress(OSError):
            if self._drawn != self._began:
                self._draw(over=True)
                self._bar.delay = 0
            self._bar.close()
        self._bar = None

    def _tick(self) -> None:
        while not self._over.wait(TICK):
            with self._lock, suppress(OSError):
                if self._bar is not None:
                    self._draw()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
