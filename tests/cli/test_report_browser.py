"""Pages of results in a browser: whole, with nothing from outside, as wide as a phone or a desk."""

import html
import json
import re
import shutil
import subprocess

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from polycontrast.align import Aligner, nearest
from polycontrast.align.items import Items
from polycontrast.align.items.neighbours import Neighbours
from polycontrast.align.items.page import to_html as search_html
from polycontrast.align.job import Task, check_task, run
from polycontrast.align.job.results import write_results
from polycontrast.align.samples import Samples, match
from polycontrast.align.space import Space, measure_spaces
from polycontrast.align.space.page import to_html as evaluate_html
from polycontrast.align.space.pictures import page_pictures
from polycontrast.align.space.report import lines_of

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--enable-logging=stderr",
)
NAMES = ["<b>one</b>", "$x_1$ ${two}", "שלום"]
PHONE, DESK = 390, 1280

pytestmark = pytest.mark.skipif(
    BROWSER is None, reason=f"no browser is installed; one of {', '.join(BROWSERS)} is needed"
)

# Runs in a page that holds the report in a frame as wide as a phone or a desk, and clicks in it.
PROBE = """
const frame = document.querySelector("iframe");
const found = { errors: [] };
frame.addEventListener("load", () => {
  const inside = frame.contentWindow, page = frame.contentDocument;
  inside.addEventListener("error", (event) => found.errors.push(String(event.message)));
  const all = [...page.querySelectorAll("body *")];
  found.wide = page.documentElement.scrollWidth;
  found.window = inside.innerWidth;
  found.requests = inside.performance.getEntriesByType("resource").map((one) => one.name);
  found.text = page.body.innerText;
  found.pictures = [...page.querySelectorAll("svg")]
    .map((svg) => svg.getBoundingClientRect().width);
  const styles = all.map((one) => one.getAttribute("style") || "").join(" ");
  found.unset = (styles.match(/--[\\w-]+/g) || [])
    .filter((name) => name !== "--wide" && !inside.getComputedStyle(page.documentElement)
      .getPropertyValue(name));
  const table = page.querySelectorAll("table.sorted")[0];
  const column = () => [...table.tBodies[0].rows]
    .map((row) => parseFloat(row.cells[1].textContent) || 0);
  table.tHead.rows[0].cells[1].querySelector("button").click();
  found.up = column();
  table.tHead.rows[0].cells[1].querySelector("button").click();
  found.down = column();
  const names = page.querySelectorAll("table.sorted bdi");
  found.names = [...new Set([...names].map((one) => one.textContent))];
  found.command = page.getElementById("command").textContent;
  const copy = page.querySelector("[data-copies]");
  copy.click();
  setTimeout(() => {
    found.copied = copy.textContent;
    const result = document.createElement("pre");
    result.id = "found";
    result.textContent = JSON.stringify(found);
    document.body.replaceChildren(result);
  }, 300);
});
frame.srcdoc = document.getElementById("page").textContent;
"""


