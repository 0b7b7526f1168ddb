"""The oracles against one another: identities that the specification states."""

import inspect
import itertools
import math

import pytest
from battery.cases import default_cases, each

from oracles import ORACLES
from oracles.conventions import unit

torch = pytest.importorskip("torch", reason="the oracles are written in torch")

B, D, M = 5, 4, 3
TAU = 0.3


def rows(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=torch.float64, generator=generator)


def close(a, b, tolerance=1e-12):
    torch.testing.assert_close(
        torch.as_tensor(a, dtype=torch.float64),
        torch.as_tensor(b, dtype=torch.float64),
        rtol=tolerance,
        atol=tolerance,
    )


VIEWS = rows(M, B, D)
X, Y = VIEWS[0], VIEWS[1]
LABELS = torch.tensor([0, 1, 0, 1, 2])
STACKED = sorted(
    name
    for name, f in ORACLES.items()
    if list(inspect.signature(f).parameters)[:3] == ["views", "mask", "weights"]
    and name != "anchor_binding"  # its weights are those of modalities
)


def test_info_nce_is_torch_cross_entropy():
    """The symmetric form is the mean of torch's two cross-entropies, smoothing included."""
    s = unit(X) @ unit(Y).T / TAU
    target = torch.arange(B)
    for smoothing in (0.0, 0.1):
        ce = [
            torch.nn.functional.cross_entropy(logits, target, label_smoothing=smoothing)
            for logits in (s, s.T)
        ]
        close(ORACLES["info_nce"](X, Y, temperature=TAU, label_smoothing=smoothing), sum(ce) / 2)


def test_info_nce_with_a_queue_is_cross_entropy_of_moco():
    """One positive and a queue: the logits of MoCo with target 0."""
    queue = rows(7, D, seed=3)
    x, y, n = unit(X), unit(Y), unit(queue)
    logits = torch.cat([(x * y).sum(1, keepdim=True), x @ n.T], 1) / TAU
    expected = torch.nn.functional.cross_entropy(logits, torch.zeros(B, dtype=torch.int64))
    options = dict(temperature=TAU, symmetric=False, in_batch=False)
    close(ORACLES["info_nce"](X, Y, queue, **options), expected)
    close(ORACLES["info_nce"](X, Y, queue.expand(B, 7, D), **options), expected)


def test_reductions_with_weights():
    """none: w l; sum: their sum; mean: divided by the sum of the weights."""
    w = rows(B).abs()
    plain = ORACLES["info_nce"](X, Y, reduction="none")
    close(ORACLES["info_nce"](X, Y, weights=w, reduction="none"), w * plain)
    close(ORACLES["info_nce"](X, Y, weights=w, reduction="sum"), (w * plain).sum())
    close(ORACLES["info_nce"](X, Y, weights=w), (w * plain).sum() / w.sum())


@pytest.mark.parametrize("name", [n for n in STACKED if n not in {"matching_gap"}])
def test_family_reductions(name):
    """Mean and sum follow from the per-sample losses, with and without weights and mask."""
    f = ORACLES[name]
    mask = torch.ones(M, B, dtype=torch.bool)
    mask[0, 1] = mask[2, 3] = False
    for w in (None, rows(B).abs()):
        for m in (None, mask):
            each = f(VIEWS, m, w, reduction="none")
            there = each != 0
            total = there.sum() if w is None else (w * there).sum()
            close(f(VIEWS, m, w, reduction="sum"), each.sum())
            close(f(VIEWS, m, w, reduction="mean"), each.sum() / total)


@pytest.mark.parametrize("name", STACKED)
def test_full_mask_changes_nothing(name):
    """A mask that is true everywhere is no mask; unit weights are no weights."""
    f = ORACLES[name]
    mask = torch.ones(M, B, dtype=torch.bool)
    close(f(VIEWS, mask, torch.ones(B, dtype=torch.float64)), f(VIEWS))


