"""The proxy-anchor loss."""

from typing import Annotated, Any

from polycontrast.arrays import device, namespace, sigmoid, softplus
from polycontrast.calculus import unit_rows
from polycontrast.contrast import is_there
from polycontrast.objective import (
    ClassIndex,
    Embeddings,
    Normalize,
    Positive,
    Role,
    objective,
)
from polycontrast.similarity import Labels, Reading, RunningExpSum, Similarity, line

Proxies = Annotated[Any, Role("rows", ("C D",), about="Row c stands for class c.")]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def proxy_anchor(
    z: Embeddings,
    proxies: Proxies,
    labels: ClassIndex,
    *,
    margin: float = 0.1,
    alpha: Positive = 32.0,
    normalize: Normalize = True,
):
    r"""One learned proxy of each class as the anchor, with all rows of the batch as its pairs.

    .. math:: \frac{1}{|C^+|} \sum_{c \in C^+} \log \Big( 1
              + \sum_{y_i = c} e^{-\alpha (s_{ic} - \delta)} \Big)
              + \frac{1}{C} \sum_c \log \Big( 1
              + \sum_{y_i \ne c} e^{\alpha (s_{ic} + \delta)} \Big)

    Parameters
    ----------
    margin
        The margin :math:`\delta`.
    alpha
        Sharpness of both sums.

    Notes
    -----
    Here :math:`s_{ic}` is the product of row i and proxy c, and :math:`C^+` holds the classes of
    the batch. The work is linear in the number of rows. The gradient weight of a pair is
    :math:`\alpha` times its softmax among the pairs of its sum and one more candidate of logit 0.

    References
    ----------
    S. Kim, D. Kim, M. Cho, S. Kwak, "Proxy Anchor Loss for Deep Metric Learning", CVPR 2020,
    arXiv 2003.13911.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> z = np.eye(3)
    >>> float(pc.proxy_anchor(z, z, np.arange(3), alpha=1.0).round(6))
    1.507531
    """
    xp, count = namespace(z), proxies.shape[0]
    u, u_back = unit_rows(z, normalize)
    v, v_back = unit_rows(proxies, normalize)
    where = device(u)
    classes = xp.arange(count, dtype=labels.dtype, device=where)
    one = xp.asarray(1.0, dtype=u.dtype, device=where)
    matrix = Similarity(u, v, scale=one, everywhere=True, what="proxies")
    of_proxies: Any
    _, of_proxies, pull = matrix.read(
        Reading(RunningExpSum(), Labels(labels, classes), line(-alpha, alpha * margin)),
        Reading(RunningExpSum(), Labels(labels, classes, same=False), line(alpha, alpha * margin)),
    )
    positives, negatives = of_proxies
    present = xp.astype(is_there(positives), u.dtype)
    share = present / xp.sum(present)
    value = xp.sum(share * softplus(positives)) + xp.sum(softplus(negatives)) / count

    def back(g):
        of_positives = g * share * sigmoid(positives)
        of_negatives = (g / count) * sigmoid(negatives)
        pulled = pull((None, None), (of_positives, of_negatives))
        return {"z": u_back(pulled.x), "proxies": v_back(pulled.y)}

    return value, back
