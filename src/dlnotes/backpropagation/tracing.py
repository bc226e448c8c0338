"""Reverse accumulation with every intermediate result kept for the reader."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from dlnotes.backpropagation.algebras import NUMBERS
from dlnotes.backpropagation.derivations import Derivation, derive
from dlnotes.backpropagation.expressions import DomainError, Expression
from dlnotes.backpropagation.operations import RULES
from dlnotes.backpropagation.parsing import parse
from dlnotes.backpropagation.tables import Cell, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sympy
    from numpy.typing import NDArray

__all__ = ["Edge", "OperationCounts", "Step", "Trace", "trace"]


class OperationCounts(NamedTuple):
    """Elementary operations for a value and for its whole gradient.

    Attributes
    ----------
    value : int
        One for each operation of the expression.
    reverse : int
        Value, local partials and one backward sweep.
    forward : int
        Value, local partials and one forward sweep for each variable.
    """

    value: int
    reverse: int
    forward: int


@dataclass(frozen=True)
class Edge:
    """One edge of the graph, from an operand into the operation that uses it.

    Attributes
    ----------
    source, target : str
        Names of the operand and of the operation.
    partial : float
        Local partial derivative of the target with respect to this operand.
    contribution : float
        Adjoint of the target times `partial`: what the edge adds to the operand's adjoint.
    position : int
        Which operand of the target it is.
    operation : str
        The operation of the target.
    symbolic_partial : sympy.Expr
        The local partial as a formula in the names of the target's operands.
    """

    source: str
    target: str
    partial: float
    contribution: float
    position: int
    operation: str
    _graph: Expression = field(repr=False)
    _index: int = field(repr=False)

    @property
    def symbolic_partial(self) -> sympy.Expr:
        """The local partial as a formula in the names of the target's operands."""
        return self._graph.local_partial(self._index, self.position)


