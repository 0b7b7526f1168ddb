"""The contrast of a caption with its hard captions, its teacher's copy being the match."""

from polycontrast.losses.two_view.info_nce import info_nce
from polycontrast.losses.vision_language._captions import HardCaptions, Teacher
from polycontrast.objective import Embeddings, Normalize, Reduction, Same, Temperature, objective


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    same_as=(Same("info_nce", of={"x": "y", "y": "teacher_y"}, symmetric=False, in_batch=False),),
)
def text_grounded_contrast(
    y: Embeddings,
    teacher_y: Teacher,
    negatives: HardCaptions,
    *,
    temperature: Temperature = 0.1,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of the teacher's row of each caption among its hard captions (DeGLA).

    .. math:: \frac{1}{B} \sum_i \Big[ \log \Big( e^{s_i} + \sum_k
              e^{\langle \hat y_i, \hat n_{ik} \rangle / \tau} \Big) - s_i \Big],\quad
              s_i = \langle \hat y_i, \hat y^*_i \rangle / \tau

    Parameters
    ----------
    y
        Captions.
    teacher_y
        :math:`y^*`; in the paper those of a moving average of the text encoder.
    temperature
        The constant of the authors' code.

    Notes
    -----
    The rows of `negatives` are the student's. The cost is O(B K D) in time and memory. ``K = 0``:
    0.

    References
    ----------
    X. Hu et al., "Decoupled Global-Local Alignment for Improving Compositional Understanding"
    (DeGLA), 2025, arXiv 2504.16801.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> y, negatives = np.eye(3), np.ones((3, 2, 3))
    >>> float(pc.text_grounded_contrast(y, y, negatives, temperature=1.0).round(6))
    0.837514
    """
    losses, pull = info_nce.vjp(
        y,
        teacher_y,
        negatives,
        temperature=temperature,
        symmetric=False,
        in_batch=False,
        normalize=normalize,
        reduction="none",
        wrt=("x", "negatives", "temperature"),
    )

    def back(g):
        grads = pull(g)
        return {"y": grads.x, "negatives": grads.negatives, "temperature": grads.temperature}

    return losses, back
