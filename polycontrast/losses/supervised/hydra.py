"""Hydra: positives of any other class, in a subspace that belongs to the pair of classes."""

from typing import Annotated, Any

from polycontrast.arrays import (
    Array,
    finite_or_zero,
    known,
    logsumexp,
    namespace,
    row_dot,
    sigmoid,
    softplus,
    transpose,
)
from polycontrast.calculus import unit_rows
from polycontrast.objective import (
    BadArgument,
    Reduction,
    Role,
    Temperature,
    objective,
    whole_batch,
)
from polycontrast.similarity import full_rows

Rows = Annotated[Any, Role("rows", ("N D",), about="One row of each sample.")]
_GATES = "Gate of each anchor, from 0 to 1 in each dimension, for its class and the paired one."
Gates = Annotated[Any, Role("rows", ("N D",), about=_GATES)]
Labels = Annotated[Any, Role("rows", ("N",), dtype="integral", about="Class of each sample.")]
_PAIRED = "Class that each sample is paired with as an anchor, its own or another."
PairedLabels = Annotated[Any, Role("rows", ("N",), dtype="integral", about=_PAIRED)]


@objective(invariances=("sample_permutation", "row_scale"))
def hydra(
    z: Rows,
    gates: Gates,
    labels: Labels,
    pair_labels: PairedLabels,
    *,
    temperature: Temperature = 0.1,
    reduction: Reduction = "mean",
):
    r"""InfoNCE with rows of a paired class as positives, in a gated subspace (Hydra, SimLAP).

    .. math:: \frac{1}{\sum_i |P_i|} \sum_i \sum_{j \in P_i} \Big[ \log \Big( e^{s_{ij}} + \sum_{k
              \in N_i} e^{s_{ik}} \Big) - s_{ij} \Big],\quad s_{ij} = \cos(z_i \circ g_i, z_j \circ
              g_i) / \tau

    Parameters
    ----------
    gates
        Only their proportions matter. `class_pair_gate` makes them.
    pair_labels
        Positives :math:`P_i` are all rows of this class, the anchor itself where it is its own.
        Negatives :math:`N_i` are the rows of neither class.
    temperature
        The value of the authors' code.
    reduction
        The loss of an anchor is the sum over its positives, over the mean number of positives. So
        their mean is the mean over all pairs.

    Raises
    ------
    ValueError
        When no row has a positive. Where JAX traces the labels, the loss is then nan.

    Notes
    -----
    Other positives are not in the denominator. A pair of an anchor without negatives has loss 0,
    and so has an anchor without positives. Where a gate leaves nothing of a row its cosines are 0.

    No gated row is made for a pair. Cosines are :math:`\langle z_i g_i^2, z_j \rangle / (a_i
    b_{ij})`, with :math:`a_i = |z_i \circ g_i|` and :math:`b_{ij}^2 = \langle g_i^2, z_j^2
    \rangle`: two products of matrices. With the log-sum-exp :math:`\nu_i` of the negatives, a pair
    has the loss :math:`\mathrm{softplus}(\nu_i - s_{ij})`. The gradient of a cosine C with the
    weight W adds :math:`W / (ab)` to the numerator, and :math:`-W C / (2 b^2)` and :math:`-W C / (2
    a^2)` to both squares. That is six products of N x N x D, in blocks of rows.

    References
    ----------
    J. Wu, S. Mo, Z. Feng, S. Atito, J. Kittler, M. Awais, "Rethinking Positive Pairs in Contrastive
    Learning", 2024, arXiv 2410.18200.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> z, labels = np.eye(4) + 0.5, np.asarray([0, 1, 2, 2])
    >>> float(pc.hydra(z, np.ones((4, 4)), labels, 1 - labels, temperature=1.0).round(6))
    1.098612
    """
    xp, batch = namespace(z), whole_batch()
    u, u_back = unit_rows(z)
    h, h_back = unit_rows(gates)
    squares, weights = u * u, h * h
    one = xp.ones_like(temperature)
    beside = weights, row_dot(weights, squares)[:, None], labels, pair_labels
    given = weights * u, u, one, _read, beside, (squares, labels), (temperature,)
    (sums, counts), pull = full_rows(*given, what="gated rows")
    pairs = batch.sum(xp.sum(counts))
    if known(pairs) == 0:
        raise BadArgument("pair_labels must name the class of at least one row, got none")
    share = batch.samples(z.shape[0]) / pairs

    def back(g):
        found = pull((share * g, xp.zeros_like(counts)))
        (on_weights, on_own, *_), (on_squares, _) = found.beside, found.columns
        on_weights = on_weights + u * found.x + on_own * squares
        on_squares = on_squares + on_own * weights
        return {
            "z": u_back(weights * found.x + found.y + 2 * u * on_squares),
            "gates": h_back(2 * h * on_weights),
            "temperature": found.shared[0],
        }

    return share * sums, back


def _read(
    S: Array,
    weights: Array,
    own: Array,
    labels: Array,
    paired: Array,
    squares: Array,
    classes: Array,
    temperature: Array,
) -> tuple[tuple[Array, Array], Any]:
    """Sums over the positives of each anchor and their numbers, from the numerators of cosines."""
    xp = namespace(S)
    of_rows = _inverse_lengths(own)
    of_pairs = _inverse_lengths(xp.matmul(weights, transpose(squares)))
    inverse = of_rows * of_pairs
    cosines = S * inverse
    s = cosines / temperature
    positive = classes[None, :] == paired[:, None]
    negative = ~positive & (classes[None, :] != labels[:, None])
    logits = xp.where(negative, s, -xp.inf)
    mass = logsumexp(logits)
    excess = mass[:, None] - s
    sums = xp.sum(xp.where(positive, softplus(excess), 0.0), axis=1)
    counts = xp.sum(xp.astype(positive, S.dtype), axis=1)

    def pull(g):
        of_positives = xp.where(positive, g[0][:, None] * sigmoid(excess), 0.0)
        total = xp.sum(of_positives, axis=1, keepdims=True)
        on_cosines = total * xp.exp(logits - finite_or_zero(mass)[:, None]) - of_positives
        on_cosines = on_cosines / temperature
        turned = on_cosines * cosines
        on_tau = -xp.sum(turned) / temperature
        on_pairs = -0.5 * turned * of_pairs * of_pairs
        on_own = -0.5 * xp.sum(turned * of_rows * of_rows, axis=1, keepdims=True)
        on_weights = xp.matmul(on_pairs, squares)
        on_squares = xp.matmul(transpose(on_pairs), weights)
        of_beside = on_weights, on_own, None, None
        return on_cosines * inverse, *of_beside, on_squares, None, on_tau

    return (sums, counts), pull


def _inverse_lengths(squares: Array) -> Array:
    """One over the roots of squares; 0 where these are 0."""
    xp = namespace(squares)
    there = squares != 0
    return xp.where(there, 1 / xp.sqrt(xp.where(there, squares, 1.0)), 0.0)
