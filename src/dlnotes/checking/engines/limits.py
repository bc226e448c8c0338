"""Limits of expressions with kinks: the conditions are settled near the point first.

SymPy's ``limit`` drops the conditions of a ``Piecewise``. Here the variable is put as ``a + t``
or ``a - t`` with a positive ``t``, every condition is replaced by its truth for all small ``t``
(a condition on the parameters alone), and only what is then free of kinks goes to SymPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["NoLimit", "limit_of"]

_KINKS = (sp.Piecewise, sp.Abs, sp.sign, sp.Max, sp.Min, sp.Heaviside, sp.floor, sp.ceiling)
_Rel = sp.core.relational.Relational


class NoLimit(ValueError):
    """The limit does not exist; the message says why."""


def limit_of(
    body: Any,
    x: Any,
    target: Any,
    side: str,
    implied: Callable[[Any], bool] | None = None,
) -> Any:
    r"""Return the limit of `body` as `x` tends to `target`.

    Parameters
    ----------
    body, x, target
        SymPy expression, variable and point (or an infinity).
    side
        ``"+"``, ``"-"`` or ``"+-"``; ignored at infinity.
    implied
        Decides whether a condition on the parameters holds.

    Raises
    ------
    NoLimit
        Where the limits from the two sides differ, or the values have no limit at all.
    NotImplementedError
        Where it could not be found.

    Examples
    --------
    >>> h = sp.Symbol("h", real=True)
    >>> relu = sp.Piecewise((h, h > 0), (0, True))
    >>> limit_of(relu / h, h, sp.Integer(0), "+"), limit_of(relu / h, h, sp.Integer(0), "-")
    (1, 0)
    """
    if not any(k.has(x) for k in body.atoms(*_KINKS)):
        return _plain(body, x, target, side)
    if target in (sp.oo, -sp.oo):
        return _one_sided(body, x, target, 1, implied)
    if side in ("+", "-"):
        return _one_sided(body, x, target, 1 if side == "+" else -1, implied)
    right = _one_sided(body, x, target, 1, implied)
    left = _one_sided(body, x, target, -1, implied)
    if right == left:
        return right
    gap = right - left
    if gap.is_finite is not False and sp.simplify(gap) == 0:
        return right
    if not gap.free_symbols or gap.is_nonzero:
        msg = f"no limit: {left} from the left, {right} from the right"
        raise NoLimit(msg)
    msg = f"limits {left} from the left and {right} from the right"
    raise NotImplementedError(msg)


def _plain(body: Any, x: Any, target: Any, side: str) -> Any:
    try:
        value = sp.limit(sp.powsimp(body), x, target, str(side))
    except ValueError as error:
        if "does not exist" in str(error):
            msg = "no limit: the values from both sides differ"
            raise NoLimit(msg) from error
        raise
    if value is sp.zoo:
        msg = "no limit: the values from both sides differ"
        raise NoLimit(msg)
    if value.has(sp.AccumBounds):
        msg = f"no limit: the values do not settle ({value})"
        raise NoLimit(msg)
    return value


def _one_sided(body: Any, x: Any, target: Any, sign: int, implied: Any) -> Any:
    t = sp.Dummy("t", positive=True)
    if target in (sp.oo, -sp.oo):
        at, end = (t if target == sp.oo else -t), sp.oo
    else:
        at, end = target + sign * t, sp.Integer(0)
    flat = _settled(body.xreplace({x: at}), t, end, implied)
    if flat.has(sp.Piecewise):
        flat = sp.piecewise_fold(flat)
    if isinstance(flat, sp.Piecewise):
        return sp.Piecewise(*[(_plain(v, t, end, "+"), c) for v, c in flat.args])
    return _plain(flat, t, end, "+")


def _settled(e: Any, t: Any, end: Any, implied: Any) -> Any:
    """Replace what has a kink by pieces whose conditions do not contain `t`."""
    if not e.has(t) or not e.has(*_KINKS):
        return e
    if isinstance(e, sp.Piecewise):
        pairs = [
            (_settled(v, t, end, implied), _eventual(c, t, end, implied)) for v, c in e.args
        ]
        return sp.Piecewise(*pairs)
    args = [_settled(a, t, end, implied) for a in e.args]
    if isinstance(e, (sp.Abs, sp.sign, sp.Heaviside)):
        (u,) = args[:1]
        above = _eventual(sp.Gt(u, 0), t, end, implied)
        high, low = {sp.Abs: (u, -u), sp.sign: (1, -1)}.get(e.func, (1, 0))
        pairs = [(high, above), (low, _eventual(sp.Lt(u, 0), t, end, implied))]
        return sp.Piecewise(*pairs, (sp.Integer(0), True))
    if isinstance(e, (sp.Max, sp.Min)):
        best = args[0]
        for a in args[1:]:
            first = sp.Ge(best, a) if isinstance(e, sp.Max) else sp.Le(best, a)
            best = sp.Piecewise((best, _eventual(first, t, end, implied)), (a, True))
        return best
    if isinstance(e, (sp.floor, sp.ceiling)):
        return _step(e.func, args[0], t, end, implied)
    return e.func(*args)


def _step(func: Any, u: Any, t: Any, end: Any, implied: Any) -> Any:
    near = sp.limit(u, t, end, "+")
    if not near.is_number or near in (sp.oo, -sp.oo):
        raise NotImplementedError(str(func))
    if not near.is_integer:
        return func(near)
    up = func is sp.ceiling
    beyond = sp.Gt(u, near) if up else sp.Lt(u, near)
    return sp.Piecewise(
        (near + (1 if up else -1), _eventual(beyond, t, end, implied)), (near, True)
    )


def _eventual(condition: Any, t: Any, end: Any, implied: Any) -> Any:
    """Return the truth of a condition for all `t` near its end, free of `t`."""
    if isinstance(condition, (sp.And, sp.Or, sp.Not)):
        return condition.func(*[_eventual(c, t, end, implied) for c in condition.args])
    if not isinstance(condition, _Rel) or not condition.has(t):
        return condition
    gap = sp.expand(condition.lhs - condition.rhs)
    if isinstance(condition, (sp.Eq, sp.Ne)):
        zero = _vanishes(gap, t)
        return zero if isinstance(condition, sp.Eq) else sp.Not(zero)
    if isinstance(condition, (sp.Lt, sp.Le)):
        gap = -gap
    closed = isinstance(condition, (sp.Le, sp.Ge))
    if gap.has(*_KINKS):
        gap = _settled(gap, t, end, implied)
    if not gap.is_polynomial(t):
        return sp.true if _sign_near(gap, t, end) > 0 else sp.false
    coefficients = sp.Poly(gap, t).all_coeffs()
    if end == 0:
        coefficients.reverse()
    out: list[Any] = []
    before: list[Any] = []
    for c in coefficients:
        out.append(sp.And(*before, sp.Gt(c, 0)))
        if c.is_nonzero or (implied is not None and implied(sp.Ne(c, 0, evaluate=False))):
            break
        before.append(sp.Eq(c, 0))
    else:
        if closed:
            out.append(sp.And(*before))
    return sp.Or(*out)


def _vanishes(gap: Any, t: Any) -> Any:
    if gap.is_polynomial(t):
        return sp.And(*[sp.Eq(c, 0) for c in sp.Poly(gap, t).all_coeffs()])
    return sp.false if gap.has(t) else sp.Eq(gap, 0)


def _sign_near(gap: Any, t: Any, end: Any) -> int:
    value = sp.limit(gap, t, end, "+")
    if value.is_extended_positive:
        return 1
    if value.is_extended_negative:
        return -1
    if end == 0 and value == 0 and not gap.has(sp.Piecewise):
        first, _ = gap.leadterm(t)
        if first.is_positive or first.is_negative:
            return 1 if first.is_positive else -1
    msg = f"the sign of {gap} near the limit"
    raise NotImplementedError(msg)
