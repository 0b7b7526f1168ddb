"""The likelihood of a Gaussian naive Bayes classifier."""

from typing import Annotated, Any

from polycontrast.calculus import cross_entropy
from polycontrast.metrics._gaussian_classes import class_moments, fit, log_joints, predict
from polycontrast.objective import (
    Count,
    Positive,
    Reduction,
    Role,
    check_labels,
    objective,
    whole_batch,
)

Rows = Annotated[Any, Role("rows", ("N D",), about="Rows that the classifier is fitted to.")]
RowLabels = Annotated[Any, Role("rows", ("N",), dtype="integral")]
Queries = Annotated[Any, Role("rows", ("B D",), about="Rows to be classified.")]
QueryLabels = Annotated[Any, Role("rows", ("B",), dtype="integral")]


@objective(invariances=("sample_permutation", "translation"), functions=(fit, predict))
def naive_bayes(
    z: Rows,
    labels: RowLabels,
    queries: Queries,
    query_labels: QueryLabels,
    *,
    shared: bool = True,
    smoothing: Positive = 1e-9,
    classes: Count | None = None,
    reduction: Reduction = "mean",
):
    r"""Negative log-posterior of labelled rows, under Gaussian classes of other rows.

    .. math:: \frac{1}{B} \sum_i \Big[ \log \sum_c e^{J_{ic}} - J_{i y_i} \Big],\quad
              J_{ic} = \log \pi_c - \frac{1}{2} \sum_d \Big[ \frac{(q_{id} - \mu_{cd})^2}{v_d}
              + \log 2 \pi v_d \Big]

    Parameters
    ----------
    labels
        Their classes, from 0 to C - 1; each class has a row.
    query_labels
        Classes of the queries.
    shared
        Whether all classes have one variance :math:`v_d` per dimension: the mean of theirs, by
        their shares. The classifier is linear then. Otherwise each class has its own.
    smoothing
        Number that is added to the variances.
    classes
        The number C; by default one more than the largest label. It must be given where JAX
        traces the labels.
    reduction
        There is one for each query.

    Raises
    ------
    ValueError
        When a label is not from 0 to C - 1, or a class has no row. Where JAX traces the labels,
        the value is nan instead.

    Notes
    -----
    Priors :math:`\pi_c` are the shares of the classes, and means :math:`\mu` and biased variances
    those of the rows of all ranks; with ``comm=`` rows and queries are shared out. Gradients go
    through the moments to `z`. ``naive_bayes.fit`` returns the moments and
    ``naive_bayes.predict`` the classes of queries. Differences of rows and means are taken before
    they are squared, some classes at a time: O(B C D) operations, and constant dimensions cost no
    digits. The authors scale features to [0, 1] first. They show that it approaches its limit with
    O(log n) samples, and logistic regression with O(n), so it is better where labels are few.

    References
    ----------
    C. Zheng, G. Wu, F. Bao, Y. Cao, C. Li, J. Zhu, "Revisiting Discriminative vs. Generative
    Classifiers: Theory and Implications", ICML 2023, arXiv 2302.02334.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> z, labels = np.asarray([[0.0], [2.0], [5.0], [7.0]]), np.asarray([0, 0, 1, 1])
    >>> float(pc.naive_bayes(z, labels, np.asarray([[3.0]]), np.asarray([0])).round(6))
    0.07889
    """
    model, moments_back = class_moments(z, labels, shared, smoothing, classes)
    check_labels("query_labels", query_labels, model.mean.shape[0])
    joints, joints_back = log_joints(queries, model)
    losses, pull = cross_entropy(joints, query_labels)

    total = whole_batch().sum

    def back(g):
        on_queries, *on_moments = joints_back(pull(g))
        return {"z": moments_back(*map(total, on_moments)), "queries": on_queries}

    return losses, back
