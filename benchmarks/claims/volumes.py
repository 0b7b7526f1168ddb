"""GRAM's volumes against pairwise cosines, for three to six views of digits.

    python benchmarks/claims/volumes.py

Claim: Cicchetti, Grassucci, Sigillo, Comminiello, Gramian Multimodal Representation Learning and
Alignment, ICLR 2025, arXiv 2412.11959. The first view is the anchor.
"""

import itertools

import numpy as np
from common.encoders import cosine_recall, digits, probe_of_mean, train
from common.report import save_picture, spread, write_table
from common.runs import command_line, run_all, seeds
from matplotlib.figure import Figure

import polycontrast as pc
from polycontrast.plot.style import CLASS_COLOURS, plain, title

NS, BATCH, STEPS, EVERY = (3, 4, 5, 6), 64, 600, 30
TEMPERATURES, PILOT_STEPS, PILOT_SEED = (0.06, 0.12, 0.25, 0.5), 300, 1000
CORE = {"graph": "core", "core": 0}  # the first view against each other one
LATE = 4  # of the looks: what is seen from step 120 on
GRAM, PAIRS, ANCHOR = METHODS = "GRAM", "cosine, all pairs", "cosine, anchor and others"


def objective(method, temperature):
    """Loss and gradient of outputs (n, B, D)."""

    def call(z):
        if method != GRAM:
            loss, how = (pc.pairwise_sum, {}) if method == PAIRS else (pc.multiview_coding, CORE)
            value, grads = loss.value_and_grad(z, temperature=temperature, **how)
            return value, grads.views
        value, grads = pc.gram_loss.value_and_grad(z[0], z[1:], temperature=temperature)
        return value, np.concatenate([grads.anchor[None], grads.others])

    return call


def volumes(z):
    """Of every anchor i with every tuple j, from one QR a tuple."""
    q, r = np.linalg.qr(z[1:].transpose(1, 2, 0))  # (B, D, n - 1)
    height = np.abs(np.diagonal(r, axis1=1, axis2=2)).prod(axis=1)
    inside = np.square(np.einsum("id,jdk->ijk", z[0], q, optimize=True)).sum(axis=2)
    return height * np.sqrt(np.maximum(1 - inside, 0))


def found_tuples(scores):
    """How many anchors score highest with their own tuple."""
    return np.mean(scores.argmax(axis=1) == np.arange(len(scores)))


def seen(z):
    """Recall of tuples by volume and by cosines, matching and other volumes."""
    all_volumes = volumes(z)
    other = all_volumes[~np.eye(len(all_volumes), dtype=bool)].mean()
    by_cosine = found_tuples(z[0] @ z[1:].sum(axis=0).T)
    return (
        found_tuples(-all_volumes),
        by_cosine,
        float(pc.gram_volume(z, reduction="mean")),
        other,
    )


def pilot(method, n, temperature):
    """What validation rows show after half the steps, on a split of its own."""
    learn, validation, _ = digits(n, PILOT_SEED)
    call = objective(method, temperature)
    encoders, _ = train(call, learn, batch=BATCH, steps=PILOT_STEPS, seed=PILOT_SEED)
    return seen(encoders(validation.views))


def run(method, n, temperature, seed):
    """Figures of held-out rows after training, and what was seen on the way there."""
    learn, _, held = digits(n, seed)
    encoders, course = train(
        objective(method, temperature),
        learn,
        batch=BATCH,
        steps=STEPS,
        seed=seed,
        watch=lambda encoders: seen(encoders(held.views)),
        every=EVERY,
    )
    z, out = encoders(learn.views), encoders(held.views)
    cosines = (out[:1] * out[1:]).sum(axis=-1)
    ends = (
        *course[-1][1],
        cosine_recall(out),
        unsigned_recall(out),
        probe_of_mean(z, out, learn, held),
        np.mean(cosines < 0),
        np.mean(np.abs(cosines)),
    )
    return np.array(ends), np.array([(step, *figures) for step, figures in course])


def unsigned_recall(z):
    """Like `cosine_recall`, by the size of the cosine alone."""
    pairs = itertools.permutations(z, 2)
    return np.mean([found_tuples(np.abs(a @ b.T)) for a, b in pairs])


