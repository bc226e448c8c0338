r"""Derivatives and gradients.

A derivative by a *defined* name freezes that name: everything that depends on it is
differentiated through it, and its value is put back afterwards. So ``\partial L/\partial p``
means the same whether ``p`` is a free symbol or the softmax of something.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.semantics import arrays
from dlnotes.checking.semantics.core import KINK
from dlnotes.checking.semantics.smoothness import Smoothness
from dlnotes.checking.semantics.values import (
    Family,
    FunctionValue,
    NotGeneral,
    Undefined,
    shape_of,
)
from dlnotes.checking.tex.nodes import Node

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlnotes.checking.semantics.core import Env

__all__ = ["Derivatives"]


def _with_members(x: Any, base: Any, member: Callable[..., Any]) -> Any:
    """Replace the members of the family `base` by what `member` gives for their indices."""
    return x.replace(
        lambda e: isinstance(e, sp.Indexed) and e.base == base, lambda e: member(*e.indices)
    )


class Derivatives(Smoothness):
    """The part of the interpreter for derivatives."""

    def differentiate(self, expression: Any, variable: Any, times: int = 1) -> Any:
        """Differentiate a number; kinks leave conditions, |x| becomes sign(x) x'."""
        if self.extrema & expression.free_symbols:
            msg = "derivative of an extremum over a symbolic range"
            raise NotGeneral(msg)
        if expression.has(sp.Max, sp.Min):
            expression = expression.rewrite(sp.Piecewise)
        joined = False
        for atom in expression.atoms(sp.Abs, sp.sign):
            if not atom.has(variable):
                continue
            if self._joins(expression, atom, variable, times):
                joined = True
            else:
                self.require(sp.Ne(atom.args[0], 0, evaluate=False), KINK)
        for atom in expression.atoms(sp.floor, sp.ceiling):
            if atom.has(variable):
                msg = "derivative of a step function"
                raise NotGeneral(msg)
        for piecewise in expression.atoms(sp.Piecewise):
            if piecewise.has(variable):
                self._kinks(piecewise, variable)
        for _ in range(times):
            expression = expression.diff(variable)
            if expression.has(sp.Derivative):
                expression = expression.replace(
                    lambda e: isinstance(e, sp.Derivative) and isinstance(e.expr, sp.sign),
                    lambda _: sp.Integer(0),
                )
            if expression.has(sp.DiracDelta):
                expression = expression.replace(sp.DiracDelta, lambda *_: sp.Integer(0))
        if joined and times > 1:  # sign(0)^2 must count as 1 where the pieces join
            expression = sp.expand(expression).replace(
                lambda e: isinstance(e, sp.Pow) and isinstance(e.base, sp.sign),
                lambda e: e.base ** (e.exp % 2) if e.exp.is_Integer else e,
            )
        return expression

    def derivative_at(self, call: Any, point: Any, times: int) -> Any:
        """Return the derivative of a function of one number at `point`."""
        u = sp.Dummy("u", real=not point.has(sp.I))
        with self.noting() as noted:
            value = self.differentiate(call(u), u, times)
        self.require_all(noted, lambda x: x.xreplace({u: point}))
        return value.xreplace({u: point})

    def _target(self, node: Node, env: Env) -> tuple[tuple[Any, ...], Any]:
        """Return what is frozen when a variable is varied, and the value of the variable."""
        if node.kind == "bound":
            return ("env", node.value), env[node.value]
        if node.kind == "component":
            base = node.args[0]
            where = tuple(self.value(a, env) for a in node.args[1:])
            if base.kind == "name":
                return ("component", base, where), self.value(node, env)
        if node.kind == "name":
            entry = self.vocabulary.entries[node.value]
            indices = tuple(self.value(a, env) for a in node.args)
            return ("entry", (entry.key, *indices)), self.value(node, env)
        if node.kind == "apply" and node.value[0] == "entry" and not node.value[2]:
            entry = self.vocabulary.entries[node.value[1]]
            if entry.role == "distribution":
                k = self.value(node.args[-1], env)
                return ("entry", (entry.key, "p", int(k))), self.value(node, env)
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
        siblings = self._siblings(body, steps[0][0]) if partial else {}
        if siblings:

            def back(x: Any) -> Any:
                for s, v in siblings.values():
                    x = self._put(x, self._thaw(s, v))
                return x

            return self.held(
                lambda: self._derive(body, steps, env, False),
                lambda: self.freezing({k: s for k, (s, _) in siblings.items()}),
                back,
            )
        (variable, times), rest = steps[0], steps[1:]
        target, value = self._target(variable, env)

        def inner(e: Env) -> Any:
            if rest:
                return self._derive(body, rest, e, partial)
            return self._body_of(body, variable, e)

        # A parameter is varied by itself, although its value may stand elsewhere as well: the
        # derivative of f(s, t) by s, at s = t = h, is not that of f(h, h) by h.
        if self._is_symbol(value) and target[0] != "env":
            return self._by(inner(env), value, times)
        if target[0] == "entry" and len(target[1]) > 1 and not self.sizes_known:
            return self._derive_by_member(target[1], inner, env, times)
        symbols = self._frozen_symbols(value)
        thaw = self._thaw(symbols, value)
        frozen = self._varied(target, symbols, env)
        if target[0] == "env":
            env = {**env, target[1]: symbols}
        return self.held(
            lambda: self._by(inner(env), symbols, times),
            lambda: self.freezing(frozen),
            lambda x: self._put(x, thaw),
        )

    def _varied(
        self, target: tuple[Any, ...], symbols: Any, env: Env
    ) -> dict[tuple[Any, ...], Any]:
        """Return which name stands for what while `target` is varied."""
        if target[0] == "env":
            return {}
        if target[0] == "entry":
            return {target[1]: symbols}
        base, where = target[1:]
        whole = self.value(base, env)
        if isinstance(whole, Family):
            msg = "derivative by a component of a defined family"
            raise NotGeneral(msg)
        changed = sp.Matrix(whole)
        column = int(where[1]) - 1 if len(where) == 2 else 0
        changed[int(where[0]) - 1, column] = symbols
        key = (base.value, *(self.value(a, env) for a in base.args))
        return {key: changed.as_immutable()}

    def _siblings(self, body: Node, variable: Node) -> dict[tuple[Any, ...], tuple[Any, Any]]:
        """Return what a partial derivative holds fixed: the other direct arguments."""
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

        def back(x: Any) -> Any:
            return _with_members(x, base, lambda *where: self.entry_value(entry, where))

        return self.held(
            lambda: self._by(inner(env), base[indices], times),
            lambda: self.freezing_family(name, base),
            back,
        )

    @staticmethod
    def _thaw(symbols: Any, value: Any) -> dict[Any, Any]:
        if isinstance(symbols, sp.MatrixBase):
            return dict(zip(list(symbols), list(value), strict=True))
        return {symbols: value}

    @staticmethod
    def _put(x: Any, thaw: dict[Any, Any]) -> Any:
        """Put values back for symbols; a family stands for its members."""
        if not hasattr(x, "xreplace"):
            return x
        one = sp.Integer(1)
        for old, new in thaw.items():
            if isinstance(old, Family):
                base = old.entry(one, one).base
                x = _with_members(x, base, lambda i, new=new: new.entry(i, one))
        return x.xreplace(thaw)

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
        _, value = self._target(variable, env)
        if not arrays.is_array(value):
            msg = "a gradient is taken by a vector"
            raise Undefined(msg)
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
                return Node("name", (), entry.params[0])
        msg = r"which variable is the gradient taken by? write \nabla_{x}"
        raise Undefined(msg)

    def _at(self, node: Node, env: Env) -> Any:
        body, variable, point = node.args
        value = self.value(variable, env)
        if not self._is_symbol(value):
            msg = "an evaluation bar needs a free variable"
            raise Undefined(msg)
        thaw = self._thaw(value, self.value(point, env))
        self._require_inside(thaw)
        return self.held(
            lambda: self.value(body, env), nullcontext, lambda x: self._put(x, thaw)
        )

    def _require_inside(self, thaw: dict[Any, Any]) -> None:
        """Require that what is put for a name lies where the name is declared.

        What SymPy knows of the name, such as its sign, is used before the point is put in.
        """
        for x, value in thaw.items():
            if isinstance(x, Family):
                where = [sp.Integer(1) if s == 1 else self.fresh(s) for s in x.shape]
                self._require_inside({x.entry(*where): value.entry(*where)})
                continue
            domain = self.table.domains.get(x)
            if domain is None:
                known = x.is_real is not True or x.is_nonnegative is not None
            else:
                known = domain.integer and not value.is_integer
            if known and x != value:
                msg = f"{value} for {x}, which does not stand for any number"
                raise NotGeneral(msg)
            for condition in domain.conditions(value) if domain is not None else ():
                if condition == sp.false:
                    msg = f"{x} at {value}: declared for other numbers"
                    raise Undefined(msg)
                self.require(condition, value)
