"""Diagnostics of any objective of pairs or of many views are those of a naive count of rows."""

import functools

import numpy as np
import pytest
from backends import Backend

import polycontrast as pc
from battery.cases import default_cases

# Objectives with two views or more of a sample that cannot say how well these match.
WITHOUT = {
    "angle",  # targets say how far the rows of a pair match
    "codiemb_sts",
    "cosent",
    "joint_entropy",  # two variables of any dimensions
    "naive_bayes",  # training rows and queries are different samples
    "orthogonal",  # two sets of different sizes
    "cube_logits",  # its value is an array
    "gram_volume",
    "patch_nce",  # rows of places of an image
    "pix_contrast",
    "pixpro",
    "max_sim_info_nce",  # rows of tokens
}
# These gather diagnostics of their own negatives, see `test_diagnostics`.
OWN = {"info_nce", "nt_xent", "dcl", "dclw", "debiased_nce", "sigmoid_contrastive"}
OWN |= {"cluster_info_nce"}
CASES = [c for c in default_cases() if c.objective.views[1] >= 2]
SURVEYED = [c for c in CASES if c.objective.name not in WITHOUT | OWN]
FIELDS = ("recall_x", "recall_y", "positive", "hardest_negative", "effective_negatives")
FIELDS += ("alignment", "uniformity", "information")


def naive(views, tau=None, items=None, mask=None, normalize=True, step=1):
    """One anchor after another, with its matches and its negatives in the other views."""
    views = [np.asarray(view, dtype=np.float64) for view in views]
    samples = len(views[0])
    items = np.arange(samples) if items is None else items
    mask = np.ones((len(views), samples), dtype=bool) if mask is None else mask
    if normalize:
        views = [v / np.linalg.norm(v, axis=1, keepdims=True) for v in views]
    t = 2.0 if tau is None else 1 / (2 * tau)
    recalls, matches, hardest, effective, kernels, bounds = [], [], [], [], [], []
    for m, own in enumerate(views):
        recalls.append([])
        for i in range(0, samples, step):
            others = [k for k in range(len(views)) if k != m]
            near = [own[i] @ views[k][i] for k in others if mask[k, i] and mask[m, i]]
            far = [
                own[i] @ views[k][j]
                for k in others
                for j in range(samples)
                if items[j] != items[i] and mask[k, j]
            ]
            if not near:
                continue
            match, far = np.mean(near), np.asarray(far)
            matches.append(match)
            recalls[-1].append(float(match > max(far, default=-np.inf)))
            hardest.append(max(far, default=0.0))
            kernels.append(np.exp(-t * (2 - 2 * far)))
            if tau is not None:
                w = np.exp(far / tau)
                effective.append(w.sum() ** 2 / (w**2).sum() if len(w) else 0.0)
                own_weight = np.exp(match / tau)
                bounds.append(np.log(len(w) + 1) + np.log(own_weight / (own_weight + w.sum())))
    two = len(views) == 2
    alike = len({len(k) for k in kernels}) == 1 and mask.all() and len(set(items)) == samples
    return {
        "recall_x": np.mean(recalls[0] if two else [r for side in recalls for r in side]),
        "recall_y": np.mean(recalls[1]) if two else None,
        "positive": np.mean(matches),
        "hardest_negative": np.mean(hardest),
        "effective_negatives": None if tau is None else np.mean(effective),
        "alignment": 2 - 2 * np.mean(matches) if normalize else None,
        "uniformity": np.log(np.mean(np.concatenate(kernels))) if normalize and alike else None,
        "information": np.mean(bounds) if tau is not None and two and alike else None,
    }


def compare(found, wanted, tolerance=1e-9, read=np.asarray, fields=FIELDS):
    assert found._fields == FIELDS
    for name in fields:
        got, value = getattr(found, name), wanted[name]
        assert (got is None) == (value is None), name
        if value is not None:
            np.testing.assert_allclose(read(got), value, rtol=0, atol=tolerance, err_msg=name)


def views_of(case, arrays):
    """The arrays of embeddings with a gradient that a case needs, by their shapes."""
    found, shape = [], None
    for name, argument in case.arguments.items():
        if name not in arrays or not (argument.required and argument.differentiable):
            continue
        array = arrays[name]
        if argument.kind == "views" and np.ndim(array) == 3:
            found += list(array)
        elif argument.kind == "rows" and argument.dims[0] in (("B", "D"), ("N", "D")):
            shape = shape or array.shape
            found += [array] if array.shape == shape else []
    return found


