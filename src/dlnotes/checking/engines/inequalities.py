"""Signs: whether an expression is positive (or not negative) on the declared domain.

Tried in turn: SymPy's assumptions; substitution that maps the domain onto positive numbers and
looks at the signs of coefficients; complete squares; Sturm sequences; convexity with a known
minimum. Each is a proof; where none succeeds the answer is "not shown".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.polys.polyerrors import BasePolynomialError

from dlnotes.checking.engines.symbolic import Budget, is_zero, split_logs, time_limit
from dlnotes.checking.semantics.ranks import Rank, bounded_ranks
from dlnotes.checking.semantics.sums import normal, opaque_sums, positive_sum, termwise
from dlnotes.checking.semantics.symbols import Domain

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["implied", "is_signed"]

_BOUNDED = {
    sp.sin: (-1, 1, False),
    sp.cos: (-1, 1, False),
    sp.erf: (-1, 1, True),
    sp.tanh: (-1, 1, True),
    sp.atan: (-sp.pi / 2, sp.pi / 2, True),
}


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


def _known(e: Any, strict: bool) -> bool:
    return bool(e.is_positive if strict else e.is_nonnegative)


def _signed(
    e: Any, domains: dict[Any, Domain], strict: bool, depth: int, ranges: Mapping[Any, Any]
) -> bool:
    if _known(e, strict):
        return True
    if e.is_number:
        return False
    if e.has(Rank):
        e = bounded_ranks(e)
        if _known(e, strict):
            return True
    if e.has(sp.Sum, sp.Indexed):
        if depth == 0 and not strict and _termwise(e, domains, ranges):
            return True
        e = opaque_sums(normal(e, ranges))[0]
        if _known(e, strict):
            return True
    if e.has(sp.Max, sp.Min) and _extremes(e, domains, strict, depth, ranges):
        return True
    if e.has(sp.Max, sp.Min, sp.Abs, sp.Piecewise, sp.sign):
        return _by_cases(e, domains, strict, depth, ranges)
    if (
        isinstance(e, sp.Mul)
        and all(
            _signed(f, domains, strict, depth + 1, ranges)
            for f in e.args
            if not (f.is_number and f.is_positive)
        )
        and depth < 3
    ):
        return True
    if _log_gap(e, domains, strict, depth, ranges) or _exponential_gap(
        e, domains, strict, depth, ranges
    ):
        return True
    if _coefficients(e, domains, strict):
        return True
    if _squares(e, strict) or _factored(e, strict):
        return True
    if _univariate(e, domains, strict):
        return True
    if depth < 2 and _convex(e, domains, strict, depth, ranges):
        return True
    return _by_ratio(e, domains, strict, depth, ranges)


def _termwise(e: Any, domains: dict[Any, Domain], ranges: Mapping[Any, Any]) -> bool:
    """Every term is nonnegative; a sum of positive terms is at least each of them."""
    term, ranges = termwise(e, ranges)
    members = term.atoms(sp.Indexed)
    for total in sorted(term.atoms(sp.Sum), key=str):
        k, low, high = total.limits[0]
        body = total.function
        if len(total.limits) > 1 or not isinstance(body, sp.Indexed) or not positive_sum(total):
            continue
        for i in sorted(term.free_symbols, key=str):
            if ranges.get(i) == (low, high) and body.xreplace({k: i}) in members:
                rest = sp.Dummy("S", nonnegative=True)
                term = term.xreplace({total: body.xreplace({k: i}) + rest})
                break
    term = sp.expand(split_logs(term)) if term.has(sp.log) else term
    if term.has(sp.Sum):
        term = normal(term, ranges)
    term = sp.factor_terms(opaque_sums(term)[0])
    return _signed(term, domains, False, 1, {})


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
    form = sp.expand(split_logs(sp.expand(e.xreplace({x: t * y}) / y)))
    return y not in form.free_symbols and _signed(form, domains, strict, depth, ranges)


def _extremes(
    e: Any, domains: dict[Any, Domain], strict: bool, depth: int, ranges: Mapping[Any, Any]
) -> bool:
    """Use that a maximum is at least each member and their mean, and is one of them."""
    if depth > 5:
        return False
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
    from dlnotes.checking.engines.symbolic import _kink, _substitute_sign

    if depth > 3:
        return False
    a = _kink(e)
    if a is None:
        return False
    for sign in (1, -1, 0):
        inner = domains
        if a.is_Symbol and sign and a in domains:
            part, inner = _half(e, a, sign, domains)
        else:
            part = _substitute_sign(e, a, sign)
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


def _roots_away(e: Any) -> Any:
    """Write positive symbols under a square root as squares."""
    under = {
        x.base
        for x in e.atoms(sp.Pow)
        if x.exp.is_Rational and x.exp.q == 2 and x.base.is_Symbol and x.base.is_positive
    }
    return e.xreplace({x: sp.Dummy("r", positive=True) ** 2 for x in under}) if under else e


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


def _coefficients(e: Any, domains: Mapping[Any, Domain], strict: bool) -> bool:
    """All coefficients of numerator and denominator have one sign in positive generators."""
    from dlnotes.checking.engines.symbolic import _exponential_powers, _Generators

    moved, _, ends = _to_positive(e, domains)
    if strict or not _continuous(e):
        for x, end in ends:
            at = e.xreplace({x: end})
            if not (_known(at, strict) or _coefficients(at, domains, strict)):
                return False
    g = _Generators()
    moved = g.prepare(moved)
    moved = _exponential_powers(moved)
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


def _squares(e: Any, strict: bool) -> bool:
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
    return _known(rest, strict)


def _factored(e: Any, strict: bool) -> bool:
    """Factors that are positive, or even powers."""
    if e.count_ops() > 400:
        return False
    whole = sp.factor(sp.together(sp.expand(_roots_away(e))))
    for f in sp.Mul.make_args(whole):
        base, k = f.as_base_exp()
        even = base.is_real and k.is_even and not strict
        below = k.is_negative and base.is_nonnegative  # where it is defined it is positive
        if not (even or below or f.is_positive or (f.is_nonnegative and not strict)):
            return False
    return True


def _univariate(e: Any, domains: Mapping[Any, Domain], strict: bool) -> bool:
    """Sturm: a rational function of one variable, or of one exponential."""
    from dlnotes.checking.engines.symbolic import _Generators

    g = _Generators()
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
            if sp.simplify(first.subs(x, c)) != 0:
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


def implied(
    condition: Any, domains: Mapping[Any, Domain], ranges: Mapping[Any, Any] | None = None
) -> bool:
    """Return whether `condition` is shown to hold everywhere on the declared domain."""
    if condition == sp.true:
        return True
    if condition == sp.false:
        return False
    if isinstance(condition, sp.And):
        return all(implied(c, domains, ranges) for c in condition.args)
    if isinstance(condition, sp.Or):
        return any(implied(c, domains, ranges) for c in condition.args)
    if isinstance(condition, sp.Not):
        inner = condition.args[0]
        if isinstance(inner, sp.core.relational.Relational):
            return implied(inner.negated, domains, ranges)
        return False
    if not isinstance(condition, sp.core.relational.Relational):
        return False
    gap = condition.lhs - condition.rhs
    excluded = [d for x, d in domains.items() if d.excluded and gap.has(x)]
    if isinstance(condition, sp.Ne):
        if gap.is_zero is False or gap.is_nonzero:
            return True
        for x, d in domains.items():
            if excluded and gap.has(x) and _only_excluded(gap, x, d):
                return True
        if isinstance(gap, sp.Mul) and all(
            f.is_nonzero or implied(sp.Ne(f, 0, evaluate=False), domains, ranges)
            for f in gap.args
        ):
            return True
        if isinstance(gap, sp.Pow):
            return implied(sp.Ne(gap.base, 0, evaluate=False), domains, ranges)
        return is_signed(gap, domains, strict=True, seconds=1, ranges=ranges) or is_signed(
            -gap, domains, strict=True, seconds=1, ranges=ranges
        )
    if isinstance(condition, (sp.Gt, sp.Ge)):
        return is_signed(gap, domains, strict=isinstance(condition, sp.Gt), ranges=ranges)
    if isinstance(condition, (sp.Lt, sp.Le)):
        return is_signed(-gap, domains, strict=isinstance(condition, sp.Lt), ranges=ranges)
    if isinstance(condition, sp.Eq):
        return is_zero(gap, ranges)
    return False


def _only_excluded(gap: Any, x: Any, domain: Domain) -> bool:
    """Whether the zeros of `gap` in `x` are values that the declaration leaves out."""
    try:
        roots = sp.roots(sp.Poly(sp.fraction(sp.together(gap))[0], x))
    except sp.PolynomialError:
        return False
    poly = sp.Poly(sp.fraction(sp.together(gap))[0], x)
    if sum(roots.values()) != poly.degree() and poly.count_roots() != len(
        [r for r in roots if r.is_real]
    ):
        return False
    return all(
        r in domain.excluded
        or r.is_real is False
        or (
            r.is_real
            and (
                (
                    domain.bounded_below()
                    and (r < domain.low or (r == domain.low and domain.low_open))
                )
                or (
                    domain.bounded_above()
                    and (r > domain.high or (r == domain.high and domain.high_open))
                )
            )
        )
        for r in roots
    )
