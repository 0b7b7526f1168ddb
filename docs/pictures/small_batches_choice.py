"""Which estimator to take when batches are small, and what it costs and keeps.

    python docs/pictures/small_batches_choice.py

Times are taken on this machine, one thread, as multiples of InfoNCE's.
"""

import numpy as np
from choices import bars, ladder
from digit_views import save
from matplotlib.figure import Figure

import polycontrast as pc
from polycontrast.plot.style import title

B, D = 1024, 128
RUNGS = (
    ("Is there memory, or time,\nfor a larger batch?", "a larger batch", "tiles, chunked_step"),
    ("Is no normaliser wanted?", "sigmoid_contrastive", "nothing kept"),
    ("Are there several machines\nwith a slow wire?", "grouped_info_nce", "nothing kept"),
    (
        "Have samples no index,\nor do they come only once?",
        "global_contrastive",
        "and a network for log_u",
    ),
    ("Must the loss add up over pairs?", "gamma_info_nce", "kept: 1 number a sample"),
    (
        "Should every sample learn\nits temperature?",
        "global_contrastive (iSogCLR)",
        "kept: 4 numbers a sample",
    ),
)
OTHERWISE = "global_contrastive\nkept: 2 numbers a sample"


def calls():
    """Name, value and gradient with the state's update, and what is kept of each sample."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((B, D)).astype(np.float32)
    y = x + rng.standard_normal((B, D)).astype(np.float32)
    log_z = pc.log_normalizer(x, y)
    log_u = pc.update_log_u(x, y, np.full((2, B), -np.inf, np.float32))
    tau = np.full(B, 0.1, np.float32)

    def gamma():
        now = pc.log_normalizer(x, y)
        pc.gamma_info_nce.value_and_grad(x, y, -log_z, wrt=("x", "y"))
        pc.update_log_normalizer(log_z, now, 0.5)

    def individual():
        wrt = ("x", "y", "temperature")
        _, grads, _ = pc.global_contrastive_step(x, y, log_u, tau, reduction="sum", wrt=wrt)
        pc.update_temperature(tau, np.zeros_like(tau), grads.temperature)

    return (
        ("info_nce", lambda: pc.info_nce.value_and_grad(x, y, temperature=0.1), ""),
        ("sigmoid_contrastive", lambda: pc.sigmoid_contrastive.value_and_grad(x, y), ""),
        (
            "grouped_info_nce, 8 groups",
            lambda: pc.grouped_info_nce.value_and_grad(x, y, groups=8),
            "",
        ),
        ("gamma_info_nce, with its state", gamma, "one direction"),
        (
            "global_contrastive, with its state",
            lambda: pc.global_contrastive_step(x, y, log_u, gamma=0.9),
            "",
        ),
        ("the same, a temperature a sample", individual, ""),
    )


def main() -> None:
    figure = Figure(figsize=(7, 9.6), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1.3, 1))
    upper, lower = above.subplots(), below.subplots()
    ladder(upper, RUNGS, OTHERWISE)
    title(upper, "Which to take")
    bars(lower, calls(), "time over that of info_nce", f"value and gradient, B = {B}, D = {D}")
    save(figure, "small_batches_choice.png")


if __name__ == "__main__":
    main()
