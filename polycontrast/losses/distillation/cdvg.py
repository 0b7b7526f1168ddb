"""Classification together with contrast of a sample and its bias-transformed image."""

from polycontrast.contrast import as_given, mean_cross_entropy, weighted_sum
from polycontrast.losses.two_view.nt_xent import nt_xent
from polycontrast.objective import (
    ClassIndex,
    ClassLogits,
    Embeddings,
    Nonnegative,
    Temperature,
    objective,
)


@objective(invariances=("sample_permutation",))
def cdvg(
    x: Embeddings,
    y: Embeddings,
    logits_x: ClassLogits,
    logits_y: ClassLogits,
    labels: ClassIndex,
    *,
    temperature: Temperature = 0.1,
    weight: Nonnegative = 1.0,
):
    r"""Cross-entropy of an image and of its translation to another bias, and their NT-Xent.

    .. math:: \frac{1}{2B} \sum_i \Big[ \log \sum_c e^{l^x_{ic}} - l^x_{i y_i}
              + \log \sum_c e^{l^y_{ic}} - l^y_{i y_i} \Big] + w \, \mathrm{NTXent}(x, y; \tau)

    Parameters
    ----------
    x, y
        Embeddings of the images, and of their translations to another mode of the bias.
    logits_x, logits_y
        Those of the images, and of their translations.
    weight
        Weight w of `nt_xent`; with 0 it is not computed.

    Notes
    -----
    Written from the abstract of the paper: the classification of the translated image and the
    weight are a reading of it.

    References
    ----------
    Y. Jung, H. Shim, J. Y. Yang, E. Yang, "Fighting Fire with Fire: Contrastive Debiasing without
    Bias-free Data via Generative Bias-transformation", ICML 2023, arXiv 2112.01021.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, logits, labels = np.eye(3), np.zeros((3, 2)), np.array([0, 1, 1])
    >>> float(pc.cdvg(x, x, logits, logits, labels, temperature=1.0).round(6))
    1.59798
    """
    pairs = ("x", "y", "temperature")
    return weighted_sum(
        as_given(x=x, y=y, logits_x=logits_x, logits_y=logits_y),
        temperature,
        (0.5, ("logits_x",), lambda: mean_cross_entropy(logits_x, labels)),
        (0.5, ("logits_y",), lambda: mean_cross_entropy(logits_y, labels)),
        (weight, pairs, lambda: nt_xent.vjp(x, y, temperature=temperature, wrt=pairs)),
    )
