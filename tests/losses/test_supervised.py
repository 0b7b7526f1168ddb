"""Losses of rows with labels: identities with their neighbours, edges, ranks and plans."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.distributed import LocalGroup
from polycontrast.testing import check_distributed

RNG = np.random.default_rng(0)
X, Y, Z = RNG.normal(size=(3, 6, 4))
LABELS = np.array([0, 1, 0, 2, 1, 0])
DIFFERENT = np.arange(6)


def assert_same(got, wanted):
    """Values and all gradients, in the order of the arguments."""
    np.testing.assert_allclose(got[0], wanted[0], rtol=1e-12)
    for one, other in zip(got[1], wanted[1], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("variant", ["out", "in"])
def test_sup_con_of_two_views_and_different_labels_is_nt_xent(variant):
    wrt = ("z", "temperature")
    got = pc.sup_con.value_and_grad(
        np.stack([X, Y]), DIFFERENT, variant=variant, temperature=0.3, wrt=wrt
    )
    value, grads = pc.nt_xent.value_and_grad(X, Y, temperature=0.3, wrt=("x", "y", "temperature"))
    assert_same(got, (value, (np.stack(grads[:2]), grads.temperature)))


def test_the_mean_inside_of_the_logarithm_is_the_smaller_loss():
    out, inside = (
        pc.sup_con(X, LABELS, variant=variant, temperature=0.2, reduction="none")
        for variant in ("out", "in")
    )
    assert np.all(inside <= out + 1e-12)
    single = np.array([False, True, False, True, True, False])  # at most one positive
    np.testing.assert_allclose(inside[single], out[single], rtol=1e-12)
    assert np.all(inside[~single] < out[~single])


@pytest.mark.parametrize("variant", ["out", "in"])
@pytest.mark.parametrize("rows", [1, 6])
def test_rows_without_positives_have_no_loss(variant, rows):
    value, grads = pc.sup_con.value_and_grad(
        X[:rows], DIFFERENT[:rows], variant=variant, temperature=1e-3, wrt=("z", "temperature")
    )
    assert value == 0
    assert not np.any(grads.z)
    assert grads.temperature == 0


def test_a_base_temperature_multiplies_the_loss():
    plain = pc.sup_con(X, LABELS, temperature=0.3)
    assert pc.sup_con(X, LABELS, temperature=0.3, base_temperature=0.1) == pytest.approx(3 * plain)


def test_anchors_beyond_what_there_is_are_refused():
    with pytest.raises(ValueError, match=r"^sup_con: anchors must be at most 6, the rows given"):
        pc.sup_con(X, LABELS, anchors=7)
    with pytest.raises(ValueError, match=r"^sup_con: anchors must be at most 2, the views given"):
        pc.sup_con([X, Y], LABELS, anchors=3)


def test_aaic_without_a_live_sample_or_with_one_is_sup_con_of_instances():
    views, wrt = np.stack([X, Y, Z]), ("temperature",)
    for live in (np.zeros(6, bool), DIFFERENT == 2):
        got = pc.aaic.value_and_grad(views, live, wrt=("views", *wrt))
        assert_same(
            got, pc.sup_con.value_and_grad(views, DIFFERENT, temperature=0.02, wrt=("z", *wrt))
        )
    each = pc.aaic(views[:1], LABELS == 0, reduction="none")
    assert np.array_equal(each > 0, LABELS == 0)


SHAPES = {
    "sup_con": [(2, 1000, 16), (1000,)],
    "aaic": [(2, 1000, 16), (1000,)],
    "multimodal_supcon": [(1000, 16), (1000, 16), (1000,)],
    "nspt": [(1000, 16), (1000, 16), (1000,), (1000,)],
    "sbcl": [(2, 1000, 16), (1000,), (1000,)],
}


@pytest.mark.parametrize("name", SHAPES)
def test_labels_are_integers_wherever_arguments_are_made_from_a_signature(name):
    """Plans, and checks over ranks."""
    assert len(pc.plan(name, *SHAPES[name]).walks) >= 1
    reports = LocalGroup(2).run(lambda comm: check_distributed(pc.objectives()[name], comm))
    assert all(reports)


def test_multimodal_supcon_of_different_labels_is_info_nce():
    wrt = ("x", "y", "temperature")
    got = pc.multimodal_supcon.value_and_grad(X, Y, DIFFERENT, temperature=0.3, wrt=wrt)
    assert_same(got, pc.info_nce.value_and_grad(X, Y, temperature=0.3, wrt=wrt))


def test_samples_that_do_not_count_are_as_good_as_left_out():
    chosen = DIFFERENT != 3
    got = pc.multimodal_supcon.value_and_grad(X, Y, LABELS, chosen)
    value, grads = pc.multimodal_supcon.value_and_grad(X[chosen], Y[chosen], LABELS[chosen])
    for grad in got[1]:
        assert not np.any(grad[3])
    assert_same((got[0], [grad[chosen] for grad in got[1]]), (value, grads))


@pytest.mark.parametrize("negatives_from", ["student", "teacher"])
def test_nspt_of_a_teacher_that_is_the_student_keeps_the_pair_with_itself(negatives_from):
    """All rows are candidates, so the value is that of `multimodal_supcon` with equal sides."""
    value = pc.nspt(X, X, LABELS, DIFFERENT >= 0, negatives_from=negatives_from)
    assert value == pytest.approx(pc.multimodal_supcon(X, X, LABELS), rel=1e-12)


def test_without_anchors_there_is_no_loss():
    nobody = np.zeros(6, bool)
    for name, given in (("multimodal_supcon", (X, Y)), ("nspt", (X, Y))):
        value, grads = pc.objectives()[name].value_and_grad(*given, LABELS, nobody)
        assert value == 0, name
        assert not any(np.any(grad) for grad in grads), name


def test_the_teacher_has_no_gradient():
    given = X, Y, LABELS, DIFFERENT > 2
    assert pc.nspt.value_and_grad(*given)[1]._fields == ("x",)
    with pytest.raises(ValueError, match=r"^nspt: teacher in wrt has no gradient"):
        pc.nspt.value_and_grad(*given, wrt="teacher")


def test_sbcl_of_the_subclass_term_alone_is_sup_con():
    views = np.stack([X, Y])
    got = pc.sbcl.value_and_grad(
        views, LABELS, LABELS, temperature=0.3, beta=0.0, wrt=("views", "temperature")
    )
    assert_same(
        got, pc.sup_con.value_and_grad(views, LABELS, temperature=0.3, wrt=("z", "temperature"))
    )


def test_classes_with_one_temperature_each_may_have_the_same():
    views, wrt = np.stack([X, Y]), ("views", "temperature", "class_temperature")
    clusters = np.array([0, 1, 2, 3, 1, 2])
    value, grads = pc.sbcl.value_and_grad(views, LABELS, clusters, class_temperature=0.4, wrt=wrt)
    got, each = pc.sbcl.value_and_grad(
        views, LABELS, clusters, class_temperature=np.full(3, 0.4), wrt=wrt
    )
    assert each.class_temperature.shape == (3,)
    summed = (*each[:2], each.class_temperature.sum())
    assert_same((got, summed), (value, grads))


@pytest.mark.parametrize("label", [-1, 3])
def test_a_label_without_a_class_temperature_is_refused(label):
    labels = np.array([0, 1, 2, label, 1, 0])
    text = rf"^sbcl: labels must be from 0 to 2, got {label}$"
    with pytest.raises(ValueError, match=text):
        pc.sbcl(np.stack([X, Y]), labels, LABELS, class_temperature=np.ones(3))


def test_prototypes_that_are_the_other_view():
    x, y = np.random.default_rng(5).normal(size=(2, 6, 4))
    value, grads = pc.proto_nce.value_and_grad(x, y, np.arange(6), np.full(6, 0.3))
    wanted, theirs = pc.info_nce.value_and_grad(x, y, temperature=0.3, symmetric=False)
    np.testing.assert_allclose(value, wanted, rtol=1e-12)
    np.testing.assert_allclose(grads.x, theirs.x, atol=1e-12)
    np.testing.assert_allclose(grads.prototypes, theirs.y, atol=1e-12)


def test_a_single_prototype_has_no_rival():
    x = np.random.default_rng(5).normal(size=(6, 4))
    value, grads = pc.proto_nce.value_and_grad(x, x[:1], np.zeros(6, int), np.ones(1))
    assert value == 0
    assert np.all(grads.prototypes == 0)


@pytest.mark.parametrize(
    ("assign", "spread", "message"),
    [
        ([0, 1, 2], [1.0, 1.0], "assign must be from 0 to 1, got 2"),
        ([0, 1, 1], [1.0, 0.0], "concentration must .* > 0, got 0.0"),
        ([0, 1, 1], [1.0, 1.0, 1.0], "prototypes and concentration must have the same length"),
    ],
)
def test_wrong_clusters(assign, spread, message):
    x = np.eye(3)
    with pytest.raises(ValueError, match=f"^proto_nce: {message}"):
        pc.proto_nce(x, x[:2], np.asarray(assign), np.asarray(spread))


def plain_concentration(x, c, assign, tau=0.2, alpha=5.0):
    u, v = (t / np.linalg.norm(t, axis=1, keepdims=True) for t in (x, c))
    phi = np.zeros(len(c))
    for k in range(len(c)):
        rows = u[assign == k]
        if len(rows) > 1:
            phi[k] = np.linalg.norm(rows - v[k], axis=1).mean() / np.log(len(rows) + alpha)
    for k in range(len(c)):
        if np.sum(assign == k) <= 1:
            phi[k] = phi.max()
    phi = np.clip(phi, *np.percentile(phi, [10, 90]))
    return tau * phi / phi.mean()


@pytest.mark.parametrize("clusters", [1, 2, 7, 13])
def test_concentration(clusters):
    """Clusters with many rows, with one and with none."""
    rng = np.random.default_rng(clusters)
    x, c = rng.normal(size=(20, 3)), rng.normal(size=(clusters, 3))
    assign = np.minimum(rng.integers(0, 9, size=20), clusters - 1)
    for options in ({}, {"temperature": 0.5, "alpha": 10.0}):
        wanted = plain_concentration(x, c, assign, *options.values())
        np.testing.assert_allclose(pc.concentration(x, c, assign, **options), wanted, rtol=1e-12)
    tiled = pc.concentration(x, c, assign, tile=(3, 2))
    np.testing.assert_allclose(tiled, plain_concentration(x, c, assign), rtol=1e-12)

    def on_rank(comm):
        part = slice(8 * comm.rank, 8 * comm.rank + 8)
        return pc.concentration(x[part], c, assign[part], comm=comm)

    for got in LocalGroup(3, timeout=30).run(on_rank):
        np.testing.assert_allclose(got, plain_concentration(x, c, assign), rtol=1e-12)


def test_clusters_without_a_spread():
    x = np.eye(3)
    assert pc.concentration(x, x, np.arange(3)).tolist() == [0.2] * 3
    lost = np.where(x == 1, np.nan, x)  # each in a cluster of its own
    assert np.isnan(pc.concentration(lost, x, np.arange(3))).all()
    assert pc.concentration(np.ones((4, 2)), np.ones((1, 2)), np.zeros(4, int)).tolist() == [0.2]
