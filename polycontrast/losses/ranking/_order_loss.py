"""The loss of pairs of scores in the wrong order, for `cosent` and `angle`."""

from collections.abc import Callable

from polycontrast.arrays import Array, namespace, sigmoid, softplus
from polycontrast.calculus.scores import Ranking, misordered
from polycontrast.contrast import on_temperature


def order_loss(
    scores: Array, target: Array, temperature: Array
) -> tuple[Array, Callable[[Array], tuple[Array, Array]]]:
    """``log(1 + sum exp((s_i - s_j) / tau))`` over pairs with ``t_i < t_j``.

    The pullback gives the gradients of the scores and of the temperature.
    """
    # A shift changes nothing; differences of scores keep more digits than scores.
    scores = scores - namespace(scores).max(scores)
    # A target that is not finite has no place in the order: the loss is nan.
    total, pull = misordered(scores / temperature + 0 * target, Ranking(target))

    def back(g: Array) -> tuple[Array, Array]:
        on_scores = pull(g * sigmoid(total)) / temperature
        return on_scores, on_temperature(temperature, 1, (scores, on_scores))

    return softplus(total), back
