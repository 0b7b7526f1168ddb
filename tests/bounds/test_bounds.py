"""What the specification says of the bounds on mutual information."""

import math

import numpy as np
import pytest
from battery.cases import assert_close

import polycontrast as pc
from polycontrast.distributed import LocalGroup

BOUNDS = ["club", "dv", "flo", "info_nce", "jsd", "nwj", "smile", "tuba"]
B = 9


@pytest.fixture
def scores():
    return 2 * np.random.default_rng(0).normal(size=(B, B))


def others(s):
    return s[~np.eye(len(s), dtype=bool)]


def bound(name, *given, **options):
    return getattr(pc, f"{name}_bound").value_and_grad(*given, **options)


def more(name):
    """Second array of those that have one."""
    extra = np.random.default_rng(9).normal(size=B)
    return (extra,) if name in ("flo", "tuba") else ()


def test_info_nce_saturates(scores):
    assert bound("info_nce", scores)[0] <= math.log(B)
    assert bound("info_nce", 1e3 * np.eye(B))[0] == pytest.approx(math.log(B))


def test_nwj_is_below_dv(scores):
    for shift in (-3.0, 0.0, 1.0):
        assert bound("nwj", scores + shift)[0] <= bound("dv", scores + shift)[0]


def test_tuba_holds_nwj_and_dv(scores):
    """Baselines: 1, and the log mean exponential of the others, the best constant."""
    assert bound("tuba", scores, np.ones(B))[0] == pytest.approx(bound("nwj", scores)[0])
    best = math.log(np.mean(np.exp(others(scores))))
    value, grads = bound("tuba", scores, np.full(B, best))
    assert value == pytest.approx(bound("dv", scores)[0])
    assert grads.log_baseline.sum() == pytest.approx(0, abs=1e-12)
    for step in (-0.1, 0.1):
        assert bound("tuba", scores, np.full(B, best + step))[0] < value


def test_flo_is_largest_at_its_normaliser(scores):
    """There its derivative is 0 and its gradient that of decoupled contrast."""
    relative = scores - np.diag(scores)[:, None]
    log_m = np.log([np.mean(np.exp(np.delete(relative[i], i))) for i in range(B)])
    value, grads = bound("flo", scores, log_m)
    assert value == pytest.approx(-log_m.mean())
    assert_close(grads.u, np.zeros(B), 1e-12)
    for k in range(5):
        assert bound("flo", scores, log_m + np.random.default_rng(k).normal(size=B))[0] < value
    softmax = np.exp(relative - log_m[:, None]) * (1 - np.eye(B)) / (B - 1)
    assert_close(grads.scores, (np.eye(B) - softmax) / B, 1e-12)


@pytest.mark.parametrize("name", ["club", "info_nce", "flo"])
def test_shifts_of_rows_do_not_matter(name, scores):
    shifted = scores + np.random.default_rng(1).normal(size=(B, 1))
    value = bound(name, scores, *more(name))[0]
    assert bound(name, shifted, *more(name))[0] == pytest.approx(value)


def test_a_constant_does_not_matter_to_dv(scores):
    assert bound("dv", scores + 3.0)[0] == pytest.approx(bound("dv", scores)[0])


def test_shifts_of_columns_do_not_matter_to_club(scores):
    shifted = scores + np.random.default_rng(1).normal(size=B)
    assert bound("club", shifted)[0] == pytest.approx(bound("club", scores)[0])


def test_club_of_a_likelihood_is_an_upper_bound():
    """Of Gaussians with the true conditional density; the value is D r^2 / (1 - r^2)."""
    rng, depth, n = np.random.default_rng(0), 4, 2000
    x = rng.normal(size=(n, depth))
    for r2 in (0.2, 0.6):
        y = math.sqrt(r2) * x + math.sqrt(1 - r2) * rng.normal(size=(n, depth))
        away = ((y[None] - math.sqrt(r2) * x[:, None]) ** 2).sum(-1)
        value = pc.club_bound(-away / (2 * (1 - r2)))
        assert value > -depth / 2 * math.log(1 - r2)
        assert value == pytest.approx(depth * r2 / (1 - r2), rel=0.1)


def test_smile_without_a_clip_is_dv(scores):
    value, grads = bound("smile", scores, clip=math.inf, surrogate=None)
    wanted, other = bound("dv", scores)
    assert value == wanted
    np.testing.assert_array_equal(grads.scores, other.scores)


def test_surrogate_gradients(scores):
    """SMILE has its own value and the gradient of the JSD bound; "nwj" likewise."""
    jsd = bound("jsd", scores)[1].scores
    value, grads = bound("smile", scores, clip=1.0)
    assert value == bound("smile", scores, clip=1.0, surrogate=None)[0]
    assert_close(grads.scores, jsd, 1e-14)
    value, grads = bound("jsd", scores, estimate="nwj")
    assert value == pytest.approx(bound("nwj", scores)[0])
    assert_close(grads.scores, jsd, 1e-14)


