"""From declared names to SymPy symbols with assumptions, and the domains of these."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.semantics.extrema import substitute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dlnotes.checking.entries import Entry

__all__ = ["Domain", "Table", "assumptions_of", "subexpressions"]


@dataclass
class Domain:
    """The set that a symbol ranges over: an interval with open or closed ends."""

    low: Any = -sp.oo
    high: Any = sp.oo
    low_open: bool = True
    high_open: bool = True
    integer: bool = False
    complex: bool = False
    excluded: list[Any] = field(default_factory=list)

    def bounded_below(self) -> bool:
        """Whether there is a finite lower end."""
        return bool(self.low != -sp.oo)

    def bounded_above(self) -> bool:
        """Whether there is a finite upper end."""
        return bool(self.high != sp.oo)

    def conditions(self, value: Any) -> Iterator[Any]:
        """Yield the relations under which a number lies between the ends."""
        if self.bounded_below():
            yield (sp.Gt if self.low_open else sp.Ge)(value, self.low)
        if self.bounded_above():
            yield (sp.Lt if self.high_open else sp.Le)(value, self.high)
        yield from (sp.Ne(value, place) for place in self.excluded)


def assumptions_of(kind: str, domain: Domain) -> dict[str, bool]:
    """Return SymPy's assumptions for a symbol of this kind and domain."""
    if kind == "complex":
        return {"complex": True}
    out: dict[str, bool] = {"integer": True} if domain.integer else {"real": True}
    if domain.low.is_number and domain.low >= 0:
        strict = domain.low > 0 or domain.low_open
        out["positive" if strict else "nonnegative"] = True
    elif domain.high.is_number and domain.high <= 0:
        strict = domain.high < 0 or domain.high_open
        out["negative" if strict else "nonpositive"] = True
    elif any(e == 0 for e in domain.excluded):
        out["nonzero"] = True
    return out


class Table:
    """The symbols made so far, with their domains and how constrained ones are parametrised.

    ``substitutions`` replaces a symbol that carries a constraint (a probability, an entry of
    a unit vector) by an expression in free symbols; it is applied after all differentiation.
    """

    def __init__(self) -> None:
        self.symbols: dict[tuple[Any, ...], Any] = {}
        self.domains: dict[Any, Domain] = {}
        self.substitutions: dict[Any, Any] = {}
        self.names: dict[Any, str] = {}

    def domain_of(self, entry: Entry, number: Any) -> Domain:
        """Return the domain that `entry` declares; `number` evaluates the text of an end."""
        kind = entry.kind
        domain = Domain(integer=kind in ("integer", "index"), complex=kind == "complex")
        if kind in ("positive", "nonnegative"):
            domain.low, domain.low_open = sp.Integer(0), kind == "positive"
        elif kind == "negative":
            domain.high = sp.Integer(0)
        elif kind == "nonzero":
            domain.excluded.append(sp.Integer(0))
        for op, text in entry.conditions:
            if op == "in":
                inner = text.strip()
                low, high = inner[1:-1].split(",")
                domain.low, domain.low_open = number(low), inner[0] == "("
                domain.high, domain.high_open = number(high), inner[-1] == ")"
            elif op in (">", ">="):
                domain.low, domain.low_open = number(text), op == ">"
            elif op in ("<", "<="):
                domain.high, domain.high_open = number(text), op == "<"
            elif op == "!=":
                domain.excluded.append(number(text))
        return domain

    def symbol(self, key: tuple[Any, ...], name: str, kind: str, domain: Domain) -> Any:
        """Return the symbol for `key`, made once."""
        if key not in self.symbols:
            symbol = sp.Symbol(name, **assumptions_of(kind, domain))
            self.symbols[key] = symbol
            self.domains[symbol] = domain
            self.names[symbol] = name
        return self.symbols[key]

    def constrained(self, key: tuple[Any, ...], names: list[str], kind: str) -> list[Any]:
        """Return symbols that are tied to each other: a simplex or a unit sphere."""
        if key not in self.symbols:
            positive = kind == "simplex"
            real = {"positive": True} if positive else {"real": True}
            out = [sp.Symbol(n, **real) for n in names]
            free = [sp.Symbol(f"{n}'", **real) for n in names]
            total = sum(free) if positive else sp.sqrt(sum(f**2 for f in free))
            for symbol, f in zip(out, free, strict=True):
                self.domains[f] = Domain(low=sp.Integer(0)) if positive else Domain()
                self.substitutions[symbol] = f / total
                self.names[f] = self.names[symbol] = str(symbol)
            self.symbols[key] = out
        return list(self.symbols[key])

    def free(self, expression: Any) -> Any:
        """Replace constrained symbols by their parametrisation."""
        if not self.substitutions or not hasattr(expression, "free_symbols"):
            return expression
        hit = expression.free_symbols & self.substitutions.keys()
        return (
            substitute(expression, {s: self.substitutions[s] for s in hit})
            if hit
            else expression
        )


def subexpressions(e: Any) -> Iterator[Any]:
    """Yield an expression and what it is made of, a shared part once.

    Parameters
    ----------
    e : sympy.Basic
        A term, a condition or a number.

    Yields
    ------
    sympy.Basic
        In no particular order.

    Examples
    --------
    >>> x = sp.Symbol("x")
    >>> sorted(subexpressions(sp.exp(x) + x), key=str)
    [exp(x), x, x + exp(x)]
    """
    seen, waiting = {e}, [e]
    while waiting:
        part = waiting.pop()
        yield part
        new = [a for a in part.args if a not in seen]
        seen.update(new)
        waiting += new
