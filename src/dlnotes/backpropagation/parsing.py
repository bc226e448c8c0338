"""Text to graph: a small parser for ordinary notation. Nothing is ever evaluated as code.

The parser is the two-stack method of Dijkstra's shunting yard, so the depth of an expression is
limited by memory and not by Python's recursion limit. Equal subexpressions become one node.
"""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass

from dlnotes.activations import ACTIVATIONS
from dlnotes.backpropagation._building import Builder
from dlnotes.backpropagation.expressions import (
    CONSTANTS,
    Expression,
    ExpressionError,
    Place,
)
from dlnotes.backpropagation.operations import OPERATIONS

__all__ = ["parse"]

_INFIX = {"+": "add", "-": "sub", "*": "mul", "/": "div", "^": "pow"}
_BINDING = {"add": 1, "sub": 1, "mul": 2, "div": 2, "neg": 3, "pow": 4}
_SPELLINGS = {"**": "^", "−": "-", "·": "*", "×": "*", "÷": "/"}
_ALIASES = {"ln": "log"} | {f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan")}
_OF_MANY = ("max", "min")
# A name of an operation wins over an alias: "exp" is the exponential function itself.
_FUNCTIONS = (
    {alias: entry.name for entry in ACTIVATIONS.values() for alias in entry.aliases}
    | {name: name for name in OPERATIONS if name not in _BINDING}
    | _ALIASES
)

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<operator>\*\*|[-+*/^−·×÷])"
    r"|(?P<mark>[(),=])"
    r"|(?P<end>$)"
    r"|(?P<unknown>\S))"
)


@dataclass(frozen=True)
class _Item:
    """An operand on the parser's stack: its node and what of the source it covers."""

    node: int
    start: int
    stop: int
    operation: str = ""  # the operation on top of it, unless brackets are around it
    left_stop: int = 0  # where the left operand of an infix operation ends
    right_start: int = 0  # where its right operand begins
    place: int = -1  # the doubtful division that a product continues


