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
from typing import Any

import sympy

from dlnotes.checking.engines.balls import ENGINE, Unsupported
from dlnotes.checking.engines.ends import (
    End,
    core_of,
    ends_of,
    limit_of,
    meeting_points,
    one_period,
    require_no_jump,
    tail_sign,
)
from dlnotes.checking.engines.maxima import Maximum, certify_lipschitz, certify_maximum
from dlnotes.checking.engines.pieces import Piece, open_ends_of, pieces_of
from dlnotes.checking.engines.scales import TooShort, sign_of
from dlnotes.checking.engines.search import NotCertified, Violation
from dlnotes.checking.engines.tails import Undecided
from dlnotes.checking.verdicts import Counterexample, Tier, Verdict, proved, refuted, unproved

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


def _require_nonnegative(
    e: sympy.Expr, symbol: sympy.Symbol, domain: Any, *, strict: bool
) -> None:
    """Return when e >= 0 (or e > 0) is certified on the domain; else raise."""
    domain = one_period(e, symbol, domain)
    pieces = pieces_of(e, symbol, domain)
    left_open, right_open = open_ends_of(domain)
    for place, value in meeting_points(e, symbol, pieces):
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
        starts: dict[End, int] = {}
        for end in ends_of(piece, symbol):
            sign, start = tail_sign(piece.expression, symbol, end)
            if sign < 0 or (strict and sign == 0):
                raise Violation(end.cut(2 * start))
            starts[end] = start
        core = core_of(piece, symbol, starts, open_ends)
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
                require_no_jump(pieces[i - 1], piece, symbol)
            slope = sign * sympy.diff(piece.expression, symbol)
            inside = sympy.Interval.open(piece.low, piece.high)
            _require_nonnegative(slope, symbol, inside, strict=False)
    except Violation as found:
        slope = sympy.diff(piece.expression, symbol)
        op = r"\ge" if increasing else r"\le"
        point = _counterexample(slope, op, sympy.S.Zero, symbol, found.point)
        verdict = refuted(point, Tier.CERTIFIED, "of the derivative", engines=engines)
    except (NotCertified, Unsupported, Undecided, TooShort, NotImplementedError) as why:
        verdict = unproved(f"ball arithmetic: {why}", Tier.CERTIFIED, engines=engines)
    return verdict.with_seconds(time.perf_counter() - began)
