r"""Where a function of one real variable is largest, certified over all reals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy
from flint import arb

from dlnotes.checking.engines.balls import Unsupported, constant, precision
from dlnotes.checking.engines.ends import (
    STARTS,
    End,
    core_of,
    ends_of,
    limit_of,
    meeting_points,
    one_period,
    require_no_jump,
    tail_sign,
)
from dlnotes.checking.engines.pieces import Piece, interval_of, open_ends_of, pieces_of
from dlnotes.checking.engines.scales import TooShort, sign_of
from dlnotes.checking.engines.search import NotCertified, Peak
from dlnotes.checking.engines.tails import TailArithmetic, Undecided

__all__ = ["Maximum", "certify_lipschitz", "certify_maximum"]


@dataclass(frozen=True)
class Maximum:
    """The supremum of a function.

    Parameters
    ----------
    location
        A ball around the place, or ``oo``/``-oo`` when it is only approached there. Of
        several places the leftmost; of an interval on which f is constant, one end.
    value
        A ball around the supremum.
    attained
        Whether some point has this value.
    locations
        All places found.
    """

    location: Any
    value: arb
    attained: bool
    locations: tuple[Any, ...]


def certify_maximum(
    expression: Any, symbol: sympy.Symbol, domain: Any = None, *, digits: int = 30
) -> Maximum:
    """Return the supremum of `expression` over the domain, certified.

    Parameters
    ----------
    expression, symbol, domain
        As in `certify_relation`. An `Abs` around the whole expression may have zeros that
        are not known exactly.
    digits
        Digits aimed at in the balls.

    Raises
    ------
    NotCertified
        If the maximum cannot be isolated, or there is none.
    Unsupported
        If the expression holds a function without a rule.

    Examples
    --------
    >>> x = sympy.Symbol("x", real=True)
    >>> found = certify_maximum(x * sympy.exp(-x), x)
    >>> found.location.str(8, radius=False), found.value.str(12), found.attained
    ('1.0000000', '[0.367879441171 +/- 4.43e-13]', True)
    """
    e = sympy.sympify(expression)
    if isinstance(e, sympy.Abs):
        sides = [certify_maximum(s * e.args[0], symbol, domain, digits=digits) for s in (1, -1)]
        found = [(p, m.value, m.attained) for m in sides for p in m.locations]
        return _largest(found, digits)
    domain = one_period(e, symbol, domain)
    pieces = pieces_of(e, symbol, domain)
    candidates: list[tuple[Any, arb, bool]] = []
    cores: list[tuple[Piece, dict[End, int]]] = []
    with precision(digits + 15):
        for place, value in meeting_points(e, symbol, pieces):
            candidates.append((constant(place), constant(value), True))
        floor = max((v.lower() for _, v, _ in candidates), key=float, default=arb.neg_inf())
    for piece in pieces:
        if not piece.expression.has(symbol):
            with precision(digits + 15):
                place = next((p for p in (piece.low, piece.high) if p.is_finite), sympy.S.Zero)
                candidates.append((constant(place), constant(piece.expression), True))
            continue
        cores.append((piece, dict.fromkeys(ends_of(piece, symbol), 16)))
    for piece, starts in cores:
        core = core_of(piece, symbol, starts)
        sampled = core.sample() if core is not None else arb.neg_inf()
        floor = sampled if sampled > floor else floor
    for piece, starts in cores:
        for end in starts:
            limit, starts[end] = _tail_supremum(piece.expression, symbol, end, floor)
            if limit is not None:
                with precision(digits + 15):
                    value = limit if isinstance(limit, arb) else constant(limit)
                place = end.place if not end.place.is_finite else constant(end.place)
                candidates.append((place, value, False))
                floor = arb(value.lower()) if value.lower() > floor else floor
    for piece, starts in cores:
        core = core_of(piece, symbol, starts)
        if core is None:
            continue
        for peak in core.peaks(floor, digits):
            there = _attained(e, symbol, piece, peak) and not _left_out(domain, peak)
            candidates.append((peak.location, peak.value, there))
    return _largest(candidates, digits)


def _left_out(domain: Any, peak: Peak) -> bool:
    """Whether a peak sits on an end that does not belong to the domain."""
    ends = zip(interval_of(domain), open_ends_of(domain), strict=True)
    return any(
        out and end.is_finite and peak.location.overlaps(constant(end)) for end, out in ends
    )


def _attained(e: sympy.Expr, symbol: sympy.Symbol, piece: Piece, peak: Peak) -> bool:
    """Whether the expression itself has the peak's value at its place (not only a limit)."""
    for end in (piece.low, piece.high):
        if end.is_finite and peak.location.overlaps(constant(end)):
            try:
                value = sympy.sympify(e).subs(symbol, end)
                return sign_of(value - piece.expression.subs(symbol, end)) == 0
            except (Unsupported, ValueError):
                return False
    return True