class _Parser:
    """Two stacks: operands that are complete, and operators that wait for theirs."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.builder = Builder()
        self.items: list[_Item] = []
        # Waiting: (operation or bracket, where it stands, how many operands were on the stack).
        self.waiting: list[tuple[str, int, int]] = []
        self.places: list[Place] = []

    def error(self, reason: str, start: int, stop: int) -> ExpressionError:
        return ExpressionError(reason, self.source, start, stop)

    def leaf(self, kind: str, text: str, start: int, stop: int) -> None:
        span = (start, stop)
        self.items.append(_Item(self.builder.leaf(kind, text, span), start, stop))

    def reduce(self) -> None:
        """Apply the operator that waits on top to the operands on top."""
        operation, at, _ = self.waiting.pop()
        right = self.items.pop()
        if operation == "neg":
            node = self.builder.node("neg", (right.node,), (at, right.stop))
            if right.operation == "pow":
                self.places.append(
                    Place("minus", (right.start, right.stop), (at, right.left_stop))
                )
            self.items.append(_Item(node, at, right.stop, "neg"))
            return
        left = self.items.pop()
        place = -1
        if operation == "mul":
            # a / b * c: is c below the line? And so on for a / b * c * d.
            if left.operation == "div":
                self.places.append(
                    Place("slash", (left.start, left.stop), (left.right_start, right.stop))
                )
                place = len(self.places) - 1
            elif left.place >= 0:
                place = left.place
                self.places[place].other = (self.places[place].other[0], right.stop)
        elif operation == "pow" and right.operation == "pow":
            self.places.append(
                Place("tower", (right.start, right.stop), (left.start, right.left_stop))
            )
        span = (left.start, right.stop)
        node = self.builder.node(operation, (left.node, right.node), span)
        self.items.append(
            _Item(node, left.start, right.stop, operation, left.stop, right.start, place)
        )

    def infix(self, operation: str, at: int) -> None:
        binding = _BINDING[operation]
        while self.waiting:
            above = _BINDING.get(self.waiting[-1][0], 0)
            # Powers group to the right, everything else to the left.
            if above > binding or (above == binding and operation != "pow"):
                self.reduce()
            else:
                break
        self.waiting.append((operation, at, len(self.items)))

    def close(self, at: int) -> None:
        """Handle a closing bracket: a group, or the end of a function's arguments."""
        while self.waiting and self.waiting[-1][0] in _BINDING:
            self.reduce()
        if not self.waiting:
            msg = 'this ")" closes nothing'
            raise self.error(msg, at, at + 1)
        what, start, below = self.waiting.pop()
        if what == "(":
            inner = self.items.pop()
            self.items.append(_Item(inner.node, start, at + 1))
            return
        arguments = [item.node for item in self.items[below:]]
        arity = OPERATIONS[what].arity
        many = what in _OF_MANY and len(arguments) > arity
        if len(arguments) != arity and not many:
            plural = "" if arity == 1 else "s"
            msg = f"{what} takes {arity} argument{plural}, got {len(arguments)}"
            raise self.error(msg, start, at + 1)
        del self.items[below:]
        # max(a, b, c) is max(max(a, b), c).
        node, span = arguments[0], (start, at + 1)
        if arity == 1:
            node = self.builder.node(what, (node,), span)
        for following in arguments[1:]:
            node = self.builder.node(what, (node, following), span)
        self.items.append(_Item(node, start, at + 1))

    def name(self, text: str, start: int, stop: int, *, called: bool) -> None:
        if called:
            if text not in _FUNCTIONS:
                near = difflib.get_close_matches(text, _FUNCTIONS, 1)
                known = f"functions: {', '.join(sorted(_FUNCTIONS))}"
                hint = f'did you mean "{near[0]}"?' if near else known
                msg = f'no function "{text}"; {hint} (a product needs "*")'
                raise self.error(msg, start, stop)
            self.waiting.append((_FUNCTIONS[text], start, len(self.items)))
        elif text in _FUNCTIONS:
            msg = f'"{text}" is a function: write {text}(…)'
            raise self.error(msg, start, stop)
        else:
            self.leaf("constant" if text in CONSTANTS else "variable", text, start, stop)

    def number(self, text: str, start: int, stop: int) -> None:
        value = float(text)
        if math.isinf(value) or (value == 0 and re.search("[1-9]", text.lower().split("e")[0])):
            msg = f"the number {text} is out of the range of double precision"
            raise self.error(msg, start, stop)
        self.leaf("constant", text, start, stop)

    def run(self, begin: int) -> int:
        """Read the source from `begin` and return the root."""
        position, want_operand = begin, True
        while True:
            match = _TOKEN.match(self.source, position)
            assert match is not None  # the last two alternatives take anything
            kind, text = str(match.lastgroup), str(match[str(match.lastgroup)])
            start, position = match.start(match.lastgroup or 0), match.end()
            if kind == "unknown" or text == "=":
                msg = f'cannot read "{text}"'
                if text in "[{]}":
                    msg += "; write round brackets"
                raise self.error(msg, start, position)
            if want_operand:
                if kind == "number":
                    self.number(text, start, position)
                    want_operand = False
                elif kind == "name":
                    following = _TOKEN.match(self.source, position)
                    called = following is not None and following["mark"] == "("
                    self.name(text, start, position, called=called)
                    want_operand = called
                    if called and following is not None:
                        position = following.end()
                elif text == "(":
                    self.waiting.append(("(", start, len(self.items)))
                elif _SPELLINGS.get(text, text) == "-":
                    self.waiting.append(("neg", start, len(self.items)))
                elif text != "+":
                    msg = 'expected a number, a name or "(" here'
                    if kind == "end" and begin == start:
                        msg = "the expression is empty"
                    raise self.error(msg, start, position)
            elif kind == "operator":
                self.infix(_INFIX[_SPELLINGS.get(text, text)], start)
                want_operand = True
            elif text == ")":
                self.close(start)
            elif text == ",":
                while self.waiting and self.waiting[-1][0] in _BINDING:
                    self.reduce()
                if not self.waiting or self.waiting[-1][0] == "(":
                    msg = "a comma belongs between the arguments of a function"
                    raise self.error(msg, start, position)
                want_operand = True
            elif kind == "end":
                return self.finish()
            else:
                msg = 'expected an operator here; a product needs "*"'
                raise self.error(msg, start, position)

    def finish(self) -> int:
        while self.waiting:
            what, at, _ = self.waiting[-1]
            if what not in _BINDING:
                bracket = self.source.index("(", at)
                msg = 'this "(" is never closed'
                raise self.error(msg, bracket, bracket + 1)
            self.reduce()
        return self.items[0].node


def parse(expression: str) -> Expression:
    """Read an expression in ordinary notation as a graph.

    Parameters
    ----------
    expression : str
        Numbers, names, ``+ - * /``, powers as ``^`` or ``**``, round brackets, the functions of
        `OPERATIONS` (also under the aliases of the registry of activation functions, ``ln`` for
        ``log``, ``arcsin``, ``arccos`` and ``arctan``) and the constant ``pi``. Every other
        name is a variable. It may begin with ``name =``.

    Returns
    -------
    Expression
        The graph.

    Raises
    ------
    TypeError
        If `expression` is not a string.
    ExpressionError
        If it cannot be read; the message points at the place.

    Notes
    -----
    The grammar is that of Python and most languages: powers bind most tightly and group to the
    right, then the sign, then ``*`` and ``/`` from left to right, then ``+`` and ``-``. So
    ``-x^2`` is ``-(x^2)`` and ``a/b*c`` is ``(a/b)*c``. The text is never handed to ``eval``
    or to SymPy's parser.

    Examples
    --------
    >>> from dlnotes.backpropagation import parse
    >>> parse("y = x1*(x2 - 4)").variables
    ('x1', 'x2')
    """
    text: object = expression
    if not isinstance(text, str):
        msg = f"expression must be a string, got {text!r}"
        raise TypeError(msg)
    head = re.match(r"\s*([^\W\d]\w*)\s*=", expression)
    parser = _Parser(expression)
    root = parser.run(head.end() if head else 0)
    name = head[1] if head else ""
    nodes = parser.builder.nodes
    if any(node.operation == "variable" and node.symbol == name for node in nodes):
        msg = f'"{name}" stands on both sides of "="'
        raise parser.error(msg, *(head.span(1) if head else (0, 1)))
    return Expression(expression, name, nodes, root, parser.places)
