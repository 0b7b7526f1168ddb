"""A short comparison on one screen: one line for each rival, one column for each size."""

from collections.abc import Iterator, Sequence

from polycontrast.bench.comparison import compare
from polycontrast.bench.rivals import FORMULAS, Rival

OBJECTIVES = tuple(FORMULAS)  # those that have a plain formula in each library
SIZES, DEPTH = (256, 1024, 4096), 128
RUNS, SECONDS = 3, 0.5  # of each call; after that time no other run starts


def quick_lines(
    rivals: Sequence[Rival], sizes: Sequence[int], depth: int, runs: int
) -> Iterator[str]:
    """Lines of the comparison, each as soon as it is measured.

    Rivals of one objective and one library follow a line with our times there. A rival that
    `torch.compile` makes is left out: compiling takes longer than all of the rest.

    Parameters
    ----------
    rivals : sequence of Rival
    sizes : sequence of int
        Numbers of rows.
    depth : int
    runs : int
        Most runs of each call.
    """
    yield _line(f"D = {depth}", [f"B = {size}" for size in sizes])
    libraries = list(dict.fromkeys(rival.backend for rival in rivals))
    chosen = [rival for rival in rivals if "torch.compile" not in rival.name]
    previous = None
    for rival in sorted(chosen, key=lambda r: (r.objective, libraries.index(r.backend))):
        ours, theirs = [], []
        for size in sizes:
            mine, ratio = "", "too large"
            if size <= (rival.most_rows or size):
                try:
                    row = compare(rival, size, depth, runs, memory=False, seconds=SECONDS)
                    mine, ratio = f"{_short(row[5])} ms", f"{_short(row[7])} x"
                except ArithmeticError:  # a version of the package that computes something else
                    ratio = "differs"
            ours.append(mine)
            theirs.append(ratio)
        group = (rival.objective, rival.backend)
        if group != previous:
            yield _line(f"{rival.objective}, {rival.backend}: ours", ours)
            previous = group
        yield _line(f"    {rival.name}", theirs)


def _line(name: str, cells: Sequence[str]) -> str:
    return f"{name:<40}" + "".join(f"{cell:>12}" for cell in cells)


def _short(number: str) -> str:
    """Three digits, without an exponent where there are more."""
    return f"{float(number):.3g}" if float(number) < 100 else f"{float(number):.0f}"
