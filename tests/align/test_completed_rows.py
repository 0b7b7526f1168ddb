"""Covariances from rows that lack views: each row tells of the views it lacks by those it has."""

import numpy as np
import pytest

from polycontrast.align import Aligner
from polycontrast.align.closed_form import missing
from polycontrast.align.closed_form.missing import completed_covariance
from polycontrast.data import load_digits

COLUMNS = (3, 2, 4)


def views_with_gaps(rows, share=0.4, seed=0):
    """Views of two hidden numbers, with variances of the columns below 1; and which rows exist."""
    rng = np.random.default_rng(seed)
    thing = rng.standard_normal((rows, 2))
    views = [
        0.4 * thing @ rng.standard_normal((2, d)) + 0.5 * rng.standard_normal((rows, d))
        for d in COLUMNS
    ]
    mask = rng.random((3, rows)) >= share
    mask[:2, mask.sum(axis=0) < 2] = True
    zeroed = [np.where(there[:, None], x, 0.0) for x, there in zip(views, mask, strict=True)]
    return views, zeroed, mask


def by_hand(rows, mask, own, rounds, ridge):
    """The rounds, row by row, with an inverse."""
    x = np.concatenate(rows, axis=1)
    there = np.repeat(mask.T, COLUMNS, axis=1)
    s = np.diag(np.concatenate(own))
    for _ in range(rounds):
        total = np.zeros_like(s)
        for row, o in zip(x, there, strict=True):
            full, m = row.copy(), ~o
            slopes = s[m][:, o] @ np.linalg.inv(s[o][:, o] + ridge * np.eye(o.sum()))
            full[m] = slopes @ row[o]
            total += np.outer(full, full)
            total[np.ix_(m, m)] += s[m][:, m] - slopes @ s[o][:, m]
        s = total / len(x)
    return s


def test_the_rounds_are_those_of_the_formula():
    _, rows, mask = views_with_gaps(40)
    own = [x[there].var(axis=0) for x, there in zip(rows, mask, strict=True)]
    found = completed_covariance(rows, mask, own)
    wanted = by_hand(rows, mask, own, missing.ROUNDS, missing.RIDGE)
    np.testing.assert_allclose(found, wanted, atol=1e-12)
    assert np.linalg.eigvalsh(found)[0] > 0


def test_rows_without_gaps_give_their_mean_products():
    views, _, _ = views_with_gaps(50)
    own = [np.ones(d) for d in COLUMNS]
    x = np.concatenate(views, axis=1)
    found = completed_covariance(views, np.ones((3, 50), bool), own)
    np.testing.assert_allclose(found, x.T @ x / 50, atol=1e-12)


def test_too_much_work_is_left():
    _, rows, mask = views_with_gaps(40)
    own = [np.ones(d) for d in COLUMNS]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(missing, "MOST_WORK", 100)
        assert completed_covariance(rows, mask, own) is None


def test_heads_from_completed_rows_find_more(monkeypatch):
    """Three views of digits, each lacking rows: digits not seen are found more often."""
    stored = load_digits()[0]
    names = ("karhunen_loeve", "zernike", "fourier")
    gains = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        chosen = rng.permutation(2000)[:600]
        views = [np.asarray(stored[name], dtype=float)[chosen] for name in names]
        mask = rng.random((3, 250)) < 0.5
        mask[:2, mask.sum(axis=0) < 2] = True
        settings = dict(n_components=30, whitening=0.1, max_iter=1, random_state=seed)
        scores = []
        for most in (missing.MOST_WORK, 0.0):  # with completion, and without
            monkeypatch.setattr(missing, "MOST_WORK", most)
            aligner = Aligner(**settings).fit([x[:250] for x in views], mask=mask)
            scores.append(aligner.score([x[250:] for x in views]))
        monkeypatch.undo()
        gains.append(scores[0] - scores[1])
    assert min(gains) > 0.005
    assert np.mean(gains) > 0.02
