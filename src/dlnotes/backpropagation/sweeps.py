"""The two modes of differentiation, each written once for every algebra."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlnotes.backpropagation.operations import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dlnotes.backpropagation.expressions import Expression

__all__ = ["adjoints_of", "forward_sweep", "reverse_sweep"]


def adjoints_of(expression: Expression, algebra: Any, values: list[Any]) -> list[Any]:
    """Return the adjoint of every node, in any algebra; those of constant parts are 0.

    Parameters
    ----------
    expression : Expression
        The graph.
    algebra : object
        In which the derivative rules are read.
    values : list
        What each node is in this algebra.

    Returns
    -------
    list
        Elements of the algebra, or integers.

    Examples
    --------
    >>> from dlnotes.backpropagation import NUMBERS, parse
    >>> graph = parse("x*x")
    >>> adjoints_of(graph, NUMBERS, graph.values({"x": 3}))
    [6.0, 1]
    """
    adjoints: list[Any] = [0] * len(expression.nodes)
    adjoints[expression.root] = 1
    for index in reversed(range(len(expression.nodes))):
        node = expression.nodes[index]
        if not node.operands or not node.active:
            continue
        algebra.visit(node)
        operands = [values[k] for k in node.operands]
        rules = RULES[node.operation].partials
        for rule, k in zip(rules, node.operands, strict=True):
            if expression.nodes[k].active:
                partial = rule(algebra, values[index], *operands)
                adjoints[k] = adjoints[k] + adjoints[index] * partial
    return adjoints


def reverse_sweep(expression: Expression, algebra: Any, values: list[Any]) -> dict[str, Any]:
    """Return the partial derivative for each variable, in any algebra.

    Parameters
    ----------
    expression : Expression
        The graph.
    algebra : object
        In which the derivative rules are read.
    values : list
        What each node is in this algebra.

    Returns
    -------
    dict
        By variable, in the order of `Expression.variables`; an element of the algebra, or an
        integer.

    Examples
    --------
    >>> from dlnotes.backpropagation import NUMBERS, parse
    >>> graph = parse("x*x*y")
    >>> reverse_sweep(graph, NUMBERS, graph.values({"x": 3, "y": 2}))
    {'x': 12.0, 'y': 9.0}
    """
    adjoints = adjoints_of(expression, algebra, values)
    found = {
        node.symbol: adjoints[index]
        for index, node in enumerate(expression.nodes)
        if node.operation == "variable"
    }
    return {name: found[name] for name in expression.variables}


def forward_sweep(
    expression: Expression, algebra: Any, values: list[Any], direction: Mapping[str, float]
) -> Any:
    """Return the derivative along a direction, in any algebra.

    Parameters
    ----------
    expression : Expression
        The graph.
    algebra : object
        In which the derivative rules are read.
    values : list
        What each node is in this algebra.
    direction : mapping of str to float
        Components by variable; those left out are 0.

    Returns
    -------
    object
        An element of the algebra, or a number.

    Examples
    --------
    >>> from dlnotes.backpropagation import NUMBERS, parse
    >>> graph = parse("x*y")
    >>> forward_sweep(graph, NUMBERS, graph.values({"x": 3, "y": 2}), {"x": 1})
    2.0
    """
    tangents: list[Any] = []
    for index, node in enumerate(expression.nodes):
        algebra.visit(node)
        tangent: Any = 0
        if node.operation == "variable":
            tangent = direction.get(node.symbol, 0)
        operands = [values[k] for k in node.operands]
        rules = RULES[node.operation].partials if node.operands else ()
        for rule, k in zip(rules, node.operands, strict=True):
            if expression.nodes[k].active:
                tangent = tangent + rule(algebra, values[index], *operands) * tangents[k]
        tangents.append(tangent)
    return tangents[expression.root]
