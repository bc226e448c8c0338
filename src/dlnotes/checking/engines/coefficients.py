"""Signs of rational forms: by coefficients, complete squares, factors, and Sturm's theorem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.engines.rational import Generators, exponential_powers
from dlnotes.checking.semantics.symbols import Domain

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["coefficients", "factored", "known_sign", "roots_away", "squares", "univariate"]


def known_sign(e: Any, strict: bool) -> bool:
    """Whether SymPy's assumptions say that `e` is positive, or not negative."""
    return bool(e.is_positive if strict else e.is_nonnegative)


_BOUNDED = {
    sp.sin: (-1, 1, False),
    sp.cos: (-1, 1, False),
    sp.erf: (-1, 1, True),
    sp.tanh: (-1, 1, True),
    sp.atan: (-sp.pi / 2, sp.pi / 2, True),
}


def roots_away(e: Any) -> Any:
    """Write positive symbols under a square root as squares."""
    under = {
        x.base
        for x in e.atoms(sp.Pow)
        if x.exp.is_Rational and x.exp.q == 2 and x.base.is_Symbol and x.base.is_positive
    }
    return e.xreplace({x: sp.Dummy("r", positive=True) ** 2 for x in under}) if under else e


def _to_positive(
    e: Any, domains: Mapping[Any, Domain]
) -> tuple[Any, set[Any], list[tuple[Any, Any]]]:
    """Substitute so that every bounded symbol becomes a positive one."""
    weak: set[Any] = set()
    ends: list[tuple[Any, Any]] = []
    for x in sorted(e.free_symbols, key=str):
        d = domains.get(x)
        if d is None or (d.integer and not d.bounded_above() and not d.bounded_below()):
            continue
        low, high = d.bounded_below(), d.bounded_above()
        t = sp.Dummy("t", positive=True)
        if low and high:
            new = (d.low + d.high * t) / (1 + t)
            closed = (not d.low_open, not d.high_open)
            if closed[1]:
                ends.append((x, d.high))
            if closed[0]:
                ends.append((x, d.low))
        elif low:
            new = d.low + t
            if not d.low_open:
                ends.append((x, d.low))
        elif high:
            new = d.high - t
            if not d.high_open:
                ends.append((x, d.high))
        else:
            continue
        e = e.xreplace({x: new})
    return e, weak, ends


def coefficients(e: Any, domains: Mapping[Any, Domain], strict: bool) -> bool:
    """All coefficients of numerator and denominator have one sign in positive generators."""
    moved, _, ends = _to_positive(e, domains)
    if strict or not _continuous(e):
        for x, end in ends:
            at = e.xreplace({x: end})
            if not (known_sign(at, strict) or coefficients(at, domains, strict)):
                return False
    g = Generators()
    moved = g.prepare(moved)
    moved = exponential_powers(moved)
    g.collect(moved)
    form = g.replace(moved)
    bounded = {}
    for inner, symbol in list(g.named.items()):
        if isinstance(inner, tuple):
            if strict and form.has(symbol):
                return False
            t = sp.Dummy("t", positive=True)
            bounded[symbol] = (t - 1) / (1 + t)
        elif isinstance(inner, sp.Expr) and type(inner) in _BOUNDED:
            low, high, _ = _BOUNDED[type(inner)]
            t = sp.Dummy("t", positive=True)
            bounded[symbol] = (low + high * t) / (1 + t)
    if bounded:
        form = form.xreplace(bounded)
        if (
            any(
                not _BOUNDED[type(i)][2]
                for i in g.named
                if isinstance(i, sp.Expr) and type(i) in _BOUNDED
            )
            and strict
        ):
            return False
    top, bottom = sp.fraction(sp.together(form))
    return (_one_sign(top, strict) and _one_sign(bottom, strict=True)) or (
        _one_sign(-top, strict) and _one_sign(-bottom, strict=True)
    )


def _continuous(e: Any) -> bool:
    return not e.has(sp.floor, sp.ceiling, sp.Piecewise, sp.sign)


