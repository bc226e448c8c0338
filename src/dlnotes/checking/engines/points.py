"""Values at rational points in ball arithmetic (Arb): two disjoint balls are a refutation.

Generic functions (``f : smooth function``) are given a concrete analytic instance, so that a
false identity about *every* f is refuted by one.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import flint
import sympy as sp
from flint import acb, arb, ctx, fmpq

from dlnotes.checking.engines.samples import constants
from dlnotes.checking.semantics.overlaps import SIGNS
from dlnotes.checking.semantics.ranks import Rank, rank_at
from dlnotes.checking.semantics.spectral import SpectralNorm, spectral_norm_at

_Program = Callable[[Mapping[Any, Any]], Any]
_Decider = Callable[[Mapping[Any, Any]], bool]

__all__ = ["ENGINE", "Indeterminate", "evaluate", "truth_at"]

ENGINE = f"python-flint {flint.__version__} (Arb)"
PRECISION = 200
"""Bits of the balls."""

_UNARY = {
    sp.exp: "exp",
    sp.log: "log",
    sp.sin: "sin",
    sp.cos: "cos",
    sp.tan: "tan",
    sp.sinh: "sinh",
    sp.cosh: "cosh",
    sp.tanh: "tanh",
    sp.atan: "atan",
    sp.asin: "asin",
    sp.acos: "acos",
    sp.erf: "erf",
    sp.erfc: "erfc",
    sp.gamma: "gamma",
    sp.asinh: "asinh",
    sp.atanh: "atanh",
    sp.loggamma: "lgamma",
    sp.acosh: "acosh",
    sp.digamma: "digamma",
    sp.sech: "sech",
    sp.csch: "csch",
    sp.coth: "coth",
    sp.cot: "cot",
    sp.sec: "sec",
    sp.csc: "csc",
}


_CONSTANTS: dict[Any, _Program] = {
    sp.pi: lambda _: arb.pi(),
    sp.E: lambda _: arb(1).exp(),
    sp.I: lambda _: acb(0, 1),
    sp.EulerGamma: lambda _: arb.const_euler(),
}

_KEPT = 1 << 15
"""How many programs are kept."""


class Indeterminate(ArithmeticError):
    """The expression has no certain value at the point.

    It holds the expression and prints it when asked: it is raised far more often than read.
    """


@lru_cache(maxsize=1024)
def _constants(name: str, n: int, adjective: str) -> list[list[fmpq]]:
    """Return the constants of an instance as numbers that balls are multiplied by."""
    return [
        [fmpq(q.numerator, q.denominator) for q in row] for row in constants(name, n, adjective)
    ]


def _generic(key: tuple[str, tuple[int, ...], str], args: list[Any]) -> Any:
    """Return the value of a partial derivative of the instance of a generic function."""
    name, orders, adjective = key
    a, b, c = _constants(name, len(orders), adjective)
    inner = sum((x * t for x, t in zip(a, args, strict=True)), arb(0))
    value = inner.exp()
    if adjective.startswith("order"):  # every derivative of a cosine is within one
        value = (inner + arb.pi() * sum(orders) / 2).cos()
    for x, n in zip(a, orders, strict=True):
        value *= x**n
    if adjective == "positive":
        return value
    active = [i for i, n in enumerate(orders) if n]
    for i, t in enumerate(args):
        if active and active != [i]:
            continue
        n = orders[i]
        if adjective != "increasing" or n:
            value += b[i] * (t * t if n == 0 else 2 * t if n == 1 else arb(2 * (n == 2)))
        if adjective not in ("convex", "increasing"):
            power = [t * t * t, 3 * t * t, 6 * t, arb(6)]
            value += c[i] * (power[n] if n < 4 else arb(0))
    return value


def truth_at(condition: Any, point: Mapping[Any, Any]) -> bool:
    """Return whether a SymPy condition holds at the point.

    Parameters
    ----------
    condition : sympy.Basic or bool
        A relation, or relations joined by and, or, not.
    point : mapping
        Symbols to balls.

    Returns
    -------
    bool
        Certain either way.

    Raises
    ------
    Indeterminate
        When the balls do not decide it.
    """
    return _decider(sp.sympify(condition))(point)


@lru_cache(maxsize=_KEPT)
def _decider(condition: Any) -> _Decider:
    """Return the program that decides a condition at a point."""
    if condition is sp.true or condition is sp.false:
        holds = condition is sp.true
        return lambda _: holds
    parts = [_decider(c) for c in condition.args] if condition.is_Boolean else []
    if isinstance(condition, sp.And):
        return lambda point: all(part(point) for part in parts)
    if isinstance(condition, sp.Or):
        return lambda point: any(part(point) for part in parts)
    if isinstance(condition, sp.Not):
        return lambda point: not parts[0](point)
    if isinstance(condition, sp.core.relational.Relational):
        return _comparison(condition)

    def unknown(_: Mapping[Any, Any]) -> bool:
        raise Indeterminate(condition)

    return unknown


@lru_cache(maxsize=_KEPT)
def _vanishes(gap: Any) -> bool:
    return bool(sp.nsimplify(gap) == 0)


def _comparison(condition: Any) -> _Decider:
    gap = condition.lhs - condition.rhs
    difference, signs = _program(gap), SIGNS[type(condition)]

    def decide(point: Mapping[Any, Any]) -> bool:
        value = difference(point)
        if isinstance(value, acb):
            value = value.real
        if not value.is_finite() or value.contains(0):
            if not (value.is_finite() and value.rad() == 0) and not _vanishes(gap):
                raise Indeterminate(condition)
            return 0 in signs
        return (1 if value > 0 else -1) in signs

    return decide


def _whole_power(base: Any, n: int) -> Any:
    if n >= 0:
        return base**n
    if base.contains(0):
        msg = "division by zero"
        raise Indeterminate(msg)
    return 1 / base ** (-n)


def _power(base: Any, exponent: Any) -> Any:
    """Return a power of balls; negative numbers have whole powers alone."""
    if isinstance(base, arb) and isinstance(exponent, arb):
        whole = exponent.unique_fmpz()
        if whole is not None:
            return _whole_power(base, int(whole))
        if not base > 0:
            if base == 0 and exponent > 0:
                return arb(0)
            msg = "a power of a negative number"
            raise Indeterminate(msg)
    return base**exponent


def evaluate(e: Any, point: Mapping[Any, Any]) -> Any:
    """Return the ball of `e` at `point`.

    Parameters
    ----------
    e : sympy.Expr
        The expression; generic functions are given their instances.
    point : mapping
        Symbols to balls.

    Returns
    -------
    flint.arb or flint.acb
        Holds the exact value, at the precision that is set.

    Raises
    ------
    Indeterminate
        Where the value is not certain or the head is not known to this engine.
    """
    return _program(e)(point)


@lru_cache(maxsize=_KEPT)
def _program(e: Any) -> _Program:
    """Return the program that evaluates `e`; parts that expressions share are compiled once.

    The same expressions are evaluated at many points, and a mutant differs in one place only.
    """
    if e.is_Symbol:
        return _symbol(e)
    if e.is_Integer:
        whole = arb(int(e))
        return lambda _: whole
    if e.is_Rational:
        q = fmpq(int(e.p), int(e.q))
        return lambda _: arb(q)
    if e.is_Float:
        return lambda _: arb(str(e))
    if e in _CONSTANTS:
        return _CONSTANTS[e]
    if e.is_Add or e.is_Mul:
        return _fold(operator.add if e.is_Add else operator.mul, [_program(a) for a in e.args])
    if e.is_Pow:
        return _power_program(e)
    if e.func in _UNARY:
        return _unary(e)
    generic = getattr(e.func, "generic", None)
    if generic is not None:
        arguments = [_program(a) for a in e.args]
        return lambda point: _generic(generic, [a(point) for a in arguments])
    return lambda point: _special(e, point)


def _symbol(e: Any) -> _Program:
    def value(point: Mapping[Any, Any]) -> Any:
        try:
            return point[e]
        except KeyError:
            msg = f"no value for {e}"
            raise Indeterminate(msg) from None

    return value


def _fold(combine: Callable[[Any, Any], Any], parts: list[_Program]) -> _Program:
    first, *rest = parts

    def value(point: Mapping[Any, Any]) -> Any:
        total = first(point)
        for part in rest:
            total = combine(total, part(point))
        return total

    return value


def _power_program(e: Any) -> _Program:
    base, exponent = _program(e.base), e.exp
    if exponent.is_Integer:
        n = int(exponent)
        return lambda point: _whole_power(base(point), n)
    if exponent is sp.S.Half:
        return lambda point: base(point).sqrt()
    if exponent == -sp.S.Half:
        return lambda point: 1 / base(point).sqrt()
    power = _program(exponent)
    return lambda point: _power(base(point), power(point))


def _unary(e: Any) -> _Program:
    argument, name = _program(e.args[0]), _UNARY[e.func]
    if e.func is not sp.log:
        return lambda point: getattr(argument(point), name)()

    def logarithm(point: Mapping[Any, Any]) -> Any:
        value = argument(point)
        if isinstance(value, arb) and not value > 0:
            msg = "logarithm"
            raise Indeterminate(msg)
        return value.log()

    return logarithm


def _first(conditions: Any, point: Mapping[Any, Any]) -> Any:
    for value, condition in conditions:
        if truth_at(condition, point):
            return evaluate(value, point)
    msg = "no case applies"
    raise Indeterminate(msg)


def _special(e: Any, point: Mapping[Any, Any]) -> Any:
    if isinstance(e, sp.Piecewise):
        return _first(e.args, point)
    if isinstance(e, (sp.Max, sp.Min)):
        values = [evaluate(a, point) for a in e.args]
        best = values[0]
        for v in values[1:]:
            best = best.max(v) if isinstance(e, sp.Max) else best.min(v)
        return best
    if isinstance(e, sp.Abs):
        return abs(evaluate(e.args[0], point))
    if isinstance(e, (sp.sign, sp.Heaviside)):
        v = evaluate(e.args[0], point)
        if v.contains(0):
            if v.rad() == 0 and isinstance(e, sp.sign):
                return arb(0)
            raise Indeterminate(e)
        positive = v > 0
        return arb(1) if positive else arb(-1 if isinstance(e, sp.sign) else 0)
    if isinstance(e, sp.factorial):
        return (evaluate(e.args[0], point) + 1).gamma()
    if isinstance(e, sp.binomial):
        n, k = (evaluate(a, point) for a in e.args)
        return (n + 1).gamma() / ((k + 1).gamma() * (n - k + 1).gamma())
    if isinstance(e, (sp.floor, sp.ceiling)):
        v = evaluate(e.args[0], point)
        whole = (v.floor() if isinstance(e, sp.floor) else v.ceil()).unique_fmpz()
        if whole is None:
            raise Indeterminate(e)
        return arb(whole)
    if isinstance(e, sp.Mod):
        a, b = (evaluate(x, point) for x in e.args)
        q = (a / b).floor().unique_fmpz()
        if q is None:
            raise Indeterminate(e)
        return a - b * arb(q)
    if isinstance(e, sp.KroneckerDelta):
        gap = evaluate(e.args[0] - e.args[1], point)
        return arb(0 if not gap.contains(0) else 1)
    if isinstance(e, (sp.re, sp.im, sp.conjugate)):
        v = acb(evaluate(e.args[0], point))
        return (
            v.real
            if isinstance(e, sp.re)
            else v.imag
            if isinstance(e, sp.im)
            else v.conjugate()
        )
    if isinstance(e, Rank):
        for s in e.free_symbols:
            evaluate(s, point)
        exact = getattr(point, "exact", None)
        rank = rank_at(e, exact) if exact is not None else None
        if rank is None:
            raise Indeterminate(e)
        return arb(rank)
    if isinstance(e, SpectralNorm):
        rows, columns, *cells = e.args
        norm = spectral_norm_at(int(rows), int(columns), [evaluate(c, point) for c in cells])
        if norm is None:
            raise Indeterminate(e)
        return norm
    if isinstance(e, (sp.Sum, sp.Product)):
        return _sum(e, point)
    msg = f"{e.func.__name__} is not known to Arb here"
    raise Indeterminate(msg)


def _sum(e: Any, point: Mapping[Any, Any]) -> Any:
    (k, low, high) = e.limits[0]
    if high == sp.oo or low == -sp.oo:
        msg = "an infinite sum"
        raise Indeterminate(msg)
    a = evaluate(low, point).unique_fmpz()
    b = evaluate(high, point).unique_fmpz()
    if a is None or b is None or b - a > 400:
        msg = "a range"
        raise Indeterminate(msg)
    body = e.function if len(e.limits) == 1 else e.func(e.function, *e.limits[1:])
    total = arb(0) if isinstance(e, sp.Sum) else arb(1)
    for n in range(int(a), int(b) + 1):
        value = evaluate(body, {**point, k: arb(n)})
        total = total + value if isinstance(e, sp.Sum) else total * value
    return total


class precision:
    """Set the working precision of Arb for a block."""

    def __init__(self, bits: int = PRECISION) -> None:
        self.bits = bits

    def __enter__(self) -> None:
        self.old, ctx.prec = ctx.prec, self.bits

    def __exit__(self, *_: object) -> None:
        ctx.prec = self.old
