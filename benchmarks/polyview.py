"""The poly-view family against torch autograd of the formulas and the published formulations.

    pip install torch==2.13.0 . && python benchmarks/polyview.py

Value and gradient in float32. Every rival runs on the same numbers; values are compared first. Ours
and the rival take turns, and the medians and their ratio are printed and written to
`benchmarks/results/polyview.csv`, together with machine and versions, and to the documentation.
"""

import argparse
import csv
import datetime
import math
import statistics
import time
import tracemalloc
from pathlib import Path

import numpy as np
import torch

import polycontrast as pc
from polycontrast.bench import machine

RESULTS = Path(__file__).parent / "results" / "polyview.csv"
TABLE = Path(__file__).parents[1] / "docs" / "_tables" / "polyview.md"


def unit(views):
    """Rows of unit length."""
    return views / views.norm(dim=-1, keepdim=True)


# Rivals: plain formulas under autograd, and the formulations that were published.


def cube_published(views, temperature=0.07):
    """Deviation logits from an array of B^n x D, as the authors' code has them."""
    z = unit(views)
    n, b = z.shape[0], z.shape[1]
    spread = [z[a].reshape(*(b if c == a else 1 for c in range(n)), -1) for a in range(n)]
    mean = sum(spread) / n
    square = sum(((t - mean) ** 2).sum(-1) for t in spread)
    return cube_entropy((1 - square.clamp_min(1e-12).sqrt()) / temperature)


def cube_from_products(views, temperature=0.07):
    """Variance logits on the B^3 cube, built from pairwise products."""
    z = unit(views)
    g01, g02, g12 = z[0] @ z[1].T, z[0] @ z[2].T, z[1] @ z[2].T
    s = 1 - (2 - (2 / 3) * (g01[:, :, None] + g02[:, None, :] + g12[None, :, :]))
    return cube_entropy(s / temperature)


def cube_entropy(s):
    """Cross-entropy of every row against all its tuples."""
    n, b = s.ndim, s.shape[0]
    i = torch.arange(b)
    diagonal = s[(i,) * n]
    loss = 0.0
    for a in range(n):
        loss = loss + (torch.logsumexp(s.movedim(a, 0).reshape(b, -1), 1) - diagonal).mean() / n
    return loss


def poly_view_published(views, temperature=0.1):
    """One softmax for each (view, positive), as in the paper's pseudo-code."""
    z = unit(views)
    m, b, _ = z.shape
    logits = torch.einsum("aid,bjd->aibj", z, z) / temperature
    own = torch.eye(b, dtype=torch.bool)[None, :, None, :]
    loss = 0.0
    for alpha in range(m):
        for beta in range(m):
            if beta == alpha:
                continue
            positive = torch.zeros(1, b, m, b, dtype=torch.bool)
            positive[0, :, beta, :] = torch.eye(b, dtype=torch.bool)
            row = logits[alpha][None].masked_fill(own & ~positive, -torch.inf)
            log_p = torch.log_softmax(row.reshape(b, m * b), dim=1)
            loss = loss - log_p[positive.reshape(b, m * b)].mean()
    return loss / (m * (m - 1))


def poly_view_plain(views, temperature=0.1):
    """One masked log-sum-exp a row on the dense Gram matrix."""
    z = unit(views)
    m, b, _ = z.shape
    flat = z.reshape(m * b, -1)
    logits = flat @ flat.T / temperature
    sample = torch.arange(m * b) % b
    negatives = logits.masked_fill(sample[:, None] == sample[None, :], -torch.inf)
    lse = torch.logsumexp(negatives, 1).reshape(m, b)
    positive = torch.einsum("aid,bid->abi", z, z) / temperature
    cost = torch.nn.functional.softplus(lse[:, None, :] - positive)
    off = ~torch.eye(m, dtype=torch.bool)
    return cost[off].mean()


def gram_published(views, temperature=0.07):
    """A determinant for each pair of an anchor and a tuple."""
    z = unit(views)
    anchor, others = z[0], z[1:]
    k, b = others.shape[0], anchor.shape[0]
    g = torch.empty(b, b, k + 1, k + 1)
    g[:, :, 0, 0] = (anchor * anchor).sum(-1)[:, None]
    for c in range(k):
        cross = anchor @ others[c].T
        g[:, :, 0, c + 1] = cross
        g[:, :, c + 1, 0] = cross
        for d in range(k):
            g[:, :, c + 1, d + 1] = (others[c] * others[d]).sum(-1)[None, :]
    s = -torch.linalg.det(g).abs().clamp_min(1e-12).sqrt() / temperature
    target = torch.arange(b)
    entropy = torch.nn.functional.cross_entropy
    return (entropy(s, target) + entropy(s.T, target)) / 2


def under_autograd(formula):
    """Value and gradient of a torch formula, on a NumPy array."""

    def call(views):
        x = torch.tensor(views, requires_grad=True)
        loss = formula(x)
        loss.backward()
        return float(loss.detach()), x.grad.numpy()

    return call


