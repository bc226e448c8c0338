"""Value and gradient as straight-line Python code, written from the recorded graph.

The text of an expression is never run. What is run is written here from the nodes of its graph:
a line for each operation, with names and numbers that this module makes itself.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, cast

from dlnotes._arguments import as_real
from dlnotes.backpropagation.algebras import NUMBERS
from dlnotes.backpropagation.derivatives import gradient_terms
from dlnotes.backpropagation.expressions import Expression, number_of
from dlnotes.backpropagation.operations import RULES
from dlnotes.backpropagation.parsing import parse
from dlnotes.backpropagation.tracing import trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dlnotes.backpropagation.expressions import Node

__all__ = ["CompiledGradient", "compile_gradient", "straight_line"]

# What is cheaper to write out than to call. The rest is called by name.
_INLINE = {
    "max": "{1} if {1} > {0} else {0}",
    "min": "{1} if {1} < {0} else {0}",
    "relu": "{0} if {0} > 0.0 else 0.0",
    "relu'": "1.0 if {0} > 0.0 else 0.0",
    "pow": "pow({0}, {1})",
}


class CompiledGradient(Protocol):
    """A function of the variables that returns value and gradient; made by `compile_gradient`.

    Attributes
    ----------
    variables : tuple of str
        Names of the arguments, in their order.
    source : str
        The Python code.

    Examples
    --------
    >>> from dlnotes.backpropagation import compile_gradient
    >>> compile_gradient("x*y").variables
    ('x', 'y')
    """

    variables: tuple[str, ...]
    source: str

    def __call__(self, *point: float) -> tuple[float, tuple[float, ...]]:
        """Return the value and the partial derivative for each variable."""


def _called(operation: str) -> str:
    """Return the name by which the code calls an operation."""
    return operation.replace("'", "_prime")


def _callable(operation: str) -> Callable[..., float]:
    if operation == "abs":
        return abs
    own = getattr(NUMBERS, operation, None)
    return own if own is not None else partial(RULES[operation].value, NUMBERS)


def _total(names: Sequence[str]) -> str:
    # Not finite if one of them is not. A sum of many terms would be nested too deeply.
    return " + ".join(names) if len(names) < 50 else f"sum(({', '.join(names)}))"


def straight_line(nodes: Sequence[Node], wanted: Iterable[int]) -> tuple[list[str], list[str]]:
    """Write a line of code for each operation that is needed.

    Parameters
    ----------
    nodes : sequence of Node
        A graph.
    wanted : iterable of int
        The positions of the results.

    Returns
    -------
    lines : list of str
        Assignments, without indentation.
    names : list of str
        What the code calls each node: ``a0``, ``a1``, … for variables, ``v5`` for node 5, and
        constants by their digits.

    Examples
    --------
    >>> from dlnotes.backpropagation import parse
    >>> graph = parse("x*sin(x)")
    >>> straight_line(graph.nodes, [graph.root])[0]
    ['v1 = sin(a0)', 'v2 = a0*v1']
    """
    needed = bytearray(len(nodes))
    for index in wanted:
        needed[index] = True
    for index in reversed(range(len(nodes))):
        if needed[index]:
            for k in nodes[index].operands:
                needed[k] = True
    lines: list[str] = []
    names: list[str] = []
    variables = 0
    for index, node in enumerate(nodes):
        if node.operation == "variable":
            names.append(f"a{variables}")
            variables += 1
        elif node.operation == "constant":
            number = number_of(node.symbol)
            names.append(repr(number) if number >= 0 else f"({number!r})")
        else:
            names.append(f"v{index}")
            if needed[index]:
                text = _INLINE.get(node.operation) or _called(RULES[node.operation].text)
                operands = (names[k] for k in node.operands)
                lines.append(f"v{index} = {text.format(*operands)}")
    return lines, names


def compile_gradient(expression: str | Expression, /) -> CompiledGradient:
    """Turn an expression into a fast function that returns its value and its gradient.

    Parameters
    ----------
    expression : str or Expression
        In ordinary notation, see `parse`.

    Returns
    -------
    CompiledGradient
        A function ``f(*point)`` of one number for each variable, in the order of
        ``f.variables``, that returns the value and a tuple with the partial derivative for
        each variable. ``f.source`` is its code.

    Raises
    ------
    TypeError
        If `expression` is not text.
    ExpressionError
        If the text cannot be read.

    Notes
    -----
    Both sweeps are recorded once as a graph, in which common parts are shared and nothing is
    multiplied by 1 or added to 0, and written out with a line for each operation. Where a line
    fails, or a result is not finite, the point is worked again by `trace`, which names the
    place. At a kink the convention of `trace` is used and not reported.

    Examples
    --------
    >>> from dlnotes.backpropagation import compile_gradient
    >>> f = compile_gradient("x1*sin(x2)")
    >>> f(2.0, 0.0)
    (0.0, (0.0, 2.0))
    >>> print(f.source)
    def value_and_gradient(a0, a1):
        if a0.__class__ is not float: a0 = real(a0, 'x1')
        if a1.__class__ is not float: a1 = real(a1, 'x2')
        try:
            v2 = sin(a1)
            v3 = a0*v2
            v6 = cos(a1)
            v7 = a0*v6
        except (ValueError, ArithmeticError):
            return again(a0, a1)
        if not isfinite(v3 + v2 + v7):
            return again(a0, a1)
        return v3, (v2, v7)
    """
    graph = expression if isinstance(expression, Expression) else parse(expression)
    recorder, value, gradient = gradient_terms(graph)
    nodes = recorder.builder.nodes
    results = [value.index, *(term.index for term in gradient)]
    lines, names = straight_line(nodes, results)
    # In the code the arguments are numbered as the graph meets them.
    met = [node.symbol for node in nodes if node.operation == "variable"]
    called = {name: f"a{k}" for k, name in enumerate(met)}
    arguments = ", ".join(called[name] for name in graph.variables)
    out = [names[k] for k in results]
    partials = ", ".join(out[1:]) + ("," if len(out) == 2 else "")
    body = [
        *(
            f"if {called[name]}.__class__ is not float: "
            f"{called[name]} = real({called[name]}, {name!r})"
            for name in graph.variables
        ),
        "try:",
        *(f"    {line}" for line in lines or ["pass"]),
        "except (ValueError, ArithmeticError):",
        f"    return again({arguments})",
        f"if not isfinite({_total(out)}):",
        f"    return again({arguments})",
        f"return {out[0]}, ({partials})",
    ]
    source = "\n    ".join([f"def value_and_gradient({arguments}):", *body])

    def again(*point: float) -> tuple[float, tuple[float, ...]]:
        worked = trace(graph, at=dict(zip(graph.variables, point, strict=True)))
        return worked.value, tuple(worked.gradient.values())

    used = {node.operation for node in nodes if node.operands}
    space: dict[str, Any] = {_called(name): _callable(name) for name in used}
    space |= {"again": again, "real": as_real, "isfinite": math.isfinite, "pow": math.pow}
    exec(compile(source, f"<gradient of {graph.source[:60]}>", "exec"), space)
    function = space["value_and_gradient"]
    function.variables, function.source = graph.variables, source
    return cast("CompiledGradient", function)
