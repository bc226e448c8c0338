"""Signs: whether an expression is positive (or not negative) on the declared domain.

Tried in turn: SymPy's assumptions; substitution that maps the domain onto positive numbers and
looks at the signs of coefficients; complete squares; Sturm sequences; convexity with a known
minimum. Each is a proof; where none succeeds the answer is "not shown".
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.polys.polyerrors import BasePolynomialError

from dlnotes.checking.engines.coefficients import (
    coefficients,
    factored,
    known_sign,
    squares,
    univariate,
)
from dlnotes.checking.engines.kinks import kink, substitute_sign
from dlnotes.checking.engines.rational import split_logs
from dlnotes.checking.engines.sum_signs import by_pairs, by_shares, by_terms
from dlnotes.checking.engines.timing import Budget, time_limit
from dlnotes.checking.semantics.ranks import Rank, bounded_ranks
from dlnotes.checking.semantics.sums import normal, opaque_sums
from dlnotes.checking.semantics.symbols import Domain

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["is_signed"]


def is_signed(
    e: Any,
    domains: Mapping[Any, Domain],
    *,
    strict: bool,
    seconds: float = 3.0,
    ranges: Mapping[Any, Any] | None = None,
) -> bool:
    """Return whether ``e > 0`` (`strict`) or ``e >= 0`` is shown on the declared domain.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> is_signed(x**2 - x + 1, {}, strict=True)
    True
    >>> is_signed(x, {}, strict=False)
    False
    """
    try:
        with time_limit(seconds):
            return _signed(e, dict(domains), strict, 0, ranges or {})
    except (Budget, BasePolynomialError, NotImplementedError, ZeroDivisionError):
        return False


def _signed(
    e: Any, domains: dict[Any, Domain], strict: bool, depth: int, ranges: Mapping[Any, Any]
) -> bool:
    if known_sign(e, strict):
        return True
    if e.is_number:
        return False
    if e.has(sp.floor, sp.ceiling):
        e, domains = _unrounded(e, domains)
    if e.has(Rank):
        e = bounded_ranks(e)
        if known_sign(e, strict):
            return True
    if e.has(sp.Sum, sp.Indexed):
        if depth == 0 and not strict:
            form = normal(e, ranges)
            if (
                by_terms(e, domains, ranges, _signed)
                or by_shares(form, domains, _signed)
                or by_pairs(form, domains, _signed)
            ):
                return True
        e = opaque_sums(normal(e, ranges))[0]
        if known_sign(e, strict):
            return True
    if isinstance(e, sp.Add) and depth < 3 and _powers(e, domains, strict, depth, ranges):
        return True
    if e.has(sp.Max, sp.Min) and _extremes(e, domains, strict, depth, ranges):
        return True
    if e.has(sp.Max, sp.Min, sp.Abs, sp.Piecewise, sp.sign):
        return _by_cases(e, domains, strict, depth, ranges)
    if isinstance(e, sp.Mul) and depth < 3 and _product(e, domains, strict, depth, ranges):
        return True
    if _log_gap(e, domains, strict, depth, ranges) or _exponential_gap(
        e, domains, strict, depth, ranges
    ):
        return True
    if coefficients(e, domains, strict):
        return True
    if squares(e, strict) or factored(e, strict):
        return True
    if univariate(e, domains, strict):
        return True
    if depth < 2 and _convex(e, domains, strict, depth, ranges):
        return True
    if _at_vertices(e, domains, strict, depth, ranges):
        return True
    return _by_ratio(e, domains, strict, depth, ranges)


def _product(
    e: Any, domains: dict[Any, Domain], strict: bool, depth: int, ranges: Mapping[Any, Any]
) -> bool:
    """Every factor has a sign, and an even number of them is negative."""
    sign = 1
    for f in e.args:
        if f.is_number and f.is_negative:
            sign = -sign
        elif _signed(f, domains, strict, depth + 1, ranges):
            continue
        elif _signed(-f, domains, strict, depth + 1, ranges):
            sign = -sign
        else:
            return False
    return sign > 0


def _powers(
    e: Any, domains: dict[Any, Domain], strict: bool, depth: int, ranges: Mapping[Any, Any]
) -> bool:
    """Use that p (x^n - y^n) is not negative where p and n are not, and x >= y >= 0."""
    if strict or len(e.args) != 2:
        return False
    for one, other in itertools.permutations(e.args):
        more, less = (t.as_powers_dict() for t in (one, -other))
        common = {b: k for b, k in more.items() if less.get(b) == k}
        (x, *m), (y, *n) = (
            [sp.Mul(*[b for b, k in left]), *{k for _, k in left}]
            for left in (
                [(b, k) for b, k in powers.items() if b not in common and b != 1]
                for powers in (more, less)
            )
        )
        orders = {*m, *n}
        if len(orders) != 1 or orders == {1} or not (order := orders.pop()).is_nonnegative:
            continue
        del order
        parts = (sp.Mul(*[b**k for b, k in common.items()]), y, sp.together(x - y))
        if all(_signed(p, domains, False, depth + 1, ranges) for p in parts):
            return True
    return False


def _unrounded(e: Any, domains: dict[Any, Domain]) -> tuple[Any, dict[Any, Domain]]:
    """Put ``u - t`` for the floor of u and ``u + t`` for its ceiling, t anywhere in [0, 1)."""
    put = {}
    for x in e.atoms(sp.floor, sp.ceiling):
        t = sp.Dummy("t", nonnegative=True)
        domains = {**domains, t: Domain(sp.Integer(0), sp.Integer(1), low_open=False)}
        put[x] = x.args[0] - t if isinstance(x, sp.floor) else x.args[0] + t
    return e.xreplace(put), domains


def _at_vertices(
    e: Any, domains: dict[Any, Domain], strict: bool, depth: int, ranges: Mapping[Any, Any]
) -> bool:
    """Put the least value of a quadratic in one symbol in the place of that symbol."""
    if depth > 1 or len(e.free_symbols) < 2 or e.count_ops() > 150:
        return False
    flat = sp.expand(e)
    if len(flat.free_symbols) < len(e.free_symbols):
        return _signed(flat, domains, strict, depth + 1, ranges)
    for x in sorted(e.free_symbols, key=str):
        if x.is_extended_real is not True or x.is_integer or not flat.is_polynomial(x):
            continue
        a, b, c = (flat.coeff(x, n) for n in (2, 1, 0))
        if a == 0 or sp.degree(flat, x) != 2 or not a.is_positive:
            continue
        least = sp.expand(sp.cancel(c - b**2 / (4 * a)))
        return _signed(least, domains, strict, depth, ranges)
    return False


def _by_ratio(
    e: Any, domains: dict[Any, Domain], strict: bool, depth: int, ranges: Mapping[Any, Any]
) -> bool:
    """With x = t y a form that is homogeneous in two positive symbols depends on t alone."""
    if depth > 1 or len(e.free_symbols) != 2 or not all(x.is_positive for x in e.free_symbols):
        return False
    x, y = sorted(e.free_symbols, key=str)
    if any(domains[z].bounded_above() for z in (x, y) if z in domains):
        return False
    t = sp.Dummy("t", positive=True)
    for new, degree in ((t * y, 1), (t * y, 0), (t / y, -1), (t / x, -1)):
        old, other = (y, x) if new == t / x else (x, y)
        form = sp.expand(split_logs(sp.expand(e.xreplace({old: new}) / other**degree)))
        if other not in form.free_symbols:
            return _signed(form, domains, strict, depth, ranges)
    return False


def _extremes(
    e: Any, domains: dict[Any, Domain], strict: bool, depth: int, ranges: Mapping[Any, Any]
) -> bool:
    """Use that a maximum is at least each member and their mean, and is one of them."""
    if depth > 5:
        return False
    top, bottom = sp.fraction(sp.together(e))
    if not bottom.is_number:
        return bool(bottom.is_positive) and _signed(top, domains, strict, depth + 1, ranges)
    for x in sorted(e.atoms(sp.Max, sp.Min), key=sp.default_sort_key):
        c = sp.expand(e).coeff(x, 1)
        rest = sp.expand(sp.expand(e) - c * x)
        if rest.has(x) or not (c.is_positive or c.is_negative):
            continue
        members = list(x.args)
        helps = bool(c.is_positive) == isinstance(x, sp.Max)
        if helps:
            members = [sp.Add(*members) / len(members), *members]
        pick = any if helps else all
        return pick(
            _signed(sp.expand(rest + c * m), domains, strict, depth + 1, ranges)
            for m in members
        )
    return False


def _by_cases(
    e: Any, domains: dict[Any, Domain], strict: bool, depth: int, ranges: Mapping[Any, Any]
) -> bool:
    if depth > 3:
        return False
    a = kink(e)
    if a is None:
        return False
    for sign in (1, -1, 0):
        inner = domains
        if a.is_Symbol and sign and a in domains:
            part, inner = _half(e, a, sign, domains)
        else:
            part = substitute_sign(e, a, sign)
        if part is None:
            return False
        if part == 0 and a.is_positive:
            continue
        if not _signed(part, inner, strict, depth + 1, ranges):
            return False
    return True


def _half(
    e: Any, x: Any, sign: int, domains: dict[Any, Domain]
) -> tuple[Any, dict[Any, Domain]]:
    """Restrict a symbol to one sign, keeping the other end of its domain."""
    d = domains[x]
    high, opened = (d.high, d.high_open) if sign > 0 else (-d.low, d.low_open)
    t = sp.Dummy("t", positive=True)
    if high != sp.oo and high.is_nonpositive:
        return sp.Integer(1), domains
    new = Domain(low=sp.Integer(0), high=high, high_open=opened)
    return e.xreplace({x: sign * t}).doit(), {**domains, t: new}


def _exponential_gap(
    e: Any, domains: dict[Any, Domain], strict: bool, depth: int, ranges: Mapping[Any, Any]
) -> bool:
    """C (1 - exp u) has the sign of -c u."""
    if depth > 2:
        return False
    for x in e.atoms(sp.exp):
        c = e.coeff(x, 1)
        if c.is_number and c != 0 and sp.expand(e - c * (x - 1)) == 0:
            return _signed(
                sp.expand(x.args[0] * (1 if c.is_positive else -1)),
                domains,
                strict,
                depth + 1,
                ranges,
            )
    return False


def _log_gap(
    e: Any, domains: dict[Any, Domain], strict: bool, depth: int, ranges: Mapping[Any, Any]
) -> bool:
    """Log a - log b has the sign of a - b."""
    if not e.has(sp.log) or depth > 2:
        return False
    merged = sp.logcombine(sp.expand_log(e), force=False)
    c, m = merged.as_coeff_Mul()
    if isinstance(m, sp.log):
        gap = sp.together((m.args[0] - 1) * (1 if c.is_positive else -1))
        return _signed(gap, domains, strict, depth + 1, ranges)
    return False


def _convex(
    e: Any, domains: dict[Any, Domain], strict: bool, depth: int, ranges: Mapping[Any, Any]
) -> bool:
    """Use that a convex function is at least its value at a stationary point."""
    if len(e.free_symbols) != 1:
        return False
    (x,) = e.free_symbols
    first = sp.together(e.diff(x))
    domain = domains.get(x, Domain())
    if depth == 0 and _monotone(e, first, x, domain, domains, strict):
        return True
    for c in (0, 1, sp.Rational(1, 2), -1, sp.E, 2):
        inside = (not domain.bounded_below() or c > domain.low) and (
            not domain.bounded_above() or c < domain.high
        )
        if not inside:
            continue
        try:
            slope = first.subs(x, c)
            # decimals tell most places apart from stationary ones long before `simplify` does
            if abs(slope.evalf()) > 1e-6 or sp.simplify(slope) != 0:
                continue
        except (ZeroDivisionError, TypeError):
            continue
        value = sp.simplify(e.subs(x, c))
        if not (
            value.is_positive
            or (value == 0 and not strict)
            or (value.is_nonnegative and not strict)
        ):
            continue
        second = sp.together(first.diff(x))
        if _signed(second, domains, False, depth + 1, ranges):
            return True
    return False


def _monotone(
    e: Any, first: Any, x: Any, domain: Domain, domains: dict[Any, Domain], strict: bool
) -> bool:
    """Increasing from a nonnegative value or limit at the lower end (or decreasing to it)."""
    for sign, end, side in ((1, domain.low, "+"), (-1, domain.high, "-")):
        if not _signed(sign * first, domains, True, 1, {}):
            continue
        try:
            value = sp.limit(e, x, end, side)
        except (NotImplementedError, ValueError):
            continue
        if (
            value.is_positive
            or value == sp.oo
            or (
                value == 0
                and (
                    not strict
                    or not end.is_finite
                    or (domain.low_open if sign == 1 else domain.high_open)
                )
            )
        ):
            return True
    return False
