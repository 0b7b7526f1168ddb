"""Formulas of losses in numbers of 60 digits, and their gradients by the chain rule.

Each formula is written once more from its definition, on lists of rows, and shares no code with the
package. `Number` keeps the numbers that it was made from, and the derivative with respect to each,
so the gradient follows from the formula alone. Cancellation leaves far more than 40 digits. A row
of zeros has no unit row: it stays zero, and its gradient is 0 by convention.
"""

import itertools

import mpmath as mp
import numpy as np

DIGITS = 60
_order = itertools.count()


class Number:
    """A number with the numbers that it was made from, and the derivative by each of them."""

    __slots__ = ("grad", "order", "parents", "value")

    def __init__(self, value, parents=()):
        self.value, self.parents, self.order, self.grad = value, parents, next(_order), mp.mpf(0)

    def __add__(self, other):
        return total([self, other])

    def __sub__(self, other):
        return Number(self.value - other.value, [(self, 1), (other, -1)])

    def __truediv__(self, other):
        ratio = self.value / other.value
        return Number(ratio, [(self, 1 / other.value), (other, -ratio / other.value)])


def total(numbers):
    """Sum of numbers."""
    numbers = list(numbers)
    return Number(mp.fsum(n.value for n in numbers), [(n, 1) for n in numbers])


def dot(a, b):
    """Inner product of two rows."""
    x, y = [t.value for t in a], [t.value for t in b]
    return Number(mp.fdot(x, y), [*zip(a, y, strict=True), *zip(b, x, strict=True)])


def exp(n):
    """Exponential."""
    value = mp.exp(n.value)
    return Number(value, [(n, value)])


def log(n):
    """Logarithm."""
    return Number(mp.log(n.value), [(n, 1 / n.value)])


def sqrt(n):
    """Square root; at 0 the derivative is 0 by convention."""
    value = mp.sqrt(n.value)
    return Number(value, [(n, 1 / (2 * value) if value else mp.mpf(0))])


def mean(numbers):
    """Arithmetic mean."""
    numbers = list(numbers)
    return total(numbers) / Number(mp.mpf(len(numbers)))


def unit(row):
    """A row of unit length; a zero row becomes constants."""
    if not any(t.value for t in row):
        return [Number(t.value) for t in row]
    length = sqrt(dot(row, row))
    return [t / length for t in row]


def log_sum_exp(scores):
    """Logarithm of the sum of the exponentials."""
    return log(total(exp(s) for s in scores))


def one_direction(x, y, tau):
    """Cross-entropy of each row's match among the rows of the other side."""
    scores = [[dot(a, b) / tau for b in y] for a in x]
    return mean(log_sum_exp(row) - row[i] for i, row in enumerate(scores))


def ranking(rows, tau):
    """The first half of the rows are queries, the second half their documents."""
    u = [unit(row) for row in rows]
    return one_direction(u[: len(u) // 2], u[len(u) // 2 :], tau)


def info_nce(rows, tau):
    """Mean of both directions between the two halves of the rows."""
    u = [unit(row) for row in rows]
    x, y = u[: len(u) // 2], u[len(u) // 2 :]
    return mean([one_direction(x, y, tau), one_direction(y, x, tau)])


def sup_con(rows, tau, labels):
    """Mean over anchors of the mean over the other rows of the class, of minus log p."""
    u = [unit(row) for row in rows]
    terms = []
    for a, anchor in enumerate(u):
        scores = {i: dot(anchor, u[i]) / tau for i in range(len(u)) if i != a}
        everything = log_sum_exp(scores.values())
        terms.append(mean(everything - scores[i] for i in scores if labels[i] == labels[a]))
    return mean(terms)


def nt_xent(rows, tau):
    """Classes of two rows, which are the views of a sample."""
    return sup_con(rows, tau, list(range(len(rows) // 2)) * 2)


def triplet(rows, margin, labels):
    """Mean of the positive hinges over all triplets, of distances between unit rows."""
    u, every = [unit(row) for row in rows], range(len(rows))
    d = {}
    for i, j in itertools.combinations(every, 2):
        gap = [s - t for s, t in zip(u[i], u[j], strict=True)]
        d[i, j] = d[j, i] = sqrt(dot(gap, gap))
    hinges = [
        d[a, p] - d[a, n] + margin
        for a in every
        for p in every
        if p != a and labels[p] == labels[a]
        for n in every
        if labels[n] != labels[a] and d[a, p].value - d[a, n].value + margin.value > 0
    ]
    return mean(hinges)


def exact(formula, rows, parameter, *labels):
    """Value of a formula of rows, and its gradient.

    Parameters
    ----------
    formula : callable
        A function of this file.
    rows : array (N, D)
        Numbers of any float dtype; they are taken exactly as they are.
    parameter : float
        Temperature or margin, taken as the decimal number that one writes.
    *labels : sequence of int
        The class of each row, where the formula takes it.

    Returns
    -------
    value : mpf
    gradient : list of list of mpf
    """
    with mp.workdps(DIGITS):
        inputs = [[Number(mp.mpf(float(t))) for t in row] for row in np.asarray(rows)]
        result = formula(inputs, Number(mp.mpf(str(parameter))), *labels)
        result.grad = mp.mpf(1)
        found, waiting = {result.order: result}, [result]
        while waiting:
            for parent, _ in waiting.pop().parents:
                if parent.order not in found:
                    found[parent.order] = parent
                    waiting.append(parent)
        for order in sorted(found, reverse=True):  # what was made last comes first
            for parent, slope in found[order].parents:
                parent.grad += found[order].grad * slope
        return result.value, [[t.grad for t in row] for row in inputs]
