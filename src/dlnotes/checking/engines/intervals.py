r"""Certified facts about functions of one real variable, over all reals, with Arb.

An expression built from numbers, exp, log, tanh, erf, atan, powers, `Abs`, `Max`, `Min` and
`Piecewise` is cut into smooth pieces. On the bounded core of each piece branch and bound with
ball arithmetic decides; towards infinity, and towards an end where the expression is singular,
`dlnotes.checking.engines.tails` bounds it for every point beyond. Nothing rests on sampling.

- `certify_bound`: lower <= f <= upper (or strictly), attained or not;
- `certify_maximum`, `certify_lipschitz`: where f, or \|f'\|, is largest, as balls;
- `certify_monotone`, `limit_of`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from dlnotes.checking.engines.balls import (
    ENGINE,
    Unsupported,
    compile_ball,
    constant,
    derivatives,
    precision,
)
from dlnotes.checking.engines.pieces import Piece, interval_of, open_ends_of, pieces_of
from dlnotes.checking.engines.scales import ONE, Scale, TooShort, sign_of
from dlnotes.checking.engines.search import Core, NotCertified, Peak, Violation
from dlnotes.checking.engines.tails import Coefficient, Tail, TailArithmetic, Undecided
from dlnotes.checking.verdicts import Counterexample, Tier, Verdict, proved, refuted, unproved

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Maximum",
    "NotCertified",
    "Unsupported",
    "certify_bound",
    "certify_lipschitz",
    "certify_maximum",
    "certify_monotone",
    "certify_relation",
    "limit_of",
]

_STARTS = (8, 16, 32, 64, 128, 512, 4096)
"""Where a tail may begin; further out when a bound does not hold yet."""


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


@dataclass(frozen=True)
class _End:
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


def _ends(piece: Piece, symbol: sympy.Symbol) -> Iterator[_End]:
    for place, side in ((piece.low, -1), (piece.high, 1)):
        if not place.is_finite or _singular(piece, symbol, place):
            yield _End(place, side)


def _tail_sign(e: sympy.Expr, symbol: sympy.Symbol, end: _End) -> tuple[int, int]:
    """Return the sign of `e` on a tail and where that tail starts."""
    reason = "the tail could not be bounded"
    with precision(20):
        for start in _STARTS:
            arithmetic = TailArithmetic(arb(start))
            try:
                return arithmetic.sign(arithmetic.evaluate(e, symbol, end.path())), start
            except TooShort:
                continue
            except Undecided as why:
                reason = str(why)
    msg = f"towards {end.place}: {reason}"
    raise NotCertified(msg)


def _core(
    piece: Piece,
    symbol: sympy.Symbol,
    starts: dict[_End, int],
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


def _one_period(e: sympy.Expr, symbol: sympy.Symbol, domain: Any) -> Any:
    """Return one period in place of all reals, for a periodic expression."""
    if interval_of(domain) == (-sympy.oo, sympy.oo) and e.has(sympy.sin, sympy.cos):
        try:
            period = sympy.periodicity(e, symbol)
        except (NotImplementedError, ValueError, TypeError):
            return domain
        if period is not None and period.is_positive and period.is_finite:
            return sympy.Interval(0, period)
    return domain


def _isolated_points(
    e: sympy.Expr, symbol: sympy.Symbol, pieces: list[Piece]
) -> Iterator[tuple[sympy.Expr, sympy.Expr]]:
    """Yield the places where pieces meet with the value of the expression itself there."""
    for piece in pieces[1:]:
        yield piece.low, sympy.sympify(e).subs(symbol, piece.low)


def _require_nonnegative(
    e: sympy.Expr, symbol: sympy.Symbol, domain: Any, *, strict: bool
) -> None:
    """Return when e >= 0 (or e > 0) is certified on the domain; else raise."""
    domain = _one_period(e, symbol, domain)
    pieces = pieces_of(e, symbol, domain)
    left_open, right_open = open_ends_of(domain)
    for place, value in _isolated_points(e, symbol, pieces):
        sign = sign_of(value) if value.is_finite else 1
        if sign < 0 or (strict and sign == 0):
            raise Violation(place)
    for piece in pieces:
        # where two pieces meet the expression's own value has been looked at above
        open_ends = (left_open or piece is not pieces[0], right_open or piece is not pieces[-1])
        if not piece.expression.has(symbol):
            sign = sign_of(piece.expression)
            if sign < 0 or (strict and sign == 0):
                raise Violation(_inside(piece))
            continue
        starts: dict[_End, int] = {}
        for end in _ends(piece, symbol):
            sign, start = _tail_sign(piece.expression, symbol, end)
            if sign < 0 or (strict and sign == 0):
                raise Violation(end.cut(2 * start))
            starts[end] = start
        core = _core(piece, symbol, starts, open_ends)
        if core is not None:
            core.require_nonnegative(strict=strict)


def _inside(piece: Piece) -> sympy.Expr:
    low, high = piece.low, piece.high
    if low.is_finite and high.is_finite:
        return (low + high) / 2
    if low.is_finite:
        return low + 1
    return high - 1 if high.is_finite else sympy.S.Zero


def _counterexample(
    left: sympy.Expr, op: str, right: sympy.Expr, symbol: sympy.Symbol, point: sympy.Expr
) -> Counterexample:
    def shown(e: sympy.Expr) -> str:
        value = sympy.sympify(e).subs(symbol, point)
        return str(value) if value.is_Integer else str(sympy.N(value, 10))

    where = {str(symbol): str(point)}
    return Counterexample(where, shown(left), shown(right), relation=op)


_STRICT = {"<": True, ">": True, r"\lt": True, r"\gt": True}
_UPWARD = {"<": True, r"\le": True, r"\lt": True, "<=": True, r"\leq": True}
_DOWNWARD = {">": True, r"\ge": True, r"\gt": True, ">=": True, r"\geq": True}


def certify_relation(
    left: Any, op: str, right: Any, symbol: sympy.Symbol, domain: Any = None
) -> Verdict:
    r"""Decide ``left op right`` for every value of `symbol` in the domain.

    Parameters
    ----------
    left, right
        SymPy expressions in `symbol`.
    op
        One of ``<  \le  \ge  >`` (also ``<=`` and ``>=``).
    symbol
        The variable, a real number.
    domain
        An interval, all reals by default. Its ends belong to it, unless an expression is
        singular there.

    Returns
    -------
    Verdict
        Proved (certified), refuted with a point, or unproved with the reason.

    Examples
    --------
    >>> x = sympy.Symbol("x", real=True)
    >>> certify_relation(sympy.log(x), "<=", x - 1, x, (0, sympy.oo)).kind.value
    'proved'
    >>> certify_relation(sympy.log(x), "<", x - 1, x, (0, sympy.oo)).counterexample.point
    {'x': '1'}
    """
    began = time.perf_counter()
    left, right = sympy.sympify(left), sympy.sympify(right)
    if op in _UPWARD:
        difference = right - left
    elif op in _DOWNWARD:
        difference = left - right
    else:
        msg = f"op={op!r} is not one of <, <=, >=, >"
        raise ValueError(msg)
    where = "all reals" if domain in (None, sympy.S.Reals) else f"{domain}"
    engines = (ENGINE, f"SymPy {sympy.__version__}")
    try:
        _require_nonnegative(difference, symbol, domain, strict=op in _STRICT)
        verdict = proved(
            Tier.CERTIFIED, f"ball arithmetic over {where}, tails included", engines=engines
        )
    except Violation as found:
        point = _counterexample(left, op, right, symbol, found.point)
        verdict = refuted(point, Tier.CERTIFIED, engines=engines)
    except (NotCertified, Unsupported, Undecided, TooShort, NotImplementedError) as why:
        verdict = unproved(f"ball arithmetic: {why}", Tier.CERTIFIED, engines=engines)
    return verdict.with_seconds(time.perf_counter() - began)


def certify_bound(
    lower: Any,
    expression: Any,
    upper: Any,
    symbol: sympy.Symbol,
    domain: Any = None,
    *,
    strict: tuple[bool, bool] = (False, False),
) -> Verdict:
    """Decide ``lower <= expression <= upper`` on the domain.

    Parameters
    ----------
    lower, upper
        Numbers or expressions in `symbol`; ``None`` for no bound.
    expression, symbol, domain
        As in `certify_relation`.
    strict
        Whether the lower and the upper bound are strict.

    Examples
    --------
    >>> x = sympy.Symbol("x", real=True)
    >>> s = 1 / (1 + sympy.exp(-x))
    >>> slope = s * (1 - s)
    >>> certify_bound(0, slope, "1/4", x, strict=(True, False)).kind.value
    'proved'
    >>> verdict = certify_bound(0, slope, "6/25", x)
    >>> verdict.kind.value, -1 < float(sympy.sympify(verdict.counterexample.point["x"])) < 1
    ('refuted', True)
    """
    seconds = 0.0
    verdict = proved(Tier.CERTIFIED, "nothing to show", engines=(ENGINE,))
    for left, right, sharp in ((lower, expression, strict[0]), (expression, upper, strict[1])):
        if left is None or right is None:
            continue
        pair = [sympy.sympify(side, rational=True) for side in (left, right)]
        verdict = certify_relation(pair[0], "<" if sharp else r"\le", pair[1], symbol, domain)
        seconds += verdict.seconds
        if not verdict.passed:
            break
    return verdict.with_seconds(seconds)


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
    end = _End(place, direction)
    with precision(30):
        for start in _STARTS:
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
    >>> found.location.str(12), found.value.str(12), found.attained
    ('[1.00000000000 +/- 1e-32]', '[0.367879441171 +/- 4.43e-13]', True)
    """
    e = sympy.sympify(expression)
    if isinstance(e, sympy.Abs):
        sides = [certify_maximum(s * e.args[0], symbol, domain, digits=digits) for s in (1, -1)]
        found = [(p, m.value, m.attained) for m in sides for p in m.locations]
        return _largest(found, digits)
    domain = _one_period(e, symbol, domain)
    pieces = pieces_of(e, symbol, domain)
    candidates: list[tuple[Any, arb, bool]] = []
    cores: list[tuple[Piece, dict[_End, int]]] = []
    with precision(digits + 15):
        for place, value in _isolated_points(e, symbol, pieces):
            candidates.append((constant(place), constant(value), True))
        floor = max((v.lower() for _, v, _ in candidates), key=float, default=arb.neg_inf())
    for piece in pieces:
        if not piece.expression.has(symbol):
            with precision(digits + 15):
                place = next((p for p in (piece.low, piece.high) if p.is_finite), sympy.S.Zero)
                candidates.append((constant(place), constant(piece.expression), True))
            continue
        cores.append((piece, {end: 16 for end in _ends(piece, symbol)}))
    for piece, starts in cores:
        core = _core(piece, symbol, starts)
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
        core = _core(piece, symbol, starts)
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
    e: sympy.Expr, symbol: sympy.Symbol, end: _End, floor: arb
) -> tuple[sympy.Expr | arb | None, int]:
    """Show that a tail stays below `floor`, or that it stays below its own limit.

    Returns the limit (None when the tail does not matter) and where the tail starts.
    """
    if floor.is_finite():
        bound = sympy.Rational(*float(floor.lower()).as_integer_ratio())
        bound -= abs(bound) * sympy.Rational(1, 2**50) + sympy.Rational(1, 2**70)
        try:
            sign, start = _tail_sign(bound - e, symbol, end)
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
    sign, start = _tail_sign(limit - e, symbol, end)
    if sign >= 0:
        return limit, start
    # f comes down to its limit: further out it is below the best value seen
    if floor.is_finite() and constant(limit) < floor:
        for further in _STARTS:
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
        if not any(isinstance(p, arb) and isinstance(place, arb) and p.overlaps(place)
                   for p in places):
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
    >>> certify_lipschitz(sympy.Max(x, 0), x).value
    1.00000000000000000000000000000
    """
    e = sympy.sympify(expression)
    pieces = pieces_of(e, symbol, domain)
    found: list[tuple[Any, arb, bool]] = []
    for i, piece in enumerate(pieces):
        if i:
            _require_no_jump(pieces[i - 1], piece, symbol)
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


def _require_no_jump(left: Piece, right: Piece, symbol: sympy.Symbol) -> None:
    place = right.low
    gap = right.expression.subs(symbol, place) - left.expression.subs(symbol, place)
    if not gap.is_finite or sign_of(gap) != 0:
        msg = f"the function jumps at {symbol} = {place}"
        raise NotCertified(msg)


def certify_monotone(
    expression: Any,
    symbol: sympy.Symbol,
    domain: Any = None,
    *,
    increasing: bool = True,
) -> Verdict:
    """Decide whether a continuous expression never falls (or never rises) on the domain.

    Examples
    --------
    >>> x = sympy.Symbol("x", real=True)
    >>> certify_monotone(sympy.tanh(x), x).kind.value
    'proved'
    >>> certify_monotone(x * sympy.exp(x), x).kind.value
    'refuted'
    """
    began = time.perf_counter()
    sign = 1 if increasing else -1
    engines = (ENGINE, f"SymPy {sympy.__version__}")
    verdict = proved(Tier.CERTIFIED, "the derivative keeps its sign", engines=engines)
    try:
        pieces = pieces_of(sympy.sympify(expression), symbol, domain)
        for i, piece in enumerate(pieces):
            if i:
                _require_no_jump(pieces[i - 1], piece, symbol)
            slope = sign * sympy.diff(piece.expression, symbol)
            _require_nonnegative(slope, symbol, (piece.low, piece.high), strict=False)
    except Violation as found:
        slope = sympy.diff(piece.expression, symbol)
        op = r"\ge" if increasing else r"\le"
        point = _counterexample(slope, op, sympy.S.Zero, symbol, found.point)
        verdict = refuted(point, Tier.CERTIFIED, "of the derivative", engines=engines)
    except (NotCertified, Unsupported, Undecided, TooShort, NotImplementedError) as why:
        verdict = unproved(f"ball arithmetic: {why}", Tier.CERTIFIED, engines=engines)
    return verdict.with_seconds(time.perf_counter() - began)