def ours(objective, **params):
    """Value and gradient of one of our objectives, the gradient as one stack."""

    def call(views):
        if objective is pc.gram_loss:
            value, grads = objective.value_and_grad(views[0], views[1:], **params)
            return float(value), np.concatenate([grads.anchor[None], grads.others])
        value, grads = objective.value_and_grad(views, **params)
        return float(value), grads.views

    return call


FORMULA, PUBLISHED = "autograd of the formula", "published formulation"
# Name, (views, rows, dimension), ours, rival, what the rival is, whether both are the same number.
CASES = [
    (
        "cube_loss deviation",
        (3, 48, 128),
        ours(pc.cube_loss),
        under_autograd(cube_published),
        PUBLISHED,
        True,
    ),
    (
        "cube_loss variance",
        (3, 512, 128),
        ours(pc.cube_loss, similarity="variance"),
        under_autograd(cube_from_products),
        "autograd on the B^3 cube",
        True,
    ),
    (
        "poly_view",
        (8, 512, 128),
        ours(pc.poly_view),
        under_autograd(poly_view_published),
        PUBLISHED,
        True,
    ),
    *(
        ("poly_view", shape, ours(pc.poly_view), under_autograd(poly_view_plain), FORMULA, True)
        for shape in ((4, 1024, 128), (2, 2048, 128), (3, 1024, 128))
    ),
    (
        "gram_loss",
        (4, 512, 512),
        ours(pc.gram_loss),
        under_autograd(gram_published),
        "a determinant a pair",
        True,
    ),
    ("mv_dhel", (8, 1024, 128), ours(pc.mv_dhel), ours(pc.poly_view), "our poly_view", False),
]


def seconds(function, views):
    """Wall time of one call."""
    start = time.perf_counter()
    function(views)
    return time.perf_counter() - start


def compare(function, rival, views, same, runs):
    """Check values, then time both in turn; medians in seconds."""
    (value, grad), (other, other_grad) = function(views), rival(views)
    if same:
        assert math.isclose(value, other, rel_tol=1e-4), (value, other)
        worst = np.max(np.abs(grad - other_grad)) / np.max(np.abs(other_grad))
        assert worst < 1e-3, worst
    pairs = [(seconds(function, views), seconds(rival, views)) for _ in range(runs)]
    return [statistics.median(times) for times in zip(*pairs, strict=True)]


def largest_cube(rows):
    """Seconds, and peak of NumPy's extra memory, of value and gradient on B^3 logits."""
    views = np.random.default_rng(0).normal(size=(3, rows, 128)).astype(np.float32)
    tracemalloc.start()
    start = time.perf_counter()
    pc.cube_loss.value_and_grad(views)
    spent = time.perf_counter() - start
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return spent, peak


def main():
    """Run all cases and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--rows", type=int, default=1024, help="batch of the largest cube")
    args = parser.parse_args()
    where = f"{machine()}, {torch.get_num_threads()} threads"
    versions = f"numpy {np.__version__}, torch {torch.__version__}, {datetime.date.today()}"
    print(f"{where}; {versions}")
    rows = []
    for name, (m, b, d), function, rival, what, same in CASES:
        views = np.random.default_rng(0).normal(size=(m, b, d)).astype(np.float32)
        # Views of one sample are related, and the loss is far from 0, where rivals lose digits.
        views += 0.5 * views[:1]
        runs = args.runs
        mine, other = compare(function, rival, views, same, runs)
        row = [
            name,
            m,
            b,
            d,
            what,
            f"{mine * 1e3:.2f}",
            f"{other * 1e3:.1f}",
            f"{other / mine:.1f}",
        ]
        rows.append([*row, where, versions])
        print(
            "{:<20} M={} B={:<5} D={:<4} {:<26} ours {:>9} ms  rival {:>9} ms  {:>7}x".format(*row)
        )
    spent, peak = largest_cube(args.rows)
    what = f"{args.rows}^3 logits, {peak / 2**20:.0f} MiB extra"
    print(f"cube_loss deviation, {what}: {spent:.1f} s")
    own = ["cube_loss deviation", 3, args.rows, 128, what, f"{spent * 1e3:.0f}", "", ""]
    rows.append([*own, where, versions])
    write(rows)


COLUMNS = ("objective", "views", "rows", "dimension", "rival", "ours_ms", "rival_ms", "ratio")


def write(rows):
    """Write the table for programs, and without machine and versions for the documentation."""
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*COLUMNS, "machine", "versions"))
        writer.writerows(rows)
    head = [[c.replace("_", " ") for c in COLUMNS], ["---"] * len(COLUMNS)]
    lines = ["| " + " | ".join(map(str, row[: len(COLUMNS)])) + " |" for row in (*head, *rows)]
    TABLE.write_text("\n".join([*lines, "", f"{', '.join(rows[0][len(COLUMNS) :])}.", ""]))


if __name__ == "__main__":
    main()
