"""Making graphs: equal subexpressions become one node, and derivative rules become nodes.

`Builder` is what the parser writes its nodes with. `Recorder` is an algebra in the sense of
`dlnotes.backpropagation.algebras`: a rule that is read in it computes nothing, but records the
operations that it would do. That is how the gradient of a graph becomes a graph again.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from dlnotes.backpropagation.algebras import NUMBERS
from dlnotes.backpropagation.expressions import Node, number_of
from dlnotes.backpropagation.operations import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

    import sympy

__all__ = ["Builder", "Recorder", "Term"]


class Builder:
    """A growing list of nodes in which no two are equal.

    Attributes
    ----------
    nodes : list of Node
        Operands before the operations that use them.

    Examples
    --------
    >>> builder = Builder()
    >>> x = builder.leaf("variable", "x", (0, 1))
    >>> builder.node("mul", (x, x), (0, 3)), builder.node("mul", (x, x), (6, 9))
    (1, 1)
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._known: dict[tuple[str, object], int] = {}

    def node(self, operation: str, operands: tuple[int, ...], span: tuple[int, int]) -> int:
        """Return the position of an operation on operands; make it if it is new.

        Parameters
        ----------
        operation : str
            Its name in the table of operations.
        operands : tuple of int
            Positions of its operands.
        span : tuple of int
            The part of the source that is pointed at when it fails.

        Returns
        -------
        int
            Position in `nodes`.
        """
        key = (operation, operands)
        if key not in self._known:
            active = any(self.nodes[k].active for k in operands)
            self._known[key] = len(self.nodes)
            self.nodes.append(Node(operation, operands, span, active))
        return self._known[key]

    def leaf(self, kind: str, text: str, span: tuple[int, int]) -> int:
        """Return the position of a variable or a constant; make it if it is new.

        Parameters
        ----------
        kind : {"variable", "constant"}
            Which of the two.
        text : str
            Its name, or the digits of the number.
        span : tuple of int
            Where it stands in the source.

        Returns
        -------
        int
            Position in `nodes`.
        """
        key = (kind, text)
        if key not in self._known:
            self._known[key] = len(self.nodes)
            self.nodes.append(Node(kind, (), span, kind == "variable", text))
        return self._known[key]


class Term:
    """A node of a `Recorder`, with the signs of arithmetic."""

    __slots__ = ("index", "recorder")

    def __init__(self, recorder: Recorder, index: int) -> None:
        self.recorder, self.index = recorder, index

    def __add__(self, other: Any) -> Term:
        return self.recorder.apply("add", self, other)

    def __radd__(self, other: Any) -> Term:
        return self.recorder.apply("add", other, self)

    def __sub__(self, other: Any) -> Term:
        return self.recorder.apply("sub", self, other)

    def __rsub__(self, other: Any) -> Term:
        return self.recorder.apply("sub", other, self)

    def __mul__(self, other: Any) -> Term:
        return self.recorder.apply("mul", self, other)

    def __rmul__(self, other: Any) -> Term:
        return self.recorder.apply("mul", other, self)

    def __truediv__(self, other: Any) -> Term:
        return self.recorder.apply("div", self, other)

    def __rtruediv__(self, other: Any) -> Term:
        return self.recorder.apply("div", other, self)

    def __neg__(self) -> Term:
        return self.recorder.apply("neg", self)


# Where the algebra calls an operation by another name than the table.
_NAMES = {
    "absolute": "abs",
    "larger": "max",
    "smaller": "min",
    "step": "relu'",
    "middle_step": "max'",
}


