"""Supervised contrast between two modalities."""

from typing import Annotated, Any

from polycontrast.arrays import namespace
from polycontrast.calculus import unit_rows
from polycontrast.contrast import label_softmax, on_temperature
from polycontrast.objective import (
    ClassLabels,
    Embeddings,
    Normalize,
    Reduction,
    Role,
    Temperature,
    objective,
)
from polycontrast.similarity import Every, Labels, Present, Similarity

_ABOUT = "True for the samples that count, by default all."
Chosen = Annotated[Any, Role("rows", ("B",), dtype="bool", about=_ABOUT)]


@objective(invariances=("sample_permutation", "rotation", "row_scale", "swap"))
def multimodal_supcon(
    x: Embeddings,
    y: Embeddings,
    labels: ClassLabels,
    anchors: Chosen | None = None,
    *,
    temperature: Temperature = 0.1,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Supervised contrast of two modalities: all pairs of a class match, in both directions.

    .. math:: \frac{1}{2B} \sum_k \Big[ \log \sum_i e^{s_{ki}} + \log \sum_i e^{s_{ik}}
              - \frac{1}{|P_k|} \sum_{p \in P_k} (s_{kp} + s_{pk}) \Big],
              \quad s_{ki} = \langle \hat x_k, \hat y_i \rangle / \tau

    Parameters
    ----------
    x, y
        Two modalities, such as audio and text.
    labels
        Class of each sample. The positives :math:`P_k` are the samples of the class of k, with k.
    anchors
        The others are neither anchors nor candidates; they get no gradient.

    Notes
    -----
    The authors select the samples of the new task and add the directions, which is twice the value.
    Where no sample counts, value and gradient are 0. The derivative of a direction with respect to
    a logit is its softmax, less 1/\|P\| on the positives. Both directions and their positives are
    read from one product. Different labels: `info_nce`.

    References
    ----------
    U. Cappellazzo, E. Fini, M. Yang, D. Falavigna, A. Brutti, B. Raj, "Continual Contrastive Spoken
    Language Understanding" (COCONUT), Findings of ACL 2024, arXiv 2310.02699. From its abstract and
    its reviews; no code is public, so the reduction is to be verified.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, labels = np.eye(4), np.array([0, 0, 1, 1])
    >>> float(pc.multimodal_supcon(x, x, labels, temperature=1.0).round(6))
    1.243668
    """
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    there = None if anchors is None else Present(namespace(x).reshape(anchors, (1, -1)))
    matrix = Similarity(a, b, scale=1 / temperature, pairs=there)
    rows, columns, pull = label_softmax(matrix, Every(), Labels(labels))

    def back(g):
        pulled = pull(g / 2, g / 2)
        on_tau = on_temperature(temperature, 1, (a, pulled.x))
        return {"x": a_back(pulled.x), "y": b_back(pulled.y), "temperature": on_tau}

    return (rows + columns) / 2, back, anchors
