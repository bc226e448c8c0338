"""SymPy expressions of one variable as functions on balls: Arb numbers and Arb power series.

A ball is a midpoint and a radius; every operation returns a ball that contains all results.
A power series of balls at ``x + t`` carries the derivatives along, so that one evaluation
over a box encloses the function and its derivatives on the whole box.
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import flint
import sympy
from flint import arb, arb_series, ctx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "ENGINE",
    "Unsupported",
    "box",
    "compile_ball",
    "constant",
    "derivatives",
    "precision",
]

ENGINE = f"Arb (python-flint {flint.__version__})"
"""Name and version of the engine, for verdicts."""

Ball = Any
"""An `arb` or an `arb_series`."""


class Unsupported(ValueError):
    """An expression holds something that the engine does not know."""


@contextmanager
def precision(digits: int) -> Iterator[None]:
    """Work with `digits` decimal digits inside the block; the old precision returns after."""
    old = ctx.dps
    ctx.dps = digits
    try:
        yield
    finally:
        ctx.dps = old


def box(low: float, high: float) -> arb:
    """Return a ball that contains the interval ``[low, high]``.

    Examples
    --------
    >>> box(0.0, 2.0).contains(2)
    True
    """
    return arb(low).union(arb(high))


def constant(number: sympy.Expr) -> arb:
    """Return a ball around an exact real number given as a SymPy expression.

    Raises
    ------
    Unsupported
        If the number is not real and finite or cannot be evaluated.

    Examples
    --------
    >>> bool(constant(sympy.sqrt(2)) ** 2 > 2), bool(constant(sympy.sqrt(2)) < 2)
    (False, True)
    """
    value = compile_ball(sympy.sympify(number), None)(arb(0))
    if not isinstance(value, arb) or not value.is_finite():
        msg = f"{number} is not a finite real number"
        raise Unsupported(msg)
    return value


def _elementary(name: str) -> Callable[[Ball], Ball]:
    def apply(x: Ball) -> Ball:
        return getattr(x, name)()

    return apply


def _tanh(x: Ball) -> Ball:
    if isinstance(x, arb):
        return x.tanh()
    return 1 - 2 / ((2 * x).exp() + 1)


def _cosh(x: Ball) -> Ball:
    return x.cosh() if isinstance(x, arb) else (x.exp() + (-x).exp()) / 2


def _sinh(x: Ball) -> Ball:
    return x.sinh() if isinstance(x, arb) else (x.exp() - (-x).exp()) / 2


_FUNCTIONS: dict[Any, Callable[[Ball], Ball]] = {
    sympy.exp: _elementary("exp"),
    sympy.log: _elementary("log"),
    sympy.erf: _elementary("erf"),
    sympy.erfc: _elementary("erfc"),
    sympy.sin: _elementary("sin"),
    sympy.cos: _elementary("cos"),
    sympy.tan: _elementary("tan"),
    sympy.atan: _elementary("atan"),
    sympy.asin: _elementary("asin"),
    sympy.acos: _elementary("acos"),
    sympy.gamma: _elementary("gamma"),
    sympy.loggamma: _elementary("lgamma"),
    sympy.LambertW: _elementary("lambertw"),
    sympy.tanh: _tanh,
    sympy.cosh: _cosh,
    sympy.sinh: _sinh,
    sympy.sech: lambda x: 1 / _cosh(x),
    sympy.coth: lambda x: 1 / _tanh(x),
}

_CONSTANTS: dict[Any, Callable[[], arb]] = {
    sympy.pi: arb.pi,
    sympy.E: arb.const_e,
    sympy.EulerGamma: arb.const_euler,
    sympy.Catalan: arb.const_catalan,
    sympy.GoldenRatio: lambda: (1 + arb(5).sqrt()) / 2,
}


def _algebraic(root: sympy.CRootOf) -> arb:
    """Enclose a real root of a polynomial; SymPy isolates it to within 10^-digits."""
    near = root.eval_rational(n=ctx.dps)
    return arb(arb(int(near.p)) / int(near.q), arb(10) ** (-ctx.dps))


def _integer_power(exponent: int) -> Callable[[Ball], Ball]:
    def power(x: Ball) -> Ball:
        if isinstance(x, arb) and exponent % 2 == 0:
            x = abs(x)  # an even power of a ball around 0 is not negative
        result = x
        for _ in range(abs(exponent) - 1):
            result = result * x
        return 1 / result if exponent < 0 else result

    return power


def compile_ball(expression: sympy.Expr, symbol: sympy.Symbol | None) -> Callable[[Ball], Ball]:
    """Return `expression` as a function of a ball or a power series of balls.

    Parameters
    ----------
    expression
        Built from numbers, `symbol`, sums, products, powers and the usual functions. No
        kinks: `Abs`, `Max`, `Piecewise` have to be split first, see
        `dlnotes.checking.engines.pieces`.
    symbol
        The variable; ``None`` for a constant expression.

    Raises
    ------
    Unsupported
        If the expression holds another symbol or an unknown function.

    Examples
    --------
    >>> x = sympy.Symbol("x")
    >>> f = compile_ball(1 / (1 + sympy.exp(-x)), x)
    >>> f(arb(0)).contains(arb(1) / 2)
    True
    """
    e = sympy.sympify(expression)
    if e == symbol:
        return lambda x: x
    if isinstance(e, sympy.Rational):
        p, q = int(e.p), int(e.q)
        return lambda _: arb(p) / q
    if isinstance(e, sympy.Float):
        numerator, denominator = map(int, sympy.Rational(e).as_numer_denom())
        return lambda _: arb(numerator) / denominator
    if isinstance(e, sympy.CRootOf) and e.is_real:
        return lambda _: _algebraic(e)
    if e in _CONSTANTS:
        make = _CONSTANTS[e]
        return lambda _: make()
    if isinstance(e, sympy.Add | sympy.Mul):
        parts = [compile_ball(part, symbol) for part in e.args]
        first, rest = parts[0], parts[1:]
        if isinstance(e, sympy.Add):

            def total(x: Ball) -> Ball:
                value = first(x)
                for part in rest:
                    value = value + part(x)
                return value

            return total

        def product(x: Ball) -> Ball:
            value = first(x)
            for part in rest:
                value = value * part(x)
            return value

        return product
    if isinstance(e, sympy.Pow):
        base = compile_ball(e.base, symbol)
        if e.exp.is_Integer:
            power = _integer_power(int(e.exp))
            return lambda x: power(base(x))
        if e.exp in (sympy.Rational(1, 2), sympy.Rational(-1, 2)):
            inverted = e.exp < 0
            return lambda x: 1 / base(x).sqrt() if inverted else base(x).sqrt()
        exponent = compile_ball(e.exp, symbol)
        return lambda x: (exponent(x) * base(x).log()).exp()
    if e.func in _FUNCTIONS and len(e.args) == 1:
        function, inner = _FUNCTIONS[e.func], compile_ball(e.args[0], symbol)
        return lambda x: function(inner(x))
    known = ", ".join(sorted(f.__name__ for f in _FUNCTIONS))
    msg = f"{e} cannot be evaluated on balls (functions known: {known})"
    raise Unsupported(msg)


def derivatives(function: Callable[[Ball], Ball], at: arb, order: int) -> list[arb]:
    """Return enclosures of ``f, f', ..., f^(order)`` over the ball `at`.

    A derivative that cannot be bounded there comes back as not-a-number.

    Examples
    --------
    >>> x = sympy.Symbol("x")
    >>> value, slope = derivatives(compile_ball(x**2, x), arb(3), 1)
    >>> bool(slope == 6)
    True
    """
    old, ctx.cap = ctx.cap, order + 1
    try:
        series = function(arb_series([at, 1], order + 1))
        if isinstance(series, arb):  # a constant
            return [series] + [arb(0)] * order
        return [series[k] * math.factorial(k) for k in range(order + 1)]
    except (ZeroDivisionError, ValueError):
        return [arb.nan()] * (order + 1)
    finally:
        ctx.cap = old
