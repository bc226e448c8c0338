r"""Full accuracy where a derivative passes through zero.

Near a root :math:`r` of, say, :math:`\mathrm{GELU}'` the closed formula subtracts two nearly
equal numbers, and the relative error grows without bound as :math:`x \to r`. The true value
there is :math:`(x-r)\,q(x)` with :math:`q(r) \ne 0`. So the root is computed once to fifty
digits, kept as a pair of doubles, and :math:`q` is evaluated as a polynomial, which agrees
with it at the zeros of a Chebyshev polynomial. Its values there come from the entry's symbolic
expression, to fifty digits, never from a typed table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mpmath
import numpy as np
import sympy as sp

from dlnotes.activations.polynomials import horner, interpolate
from dlnotes.activations.precise import scaled

if TYPE_CHECKING:
    from dlnotes.activations.precise import Array

__all__ = ["Crossing", "find_crossing"]

_RADIUS = 0.6
_TERMS = 30
_DIGITS = 50


@dataclass(frozen=True)
class Crossing:
    """One simple root of a function, and the function near it.

    Parameters
    ----------
    root : float
        The double nearest to the root.
    remainder : float
        What is missing from `root`.
    coefficients : tuple of float
        Of a polynomial in the distance from the root, lowest first, which stands for the
        function divided by that distance.
    """

    root: float
    remainder: float
    coefficients: tuple[float, ...]

    def repair(self, x: Array, out: Array, factor: float = 1.0, multiple: float = 1.0) -> None:
        """Overwrite `out` wherever the argument of the function is close to the root.

        Parameters
        ----------
        x, out : numpy.ndarray
            Numbers and values; `out` is changed in place.
        factor : float, default: 1.0
            The argument is this times `x`.
        multiple : float, default: 1.0
            The values are this times the function.
        """
        near = np.abs(factor * x - self.root) < _RADIUS
        if near.any():
            u, low = scaled(x[near], factor)
            root, remainder = self._parts(x.dtype)
            distance = (u - root) + (low - remainder)
            out[near] = multiple * distance * horner(self.coefficients, distance)

    def _parts(self, dtype: np.dtype[Any]) -> tuple[float, float]:
        if dtype == np.float64:
            return self.root, self.remainder
        root = float(np.float32(self.root))
        return root, self.root - root


def find_crossing(expression: sp.Expr, symbol: sp.Symbol, near: float) -> Crossing:
    """Compute the root of an expression and the polynomial about it.

    Parameters
    ----------
    expression : sympy.Expr
        A function of `symbol` alone, analytic about the root.
    symbol : sympy.Symbol
        Its variable.
    near : float
        A number from which Newton's iteration finds the root.

    Returns
    -------
    Crossing
        Root and coefficients, right to double precision.

    Examples
    --------
    >>> import sympy as sp
    >>> from dlnotes.activations.crossings import find_crossing
    >>> x = sp.Symbol("x", real=True)
    >>> crossing = find_crossing(x**2 - 2, x, 1.4)
    >>> crossing.root == 2**0.5, [round(c, 12) for c in crossing.coefficients[:2]]
    (True, [2.828427124746, 1.0])
    """
    function = sp.lambdify(symbol, expression, modules="mpmath")
    with mpmath.workdps(_DIGITS):
        root = mpmath.findroot(function, near)
        coefficients = interpolate(
            lambda step: function(root + step) / step, -_RADIUS, _RADIUS, _TERMS
        )
        nearest = float(root)
        return Crossing(nearest, float(root - nearest), coefficients)
