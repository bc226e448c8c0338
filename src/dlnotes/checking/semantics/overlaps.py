"""Cases cover what is asked for and agree where they overlap: no order is read into them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy as sp

__all__ = ["SIGNS", "agreement", "either"]

SIGNS = {
    sp.Gt: {1},
    sp.Ge: {0, 1},
    sp.Lt: {-1},
    sp.Le: {-1, 0},
    sp.Eq: {0},
    sp.Ne: {-1, 1},
}
"""Which signs of the difference of both sides make a relation hold."""


def agreement(first: tuple[Any, Any], second: tuple[Any, Any]) -> Any:
    """Return the condition under which two pieces ``(value, condition)`` do not contradict.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> agreement((x, x >= 0), (sp.Integer(0), x <= 0))
    True
    >>> agreement((x, x > 0), (sp.Integer(0), x > 0))
    Eq(x, 0) | (x <= 0)
    """
    (a, p), (b, q) = first, second
    if a == b or sp.true in (p, q):
        return sp.true
    shared = _shared(p, q)
    if shared == sp.false:
        return sp.true
    if isinstance(shared, sp.Eq) and _equal_where(a - b, shared.lhs - shared.rhs):
        return sp.true
    return sp.Or(sp.Not(shared), sp.Eq(a, b))


@lru_cache(maxsize=1024)
def either(conditions: tuple[Any, ...]) -> Any:
    """Return whether one of the conditions holds, simplified where that is easy.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> either((x > 0, x < 1)), either((x > 1, x < 0))
    (True, (x > 1) | (x < 0))
    """
    covered = sp.Or(*conditions)
    names = covered.free_symbols
    if len(names) == 1 and next(iter(names)).is_extended_real and not covered.is_Relational:
        try:
            where = _region(covered)
        except (NotImplementedError, TypeError, ValueError, AttributeError):
            return covered
        if where == sp.S.Reals:
            return sp.true
    return covered


@lru_cache(maxsize=1024)
def _shared(p: Any, q: Any) -> Any:
    """Return where both conditions hold, simplified where that is easy."""
    relational = sp.core.relational.Relational
    if isinstance(p, relational) and isinstance(q, relational):
        u, v = sp.expand(p.lhs - p.rhs), sp.expand(q.lhs - q.rhs)
        if u != 0 and v in (u, sp.expand(-u)):
            turn = 1 if u == v else -1
            signs = SIGNS[type(p)] & {turn * s for s in SIGNS[type(q)]}
            if signs == {0}:
                return sp.Eq(u, 0)
            if not signs:
                return sp.false
    both = sp.And(p, q)
    names = both.free_symbols
    if len(names) == 1 and next(iter(names)).is_extended_real:
        try:
            where = _region(both)
        except (NotImplementedError, TypeError, ValueError, AttributeError):
            return both
        if where is sp.S.EmptySet:
            return sp.false
    return both


def _region(condition: Any) -> Any:
    """Return the set of a condition on one real symbol.

    An interval where it compares the symbol with a number; SymPy's general method, which looks
    for periods first, takes long over these.
    """
    if isinstance(condition, (sp.And, sp.Or)):
        combine = sp.Intersection if isinstance(condition, sp.And) else sp.Union
        return combine(*(_region(c) for c in condition.args))
    if type(condition) in SIGNS:
        if condition.lhs.is_Rational:
            condition = condition.reversed
        x, a = condition.lhs, condition.rhs
        if x.is_Symbol and a.is_Rational:
            signs = SIGNS[type(condition)]
            parts = [sp.FiniteSet(a)] if 0 in signs else []
            parts += [sp.Interval.open(-sp.oo, a)] if -1 in signs else []
            parts += [sp.Interval.open(a, sp.oo)] if 1 in signs else []
            return sp.Union(*parts)
    return condition.as_set()


def _equal_where(difference: Any, gap: Any) -> bool:
    """Whether `difference` is zero where `gap` is, `gap` being linear in a symbol."""
    for x in sorted(gap.free_symbols, key=str):
        slope = gap.diff(x)
        if slope.is_number and slope != 0:
            at = sp.expand(x - gap / slope)
            return bool(sp.simplify(difference.subs(x, at)) == 0)
    return False
