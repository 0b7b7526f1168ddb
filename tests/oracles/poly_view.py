"""Naive losses over any number of views, on ragged data.

`mask[a, i]` says whether view `a` of sample `i` is there. A row that is not there is nobody's
anchor, positive or negative; averages run over the terms that are left: first over the terms of a
sample, then over the samples that have one.
"""

import itertools
import math

from .conventions import apart, per_sample, ragged, unit
from .registry import oracle, torch


def _lse(terms):
    return torch.logsumexp(torch.stack(list(terms)), 0)


def _mean(terms):
    return sum(terms) / len(terms) if terms else None


@oracle(
    cases=(
        {"aggregation": "arithmetic"},
        {"temperature": 0.5},
        {"normalize": False},
        {"mask": "M B"},
        {"weights": "B"},
        {"mask": "M B", "weights": "B"},
        {"ids": "B", "aggregation": "arithmetic"},
        {"ids": "B", "mask": "M B"},
    )
)
def poly_view(
    views,
    mask=None,
    weights=None,
    ids=None,
    *,
    aggregation="geometric",
    temperature=0.1,
    normalize=True,
    reduction="mean",
):
    """One positive at a time against all views of the other samples."""
    samples = ragged(views, mask, normalize)
    losses = []
    for i, mine in enumerate(samples):
        others = [
            z for j, theirs in enumerate(samples) if apart(i, j, ids) for z in theirs.values()
        ]
        anchors = []
        for a, anchor in mine.items():
            negatives = [anchor @ z / temperature for z in others]
            log_l = []
            for b, positive in mine.items():
                if b != a:
                    s = anchor @ positive / temperature
                    log_l.append(s - _lse([s, *negatives]))
            if not log_l:
                continue
            if aggregation == "geometric":
                anchors.append(-sum(log_l) / len(log_l))
            else:
                anchors.append(math.log(len(log_l)) - _lse(log_l))
        losses.append(_mean(anchors))
    return per_sample(losses, weights, reduction, views[0])


@oracle(
    cases=(
        {"normalize_mean": True},
        {"temperature": 0.5},
        {"normalize": False},
        {"mask": "M B"},
        {"weights": "B"},
        {"mask": "M B", "weights": "B"},
        {"ids": "B"},
        {"ids": "B", "mask": "M B", "normalize_mean": True},
    )
)
def sufficient_statistics(
    views,
    mask=None,
    weights=None,
    ids=None,
    *,
    temperature=0.1,
    normalize=True,
    normalize_mean=False,
    reduction="mean",
):
    """Each view against the mean of the sample's other views."""
    samples = ragged(views, mask, normalize)
    means = []
    for rows in samples:
        mean = {}
        for a in rows:
            rest = [z for b, z in rows.items() if b != a]
            if rest:
                mean[a] = unit(sum(rest) / len(rest), normalize_mean)
        means.append(mean)
    losses = []
    for i, mine in enumerate(samples):
        candidates = [
            t for j, theirs in enumerate(means) if apart(i, j, ids) for t in theirs.values()
        ]
        anchors = []
        for a, anchor in mine.items():
            if a in means[i]:
                s = anchor @ means[i][a] / temperature
                anchors.append(_lse([s, *(anchor @ t / temperature for t in candidates)]) - s)
        losses.append(_mean(anchors))
    return per_sample(losses, weights, reduction, views[0])


def _column(samples, a):
    """Return the rows of one view, by sample."""
    return {i: rows[a] for i, rows in enumerate(samples) if a in rows}


def _pair(kind, x, y, i, temperature, ids):
    """Return the loss of pair `i` of two columns of rows, for each of the two-view losses."""
    s = x[i] @ y[i] / temperature
    if kind == "info_nce":
        rows = _lse(x[i] @ y[j] / temperature for j in y if j == i or apart(i, j, ids))
        columns = _lse(y[i] @ x[j] / temperature for j in x if j == i or apart(i, j, ids))
        return (rows + columns) / 2 - s
    if kind == "nt_xent":
        total = 0.0
        for anchor, own, other in ((x[i], x, y), (y[i], y, x)):
            logits = [anchor @ own[j] / temperature for j in own if apart(i, j, ids)]
            logits += [anchor @ other[j] / temperature for j in other if j == i or apart(i, j, ids)]
            total = total + _lse(logits) - s
        return total / 2
    if kind == "dhel":
        total = -s
        found = []
        for column in (x, y):
            energies = [column[i] @ column[j] / temperature for j in column if apart(i, j, ids)]
            if energies:
                total = total + _lse(energies)
            found += energies
        return total if found or _lonely((x, y), i) else 0.0 * s
    raise ValueError(kind)


