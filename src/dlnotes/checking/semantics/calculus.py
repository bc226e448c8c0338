r"""Operators with a variable of their own: derivatives, sums, integrals, limits, expectations.

A derivative by a *defined* name freezes that name: everything that depends on it is
differentiated through it, and its value is put back afterwards. So ``\partial L/\partial p``
means the same whether ``p`` is a free symbol or the softmax of something.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.semantics import arrays
from dlnotes.checking.semantics.symbols import Table
from dlnotes.checking.semantics.values import (
    Distribution,
    Family,
    FunctionValue,
    NotGeneral,
    Undefined,
    shape_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dlnotes.checking.entries import Entry
    from dlnotes.checking.tex.nodes import Node
    from dlnotes.checking.vocabulary import Vocabulary

__all__ = ["Calculus"]

Env = dict[str, Any]
_LONG = 40


class Calculus:
    """The part of the interpreter for operators that bind a variable."""

    def __init__(self, vocabulary: Vocabulary, sizes: Mapping[str, int] | None = None) -> None:
        self.vocabulary = vocabulary
        self.sizes_known = sizes is not None
        self.sizes: dict[str, int] = dict(sizes or {})
        self.table = Table()
        self.conditions: dict[Any, Any] = {}
        self.frozen: dict[tuple[Any, ...], Any] = {}
        self.frozen_families: dict[str, Any] = {}
        self.ranges: dict[Any, tuple[Any, Any]] = {}
        self.random: dict[Any, Entry] = {}
        self.defined: dict[tuple[Any, ...], Any] = {}
        self.array_memo: dict[tuple[Any, ...], Any] = {}
        self.depth = 0
        self._count = itertools.count()
        self.given: list[Any] = []
        self._density: dict[Any, Any] = {}

    def value(self, node: Node, env: Env | None = None) -> Any:
        """Return the value of `node`; `env` holds bound variables."""
        method = getattr(self, "_" + node.kind, None)
        if method is None:
            msg = f"{node.kind} has no value here"
            raise Undefined(msg)
        return method(node, env or {})

    # Provided by the interpreter.
    def truth(self, node: Node, env: Env) -> Any:
        """Return a truth value."""
        raise NotImplementedError

    def entry_value(self, entry: Entry, indices: tuple[Any, ...] = ()) -> Any:
        """Return the value of a declared name."""
        raise NotImplementedError

    def number(self, text: str, env: Env | None = None) -> Any:
        """Evaluate the text of a range end."""
        raise NotImplementedError

    def set_value(self, node: Node, env: Env) -> Any:
        """Return a set."""
        raise NotImplementedError

    def definition(self, entry: Entry, env: Env, roles: dict[str, str]) -> Any:
        """Evaluate a definition."""
        raise NotImplementedError

    def call_entry(self, entry: Entry, indices: tuple[Any, ...], args: list[Any]) -> Any:
        """Apply a declared function."""
        raise NotImplementedError

    def distribution(self, entry: Entry, indices: tuple[Any, ...]) -> Distribution:
        """Return a declared distribution."""
        raise NotImplementedError

    # -- conditions ----------------------------------------------------------------------
    def require(self, condition: Any, why: Any) -> None:
        """Note a condition under which the value is defined."""
        if condition != sp.true:
            self.conditions.setdefault(condition, why)

    def require_nonnegative(self, value: Any) -> None:
        """Note that `value` must not be negative."""
        if value.is_extended_nonnegative is not True and not value.has(sp.I):
            self.require(sp.Ge(value, 0, evaluate=False), value)

    def fresh(self, size: Any) -> Any:
        """Return a new index that runs from 1 to `size`."""
        k = sp.Dummy(f"k{next(self._count)}", integer=True, positive=True)
        self.ranges[k] = (sp.Integer(1), sp.sympify(size))
        return k

    # -- derivatives ---------------------------------------------------------------------
    def differentiate(self, expression: Any, variable: Any, times: int = 1) -> Any:
        """Differentiate a number; kinks leave conditions, |x| becomes sign(x) x'."""
        if expression.has(sp.Max, sp.Min):
            expression = expression.rewrite(sp.Piecewise)
        for atom in expression.atoms(sp.Abs, sp.sign):
            if atom.has(variable):
                self.require(sp.Ne(atom.args[0], 0, evaluate=False), atom.args[0])
        for atom in expression.atoms(sp.floor, sp.ceiling):
            if atom.has(variable):
                msg = "derivative of a step function"
                raise NotGeneral(msg)
        for piecewise in expression.atoms(sp.Piecewise):
            if piecewise.has(variable):
                self._kinks(piecewise, variable)
        for _ in range(times):
            expression = expression.diff(variable)
            expression = expression.replace(
                lambda e: isinstance(e, sp.Derivative) and isinstance(e.expr, sp.sign),
                lambda _: sp.Integer(0),
            )
            expression = expression.replace(sp.DiracDelta, lambda *_: sp.Integer(0))
        return expression

    def _kinks(self, piecewise: Any, variable: Any) -> None:
        """Require that the variable is off the boundaries where pieces do not join."""
        pieces = list(piecewise.args)
        for k, (value, condition) in enumerate(pieces[:-1]):
            for relation in condition.atoms(sp.core.relational.Relational):
                gap = relation.lhs - relation.rhs
                if not gap.has(variable):
                    continue
                if isinstance(relation, (sp.Eq, sp.Ne)):
                    self.require(sp.Ne(gap, 0, evaluate=False), gap)
                    continue
                other = pieces[k + 1][0]
                if not self._smooth(value, other, gap, variable):
                    self.require(sp.Ne(gap, 0, evaluate=False), gap)

    @staticmethod
    def _smooth(a: Any, b: Any, gap: Any, variable: Any) -> bool:
        """Whether two pieces and their derivatives agree where `gap` is zero."""
        slope = gap.diff(variable)
        if not slope.is_number or slope == 0:
            return False
        at = sp.solve(gap, variable)
        difference = a - b
        return len(at) == 1 and all(
            sp.simplify(d.subs(variable, at[0])) == 0
            for d in (difference, difference.diff(variable))
        )

    def derivative_at(self, call: Any, point: Any, times: int) -> Any:
        """Return the derivative of a function of one number at `point`."""
        u = sp.Dummy("u", real=not point.has(sp.I))
        before = self.conditions
        self.conditions = {}
        value = self.differentiate(call(u), u, times)
        inner, self.conditions = self.conditions, before
        for condition, why in inner.items():
            self.require(condition.xreplace({u: point}), why.xreplace({u: point}))
        return value.xreplace({u: point})

    def _target(self, node: Node, env: Env) -> tuple[Any, Any, Any]:
        """Return what freezes a variable: a setter, its entry and its value."""
        if node.kind == "bound":
            value = env[node.value]
            return ("env", node.value), None, value
        if node.kind == "component":
            base = node.args[0]
            where = tuple(self.value(a, env) for a in node.args[1:])
            if base.kind == "name":
                return ("component", base, where), None, self.value(node, env)
        if node.kind == "name":
            entry = self.vocabulary.entries[node.value]
            indices = tuple(self.value(a, env) for a in node.args)
            return ("entry", (entry.key, *indices)), entry, self.value(node, env)
        if node.kind == "apply" and node.value[0] == "entry" and not node.value[2]:
            entry = self.vocabulary.entries[node.value[1]]
            if entry.role == "distribution":
                k = self.value(node.args[-1], env)
                return ("entry", (entry.key, "p", int(k))), entry, self.value(node, env)
        msg = "a derivative is taken by a declared or bound name"
        raise Undefined(msg)

    def _frozen_symbols(self, value: Any) -> Any:
        """Return fresh symbols of the shape of `value`."""

        def one(v: Any) -> Any:
            sign = {"positive": True} if v.is_positive else {"real": True}
            return sp.Dummy("w", **sign)

        if isinstance(value, sp.MatrixBase):
            return value.applyfunc(one)
        if isinstance(value, Family):
            base = sp.IndexedBase(sp.Dummy("w"), real=True)
            if value.shape[1] != 1:
                msg = "derivative by a defined matrix"
                raise NotGeneral(msg)
            return Family(value.shape, lambda i, _: base[i])
        return one(value)

    def _is_symbol(self, value: Any) -> bool:
        if isinstance(value, Family):
            one = sp.Integer(1)
            where = [one if s == 1 else self.fresh(s) for s in value.shape]
            cell = value.entry(*where)
            used = {i for i in where if i != 1}
            return isinstance(cell, sp.Indexed) and used <= set(cell.indices)
        if isinstance(value, sp.MatrixBase):
            cells = list(value)
            return all(c.is_Symbol for c in cells) and len(set(cells)) == len(cells)
        return bool(getattr(value, "is_Symbol", False) or isinstance(value, sp.Indexed))

    def _deriv(self, node: Node, env: Env) -> Any:
        partial, orders = node.value
        body, variables = node.args[0], node.args[1:]
        return self._derive(body, list(zip(variables, orders, strict=True)), env, partial)

    def _derive(
        self, body: Node, steps: list[tuple[Node, int]], env: Env, partial: bool
    ) -> Any:
        siblings = self._siblings(body, steps[0][0], env) if partial else {}
        if siblings:
            old = dict(self.frozen)
            self.frozen |= {k: s for k, (s, _) in siblings.items()}
            try:
                result = self._derive(body, steps, env, False)
            finally:
                self.frozen = old
            for s, v in siblings.values():
                result = self._put(result, self._thaw(s, v))
            return result
        (variable, times), rest = steps[0], steps[1:]
        target, _, value = self._target(variable, env)

        def inner(e: Env) -> Any:
            if rest:
                return self._derive(body, rest, e, partial)
            return self._body_of(body, variable, e)

        if self._is_symbol(value):
            result = inner(env)
            return self._by(result, value, times)
        if target[0] == "entry" and len(target[1]) > 1 and not self.sizes_known:
            return self._derive_by_member(target[1], inner, env, times)
        symbols = self._frozen_symbols(value)
        old_frozen, old_conditions = dict(self.frozen), self.conditions
        self.conditions = {}
        try:
            if target[0] == "env":
                env = {**env, target[1]: symbols}
            elif target[0] == "component":
                whole = self.value(target[1], env)
                if isinstance(whole, Family):
                    msg = "derivative by a component of a defined family"
                    raise NotGeneral(msg)
                changed = sp.Matrix(whole)
                row = int(target[2][0]) - 1
                col = int(target[2][1]) - 1 if len(target[2]) == 2 else 0
                changed[row, col] = symbols
                base = target[1]
                key = (base.value, *(self.value(a, env) for a in base.args))
                self.frozen[key] = changed.as_immutable()
            else:
                self.frozen[target[1]] = symbols
            result = self._by(inner(env), symbols, times)
        finally:
            thaw = self._thaw(symbols, value)
            self.frozen = old_frozen
            conditions, self.conditions = self.conditions, old_conditions
        for condition, why in conditions.items():
            self.require(self._put(condition, thaw), self._put(why, thaw))
        return self._put(result, thaw)

    def _siblings(
        self, body: Node, variable: Node, env: Env
    ) -> dict[tuple[Any, ...], tuple[Any, Any]]:
        """Return what a partial derivative holds fixed: the other direct arguments."""
        del env
        if body.kind != "name" or variable.kind != "name" or body.args:
            return {}
        entry = self.vocabulary.entries[body.value]
        out: dict[tuple[Any, ...], tuple[Any, Any]] = {}
        for key in entry.direct:
            if key != variable.value and key in self.vocabulary.entries:
                value = self.entry_value(self.vocabulary.entries[key])
                if not self._is_symbol(value):
                    out[(key,)] = (self._frozen_symbols(value), value)
        return out

    def _derive_by_member(self, key: tuple[Any, ...], inner: Any, env: Env, times: int) -> Any:
        """Differentiate by one member of a defined family: the whole family is frozen."""
        name, indices = str(key[0]), key[1:]
        entry = self.vocabulary.entries[name]
        base = sp.IndexedBase(sp.Dummy("w"), real=True)
        if name in self.frozen_families:
            msg = "two derivatives by the same family"
            raise NotGeneral(msg)
        self.frozen_families[name] = base
        try:
            result = self._by(inner(env), base[indices], times)
        finally:
            del self.frozen_families[name]

        def put(x: Any) -> Any:
            return x.replace(
                lambda e: isinstance(e, sp.Indexed) and e.base == base,
                lambda e: self.entry_value(entry, tuple(e.indices)),
            )

        noted, self.conditions = list(self.conditions.items()), {}
        self.conditions |= {put(c): put(w) for c, w in noted}
        return result.map(put) if isinstance(result, Family) else put(result)

    @staticmethod
    def _thaw(symbols: Any, value: Any) -> dict[Any, Any]:
        if isinstance(symbols, sp.MatrixBase):
            return dict(zip(list(symbols), list(value), strict=True))
        if isinstance(symbols, Family):
            return {symbols: value}
        return {symbols: value}

    @staticmethod
    def _put(result: Any, thaw: dict[Any, Any]) -> Any:
        families = {k: v for k, v in thaw.items() if isinstance(k, Family)}
        if families:
            ((old, new),) = families.items()
            base = old.entry(sp.Integer(1), sp.Integer(1)).base

            def put(x: Any) -> Any:
                return x.replace(
                    lambda e: isinstance(e, sp.Indexed) and e.base == base,
                    lambda e: new.entry(e.indices[0], sp.Integer(1)),
                )

            return result.map(put) if isinstance(result, Family) else put(result)
        if isinstance(result, Family):
            return result.map(lambda x: x.xreplace(thaw))
        return result.xreplace(thaw) if hasattr(result, "xreplace") else result

    def _body_of(self, body: Node, variable: Node, env: Env) -> Any:
        """Evaluate the body; a bare function is taken at its own variables."""
        if body.kind != "function":
            return self.value(body, env)
        function = self.value(body, env)
        if not isinstance(function, FunctionValue):
            msg = "cannot differentiate this"
            raise Undefined(msg)
        entry = self.vocabulary.entries.get(body.value[1])
        params = entry.params if entry is not None else ()
        args = []
        for name in params:
            if name in env:
                args.append(env[name])
            elif name in self.vocabulary.entries:
                args.append(self.entry_value(self.vocabulary.entries[name]))
            else:
                msg = f"{name} is not declared: write the argument of the function"
                raise Undefined(msg)
        if not params:
            args = [self.value(variable, env)]
        return function.call(*args)

    def _by(self, result: Any, variable: Any, times: int) -> Any:
        """Differentiate a number or array by a number or array."""
        result = arrays.scalar_like(result)
        if not isinstance(variable, (sp.MatrixBase, Family)):
            if isinstance(result, Family):
                return result.map(lambda x: self.differentiate(x, variable, times))
            return arrays.elementwise(lambda x: self.differentiate(x, variable, times), result)
        if isinstance(variable, Family):
            return self._by_family(result, variable)
        if not arrays.is_array(result):
            return variable.applyfunc(lambda v: self.differentiate(result, v, times))
        if 1 not in shape_of(result) or 1 not in shape_of(variable):
            msg = "the derivative of a matrix by a matrix is not read"
            raise Undefined(msg)
        tops, bottoms = list(result), list(variable)
        jacobian = sp.ImmutableMatrix(
            len(tops), len(bottoms), lambda i, j: self.differentiate(tops[i], bottoms[j], times)
        )
        return jacobian.T if self.vocabulary.denominator_layout else jacobian

    def _by_family(self, result: Any, variable: Family) -> Any:
        if arrays.is_array(result):
            m, n = shape_of(result)[0], shape_of(variable)[0]
            if shape_of(result)[1] != 1 or shape_of(variable)[1] != 1:
                msg = "Jacobian of matrices"
                raise NotGeneral(msg)
            one = sp.Integer(1)
            jac = Family(
                (m, n),
                lambda i, j: self.differentiate(result.entry(i, one), variable.entry(j, one)),
            )
            return arrays.transpose(jac) if self.vocabulary.denominator_layout else jac
        return Family(
            variable.shape, lambda i, j: self.differentiate(result, variable.entry(i, j))
        )

    def _grad(self, node: Node, env: Env) -> Any:
        body, variable = node.args
        if variable.kind == "none":
            variable = self._gradient_variable(body)
        target, _, value = self._target(variable, env)
        if not arrays.is_array(value):
            msg = "a gradient is taken by a vector"
            raise Undefined(msg)
        del target
        first = self._derive(body, [(variable, 1)], env, False)
        if arrays.is_array(self._scalar_probe(body, variable, env)):
            return arrays.transpose(first)
        if node.value == 1:
            return first
        if isinstance(first, Family) or not self._is_symbol(value):
            msg = "Hessian of symbolic size"
            raise NotGeneral(msg)
        cells = list(value)
        return sp.ImmutableMatrix(
            len(cells), len(cells), lambda i, j: self.differentiate(first[i], cells[j])
        )

    def _scalar_probe(self, body: Node, variable: Node, env: Env) -> Any:
        return arrays.scalar_like(self._body_of(body, variable, env))

    def _gradient_variable(self, body: Node) -> Node:
        inner = body
        while inner.kind in ("pow", "div", "mul", "neg") and inner.args:
            inner = inner.args[0]
        if inner.kind == "apply":
            count = inner.value[3]
            arguments = [a for a in inner.args[count:] if a.kind in ("name", "bound")]
            if len(arguments) == 1:
                return arguments[0]
        if inner.kind == "function" and inner.value[0] == "entry":
            entry = self.vocabulary.entries[inner.value[1]]
            if len(entry.params) == 1 and entry.params[0] in self.vocabulary.entries:
                from dlnotes.checking.tex.nodes import Node as TexNode

                return TexNode("name", (), entry.params[0])
        msg = r"which variable is the gradient taken by? write \nabla_{x}"
        raise Undefined(msg)

    def _at(self, node: Node, env: Env) -> Any:
        body, variable, point = node.args
        value = self.value(variable, env)
        if not self._is_symbol(value):
            msg = "an evaluation bar needs a free variable"
            raise Undefined(msg)
        result = self.value(body, env)
        return self._put(result, self._thaw(value, self.value(point, env)))

    # -- sums, products, extrema ----------------------------------------------------------
    def _big(self, node: Node, env: Env) -> Any:
        kind, variable = node.value
        low, high = self.value(node.args[0], env), self.value(node.args[1], env)
        where, body = node.args[2], node.args[3]
        finite = getattr(low, "is_Integer", False) and getattr(high, "is_Integer", False)
        if finite and int(high) - int(low) < _LONG:
            return self._fold(
                kind,
                [sp.Integer(k) for k in range(int(low), int(high) + 1)],
                variable,
                where,
                body,
                env,
            )
        if (low.is_number and low.is_integer is False) or (
            high.is_number and high != sp.oo and high.is_integer is False
        ):
            msg = f"a range from {low} to {high}"
            raise Undefined(msg)
        k = sp.Dummy(
            variable.strip("\\"),
            integer=True,
            **(
                {"positive": True}
                if low.is_positive
                else {"nonnegative": True}
                if low.is_nonnegative
                else {}
            ),
        )
        self.ranges[k] = (low, high)
        inner = self.value(body, {**env, variable: k})
        if where.kind != "none":
            inner = arrays.multiply(self._mask(where, {**env, variable: k}), inner)
        if isinstance(inner, Family):
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
        msg = f"{kind} over a symbolic range"
        raise NotGeneral(msg)

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
        if kind == "sum":
            total: Any = sp.Integer(0)
            for k, v in enumerate(values):
                total = v if k == 0 else arrays.add(total, v)
            return total
        if kind == "prod":
            total = sp.Integer(1)
            for k, v in enumerate(values):
                total = v if k == 0 else arrays.multiply(total, v)
            return total
        if not values:
            msg = f"{kind} over nothing"
            raise Undefined(msg)
        if kind in ("max", "sup"):
            return sp.Max(*values)
        if kind in ("min", "inf"):
            return sp.Min(*values)
        pick = sp.Max if kind == "argmax" else sp.Min
        best = pick(*values)
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
                from dlnotes.checking.tex.nodes import Node as TexNode

                ends = (TexNode("text", value=low), TexNode("text", value=high))
                return self._big(TexNode("big", (*ends, where, body), (kind, variable)), env)
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
        before = self.conditions
        self.conditions = {}
        body = self.value(node.args[2], {**env, node.value: x})
        inner, self.conditions = self.conditions, before
        for condition, why in inner.items():
            if not condition.has(x):
                self.require(condition, why)
        if arrays.is_array(body):
            msg = "integral of an array"
            raise NotGeneral(msg)
        return sp.Integral(body, (x, low, high))

    def _limit(self, node: Node, env: Env) -> Any:
        variable, direction = node.value
        target = self.value(node.args[0], env)
        positive = {"positive": True} if target == sp.oo else {"real": True}
        x = sp.Dummy(variable.strip("\\"), **positive)
        before = self.conditions
        self.conditions = {}
        body = self.value(node.args[1], {**env, variable: x})
        self.conditions = before
        side = direction if target.is_finite and direction in "+-" else "+-"
        if not target.is_finite:
            side = "-" if target == sp.oo else "+"
        return sp.Limit(body, x, target, dir=side)

    # -- expectations ----------------------------------------------------------------------
    def _expect(self, node: Node, env: Env) -> Any:
        return self.expectation(node.args[0], node.value, env)

    def expectation(self, body: Node, by: tuple[str, str] | None, env: Env) -> Any:
        """Return the expectation of `body` over the named or over every random variable."""
        if by is not None and by[1]:
            entry = self.vocabulary.entries[by[1]]
            distribution = self.distribution(entry, ())
            name = by[0] or self._outcome(entry)
            items = range(int(distribution.low), int(distribution.high) + 1)
            total = sp.Integer(0)
            for k in items:
                inner = {**env, name: sp.Integer(k)}
                value = self._with_outcome(name, sp.Integer(k), body, inner, by[0])
                weight = distribution.probability(sp.Integer(k))
                total = (
                    arrays.add(total, arrays.multiply(weight, value))
                    if total != 0
                    else (arrays.multiply(weight, value))
                )
            return total
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
        old = self.frozen.get((name,))
        self.frozen[(name,)] = outcome
        try:
            return self.value(body, env)
        finally:
            del self.frozen[(name,)]
            if old is not None:
                self.frozen[(name,)] = old

    def _mean(self, value: Any, only: str | None) -> Any:
        """Integrate or sum out the random variables of a number."""
        present = [s for s in self.random if value.has(s)]
        present = [s for s in present if only is None or self.random[s].key == only]
        for symbol in sorted(present, key=str):
            value = self._mean_over(value, symbol)
        return value

    def _mean_over(self, value: Any, symbol: Any) -> Any:
        entry = self.random[symbol]
        if entry.kind != "random":
            return value
        law = entry.meaning
        if law == "random":
            return self._moments(value, symbol)
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

    def _moments(self, value: Any, symbol: Any) -> Any:
        """Return the expectation over any random variable: linear, with opaque moments.

        In an instance the variable takes three values with probabilities, all of them free.
        """
        if self.sizes_known:
            key = ("outcomes", symbol)
            weights = self.table.constrained(
                key, [f"P({symbol}={symbol}_{k})" for k in (1, 2, 3)], "simplex"
            )
            from dlnotes.checking.semantics.symbols import Domain

            outcomes = [
                self.table.symbol(("outcome", symbol, k), f"{symbol}_{{{k}}}", "real", Domain())
                for k in (1, 2, 3)
            ]
            return sum(
                w * value.xreplace({symbol: o}) for w, o in zip(weights, outcomes, strict=True)
            )
        out = sp.Integer(0)
        for term in sp.Add.make_args(sp.expand(value)):
            fixed, moving = term.as_independent(symbol, as_Add=False)
            if moving == 1:
                out += fixed
            else:
                if len([s for s in self.random if moving.has(s)]) > 1:
                    msg = "joint moments"
                    raise NotGeneral(msg)
                out += fixed * self.table.symbols.setdefault(
                    ("moment", moving), sp.Symbol(f"E[{moving}]", real=True)
                )
        return out

    def _var(self, node: Node, env: Env) -> Any:
        mean = self.expectation(node.args[0], node.value, env)
        value = self.value(node.args[0], env)
        only = node.value[0] if node.value else None
        return self._mean(sp.expand(value**2), only) - mean**2

    def _cov(self, node: Node, env: Env) -> Any:
        x, y = (self.value(a, env) for a in node.args)
        return self._mean(sp.expand(x * y), None) - self._mean(x, None) * self._mean(y, None)
