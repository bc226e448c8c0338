"""Arithmetic of numbers and arrays, with the conditions under which it is defined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.semantics import arrays
from dlnotes.checking.semantics.applications import Applications
from dlnotes.checking.semantics.values import NotGeneral, Undefined

if TYPE_CHECKING:
    from dlnotes.checking.semantics.core import Env
    from dlnotes.checking.tex.nodes import Node

__all__ = ["Arithmetic"]


class Arithmetic(Applications):
    """The part of the interpreter for sums, products, powers, roots and norms."""

    def _num(self, node: Node, env: Env) -> Any:
        del env
        return sp.Rational(node.value)

    def _const(self, node: Node, env: Env) -> Any:
        del env
        return {"pi": sp.pi, "e": sp.E, "infty": sp.oo}[node.value]

    def _neg(self, node: Node, env: Env) -> Any:
        return arrays.negate(self.value(node.args[0], env))

    def _add(self, node: Node, env: Env) -> Any:
        return arrays.total([self.value(a, env) for a in node.args])

    def _mul(self, node: Node, env: Env) -> Any:
        values = [self.value(a, env) for a in node.args]
        if not any(arrays.is_array(v) for v in values):
            return sp.Mul(*values)
        total = values[0]
        for kind, v in zip(node.value, values[1:], strict=True):
            total = arrays.multiply(total, v, dot=kind == "dot", fresh=self.fresh)
        return total

    def _div(self, node: Node, env: Env) -> Any:
        return self.quotient(*(self.value(a, env) for a in node.args))

    def quotient(self, above: Any, below: Any) -> Any:
        """Divide a number or an array by a number."""
        below = arrays.scalar_like(below)
        if arrays.is_array(below):
            msg = "division by an array"
            raise Undefined(msg)
        if below == 0:
            msg = "division by zero"
            raise Undefined(msg)
        self.require(sp.Ne(below, 0, evaluate=False) if not below.is_number else sp.true, below)
        return arrays.multiply(above, 1 / below) if arrays.is_array(above) else above / below

    def _pow(self, node: Node, env: Env) -> Any:
        base, exponent = self.value(node.args[0], env), self.value(node.args[1], env)
        base, exponent = arrays.scalar_like(base), arrays.scalar_like(exponent)
        if arrays.is_array(exponent):
            msg = "an array as exponent"
            raise Undefined(msg)
        if node.value == "elementwise" and arrays.is_array(base):
            return arrays.elementwise(lambda x: self.number_power(x, exponent), base)
        if arrays.is_array(base):
            if exponent == -1 and self._is_orthogonal(node.args[0], base):
                return arrays.transpose(base)
            if (
                getattr(exponent, "is_negative", False)
                and isinstance(base, sp.MatrixBase)
                and (base.rows == base.cols)
            ):
                self._require_invertible(node.args[0], base, env)
            return arrays.power(base, exponent)
        return self.number_power(base, exponent)

    def _is_orthogonal(self, node: Node, value: Any) -> bool:
        """Whether a matrix is declared orthogonal, so that its transpose is its inverse."""
        if isinstance(value, sp.MatrixBase):
            return value in self.orthogonal
        name = self.vocabulary.entries[node.value] if node.kind == "name" else None
        return name is not None and "orthogonal" in name.adjectives

    def _require_invertible(self, node: Node, value: Any, env: Env) -> None:
        """Note that a determinant is not zero; of a product, those of its square factors."""
        if node.kind == "mul":
            parts = [arrays.scalar_like(self.value(a, env)) for a in node.args]
            if all(isinstance(p, sp.MatrixBase) and p.rows == p.cols for p in parts):
                for inner, part in zip(node.args, parts, strict=True):
                    self._require_invertible(inner, part, env)
                return
        determinant = sp.factor_terms(sp.expand(value.det(method="berkowitz")))
        self.require(sp.Ne(determinant, 0), determinant)

    def number_power(self, base: Any, exponent: Any) -> Any:
        """Raise a number to a power."""
        if base == sp.E:
            return sp.exp(exponent)
        if not exponent.is_integer:
            self.require_nonnegative(base)
        if exponent.is_extended_nonnegative is not True:
            if base == 0:
                msg = "a negative power of zero"
                raise Undefined(msg)
            self.require(sp.Ne(base, 0, evaluate=False), base)
        return base**exponent

    def _root(self, node: Node, env: Env) -> Any:
        order, body = self.value(node.args[0], env), self.value(node.args[1], env)
        if arrays.is_array(body):
            return arrays.elementwise(lambda x: self.root(x, order), body)
        return self.root(body, order)

    def root(self, body: Any, order: Any = 2) -> Any:
        """Return the root of a number."""
        self.require_nonnegative(body)
        return body ** (1 / sp.sympify(order))

    def _fact(self, node: Node, env: Env) -> Any:
        return self.factorial(arrays.number(self.value(node.args[0], env), "the factorial"))

    def factorial(self, x: Any) -> Any:
        """Return the factorial of a number."""
        self.require_nonnegative(x)
        return sp.factorial(x)

    def _transpose(self, node: Node, env: Env) -> Any:
        return arrays.transpose(self.value(node.args[0], env))

    def _hadamard(self, node: Node, env: Env) -> Any:
        return arrays.hadamard(*(self.value(a, env) for a in node.args))

    def _kron(self, node: Node, env: Env) -> Any:
        return arrays.kron(*(self.value(a, env) for a in node.args))

    def _mod(self, node: Node, env: Env) -> Any:
        a, b = (arrays.number(self.value(x, env), "the remainder") for x in node.args)
        self.require(sp.Ne(b, 0), b)
        return sp.Mod(a, b)

    def _abs(self, node: Node, env: Env) -> Any:
        value = self.value(node.args[0], env)
        if arrays.is_array(value):
            msg = r"|.| of an array; write \lVert . \rVert"
            raise Undefined(msg)
        return sp.Abs(value)

    def _norm(self, node: Node, env: Env) -> Any:
        return arrays.norm(self.value(node.args[0], env), node.value, self.fresh)

    def _inner(self, node: Node, env: Env) -> Any:
        a, b = (self.value(x, env) for x in node.args)
        return arrays.scalar_like(arrays.multiply(arrays.transpose(a), b, fresh=self.fresh))

    def _floor(self, node: Node, env: Env) -> Any:
        return sp.floor(arrays.number(self.value(node.args[0], env), "the floor"))

    def _ceil(self, node: Node, env: Env) -> Any:
        return sp.ceiling(arrays.number(self.value(node.args[0], env), "the ceiling"))

    def _cardinality(self, node: Node, env: Env) -> Any:
        del env
        if not self.sizes_known:
            msg = "size of a set"
            raise NotGeneral(msg)
        return sp.Integer(len(self.members(self.vocabulary.entries[node.value[1]])))
