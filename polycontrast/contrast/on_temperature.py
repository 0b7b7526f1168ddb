"""The gradient of a temperature, from the gradients of the rows."""

from polycontrast.arrays import Array, inner


def on_temperature(temperature: Array, degree: int, *pairs: tuple[Array, Array]) -> Array:
    """dL/dtemperature where each score is a product over the temperature, by Euler's theorem.

    Parameters
    ----------
    temperature : 0-d array
    degree : {1, 2}
        How many factors of each product are among the rows.
    *pairs : (array, array)
        Rows and their gradients.
    """
    (rows, gradient), *others = pairs
    total = inner(rows, gradient)
    for rows, gradient in others:
        total = total + inner(rows, gradient)
    return -total / (degree * temperature)
