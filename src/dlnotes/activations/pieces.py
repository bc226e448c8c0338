"""The analytic pieces of a formula: what it says between two neighbouring kinks."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Piece", "X", "cut", "differentiate"]

#: The variable of every expression.
X = sp.Symbol("x", real=True)


@dataclass(frozen=True)
class Piece:
    """One formula and the open interval on which it holds.

    Parameters
    ----------
    low, high : sympy.Expr
        Ends of the interval, possibly infinite.
    formula : sympy.Expr
        A function of `X`, analytic on the interval and beyond its finite ends.
    """

    low: sp.Expr
    high: sp.Expr
    formula: sp.Expr

    @property
    def middle(self) -> sp.Expr:
        """A point inside the interval."""
        if self.low == -sp.oo:
            return sp.Integer(0) if self.high == sp.oo else self.high - 1
        return self.low + 1 if self.high == sp.oo else (self.low + self.high) / 2

    @property
    def nearest_to_zero(self) -> float:
        """The point inside the interval that is nearest to 0, or next to it."""
        low, high, middle = (float(end) for end in (self.low, self.high, self.middle))
        if low < 0.0 < high:
            return 0.0
        end = low if low >= 0.0 else high
        return end + (middle - end) * 1e-3


def cut(expression: sp.Expr, places: Iterable[sp.Expr]) -> tuple[Piece, ...]:
    """Cut a formula at its kinks.

    Parameters
    ----------
    expression : sympy.Expr
        A function of `X` alone, of piecewise definitions, absolute values and what is analytic.
    places : iterable of sympy.Expr
        The kinks, real numbers; infinite ones are left out.

    Returns
    -------
    tuple of Piece
        From left to right; they fill the real line.

    Examples
    --------
    >>> import sympy as sp
    >>> from dlnotes.activations.pieces import X, cut
    >>> [str(piece.formula) for piece in cut(sp.Abs(X), [sp.Integer(0)])]
    ['-x', 'x']
    """
    finite = sorted({place for place in places if place.is_finite})
    ends = [-sp.oo, *finite, sp.oo]
    pieces = [Piece(low, high, expression) for low, high in itertools.pairwise(ends)]
    return tuple(Piece(p.low, p.high, _branch(expression, p.middle)) for p in pieces)


def differentiate(expression: sp.Expr, order: int) -> sp.Expr:
    """Differentiate away from kinks: the derivative of sign(x) counts as zero.

    Parameters
    ----------
    expression : sympy.Expr
        A function of `X`.
    order : int
        How many times.

    Returns
    -------
    sympy.Expr
        The derivative.

    Examples
    --------
    >>> import sympy as sp
    >>> from dlnotes.activations.pieces import X, differentiate
    >>> differentiate(X * sp.Abs(X), 2)
    2*sign(x)
    """
    for _ in range(order):
        expression = sp.diff(expression, X)
        expression = expression.replace(sp.DiracDelta, lambda *_: sp.Integer(0)).doit()
    return expression


def _branch(expression: sp.Expr, point: sp.Expr) -> sp.Expr:
    """Return the formula that holds about a point which is not a kink."""
    expression = expression.replace(
        lambda e: isinstance(e, sp.Abs), lambda e: sp.sign(e.args[0].subs(X, point)) * e.args[0]
    )
    return expression.replace(
        lambda e: isinstance(e, sp.Piecewise),
        lambda e: next(f for f, condition in e.args if condition.subs(X, point) == sp.true),
    )