def _one_sign(p: Any, strict: bool) -> bool:
    """Whether every monomial is nonnegative and (strict) one of them positive."""
    positive = False
    for term in sp.Add.make_args(sp.expand(p)):
        if term.is_positive:
            positive = True
        elif not term.is_nonnegative:
            c, m = term.as_coeff_Mul()
            powers = m.as_powers_dict()
            even = all(b.is_positive or (b.is_real and k.is_even) for b, k in powers.items())
            if not (c.is_positive and even):
                return False
    return positive or not strict


def squares(e: Any, strict: bool) -> bool:
    """Complete the square in each variable of a quadratic polynomial in turn."""
    top, bottom = sp.fraction(sp.together(e))
    if bottom != 1 and not bottom.is_positive:
        return False
    variables = sorted(top.free_symbols, key=str)
    try:
        poly = sp.Poly(sp.expand(top), *variables)
    except sp.PolynomialError:
        return False
    if poly.total_degree() == 0 or (poly.total_degree() > 2 and len(variables) > 1):
        return False
    rest = top
    for x in variables:
        rest = sp.expand(rest)
        a, b = rest.coeff(x, 2), rest.coeff(x, 1)
        if sp.degree(rest, x) > 2:
            return False
        if a == 0:
            if b != 0:
                return False
            continue
        if not a.is_positive:
            return False
        rest = sp.expand(rest - a * (x + b / (2 * a)) ** 2)
    rest = sp.simplify(rest)
    return known_sign(rest, strict)


def factored(e: Any, strict: bool) -> bool:
    """Factors that are positive, or even powers."""
    if e.count_ops() > 400:
        return False
    whole = sp.factor(sp.together(sp.expand(roots_away(e))))
    for f in sp.Mul.make_args(whole):
        base, k = f.as_base_exp()
        even = base.is_real and k.is_even and not strict
        below = k.is_negative and base.is_nonnegative  # where it is defined it is positive
        if not (even or below or f.is_positive or (f.is_nonnegative and not strict)):
            return False
    return True


def univariate(e: Any, domains: Mapping[Any, Domain], strict: bool) -> bool:
    """Sturm: a rational function of one variable, or of one exponential."""
    g = Generators()
    form = g.prepare(e)
    g.collect(form)
    form = g.replace(form)
    if g.relations or g.named or len(form.free_symbols) != 1:
        return False
    (x,) = form.free_symbols
    top, bottom = sp.fraction(sp.together(form))
    domain = domains.get(x, Domain(low=sp.Integer(0)) if x.is_positive else Domain())
    return _poly_sign(top * bottom, x, domain, strict)


def _poly_sign(p: Any, x: Any, domain: Domain, strict: bool) -> bool:
    try:
        poly = sp.Poly(sp.expand(p), x, domain="QQ")
    except (sp.PolynomialError, sp.CoercionFailed):
        return False
    if poly.is_zero:
        return not strict
    low = None if not domain.bounded_below() else domain.low
    high = None if not domain.bounded_above() else domain.high
    if any(v is not None and not sp.sympify(v).is_Rational for v in (low, high)):
        return False
    constant, factors = poly.factor_list()
    del constant
    odd = sp.Poly(1, x)
    for f, k in factors:
        if k % 2:
            odd *= f
        elif strict and f.degree() and _roots_inside(f, low, high, domain):
            return False
    if odd.degree() > 0 and _roots_inside(odd, low, high, domain, closed=strict):
        return False
    inside = _inside(low, high)
    value = poly.eval(inside)
    for _ in range(30):
        if value != 0:
            break
        inside += sp.Rational(1, 7)
        value = poly.eval(inside)
    return bool(value > 0)


def _inside(low: Any, high: Any) -> Any:
    if low is not None and high is not None:
        return (low + high) / 2
    if low is not None:
        return low + 1
    return high - 1 if high is not None else sp.Rational(1, 3)


def _roots_inside(f: Any, low: Any, high: Any, domain: Domain, *, closed: bool = True) -> bool:
    n = f.count_roots(low, high)
    for end, opened in ((low, domain.low_open), (high, domain.high_open)):
        if end is not None and f.eval(end) == 0 and (opened or not closed):
            n -= 1
    return bool(n > 0)
