"""Largest and smallest of numbers, without SymPy's costly comparison of its arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["EXTREMA", "extremum", "substitute"]

EXTREMA = (sp.Max, sp.Min)

_SHORT = 8
"""Up to how many operations SymPy may compare the arguments."""


def extremum(kind: Any, values: list[Any]) -> Any:
    """Return the largest or the smallest of some numbers.

    SymPy compares arguments pairwise by factoring their differences, which takes most of the
    time of a claim about a margin. Short ones are left to it; longer ones are kept as they are,
    since values at points and the proofs by cases compare them anyway.

    Parameters
    ----------
    kind : type
        ``sympy.Max`` or ``sympy.Min``.
    values : list of sympy.Expr
        At least one.

    Returns
    -------
    sympy.Expr
        The extremum.

    Examples
    --------
    >>> x, y = sp.symbols("x y", positive=True)
    >>> extremum(sp.Max, [x + y, y])
    x + y
    >>> extremum(sp.Max, [(x + y) ** 3 * sp.exp(x), x * y + x**2 * y**3]).func
    Max
    """
    distinct = list(dict.fromkeys(values))
    if len(distinct) == 1:
        return distinct[0]
    short = sum(v.count_ops() for v in distinct) <= _SHORT
    return kind(*distinct) if short else kind(*distinct, evaluate=False)


def substitute(e: Any, rules: Mapping[Any, Any]) -> Any:
    """Replace exactly as SymPy's `xreplace` does, but do not compare what an extremum is of.

    Parameters
    ----------
    e : sympy.Basic
        The expression.
    rules : mapping
        What is replaced by what.

    Returns
    -------
    sympy.Basic
        The new expression.

    Examples
    --------
    >>> x, y = sp.symbols("x y", real=True)
    >>> substitute(sp.exp(sp.Max(x, y)), {x: 2 * y + 1})
    exp(Max(y, 2*y + 1))
    """
    if not e.has(*EXTREMA):
        return e.xreplace(rules)
    if e in rules:
        return rules[e]
    args = [substitute(a, rules) for a in e.args]
    if all(new is old for new, old in zip(args, e.args, strict=True)):
        return e
    return extremum(e.func, args) if isinstance(e, EXTREMA) else e.func(*args)