def _lonely(columns, i):
    """Whether no other sample has any of these views, whatever its item."""
    return all(set(column) <= {i} for column in columns)


def _pair_terms(samples, pairs, kind, temperature, ids):
    """Return for each sample the losses of the pairs of views that it has."""
    columns = {a: _column(samples, a) for pair in pairs for a in pair}
    return [
        [
            _pair(kind, columns[a], columns[b], i, temperature, ids)
            for a, b in pairs
            if a in rows and b in rows
        ]
        for i, rows in enumerate(samples)
    ]


@oracle(
    cases=(
        {"pair": "info_nce"},
        {"pair": "dhel"},
        {"temperature": 0.5},
        {"normalize": False},
        {"mask": "M B"},
        {"weights": "B"},
        {"mask": "M B", "weights": "B"},
        {"ids": "B"},
        {"ids": "B", "pair": "dhel", "mask": "M B"},
    )
)
def multi_crop(
    views,
    mask=None,
    weights=None,
    ids=None,
    *,
    pair="nt_xent",
    temperature=0.1,
    normalize=True,
    reduction="mean",
):
    """Mean over unordered pairs of views of a two-view loss."""
    samples = ragged(views, mask, normalize)
    pairs = list(itertools.combinations(range(len(views)), 2))
    terms = _pair_terms(samples, pairs, pair, temperature, ids)
    return per_sample([_mean(t) for t in terms], weights, reduction, views[0])


@oracle(
    cases=(
        {"average": True},
        {"temperature": 0.5},
        {"normalize": False},
        {"mask": "M B"},
        {"weights": "B"},
        {"mask": "M B", "weights": "B"},
        {"ids": "B"},
        {"ids": "B", "mask": "M B"},
    )
)
def pairwise_sum(
    views,
    mask=None,
    weights=None,
    ids=None,
    *,
    temperature=0.07,
    average=False,
    normalize=True,
    reduction="mean",
):
    """Sum (or mean) over unordered pairs of views of the symmetric InfoNCE."""
    samples = ragged(views, mask, normalize)
    pairs = list(itertools.combinations(range(len(views)), 2))
    terms = _pair_terms(samples, pairs, "info_nce", temperature, ids)
    losses = [(_mean(t) if average else sum(t)) if t else None for t in terms]
    return per_sample(losses, weights, reduction, views[0])


@oracle(
    cases=(
        {"graph": "core"},
        {"graph": "core", "core": 1},
        {"temperature": 0.5},
        {"normalize": False},
        {"mask": "M B", "weights": "B"},
        {"mask": "M B", "graph": "core", "core": 1},
        {"ids": "B"},
        {"ids": "B", "mask": "M B", "graph": "core"},
    )
)
def multiview_coding(
    views,
    mask=None,
    weights=None,
    ids=None,
    *,
    graph="full",
    core=0,
    temperature=0.07,
    normalize=True,
    reduction="mean",
):
    """Sum over pairs of views of both cross-entropies: all pairs, or those with the core view."""
    samples = ragged(views, mask, normalize)
    pairs = list(itertools.combinations(range(len(views)), 2))
    if graph == "core":
        pairs = [pair for pair in pairs if core in pair]
    terms = _pair_terms(samples, pairs, "info_nce", temperature, ids)
    return per_sample([2 * sum(t) if t else None for t in terms], weights, reduction, views[0])


@oracle(
    cases=(
        {"pair": "info_nce"},
        {"pair": "dhel"},
        {"normalize_mean": True},
        {"temperature": 0.1},
        {"normalize": False},
        {"mask": "M B", "weights": "B"},
        {"mask": "M B", "pair": "dhel", "normalize_mean": True},
        {"ids": "B"},
        {"ids": "B", "pair": "dhel", "mask": "M B"},
    )
)
def average_view(
    views,
    mask=None,
    weights=None,
    ids=None,
    *,
    pair="nt_xent",
    temperature=0.5,
    normalize=True,
    normalize_mean=False,
    reduction="mean",
):
    """Each view against the mean of the others by a two-view loss."""
    samples = ragged(views, mask, normalize)
    terms = [[] for _ in samples]
    for a in range(len(views)):
        x, mu = {}, {}
        for i, rows in enumerate(samples):
            rest = [z for b, z in rows.items() if b != a]
            if a in rows and rest:
                x[i], mu[i] = rows[a], unit(sum(rest) / len(rest), normalize_mean)
        for i in x:
            terms[i].append(_pair(pair, x, mu, i, temperature, ids))
    return per_sample([_mean(t) for t in terms], weights, reduction, views[0])


