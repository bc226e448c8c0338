"""Values by mpmath to fifty digits: integrals, infinite sums and limits that Arb is not asked.

Used to refute where ball arithmetic has no value, and to compare a vocabulary entry with the
function that computes it. Agreement here is never more than *sampled*.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import mpmath as mp
import sympy as sp
from mpmath.libmp import NoConvergence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["ENGINE", "NoValue", "complex_step", "decimal_value"]

ENGINE = f"mpmath {mp.__version__}"
_DIGITS = 30


class NoValue(ArithmeticError):
    """No trustworthy number could be computed."""


def decimal_value(expression: Any, point: Mapping[Any, Any]) -> Any:
    """Return the mpmath value of `expression` with symbols at rational values.

    Raises
    ------
    NoValue
        When quadrature, summation or limit do not settle.
    """
    with mp.workdps(_DIGITS):
        try:
            value = _walk(expression, dict(point))
            if value is None:  # no case of a Piecewise applies
                msg = "no value"
                raise NoValue(msg)
        except (ValueError, TypeError, ZeroDivisionError, KeyError, NoConvergence) as error:
            raise NoValue(str(error)) from error
        if not mp.isfinite(value):
            msg = "not finite"
            raise NoValue(msg)
        return value


def _ends(x: Any, env: dict[Any, Any]) -> Any:
    if x == sp.oo:
        return mp.inf
    return -mp.inf if x == -sp.oo else _walk(x, env)


@lru_cache(maxsize=4096)
def _compiled(e: Any, names: tuple[Any, ...]) -> Any:
    return sp.lambdify(names, e, "mpmath")


def _walk(e: Any, env: dict[Any, Any]) -> Any:
    if not e.has(sp.Integral, sp.Limit, sp.Sum):
        names = tuple(sorted(e.free_symbols, key=str))
        missing = [s for s in names if s not in env]
        if missing:
            msg = f"no value for {missing}"
            raise NoValue(msg)
        if any(getattr(type(f), "generic", None) for f in e.atoms(sp.Function)):
            return _through_arb(e, env)
        return _compiled(e, names)(*[env[s] for s in names])
    if isinstance(e, sp.Integral):
        x, low, high = e.limits[0]
        inner = e.function if len(e.limits) == 1 else sp.Integral(e.function, *e.limits[1:])
        a, b = _ends(low, env), _ends(high, env)
        if not mp.isfinite(a) or not mp.isfinite(b):
            a = max(a, mp.mpf(-40)) if not mp.isfinite(a) else a
            b = min(b, mp.mpf(60)) if not mp.isfinite(b) else b
            places: Any = sorted({a, b, *[mp.mpf(t) for t in (-10, -3, 0, 3, 10) if a < t < b]})
        else:
            places = [a, b]
        value, error = mp.quad(lambda t: _walk(inner, {**env, x: t}), places, error=True)
        if error > mp.mpf(10) ** -8 * (1 + abs(value)):
            msg = "quadrature did not settle"
            raise NoValue(msg)
        return value
    if isinstance(e, sp.Sum):
        k, low, high = e.limits[0]
        inner = e.function if len(e.limits) == 1 else sp.Sum(e.function, *e.limits[1:])
        a, b = _ends(low, env), _ends(high, env)
        if mp.isfinite(a) and mp.isfinite(b):
            return mp.fsum(
                _walk(inner, {**env, k: mp.mpf(n)}) for n in range(int(a), int(b) + 1)
            )
        return mp.nsum(lambda n: _walk(inner, {**env, k: n}), [a, b])
    if isinstance(e, sp.Limit):
        return _limit(e, env)
    args = [_walk(a, env) for a in e.args]
    slots = [sp.Dummy(f"a{i}") for i in range(len(args))]
    return _walk(e.func(*slots), dict(zip(slots, args, strict=True)))


def _limit(e: Any, env: dict[Any, Any]) -> Any:
    body, x, target, side = e.args
    if target in (sp.oo, -sp.oo):
        sign = 1 if target == sp.oo else -1
        return _settled([_walk(body, {**env, x: sign * mp.mpf(10) ** n}) for n in (3, 4, 5)])
    signs = {"+": (1,), "-": (-1,)}.get(str(side), (1, -1))
    at = _walk(target, env)
    found = [
        _settled([_walk(body, {**env, x: at + s * mp.mpf(10) ** -n}) for n in (5, 7, 9)])
        for s in signs
    ]
    if abs(found[0] - found[-1]) > mp.mpf("1e-4") * (1 + abs(found[0])):
        msg = "the limits from both sides differ"
        raise NoValue(msg)
    return found[0]


def _settled(values: list[Any]) -> Any:
    """Return the last of three values that come closer to each other."""
    last, before = abs(values[2] - values[1]), abs(values[1] - values[0])
    if last > before or last > mp.mpf("1e-3") * (1 + abs(values[2])):
        msg = "the limit did not settle"
        raise NoValue(msg)
    return values[2]


def _through_arb(e: Any, env: dict[Any, Any]) -> Any:
    from flint import arb

    from dlnotes.checking.engines.points import evaluate, precision

    with precision(150):
        ball = evaluate(e, {s: arb(mp.nstr(v, 35)) for s, v in env.items() if mp.isfinite(v)})
        return mp.mpf(ball.mid().str(33, radius=False))


def complex_step(function: Callable[[complex], complex], x: float) -> float:
    """Return the derivative of an analytic function by the complex step, exact to rounding.

    Examples
    --------
    >>> import cmath
    >>> round(complex_step(cmath.exp, 0.0), 12)
    1.0
    """
    step = 1e-30
    return function(complex(x, step)).imag / step
