"""Naive losses of rows with labels."""

import math

from .conventions import per_sample, reduce, unit
from .registry import oracle, torch


def _flat(z, labels, normalize):
    """Unit rows view by view, the label of each, and the number of views."""
    if z.ndim == 2:
        return unit(z, normalize), labels.tolist(), None
    rows = torch.cat([unit(view, normalize) for view in z])
    return rows, labels.tolist() * z.shape[0], z.shape[0]


def _mean_cross_entropy(anchor, candidates, positives):
    """Log-sum-exp of an anchor's candidates less the mean score of its positives."""
    if not positives:
        return (anchor * 0.0).sum()
    scores = torch.stack([anchor @ c for c in candidates])
    means = torch.stack([anchor @ p for p in positives])
    return torch.logsumexp(scores, 0) - means.mean()


@oracle(
    cases=(
        {"temperature": 0.5},
        {"variant": "in"},
        {"z": "B D"},
        {"z": "B D", "variant": "in", "temperature": 0.5},
        {"normalize": False},
        {"base_temperature": 0.1, "temperature": 0.3},
        {"anchors": 1},
        {"anchors": 2, "variant": "in", "base_temperature": 0.07},
        {"z": "B D", "anchors": 3},
    )
)
def sup_con(
    z,
    labels,
    *,
    temperature=0.07,
    variant="out",
    normalize=True,
    base_temperature=None,
    anchors=None,
    reduction="mean",
):
    """All rows of a class against all other rows."""
    rows, label, views = _flat(z, labels, normalize)
    n = len(label)
    count = n if anchors is None else anchors if views is None else anchors * (n // views)
    losses = []
    for i in range(count):
        others = [a for a in range(n) if a != i]
        positives = [a for a in others if label[a] == label[i]]
        if not positives:
            losses.append((rows[i] * 0.0).sum())
            continue
        logits = torch.stack([rows[i] @ rows[a] / temperature for a in others])
        log_p = dict(zip(others, torch.log_softmax(logits, 0), strict=True))
        mine = torch.stack([log_p[p] for p in positives])
        if variant == "out":
            losses.append(-mine.mean())
        else:
            losses.append(-(torch.logsumexp(mine, 0) - math.log(len(positives))))
    losses = torch.stack(losses)
    if base_temperature is not None:
        losses = losses * (temperature / base_temperature)
    return reduce(losses, None, reduction)


@oracle(cases=({"temperature": 0.5}, {"normalize": False}))
def aaic(views, live, *, temperature=0.02, normalize=True, reduction="mean"):
    """Live rows are one class, each other sample is a class of its own."""
    rows, alive, m = _flat(views, live, normalize)
    b, losses = len(alive) // m, []
    for i in range(m * b):
        others = [a for a in range(m * b) if a != i]
        positives = [a for a in others if a % b == i % b or (alive[a] and alive[i])]
        losses.append(
            _mean_cross_entropy(
                rows[i] / temperature, [rows[a] for a in others], [rows[a] for a in positives]
            )
        )
    return reduce(torch.stack(losses), None, reduction)


@oracle(
    cases=(
        {"temperature": 0.5},
        {"anchors": "B"},
        {"anchors": "B", "normalize": False},
    )
)
def multimodal_supcon(
    x, y, labels, anchors=None, *, temperature=0.1, normalize=True, reduction="mean"
):
    """Each row against the rows of the other side, those of its class being positives."""
    x, y = unit(x, normalize), unit(y, normalize)
    label, b = labels.tolist(), len(labels)
    chosen = [k for k in range(b) if anchors is None or bool(anchors[k])]

    def one(k, rows, others):
        positives = [others[p] for p in chosen if label[p] == label[k]]
        return _mean_cross_entropy(rows[k] / temperature, [others[i] for i in chosen], positives)

    losses = [(one(k, x, y) + one(k, y, x)) / 2 if k in chosen else None for k in range(b)]
    return per_sample(losses, None, reduction, x)


@oracle(cases=({"temperature": 0.5}, {"negatives_from": "teacher"}, {"normalize": False}))
def nspt(
    x,
    teacher,
    labels,
    anchors,
    *,
    temperature=0.1,
    negatives_from="student",
    normalize=True,
    reduction="mean",
):
    """Anchors against the teacher's rows of their class and the student's of all others."""
    x, teacher = unit(x, normalize), unit(teacher, normalize)
    label, b = labels.tolist(), len(labels)
    negatives = x if negatives_from == "student" else teacher
    losses = []
    for k in range(b):
        if not bool(anchors[k]):
            losses.append(None)
            continue
        positives = [teacher[p] for p in range(b) if bool(anchors[p]) and label[p] == label[k]]
        far = [negatives[i] for i in range(b) if label[i] != label[k]]
        losses.append(_mean_cross_entropy(x[k] / temperature, positives + far, positives))
    return per_sample(losses, None, reduction, x)


@oracle(
    cases=(
        {"temperature": 0.5, "class_temperature": 0.4},
        {"class_temperature": "C"},
        {"class_temperature": "C", "beta": 0.7, "normalize": False},
        {"beta": 0.0},
        {"base_temperature": 0.07},
        {"normalize": False},
    )
)
def sbcl(
    views,
    labels,
    clusters,
    *,
    temperature=0.1,
    class_temperature=0.2,
    beta=0.25,
    base_temperature=None,
    normalize=True,
    reduction="mean",
):
    """Rows of a subclass together, and other subclasses of a class with the own views."""
    rows, label, m = _flat(views, labels, normalize)
    b, cluster, losses = len(label) // m, clusters.tolist() * m, []
    taus = torch.as_tensor(class_temperature)
    for r in range(m * b):
        other = [q for q in range(m * b) if q != r]
        own = [q for q in other if q % b == r % b]
        far = [q for q in other if cluster[q] != cluster[r]]
        near = [q for q in other if cluster[q] == cluster[r]]
        kin = [q for q in far if label[q] == label[r]]
        tau = taus if taus.ndim == 0 else taus[label[r]]

        def term(anchor, candidates, positives):
            given = ([rows[q] for q in some] for some in (candidates, positives))
            return _mean_cross_entropy(anchor, *given)

        fine = term(rows[r] / temperature, other, near)
        if base_temperature is not None:
            fine = fine * temperature / base_temperature
        losses.append(fine + beta * term(rows[r] / tau, own + far, own + kin))
    return reduce(torch.stack(losses), None, reduction)


@oracle(cases=({"normalize": False},))
def proto_nce(x, prototypes, assign, concentration, *, normalize=True, reduction="mean"):
    """Each row against all prototypes, with the temperature of each."""
    x, prototypes = unit(x, normalize), unit(prototypes, normalize)
    losses = []
    for row, k in zip(x, assign.tolist(), strict=True):
        logits = torch.stack(
            [row @ c / phi for c, phi in zip(prototypes, concentration, strict=True)]
        )
        losses.append(-torch.log_softmax(logits, 0)[k])
    return reduce(torch.stack(losses), None, reduction)