def test_one_sample():
    """InfoNCE and CLUB are 0; all others need a pair."""
    for name in ("club", "info_nce"):
        value, grads = bound(name, np.ones((1, 1)))
        assert value == 0
        assert grads.scores == 0
    for name in set(BOUNDS) - {"club", "info_nce"}:
        extra = (np.ones(1),) if more(name) else ()
        for given in (np.ones((1, 1)), np.ones((2, 1, 3))):
            with pytest.raises(ValueError, match=f"^{name}_bound: .*at least 2 samples"):
                bound(name, given, *extra)


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize("kind", [tuple, list, np.asarray])
def test_embeddings_are_their_scores(name, kind):
    """Both forms agree, and gradients chain; tiled too."""
    x, y = np.random.default_rng(2).normal(size=(2, B, 4))
    value, grads = bound(name, x @ y.T, *more(name), temperature=0.7)
    for options in ({}, dict(tile=(2, 4))):
        got, pulled = bound(
            name, kind([x, y]), *more(name), temperature=0.7, normalize=False, **options
        )
        assert got == pytest.approx(value)
        assert_close(pulled.scores[0], grads.scores @ y, 1e-12)
        assert_close(pulled.scores[1], grads.scores.T @ x, 1e-12)
        assert type(pulled.scores) is (np.ndarray if kind is np.asarray else tuple)
        assert_close(pulled[1:], grads[1:], 1e-12)


@pytest.mark.parametrize("name", ["nwj", "tuba"])
def test_overflow_is_honest(name, scores):
    with np.errstate(over="ignore"):
        assert getattr(pc, f"{name}_bound")(1e4 + scores, *more(name)) == -np.inf


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (np.ones((3, 4)), r"scores must have shape \(B, B\), got \(3, 4\)"),
        (np.ones(3), r"scores must be one array \(2, B, D\) or \(B, B\) or a sequence"),
        (np.ones((3, 4, 5)), "scores must hold 2 arrays, got 3"),
        ([np.ones((3, 4))] * 3, "scores must hold 2 arrays, got 3"),
        ([np.ones((3, 4)), np.ones((4, 4))], r"number of rows, got scores\[0\] \(3, 4\)"),
        ("scores", "scores must be"),
    ],
)
def test_errors(given, words):
    with pytest.raises((ValueError, TypeError), match=f"^nwj_bound: .*({words})"):
        pc.nwj_bound(given)


@pytest.mark.parametrize(
    ("clip", "error", "words"),
    [
        (0, ValueError, "> 0 or infinite, got 0"),
        (-1.0, ValueError, "> 0 or infinite, got -1.0"),
        (math.nan, ValueError, "> 0 or infinite, got nan"),
        ("wide", TypeError, "a number, got 'wide'"),
        (True, TypeError, "a number, got True"),
    ],
)
def test_a_wrong_clip(clip, error, words, scores):
    with pytest.raises(error, match=f"^smile_bound: clip must be {words}$"):
        pc.smile_bound(scores, clip=clip)


@pytest.mark.parametrize(
    "name",
    [n for n, o in pc.objectives().items() if o.family == "bounds" and "scores" in o.arguments],
)
@pytest.mark.parametrize("rows", [slice(None), slice(0, 2)], ids=["all", "some"])
def test_a_matrix_of_scores_cannot_be_shared_out(name, rows, scores):
    """Neither whole on each rank nor cut into rows; the message says what is wanted instead."""
    wanted = rf"^{name}: scores must have shape \(2, B, D\) with comm=, as each rank passes its own"
    log_values = (np.zeros(len(scores[rows])),) if name in ("flo_bound", "tuba_bound") else ()

    def one(comm):
        with pytest.raises(ValueError, match=wanted):
            pc.objectives()[name](scores[rows], *log_values, comm=comm)

    LocalGroup(2).run(one)


def test_the_estimates_behave_as_published():
    """The best critic of Gaussians in 20 dimensions, B=64: InfoNCE saturates, FLO does not."""
    n, depth, rng = 64, 20, np.random.default_rng(0)
    found = {}
    for information in (2.0, 6.0, 10.0):
        r2 = 1 - math.exp(-information / 10)
        values = {name: [] for name in ("info_nce", "nwj", "dv", "smile", "flo")}
        for _ in range(60):
            x = rng.normal(size=(n, depth))
            y = math.sqrt(r2) * x + math.sqrt(1 - r2) * rng.normal(size=(n, depth))
            away = ((y[None] - math.sqrt(r2) * x[:, None]) ** 2).sum(-1) / (1 - r2)
            s = (y**2).sum(-1)[None] / 2 - away / 2 - depth / 2 * math.log(1 - r2)
            values["info_nce"].append(pc.info_nce_bound(s))
            values["nwj"].append(pc.nwj_bound(s + 1))
            values["dv"].append(pc.dv_bound(s))
            values["smile"].append(pc.smile_bound(s, clip=1.0))
            # The dual variable that is right on average: the mean of e^s under independence is 1.
            values["flo"].append(pc.flo_bound(s, -np.diag(s)))
        found[information] = {k: (np.mean(v), np.std(v)) for k, v in values.items()}
    assert found[10.0]["info_nce"][0] < math.log(n) < 10
    assert abs(found[2.0]["info_nce"][0] - 2) < 0.3
    assert found[10.0]["nwj"][1] > 3 * found[2.0]["nwj"][1]
    assert found[10.0]["smile"][1] < found[10.0]["nwj"][1]
    assert found[10.0]["smile"][0] > 9
