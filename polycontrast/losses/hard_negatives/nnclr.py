"""Nearest neighbours as positives."""

from typing import Annotated, Any

from polycontrast.arrays import namespace, row_dot, sigmoid, softplus
from polycontrast.calculus import unit_rows
from polycontrast.contrast import nearest, on_temperature
from polycontrast.objective import (
    Embeddings,
    Normalize,
    Reduction,
    Role,
    Temperature,
    at_least_two,
    objective,
)
from polycontrast.similarity import OtherSamples, Similarity

_ABOUT = "Rows of earlier steps, in which neighbours are looked for; the same on all ranks."
Queue = Annotated[Any, Role("rows", ("K D",), constant=True, about=_ABOUT)]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def nnclr(
    x: Embeddings,
    y: Embeddings,
    queue: Queue,
    *,
    temperature: Temperature = 0.1,
    decoupled: bool = False,
    symmetric: bool = True,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""InfoNCE of each row's nearest neighbour in a queue with the other view (NNCLR).

    .. math:: \frac{1}{2B} \sum_i \Big[ \log \sum_j e^{\langle n(x_i), \hat y_j \rangle / \tau}
              - \langle n(x_i), \hat y_i \rangle / \tau
              + \log \sum_j e^{\langle n(y_i), \hat x_j \rangle / \tau}
              - \langle n(y_i), \hat x_i \rangle / \tau \Big]

    Parameters
    ----------
    x, y
        Two views.
    queue
        A constant, without a gradient.
    temperature
        The paper's value.
    decoupled
        Leave the positive out of the sum over j, as in `dcl`. This needs 2 samples, and the loss
        may be negative.
    symmetric
        Average both directions, or take `x` as the anchors only.

    Raises
    ------
    ValueError
        When ``decoupled=True`` and ``B < 2``.

    Notes
    -----
    The neighbour :math:`n(x_i)` is the row of the queue with the largest cosine, of equal ones the
    first: `nearest_neighbours` gives it. Both the choice and the row are constant. So the
    term of :math:`x_i` has a gradient for `y` only. With ``normalize=False`` rows enter the scores
    as they are, and neighbours are chosen by cosine all the same. Put the rows of the step into the
    queue after the call. Where the queue holds all rows of the batch and no nearer ones, the value
    is that of `info_nce`.

    References
    ----------
    D. Dwibedi, Y. Aytar, J. Tompson, P. Sermanet, A. Zisserman, "With a Little Help from My
    Friends: Nearest-Neighbor Contrastive Learning of Visual Representations", ICCV 2021, arXiv
    2104.14548.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, queue = np.eye(3), np.eye(3)[:2]  # the third row has no neighbour: the first is taken
    >>> float(pc.nnclr(x, x, queue, temperature=1.0).round(6))
    0.884778
    """
    if decoupled:
        at_least_two("x and y", x.shape[0], "a negative")
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    queue, _ = unit_rows(queue, normalize)
    losses, from_x = _from_neighbours(x, b, queue, temperature, decoupled)
    if symmetric:
        others, from_y = _from_neighbours(y, a, queue, temperature, decoupled)
        losses = (losses + others) / 2

    def back(g):
        if not symmetric:
            gb = from_x(g)
            on_tau = on_temperature(temperature, 1, (b, gb))
            return {"x": namespace(x).zeros_like(x), "y": b_back(gb), "temperature": on_tau}
        ga, gb = from_y(g / 2), from_x(g / 2)
        on_tau = on_temperature(temperature, 1, (a, ga), (b, gb))
        return {"x": a_back(ga), "y": b_back(gb), "temperature": on_tau}

    return losses, back


def _from_neighbours(x, b, queue, temperature, decoupled):
    """Losses of the neighbours of `x` among the rows `b`, and their pullback to `b`."""
    _, neighbours = nearest(x, queue)
    scale = 1 / temperature
    # Neighbours are the columns, whose gradient may be left out.
    matrix = Similarity(b, neighbours, scale=scale, pairs=OtherSamples(), held_columns=True)
    _, negatives, pull = matrix.logsumexp()
    excess = negatives - scale * row_dot(neighbours, b)

    def back(g):
        p = g if decoupled else g * sigmoid(excess)
        return pull(0 * p, p).x - (scale * p)[:, None] * neighbours

    return excess if decoupled else softplus(excess), back
