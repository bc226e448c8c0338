"""Jensen's inequality for the logarithm, with finitely many weights or with shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.engines.rational import split_logs
from dlnotes.checking.semantics.sums import Probabilities

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["by_jensen"]


def by_jensen(e: Any, nonnegative: Callable[[Any], bool]) -> list[Any]:
    """Return expressions that are at least zero only where `e` is, by concavity of log.

    Parameters
    ----------
    e : sympy.Expr
        Of the form ``log(A) + r - c_1 log(B_1) - ... `` where the weights are not negative
        and add up to one, or ``log(A) + r - Sum(w_k log(B_k))`` with shares ``w_k``.
    nonnegative : callable
        Decides whether an expression is nonnegative on the declared domain.

    Returns
    -------
    list
        ``A exp(r)`` minus the mean of the B; empty where `e` has another form.

    Examples
    --------
    >>> x, y = sp.symbols("x y", positive=True)
    >>> by_jensen(sp.log((x + y) / 2) - sp.log(x) / 2 - sp.log(y) / 2, lambda c: c >= 0)
    [0]
    """
    if not e.has(sp.log):
        return []
    mean, weight, rest = sp.Integer(0), sp.Integer(0), sp.Integer(0)
    heights: dict[Any, Any] = {}
    for part in sp.Add.make_args(sp.expand_mul(e)):
        logs = [f for f in sp.Mul.make_args(part) if isinstance(f, sp.log)]
        sums = [f for f in sp.Mul.make_args(part) if isinstance(f, sp.Sum) and f.has(sp.log)]
        if len(logs) == 1 and not sums:
            (inner,) = logs[0].args
            heights[inner] = heights.get(inner, sp.Integer(0)) + part / logs[0]
        elif len(sums) == 1 and part == -sums[0] and (found := _weighted(sums[0])) is not None:
            mean, weight = mean + found, weight + 1
        elif part.has(sp.log):
            return []
        else:
            rest += part
    above = [inner for inner, c in heights.items() if c == 1]
    for inner, c in heights.items():
        if c != 1:
            if c.has(sp.log) or not nonnegative(-c):
                return []
            mean, weight = mean - c * inner, weight - c
    if len(above) != 1 or sp.simplify(weight - 1) != 0:
        return []
    return [sp.expand(above[0] * sp.exp(rest) - mean)]


def _weighted(total: Any) -> Any | None:
    """Return the sum of ``w_k B_k`` for a sum of ``w_k log(B_k)`` over all shares ``w_k``."""
    if len(total.limits) != 1:
        return None
    ((k, low, high),) = total.limits
    parts = sp.Add.make_args(sp.expand(split_logs(total.function)))
    shares = [
        x
        for x in sorted(total.function.atoms(sp.Indexed), key=str)
        if isinstance(x.base, Probabilities)
        and x.indices[-1] == k
        and (low, high) == (1, x.base.shape[-1])
    ]
    for w in shares:
        inner = w
        for part in parts:
            logs = [f for f in sp.Mul.make_args(part) if isinstance(f, sp.log)]
            power = part / logs[0] / w if len(logs) == 1 else sp.nan
            if not power.is_number or power is sp.nan:
                break
            inner *= logs[0].args[0] ** power
        else:
            return sp.Sum(inner, (k, low, high))
    return None
