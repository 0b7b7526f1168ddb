"""Which objective to take between two modalities, and what it costs.

    python docs/pictures/structure_choice.py

Times are taken on this machine, one thread, as multiples of CLIP's.
"""

import numpy as np
from choices import bars, ladder
from digit_views import save
from matplotlib.figure import Figure

import polycontrast as pc
from polycontrast.plot.style import title

B, D = 1024, 128
RUNGS = (
    ("Does one modality know more,\nand does a task need it?", "feature_separation", "own heads"),
    (
        "Must both modalities lie in one place,\nas in one index?",
        "contrastive_gap_loss",
        "or a higher temperature",
    ),
    ("Are there augmentations of a modality?", "brownian_bridge", "beside the base loss"),
    ("Should similarities agree within\nand across modalities?", "cyclip", ""),
)
OTHERWISE = "info_nce (CLIP)"


def calls():
    """Name, value and gradient, and what more is needed."""
    rng = np.random.default_rng(0)
    x, y, p, q = rng.standard_normal((4, B, D)).astype(np.float32)
    xa, ya, pa, qa = (t + rng.standard_normal((B, D)).astype(np.float32) for t in (x, y, p, q))
    return (
        ("info_nce", lambda: pc.info_nce.value_and_grad(x, y), ""),
        ("brownian_bridge", lambda: pc.brownian_bridge.value_and_grad(x, y, xa), "added"),
        ("geometric_consistency", lambda: pc.geometric_consistency.value_and_grad(x, y), "added"),
        ("cyclip", lambda: pc.cyclip.value_and_grad(x, y), ""),
        ("contrastive_gap_loss", lambda: pc.contrastive_gap_loss.value_and_grad(x, y), ""),
        (
            "multimodal_contrastive",
            lambda: pc.multimodal_contrastive.value_and_grad(x, y, xa, ya),
            "the base loss",
        ),
        (
            "feature_separation",
            lambda: pc.feature_separation.value_and_grad(x, y, p, q, pa, qa),
            "added",
        ),
    )


def main() -> None:
    figure = Figure(figsize=(7, 8.6), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1.15, 1))
    upper, lower = above.subplots(), below.subplots()
    ladder(upper, RUNGS, OTHERWISE)
    title(upper, "Which to take")
    bars(lower, calls(), "time over that of info_nce", f"value and gradient, B = {B}, D = {D}")
    save(figure, "structure_choice.png")


if __name__ == "__main__":
    main()