@pytest.mark.parametrize("name", STACKED)
def test_a_sample_without_views_is_not_there(name):
    """Masking all views of one sample equals leaving it out of the batch."""
    f = ORACLES[name]
    mask = torch.ones(M, B, dtype=torch.bool)
    mask[:, 2] = False
    keep = [0, 1, 3, 4]
    options = {"reduction": "sum"} if name != "matching_gap" else {}
    close(f(VIEWS, mask, **options), f(VIEWS[:, keep], **options), 1e-11)


@pytest.mark.parametrize(
    "name", [n for n in STACKED if n not in {"cube_loss", "gram_volume", "matching_gap"}]
)
def test_an_absent_view_is_not_there(name):
    """Masking one view of every sample equals dropping that view."""
    f = ORACLES[name]
    mask = torch.ones(M, B, dtype=torch.bool)
    mask[1] = False
    close(f(VIEWS, mask), f(VIEWS[[0, 2]]))


@pytest.mark.parametrize("name", STACKED)
def test_what_is_masked_does_not_matter(name):
    """Changing a masked row changes neither the value nor any gradient but its own, which is 0."""
    f = ORACLES[name]
    mask = torch.ones(M, B, dtype=torch.bool)
    mask[1, 2] = mask[0, 4] = False
    results = []
    for filler in (1.0, -3.0):
        views = VIEWS.clone()
        views[~mask] = filler
        views.requires_grad_()
        value = f(views, mask)
        value = value.sum()
        (gradient,) = torch.autograd.grad(value, views)
        close(gradient[~mask], torch.zeros_like(gradient[~mask]))
        results.append((value.detach(), gradient))
    close(results[0][0], results[1][0])
    close(results[0][1], results[1][1], 1e-10)


def test_two_views_are_nt_xent():
    """poly_view (both), sufficient_statistics, multi_crop, average_view of two views: nt_xent."""
    expected = ORACLES["nt_xent"](X, Y, temperature=TAU)
    two = VIEWS[:2]
    for name, options in [
        ("poly_view", {}),
        ("poly_view", {"aggregation": "arithmetic"}),
        ("sufficient_statistics", {}),
        ("sufficient_statistics", {"normalize_mean": True}),
        ("multi_crop", {}),
        ("average_view", {}),
    ]:
        close(ORACLES[name](two, temperature=TAU, **options), expected)


def test_two_views_are_clip():
    """pairwise_sum, cube_loss with variance (all, axis), half of multiview_coding: info_nce."""
    expected = ORACLES["info_nce"](X, Y, temperature=TAU)
    two = VIEWS[:2]
    close(ORACLES["pairwise_sum"](two, temperature=TAU), expected)
    close(ORACLES["multi_crop"](two, pair="info_nce", temperature=TAU), expected)
    close(ORACLES["multiview_coding"](two, temperature=TAU) / 2, expected)
    close(ORACLES["multiview_coding"](two, graph="core", temperature=TAU) / 2, expected)
    for negatives in ("all", "axis"):
        close(
            ORACLES["cube_loss"](two, similarity="variance", negatives=negatives, temperature=TAU),
            expected,
        )


def test_two_views_are_dhel():
    """mv_dhel and the mean over the one pair of dhel are dhel."""
    expected = ORACLES["dhel"](X, Y, temperature=TAU)
    close(ORACLES["mv_dhel"](VIEWS[:2], temperature=TAU), expected)
    close(ORACLES["multi_crop"](VIEWS[:2], pair="dhel", temperature=TAU), expected)


def test_pairwise_family():
    """multi_crop(info_nce) is the average of pairwise_sum; multiview_coding is twice the sum."""
    total = ORACLES["pairwise_sum"](VIEWS, temperature=TAU)
    pairs = M * (M - 1) / 2
    close(ORACLES["pairwise_sum"](VIEWS, temperature=TAU, average=True), total / pairs)
    close(ORACLES["multi_crop"](VIEWS, pair="info_nce", temperature=TAU), total / pairs)
    close(ORACLES["multiview_coding"](VIEWS, temperature=TAU), 2 * total)


def test_arithmetic_is_below_geometric():
    """0 <= arithmetic <= geometric (Jensen)."""
    arithmetic = ORACLES["poly_view"](VIEWS, aggregation="arithmetic", temperature=TAU)
    geometric = ORACLES["poly_view"](VIEWS, temperature=TAU)
    assert 0 <= arithmetic <= geometric