@dataclass(frozen=True)
class Step:
    """One line of the calculation: a node with its value and its adjoint.

    Attributes
    ----------
    name : str
        Name of the node.
    operation : str
        ``"variable"``, ``"constant"`` or a name in the table of operations.
    formula : str
        The operation written with the names of its operands.
    value : float
        Value of the node.
    adjoint : float
        Partial derivative of the whole expression with respect to the node.
    edges : tuple of Edge
        The edges from its operands, without those from parts that hold no variable.
    """

    name: str
    operation: str
    formula: str
    value: float
    adjoint: float
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class Trace:
    """An expression worked forwards and backwards at a point. Made by `trace`.

    Attributes
    ----------
    expression : Expression
        The graph that was worked.
    at : mapping of str to float
        The point.
    steps : tuple of Step
        Variables and operations in topological order; parts without a variable are left out.
    value : float
        Value of the expression.
    gradient : dict of str to float
        Partial derivative for each variable.
    kinks : tuple of str
        Places where a derivative does not exist and a convention was used instead.
    """

    expression: Expression
    at: Mapping[str, float]
    steps: tuple[Step, ...]
    value: float
    gradient: dict[str, float]
    kinks: tuple[str, ...]

    @property
    def symbolic_gradient(self) -> dict[str, sympy.Expr]:
        """The partial derivatives as SymPy expressions."""
        return self.expression.symbolic_gradient

    def __getitem__(self, name: str) -> Step:
        """Return the step of a node by its name.

        Raises
        ------
        KeyError
            If no step has that name.
        """
        for step in self.steps:
            if step.name == name:
                return step
        names = ", ".join(step.name for step in self.steps)
        msg = f"no node {name!r}; the nodes are {names}"
        raise KeyError(msg)

    def table(self, sweep: Literal["both", "forward", "reverse"] = "both") -> Table:
        """Return the calculation as a table.

        Parameters
        ----------
        sweep : {"both", "forward", "reverse"}, optional
            ``"forward"`` has values and local partials in the order of calculation,
            ``"reverse"`` has adjoints in the order in which they become known, each with the
            contributions that it is the sum of, and ``"both"`` has value and adjoint alone.

        Returns
        -------
        Table
            Shows itself as HTML in a notebook and as text when printed.

        Raises
        ------
        ValueError
            If `sweep` is none of the three.

        Examples
        --------
        >>> from dlnotes.backpropagation import trace
        >>> print(trace("x*sin(x)", at={"x": 2}).table("reverse"))
        node  adjoint as a sum over edges            adjoint
        z     1                                      1
        v1    z: 1 × 2                               2
        x     z: 1 × 0.909297 + v1: 2 × (-0.416147)  0.0770038
        """
        if sweep not in ("both", "forward", "reverse"):
            msg = f'sweep must be "both", "forward" or "reverse", got {sweep!r}'
            raise ValueError(msg)
        rows: list[tuple[Cell, ...]] = []
        if sweep == "both":
            rows = [(s.name, s.formula, s.value, s.adjoint) for s in self.steps]
            return Table(("node", "computation", "value", "adjoint"), tuple(rows))
        if sweep == "forward":
            for step in self.steps:
                parts = "; ".join(_partial_text(edge) for edge in step.edges)
                formula = step.formula if step.operation != "variable" else "given"
                rows.append((step.name, formula, step.value, parts))
            return Table(("node", "computation", "value", "local partials"), tuple(rows))
        incoming: dict[str, list[Edge]] = {step.name: [] for step in self.steps}
        adjoints = {step.name: step.adjoint for step in self.steps}
        for step in reversed(self.steps):
            for edge in step.edges:
                incoming[edge.source].append(edge)
        for step in reversed(self.steps):
            terms = [
                f"{edge.target}: {adjoints[edge.target]:.6g} × {_bracketed(edge.partial)}"
                for edge in incoming[step.name]
            ]
            rows.append((step.name, " + ".join(terms) or "1", step.adjoint))
        return Table(("node", "adjoint as a sum over edges", "adjoint"), tuple(rows))

    def to_latex(self, sweep: Literal["forward", "reverse"] = "reverse") -> Derivation:
        r"""Return the calculation with symbols as a derivation in TeX, one step a row.

        Parameters
        ----------
        sweep : {"reverse", "forward"}, optional
            The adjoints from the value down to the variables, or the values of the nodes.

        Returns
        -------
        Derivation
            Printed, its rows; with ``.names`` what they mean. A notebook shows it as formulas,
            and the checker of the book reads it: see `Derivation.directive`.

        Raises
        ------
        ValueError
            If `sweep` is neither; if there is a kink at the point, so that there is no
            derivative to derive; if there is no variable; if two names look the same in TeX.

        Notes
        -----
        Of ``max``, ``min``, ``abs``, ``relu`` and ``sign`` the branch is derived in which the
        point lies, and the declarations say so.

        Examples
        --------
        >>> from dlnotes.backpropagation import trace
        >>> print(trace("x1*exp(x2)", at={"x1": 2, "x2": 0}).to_latex("forward"))
        v_1 &= \exp(x_2)
        \\ z &= x_1 v_1
        \\ &= x_1 \exp(x_2)  % all put in
        """
        if sweep not in ("forward", "reverse"):
            msg = f'sweep must be "forward" or "reverse", got {sweep!r}'
            raise ValueError(msg)
        return derive(self, sweep)

    def jvp(self, direction: Mapping[str, float]) -> float:
        """Return the derivative along a direction, by one forward sweep of tangents.

        Parameters
        ----------
        direction : mapping of str to float
            Components by variable; those left out are 0.

        Returns
        -------
        float
            The Jacobian-vector product: here the inner product of gradient and direction.

        Raises
        ------
        ValueError
            If `direction` names something that is not a variable.

        Examples
        --------
        >>> from dlnotes.backpropagation import trace
        >>> trace("x1*x2", at={"x1": 3, "x2": 4}).jvp({"x1": 1})
        4.0
        """
        extra = [name for name in direction if name not in self.gradient]
        if extra:
            has = ", ".join(self.gradient) or "no variable"
            msg = f"direction names {', '.join(extra)}, but the expression has {has}"
            raise ValueError(msg)
        tangents: dict[str, float] = {}
        for step in self.steps:
            if step.operation == "variable":
                tangents[step.name] = float(direction.get(step.name, 0.0))
            else:
                tangents[step.name] = math.fsum(
                    edge.partial * tangents[edge.source] for edge in step.edges
                )
        return tangents[self.expression.names[self.expression.root]]

    def local_matrix(self) -> NDArray[np.float64]:
        """Return the matrix of local partials.

        Returns
        -------
        ndarray, shape (len(steps), len(steps))
            Row i, column j: partial derivative of step i with respect to its operand j, the sum
            if j is used more than once. Strictly lower triangular.

        Examples
        --------
        >>> from dlnotes.backpropagation import trace
        >>> trace("x*x", at={"x": 3}).local_matrix()
        array([[0., 0.],
               [6., 0.]])
        """
        where = {step.name: k for k, step in enumerate(self.steps)}
        matrix = np.zeros((len(self.steps), len(self.steps)))
        for step in self.steps:
            for edge in step.edges:
                matrix[where[step.name], where[edge.source]] += edge.partial
        return matrix

    def operation_counts(self) -> OperationCounts:
        """Count the elementary operations of value and gradient.

        Returns
        -------
        OperationCounts
            In units of one elementary operation; an edge costs its local partial once and one
            multiplication and one addition in each sweep.

        Examples
        --------
        >>> from dlnotes.backpropagation import trace
        >>> trace("x1*x2*x3", at={"x1": 1, "x2": 2, "x3": 3}).operation_counts()
        OperationCounts(value=2, reverse=10, forward=26)
        """
        value = sum(bool(node.operands) for node in self.expression.nodes)
        edges = [edge for step in self.steps for edge in step.edges]
        partials = sum(RULES[e.operation].partial_costs[e.position] for e in edges)
        sweep = 2 * len(edges)
        return OperationCounts(
            value, value + partials + sweep, value + partials + sweep * len(self.gradient)
        )


