"""Lower bounds of expressions with logarithms, from log(u) <= u - 1 and log(u) >= 1 - 1/u."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["without_logs"]


def without_logs(e: Any, nonnegative: Callable[[Any], bool]) -> list[Any]:
    """Return expressions without logarithms, each of which is at least 0 only where `e` is.

    Parameters
    ----------
    e
        A linear combination of logarithms, the arguments of which are positive.
    nonnegative
        Decides whether an expression is nonnegative on the declared domain.

    Returns
    -------
    list
        The tangent bound ``-c log(u) >= -c (u - 1)`` of every term at once; and, of a single
        logarithm ``c log(u) + r``, the difference ``u - exp(-r/c)``, which has its sign.

    Examples
    --------
    >>> s = sp.Symbol("s", positive=True)
    >>> without_logs(s - 1 - sp.log(s), lambda c: c.is_nonnegative)
    [0, -s + exp(s - 1)]
    """
    if not e.has(sp.log) or e.has(sp.Sum, sp.Integral, sp.Limit):
        return []
    split = sp.expand_log(e)
    out = _bounds(e, nonnegative)
    return out if split == e else out + _bounds(split, nonnegative)


def _bounds(e: Any, nonnegative: Callable[[Any], bool]) -> list[Any]:
    flat = sp.expand_mul(e)
    logs = sorted(flat.atoms(sp.log), key=str)
    if any(a.has(sp.log) for x in logs for a in x.args):
        return []
    weights = [flat.coeff(x, 1) for x in logs]
    rest = sp.expand_mul(flat - sum(c * x for c, x in zip(weights, logs, strict=True)))
    if rest.has(sp.log) or any(c.has(sp.log) for c in weights):
        return []
    bound = rest
    for c, x in zip(weights, logs, strict=True):
        u = x.args[0]
        if nonnegative(-c):
            bound += c * (u - 1)
        elif nonnegative(c):
            bound += c * (1 - 1 / u)
        else:
            return []
    out = [sp.expand(bound)]
    if len(logs) == 1 and weights[0].is_nonzero:
        (c,), u = weights, logs[0].args[0]
        sign = 1 if nonnegative(c) else -1
        out.append(sign * (u - sp.exp(sp.expand(-rest / c))))
    return out
