r"""Full accuracy where a derivative passes through zero.

Near a root :math:`r` of, say, :math:`\mathrm{GELU}'` the closed formula subtracts two nearly
equal numbers, and the relative error grows without bound as :math:`x \to r`. The true value
there is :math:`(x-r)\,q(x)` with :math:`q(r) \ne 0`. So the root is computed once to fifty
digits, kept as a pair of doubles, and :math:`q` is evaluated as a Taylor polynomial. The
Taylor coefficients come from the entry's symbolic expression, never from a typed table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import mpmath
import numpy as np
import sympy as sp

if TYPE_CHECKING:
    from dlnotes.activations.precise import Array

__all__ = ["Crossing", "find_crossing"]

_RADIUS = 0.4
_TERMS = 24
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
        Taylor coefficients of the function divided by its distance from the root, lowest first.
    """

    root: float
    remainder: float
    coefficients: tuple[float, ...]

    def repair(self, x: Array, out: Array) -> None:
        """Overwrite `out` wherever `x` is close to the root.

        Parameters
        ----------
        x, out : numpy.ndarray
            Arguments and values; `out` is changed in place.
        """
        near = np.abs(x - self.root) < _RADIUS
        if near.any():
            distance = (x[near] - self.root) - self.remainder
            out[near] = distance * np.polynomial.polynomial.polyval(distance, self.coefficients)


def find_crossing(expression: sp.Expr, symbol: sp.Symbol, near: float) -> Crossing:
    """Compute the root of an expression and the Taylor polynomial about it.

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
        taylor = mpmath.taylor(function, root, _TERMS)
        nearest = float(root)
        return Crossing(nearest, float(root - nearest), tuple(float(c) for c in taylor[1:]))