def views(count, rows, seed=0, noise=1.0):
    rng = np.random.default_rng(seed)
    common = rng.standard_normal((rows, 5))
    return [common + noise * rng.standard_normal((rows, 5)) for _ in range(count)]


@pytest.mark.parametrize("case", [pytest.param(c, id=c.objective.name) for c in SURVEYED])
def test_each_objective_has_them(case):
    """What is there is right; what has no temperature or compares no samples is left out."""
    arrays = case.arrays()
    call = functools.partial(case.objective.value_and_grad, **arrays, **case.options)
    value, grads, found = call(diagnostics=True)
    tau = case.parameter("temperature") if "temperature" in case.arguments else None
    tau = tau if tau is None or np.ndim(tau) == 0 else None
    labels = arrays.get("labels")
    normalize = (
        case.options.get("normalize", case.objective.arguments["normalize"].default)
        if ("normalize" in case.arguments)
        else True
    )
    wanted = naive(views_of(case, arrays), tau, labels, normalize=normalize)
    if found.recall_x is None:
        assert [getattr(found, name) for name in FIELDS[1:2] + FIELDS[3:5]] == [None] * 3
        compare(found, wanted, fields=("positive", "alignment", "uniformity"))
    else:
        compare(found, wanted)
    same, others = call()
    assert value == same
    for got, other in zip(grads, others, strict=True):
        for one, two in zip(np.atleast_1d(got), np.atleast_1d(other), strict=True):
            np.testing.assert_array_equal(one, two)


def test_only_objectives_without_matches_have_none():
    """One view, graded pairs, rows of places or of different samples: the error says so."""
    refused = set()
    for case in default_cases():
        if case.objective.views[1] >= 2:
            try:
                case.objective.value_and_grad(**case.arrays(), **case.options, diagnostics=True)
            except ValueError:
                refused.add(case.objective.name)
    assert refused == WITHOUT & {c.objective.name for c in CASES}
    z, labels = np.eye(4), np.array([0, 0, 1, 1])
    with pytest.raises(ValueError, match="triplet: diagnostics=True is for objectives whose"):
        pc.triplet.value_and_grad(z, labels, diagnostics=True)
    x, y = views(2, 6)
    with pytest.raises(ValueError, match="cosent: diagnostics=True is for objectives whose"):
        pc.cosent.value_and_grad(x, y, np.arange(6.0) / 6, diagnostics=True)


@pytest.mark.parametrize("rows", [127, 300, 5000])
def test_a_large_batch_has_anchors_at_equal_steps(rows):
    x, y = views(2, rows)
    step = {127: 1, 300: 2, 5000: 32}[rows]
    found = pc.dhel.value_and_grad(x, y, temperature=0.3, diagnostics=True)[2]
    if rows == 5000:  # without 10^6 turns of a loop
        compare_sample(found, x, y, step, 0.3)
    else:
        compare(found, naive([x, y], 0.3, step=step))


def compare_sample(found, x, y, step, tau):
    x, y = (t / np.linalg.norm(t, axis=1, keepdims=True) for t in (x, y))
    for recall, a, b in ((found.recall_x, x, y), (found.recall_y, y, x)):
        s = a[::step] @ b.T
        match = s[np.arange(len(s)), np.arange(0, len(x), step)]
        assert recall == np.mean(match >= s.max(axis=1))


@pytest.mark.parametrize("name", ["poly_view", "mv_dhel", "pairwise_sum"])
@pytest.mark.parametrize("count", [2, 3])
def test_missing_views_are_left_out(name, count):
    given = np.asarray(views(count, 9))
    mask = np.random.default_rng(1).random((count, 9)) < 0.7
    mask[:, :3] = True
    given[~mask] = np.nan
    call = pc.objectives()[name].value_and_grad
    found = call(given, mask=mask, temperature=0.2, diagnostics=True)[2]
    compare(found, naive(np.nan_to_num(given) + ~mask[..., None], 0.2, mask=mask))


def test_samples_of_one_item_are_no_negatives():
    x, y = views(2, 8)
    items = np.array([0, 0, 1, 2, 3, 3, 3, 4])
    found = pc.dhel.value_and_grad(x, y, ids=items, temperature=0.2, diagnostics=True)[2]
    compare(found, naive([x, y], 0.2, items))
    assert found.information is None
    labels = pc.multimodal_supcon.value_and_grad(x, y, items, temperature=0.2, diagnostics=True)[2]
    compare(labels, naive([x, y], 0.2, items))


