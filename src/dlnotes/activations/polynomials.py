"""Polynomials that stand in for analytic functions, made from fifty digits of the latter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mpmath
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dlnotes._arguments import FloatArray as Array

__all__ = ["horner", "interpolate"]

_DIGITS = 50


def interpolate(
    function: Callable[[mpmath.mpf], mpmath.mpf], low: float, high: float, terms: int
) -> tuple[float, ...]:
    """Return the polynomial that agrees with a function at the zeros of Chebyshev's polynomial.

    Parameters
    ----------
    function : callable
        From numbers of mpmath to numbers of mpmath.
    low, high : float
        The interval on which it is to be replaced.
    terms : int
        How many coefficients.

    Returns
    -------
    tuple of float
        The coefficients, lowest first, for an argument that is not shifted.

    Examples
    --------
    >>> from dlnotes.activations.polynomials import interpolate
    >>> [round(c, 12) + 0.0 for c in interpolate(lambda x: x**2 - 1, -1.0, 1.0, 4)]
    [-1.0, 0.0, 1.0, 0.0]
    """
    with mpmath.workdps(_DIGITS):
        middle, half = mpmath.mpf(low + high) / 2, mpmath.mpf(high - low) / 2
        nodes = [
            middle + half * mpmath.cospi(mpmath.mpf(2 * k + 1) / (2 * terms))
            for k in range(terms)
        ]
        coefficients = _through(nodes, [function(node) for node in nodes])
        return tuple(float(c) for c in coefficients)


def horner(coefficients: Sequence[float], x: Array) -> Array:
    """Evaluate a polynomial, in the precision of its argument.

    Parameters
    ----------
    coefficients : sequence of float
        Lowest first; at least two.
    x : numpy.ndarray
        Where.

    Returns
    -------
    numpy.ndarray
        The values.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.polynomials import horner
    >>> horner((1.0, 2.0, 3.0), np.array([10.0]))
    array([321.])
    """
    out = coefficients[-1] * x
    for coefficient in coefficients[-2:0:-1]:
        out += coefficient
        out *= x
    out += coefficients[0]
    return np.asarray(out)


def _through(nodes: list[mpmath.mpf], values: list[mpmath.mpf]) -> list[mpmath.mpf]:
    """Return the coefficients of the polynomial through given points, lowest first."""
    differences = list(values)  # Newton's divided differences
    for step in range(1, len(nodes)):
        for k in range(len(nodes) - 1, step - 1, -1):
            rise = differences[k] - differences[k - 1]
            differences[k] = rise / (nodes[k] - nodes[k - step])
    out = [differences[-1]]
    for difference, node in zip(differences[-2::-1], nodes[-2::-1], strict=True):
        out = [mpmath.mpf(0), *out]  # times x, then minus node times what it was
        for k in range(len(out) - 1):
            out[k] -= node * out[k + 1]
        out[0] += difference
    return out
