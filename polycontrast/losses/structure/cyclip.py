"""CLIP with cyclic consistency."""

from polycontrast.calculus import unit_rows
from polycontrast.contrast import weighted_sum
from polycontrast.losses.structure.geometric_consistency import geometric_consistency
from polycontrast.losses.two_view.info_nce import info_nce
from polycontrast.objective import (
    Embeddings,
    Ids,
    Nonnegative,
    Normalize,
    Same,
    Temperature,
    objective,
)


@objective(
    invariances=("sample_permutation", "rotation", "row_scale", "swap"),
    same_as=(Same("info_nce", when={"in_modal": 0.0, "cross_modal": 0.0}),),
    aliases=("CyCLIP", "CyCLIPLoss"),
)
def cyclip(
    x: Embeddings,
    y: Embeddings,
    ids: Ids | None = None,
    *,
    temperature: Temperature = 0.07,
    in_modal: Nonnegative = 0.25,
    cross_modal: Nonnegative = 0.25,
    normalize: Normalize = True,
):
    r"""CLIP loss plus geometric consistency within and across modalities.

    .. math:: \mathrm{info\_nce}(x, y; \tau) + \frac{1}{B}
              \sum_{jk} \Big[ c \big( \langle X_j, Y_k \rangle - \langle X_k, Y_j \rangle \big)^2
              + a \big( \langle X_j, X_k \rangle - \langle Y_j, Y_k \rangle \big)^2 \Big]

    Parameters
    ----------
    x, y
        Two modalities.
    temperature
        Of the contrastive part. CLIP's initial value.
    in_modal, cross_modal
        Weights of the cyclic terms; the paper's values.

    Notes
    -----
    The loss is the symmetric `info_nce` plus `geometric_consistency`. The cyclic terms use plain
    cosines, so the temperature gets its gradient from the contrastive part only. They cost
    O(B D^2) and form no pair. `ids` concern `info_nce` alone: the cyclic terms have no negatives.

    References
    ----------
    S. Goel, H. Bansal, S. Bhatia, R. Rossi, V. Vinay, A. Grover, "CyCLIP: Cyclic Contrastive
    Language-Image Pretraining", NeurIPS 2022, arXiv 2205.14459.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, y = np.eye(2), np.asarray([[1.0, 0.0], [0.6, 0.8]])
    >>> float(pc.cyclip(x, y, temperature=1.0).round(6))
    0.628879
    """
    rows = {"x": unit_rows(x, normalize), "y": unit_rows(y, normalize)}
    a, b = (unit for unit, _ in rows.values())
    wrt = ("x", "y", "temperature")
    options = dict(temperature=temperature, normalize=False, wrt=wrt, ids=ids)

    def cycle():
        return geometric_consistency.vjp(
            a, b, in_modal=in_modal, cross_modal=cross_modal, normalize=False
        )

    return weighted_sum(
        rows,
        temperature,
        (1.0, wrt, lambda: info_nce.vjp(a, b, **options)),
        (1.0, ("x", "y"), cycle),
    )