@oracle(
    cases=(
        {"energy": "all"},
        {"temperature": 0.1},
        {"normalize": False},
        {"mask": "M B", "weights": "B"},
        {"mask": "M B", "energy": "all"},
        {"ids": "B"},
        {"ids": "B", "mask": "M B", "energy": "all"},
    )
)
def mv_info_nce(
    views,
    mask=None,
    weights=None,
    ids=None,
    *,
    energy="cross",
    temperature=0.5,
    normalize=True,
    reduction="mean",
):
    """One term a sample: all its positive pairs over all pairs it meets."""
    samples = ragged(views, mask, normalize)
    losses = []
    for i, mine in enumerate(samples):
        if len(mine) < 2:
            losses.append(None)
            continue
        positives, energies = [], []
        for a, anchor in mine.items():
            positives += [anchor @ z / temperature for b, z in mine.items() if b != a]
            for j, theirs in enumerate(samples):
                for b, z in theirs.items():
                    allowed = b != a if energy == "cross" else (j, b) != (i, a)
                    if allowed and (j == i or apart(i, j, ids)):
                        energies.append(anchor @ z / temperature)
        losses.append(_lse(energies) - _lse(positives))
    return per_sample(losses, weights, reduction, views[0])


@oracle(
    cases=(
        {"temperature": 0.1},
        {"normalize": False},
        {"mask": "M B"},
        {"weights": "B"},
        {"mask": "M B", "weights": "B"},
        {"ids": "B"},
        {"ids": "B", "mask": "M B"},
    )
)
def mv_dhel(
    views,
    mask=None,
    weights=None,
    ids=None,
    *,
    temperature=0.5,
    normalize=True,
    reduction="mean",
):
    """Alignment of all views of a sample in one term, and one energy a view."""
    samples = ragged(views, mask, normalize)
    columns = [_column(samples, a) for a in range(len(views))]
    losses = []
    for i, mine in enumerate(samples):
        if len(mine) < 2:
            losses.append(None)
            continue
        loss = -_lse(u @ v / temperature for u, v in itertools.combinations(mine.values(), 2))
        found = []
        for a, anchor in mine.items():
            others = [z for j, z in columns[a].items() if apart(i, j, ids)]
            energies = [anchor @ z / temperature for z in others]
            if energies:
                loss = loss + _lse(energies)
            found += energies
        if not found and not _lonely([columns[a] for a in mine], i):
            loss = 0.0 * loss
        losses.append(loss)
    return per_sample(losses, weights, reduction, views[0])


@oracle(
    cases=(
        {"both": False},
        {"temperature": 0.1},
        {"normalize": False},
        {"weights": "B"},
        {"ids": "B"},
    )
)
def dhel(
    x, y, weights=None, ids=None, *, temperature=0.3, both=True, normalize=True, reduction="mean"
):
    """Decoupled hyperspherical energies of two views."""
    x, y = unit(x, normalize), unit(y, normalize)
    losses = []
    for i in range(x.shape[0]):
        others = [j for j in range(x.shape[0]) if j != i]
        if ids is not None:
            others = [j for j in others if int(ids[j]) != int(ids[i])]
        if not others:
            losses.append(0.0 * x[i].sum())
            continue
        loss = -x[i] @ y[i] / temperature + torch.logsumexp(x[others] @ x[i] / temperature, 0)
        if both:
            loss = loss + torch.logsumexp(y[others] @ y[i] / temperature, 0)
        losses.append(loss)
    return per_sample(losses, weights, reduction, x)


@oracle(
    cases=(
        {"temperature": 0.5},
        {"normalize": False, "temperature": 1.0},
        {"mask": "M B"},
    )
)
def symile(views, permutations, mask=None, *, temperature=0.1, normalize=True, reduction="mean"):
    """Each view against its own product of the others, and those of the other places."""
    samples = ragged(views, mask, normalize)
    count, losses = len(views), []
    for i, mine in enumerate(samples):
        if len(mine) < count:
            losses.append(None)
            continue
        terms = []
        for m in range(count):
            others = [r for r in range(count) if r != m]
            own = mine[m] @ _entrywise([mine[r] for r in others]) / temperature
            logits = [own]
            for j in range(len(samples)):
                places = {r: int(permutations[m][r][j]) for r in others}
                if j != i and all(len(samples[place]) == count for place in places.values()):
                    p = _entrywise([samples[place][r] for r, place in places.items()])
                    logits.append(mine[m] @ p / temperature)
            terms.append(_lse(logits) - own)
        losses.append(_mean(terms))
    return per_sample(losses, None, reduction, views[0])


def _entrywise(rows):
    """Product of several rows."""
    product = rows[0]
    for row in rows[1:]:
        product = product * row
    return product
