"""An expression whose kinks turn at numbers of one symbol, cut into smooth pieces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

__all__ = ["Piece", "pieces"]

_KINKS = (sp.Piecewise, sp.Abs, sp.sign, sp.Max, sp.Min, sp.Heaviside)
_Rel = sp.core.relational.Relational


@dataclass(frozen=True)
class Piece:
    """What an expression is on an open interval, or at the point `low` = `high`."""

    value: Any
    low: Any
    high: Any


def pieces(e: Any) -> tuple[Any, list[Piece]] | None:
    """Return the symbol whose kinks they are and the pieces; None where that does not apply.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> _, found = pieces(sp.Min(sp.Max(x, 0), 6))
    >>> [(p.value, p.low, p.high) for p in found][::2]
    [(0, -oo, 0), (x, 0, 6), (6, 6, oo)]
    """
    names = {s for gap in _gaps(e) for s in gap.free_symbols}
    if len(names) != 1:
        return None
    (x,) = names
    if not x.is_Symbol or not x.is_real or x.is_integer:
        return None
    low = sp.Integer(0) if x.is_nonnegative else -sp.oo
    high = sp.Integer(0) if x.is_nonpositive else sp.oo
    out = _cut(e, x, low, high, 0)
    if out is None:
        return None
    if (x.is_nonnegative and not x.is_positive) or (x.is_nonpositive and not x.is_negative):
        out.append(Piece(e.subs(x, 0), sp.Integer(0), sp.Integer(0)))
    return x, out


def _gaps(e: Any) -> list[Any]:
    """Return the expressions on whose signs `e` depends, where these have no kinks."""
    out = [a.args[0] for a in e.atoms(sp.Abs, sp.sign, sp.Heaviside)]
    out += [r.lhs - r.rhs for p in e.atoms(sp.Piecewise) for r in p.atoms(_Rel)]
    for m in e.atoms(sp.Max, sp.Min):
        out += [a - m.args[0] for a in m.args[1:]]
    return [g for g in out if isinstance(g, sp.Expr) and not g.has(*_KINKS)]


def _cut(e: Any, x: Any, low: Any, high: Any, depth: int) -> list[Piece] | None:
    if depth > 12:
        return None
    inside: set[Any] = set()
    e = _settle(e, x, low, high, inside)
    if e is None or e.has(sp.nan):
        return None
    if not inside:
        return None if e.has(*_KINKS) else [Piece(e, low, high)]
    root = min(inside)
    before = _cut(e, x, low, root, depth + 1)
    after = _cut(e, x, root, high, depth + 1) if before is not None else None
    if before is None or after is None:
        return None
    here = [] if root == 0 and x.is_nonzero else [Piece(e.subs(x, root), root, root)]
    return [*before, *here, *after]


def _settle(e: Any, x: Any, low: Any, high: Any, inside: set[Any]) -> Any:
    """Decide every kink whose sign is fixed on the interval; note the roots of the others."""
    if not e.has(*_KINKS) and not isinstance(e, (_Rel, sp.And, sp.Or, sp.Not)):
        return e
    if isinstance(e, _Rel):
        sign = _sign(e.lhs - e.rhs, x, low, high, inside)
        return e if sign is None else sp.sympify(bool(e.func(sp.Integer(sign), 0)))
    if isinstance(e, sp.Piecewise):
        pairs = []
        for v, c in e.args:
            truth = c if c == sp.true else _settle(c, x, low, high, inside)
            if truth == sp.false:
                continue
            pairs.append((_settle(v, x, low, high, inside), truth))
            if truth == sp.true:
                break
        return sp.Piecewise(*pairs) if pairs else sp.nan
    args = [_settle(a, x, low, high, inside) for a in e.args]
    if isinstance(e, (sp.Abs, sp.sign, sp.Heaviside)):
        sign = _sign(args[0], x, low, high, inside)
        if sign is None:
            return e.func(*args)
        if isinstance(e, sp.Heaviside):
            return sp.Integer(int(sign > 0)) if sign else e.func(0)
        return sp.Integer(sign) if isinstance(e, sp.sign) else sign * args[0]
    if isinstance(e, (sp.Max, sp.Min)):
        best = args[0]
        for a in args[1:]:
            sign = _sign(a - best, x, low, high, inside)
            if sign is None:
                return e.func(*args)
            if sign == (1 if isinstance(e, sp.Max) else -1):
                best = a
        return best
    return e.func(*args)


def _sign(gap: Any, x: Any, low: Any, high: Any, inside: set[Any]) -> int | None:
    """Return the sign of a linear function of `x` on the open interval, if it has one."""
    if gap.has(*_KINKS):
        return None
    gap = sp.expand(gap)
    slope = gap.coeff(x, 1)
    rest = gap - slope * x
    if not (slope.is_Rational and rest.is_Rational):
        if gap.is_positive or gap.is_negative:
            return 1 if gap.is_positive else -1
        return None
    if slope == 0:
        return int(sp.sign(rest))
    root = -rest / slope
    if low < root < high:
        inside.add(root)
        return None
    return int(sp.sign(slope)) * (1 if root <= low else -1)
