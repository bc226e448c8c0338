"""All activation functions as short tables, and what each does to a gradient in depth."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes.activations import ACTIVATIONS, FAMILIES, depth_factors, families

if TYPE_CHECKING:
    from dlnotes._arguments import FloatArray
    from dlnotes.activations import Activation

__all__ = ["DEPTH", "LARGEST", "REACH", "data", "gradient_by_depth", "pieces", "quintic"]

REACH = 7.0
"""The functions are tabulated from minus this to this."""

DEPTH = 60
"""Layers through which a gradient is followed."""

LARGEST = 1e76
"""The square of the largest number in single precision, roughly."""

_CLOSE = 2e-5  # of value and slope; the second derivative may be off by a hundred times that


def quintic(
    ends: tuple[float, float], low: FloatArray, high: FloatArray, x: FloatArray
) -> FloatArray:
    """Evaluate the polynomial of degree 5 with given values and two derivatives at both ends.

    Parameters
    ----------
    ends : pair of float
        The interval.
    low, high : ndarray, shape (3,)
        Value, slope and second derivative at its two ends.
    x : ndarray, shape (n,)
        Where to evaluate.

    Returns
    -------
    ndarray, shape (3, n)
        The polynomial, its slope and its second derivative.

    Examples
    --------
    >>> low, high = np.array([0.0, 0.0, 2.0]), np.array([1.0, 2.0, 2.0])
    >>> quintic((0.0, 1.0), low, high, np.array([0.5]))[:, 0]  # the square of x
    array([0.25, 1.  , 2.  ])
    """
    h = ends[1] - ends[0]
    scale = np.array([1.0, h, h * h / 2])
    a, b = low * scale, high * scale
    # What the Taylor polynomial at the left leaves over at the right.
    rest = b - np.array([a.sum(), a[1] + 2 * a[2], a[2]])
    top = np.array([[10.0, -4, 1], [-15, 7, -2], [6, -3, 1]]) @ rest
    polynomial = np.polynomial.Polynomial([*a, *top])
    t = (x - ends[0]) / h
    return np.array([polynomial.deriv(m)(t) / h**m for m in (0, 1, 2)])


def _sides(activation: Activation) -> list[float]:
    """Return the corners inside the range, and the two ends of the range."""
    return sorted({-REACH, REACH, *(c for c in activation.corners() if abs(c) < REACH)})


def pieces(activation: Activation) -> list[list[Any]]:
    """Tabulate a function between its corners, as sparsely as it can be drawn from.

    Parameters
    ----------
    activation : Activation
        The function, at its default parameters.

    Returns
    -------
    list of [start, stop, values, slopes, second derivatives]
        Each piece at evenly spaced places, both ends among them; between two neighbours
        `quintic` gives the function back to within a few units of the fifth digit.

    Examples
    --------
    >>> from dlnotes.activations import relu
    >>> pieces(relu)  # doctest: +NORMALIZE_WHITESPACE
    [[-7.0, 0.0, [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]],
     [0.0, 7.0, [0.0, 7.0], [1.0, 1.0], [0.0, 0.0]]]
    """
    sides = _sides(activation)
    found: list[list[Any]] = []
    for start, stop in itertools.pairwise(sides):
        # One number inside the ends: at a corner the one-sided derivatives are meant.
        inner = (np.nextafter(start, stop), np.nextafter(stop, start))
        count = 1
        while True:
            table = _table(activation, np.linspace(start, stop, count + 1).clip(*inner))
            if count >= 128 or _off(activation, table, (start, stop)) < _CLOSE:
                break
            count *= 2
        found.append([start, stop, *(_rounded(row) for row in table)])
    return found


def _table(activation: Activation, x: FloatArray) -> FloatArray:
    return np.array([activation.derivative(x, order) for order in (0, 1, 2)])


def _off(activation: Activation, table: FloatArray, ends: tuple[float, float]) -> float:
    """Return how far interpolation is from the function, in units of what may be off."""
    knots = np.linspace(*ends, table.shape[1])
    worst = 0.0
    for i in range(len(knots) - 1):
        x = np.linspace(knots[i], knots[i + 1], 9)[1:-1]
        drawn = quintic((knots[i], knots[i + 1]), table[:, i], table[:, i + 1], x)
        size = max(1.0, float(np.abs(table[0]).max()))
        off = np.abs(drawn - _table(activation, x)).max(axis=1) / size
        worst = max(worst, off[0], off[1] / 10, off[2] / 100)
    return worst


def _rounded(row: FloatArray, digits: int = 5) -> list[float]:
    return [round(float(value), digits) + 0.0 for value in row]


def gradient_by_depth(activation: Activation, gain: float) -> tuple[list[float], float]:
    r"""Follow a gradient through wide random layers, by their expectations.

    Parameters
    ----------
    activation : Activation
        The function between the layers.
    gain : float
        Standard deviation of the weights, times the square root of the width.

    Returns
    -------
    steps : list of float
        For each layer the common logarithm of the factor on the norm of a gradient that passes
        it, :math:`\log_{10} (g^2\, \mathbb{E} f'(\sqrt{q} Z)^2)^{1/2}`, where the variance of
        the pre-activations starts as :math:`g^2` and becomes :math:`g^2\, \mathbb{E}
        f(\sqrt{q} Z)^2` in the next layer. Shorter than `DEPTH` if the signal or the gradient
        leaves the range of single precision.
    variance : float
        That of the pre-activations where the list ends.

    References
    ----------
    .. [1] B. Poole et al., "Exponential expressivity in deep neural networks through transient
       chaos", NeurIPS 2016.

    Examples
    --------
    >>> from dlnotes.activations import relu
    >>> [round(abs(step), 2) for step in gradient_by_depth(relu, math.sqrt(2))[0][:3]]
    [0.0, 0.0, 0.0]
    """
    z = np.linspace(-12, 12, 4801)
    weights = np.exp(-z * z / 2) * (z[1] - z[0]) / math.sqrt(2 * math.pi)
    variance, steps = gain**2, list[float]()
    while len(steps) < DEPTH:
        x = math.sqrt(variance) * z
        with np.errstate(over="ignore"):  # what overflows ends the list
            squares = weights * activation(x) ** 2
            slope = gain**2 * float((weights * activation.derivative(x) ** 2).sum())
        variance = gain**2 * float(squares.sum())
        # Weights at the rim of the table would say that the expectation lies beyond it.
        if not variance < LARGEST or squares[-1] > 1e-9 * squares.sum():
            return steps, math.inf
        if min(variance, slope) < 1 / LARGEST:
            return steps, 0.0
        steps.append(0.5 * math.log10(slope))
    return steps, variance


def _in_depth(activation: Activation, gain: float) -> dict[str, Any]:
    """Return the steps without the repetitions at their end, how many there are, and why."""
    steps, variance = gradient_by_depth(activation, gain)
    rounded = [round(step, 3) + 0.0 for step in steps]
    kept = len(rounded)
    while kept > 1 and rounded[kept - 2] == rounded[kept - 1]:
        kept -= 1
    end = "large" if math.isinf(variance) else "small" if variance == 0 else ""
    return {"layers": len(steps), "steps": rounded[:kept], "end": end}


def data() -> dict[str, Any]:
    """Return the tables of all functions, by family.

    Returns
    -------
    dict
        ``families``, each with a title and names, and ``functions`` by name, each with pieces,
        its own gain, and what happens to a gradient under the gains 1, the root of 2, its own.

    Examples
    --------
    >>> sorted(data())
    ['depth', 'families', 'functions', 'reach']
    """
    functions = {}
    for name, activation in ACTIVATIONS.items():
        own = depth_factors(activation).gain
        functions[name] = {
            "pieces": pieces(activation),
            "gain": round(own, 4),
            "depth": [_in_depth(activation, gain) for gain in (1.0, math.sqrt(2), own)],
        }
    return {
        "reach": REACH,
        "depth": DEPTH,
        "families": [[FAMILIES[key], list(names)] for key, names in families().items()],
        "functions": functions,
    }
