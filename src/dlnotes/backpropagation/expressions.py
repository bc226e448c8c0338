"""An expression as a graph of elementary operations, and its values and formulas."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, SupportsFloat

import numpy as np
import sympy

from dlnotes.backpropagation.algebras import NUMBERS, SYMBOLS
from dlnotes.backpropagation.operations import RULES
from dlnotes.backpropagation.sweeps import reverse_sweep

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["DomainError", "Expression", "ExpressionError", "Node"]

CONSTANTS = {"pi": math.pi}
"""Names that stand for a number."""

# Their derivatives are known in terms of their values: v(1 - v) and 1 - v^2.
_BY_VALUE = ("sigmoid", "tanh")


class ExpressionError(ValueError):
    """An expression that cannot be read; the message shows where.

    Parameters
    ----------
    reason : str
        What is wrong, and what would be right.
    source : str
        The expression.
    start, stop : int
        The part of `source` that is meant.

    Examples
    --------
    >>> from dlnotes.backpropagation import parse
    >>> parse("x1 * / x2")
    Traceback (most recent call last):
        ...
    dlnotes.backpropagation.expressions.ExpressionError: expected a number, a name or "(" here
        x1 * / x2
             ^
    """

    def __init__(self, reason: str, source: str, start: int, stop: int) -> None:
        self.reason = reason
        self.span = (start, stop)
        super().__init__(f"{reason}\n{_pointer(source, start, stop)}")


class DomainError(ExpressionError):
    """A value or a derivative that does not exist at the given point.

    The message names the part of the expression, as written, and the operands that it met.

    Examples
    --------
    >>> from dlnotes.backpropagation import trace
    >>> trace("x2 + 1/(x1 - 2)", at={"x1": 2, "x2": 1})
    Traceback (most recent call last):
        ...
    dlnotes.backpropagation.expressions.DomainError: 1/0: the divisor must not be 0
        x2 + 1/(x1 - 2)
             ^^^^^^^^^^
    """


def _pointer(source: str, start: int, stop: int) -> str:
    """Return the neighbourhood of a part of the source with carets under the part."""
    left = max(0, start - 40)
    right = min(len(source), max(stop, start + 1) + 40)
    head, tail = ("…" if left else ""), ("…" if right < len(source) else "")
    shown = re.sub(r"\s", " ", source[left:right])
    carets = "^" * max(1, min(stop, right) - start)
    return f"    {head}{shown}{tail}\n    {' ' * (len(head) + start - left)}{carets}"


class Node(NamedTuple):
    """One node of the graph of an expression.

    Attributes
    ----------
    operation : str
        A name in the table of operations, or ``"variable"`` or ``"constant"``.
    operands : tuple of int
        Positions of the operands in `Expression.nodes`; always smaller than the node's own.
    span : tuple of int
        Where the node was first read in the source.
    active : bool
        Whether a variable can be reached from the node, so that it takes part in the gradient.
    symbol : str
        Name of a variable or text of a constant, otherwise empty.
    """

    operation: str
    operands: tuple[int, ...]
    span: tuple[int, int]
    active: bool
    symbol: str = ""


@dataclass
class Place:
    """A place that people read in two ways, as spans of the source (see `readings`)."""

    kind: str
    usual: tuple[int, int]
    other: tuple[int, int]


class Expression:
    """An expression as a graph in which equal subexpressions are one node.

    Made by `parse`.

    Parameters
    ----------
    source : str
        The text that was read.
    name : str
        Name of the value: what stands before ``=``; if empty, ``z`` or another free name.
    nodes : sequence of Node
        The nodes in topological order: operands before the operations that use them.
    root : int
        Position of the node of the whole expression.
    places : sequence of Place
        What people might read in another way, for `readings`.

    Attributes
    ----------
    source, name, nodes, root, places
        As given.
    variables : tuple of str
        Names of the variables, sorted with numbers read as numbers.
    names : tuple of str
        Name of each node: variables keep theirs, operations are ``v1``, ``v2``, …, the last
        is `name`, and parts without a variable are named by their own text.

    Examples
    --------
    >>> from dlnotes.backpropagation import parse
    >>> expression = parse("(a + b)*(a + b)")
    >>> [expression.formula(i) for i in range(len(expression.nodes))]
    ['a', 'b', 'a + b', 'v1*v1']
    >>> expression.symbolic_gradient["a"]
    2*a + 2*b
    """

    def __init__(
        self, source: str, name: str, nodes: Sequence[Node], root: int, places: Sequence[Place]
    ) -> None:
        self.source = source
        self.nodes = tuple(nodes)
        self.root = root
        found = (node.symbol for node in nodes if node.operation == "variable")
        self.variables = tuple(sorted(found, key=_natural))
        self.name = name or next(n for n in ("z", "y", "f", "out_") if n not in self.variables)
        self.places = tuple(places)

    def __repr__(self) -> str:
        """Show the text that makes it."""
        return f"parse({self.source!r})"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Name of each node."""
        taken = {*self.variables, self.name}
        prefix = next(
            p
            for p in ("v", "w", "t", "v_")
            if not any(re.fullmatch(p + r"\d+", n) for n in taken)
        )
        names, count = [], 0
        for index, node in enumerate(self.nodes):
            if node.operation in ("variable", "constant"):
                names.append(node.symbol)
            elif index == self.root:
                names.append(self.name)
            elif node.active:
                count += 1
                names.append(f"{prefix}{count}")
            else:
                names.append(f"({self.source[slice(*node.span)]})")
        return tuple(names)

    def formula(self, index: int) -> str:
        """Return the operation of a node, written with the names of its operands.

        Parameters
        ----------
        index : int
            Position in `nodes`.

        Returns
        -------
        str
            For instance ``"x1*v1"``; of a variable or a constant, its name.
        """
        node = self.nodes[index]
        if not node.operands:
            return node.symbol
        return RULES[node.operation].text.format(*(self.names[k] for k in node.operands))

    def values(self, at: Mapping[str, float]) -> list[float]:
        """Return the value of every node, operands first.

        Parameters
        ----------
        at : mapping of str to float
            A finite real number for each variable.

        Returns
        -------
        list of float
            One value for each node.

        Raises
        ------
        TypeError
            If a value is not a real number.
        ValueError
            If a variable is missing, unknown, or not finite.
        DomainError
            If an operation has no finite value at the point.
        """
        point = _check_point(self, at)
        values: list[float] = []
        for node in self.nodes:
            if node.operation == "variable":
                values.append(point[node.symbol])
            elif node.operation == "constant":
                values.append(number_of(node.symbol))
            else:
                values.append(self._value(node, [values[k] for k in node.operands]))
        return values

    def _value(self, node: Node, operands: list[float]) -> float:
        operation = RULES[node.operation]
        try:
            value = float(operation.value(NUMBERS, *operands))
        except OverflowError:
            value = math.inf
        except (ValueError, ZeroDivisionError):
            msg = f"{operation.shown(operands)}: {operation.domain}"
            raise DomainError(msg, self.source, *node.span) from None
        if not math.isfinite(value):
            msg = f"{operation.shown(operands)}: the value is too large for double precision"
            raise DomainError(msg, self.source, *node.span)
        return value

    @cached_property
    def formulas(self) -> list[Any]:
        """Every node as a SymPy expression in the variables."""
        expressions: list[Any] = []
        for node in self.nodes:
            if node.operation == "variable":
                expressions.append(sympy.Symbol(node.symbol))
            elif not node.active:
                expressions.append(self.constants[len(expressions)])
            else:
                operands = (expressions[k] for k in node.operands)
                expressions.append(RULES[node.operation].value(SYMBOLS, *operands))
        return expressions

    @cached_property
    def constants(self) -> dict[int, Any]:
        """The nodes that hold no variable, exactly, by position."""
        found: dict[int, Any] = {}
        for index, node in enumerate(self.nodes):
            if node.operation == "constant":
                found[index] = _exact(node.symbol)
            elif not node.active and node.operands:
                operands = (found[k] for k in node.operands)
                found[index] = RULES[node.operation].value(SYMBOLS, *operands)
        return found

    def local_partial(self, index: int, position: int) -> sympy.Expr:
        """Return the derivative rule of an edge, written with the names of the operands.

        Parameters
        ----------
        index : int
            Position of an operation in `nodes`.
        position : int
            Which of its operands.

        Returns
        -------
        sympy.Expr
            For instance ``2*x3`` for the operation ``x3^2``.
        """
        node = self.nodes[index]
        operands = [
            sympy.Symbol(self.names[k]) if self.nodes[k].active else self.constants[k]
            for k in node.operands
        ]
        operation = RULES[node.operation]
        if node.operation in _BY_VALUE:
            value = sympy.Symbol(self.names[index])
        else:
            value = operation.value(SYMBOLS, *operands)
        return operation.partials[position](SYMBOLS, value, *operands)

    @property
    def symbolic(self) -> sympy.Expr:
        """The whole expression as a SymPy expression; decimals become exact fractions."""
        return self.formulas[self.root]

    @cached_property
    def symbolic_gradient(self) -> dict[str, sympy.Expr]:
        """The partial derivatives as SymPy expressions, by reverse accumulation on symbols.

        The same sweep as the numerical one, with formulas in place of numbers; SymPy's own
        ``diff`` is not used.
        """
        return {
            name: sympy.sympify(partial)
            for name, partial in reverse_sweep(self, SYMBOLS, self.formulas).items()
        }


