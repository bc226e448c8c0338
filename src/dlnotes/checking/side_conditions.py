"""Conditions under which sides are defined: denominators, logarithms, roots, kinks.

Two sides are equal as functions only where both are defined; a condition that one of them
needs and the other does not must follow from the declared domains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

if TYPE_CHECKING:
    from dlnotes.checking.contexts import Context, Side

__all__ = ["domains_differ"]


def _same_condition(a: Any, b: Any) -> bool:
    if a == b:
        return True
    relational = sp.core.relational.Relational
    if not (isinstance(a, relational) and isinstance(b, relational)):
        return False
    x, y = a.lhs - a.rhs, b.lhs - b.rhs
    stronger = {sp.Gt: (sp.Gt,), sp.Ge: (sp.Gt, sp.Ge), sp.Ne: (sp.Gt, sp.Ne)}
    if not isinstance(b, stronger.get(type(a), (type(a),))) or y == 0:
        return False
    if x.has(sp.Sum) or y.has(sp.Sum):
        return bool(sp.expand(x - y) == 0)
    ratio = sp.cancel(x / y)
    return bool(ratio.is_nonzero if isinstance(a, sp.Ne) else ratio.is_positive)


def _split_conditions(conditions: Any) -> list[Any]:
    out: list[Any] = []
    for c in conditions:
        if isinstance(c, sp.Ne) and isinstance(sp.factor_terms(c.lhs), sp.Mul):
            for f in sp.factor_terms(c.lhs).args:
                base = f.base if isinstance(f, sp.Pow) else f
                if not base.is_number:
                    out.append(sp.Ne(base, 0, evaluate=False))
        elif isinstance(c, sp.Or) and _points_left_out(c) is not None:
            out += _points_left_out(c) or []
        else:
            out.append(c)
    return out


def _points_left_out(c: Any) -> list[Any] | None:
    """Read ``x < a or x > a`` as ``x != a``."""
    if len(c.free_symbols) != 1:
        return None
    (x,) = c.free_symbols
    try:
        hole = sp.Not(c).as_set() if x.is_extended_real else None
    except (NotImplementedError, ValueError, TypeError):
        return None
    if isinstance(hole, sp.FiniteSet):
        return [sp.Ne(x - p, 0, evaluate=False) for p in hole]
    return None


def domains_differ(context: Context, left: Side, right: Side) -> tuple[str, tuple[str, ...]]:
    """Return a condition of one side only that is not implied, and those that both need."""
    open_left = [c for c in _split_conditions(left.conditions) if not context.implied(c)]
    open_right = [c for c in _split_conditions(right.conditions) if not context.implied(c)]
    for mine, theirs in ((open_left, open_right), (open_right, open_left)):
        for c in mine:
            if not any(_same_condition(c, d) for d in theirs):
                return str(c).replace("Ne(", "nonzero("), ()
    return "", tuple(sorted({str(c) for c in open_left}))
