"""Isotropy at its ends, with tokens that do not exist, and of near tokens."""

import numpy as np
import pytest
from battery.cases import assert_close

import polycontrast as pc
from polycontrast.distributed import LocalGroup

HIDDEN = np.random.default_rng(0).normal(size=(3, 5, 4))


def test_tokens_that_coincide_and_tokens_that_sum_to_zero():
    assert pc.isotropy(np.ones((2, 3, 4))) == pytest.approx(0)
    corners = np.asarray([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    assert pc.isotropy(corners[None]) == pytest.approx(1 + 1 / 3)


def test_missing_tokens_are_not_read():
    mask = np.asarray([[1, 1, 1, 0, 0], [0, 0, 0, 0, 0], [1, 0, 0, 0, 0]]) > 0
    spoilt = np.where(mask[..., None], HIDDEN, np.nan)
    value, grads = pc.isotropy.value_and_grad(spoilt, mask)
    wanted, of_three = pc.isotropy.value_and_grad(HIDDEN[:1, :3])
    assert value == pytest.approx(wanted, rel=1e-12)
    np.testing.assert_allclose(grads.hidden[:1, :3], of_three.hidden, atol=1e-14)
    assert not np.any(grads.hidden[~mask])


def test_zero_rows_have_cosine_zero():
    hidden = HIDDEN[:1].copy()
    hidden[0, 2:4] = 0
    u = hidden[0] / np.maximum(np.linalg.norm(hidden[0], axis=1, keepdims=True), 1e-300)
    cosines = u @ u.T
    wanted = 1 - (np.sum(cosines) - np.trace(cosines)) / 20
    assert pc.isotropy(hidden) == pytest.approx(wanted, rel=1e-12)


def test_near_tokens_keep_their_digits_in_float32():
    near = (np.ones(4) + 1e-4 * HIDDEN).astype(np.float32)
    wanted = pc.isotropy(near.astype(float))
    assert 0 < wanted < 1e-7
    assert pc.isotropy(near) == pytest.approx(wanted, rel=1e-2)


def test_no_pair_is_refused():
    text = "isotropy: hidden must have a sequence of at least 2 tokens, got none"
    for given in ((HIDDEN[:, :1],), (HIDDEN, np.arange(5) + np.zeros((3, 1)) < 1)):
        with pytest.raises(ValueError, match=f"^{text}$"):
            pc.isotropy(*given)
    jax = pytest.importorskip("jax")
    assert jax.numpy.isnan(jax.jit(pc.isotropy)(HIDDEN[:, :1].astype("f4")))


def test_ranks_share_one_division():
    mask = np.asarray([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]]) > 0
    value, grads = pc.isotropy.value_and_grad(HIDDEN, mask)

    def one(comm):
        part = slice(0, 1) if comm.rank == 0 else slice(1, 3)
        got, of_rank = pc.isotropy.value_and_grad(
            HIDDEN[part], mask[part], comm=comm, gradients="sum"
        )
        assert_close(got, value, 1e-12)
        assert_close(of_rank.hidden, grads.hidden[part], 1e-12)

    LocalGroup(2, timeout=30).run(one)
