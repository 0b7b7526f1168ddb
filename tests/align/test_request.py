"""Files, identifiers, groups and labels together give rows whose views are one thing."""

import numpy as np
import pytest

from polycontrast.align.errors import BadInput
from polycontrast.align.job.request import Request, read_request

A = np.arange(8.0).reshape(4, 2) / 7
NAMES = ["w", "x", "y", "z"]


def csv(path, columns):
    lines = [
        ",".join(columns),
        *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True)),
    ]
    path.write_text("\n".join(lines) + "\n")
    return str(path)


@pytest.fixture
def files(tmp_path):
    """Two tables and an array of the same four things, each in an order of its own."""
    order = [2, 0, 3, 1]
    np.save(tmp_path / "c.npy", A[::-1])
    return {
        "a": csv(
            tmp_path / "a.csv",
            {"key": NAMES, "p": A[:, 0], "q": A[:, 1], "site": [1, 1, 2, 2], "kind": list("mnmn")},
        ),
        "b": csv(
            tmp_path / "b.csv",
            {"r": A[order, 0], "s": A[order, 1], "key": [NAMES[n] for n in order]},
        ),
        "c": str(tmp_path / "c.npy"),
        "ids": csv(tmp_path / "ids.csv", {"key": NAMES[::-1]}),
        "labels": csv(tmp_path / "labels.csv", {"kind": list("nnmm"), "key": list("zxyw")}),
        "folder": tmp_path,
    }


def test_rows_are_matched_across_files(files):
    given = read_request(
        Request(
            [files["a"], files["b"], files["c"]],
            id="key",
            ids=(("c", files["ids"]),),
            groups="site",
            label_column="kind",
        )
    )
    assert given.matched.ids.tolist() == NAMES
    for view in given.views.values():
        np.testing.assert_array_equal(view, A)
    assert given.labels.tolist() == list("mnmn")
    assert given.samples.groups.tolist() == [0, 0, 1, 1]
    assert given.columns == {"a": ["p", "q"], "b": ["r", "s"]}


def test_labels_and_groups_from_files_by_id(files):
    request = Request([files["a"], files["b"]], id="key", columns=(("a", "p"), ("a", "q")))
    labelled = read_request(Request(**vars(request) | {"labels": files["labels"]}))
    assert labelled.labels.tolist() == list("mnmn")
    grouped = read_request(Request(**vars(request) | {"groups": files["labels"]}))
    assert grouped.samples.groups.tolist() == [0, 1, 0, 1]


def test_groups_and_labels_by_row_without_ids(files):
    plain = [files["c"], files["c"]]
    given = read_request(Request(plain, groups=files["ids"], labels=files["ids"]))
    assert given.samples.groups.tolist() == [3, 2, 1, 0]
    assert given.labels.tolist() == NAMES[::-1]
    assert given.matched is None


def test_missing_views_and_many_rows(files):
    lacking = csv(files["folder"] / "d.csv", {"key": ["z", "x"], "v": [3.0, 1.0]})
    given = read_request(
        Request([files["a"], files["b"], lacking], id="key", columns=(("a", "p"), ("a", "q")))
    )
    assert given.samples.mask.tolist() == [[True] * 4, [True] * 4, [False, True, False, True]]
    assert given.views["d"][[1, 3], 0].tolist() == [1, 3]
    many = csv(files["folder"] / "m.csv", {"key": ["x", "z", "x"], "v": [1.0, 3.0, 2.0]})
    given = read_request(Request([files["b"], many], id="key", many=True))
    assert given.matched.ids.tolist() == ["z", "x", "x"]
    assert given.views["m"][:, 0].tolist() == [3, 1, 2]
    assert given.samples.ids.tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (dict(files="ab", id="nope"), r"a\.csv: no column 'nope'; it has key, p, q"),
        (dict(files="bc", id="key"), "c: has no column of ids; --ids c=FILE names a file"),
        (
            dict(files="bc", ids="z", columns="rs"),
            "--ids z: no view has this name; the views are b, c",
        ),
        (dict(files="", id="key"), "options for rows and columns need files of views"),
        (dict(files="cc", ids="cc"), "--ids c: this view is given ids twice"),
        (
            dict(files="cb", columns="rs", view=None),
            r"c\.npy: has no names of columns, so --columns",
        ),
        (dict(files="bc", many=True), "--many needs --id or --ids"),
        (dict(files="bc", labels="ids", label_column="s"), "both name labels; give one"),
        (dict(files="ba", groups="nope", columns="pqrs"), "the views: no column 'nope'; it has r"),
        (
            dict(files="ba", label_column="kin", columns="pqrs"),
            "the views: no column 'kin'; it has",
        ),
        (dict(files="cc", groups="labels"), r"labels\.csv: groups must be one column; got 'kind'"),
        (dict(files="cb", ids="c", labels="labels", columns="rs"), "b: has no column of ids"),
        (dict(files="cc", ids="c2", labels="labels"), "so labels need the name of their column"),
        (dict(files="ab", id="key", labels="ids", columns="pq"), "must have one column beside the"),
        (
            dict(files="ab", id="key", labels="few", columns="pq"),
            r"few\.csv: no labels for ids w",
        ),
        (dict(files="ab", id="key", groups="twice", columns="pq"), "id 'x' has both '1' and '2'"),
        (
            dict(files="ag", id="key", groups="site", columns="pq"),
            "column 'site': id 'w' has '7'",
        ),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(files, more, message):
    folder = files["folder"]
    csv(folder / "few.csv", {"key": ["x", "z"], "y": ["m", "n"]})
    csv(folder / "twice.csv", {"key": ["x", "x", "w", "y", "z"], "y": [1, 2, 1, 1, 1]})
    csv(folder / "g.csv", {"key": NAMES, "v": A[:, 0], "site": [7, 7, 7, 7]})
    more = dict(more, files=[files.get(name, f"{folder}/{name}.csv") for name in more["files"]])
    if "ids" in more:
        wanted = {"z": ("z",), "c": ("c",), "c2": ("c", "c_2"), "cc": ("c", "c")}[more["ids"]]
        more["ids"] = tuple((view, files["ids"]) for view in wanted)
    if "columns" in more:
        views = [None if "view" in more else "a" if n in "pq" else "b" for n in more["columns"]]
        more["columns"] = tuple(zip(views, more["columns"], strict=True))
        more.pop("view", None)
    for name in ("labels", "groups"):
        if more.get(name) in ("ids", "labels", "few", "twice"):
            more[name] = files.get(more[name], f"{folder}/{more[name]}.csv")
    with pytest.raises(BadInput, match=message) as error:
        read_request(Request(**more))
    assert "\n" not in str(error.value)
