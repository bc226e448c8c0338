"""Kinks: the sign that an expression hangs on, and the expression on either side."""

from __future__ import annotations

from typing import Any

import sympy as sp

__all__ = ["kink", "substitute_sign"]


def kink(e: Any) -> Any | None:
    """Return an expression on whose sign `e` depends, or None."""
    for x in sorted(e.atoms(sp.Abs, sp.sign), key=lambda a: a.count_ops()):
        return x.args[0]
    for x in e.atoms(sp.Max, sp.Min):
        return x.args[0] - x.args[1]
    for x in e.atoms(sp.Heaviside):
        return x.args[0]
    for x in e.atoms(sp.Piecewise):
        for _, c in x.args:
            for r in sorted(c.atoms(sp.core.relational.Relational), key=str):
                return r.lhs - r.rhs
    return None


def substitute_sign(e: Any, a: Any, sign: int) -> Any | None:
    """Return `e` where `a` is positive, negative or zero; None when that cannot be put in."""
    t = sp.Dummy("t", positive=True)
    flat = sp.expand(a)
    for x in sorted(flat.free_symbols, key=lambda s: (s.is_positive is not None, str(s))):
        c = flat.coeff(x, 1)
        rest = sp.expand(flat - c * x)
        if not c.is_Rational or rest.has(x) or x.is_integer or not x.is_real:
            continue
        solution = sp.expand((sign * t - rest) / c)
        if x.is_positive and (solution.is_negative or solution == 0):
            return sp.Integer(0)
        if x.is_positive and not solution.is_positive:
            continue
        if (
            x.is_positive is None
            and (x.is_nonnegative or x.is_nonpositive)
            and (rest != 0 and not rest.is_number)
        ):
            continue
        return e.xreplace({x: solution}).doit()
    return None