def _bracketed(number: float) -> str:
    return f"({number:.6g})" if number < 0 else f"{number:.6g}"


def _partial_text(edge: Edge) -> str:
    formula = str(edge.symbolic_partial).replace("**", "^")
    shown = f"{edge.partial:.6g}"
    known = "" if formula == shown else f" = {shown}"
    return f"∂{edge.target}/∂{edge.source} = {formula}{known}"


def trace(expression: str | Expression, /, at: Mapping[str, float]) -> Trace:
    """Work an expression at a point: values forwards, adjoints backwards, every step kept.

    Parameters
    ----------
    expression : str or Expression
        In ordinary notation, see `parse`.
    at : mapping of str to float
        A finite real number for each variable.

    Returns
    -------
    Trace
        Value, gradient and all that lies between.

    Raises
    ------
    TypeError
        If `expression` is not text or a value is not a real number.
    ExpressionError
        If the text cannot be read.
    ValueError
        If a variable is missing, unknown, or not finite.
    DomainError
        If a value or a derivative does not exist, or overflows, at the point.

    Notes
    -----
    Both sweeps are loops over the nodes in topological order, so their time and memory are
    proportional to the number of nodes and no expression is too deep. At a kink the derivative
    does not exist; `Trace.kinks` then says where, and which number was used.

    References
    ----------
    .. [1] Andreas Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed.,
       SIAM, 2008, chapter 3.

    Examples
    --------
    >>> from dlnotes.backpropagation import trace
    >>> t = trace("x1*(x2 - 4) + exp(x3^2)/(5*x4^2)", at={"x1": 2, "x2": 5, "x3": 1, "x4": 2})
    >>> t.gradient["x1"], t.gradient["x2"]
    (1.0, 2.0)
    >>> t.symbolic_gradient["x4"]
    -2*exp(x3**2)/(5*x4**3)
    """
    graph = expression if isinstance(expression, Expression) else parse(expression)
    values = graph.values(at)
    nodes, names = graph.nodes, graph.names
    adjoints = [0.0] * len(nodes)
    adjoints[graph.root] = 1.0
    edges: list[tuple[Edge, ...]] = [()] * len(nodes)
    kinks = []
    for index in reversed(range(len(nodes))):
        node = nodes[index]
        if not node.operands or not node.active:
            continue
        operation = RULES[node.operation]
        operands = [values[k] for k in node.operands]
        if operation.kink is not None and (said := operation.kink(*operands)):
            kinks.append(f"{names[index]} = {operation.shown(operands)}: {said}")
        found = []
        for position, k in enumerate(node.operands):
            if not nodes[k].active:
                continue
            try:
                partial = float(operation.partials[position](NUMBERS, values[index], *operands))
                contribution = adjoints[index] * partial
            except (ValueError, ArithmeticError):
                partial = contribution = math.nan
            adjoints[k] += contribution
            if not (math.isfinite(partial) and math.isfinite(adjoints[k])):
                which = f" with respect to {names[k]}" if len(operands) > 1 else ""
                shown = operation.shown(operands)
                msg = f"{shown}: the derivative{which} does not exist here or is too large"
                raise DomainError(msg, graph.source, *node.span)
            found.append(
                Edge(
                    source=names[k],
                    target=names[index],
                    partial=partial,
                    contribution=contribution,
                    position=position,
                    operation=node.operation,
                    _graph=graph,
                    _index=index,
                )
            )
        edges[index] = tuple(found)
    steps = tuple(
        Step(names[i], node.operation, graph.formula(i), values[i], adjoints[i], edges[i])
        for i, node in enumerate(nodes)
        if node.active or i == graph.root
    )
    found_at = {n.symbol: i for i, n in enumerate(nodes) if n.operation == "variable"}
    gradient = {name: adjoints[found_at[name]] for name in graph.variables}
    point = MappingProxyType({name: values[found_at[name]] for name in graph.variables})
    return Trace(graph, point, steps, values[graph.root], gradient, tuple(reversed(kinks)))
