"""The rooms of `docs/design.md` and their imports, as the source has them.

Run from the root of the project after an import between rooms was added or removed:

    python docs/pictures/rooms.py
"""

import ast
import itertools
import math
import random
from pathlib import Path
from typing import Any

from digit_views import save
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

import polycontrast
from polycontrast.plot.style import ACCENT, INK, MUTED, NORMAL, SMALL

PACKAGE = Path(polycontrast.__file__).parent
COLUMNS = 6
WIDTH, HEIGHT = 0.86, 0.56  # of a box, in a grid of unit cells
Graph = dict[str, set[str]]
Point = tuple[str, str, int]
"""A room as ``(name, "", floor)``, or where the arrow of an import passes another floor."""


def rooms() -> tuple[dict[str, int], Graph]:
    """Number of files of each room, and the rooms that it imports."""
    files: dict[str, int] = {}
    imports: Graph = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        here = path.relative_to(PACKAGE).parts[0]
        files[here] = files.get(here, 0) + 1
        found = imports.setdefault(here, set())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {_room(alias.name, "") for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found |= {_room(node.module or "", alias.name) for alias in node.names}
    return files, {here: found - {here, ""} for here, found in imports.items()}


def _room(module: str, name: str) -> str:
    """Room that ``from module import name`` reaches; "" for another project."""
    project, *inner = [*module.split("."), name]
    if project != "polycontrast":
        return ""
    folder, file = PACKAGE / inner[0], PACKAGE / f"{inner[0]}.py"
    if inner[0] and folder.is_dir():
        return inner[0]
    return file.name if file.is_file() else "__init__.py"


def without_detours(imports: Graph) -> Graph:
    """The imports without those that a chain of others implies."""

    def below(room: str) -> set[str]:
        return imports[room].union(*map(below, imports[room]))

    return {room: ours - set().union(*map(below, ours)) for room, ours in imports.items()}


def floors(imports: Graph) -> dict[str, int]:
    """Floor of each room: above all that it imports, and right below its lowest importer."""

    def height(room: str) -> int:
        return 1 + max(map(height, imports[room]), default=-1)

    at = {room: height(room) for room in imports}
    for room in sorted(at, key=at.__getitem__, reverse=True):
        importers = [at[other] for other, ours in imports.items() if room in ours]
        at[room] = min(importers, default=at[room] + 1) - 1
    return at


def ways(imports: Graph, at: dict[str, int]) -> list[list[Point]]:
    """Points of each arrow, one a floor, from the importer down to the imported room."""
    return [
        [(a, "", at[a])]
        + [(a, b, floor) for floor in range(at[a] - 1, at[b], -1)]
        + [(b, "", at[b])]
        for a, ours in sorted(imports.items())
        for b in sorted(ours)
    ]


def places(arrows: list[list[Point]], points: set[Point]) -> dict[Point, int]:
    """Column of each point, for short arrows of which few cross.

    Two points trade columns again and again. What makes the sum worse is rarely kept, and ever more
    rarely (simulated annealing); a fixed seed gives one picture.
    """
    chance = random.Random(0)
    by_floor: dict[int, list[Point | None]] = {}
    for point in sorted(points):
        by_floor.setdefault(point[2], []).append(point)
    for row in by_floor.values():
        row += [None] * (COLUMNS - len(row))
    steps = [step for arrow in arrows for step in itertools.pairwise(arrow)]
    steps_from: dict[int, list[tuple[Point, Point]]] = {floor: [] for floor in by_floor}
    for upper, lower in steps:
        steps_from[upper[2]].append((upper, lower))

    def cost() -> float:
        column = {p: k for row in by_floor.values() for k, p in enumerate(row) if p is not None}
        total = sum(abs(column[a] - column[b]) ** 1.5 for a, b in steps)
        for floor in steps_from.values():
            for (a, b), (c, d) in itertools.combinations(floor, 2):
                total += 4 * ((column[a] - column[c]) * (column[b] - column[d]) < 0)
        return total

    now, rounds = cost(), 30_000
    for turn in range(rounds):
        row = by_floor[chance.choice(sorted(by_floor))]
        i, j = chance.sample(range(COLUMNS), 2)
        row[i], row[j] = row[j], row[i]
        new, warmth = cost(), 4 * (1 - turn / rounds) + 1e-3
        if new <= now or chance.random() < math.exp((now - new) / warmth):
            now = new
        else:
            row[i], row[j] = row[j], row[i]
    return {p: k for row in by_floor.values() for k, p in enumerate(row) if p is not None}


def draw(axes: Any) -> None:
    """Boxes with names and numbers of files, and arrows from importers to imported rooms."""
    files, imports = rooms()
    imports = without_detours(imports)
    at = floors(imports)
    arrows = ways(imports, at)
    points = {point for arrow in arrows for point in arrow} | {(r, "", f) for r, f in at.items()}
    column = places(arrows, points)
    for arrow in arrows:
        sides = [(column[p], p[2] + half) for p in arrow for half in (HEIGHT / 2, -HEIGHT / 2)]
        line = sides[1:-1]  # from the bottom of one box to the top of another
        axes.plot(*zip(*line[:-1], strict=True), color=MUTED, linewidth=1)
        look = {"arrowstyle": "->", "color": MUTED, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", line[-1], line[-2], arrowprops=look)
    for room, floor in at.items():
        x, y = column[room, "", floor], floor
        corner, style = (x - WIDTH / 2, y - HEIGHT / 2), "round,pad=0,rounding_size=0.06"
        axes.add_patch(FancyBboxPatch(corner, WIDTH, HEIGHT, style, fc="white", ec=ACCENT))
        count = f"{files[room]} files" if files[room] > 1 else "1 file"
        look = {"ha": "center", "va": "center", "color": INK}
        axes.text(x, y + 0.1, room, fontsize=NORMAL, **look)
        axes.text(x, y - 0.15, count, fontsize=SMALL, **(look | {"color": MUTED}))
    axes.set(xlim=(-0.5, COLUMNS - 0.5), ylim=(-0.4, max(at.values()) + 0.4))
    axes.set_axis_off()


def main() -> None:
    figure = Figure(figsize=(7.4, 7.6), layout="constrained")
    draw(figure.subplots())
    save(figure, "rooms.png")


if __name__ == "__main__":
    main()
