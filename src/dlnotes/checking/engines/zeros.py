"""All zeros of a function of one real variable, certified over all reals.

A box on which a ball around the function leaves out zero holds none; a box on which a ball
around the slope leaves out zero holds at most one, and exactly one if the signs at its ends
differ. Bisection ends in such boxes, except around a zero of higher order. Those are looked for
at the ends of the pieces and at 0, where the order can be found exactly: with
f = f' = ... = f^(k-1) = 0 at a point p, Taylor's formula gives f(x) = f^(k)(c) (x - p)^k / k!,
so that f has no other zero in a neighbourhood on which f^(k) has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from dlnotes.checking.engines.balls import (
    Unsupported,
    box,
    constant,
    derivatives,
    precision,
)
from dlnotes.checking.engines.ends import core_of, ends_of, tail_sign
from dlnotes.checking.engines.pieces import Piece, pieces_of
from dlnotes.checking.engines.scales import sign_of
from dlnotes.checking.engines.search import (
    HIGHEST_CONTACT,
    MOST_BOXES,
    SMALLEST_BOX,
    NotCertified,
)

if TYPE_CHECKING:
    from dlnotes.checking.engines.search import Core

__all__ = ["Zeros", "certify_zeros"]

# Boxes are not cut in the middle, where a zero at a round number would lie on the border.
_CUT = 0.4871
# A function may come within 10^-20 of zero without reaching it, as GELU(x) - x does at 8.
_WORKING_DIGITS = 60


@dataclass(frozen=True)
class Zeros:
    """A point at which a function vanishes, or an interval on which it does.

    Parameters
    ----------
    low, high
        Balls around the ends, the same ball twice for a single point; plus or minus infinity
        as SymPy writes it.
    closed
        Whether each end is itself a zero.
    """

    low: Any
    high: Any
    closed: tuple[bool, bool]


def certify_zeros(
    expression: Any, symbol: sympy.Symbol, domain: Any = None, *, digits: int = 30
) -> tuple[Zeros, ...]:
    """Return all zeros of `expression`, from left to right: certified, and that these are all.

    Parameters
    ----------
    expression, symbol, domain
        As in `certify_maximum`. At a place where it jumps its own value there counts.
    digits
        Digits aimed at in the balls.

    Raises
    ------
    NotCertified
        If a zero cannot be isolated.
    Unsupported
        If the expression holds a function without a rule.

    Examples
    --------
    >>> x = sympy.Symbol("x", real=True)
    >>> [z.low.str(6, radius=False) for z in certify_zeros(sympy.exp(x) - 3 * x, x)]
    ['0.619061', '1.51213']
    >>> certify_zeros(sympy.exp(x) - x, x)
    ()
    >>> certify_zeros(sympy.Max(x, 0), x)[0].low, certify_zeros(sympy.Max(x, 0), x)[0].closed
    (-oo, (False, True))
    """
    e = sympy.sympify(expression)
    pieces = pieces_of(e, symbol, domain)
    found: list[Zeros] = []
    for i, piece in enumerate(pieces):
        if i and sign_of(e.subs(symbol, piece.low)) == 0:
            found.append(_point(constant(piece.low)))
        if piece.expression.has(symbol):
            found += _inside(piece, symbol, digits)
        elif sign_of(piece.expression) == 0:
            found.append(Zeros(_ball(piece.low), _ball(piece.high), (False, False)))
    return tuple(_joined(found))


def _point(ball: arb) -> Zeros:
    return Zeros(ball, ball, (True, True))


def _ball(end: sympy.Expr) -> Any:
    return constant(end) if end.is_finite else end


def _inside(piece: Piece, symbol: sympy.Symbol, digits: int) -> list[Zeros]:
    """Return the zeros strictly between the ends of a piece."""
    starts = {}
    for end in ends_of(piece, symbol):
        sign, starts[end] = tail_sign(piece.expression, symbol, end)
        if sign == 0:
            msg = f"{piece.expression} vanishes towards {end.place}"
            raise NotCertified(msg)
    core = core_of(piece, symbol, starts)
    if core is None:
        return []
    with precision(_WORKING_DIGITS):
        exact, zones = _higher_zeros(piece, core)
        boxes = list(_isolated(core, zones))
    with precision(digits + 15):
        points = [constant(point) for point in exact]
        points += [_refined(core, a, b) for a, b in boxes]
        for point in points:
            for end, side in ((piece.low, 1), (piece.high, -1)):
                if end.is_finite and not side * (point - constant(end)) > 0:
                    msg = f"a zero is too close to {symbol} = {end}, where the pieces meet"
                    raise NotCertified(msg)
    return [_point(point) for point in sorted(points, key=lambda ball: float(ball.mid()))]


def _higher_zeros(
    piece: Piece, core: Core
) -> tuple[list[sympy.Expr], list[tuple[float, float]]]:
    """Return zeros of any order known exactly, and the zones that hold no others."""
    exact, zones = [], []
    for point in dict.fromkeys((piece.low, piece.high, sympy.S.Zero)):
        if bool(core.low <= point) and bool(point <= core.high):
            order = _order(core, point)
            if order:
                zones.append(_zone(core, point, order))
                if bool(piece.low < point) and bool(point < piece.high):
                    exact.append(point)
    return exact, zones


def _order(core: Core, point: sympy.Expr) -> int:
    """Return how many of f, f', ... vanish at a point, exactly."""
    derivative = core.expression
    for order in range(HIGHEST_CONTACT + 1):
        try:
            if sign_of(sympy.sympify(derivative.subs(core.symbol, point))) != 0:
                return order
        except Unsupported:
            break
        derivative = sympy.diff(derivative, core.symbol)
    msg = f"the order of the zero at {core.symbol} = {point} is not known"
    raise NotCertified(msg)