PAGES = ("align", "evaluate", "search")
COMMAND = "polycontrast {} 'a b.npy' <x> \"$c\" --out o"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The page of each command, on views with hostile names, and ids that are no plain words."""
    rng = np.random.default_rng(0)
    thing = rng.standard_normal((120, 4))
    views = {n: thing @ rng.standard_normal((4, 6)) + rng.standard_normal((120, 6)) for n in NAMES}
    ids = np.array([f"<i>{n}</i> $y$ مرحبا" for n in range(120)], dtype=object)
    samples = match(dict.fromkeys(NAMES, ids))
    labels = np.arange(120) % 3
    outcome = run(
        check_task(Task(views, labels=labels, matched=samples)),
        Aligner(n_components=4, max_iter=3),
    )
    folder = tmp_path_factory.mktemp("pages")
    write_results(folder, outcome, {"command": COMMAND.format("align")})
    (folder / "report.html").rename(folder / "align.html")

    rows, cosines = nearest(views[NAMES[0]], views[NAMES[1]], 3)
    sides = [Items(name, views[name], ids) for name in NAMES[:2]]
    found = search_html(Neighbours(*sides, rows, cosines), COMMAND.format("search"))
    (folder / "search.html").write_text(found, encoding="utf-8")

    spaces = []
    for name, noise in (("<u>first</u>", 0.1), ("مرحبا", 1.0)):
        noisy = {n: x + noise * rng.standard_normal(x.shape) for n, x in views.items()}
        there = np.ones((len(NAMES), 120), dtype=bool)
        spaces.append(Space(name, noisy, there, Samples.of(120, len(NAMES)), labels))
    measured = measure_spaces(spaces, 0)
    found = evaluate_html(
        measured, lines_of(measured), page_pictures(measured), COMMAND.format("evaluate")
    )
    (folder / "evaluate.html").write_text(found, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in PAGES}


def browse(tmp_path, page, *options):
    """Standard output of a browser that opened a page; its console must be empty."""
    profile = tmp_path / "profile"
    done = subprocess.run(
        [BROWSER, *OPTIONS, f"--user-data-dir={profile}", *options, page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    said = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    assert not said, said
    return done.stdout


def probe(tmp_path, report, width):
    """What the probe finds in a page in a frame of a width."""
    outer = tmp_path / "outer.html"
    outer.write_text(
        f'<!doctype html><meta charset="utf-8"><iframe style="width: {width}px; height: 800px; '
        f'border: 0"></iframe><textarea id="page" hidden>'
        f"{html.escape(report.read_text(encoding='utf-8'))}</textarea><script>{PROBE}</script>",
        encoding="utf-8",
    )
    dom = browse(tmp_path, outer, "--virtual-time-budget=5000", "--dump-dom")
    return json.loads(html.unescape(re.search(r'<pre id="found">(.*?)</pre>', dom, re.DOTALL)[1]))


@pytest.mark.parametrize(
    ("name", "width"),
    [("align", PHONE), ("align", DESK), ("evaluate", PHONE), ("search", PHONE)],
    ids=["align-phone", "align-desk", "evaluate-phone", "search-phone"],
)
def test_the_page_works_at_both_widths(name, pages, tmp_path, width):
    """No error, no request, nothing wider than the page; tables sort; the command is copied."""
    found = probe(tmp_path, pages[name], width)
    assert found["errors"] == found["requests"] == found["unset"] == []
    assert found["window"] == width
    assert found["wide"] <= width
    assert len(found["pictures"]) == {"align": 9, "evaluate": 4, "search": 0}[name]
    assert min(found["pictures"], default=300) > 200
    assert found["up"] == sorted(found["up"])
    assert found["down"] == sorted(found["down"], reverse=True)
    assert found["up"] != found["down"]
    assert found["command"] == COMMAND.format(name)
    assert found["copied"] == "Copied"
    assert set(found["names"]) >= set(NAMES if name != "search" else ())
    if name != "evaluate":
        marked = [one for one in found["names"] if one.startswith("<i>")]
        assert any(one.endswith("$y$ مرحبا") for one in marked)
    else:
        assert "<u>first</u>" in found["text"]


@pytest.mark.parametrize(
    ("name", "scheme", "dark"),
    [("align", 1, False), ("align", 0, True), ("evaluate", 0, True)],
    ids=["align-light", "align-dark", "evaluate-dark"],
)
def test_the_page_follows_light_and_dark(name, pages, tmp_path, scheme, dark):
    """The ground is light or dark; much else is drawn on it, of a brightness far from it."""
    from matplotlib.image import imread

    shot = tmp_path / "page.png"
    browse(
        tmp_path,
        pages[name],
        f"--blink-settings=preferredColorScheme={scheme}",
        "--window-size=1000,2400",
        f"--screenshot={shot}",
    )
    bright = imread(shot)[..., :3].mean(axis=2)
    assert (np.median(bright) < 0.2) == dark
    for band in np.array_split(bright, 4):
        assert np.mean(np.abs(band - np.median(bright)) > 0.4) > 0.005


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_small_and_stands_alone(name, pages):
    text = pages[name].read_text(encoding="utf-8")
    assert len(text.encode()) < 3_000_000
    assert not re.findall(r'(?:src|href)="(?!#|data:)', text)
    assert "default-src 'none'" in text
