"""Every picture shows names and labels as they are written, whatever is in them."""

import inspect
from itertools import chain
from xml.etree import ElementTree

import numpy as np
import pytest

pytest.importorskip("matplotlib")

import matplotlib
from matplotlib.text import Text

from polycontrast import plot
from polycontrast.bench.picture import draw as bench_picture
from polycontrast.plot.style import png

# What is given, and what is to be read; pictures cut view names at 18 letters, labels at 12.
WORDS = {
    "$a$ $": "$a$ $",
    r"$\frac{1}$": r"$\frac{1}$",
    "$x_{$": "$x_{$",
    r"\$5 \alpha": r"\$5 \alpha",
    "_a_b^2": "_a_b^2",
    "<b>&amp;'\"": "<b>&amp;'\"",
    "a\nb\r\t": r"a\nb\r\t",
    "\x1b[2J": r"\x1b[2J",
    "caf\udce9": r"caf\udce9",
    "שלום": "שלום",
    "مرحبا": "مرحبا",
    "😀👩‍💻": "😀👩‍💻",
    "图像": "图像",
    "n" * 10_000: "n" * 11 + "…",
    "": "",
    "%d {0} {x}": "%d {0} {x}",
}
TEXT = "{http://www.w3.org/2000/svg}text"
PICTURES = [getattr(plot, name) for name in plot.__all__ if inspect.isfunction(getattr(plot, name))]


@pytest.fixture
def drawn(monkeypatch):
    """Texts that are drawn; one that matplotlib may take for mathematics fails the test."""
    texts = set()
    real = Text.draw

    def spy(self, renderer):
        assert not self.get_parse_math()
        assert not self.get_usetex()
        texts.add(self.get_text())
        real(self, renderer)

    monkeypatch.setattr(Text, "draw", spy)
    return texts


def scene(names, labels, objective="poly_view"):
    rng = np.random.default_rng(0)
    views = len(names)
    aligned = rng.standard_normal((views, len(labels), 3))
    return plot.Scene(
        names=names,
        recalls_of=[
            ("Before", "raw columns", np.eye(views)),
            ("After", f"heads learned with {objective}", np.eye(views)),
        ],
        worse=np.zeros((views, views), dtype=bool),
        losses=[2.0, 1.0],
        recalls=[0.1, 0.2],
        best=1,
        unit="iteration",
        aligned=aligned / np.linalg.norm(aligned, axis=2, keepdims=True),
        labels=labels,
    )


@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.__name__)
def test_names_of_views_labels_and_objectives(picture, half, drawn):
    """No picture fails or warns, no text becomes a formula, and the words are read as given."""
    words = list(WORDS)[half::2]
    labels = np.array(words * 2, dtype=object)
    objective = " ".join(words)
    made = picture(scene(words, labels, objective))
    if picture is plot.page_pictures:
        texts = {
            text.text
            for svg in chain(*made.values())
            for text in ElementTree.fromstring(svg).iter(TEXT)
        }
        assert texts >= {WORDS[word] for word in words if len(word) < 100} - {""}
    else:
        assert made.startswith(b"\x89PNG")
    if picture is not plot.curves_picture:
        shown = {WORDS[word] for word in words if len(word) < 100}
        assert drawn >= shown - {""}
        assert max(map(len, drawn)) < 150


@pytest.mark.parametrize(
    ("labels", "read"),
    [
        (np.array([b"caf\xc3\xa9", b"tea"] * 4), {"café", "tea"}),
        (np.array(["$1_000$", "$2^3$"] * 4), {"$1_000$", "$2^3$"}),
        (np.array([True, False] * 4), {"True", "False"}),
        (np.array([1e300, -0.0] * 4), {"10000000000…", "0"}),
        (np.array([2**64 - 1, 0] * 4, dtype=np.uint64), {"18446744073…", "0"}),
    ],
    ids=["bytes", "dollars", "bool", "huge", "uint64"],
)
def test_labels_of_every_kind(labels, read, drawn):
    plot.projection_picture(scene(["one", "two"], labels))
    assert drawn >= read


def test_the_picture_of_the_benchmark(drawn):
    words = [word for word in WORDS if len(word) < 100]
    rows = [["info_nce", "numpy", word, "256", "8", "1.0", "2.0", "2.00", "", ""] for word in words]
    assert bench_picture(rows, "$a$ $").startswith(b"\x89PNG")
    assert drawn >= {f"info_nce, numpy, B = 256: {WORDS[word]}" for word in words}


def test_a_new_picture_cannot_forget_it(drawn):
    """Whatever draws, and whatever the user's settings of matplotlib are."""

    def draw(figure):
        axes = figure.subplots()
        axes.set_title("$t$")
        axes.set_xticks([0, 1], ["$a$", "$b$"])
        axes.plot([0, 1e9], label="$c$")
        axes.legend(title="$d$")
        axes.annotate("$e$", (0, 0))

    with matplotlib.rc_context({"text.usetex": True, "axes.formatter.use_mathtext": True}):
        png(draw, 3, 3)
    assert drawn >= {"$t$", "$a$", "$b$", "$c$", "$d$", "$e$"}


def test_every_figure_is_made_in_one_place():
    """One file of the package makes and saves figures."""
    from pathlib import Path

    import polycontrast

    package = Path(polycontrast.__file__).parent
    makers = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if any(
            word in path.read_text(encoding="utf-8") for word in ("savefig", "pyplot", "Figure(")
        )
    }
    assert makers == {"plot/style.py"}
