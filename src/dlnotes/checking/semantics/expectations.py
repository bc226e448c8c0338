"""Expectations, variances and covariances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.semantics import arrays
from dlnotes.checking.semantics.ranges import Ranges
from dlnotes.checking.semantics.symbols import Domain
from dlnotes.checking.semantics.values import (
    NotGeneral,
    Undefined,
)

if TYPE_CHECKING:
    from dlnotes.checking.entries import Entry
    from dlnotes.checking.semantics.core import Env
    from dlnotes.checking.tex.nodes import Node

__all__ = ["Expectations"]


class Expectations(Ranges):
    """The part of the interpreter for random variables."""

    def _expect(self, node: Node, env: Env) -> Any:
        return self.expectation(node.args[0], node.value, env)

    def expectation(self, body: Node, by: tuple[str, str] | None, env: Env) -> Any:
        """Return the expectation of `body` over the named or over every random variable."""
        if by is not None and by[1]:
            entry = self.vocabulary.entries[by[1]]
            distribution = self.distribution(entry, ())
            name = by[0] or self._outcome(entry)
            items = range(int(distribution.low), int(distribution.high) + 1)
            terms = []
            for k in items:
                inner = {**env, name: sp.Integer(k)}
                value = self._with_outcome(name, sp.Integer(k), body, inner, by[0])
                weight = distribution.probability(sp.Integer(k))
                terms.append(arrays.multiply(weight, value))
            return arrays.total(terms)
        value = self.value(body, env)
        only = by[0] if by is not None else None
        return arrays.elementwise(lambda v: self._mean(v, only), value)

    def _outcome(self, entry: Entry) -> str:
        """Return the random variable that is declared with this distribution."""
        for other in self.vocabulary.entries.values():
            if other.kind == "random" and other.meaning == entry.head:
                return other.key
        msg = f"no outcome of {entry.head} is declared"
        raise Undefined(msg)

    def _with_outcome(
        self, name: str, outcome: Any, body: Node, env: Env, explicit: str
    ) -> Any:
        if explicit:
            return self.value(body, env)
        return self.held(
            lambda: self.value(body, env), lambda: self.freezing({(name,): outcome})
        )

    def _mean(self, value: Any, only: str | None) -> Any:
        """Integrate or sum out the random variables of a number."""
        present = [s for s in self.random if value.has(s)]
        present = [s for s in present if only is None or self.random[s].key == only]
        joint = [s for s in present if self.random[s].meaning == "random"]
        if joint:
            value = (
                self._joint(value, joint) if self.sizes_known else self._moments(value, joint)
            )
            present = [s for s in present if s not in joint]
        for symbol in sorted(present, key=str):
            value = self._mean_over(value, symbol)
        return value

    def _mean_over(self, value: Any, symbol: Any) -> Any:
        entry = self.random[symbol]
        if entry.kind != "random":
            return value
        law = entry.meaning
        if law == "independent random":
            if self.sizes_known:
                return self._joint(value, [symbol], str(symbol))
            return self._moments(value, [symbol])
        name, _, rest = law.partition("(")
        if not rest:
            distribution = self.entry_value(self.vocabulary.entries[law])
            return sum(
                distribution.probability(sp.Integer(k))
                * value.xreplace({symbol: sp.Integer(k)})
                for k in range(int(distribution.low), int(distribution.high) + 1)
            )
        args = [self.number(t) for t in rest.rstrip(")").split(",")]
        x = sp.Dummy("x", real=True)
        inner = value.xreplace({symbol: x})
        if name in ("Normal", r"\mathcal{N}"):
            mean, variance = args
            y = sp.Dummy("y", real=True)
            inner = inner.xreplace({x: mean + sp.sqrt(variance) * y})
            density = sp.exp(-(y**2) / 2) / sp.sqrt(2 * sp.pi)
            return sp.Integral(inner * density, (y, -sp.oo, sp.oo))
        if name == "Uniform":
            a, b = args
            return sp.Integral(inner / (b - a), (x, a, b))
        if name == "Exponential":
            return sp.Integral(inner * args[0] * sp.exp(-args[0] * x), (x, 0, sp.oo))
        if name == "Bernoulli":
            p = args[0]
            return p * inner.xreplace({x: sp.Integer(1)}) + (1 - p) * inner.xreplace(
                {x: sp.Integer(0)}
            )
        msg = f"the distribution {law} is not known"
        raise Undefined(msg)

    def _moments(self, value: Any, symbols: list[Any]) -> Any:
        """Return the expectation over any random variables: linear, with opaque moments."""
        dependent = {s for s in self.random if self.random[s].meaning == "random"}
        out = sp.Integer(0)
        for term in sp.Add.make_args(sp.expand(value)):
            fixed, moving = term.as_independent(*symbols, as_Add=False)
            if moving == 1:
                out += fixed
                continue
            others = dependent & fixed.free_symbols if dependent & set(symbols) else set()
            if others or not moving.free_symbols <= set(symbols):
                msg = "a moment that hangs on something else"
                raise NotGeneral(msg)
            out += fixed * self.table.symbols.setdefault(
                ("moment", moving), sp.Symbol(f"E[{moving}]", real=True)
            )
        return out

    def _joint(self, value: Any, symbols: list[Any], own: str = "") -> Any:
        """Sum over three outcomes that all the variables depend on, so that they may correlate.

        The probabilities of the outcomes and what each variable is in each are free; one that
        is declared independent has outcomes of its own.
        """
        names = [rf"P(\omega{own}_{k})" for k in (1, 2, 3)]
        weights = self.table.constrained(("outcomes", own), names, "simplex")
        total = sp.Integer(0)
        for k, weight in enumerate(weights, start=1):
            put = {
                s: self.table.symbol(("outcome", s, k), f"{s}_{{{k}}}", "real", Domain())
                for s in symbols
            }
            total += weight * value.xreplace(put)
        return total

    def _var(self, node: Node, env: Env) -> Any:
        mean = self.expectation(node.args[0], node.value, env)
        value = self.value(node.args[0], env)
        only = node.value[0] if node.value else None
        return self._mean(sp.expand(value**2), only) - mean**2

    def _cov(self, node: Node, env: Env) -> Any:
        x, y = (self.value(a, env) for a in node.args)
        return self._mean(sp.expand(x * y), None) - self._mean(x, None) * self._mean(y, None)
