"""What the package says of itself is true: version, extras, shipped files, the README's code."""

import csv
import importlib.metadata
import re
import shlex
import tomllib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

import polycontrast as pc

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")


def readme_code(heading):
    """The Python block below a heading of the README."""
    section = README.split(f"### {heading}\n", 1)[1].split("\n#", 1)[0]
    return re.search(r"```python\n(.*?)```", section, re.DOTALL).group(1)


def readme_commands():
    """The one-line commands of the README that start with a fresh environment."""
    return [line for line in README.splitlines() if line.startswith("python3 -m venv")]


def extras(command):
    """Extras that a shell line installs this project with."""
    found = [re.fullmatch(r"\.\[([\w,]+)\]", word) for word in shlex.split(command)]
    return [extra for match in found if match for extra in match.group(1).split(",")]


def run(code):
    scope = {"__name__": "readme"}
    exec(compile(code, "README.md", "exec"), scope)
    return scope


def test_version_has_one_source():
    assert re.fullmatch(r"\d+\.\d+\.\d+", pc.__version__)
    assert PROJECT["project"]["dynamic"] == ["version"]
    newest = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert newest.group(1) == pc.__version__


def test_installed_version_is_this_version():
    try:
        installed = importlib.metadata.version("polycontrast")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("runs from a checkout that is not installed")
    assert installed == pc.__version__


def test_data_comes_with_its_attribution():
    data = files("polycontrast") / "data"
    assert "CC BY 4.0" in (data / "README.md").read_text(encoding="utf-8")
    with (data / "uci_multifeature.npz").open("rb") as file, np.load(file) as arrays:
        rows = {name: arrays[name].shape[0] for name in arrays.files}
    assert set(rows.values()) == {2000}
    assert len(rows) == 7  # six views and the labels


def test_kernels_come_with_the_package():
    assert (files("polycontrast") / "arrays" / "cuda" / "kernels" / "patch.cu").is_file()


def test_the_package_is_typed():
    assert (files("polycontrast") / "py.typed").is_file()


def test_readme_has_two_commands_and_names_extras_that_exist():
    align, test = readme_commands()
    assert "polycontrast align" in align
    assert "-m pytest" in test
    known = PROJECT["project"]["optional-dependencies"]
    assert set(extras(align) + extras(test)) <= set(known)
    assert "test" in extras(test)


def test_ci_installs_the_torch_that_the_readme_installs():
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    pins = re.findall(r"torch==[\d.]+", README + ci)
    assert len(pins) >= 2
    assert len(set(pins)) == 1


def test_readme_shows_a_picture_that_is_there():
    for path in re.findall(r"!\[.*?\]\((.+?)\)", README):
        assert (ROOT / path).is_file(), path


def test_readme_names_pages_that_are_there():
    for page in re.findall(r"`(\w+\.md)`", README):
        assert (ROOT / "docs" / page).is_file(), page


def test_readme_numpy(capsys):
    scope = run(readme_code("NumPy"))
    assert scope["grads"].views.shape == scope["views"].shape
    assert capsys.readouterr().out.startswith(f"{float(scope['loss'])}")


def test_readme_torch():
    pytest.importorskip("torch")
    scope = run(readme_code("PyTorch"))
    assert scope["encoder"].weight.grad.abs().sum() > 0


def test_readme_jax():
    pytest.importorskip("jax")
    scope = run(readme_code("JAX"))
    assert scope["grads"].x.shape == scope["x"].shape


@pytest.mark.cupy(device="its batch takes the look-alike minutes")
def test_readme_cupy():
    pytest.importorskip("cupy")
    scope = run(readme_code("CuPy"))
    assert scope["grads"].x.shape == scope["x"].shape


def test_readme_own_objective(capsys):
    run(readme_code("Your own objective"))
    assert capsys.readouterr().out.startswith("gradient of half_distance: correct")


def results(name):
    with (ROOT / "benchmarks" / "results" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_readme_errors_are_those_that_were_measured():
    """The table has the columns of five cases of `benchmarks/errors.py`."""
    columns = ("0.1", "0.001", "zero row", "float16, 0.01", "bfloat16, 0.01")
    found = {
        (row["loss"], row["implementation"], row["case"]): row["error of the gradient"]
        for row in results("errors.csv")
    }
    rows = re.findall(r"^\| (\w+) \| ([^|]+) \| (\d.+\d) \|$", README, re.M)
    assert len(rows) == 8
    for loss, name, cells in rows:
        measured = [float(found[loss, name, column]) for column in columns]
        assert [float(cell) for cell in cells.split(" | ")] == measured


def test_readme_speed_and_memory_are_those_that_were_measured():
    found = {(row["rival"], row["B"]): row for row in results("frameworks.csv")}
    lightly, clip = "lightly NTXentLoss", "open_clip ClipLoss"
    seconds = [
        f"{float(found[name, '4096'][side]) / 1e3:.2g} s"
        for name in (lightly, clip)
        for side in ("ours ms", "rival ms")
    ]
    mebibytes = [
        f"{int(found[name, '16384'][side]):,} MiB"
        for name in (lightly, clip)
        for side in ("ours MiB", "rival MiB")
    ]
    text = README.split("**Speed.**")[1].split("**Machines.**")[0]
    assert re.findall(r"[\d.]+ s\b", text) == seconds
    assert re.findall(r"[\d,]+ MiB", text) == mebibytes


def test_readme_losses_exist():
    names = re.findall(r"`(\w+)`", README.split("## Which loss?")[1].split("There are many")[0])
    assert len(names) == 14
    assert set(names) <= set(pc.objectives())