def test_collapse():
    """All rows equal: the closed forms of the specification."""
    views = torch.ones(M, B, D, dtype=torch.float64)
    for name, options, expected in [
        ("poly_view", {}, math.log(M * B - M + 1)),
        ("poly_view", {"aggregation": "arithmetic"}, math.log(M * B - M + 1)),
        ("sufficient_statistics", {}, math.log(M * B - M + 1)),
        ("mv_info_nce", {}, math.log(B)),
        ("mv_info_nce", {"energy": "all"}, math.log((M * B - 1) / (M - 1))),
        (
            "mv_dhel",
            {"temperature": TAU},
            -math.log(M * (M - 1) / 2) + M * math.log(B - 1) + (M - 1) / TAU,
        ),
        ("cube_loss", {}, (M - 1) * math.log(B)),
        ("cube_loss", {"negatives": "axis"}, math.log(B)),
        ("matching_gap", {"epsilon": 0.2}, 0.2 * (M - 1) * math.log(B)),
    ]:
        close(ORACLES[name](views, **options), expected)


def test_sigmoid_is_softplus():
    """(1/B) [sum softplus(l) - trace l]."""
    logits = unit(X) @ unit(Y).T / TAU - 2.0
    expected = (torch.nn.functional.softplus(logits).sum() - logits.diagonal().sum()) / B
    close(ORACLES["sigmoid_contrastive"](X, Y, temperature=TAU, bias=-2.0), expected)


def test_nt_xent_is_softplus_of_dcl():
    """Per anchor, nt_xent = softplus(dcl)."""
    options = dict(temperature=TAU, reduction="none")
    close(
        ORACLES["nt_xent"](X, Y, **options),
        torch.nn.functional.softplus(ORACLES["dcl"](X, Y, **options)),
    )


def test_geometric_consistency_factored():
    """The D x D form of the specification, for unequal weights."""
    a, c = 0.7, 0.2
    x, y = unit(X), unit(Y)
    p, q = x + y, x - y
    pp, qq, qp = p.T @ p, q.T @ q, q.T @ p
    expected = ((a + c) / 2 * (pp * qq).sum() + (a - c) / 2 * torch.trace(qp @ qp)) / B
    close(ORACLES["geometric_consistency"](X, Y, in_modal=a, cross_modal=c), expected)


def test_cube_of_two():
    """n = 2: deviation is 1 - |x - y| / sqrt 2, variance with unit rows the cosine."""
    two = VIEWS[:2]
    distance = torch.cdist(unit(X), unit(Y))
    close(ORACLES["cube_logits"](two), 1 - distance / math.sqrt(2), 1e-8)
    close(ORACLES["cube_logits"](two, similarity="variance"), unit(X) @ unit(Y).T)


def test_cube_entries():
    """Each similarity, one tuple at a time, from the printed formula."""
    z = [unit(view) for view in VIEWS]
    cubes = {
        s: ORACLES["cube_logits"](VIEWS, similarity=s)
        for s in ("deviation", "variance", "product", "norm")
    }
    for t in itertools.product(range(B), repeat=M):
        picked = torch.stack([z[a][t[a]] for a in range(M)])
        v = ((picked - picked.mean(0)) ** 2).sum()
        close(cubes["deviation"][t], 1 - v.sqrt())
        close(cubes["variance"][t], 1 - v)
        close(cubes["product"][t], picked.prod(0).sum())
        close(cubes["norm"][t], picked.sum(0).square().sum().sqrt())


def test_cube_axis_is_below_all_and_one_against_the_rest():
    """0 <= axis <= all; axis with variance is InfoNCE of the others' mean at n tau/(2(n-1))."""
    options = dict(similarity="variance", temperature=TAU)
    axis = ORACLES["cube_loss"](VIEWS, negatives="axis", **options)
    assert 0 <= axis <= ORACLES["cube_loss"](VIEWS, **options)
    z = [unit(view) for view in VIEWS]
    expected = 0.0
    for r in range(M):
        mean = sum(z[a] for a in range(M) if a != r) / (M - 1)
        expected = expected + ORACLES["info_nce"](
            mean, z[r], temperature=M * TAU / (2 * (M - 1)), symmetric=False, normalize=False
        )
    close(axis, expected / M)


