"""The ends of a smooth piece: infinity and singular places, and the compact core between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from dlnotes.checking.engines.balls import compile_ball, constant, derivatives, precision
from dlnotes.checking.engines.pieces import Piece, interval_of
from dlnotes.checking.engines.scales import ONE, Scale, TooShort, sign_of
from dlnotes.checking.engines.search import Core, NotCertified
from dlnotes.checking.engines.tails import Coefficient, Tail, TailArithmetic, Undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "STARTS",
    "End",
    "core_of",
    "ends_of",
    "limit_of",
    "meeting_points",
    "one_period",
    "require_no_jump",
    "tail_sign",
]

STARTS = (8, 16, 32, 64, 128, 512, 4096)
"""Where a tail may begin; further out when a bound does not hold yet."""


@dataclass(frozen=True)
class End:
    """An end of a piece: how x runs to it as t runs to infinity, and the way back."""

    place: sympy.Expr
    side: int  # +1: x below the place (or x -> +oo), -1: x above it (or x -> -oo)

    def path(self) -> Tail:
        """Return x as a function of t."""
        side = sympy.Integer(self.side)
        if not self.place.is_finite:
            return {Scale(power=sympy.S.One): Coefficient.of(side)}
        near = {Scale(power=-sympy.S.One): Coefficient.of(-side)}
        return near if sign_of(self.place) == 0 else {ONE: Coefficient.of(self.place), **near}

    def cut(self, start: int) -> sympy.Expr:
        """Return x at t = start: where the core begins."""
        if not self.place.is_finite:
            return sympy.Integer(self.side * start)
        return self.place - sympy.Rational(self.side, start)


def _singular(piece: Piece, symbol: sympy.Symbol, end: sympy.Expr) -> bool:
    """Whether the expression or its slope has no finite value at a finite end."""
    with precision(20):
        try:
            function = compile_ball(piece.expression, symbol)
            return not all(v.is_finite() for v in derivatives(function, constant(end), 1))
        except (ZeroDivisionError, ValueError):
            return True


def ends_of(piece: Piece, symbol: sympy.Symbol) -> Iterator[End]:
    """Yield the ends of a piece that need a tail: infinite ones and singular ones."""
    for place, side in ((piece.low, -1), (piece.high, 1)):
        if not place.is_finite or _singular(piece, symbol, place):
            yield End(place, side)


def tail_sign(e: sympy.Expr, symbol: sympy.Symbol, end: End) -> tuple[int, int]:
    """Return the sign of `e` on a tail and where that tail starts."""
    reason = "the tail could not be bounded"
    with precision(20):
        for start in STARTS:
            arithmetic = TailArithmetic(arb(start))
            try:
                return arithmetic.sign(arithmetic.evaluate(e, symbol, end.path())), start
            except TooShort:
                continue
            except Undecided as why:
                reason = str(why)
    msg = f"towards {end.place}: {reason}"
    raise NotCertified(msg)


def core_of(
    piece: Piece,
    symbol: sympy.Symbol,
    starts: dict[End, int],
    open_ends: tuple[bool, bool] = (False, False),
) -> Core | None:
    """Return what lies between the tails; None when the tails meet."""
    low, high = piece.low, piece.high
    left_open, right_open = open_ends
    for end, start in starts.items():
        if end.side < 0:
            low, left_open = end.cut(start), False
        else:
            high, right_open = end.cut(start), False
    if not bool(low < high):
        return None
    return Core(piece.expression, symbol, low, high, (left_open, right_open))


def one_period(e: sympy.Expr, symbol: sympy.Symbol, domain: Any) -> Any:
    """Return one period in place of all reals, for a periodic expression."""
    if interval_of(domain) == (-sympy.oo, sympy.oo) and e.has(sympy.sin, sympy.cos):
        try:
            period = sympy.periodicity(e, symbol)
        except (NotImplementedError, ValueError, TypeError):
            return domain
        if period is not None and period.is_positive and period.is_finite:
            return sympy.Interval(0, period)
    return domain


def meeting_points(
    e: sympy.Expr, symbol: sympy.Symbol, pieces: list[Piece]
) -> Iterator[tuple[sympy.Expr, sympy.Expr]]:
    """Yield the places where pieces meet with the value of the expression itself there."""
    for piece in pieces[1:]:
        yield piece.low, sympy.sympify(e).subs(symbol, piece.low)


def limit_of(
    expression: Any, symbol: sympy.Symbol, point: Any = sympy.oo, *, side: int = 1
) -> sympy.Expr | arb:
    """Return the limit of an expression: exact where possible, otherwise a ball.

    Parameters
    ----------
    expression, symbol
        The function.
    point
        ``oo``, ``-oo`` or a number.
    side
        For a finite point: 1 for x from above, -1 from below.

    Raises
    ------
    NotCertified
        If the limit cannot be read off.

    Examples
    --------
    >>> x = sympy.Symbol("x", real=True)
    >>> limit_of(sympy.tanh(x), x, -sympy.oo), limit_of(x * sympy.log(x), x, 0)
    (-1, 0)
    """
    place = sympy.sympify(point)
    direction = (1 if place == sympy.oo else -1) if not place.is_finite else -side
    end = End(place, direction)
    with precision(30):
        for start in STARTS:
            arithmetic = TailArithmetic(arb(start))
            try:
                tail = arithmetic.evaluate(sympy.sympify(expression), symbol, end.path())
                return arithmetic.limit(tail)
            except TooShort:
                continue
            except Undecided:
                break
    msg = f"the limit of {expression} at {place} is not certified"
    raise NotCertified(msg)


def require_no_jump(left: Piece, right: Piece, symbol: sympy.Symbol) -> None:
    """Raise `NotCertified` unless two neighbouring pieces have one value where they meet."""
    place = right.low
    gap = right.expression.subs(symbol, place) - left.expression.subs(symbol, place)
    if not gap.is_finite or sign_of(gap) != 0:
        msg = f"the function jumps at {symbol} = {place}"
        raise NotCertified(msg)
