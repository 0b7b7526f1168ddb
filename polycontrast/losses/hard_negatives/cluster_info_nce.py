"""InfoNCE within clusters."""

from polycontrast.contrast import by_label, other_items
from polycontrast.contrast.anchor import Contrast
from polycontrast.objective import (
    ClassLabels,
    Embeddings,
    Ids,
    Normalize,
    Reduction,
    Same,
    Temperature,
    objective,
)
from polycontrast.similarity import Labels


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    same_as=(Same("info_nce", when={"clusters": "equal"}),),
)
def cluster_info_nce(
    x: Embeddings,
    y: Embeddings,
    clusters: ClassLabels,
    ids: Ids | None = None,
    *,
    temperature: Temperature = 0.07,
    symmetric: bool = True,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""InfoNCE whose candidates are the samples of the anchor's own cluster.

    .. math:: \frac{1}{2B} \sum_i \Big[ \log \sum_{j : c_j = c_i} e^{\langle \hat x_i, \hat y_j
              \rangle / \tau} + \log \sum_{j : c_j = c_i} e^{\langle \hat x_j, \hat y_i \rangle /
              \tau} - 2 \langle \hat x_i, \hat y_i \rangle / \tau \Big]

    Parameters
    ----------
    x, y
        Two views or modalities.
    clusters
        Cluster of each sample.
    temperature
        CLIP's initial value.
    symmetric
        Average both directions, or take `x` as the anchors only.

    Notes
    -----
    Samples of one cluster share their easy features, so these do not lower the loss. The paper
    draws each batch from one cluster. With several clusters in a batch this is the mean of their
    losses by `info_nce`, weighted with their sizes. A sample alone in its cluster has the loss 0.
    In main memory samples are brought into the order of their clusters, and tiles without any pair
    are skipped: of large batches the work is that of the clusters alone.

    References
    ----------
    J. Zhang, X. Lan et al., "Learning the Unlearned: Mitigating Feature Suppression in Contrastive
    Learning", ECCV 2024, arXiv 2402.11816.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, clusters = np.eye(3), np.asarray([0, 0, 1])
    >>> float(pc.cluster_info_nce(x, x, clusters, temperature=1.0).round(6))
    0.208841
    """
    there, home = by_label(clusters, x, y)
    rows = Contrast(temperature, normalize, x=there(x), y=there(y))
    items = other_items(None if ids is None else there(ids))
    pairs = items & Labels(there(clusters))
    terms = rows.in_batch("x", "y", pairs, rows.match("x", "y"), symmetric)
    losses, pull = rows.losses(*terms)

    def back(g):
        grads = pull(there(g))
        return grads | {name: home(grads[name]) for name in ("x", "y")}

    return home(losses), back