def test_volume():
    """Two vectors: |x||y| sin; an anchor with its own tuple: the diagonal of gram_loss."""
    cosine = (unit(X) * unit(Y)).sum(1)
    close(ORACLES["gram_volume"](VIEWS[:2]), (1 - cosine**2).sqrt())
    n = [view.norm(dim=1) for view in VIEWS[:2]]
    close(ORACLES["gram_volume"](VIEWS[:2], normalize=False), n[0] * n[1] * (1 - cosine**2).sqrt())


def test_gram_loss_of_one_other():
    """k = 1, unit rows: CLIP with similarity -sqrt(1 - cos^2)."""
    s = -(1 - (unit(X) @ unit(Y).T) ** 2).sqrt() / TAU
    target = torch.arange(B)
    ce = [
        torch.nn.functional.cross_entropy(logits, target, label_smoothing=0.1)
        for logits in (s, s.T)
    ]
    close(ORACLES["gram_loss"](X, [Y], temperature=TAU, label_smoothing=0.1), sum(ce) / 2, 1e-10)


def test_gram_loss_ignores_the_order_of_the_others():
    """Permuting the other modalities changes nothing."""
    close(
        ORACLES["gram_loss"](X, [VIEWS[1], VIEWS[2]]),
        ORACLES["gram_loss"](X, [VIEWS[2], VIEWS[1]]),
        1e-10,
    )


def test_matching_gap_gradient_is_the_envelope():
    """The gap is not negative, and its gradient is that of finite differences of the value."""
    views = VIEWS.clone().requires_grad_()
    value = ORACLES["matching_gap"](views)
    assert value >= 0
    (gradient,) = torch.autograd.grad(value, views)
    direction = rows(M, B, D, seed=9)
    h = 1e-5
    slope = (
        ORACLES["matching_gap"](VIEWS + h * direction)
        - ORACLES["matching_gap"](VIEWS - h * direction)
    ) / (2 * h)
    close((gradient * direction).sum(), slope, 1e-7)


def test_metrics():
    """Alignment is 2 - 2 cos on unit rows; uniformity of two points is -t d^2."""
    cosine = (unit(X) * unit(Y)).sum(1)
    close(ORACLES["alignment"](X, Y), (2 - 2 * cosine).mean())
    close(ORACLES["alignment"](X, Y, alpha=1), (2 - 2 * cosine).sqrt().mean())
    two = X[:2]
    close(ORACLES["uniformity"](two, t=3), -3 * ((unit(two)[0] - unit(two)[1]) ** 2).sum())


@pytest.mark.parametrize("case", default_cases(), ids=str)
def test_zero_and_repeated_rows_have_finite_gradients(case):
    """Definitions are differentiable where the library promises a finite gradient."""
    arrays = {name: each(x, torch.as_tensor) for name, x in case.arrays(B=B, N=B).items()}
    of_rows = [name for name, axes in case.dims.items() if axes[-1:] == ("D",) and len(axes) > 1]
    leaves = [name for name in of_rows if arrays[name].is_floating_point()]
    for name in leaves:
        samples = arrays[name] = arrays[name].clone()
        samples[..., 1, :] = samples[..., 2, :]
        samples[..., 0, :] = 0.0
        samples.requires_grad_()
    unit_rows = {"normalize": True} if "normalize" in case.arguments else {}
    value = ORACLES[case.objective.name](**arrays, **case.options | unit_rows).sum()
    assert torch.isfinite(value)
    given = [arrays[name] for name in leaves]
    gradients = torch.autograd.grad(value, given, allow_unused=True) if leaves else ()
    for gradient in gradients:
        assert gradient is None or torch.isfinite(gradient).all()
        if gradient is not None and "row_scale" in case.objective.invariances:
            assert (gradient[..., 0, :] == 0).all()
