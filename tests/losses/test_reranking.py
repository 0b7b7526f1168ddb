"""Identities and edge cases of the losses of rerankers."""

import numpy as np
import pytest

import polycontrast as pc

RNG = np.random.default_rng(0)
YES, NO = RNG.normal(size=(2, 5, 4))
X, Y = RNG.normal(size=(2, 6, 4))
NEGATIVES, TARGET = RNG.normal(size=(6, 3, 4)), RNG.normal(size=(6, 3))


def test_the_surrogate_joins_two_losses():
    """Weight and direction of one loss give its gradient."""
    both = pc.rerank_bce.value_and_grad(YES, NO, document_reduction="sum")[1]
    sft = pc.unified_rerank.value_and_grad(YES, NO)[1]
    np.testing.assert_allclose(sft.yes, both.yes, atol=1e-15)
    np.testing.assert_allclose(sft.no, both.no, atol=1e-15)
    contrast = pc.rerank_info_nce.value_and_grad(YES)[1]
    cl = pc.unified_rerank.value_and_grad(YES, NO, weight="cl", direction="cl")[1]
    np.testing.assert_allclose(cl.yes, contrast.yes, atol=1e-15)
    assert not cl.no.any()


def test_a_threshold_leaves_easy_documents_out():
    """Of a query whose documents are all easy nothing is left; 0 leaves out none."""
    easy = np.asarray([[9.0, -9.0, -9.0, -9.0]])
    no = np.zeros_like(easy)
    value, grads = pc.unified_rerank.value_and_grad(easy, no, weight="one", easy_threshold=0.1)
    assert value == 0
    assert not grads.yes.any()
    plain = pc.unified_rerank(YES, NO)
    assert pc.unified_rerank(YES, NO, easy_threshold=0.0) == plain
    assert pc.unified_rerank(YES, NO, easy_threshold=0.4) != plain


def test_a_query_with_its_relevant_document_alone():
    value, grads = pc.rerank_info_nce.value_and_grad(YES[:, :1], wrt=("yes", "temperature"))
    assert value == grads.temperature == 0
    assert not grads.yes.any()
    np.testing.assert_allclose(
        pc.rerank_bce(YES[:, :1], NO[:, :1]),
        np.mean(np.log1p(np.exp(NO[:, 0] - YES[:, 0]))),
        rtol=1e-13,
    )


def test_shifts_of_a_query():
    """Scores of one query may have a constant in common; "yes" and "no" of one document too."""
    shift = RNG.normal(size=(5, 1))
    np.testing.assert_allclose(pc.rerank_info_nce(YES + shift), pc.rerank_info_nce(YES))
    each = RNG.normal(size=YES.shape)
    np.testing.assert_allclose(pc.rerank_bce(YES + each, NO + each), pc.rerank_bce(YES, NO))
    more = X + Y  # the same product with all documents of a query is a shift of its scores
    moved = pc.margin_mse(X, Y + more, NEGATIVES + more[:, None, :], TARGET)
    np.testing.assert_allclose(moved, pc.margin_mse(X, Y, NEGATIVES, TARGET))


def test_large_scores_keep_their_digits():
    """Only differences count: those of near scores are exact in float32."""
    large = (1e4 + np.asarray([[0.25, 0.0, 0.5]])).astype(np.float32)
    small = (large - np.float32(1e4)).astype(np.float64)
    for temperature in (1.0, 1e-3):
        got = pc.rerank_info_nce(large, temperature=temperature)
        np.testing.assert_allclose(got, pc.rerank_info_nce(small, temperature=temperature), 1e-6)


def test_margins_of_alike_documents_in_float32():
    y = (1e3 + X).astype(np.float32)
    near = (y[:, None, :] + 1e-3 * NEGATIVES).astype(np.float32)
    x, target = X.astype(np.float32), np.zeros((6, 3), np.float32)
    wanted = pc.margin_mse(*(t.astype(float) for t in (x, y, near, target)))
    np.testing.assert_allclose(pc.margin_mse(x, y, near, target), wanted, rtol=1e-5)


def test_a_teacher_that_is_followed():
    target = np.einsum("id,ikd->ik", X, Y[:, None, :] - NEGATIVES)
    value, grads = pc.margin_mse.value_and_grad(X, Y, NEGATIVES, target)
    assert value < 1e-28
    assert all(np.abs(grad).max() < 1e-13 for grad in grads)
    with pytest.raises(ValueError, match=r"^margin_mse: target in wrt has no gradient"):
        pc.margin_mse.value_and_grad(X, Y, NEGATIVES, target, wrt="target")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pc.rerank_bce(YES, NO[:, :3]), "rerank_bce: yes and no must have the same"),
        (lambda: pc.rerank_info_nce(YES[0]), r"rerank_info_nce: yes must have shape \(B, 1\+K\)"),
        (
            lambda: pc.unified_rerank(YES, NO, easy_threshold=1.5),
            r"unified_rerank: easy_threshold must be in \[0, 1\], got 1.5",
        ),
        (
            lambda: pc.unified_rerank(YES, NO, weight="dpo"),
            "unified_rerank: unknown weight 'dpo'",
        ),
        (
            lambda: pc.margin_mse(X, Y, NEGATIVES, TARGET[:, :2]),
            "margin_mse: negatives and target must have the same",
        ),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
