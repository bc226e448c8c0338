"""From a statement read off a page to the engine that can certify it.

A relation in one real variable goes to ball arithmetic over its whole domain; one in several
variables, or an equality, goes to z3 when it is piecewise polynomial. Everything else stays
unproved, with the reason.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy

from dlnotes.checking.engines.intervals import certify_relation
from dlnotes.checking.engines.smt import prove
from dlnotes.checking.verdicts import Kind, Tier, Verdict, proved, unproved

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dlnotes.checking.statements import Statement

__all__ = ["certify_one", "certify_statement", "declared_hypotheses", "domain_of"]

_SYMPY = {
    "=": sympy.Eq,
    r"\le": sympy.Le,
    r"\ge": sympy.Ge,
    "<": sympy.Lt,
    ">": sympy.Gt,
    r"\ne": sympy.Ne,
    r"\leq": sympy.Le,
    r"\geq": sympy.Ge,
    r"\neq": sympy.Ne,
}


def domain_of(symbol: sympy.Symbol) -> sympy.Interval:
    """Return the interval that a symbol's assumptions say it lies in.

    Raises
    ------
    ValueError
        If the symbol is not declared real.

    Examples
    --------
    >>> domain_of(sympy.Symbol("h", positive=True))
    Interval.open(0, oo)
    """
    if not symbol.is_real:
        msg = f"{symbol} is not declared real"
        raise ValueError(msg)
    if symbol.is_positive:
        return sympy.Interval.open(0, sympy.oo)
    if symbol.is_negative:
        return sympy.Interval.open(-sympy.oo, 0)
    if symbol.is_nonnegative:
        return sympy.Interval(0, sympy.oo)
    if symbol.is_nonpositive:
        return sympy.Interval(-sympy.oo, 0)
    return sympy.Interval(-sympy.oo, sympy.oo)


_TEX_OF = {">=": r"\ge", "<=": r"\le", "!=": r"\ne", "in": r"\in"}


def declared_hypotheses(statement: Statement) -> list[Any]:
    """Return what a page declares about its symbols, as SymPy relations.

    These are its ``assume`` lines and the conditions of its entries (``p : real in (0, 1)``),
    read like any other TeX of the page; what cannot be read as a relation is left out, which
    can only make a statement harder to prove.
    """
    texts = list(statement.vocabulary.assumptions)
    for entry in statement.vocabulary.entries.values():
        texts += [f"{entry.head} {_TEX_OF.get(op, op)} {text}" for op, text in entry.conditions]
    found: list[Any] = []
    for text in texts:
        try:
            relations = statement.with_tex(text).relations
        except ValueError:
            continue
        for r in relations:
            if r.op == r"\in" and isinstance(r.right, sympy.Interval):
                found.append(r.right.as_relational(r.left))
            elif r.op in _SYMPY:
                relation = _SYMPY[r.op](r.left, r.right)
                found += [] if relation in (sympy.true, sympy.false) else [relation]
    return found


def certify_one(
    left: Any, op: str, right: Any, *, domain: Any = None, hypotheses: Sequence[Any] = ()
) -> Verdict:
    r"""Certify one relation ``left op right``.

    Parameters
    ----------
    left, right
        SymPy expressions.
    op
        ``=  \le  \ge  <  >`` or ``\ne``.
    domain
        Interval of the one variable; by default what its assumptions say.
    hypotheses
        Further SymPy relations, for z3.

    Examples
    --------
    >>> x = sympy.Symbol("x", real=True)
    >>> certify_one(x, "<", sympy.exp(x)).kind.value
    'proved'
    >>> certify_one(sympy.Max(x, 0) - sympy.Max(-x, 0), "=", x).kind.value
    'proved'
    """
    left, right = sympy.sympify(left), sympy.sympify(right)
    if op not in _SYMPY:
        msg = f"relation {op} is not one that the interval and SMT engines know"
        return unproved(msg, Tier.CERTIFIED)
    symbols = sorted(left.free_symbols | right.free_symbols, key=str)
    hypotheses = [h for h in hypotheses if h.free_symbols <= set(symbols)]
    if len(symbols) == 1 and op not in ("=", r"\ne", r"\neq"):
        (symbol,) = symbols
        if symbol.is_integer:
            return prove(hypotheses, _SYMPY[op](left, right))
        try:
            where = domain_of(symbol) if domain is None else domain
            for h in hypotheses:
                where = where.intersect(h.as_set())
            if not isinstance(where, sympy.Interval):
                return unproved(f"{symbol} ranges over {where}", Tier.CERTIFIED)
        except (ValueError, NotImplementedError) as why:
            return unproved(str(why), Tier.CERTIFIED)
        return certify_relation(left, op.replace("q", ""), right, symbol, where)
    return prove(hypotheses, _SYMPY[op](left, right))


def certify_statement(
    statement: Statement, *, domain: Any = None, hypotheses: Iterable[Any] | None = None
) -> Verdict:
    """Certify every relation of a statement, as it was read from the page.

    Parameters
    ----------
    statement
        From a page.
    domain
        Interval of the one variable, instead of what the page declares.
    hypotheses
        SymPy relations instead of those that the page declares.

    Notes
    -----
    The verdict is the first that is not "proved"; when all are, one verdict with the times
    added and all engines named.
    """
    seconds = 0.0
    engines: list[str] = []
    conditions: list[str] = []
    relations = statement.relations
    if not relations:
        return unproved("no relation found in the statement", Tier.CERTIFIED)
    details = []
    given = declared_hypotheses(statement) if hypotheses is None else list(hypotheses)
    for r in relations:
        verdict = certify_one(r.left, r.op, r.right, domain=domain, hypotheses=given)
        seconds += verdict.seconds
        if verdict.kind is not Kind.PROVED:
            found = verdict.counterexample
            if found is not None and not found.step:
                verdict = replace(verdict, counterexample=replace(found, step=r.text))
            return verdict.with_seconds(seconds)
        engines += verdict.engines
        details.append(verdict.detail)
        conditions += verdict.side_conditions
    return proved(
        Tier.CERTIFIED,
        "; ".join(dict.fromkeys(details)),
        engines=tuple(dict.fromkeys(engines)),
        seconds=seconds,
        side_conditions=tuple(dict.fromkeys(conditions)),
    )