def test_rows_may_keep_their_lengths():
    x, y = views(2, 8)
    found = pc.dhel.value_and_grad(x, y, normalize=False, temperature=2.0, diagnostics=True)[2]
    compare(found, naive([x, y], 2.0, normalize=False), fields=FIELDS[:7])


@pytest.mark.parametrize("name", ["dhel", "mv_dhel", "vicreg"])
def test_every_library_gives_them(name, backend):
    arrays = views(3 if name == "mv_dhel" else 2, 7)
    given = [backend.asarray(t, "float64") for t in arrays]
    args = (given,) if name == "mv_dhel" else given
    found = pc.objectives()[name].value_and_grad(*args, diagnostics=True, tile=(3, 3))[2]
    tau = None if name == "vicreg" else pc.objectives()[name].arguments["temperature"].default
    fields = ("positive", "alignment", "uniformity") if name == "vicreg" else FIELDS
    compare(found, naive(arrays, tau), 1e-9, backend.read, fields)


@pytest.mark.parametrize("split", [[4, 3], [0, 7], [2, 0, 5]], ids=["two", "empty", "three"])
@pytest.mark.parametrize("name", ["dhel", "mv_dhel", "multiple_negatives_ranking"])
def test_ranks_agree_on_those_of_the_whole_batch(name, split):
    from polycontrast.distributed.local import LocalGroup

    arrays, ends = views(3 if name == "mv_dhel" else 2, 7), np.cumsum(split)

    def rank(comm):
        part = slice(ends[comm.rank] - split[comm.rank], ends[comm.rank])
        given = [t[part] for t in arrays]
        args = (given,) if name == "mv_dhel" else given
        call = pc.objectives()[name].value_and_grad
        return call(*args, temperature=0.3, comm=comm, diagnostics=True)[2]

    for found in LocalGroup(len(split)).run(rank):
        compare(found, naive(arrays, 0.3))


def test_ranks_without_negatives_take_those_of_their_own():
    from polycontrast.distributed.local import LocalGroup

    x, y = views(2, 8)

    def rank(comm):
        part = slice(4 * comm.rank, 4 * comm.rank + 4)
        return pc.vicreg.value_and_grad(x[part], y[part], comm=comm, diagnostics=True)[2]

    halves = [naive([x[:4], y[:4]]), naive([x[4:], y[4:]])]
    for found in LocalGroup(2).run(rank):
        assert found.alignment == pytest.approx(naive([x, y])["alignment"])
        mean = np.log(np.mean([np.exp(half["uniformity"]) for half in halves]))
        assert found.uniformity == pytest.approx(mean)


@pytest.mark.parametrize("name", ["dhel", "mv_dhel"])
def test_a_collapsed_model_has_the_recall_of_guessing(name):
    x = np.repeat(np.random.default_rng(0).standard_normal((1, 6)), 10, axis=0)
    args = ([x, x, x],) if name == "mv_dhel" else (x, x)
    found = pc.objectives()[name].value_and_grad(*args, diagnostics=True)[2]
    candidates = 10 if name == "dhel" else 1 + 2 * 9
    assert found.recall_x == pytest.approx(1 / candidates)
    assert found.uniformity == pytest.approx(0.0, abs=1e-6)


def test_one_sample_has_no_negatives():
    x, y = views(2, 1)
    found = pc.multiple_negatives_ranking.value_and_grad(x, y, diagnostics=True)[2]
    assert (float(found.recall_x), float(found.effective_negatives)) == (1.0, 0.0)
    assert found.uniformity is found.information is None


def test_they_may_be_compiled():
    jax = pytest.importorskip("jax")
    given = views(2, 7)
    x, y = (jax.numpy.asarray(t, dtype="float32") for t in given)
    call = jax.jit(lambda x, y: pc.dhel.value_and_grad(x, y, diagnostics=True, tile=(3, 3))[2])
    tau = pc.dhel.arguments["temperature"].default
    compare(call(x, y), naive(given, tau), 2e-4, Backend.JAX.read)


def test_half_precision_and_files(tmp_path):
    x, y = (t.astype(np.float16) for t in views(2, 20))
    found = pc.dhel.value_and_grad(x, y, temperature=0.3, diagnostics=True)[2]
    assert found.positive.dtype == np.float32
    compare(found, naive([x, y], 0.3), 2e-3)
    given = []
    for name, t in zip("xy", views(2, 20), strict=True):
        np.save(tmp_path / f"{name}.npy", t)
        given.append(np.load(tmp_path / f"{name}.npy", mmap_mode="r"))
    found = pc.dhel.value_and_grad(*given, temperature=0.3, diagnostics=True)[2]
    compare(found, naive(given, 0.3))
