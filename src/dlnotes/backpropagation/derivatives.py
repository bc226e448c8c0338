"""Derivatives of a graph as graphs of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlnotes._arguments import as_real
from dlnotes.backpropagation._building import Recorder, Term
from dlnotes.backpropagation.expressions import Expression
from dlnotes.backpropagation.parsing import parse
from dlnotes.backpropagation.sweeps import forward_sweep, reverse_sweep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dlnotes.backpropagation.expressions import Node

__all__ = ["directional_derivative", "gradient_terms"]


def _record(expression: Expression) -> tuple[Recorder, list[Term]]:
    """Return a recorder that holds a graph, and the term of each of its nodes."""
    recorder = Recorder()
    terms: list[Term] = []
    for node in expression.nodes:
        recorder.visit(node)
        if node.operation == "variable":
            terms.append(recorder.variable(node.symbol))
        elif node.operation == "constant":
            index = recorder.builder.leaf("constant", node.symbol, node.span)
            terms.append(Term(recorder, index))
        else:
            operands = (terms[k] for k in node.operands)
            terms.append(recorder.apply(node.operation, *operands))
    return recorder, terms


def gradient_terms(expression: Expression) -> tuple[Recorder, Term, list[Term]]:
    """Record value and gradient of an expression in one graph.

    Parameters
    ----------
    expression : Expression
        The graph.

    Returns
    -------
    recorder : Recorder
        The new graph.
    value : Term
        Its node for the value.
    gradient : list of Term
        Its node for the partial derivative with respect to each variable.

    Examples
    --------
    >>> from dlnotes.backpropagation import parse
    >>> recorder, value, gradient = gradient_terms(parse("exp(3*x)"))
    >>> [node.operation for node in recorder.builder.nodes if node.operands]
    ['mul', 'exp', 'mul']
    """
    recorder, terms = _record(expression)
    found = reverse_sweep(expression, recorder, terms).values()
    gradient = [a if isinstance(a, Term) else recorder.constant(a) for a in found]
    return recorder, terms[expression.root], gradient


def directional_derivative(
    expression: str | Expression,
    /,
    direction: Mapping[str, float],
    *,
    mode: Literal["reverse", "forward"] = "reverse",
) -> Expression:
    """Return the derivative along a direction as an expression of its own.

    Parameters
    ----------
    expression : str or Expression
        In ordinary notation, see `parse`.
    direction : mapping of str to float
        Components by variable; those left out are 0.
    mode : {"reverse", "forward"}, optional
        By one backward sweep and an inner product, or by one forward sweep of tangents.

    Returns
    -------
    Expression
        Its graph has at most a fixed multiple of the nodes. Its gradient is the product of the
        matrix of second derivatives with the direction.

    Raises
    ------
    ValueError
        If `direction` names something that is not a variable, or `mode` is unknown.
    TypeError
        If a component is not a real number.

    Examples
    --------
    >>> from dlnotes.backpropagation import directional_derivative, trace
    >>> slope = directional_derivative("x1^2*x2", {"x1": 1})
    >>> slope.symbolic
    2*x1*x2
    >>> trace(slope, at={"x1": 3, "x2": 5}).gradient
    {'x1': 10.0, 'x2': 6.0}
    """
    graph = expression if isinstance(expression, Expression) else parse(expression)
    if mode not in ("reverse", "forward"):
        msg = f'mode must be "reverse" or "forward", got {mode!r}'
        raise ValueError(msg)
    extra = [str(name) for name in direction if name not in graph.variables]
    if extra:
        has = ", ".join(graph.variables) or "no variable"
        msg = f"direction names {', '.join(extra)}, but the expression has {has}"
        raise ValueError(msg)
    along = {name: as_real(d, f"direction[{name!r}]") for name, d in direction.items()}
    recorder, terms = _record(graph)
    if mode == "forward":
        found = forward_sweep(graph, recorder, terms, along)
    else:
        partials = reverse_sweep(graph, recorder, terms)
        found = 0
        for name, component in along.items():
            found = found + partials[name] * component
    root = found if isinstance(found, Term) else recorder.constant(found)
    name = f"d{graph.name}"
    while name in graph.variables:
        name += "_"
    nodes = recorder.builder.nodes
    return Expression(graph.source, name, *_needed(nodes, root.index), ())


def _needed(nodes: list[Node], root: int) -> tuple[list[Node], int]:
    """Keep the nodes that the root is made of, and all variables; return them and the root."""
    wanted = {root}
    for index in reversed(range(root + 1)):
        if index in wanted:
            wanted.update(nodes[index].operands)
    wanted |= {i for i, node in enumerate(nodes) if node.operation == "variable"}
    places = {old: new for new, old in enumerate(sorted(wanted))}
    kept = [
        nodes[old]._replace(operands=tuple(places[k] for k in nodes[old].operands))
        for old in places
    ]
    return kept, places[root]