class Recorder:
    """An algebra whose results are nodes of a graph.

    What needs no calculation is not recorded: sums with 0, products with 0 and 1, operations on
    constants; and small whole powers become products.

    Attributes
    ----------
    builder : Builder
        The nodes.
    span : tuple of int
        What new nodes point at in the source.

    Examples
    --------
    >>> recorder = Recorder()
    >>> x = recorder.variable("x")
    >>> slope = RULES["sin"].partials[0](recorder, None, x * 1 + 0)
    >>> [node.operation for node in recorder.builder.nodes if node.operands]
    ['cos']
    """

    def __init__(self) -> None:
        self.builder = Builder()
        self.span = (0, 0)

    def __getattr__(self, name: str) -> Callable[..., Term]:
        operation = _NAMES.get(name, name)
        if operation not in RULES:
            raise AttributeError(name)
        return partial(self.apply, operation)

    def visit(self, node: Node) -> None:
        """Let new nodes point at the place of this one."""
        self.span = node.span

    def variable(self, name: str) -> Term:
        """Return the term of a variable."""
        return Term(self, self.builder.leaf("variable", name, self.span))

    def constant(self, number: float | sympy.Expr) -> Term:
        """Return the term of a number."""
        return Term(self, self.builder.leaf("constant", repr(float(number)), self.span))

    def known(self, term: Term) -> float | None:
        """Return the number that a term is, or None if it is not constant."""
        node = self.builder.nodes[term.index]
        return number_of(node.symbol) if node.operation == "constant" else None

    def apply(self, operation: str, *operands: Any) -> Term:
        """Record an operation on terms and numbers, unless it needs no calculation."""
        terms = [a if isinstance(a, Term) else self.constant(a) for a in operands]
        numbers = [self.known(term) for term in terms]
        if None not in numbers:
            try:
                value = float(RULES[operation].value(NUMBERS, *numbers))
            except (ValueError, ArithmeticError):
                value = math.nan
            # What has no value is recorded all the same: evaluating it names the place.
            if math.isfinite(value):
                return self.constant(value)
        simpler = _SIMPLER.get(operation)
        found = simpler(self, terms, numbers) if simpler else None
        if found is not None:
            return found
        indices = [term.index for term in terms]
        if operation in ("add", "mul"):
            indices.sort()  # a + b and b + a are the same number, so one node
        return Term(self, self.builder.node(operation, tuple(indices), self.span))

    def power(self, a: Term, b: Any) -> Term:
        """Return a power."""
        return self.apply("pow", a, b)

    def power_slope(self, a: Term, b: Any) -> Term | int:
        """Return the derivative of a power with respect to its base."""
        exponent = self.known(b)
        return 0 if exponent == 0 else b * self.power(a, b - 1)

    def power_log(self, v: Term, a: Term) -> Term:
        """Return the derivative of a power with respect to its exponent."""
        return v * self.apply("log", a)

    def ratio(self, a: Term, v: Term) -> Term:
        """Return the quotient of a coordinate and the distance."""
        return a / v

    def activation(self, name: str, order: int, a: Term) -> Term:
        """Return an activation function of the registry or one of its derivatives."""
        return self.apply(name + "'" * order, a)

    def _negated(self, term: Term) -> Term | None:
        """Return what a term is the negative of, or None."""
        node = self.builder.nodes[term.index]
        return Term(self, node.operands[0]) if node.operation == "neg" else None


_Numbers = list[float | None]


def _sum(r: Recorder, terms: list[Term], numbers: _Numbers) -> Term | None:
    a, b = terms
    if 0 in numbers:
        return b if numbers[0] == 0 else a
    if (opposite := r._negated(b)) is not None:
        return a - opposite
    if (opposite := r._negated(a)) is not None:
        return b - opposite
    return None


def _difference(r: Recorder, terms: list[Term], numbers: _Numbers) -> Term | None:
    a, b = terms
    if numbers[1] == 0:
        return a
    if numbers[0] == 0:
        return -b
    return a + opposite if (opposite := r._negated(b)) is not None else None


def _product(r: Recorder, terms: list[Term], numbers: _Numbers) -> Term | None:
    for number, other in ((numbers[0], terms[1]), (numbers[1], terms[0])):
        if number == 0:
            return r.constant(0.0)
        if number in (1, -1):
            return other if number == 1 else -other
        if number is not None and number < 0:
            return -(-number * other)
    # Signs are moved outwards, where a sum becomes a difference and they cost nothing.
    for first, other in (terms, terms[::-1]):
        if (opposite := r._negated(first)) is not None:
            return -(opposite * other)
    return None


def _quotient(r: Recorder, terms: list[Term], numbers: _Numbers) -> Term | None:
    if numbers[1] == 1:
        return terms[0]
    # A product is cheaper than a quotient; powers of two are divided by without rounding.
    if numbers[1] and math.frexp(numbers[1])[0] in (0.5, -0.5):
        return terms[0] * (1 / numbers[1])
    if (opposite := r._negated(terms[0])) is not None:
        return -(opposite / terms[1])
    return None


def _power(r: Recorder, terms: list[Term], numbers: _Numbers) -> Term | None:
    a, exponent = terms[0], numbers[1]
    if exponent == 0:
        return r.constant(1.0)
    if exponent in (1, 2):
        return a if exponent == 1 else a * a
    if exponent in (3, 4):
        square = a * a
        return square * (a if exponent == 3 else square)
    return None


_SIMPLER: dict[str, Callable[[Recorder, list[Term], _Numbers], Term | None]] = {
    "add": _sum,
    "sub": _difference,
    "mul": _product,
    "div": _quotient,
    "neg": lambda r, terms, numbers: r._negated(terms[0]),
    "pow": _power,
}
