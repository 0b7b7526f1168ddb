"""The report in a browser: it is whole, asks for nothing from outside, and fits a phone."""

import html
import json
import re
import shutil
import subprocess

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from polycontrast.align import Aligner
from polycontrast.align.job import Task, check_task, run
from polycontrast.align.job.results import write_results
from polycontrast.align.samples import match

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
PHONE = 390

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
  found.unset = all.map((one) => one.getAttribute("style") || "").join(" ").match(/--[\\w-]+/g)
    .filter((name) => name !== "--wide" && !inside.getComputedStyle(page.documentElement)
      .getPropertyValue(name));
  const table = page.querySelectorAll("table.sorted")[0];
  const column = () => [...table.tBodies[0].rows]
    .map((row) => parseFloat(row.cells[1].textContent));
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


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A run on views with hostile names, and ids that are no plain words."""
    rng = np.random.default_rng(0)
    thing = rng.standard_normal((120, 4))
    views = {n: thing @ rng.standard_normal((4, 6)) + rng.standard_normal((120, 6)) for n in NAMES}
    ids = np.array([f"<i>{n}</i> $y$ مرحبا" for n in range(120)], dtype=object)
    task = Task(views, labels=np.arange(120) % 3, matched=match(dict.fromkeys(NAMES, ids)))
    outcome = run(check_task(task), Aligner(n_components=4, max_iter=3))
    folder = tmp_path_factory.mktemp("report")
    write_results(folder, outcome, {"command": "polycontrast align 'a b.npy' <x> \"$c\" --out o"})
    return folder / "report.html"


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
    """What the probe finds in the report in a frame of a width."""
    outer = tmp_path / "outer.html"
    outer.write_text(
        f'<!doctype html><meta charset="utf-8"><iframe style="width: {width}px; height: 800px; '
        f'border: 0"></iframe><textarea id="page" hidden>'
        f"{html.escape(report.read_text(encoding='utf-8'))}</textarea><script>{PROBE}</script>",
        encoding="utf-8",
    )
    dom = browse(tmp_path, outer, "--virtual-time-budget=5000", "--dump-dom")
    return json.loads(html.unescape(re.search(r'<pre id="found">(.*?)</pre>', dom, re.DOTALL)[1]))


@pytest.mark.parametrize("width", [PHONE, 1280], ids=["phone", "desk"])
def test_the_page_works_at_both_widths(report, tmp_path, width):
    """No error, no request, nothing wider than the page; tables sort; the command is copied."""
    found = probe(tmp_path, report, width)
    assert found["errors"] == found["requests"] == found["unset"] == []
    assert found["window"] == width
    assert found["wide"] <= width
    assert len(found["pictures"]) >= 8
    assert min(found["pictures"]) > 200
    assert found["up"] == sorted(found["up"])
    assert found["down"] == sorted(found["down"], reverse=True)
    assert found["up"] != found["down"]
    assert found["command"] == "polycontrast align 'a b.npy' <x> \"$c\" --out o"
    assert found["copied"] == "Copied"
    assert set(found["names"]) >= set(NAMES)
    assert any(name.startswith("<i>") and name.endswith("$y$ مرحبا") for name in found["names"])


@pytest.mark.parametrize(("scheme", "dark"), [(1, False), (0, True)], ids=["light", "dark"])
def test_the_page_follows_light_and_dark(report, tmp_path, scheme, dark):
    """The ground is light or dark; much else is drawn on it, of a brightness far from it."""
    from matplotlib.image import imread

    shot = tmp_path / "page.png"
    browse(
        tmp_path,
        report,
        f"--blink-settings=preferredColorScheme={scheme}",
        "--window-size=1000,3000",
        f"--screenshot={shot}",
    )
    bright = imread(shot)[..., :3].mean(axis=2)
    assert (np.median(bright) < 0.2) == dark
    for band in np.array_split(bright, 4):
        assert np.mean(np.abs(band - np.median(bright)) > 0.4) > 0.005


def test_the_page_is_small_and_stands_alone(report):
    text = report.read_text(encoding="utf-8")
    assert len(text.encode()) < 3_000_000
    assert not re.findall(r'(?:src|href)="(?!#|data:)', text)
    assert "default-src 'none'" in text