def correlations(courses, part):
    """With recall, of the mean volume and of its distance from other tuples' volumes."""
    cells = []
    for first in (0, LATE):
        for measure in (lambda c: c[:, 3], lambda c: c[:, 4] - c[:, 3]):
            of_runs = [np.corrcoef(measure(c[first:]), c[first:, part])[0, 1] for c in courses]
            cells.append(spread(of_runs, 2))
    return cells


def draw(courses):
    """Recall by the score of the loss, and mean volume, over training; one against the other."""
    figure = Figure(figsize=(11, 9.2), layout="constrained")
    for row, method in zip(figure.subplots(3, 3), METHODS, strict=True):
        part = 1 if method == GRAM else 2
        for k, n in enumerate(NS):
            mean, colour = np.mean(courses[method, n], axis=0), CLASS_COLOURS[k]
            row[0].plot(mean[:, 0], mean[:, part], color=colour, label=f"{n} views")
            row[1].plot(mean[:, 0], mean[:, 3], color=colour)
            row[1].plot(mean[:, 0], mean[:, 4], ":", color=colour)
            row[2].plot(mean[:, 3], mean[:, part], ".-", color=colour)
        score = "by volume" if method == GRAM else "by sum of cosines"
        title(row[0], method, f"recall@1 of tuples {score}")
        title(row[1], "Mean volume", "matching tuples; dotted: others")
        title(row[2], "Recall@1 against mean volume", f"one point each {EVERY} steps")
        row[0].set_xlabel("steps")
        row[1].set_xlabel("steps")
        row[2].set_xlabel("mean volume of matching tuples")
        for axes in row:
            plain(axes)
        row[0].legend(frameon=False, fontsize=8, loc="lower right")
    save_picture(figure, "volumes")


def main():
    options = command_line(__doc__.partition("\n")[0], 4).parse_args()
    pairs = [(method, n) for n in reversed(NS) for method in METHODS]
    scores = run_all(pilot, [(*p, t) for p in pairs for t in TEMPERATURES], options.jobs)
    chosen = {p: max(TEMPERATURES, key=lambda t, p=p: scores[*p, t][p[0] != GRAM]) for p in pairs}
    cases = [(*pair, chosen[pair], seed) for pair in pairs for seed in seeds(options)]
    results = run_all(run, cases, options.jobs)
    rows, progress, courses = [], [], {}
    for n in NS:
        for method in METHODS:
            ends, courses[method, n] = zip(
                *(results[method, n, chosen[method, n], s] for s in seeds(options)), strict=True
            )
            cells = [spread(values) for values in np.transpose(ends)]
            order = (0, 1, 4, 5, 6, 2, 3, 7, 8)
            rows.append([n, method, chosen[method, n], *(cells[k] for k in order)])
            part = 1 if method == GRAM else 2
            # Models that differ in temperature only, and not in how long they learned.
            models = np.array([scores[method, n, t] for t in TEMPERATURES])
            between = np.corrcoef(models[:, 2], models[:, part - 1])[0, 1]
            found = correlations(courses[method, n], part)
            progress.append([n, method, *found, f"{between:.2f}"])
    columns = [
        "views", "loss", "temperature", "tuples, by volume", "tuples, by sum of cosines",
        "pairs, by cosine", "pairs, by size of cosine", "probe", "mean volume",
        "volume of other tuples", "opposed", "size of cosine",
    ]  # fmt: skip
    note = (
        f"Held-out rows, mean ± standard deviation over {options.seeds} splits; {STEPS} steps of "
        f"{BATCH} rows. Tuples, pairs: recall@1 among 600, of the anchor's tuple and over all "
        "ordered pairs of views. Opposed: share of matching pairs of the anchor and another view "
        "with cosine below 0; size of cosine: mean of its absolute value over these pairs."
    )
    write_table("volumes", columns, rows, note)
    late = f"from step {LATE * EVERY} on"
    columns = [
        "views", "loss", "volume, whole run", "gap, whole run", f"volume, {late}", f"gap, {late}",
        "volume, between temperatures",
    ]  # fmt: skip
    note = (
        "Correlation with recall@1 of tuples, by volume for GRAM and by sum of cosines for the "
        f"others: mean ± standard deviation over {options.seeds} splits, one point each {EVERY} "
        "steps. Volume: mean of matching tuples. Gap: mean of the other tuples less that. Between "
        f"temperatures: {len(TEMPERATURES)} models after {PILOT_STEPS} steps, validation rows."
    )
    write_table("volumes_progress", columns, progress, note)
    draw(courses)


if __name__ == "__main__":
    main()
