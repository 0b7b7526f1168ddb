"""MEOW: negatives weighted by how many clusterings separate them."""

from typing import Annotated, Any

from polycontrast.arrays import namespace, safe_log
from polycontrast.contrast import other_items
from polycontrast.contrast.anchor import Contrast, Term, decoupled
from polycontrast.objective import (
    Embeddings,
    Ids,
    Normalize,
    Reduction,
    Role,
    Temperature,
    objective,
)
from polycontrast.similarity import LogWeightsOf, Rule

_ABOUT = "Labels of each sample in R clusterings."
Clusterings = Annotated[Any, Role("rows", ("R B",), dtype="integral", about=_ABOUT)]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def meow(
    x: Embeddings,
    y: Embeddings,
    clusters: Clusterings,
    ids: Ids | None = None,
    *,
    temperature: Temperature = 0.4,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Decoupled contrast in which a negative counts by the clusterings that separate it.

    .. math:: -\frac{1}{B} \sum_i \log \frac{e^{\langle \hat x_i, \hat y_i \rangle / \tau}}
              {\sum_j w_{ij} e^{\langle \hat x_i, \hat y_j \rangle / \tau}},\quad
              w_{ij} = \#\{r : c_r(i) \ne c_r(j)\}

    Parameters
    ----------
    x, y
        Anchors (the coarse view) and candidates (the fine view).
    clusters
        In the paper those of k-means on `y`, for several k.
    temperature
        The authors' value.

    Returns
    -------
    loss
        May be negative.

    Notes
    -----
    As :math:`w_{ii} = 0` the positive is not in the denominator, and neither are samples that share
    all clusters of the anchor. An anchor without any negative has the loss and the gradient 0. One
    clustering in which every sample is a cluster of its own weights all negatives alike.
    Weights are made for each tile from the R labels of its samples.

    References
    ----------
    J. Yu, Q. Ge, X. Li, A. Zhou, "Heterogeneous Graph Contrastive Learning with Meta-path Contexts
    and Weighted Negative Samples", SDM 2023; with "Adaptively", TKDE 2024, arXiv 2212.13847.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, clusters = np.eye(3), np.asarray([[0, 1, 2]])
    >>> float(pc.meow(x, x, clusters, temperature=1.0).round(6))
    -0.306853
    """
    xp = namespace(x)

    def log_separations(of_rows, of_columns):
        apart = [
            xp.astype(of_rows[r, ...] != of_columns[r, ...], x.dtype)
            for r in range(clusters.shape[0])
        ]
        return safe_log(sum(apart[1:], apart[0]))

    rows = Contrast(temperature, normalize, x=x, y=y)
    pairs: Rule = LogWeightsOf(log_separations, clusters)
    if ids is not None:
        pairs = pairs & other_items(ids)
    weighted = rows.pairs("x", "y", pairs)
    return rows.losses(Term(rows.match("x", "y"), [weighted]), outer=decoupled)
