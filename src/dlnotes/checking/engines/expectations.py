r"""Expectations under the standard normal law, certified.

On a panel of half-width h about m, Taylor's formula with Lagrange's remainder says
f(m + t) = sum_{k < n} c_k t^k + c_n(s) t^n for some s in the panel. One power series of balls
at m gives the c_k, another over the whole panel a ball that contains every c_n(s); n is even,
so that the remainder integrates to a number in that ball times 2 h^(n+1) / (n+1). Where the
ball is too wide the panel is cut in two.

Beyond `END` the arithmetic of tails gives K with :math:`|f(x)|\,e^{-x^2/2} \le K e^{-|x|}`,
which integrates to :math:`K e^{-\mathrm{END}}` on each side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy
from flint import arb, arb_series, ctx

from dlnotes.checking.engines.balls import compile_ball, constant, precision
from dlnotes.checking.engines.ends import End
from dlnotes.checking.engines.pieces import Piece, pieces_of
from dlnotes.checking.engines.scales import TooShort
from dlnotes.checking.engines.search import NotCertified
from dlnotes.checking.engines.tails import TailArithmetic, Undecided

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["certify_expectation"]

END = 16
"""Where the tails begin."""

_TERMS = 24  # even
_WIDTH = arb(1) / 2
_SMALLEST = arb(2) ** -12


def certify_expectation(
    expression: Any,
    symbol: sympy.Symbol,
    *,
    order: int = 0,
    power: int = 1,
    digits: int = 18,
) -> arb:
    r"""Return a ball around the mean of a power of a derivative at a standard normal number.

    Parameters
    ----------
    expression, symbol
        A function of growth at most exponential, with finitely many kinks and jumps.
    order
        Which derivative; 0 is the function itself. It is taken between kinks: what a jump of
        the function would add is left out.
    power
        Of the derivative, 1 or more.
    digits
        Digits after the point aimed at.

    Raises
    ------
    NotCertified
        If the integral on a panel or a tail cannot be bounded.
    Unsupported
        If the expression holds a function without a rule.

    Examples
    --------
    >>> x = sympy.Symbol("x", real=True)
    >>> certify_expectation(sympy.exp(x), x).str(15, radius=False)
    '1.64872127070013'
    >>> certify_expectation(sympy.Max(x, 0), x, order=1, power=2).str(15, radius=False)
    '0.500000000000000'
    """
    total = arb(0)
    with precision(digits + 15):
        tolerance = arb(10) ** -digits / 1000
        for piece in pieces_of(sympy.sympify(expression), symbol):
            f = sympy.diff(piece.expression, symbol, order) ** power
            if f != 0:
                total = total + _over(Piece(piece.low, piece.high, f), symbol, tolerance)
        return total / (2 * arb.pi()).sqrt()


def _over(piece: Piece, symbol: sympy.Symbol, tolerance: arb) -> arb:
    """Integrate one smooth piece against exp(-x^2/2)."""
    total = arb(0)
    for place, side in ((piece.low, -1), (piece.high, 1)):
        if not place.is_finite:
            total = total + _tail(piece.expression, symbol, End(place, side))
        elif abs(place) > END:
            msg = f"a kink at {symbol} = {place} lies beyond {END}"
            raise NotCertified(msg)
    low = constant(piece.low) if piece.low.is_finite else arb(-END)
    high = constant(piece.high) if piece.high.is_finite else arb(END)
    function = compile_ball(piece.expression * sympy.exp(-(symbol**2) / 2), symbol)
    count = max(1, int(float(((high - low) / _WIDTH).upper())) + 1)
    step = (high - low) / count
    for k in range(count):
        total = total + _panel(function, low + (k + arb(1) / 2) * step, step / 2, tolerance)
    return total


def _panel(function: Callable[[Any], Any], middle: arb, half: arb, tolerance: arb) -> arb:
    near = _coefficients(function, middle)
    far = _coefficients(function, middle + half * arb(0, 1))[_TERMS]
    rest = far * 2 * half ** (_TERMS + 1) / (_TERMS + 1)
    if not (rest.is_finite() and rest.rad() < tolerance):
        if half < _SMALLEST:
            msg = f"the integral near {middle.str(6, radius=False)} is not bounded"
            raise NotCertified(msg)
        quarter = half / 2
        return _panel(function, middle - quarter, quarter, tolerance) + _panel(
            function, middle + quarter, quarter, tolerance
        )
    total = rest
    for k in range(0, _TERMS, 2):
        total = total + near[k] * 2 * half ** (k + 1) / (k + 1)
    return total


def _coefficients(function: Callable[[Any], Any], at: arb) -> list[arb]:
    """Return the coefficients of the power series about a ball."""
    old, ctx.cap = ctx.cap, _TERMS + 1
    try:
        series = function(arb_series([at, 1], _TERMS + 1))
        return [series[k] for k in range(_TERMS + 1)]
    except (ZeroDivisionError, ValueError):
        return [arb.nan()] * (_TERMS + 1)
    finally:
        ctx.cap = old


def _tail(f: sympy.Expr, symbol: sympy.Symbol, end: End) -> arb:
    """Return a ball around the integral of f exp(-x^2/2) beyond `END`, on one side."""
    arithmetic = TailArithmetic(arb(END))
    weighted = f * sympy.exp(-(symbol**2) / 2 + end.side * symbol)
    try:
        bound = arithmetic.enclosure(arithmetic.evaluate(weighted, symbol, end.path()))
    except (TooShort, Undecided) as why:
        msg = f"{f} is not bounded towards {end.place}: {why}"
        raise NotCertified(msg) from None
    return arb(0, abs(bound).upper()) * (-arb(END)).exp()
