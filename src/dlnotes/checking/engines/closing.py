"""Closing integrals, limits and infinite sums: evaluated, or brought to one canonical form."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.engines.limits import limit_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["canonical_bound", "close_operators"]


def _antiderivative(term: Any, x: Any) -> Any:
    """Integrate c f^(n)(a x + b), n >= 1, for a generic f; None when it is not of that form."""
    constant, moving = term.as_independent(x, as_Add=False)
    key = getattr(type(moving), "generic", None)
    if key is None or len(moving.args) != 1 or key[1][0] < 1:
        return None
    inner = sp.expand(moving.args[0])
    slope = inner.diff(x)
    if slope.has(x) or slope == 0:
        return None
    from dlnotes.checking.semantics.values import make_generic

    return sp.cancel(constant / slope) * make_generic(key[0], (key[1][0] - 1,), key[2])(inner)


def _integrate(e: Any) -> Any:
    x, low, high = e.limits[0]
    body = e.function
    if len(e.limits) > 1:
        return e.doit()
    out = sp.Integer(0)
    for term in sp.Add.make_args(sp.expand(body)):
        primitive = _antiderivative(term, x)
        if primitive is None:
            break
        out += primitive.subs(x, high) - primitive.subs(x, low)
    else:
        return out
    if low == -sp.oo and high == sp.oo:
        moments = _gaussian(body, x)
        if moments is not None:
            return moments
    return sp.integrate(sp.expand(body), (x, low, high))


def _gaussian(body: Any, x: Any) -> Any:
    """Integrate polynomials times exp(-a x^2 + b x + c), a > 0, over the line."""
    out = sp.Integer(0)
    for term in sp.Add.make_args(sp.expand(body, power_exp=False)):
        fixed, moving = sp.powsimp(term, combine="exp").as_independent(x, as_Add=False)
        exponents = [f.args[0] for f in sp.Mul.make_args(moving) if isinstance(f, sp.exp)]
        polynomial = sp.Mul(*[f for f in sp.Mul.make_args(moving) if not isinstance(f, sp.exp)])
        exponent = sp.expand(sp.Add(*exponents))
        if not exponent.is_polynomial(x) or not polynomial.is_polynomial(x):
            return None
        if sp.degree(exponent, x) != 2:
            return None
        a, b, c = -exponent.coeff(x, 2), exponent.coeff(x, 1), exponent.coeff(x, 0)
        if not a.is_positive:
            return None
        mean = b / (2 * a)
        poly = sp.Poly(sp.expand(polynomial.subs(x, x + mean)), x)
        for (n,), coefficient in poly.terms():
            if n % 2 == 0:
                moment = sp.factorial2(n - 1) / (2 * a) ** (n // 2) if n else sp.Integer(1)
                out += (
                    fixed
                    * coefficient
                    * moment
                    * sp.sqrt(sp.pi / a)
                    * sp.exp(c + b**2 / (4 * a))
                )
    return out


def close_operators(e: Any, implied: Callable[[Any], bool] | None = None) -> Any:
    """Evaluate integrals, limits and infinite sums; settle their conditions by `implied`."""

    def settle(value: Any) -> Any:
        if implied is None or not value.has(sp.Piecewise):
            return value

        def pick(*pairs: Any) -> Any:
            for v, c in pairs:
                if c == sp.true or implied(c):
                    return v
                if not implied(sp.Not(c)):
                    return sp.Piecewise(*pairs)
            return sp.Piecewise(*pairs)

        return value.replace(sp.Piecewise, pick)

    def limit(body: Any, x: Any, target: Any, side: Any) -> Any:
        if target == sp.oo and body.has(sp.factorial, sp.gamma, sp.binomial):
            return _factorial_limit(body, x)
        return limit_of(body, x, target, str(side), implied)

    for _ in range(4):
        if e.has(sp.Integral):
            e = e.replace(lambda x: isinstance(x, sp.Integral), lambda x: settle(_integrate(x)))
        elif e.has(sp.Limit):
            e = e.replace(lambda x: isinstance(x, sp.Limit), lambda x: limit(*x.args))
        elif any(
            lim[2] == sp.oo or lim[1] == -sp.oo for s in e.atoms(sp.Sum) for lim in s.limits
        ):
            e = e.replace(
                lambda x: (
                    isinstance(x, sp.Sum)
                    and any(lim[2] == sp.oo or lim[1] == -sp.oo for lim in x.limits)
                ),
                lambda x: settle(x.doit()),
            )
        else:
            break
    return e


@lru_cache(maxsize=256)
def _factorial_limit(body: Any, x: Any) -> Any:
    """Limit at infinity of a positive product with factorials, through its logarithm."""
    inner = sp.expand_log(sp.log(sp.expand_func(body.rewrite(sp.gamma))), force=True)
    inner = inner.replace(
        lambda e: isinstance(e, sp.log) and isinstance(e.args[0], sp.gamma),
        lambda e: sp.loggamma(e.args[0].args[0]),
    )
    return sp.exp(sp.limit(inner, x, sp.oo))


_BOUND: dict[tuple[str, int], Any] = {}


def canonical_bound(e: Any, level: int = 0) -> Any:
    """Rename the variables of integrals and limits so that equal ones are the same object."""
    if not e.has(sp.Integral, sp.Limit):
        return e
    if isinstance(e, (sp.Integral, sp.Limit)):
        x = e.limits[0][0] if isinstance(e, sp.Integral) else e.args[1]
        key = (type(e).__name__ + str(x.assumptions0.get("positive")), level)
        if key not in _BOUND:
            real = {"positive": True} if x.is_positive else {"real": True}
            _BOUND[key] = sp.Symbol(f"_b{level}", **real)
        e = e.xreplace({x: _BOUND[key]})
        return e.func(
            *[canonical_bound(a, level + 1) if isinstance(a, sp.Expr) else a for a in e.args]
        )
    return e.func(*[canonical_bound(a, level) for a in e.args]) if e.args else e
