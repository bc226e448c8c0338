"""Split an expression with kinks into smooth pieces.

`Abs`, `Max`, `Min`, `sign`, `Heaviside` and `Piecewise` switch where some expression changes
its sign. The places are found exactly; between two of them every switch is constant, so one
test point settles it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import sympy
from sympy.core.relational import Relational

from dlnotes.checking.engines.balls import Unsupported
from dlnotes.checking.engines.scales import sign_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Piece", "interval_of", "open_ends_of", "pieces_of"]

_SWITCHES = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Heaviside, sympy.Piecewise)


@dataclass(frozen=True)
class Piece:
    """A smooth expression on an interval.

    Parameters
    ----------
    low, high
        Exact ends, possibly infinite.
    expression
        Equal to the whole expression for low < x < high.
    """

    low: sympy.Expr
    high: sympy.Expr
    expression: sympy.Expr


def interval_of(domain: Any) -> tuple[sympy.Expr, sympy.Expr]:
    """Return the ends of a domain: a SymPy interval, ``Reals``, or a pair.

    Raises
    ------
    TypeError
        If `domain` is not an interval.

    Examples
    --------
    >>> interval_of(sympy.S.Reals), interval_of((0, "1/3"))
    ((-oo, oo), (0, 1/3))
    """
    if domain is None or domain == sympy.S.Reals:
        return -sympy.oo, sympy.oo
    if isinstance(domain, sympy.Interval):
        return domain.start, domain.end
    if isinstance(domain, tuple) and len(domain) == 2:
        low, high = (sympy.sympify(end, rational=True) for end in domain)
        if not bool(low < high):
            msg = f"domain={domain!r}: its ends should be in increasing order"
            raise ValueError(msg)
        return low, high
    msg = f"domain={domain!r} is not an interval; pass sympy.Interval(a, b) or a pair (a, b)"
    raise TypeError(msg)


def open_ends_of(domain: Any) -> tuple[bool, bool]:
    """Return whether the left and the right end are left out of a domain.

    Examples
    --------
    >>> open_ends_of(sympy.Interval.Lopen(0, 1)), open_ends_of((0, 1))
    ((True, False), (False, False))
    """
    if isinstance(domain, sympy.Interval):
        return bool(domain.left_open), bool(domain.right_open)
    return False, False


def _conditions(condition: Any) -> Iterator[Relational]:
    if isinstance(condition, Relational):
        yield condition
    elif isinstance(condition, sympy.And | sympy.Or | sympy.Not):
        for part in condition.args:
            yield from _conditions(part)
    elif condition not in (True, False, sympy.true, sympy.false):
        msg = f"condition {condition} is not a comparison"
        raise Unsupported(msg)


def _switching(e: sympy.Expr, symbol: sympy.Symbol) -> Iterator[sympy.Expr]:
    """Yield the expressions whose sign decides which branch holds."""
    for atom in e.atoms(*_SWITCHES):
        if isinstance(atom, sympy.Piecewise):
            for _, condition in atom.args:
                for relation in _conditions(condition):
                    yield relation.lhs - relation.rhs
        elif isinstance(atom, sympy.Max | sympy.Min):
            for i, left in enumerate(atom.args):
                for right in atom.args[i + 1 :]:
                    yield left - right
        elif atom.args[0].has(symbol):
            yield atom.args[0]


def _real_roots(e: sympy.Expr, symbol: sympy.Symbol) -> list[sympy.Expr]:
    """Return every real root of `e`, exactly."""
    if e.has(*_SWITCHES):  # a switch inside a switch: its pieces are simpler
        return [
            root
            for piece in pieces_of(e, symbol)
            for root in (piece.low, *_real_roots(piece.expression, symbol))
            if root.is_finite
        ]
    e = sympy.expand(e)
    if not e.has(symbol) or e.is_positive or e.is_negative:
        return []
    polynomial = sympy.Poly(e, symbol) if e.is_polynomial(symbol) else None
    if polynomial is not None:
        if polynomial.degree() == 1:
            a, b = polynomial.all_coeffs()
            return [sympy.nsimplify(-b / a) if (-b / a).is_Rational else -b / a]
        try:
            return list(dict.fromkeys(polynomial.real_roots()))
        except NotImplementedError:
            msg = f"the real roots of {e} are not known exactly"
            raise Unsupported(msg) from None
    roots = sympy.solveset(e, symbol, sympy.S.Reals)
    if isinstance(roots, sympy.FiniteSet):
        return list(roots)
    if roots is sympy.S.EmptySet:
        return []
    msg = f"the real roots of {e} are not known exactly"
    raise Unsupported(msg)


def _test_point(low: sympy.Expr, high: sympy.Expr) -> sympy.Rational:
    """Return a rational number strictly between two exact numbers."""
    if low == -sympy.oo and high == sympy.oo:
        return sympy.S.Zero
    if low == -sympy.oo:
        return sympy.Integer(sympy.floor(high)) - 1
    if high == sympy.oo:
        return sympy.Integer(sympy.ceiling(low)) + 1
    middle = (low + high) / 2
    return middle if middle.is_Rational else sympy.Rational(str(sympy.N(middle, 30)))


def _sign_at(e: sympy.Expr, symbol: sympy.Symbol, point: sympy.Rational) -> int:
    return sign_of(sympy.sympify(e).subs(symbol, point))


def _holds(condition: Any, symbol: sympy.Symbol, point: sympy.Rational) -> bool:
    if isinstance(condition, sympy.And):
        return all(_holds(part, symbol, point) for part in condition.args)
    if isinstance(condition, sympy.Or):
        return any(_holds(part, symbol, point) for part in condition.args)
    if isinstance(condition, sympy.Not):
        return not _holds(condition.args[0], symbol, point)
    if isinstance(condition, Relational):
        sign = _sign_at(condition.lhs - condition.rhs, symbol, point)
        return bool(condition.func(sympy.Integer(sign), 0))
    return bool(condition)


def _resolve(e: sympy.Expr, symbol: sympy.Symbol, point: sympy.Rational) -> sympy.Expr:
    """Replace every switch by the branch that holds at the test point."""
    if not e.has(*_SWITCHES):
        return e
    if isinstance(e, sympy.Piecewise):
        for branch, condition in e.args:
            if _holds(condition, symbol, point):
                return _resolve(branch, symbol, point)
        msg = f"no branch of {e} holds at {symbol} = {point}"
        raise Unsupported(msg)
    args = [_resolve(part, symbol, point) for part in e.args]
    if isinstance(e, sympy.Abs):
        return args[0] if _sign_at(args[0], symbol, point) >= 0 else -args[0]
    if isinstance(e, sympy.sign):
        return sympy.Integer(_sign_at(args[0], symbol, point))
    if isinstance(e, sympy.Heaviside):
        return sympy.Integer(_sign_at(args[0], symbol, point) > 0)
    if isinstance(e, sympy.Max | sympy.Min):
        want = 1 if isinstance(e, sympy.Max) else -1
        best = args[0]
        for part in args[1:]:
            if _sign_at(part - best, symbol, point) == want:
                best = part
        return best
    return e.func(*args)


def pieces_of(expression: sympy.Expr, symbol: sympy.Symbol, domain: Any = None) -> list[Piece]:
    """Return the smooth pieces of `expression`, from left to right.

    Parameters
    ----------
    expression
        An expression in `symbol`.
    symbol
        The variable.
    domain
        An interval; all reals by default.

    Raises
    ------
    Unsupported
        If the places where a branch changes are not known exactly.

    Examples
    --------
    >>> x = sympy.Symbol("x", real=True)
    >>> for piece in pieces_of(sympy.Max(x, 0) / (1 + abs(x)), x):
    ...     print(piece.low, piece.high, piece.expression)
    -oo 0 0
    0 oo x/(x + 1)
    """
    low, high = interval_of(domain)
    plain = sympy.Dummy(symbol.name, real=True)
    e = sympy.sympify(expression).subs(symbol, plain)
    places: list[sympy.Expr] = []
    for switch in _switching(e, plain):
        for root in _real_roots(switch, plain):
            if bool(low < root) and bool(root < high) and root not in places:
                places.append(root)
    places.sort(key=lambda root: float(root))
    ends = [low, *places, high]
    return [
        Piece(a, b, _resolve(e, plain, _test_point(a, b)).subs(plain, symbol))
        for a, b in pairwise(ends)
    ]
