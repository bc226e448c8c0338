"""Sums, products, extrema, integrals and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.semantics import arrays
from dlnotes.checking.semantics.derivatives import Derivatives
from dlnotes.checking.semantics.extrema import extremum
from dlnotes.checking.semantics.symbols import Domain
from dlnotes.checking.semantics.values import (
    Family,
    FunctionValue,
    NotGeneral,
    Signal,
    Undefined,
)
from dlnotes.checking.tex.nodes import Node

if TYPE_CHECKING:
    from dlnotes.checking.entries import Entry
    from dlnotes.checking.semantics.core import Env

__all__ = ["Ranges"]

_LONG = 40


class Ranges(Derivatives):
    """The part of the interpreter for operators over a range."""

    def _big(self, node: Node, env: Env) -> Any:
        kind, variable = node.value
        low, high = self.value(node.args[0], env), self.value(node.args[1], env)
        where, body = node.args[2], node.args[3]
        finite = getattr(low, "is_Integer", False) and getattr(high, "is_Integer", False)
        if finite and kind == "sum" and high < low:
            return self._empty_sum(variable, body, env, low)
        if finite and int(high) - int(low) < _LONG:
            items = [sp.Integer(k) for k in range(int(low), int(high) + 1)]
            return self._fold(kind, items, variable, where, body, env)
        if (low.is_number and low.is_integer is False) or (
            high.is_number and high != sp.oo and high.is_integer is False
        ):
            msg = f"a range from {low} to {high}"
            raise Undefined(msg)
        if self.sizes_known and high != sp.oo and high.is_integer is not True:
            msg = f"a range from {low} to {high}"
            raise Undefined(msg)
        signs = [s for s in ("positive", "nonnegative") if getattr(low, f"is_{s}")]
        k = sp.Dummy(variable.strip("\\"), integer=True, **dict.fromkeys(signs[:1], True))
        self.ranges[k] = (low, high)
        inner = self.value(body, {**env, variable: k})
        if where.kind != "none":
            inner = arrays.multiply(self._mask(where, {**env, variable: k}), inner)
        if isinstance(inner, (Family, Signal)):
            if kind != "sum":
                msg = f"{kind} of arrays"
                raise NotGeneral(msg)
            return inner.map(lambda x: sp.Sum(x, (k, low, high)))
        if arrays.is_array(inner):
            if kind != "sum":
                msg = f"{kind} of arrays"
                raise NotGeneral(msg)
            return inner.applyfunc(lambda x: sp.Sum(x, (k, low, high)))
        if kind == "sum":
            return sp.Sum(inner, (k, low, high))
        if kind == "prod":
            return sp.Product(inner, (k, low, high))
        if kind in ("max", "min") and not self.sizes_known:
            return self._opaque_extremum(kind, inner, (k, low, high))
        msg = f"{kind} over a symbolic range"
        raise NotGeneral(msg)

    def _empty_sum(self, variable: str, body: Node, env: Env, low: Any) -> Any:
        """Return zero, of the shape that a term would have."""
        try:
            with self.noting():
                term = self.value(body, {**env, variable: low})
        except (Undefined, NotGeneral):
            return sp.Integer(0)
        return arrays.elementwise(lambda _: sp.Integer(0), term)

    def _opaque_extremum(self, kind: str, body: Any, limits: tuple[Any, Any, Any]) -> Any:
        """Return a symbol for an extremum over a symbolic range, the same for the same body.

        What holds for every number in its place holds for the extremum; where the body hangs
        on a bound variable, or what is frozen, no constant may stand for it.
        """
        k, low, high = limits
        inside = body.free_symbols | low.free_symbols | high.free_symbols
        bound = any(isinstance(s, sp.Dummy) and s != k for s in inside)
        if bound or self.frozen or self.frozen_families or inside & self.random.keys():
            msg = f"{kind} over a symbolic range"
            raise NotGeneral(msg)
        key = ("extremum", kind, low, high, body.xreplace({k: sp.Symbol("_k", integer=True)}))
        symbol = self.table.symbol(key, f"{kind}_{len(self.extrema)}", "real", Domain())
        self.extrema.add(symbol)
        return symbol

    def _mask(self, where: Node, env: Env) -> Any:
        """Return the 0/1 factor of a condition under a sum, in general."""
        if where.kind == "chain" and where.value == (r"\ne",):
            a, b = (self.value(x, env) for x in where.args)
            return 1 - sp.KroneckerDelta(a, b)
        msg = "condition under a sum"
        raise NotGeneral(msg)

    def _fold(
        self, kind: str, items: list[Any], variable: str, where: Node, body: Node, env: Env
    ) -> Any:
        values, kept = [], []
        for item in items:
            inner = {**env, variable: item}
            if where.kind != "none":
                truth = self.truth(where, inner)
                if truth == sp.false:
                    continue
                if truth != sp.true:
                    msg = "condition under a sum"
                    raise NotGeneral(msg)
            values.append(self.value(body, inner))
            kept.append(item)
        if kind in ("sum", "prod"):
            return (arrays.total if kind == "sum" else arrays.product)(values)
        if not values:
            msg = f"{kind} over nothing"
            raise Undefined(msg)
        if kind in ("max", "sup"):
            return extremum(sp.Max, values)
        if kind in ("min", "inf"):
            return extremum(sp.Min, values)
        pick = sp.Max if kind == "argmax" else sp.Min
        best = extremum(pick, values)
        return sp.Piecewise(
            *[(k, sp.Eq(v, best)) for k, v in zip(kept, values, strict=True)], (kept[-1], True)
        )

    def members(self, entry: Entry) -> list[Any]:
        """Return the members of a declared index set, in an instance."""
        return [sp.Integer(k) for k in range(1, self.sizes.get(f"|{entry.key}|", 3) + 1)]

    def _over(self, node: Node, env: Env) -> Any:
        kind, variable = node.value
        domain, where, body = node.args
        if domain.kind == "setname":
            what, key = domain.value
            entry = self.vocabulary.entries[key]
            if what == "index":
                low, high = (self.number(t) for _, t in entry.conditions)
                ends = (Node("text", value=low), Node("text", value=high))
                return self._big(Node("big", (*ends, where, body), (kind, variable)), env)
            if entry.kind == "lipschitz":
                return self._lipschitz(kind, variable, entry, body, env)
            if not self.sizes_known:
                msg = "sum over a set"
                raise NotGeneral(msg)
            return self._fold(kind, self.members(entry), variable, where, body, env)
        if domain.kind in ("finite", "range"):
            items = self.set_value(domain, env)
            if not isinstance(items, (sp.FiniteSet, sp.Range)) or items.size == sp.oo:
                msg = "sum over a set"
                raise NotGeneral(msg)
            if not getattr(items.size, "is_Integer", False):
                msg = "sum over a set"
                raise NotGeneral(msg)
            return self._fold(kind, list(items), variable, where, body, env)
        if kind in ("max", "min", "sup", "inf"):
            return self._extremum(kind, variable, domain, body, env)
        msg = "this sum runs over no finite set"
        raise Undefined(msg)

    def _text(self, node: Node, env: Env) -> Any:
        del env
        return node.value

    def _extremum(self, kind: str, variable: str, domain: Node, body: Node, env: Env) -> Any:
        """Extremum over an interval, by the zeros of the derivative."""
        x = sp.Dummy(variable.strip("\\"), real=True)
        expression = self.value(body, {**env, variable: x})
        where = self.set_value(domain, env)
        whole = sp.calculus.util
        try:
            pick = whole.maximum if kind in ("max", "sup") else whole.minimum
            return pick(expression, x, where)
        except (NotImplementedError, ValueError) as error:
            msg = f"{kind} over a set"
            raise NotGeneral(msg) from error

    def _lipschitz(self, kind: str, variable: str, entry: Entry, body: Node, env: Env) -> Any:
        """Extremum of a linear form over 1-Lipschitz functions on neighbouring integers.

        Write f(x) = f(low) + the sum of its increments. The constraints on neighbours imply
        all others, so the increments range over [-1, 1] independently, and the maximum is the
        sum of the absolute values of their coefficients.
        """
        low, high = (int(self.number(t)) for _, t in entry.conditions)
        base = sp.Dummy("f0", real=True)
        steps = [sp.Dummy(f"g{k}", real=True) for k in range(low, high)]
        table = {k: base + sum(steps[: k - low]) for k in range(low, high + 1)}
        function = FunctionValue(variable, lambda k: table[int(k)])
        value = sp.expand(self.value(body, {**env, variable: function}))
        value = sp.expand(self.table.free(value))
        offset = value.coeff(base)
        if sp.simplify(offset) != 0:
            msg = "the extremum is not finite: the form sees constants"
            raise Undefined(msg)
        forms = [value.coeff(s) for s in steps]
        if sp.expand(
            value - sum(c * s for c, s in zip(forms, steps, strict=True)) - offset * base
        ).has(*steps):
            msg = "only linear forms have an extremum here"
            raise Undefined(msg)
        rest = value.subs(dict.fromkeys([*steps, base], 0))
        size = sp.Add(*(sp.Abs(sp.together(c)) for c in forms))
        return rest + size if kind in ("max", "sup") else rest - size

    # -- integrals and limits --------------------------------------------------------------
    def _integral(self, node: Node, env: Env) -> Any:
        low, high = self.value(node.args[0], env), self.value(node.args[1], env)
        x = sp.Dummy(node.value.strip("\\"), real=True)
        body = self._almost(node.args[2], env, node.value, x)
        if arrays.is_array(body):
            msg = "integral of an array"
            raise NotGeneral(msg)
        return sp.Integral(body, (x, low, high))

    def _almost(self, body: Node, env: Env, variable: str, x: Any) -> Any:
        """Return the value that a body has for almost every value of a bound variable.

        An integral does not see single points, and a limit not the one that it goes to: only
        conditions on other names are left.
        """
        with self.noting() as noted:
            value = self.value(body, {**env, variable: x})
        self.require_all({c: why for c, why in noted.items() if not c.has(x)})
        return value

    def _limit(self, node: Node, env: Env) -> Any:
        variable, direction = node.value
        target = self.value(node.args[0], env)
        positive = {"positive": True} if target == sp.oo else {"real": True}
        x = sp.Dummy(variable.strip("\\"), **positive)
        body = self._almost(node.args[1], env, variable, x)
        side = direction if target.is_finite and direction in "+-" else "+-"
        if not target.is_finite:
            side = "-" if target == sp.oo else "+"
        return sp.Limit(body, x, target, dir=side)