def _tail_supremum(
    e: sympy.Expr, symbol: sympy.Symbol, end: End, floor: arb
) -> tuple[sympy.Expr | arb | None, int]:
    """Show that a tail stays below `floor`, or that it stays below its own limit.

    Returns the limit (None when the tail does not matter) and where the tail starts.
    """
    if floor.is_finite():
        bound = sympy.Rational(*float(floor.lower()).as_integer_ratio())
        bound -= abs(bound) * sympy.Rational(1, 2**50) + sympy.Rational(1, 2**70)
        try:
            sign, start = tail_sign(bound - e, symbol, end)
            if sign > 0:
                return None, start
        except NotCertified:
            pass
    limit = limit_of(e, symbol, end.place, side=-end.side)
    if limit == sympy.oo:
        msg = f"{e} is unbounded towards {end.place}"
        raise NotCertified(msg)
    if isinstance(limit, arb) or limit == -sympy.oo:
        msg = f"the limit of {e} towards {end.place} is not known exactly"
        raise NotCertified(msg)
    sign, start = tail_sign(limit - e, symbol, end)
    if sign >= 0:
        return limit, start
    # f comes down to its limit: further out it is below the best value seen
    if floor.is_finite() and constant(limit) < floor:
        for further in STARTS:
            with precision(20):
                arithmetic = TailArithmetic(arb(further))
                try:
                    tail = arithmetic.enclosure(arithmetic.evaluate(e, symbol, end.path()))
                except (TooShort, Undecided):
                    continue
                if tail < floor:
                    return None, further
    msg = f"{e} is not shown to stay below its maximum towards {end.place}"
    raise NotCertified(msg)


def _largest(candidates: list[tuple[Any, arb, bool]], digits: int) -> Maximum:
    with precision(digits + 15):
        return _pick(candidates)


def _pick(candidates: list[tuple[Any, arb, bool]]) -> Maximum:
    if not candidates:
        msg = "no maximum was found"
        raise NotCertified(msg)
    top = max((value.lower() for _, value, _ in candidates), key=float)
    best = [c for c in candidates if c[1].upper() >= top]
    value = best[0][1]
    for _, other, _ in best[1:]:
        value = value.union(other)

    def order(c: tuple[Any, arb, bool]) -> float:
        return float(c[0].mid()) if isinstance(c[0], arb) else float(c[0])

    best.sort(key=lambda c: (not c[2], order(c)))
    places: list[Any] = []
    for place, _, _ in best:
        if not any(
            isinstance(p, arb) and isinstance(place, arb) and p.overlaps(place) for p in places
        ):
            places.append(place)
    return Maximum(places[0], value, any(c[2] for c in best), tuple(places))


def certify_lipschitz(
    expression: Any, symbol: sympy.Symbol, domain: Any = None, *, digits: int = 30
) -> Maximum:
    r"""Return the least Lipschitz constant: the supremum of \|f'\| over the smooth pieces.

    Raises
    ------
    NotCertified
        If the expression jumps somewhere, or the supremum is not found.

    Examples
    --------
    >>> x = sympy.Symbol("x", real=True)
    >>> bool(certify_lipschitz(sympy.Max(x, 0), x).value == 1)
    True
    """
    e = sympy.sympify(expression)
    pieces = pieces_of(e, symbol, domain)
    found: list[tuple[Any, arb, bool]] = []
    for i, piece in enumerate(pieces):
        if i:
            require_no_jump(pieces[i - 1], piece, symbol)
        slope = sympy.diff(piece.expression, symbol)
        here = (piece.low, piece.high)
        if not slope.has(symbol):
            with precision(digits + 15):
                place = next((p for p in here if p.is_finite), sympy.S.Zero)
                found.append((constant(place), abs(constant(slope)), True))
            continue
        for sign in (1, -1):
            m = certify_maximum(sign * slope, symbol, here, digits=digits)
            found += [(place, m.value, m.attained) for place in m.locations]
    return _largest(found, digits)