def _natural(name: str) -> list[tuple[int, str]]:
    """Sort key under which ``x2`` comes before ``x10``."""
    return [(int(p), "") if p.isdecimal() else (-1, p) for p in re.split(r"(\d+)", name) if p]


def number_of(text: str) -> float:
    """Return the number that the text of a constant means."""
    return CONSTANTS[text] if text in CONSTANTS else float(text)


def _exact(text: str) -> sympy.Expr:
    return sympy.pi if text == "pi" else sympy.Rational(text)


def _check_point(expression: Expression, at: Mapping[str, float]) -> dict[str, float]:
    """Return the point with floats for values, in the expression's own variables."""
    wanted = expression.variables
    missing = [name for name in wanted if name not in at]
    if missing:
        msg = f"at={dict(at)!r} has no value for {', '.join(missing)}"
        if "e" in missing:
            msg += '; for Euler\'s number write "exp(1)"'
        raise ValueError(msg)
    extra = [str(name) for name in at if name not in wanted]
    if extra:
        has = ", ".join(wanted) or "no variable"
        msg = f"at={dict(at)!r} names {', '.join(extra)}, but the expression has {has}"
        raise ValueError(msg)
    point = {}
    for name in wanted:
        value: object = at[name]
        # float() would also read text; SupportsFloat is what NumPy and SymPy numbers share.
        if not isinstance(value, SupportsFloat) or isinstance(value, np.complexfloating):
            msg = f"at[{name!r}] must be a real number, got {value!r}"
            raise TypeError(msg)
        try:
            number = float(value)
        except TypeError:
            msg = f"at[{name!r}] must be a real number, got {value!r}"
            raise TypeError(msg) from None
        if not math.isfinite(number):
            msg = f"at[{name!r}] must be finite, got {value!r}"
            raise ValueError(msg)
        point[name] = number
    return point
