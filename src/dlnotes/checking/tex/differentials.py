r"""Fractions and derivatives: ``\frac{d}{dx}``, ``\partial_x``, ``\nabla_x``."""

from __future__ import annotations

from dlnotes.checking.tex.nodes import Node
from dlnotes.checking.tex.operators import Operators

__all__ = ["Differentials"]


class Differentials(Operators):
    """The part of the reader for derivatives."""

    def fraction(self) -> Node:
        r"""Read ``\frac``: a quotient or a derivative such as ``\frac{d}{dx}``."""
        first = self.i
        self.take(r"\frac")
        top, bottom = self.i + 1, self.closing(self.i + 1) + 2
        if self._starts_derivative(top) and self._starts_derivative(bottom):
            return self._derivative(first)
        self.take("{")
        self.bracketed("(")
        above = self.expr()
        self.take("}")
        self.take("{")
        below = self.expr()
        self.take("}")
        self.leave()
        return Node("div", (above, below), span=self.span_from(first))

    def _starts_derivative(self, j: int) -> bool:
        text = self.tokens[j].text
        if text == r"\partial" or text == r"\operatorname{d}":
            return True
        return text == "d" and self.tokens[j + 1].text not in ("_", "'")

    def _derivative(self, first: int) -> Node:
        self.take("{")
        sign = self.take().text
        if sign == "d" and any(e.pattern == ("d",) for e in self.vocabulary.candidates("d")):
            self.fail(
                "d is a declared name: is this a derivative?",
                r"write \mathrm{d}",
                at=self.i - 1,
            )
        order = 1
        if self.here == "^":
            self.take()
            self.take("{")
            order = int(self.take().text) if self.token.kind == "num" else 0
            if order < 1:
                self.fail("the order of a derivative is a number")
            self.take("}")
        body: Node | None = None
        if self.here != "}":
            self.bracketed("(")
            body = self.expr()
            self.leave()
        self.take("}")
        self.take("{")
        variables: list[Node] = []
        orders: list[int] = []
        while self.here != "}":
            self.take(sign, "the denominator repeats the sign of the derivative")
            variables.append(self.atom_without_power())
            times = 1
            if self.here == "^":
                self.take()
                self.take("{")
                times = int(self.take().text) if self.token.kind == "num" else 0
                self.take("}")
            orders.append(times)
        self.take("}")
        if sum(orders) != order:
            self.fail(f"order {order} above, {sum(orders)} below", "d^2 f over dx^2", at=first)
        if body is None:
            body = self.operand(rf"\frac{{{sign}}}{{{sign} x}}")
        value = (sign == r"\partial", tuple(orders))
        return Node("deriv", (body, *variables), value, self.span_from(first))

    def operand(self, operator: str) -> Node:
        """Read the operand of an operator: one factor, so that its reach is never in doubt."""
        first = self.i
        body = self.factor()
        if self.juxtaposed():
            self.fail(
                f"how far {operator} reaches is not clear",
                "put its operand in brackets, or write \\cdot after it",
                at=first,
            )
        return body

    def partial(self) -> Node:
        r"""Read ``\partial_x f(x)`` or ``\partial_{x} f``."""
        first = self.i
        self.take(r"\partial")
        self.take("_", r"write \partial_x or \frac{\partial}{\partial x}")
        self.take("{")
        variable = self.atom_without_power()
        self.take("}")
        body = self.operand(r"\partial_x")
        return Node("deriv", (body, variable), (True, (1,)), self.span_from(first))

    def gradient(self) -> Node:
        r"""Read ``\nabla f(x)``, ``\nabla_{\mathbf w} L(\mathbf w)`` or ``\nabla^2 f(x)``."""
        first = self.i
        self.take(r"\nabla")
        variable = Node("none")
        order = 1
        if self.here == "_":
            self.take()
            self.take("{")
            variable = self.atom_without_power()
            self.take("}")
        if self.here == "^":
            self.take()
            self.take("{")
            if self.take().text != "2":
                self.fail(r"only \nabla and \nabla^2 are read", at=self.i - 1)
            self.take("}")
            order = 2
        body = self.operand(r"\nabla")
        return Node("grad", (body, variable), order, self.span_from(first))
