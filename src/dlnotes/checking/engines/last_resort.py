"""The engines that are asked when the symbolic ones do not settle a sign: Arb, then z3.

A gap in one real symbol goes to ball arithmetic over its whole domain; one in several symbols
to z3, exponentials and other functions of the symbols standing for any numbers of their range.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.engines import smt
from dlnotes.checking.engines.intervals import certify_relation
from dlnotes.checking.engines.timing import Budget, remaining, time_limit
from dlnotes.checking.semantics.sums import normal, opaque_sums
from dlnotes.checking.verdicts import Kind, Verdict, unproved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dlnotes.checking.semantics.symbols import Domain

__all__ = ["certify_sign"]

_RANGES = {
    sp.sin: (-1, 1, False),
    sp.cos: (-1, 1, False),
    sp.erf: (-1, 1, True),
    sp.tanh: (-1, 1, True),
}
_LONG = 300
"""Operations in an expression that is still handed over."""


def certify_sign(
    gap: Any,
    domains: Mapping[Any, Domain],
    *,
    strict: bool,
    known: Iterable[Any] = (),
    ranges: Mapping[Any, Any] | None = None,
    seconds: float = 3.0,
) -> Verdict:
    """Decide ``gap > 0`` (`strict`) or ``gap >= 0`` on the domains of its symbols.

    Parameters
    ----------
    gap
        A SymPy expression.
    domains
        Domains by symbol; symbols that are missing have what their assumptions say.
    strict
        Whether zero is excluded.
    known
        SymPy relations that hold (hypotheses).
    ranges
        Ranges of free indices, for the normal form of sums.
    seconds
        Processor time; the solver's process has the same limit by itself.

    Returns
    -------
    Verdict
        Proved, or refuted with a point, or unproved. The point is one of the domains only; it
        need not satisfy hypotheses that are not polynomial.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> softplus = sp.log(1 + sp.exp(x))
    >>> certify_sign(softplus - x, {}, strict=True).kind.value
    'proved'
    >>> a, b = sp.symbols("a b", positive=True)
    >>> certify_sign((a + b) ** 2 - 4 * a * b, {}, strict=False).kind.value
    'proved'
    """
    if gap.count_ops() > _LONG or gap.has(sp.Integral, sp.Limit, sp.zoo, sp.nan, sp.oo, sp.I):
        return unproved("not an expression for interval arithmetic or z3")
    if gap.has(sp.Sum, sp.Indexed):
        gap = opaque_sums(normal(gap, ranges or {}))[0]
        domains = {}
    symbols = sorted(gap.free_symbols, key=str)
    if not symbols or any(s.is_extended_real is not True for s in symbols):
        return unproved("no real symbols")
    seconds = min(seconds, remaining())
    try:
        with time_limit(seconds):
            if len(symbols) == 1 and not symbols[0].is_integer:
                verdict = _by_balls(gap, symbols[0], domains, strict)
                if verdict.kind is not Kind.UNPROVED or not gap.is_rational_function():
                    return verdict
            return _by_solver(gap, symbols, domains, list(known), strict, seconds)
    except (Budget, ValueError, TypeError, ArithmeticError, NotImplementedError) as error:
        return unproved(str(error) or "the time is used up")
    except (AttributeError, RecursionError) as error:
        return unproved(str(error))


def _by_balls(gap: Any, x: Any, domains: Mapping[Any, Domain], strict: bool) -> Verdict:
    domain = domains.get(x)
    if domain is None:
        where: Any = sp.Interval(-sp.oo, sp.oo)
        if x.is_positive or x.is_nonnegative:
            where = sp.Interval(0, sp.oo, left_open=bool(x.is_positive))
    else:
        where = sp.Interval(domain.low, domain.high, domain.low_open, domain.high_open)
    if not isinstance(where, sp.Interval):
        return unproved("the domain is not an interval")
    verdict = certify_relation(sp.Integer(0), "<" if strict else r"\le", gap, x, where)
    found = verdict.counterexample
    if found is not None and domain is not None and domain.excluded:
        point = sp.sympify(found.point[str(x)])
        if point in domain.excluded:
            return unproved("fails only at a point that the domain leaves out")
    return verdict


def _by_solver(
    gap: Any,
    symbols: list[Any],
    domains: Mapping[Any, Domain],
    known: list[Any],
    strict: bool,
    seconds: float,
) -> Verdict:
    facts: list[Any] = []
    for s in symbols:
        if (domain := domains.get(s)) is not None:
            facts += _facts(s, domain)
    given = [k for k in known if k.free_symbols <= set(symbols)]
    form, names = _polynomial([gap, *given])
    for inner, name in names.items():
        low, high, opened = _RANGES.get(type(inner), (None, None, False))
        if low is not None:
            facts += [name > low, name < high] if opened else [name >= low, name <= high]
    facts = [f for f in (*facts, *form[1:]) if f not in (sp.true, sp.false)]
    goal = sp.Gt(form[0], 0) if strict else sp.Ge(form[0], 0)
    if goal in (sp.true, sp.false):
        return unproved("nothing for z3")
    verdict = smt.prove(facts, goal, seconds=max(1.0, min(seconds, 4.0)))
    if verdict.kind is Kind.REFUTED and (names or len(given) < len(known)):
        return unproved("z3: not a consequence of the ranges of the functions in it")
    return verdict


def _facts(s: Any, domain: Domain) -> list[Any]:
    out = []
    if domain.bounded_below() and domain.low.is_Rational:
        out.append(sp.Gt(s, domain.low) if domain.low_open else sp.Ge(s, domain.low))
    if domain.bounded_above() and domain.high.is_Rational:
        out.append(sp.Lt(s, domain.high) if domain.high_open else sp.Le(s, domain.high))
    return out + [sp.Ne(s, e) for e in domain.excluded if e.is_Rational]


def _polynomial(formulas: list[Any]) -> tuple[list[Any], dict[Any, Any]]:
    """Replace what is not piecewise polynomial by symbols, the same by the same."""
    names: dict[Any, Any] = {}

    def name(e: Any) -> Any:
        if e not in names:
            sign = {
                "positive": bool(e.is_positive) or None,
                "nonnegative": bool(e.is_nonnegative) or None,
            }
            if not (e.is_extended_real or isinstance(e, sp.log)):
                msg = f"{e} may not be real"
                raise ValueError(msg)
            names[e] = sp.Dummy("v", real=True, **{k: v for k, v in sign.items() if v})
        return names[e]

    def visit(e: Any) -> Any:
        if e.is_Symbol or e.is_Rational or e in (sp.true, sp.false):
            return e
        keep = (sp.Add, sp.Mul, sp.Max, sp.Min, sp.Abs, sp.Piecewise)
        relation = isinstance(e, (sp.core.relational.Relational, sp.And, sp.Or, sp.Not))
        pair = isinstance(e, sp.functions.elementary.piecewise.ExprCondPair)
        if isinstance(e, keep) or relation or pair:
            return e.func(*[visit(a) for a in e.args])
        if isinstance(e, sp.Pow) and e.exp.is_Integer:
            return sp.Pow(visit(e.base), e.exp)
        return name(e)

    return [visit(f) for f in formulas], names