def _zone(core: Core, point: sympy.Expr, order: int) -> tuple[float, float]:
    near, radius = float(constant(point).mid()), 0.25
    slack = 2.0**-48 * (1 + abs(near))
    while radius > SMALLEST_BOX:
        top = derivatives(
            core.function, box(near - radius - slack, near + radius + slack), order
        )
        if top[order] > 0 or top[order] < 0:
            return near - radius, near + radius
        radius /= 2
    msg = f"no neighbourhood of the zero at {core.symbol} = {point} is free of others"
    raise NotCertified(msg)


def _isolated(core: Core, zones: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return disjoint boxes outside the zones, each with one simple zero."""
    found, work, boxes = [], [(core.left, core.right)], 0
    while work:
        a, b = work.pop()
        boxes += 1
        if boxes > MOST_BOXES or b - a < SMALLEST_BOX:
            msg = f"the zeros near {core.symbol} = {a:.12g} are not isolated"
            raise NotCertified(msg)
        if any(p <= a and b <= q for p, q in zones):
            continue
        cuts = sorted(e for zone in zones for e in zone if a < e < b)
        if not cuts:
            _, *enclosures = core.over(a, b)
            if any(v > 0 or v < 0 for v in enclosures):
                continue
            slope = derivatives(core.function, box(a, b), 1)[1]
            at_a, at_b = core.at(arb(a)), core.at(arb(b))
            if (slope > 0 or slope < 0) and not (at_a.contains(0) or at_b.contains(0)):
                if (at_a > 0) != (at_b > 0):
                    found.append((a, b))
                continue
            cuts = [a + _CUT * (b - a)]
        work += list(pairwise([a, *cuts, b]))
    return found


def _refined(core: Core, a: float, b: float) -> arb:
    """Contract a box around its one zero by the interval Newton method."""
    region = box(a, b)
    for _ in range(200):
        centre = arb(region.mid())
        slope = derivatives(core.function, region, 1)[1]
        step = centre - core.at(centre) / slope
        smaller = step.intersection(region)
        if not smaller.rad() < region.rad() * arb("0.9"):
            return region
        region = smaller
    return region


def _joined(found: list[Zeros]) -> list[Zeros]:
    """Join intervals with the points at their ends, and with each other across such points."""
    out: list[Zeros] = []
    for now in found:
        before = out[-1] if out else None
        touches = (
            before is not None
            and isinstance(before.high, arb)
            and isinstance(now.low, arb)
            and before.high.overlaps(now.low)
            and (before.closed[1] or now.closed[0])
        )
        if before is not None and touches:
            out[-1] = Zeros(before.low, now.high, (before.closed[0], now.closed[1]))
        else:
            out.append(now)
    return out
