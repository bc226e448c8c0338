r"""A traced expression as a derivation: rows that a reader follows and a checker verifies.

What is written is the language of the book's displays (`dlnotes.checking` reads it): each name
is declared, each row is one relation, and the comment at the end of a row is its reason. The
declaration :math:`\bar{v} := \partial z / \partial v` gives an adjoint its meaning, so that a
row with a wrong local partial derivative is refuted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy

from dlnotes.backpropagation.algebras import SYMBOLS
from dlnotes.backpropagation.operations import OPERATIONS
from dlnotes.backpropagation.sweeps import adjoints_of
from dlnotes.backpropagation.typesetting import name_parts, side_by_side, typeset

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dlnotes.backpropagation.tracing import Edge, Trace

__all__ = ["Derivation", "derive"]

_LONGEST = 60  # characters of a closed form beyond which it helps nobody

# Of these the derivation is written for the branch in which the point lies.
_BRANCHES = ("abs", "sign", "relu", "max", "min")

# What must hold so that an operation has a value and a derivative, in the TeX of its operands.
_CONDITIONS = {
    "div": (r"{1} \ne 0",),
    "log": ("{0} > 0",),
    "log2": ("{0} > 0",),
    "log10": ("{0} > 0",),
    "log1p": ("{0} > -1",),
    "sqrt": ("{0} > 0",),
    "cbrt": ("{0} > 0",),
    "asin": ("{0} > -1", "{0} < 1"),
    "acos": ("{0} > -1", "{0} < 1"),
    "atanh": ("{0} > -1", "{0} < 1"),
    "acosh": ("{0} > 1",),
    "atan2": (r"{1} + \sqrt{{{0}^2 + {1}^2}} \ne 0", r"{0}^2 + {1}^2 \ne 0"),
    "tan": (r"\cos({0}) \ne 0",),
    "hypot": (r"{0}^2 + {1}^2 \ne 0", r"\sqrt{{{0}^2 + {1}^2}} \ne 0"),
}


@dataclass(frozen=True)
class Derivation:
    """Rows of a derivation with the declarations of its names; made by `Trace.to_latex`.

    Attributes
    ----------
    names : tuple of str
        Declarations, as in a notation block: variables, conditions, nodes, adjoints.
    rows : tuple of str
        TeX rows with an alignment mark; what stands behind a percent sign is the reason.
    """

    names: tuple[str, ...]
    rows: tuple[str, ...]

    def __str__(self) -> str:
        """Return the rows as they stand in a display of the book."""
        return "\n".join(f"\\\\ {row}" if k else row for k, row in enumerate(self.rows))

    def directive(self, label: str) -> str:
        """Return the derivation as a directive for a chapter.

        Parameters
        ----------
        label : str
            The label of the display.

        Returns
        -------
        str
            MyST source, checked like any other display of the book.
        """
        return f"```{{derivation}} {label}\n:with: {'; '.join(self.names)}\n{self}\n```"

    def _repr_latex_(self) -> str:
        """Show the rows with their reasons in a column of their own."""
        shown = []
        for row in self.rows:
            tex, _, reason = row.partition("  % ")
            parts = reason.split("$")
            said = "".join(
                part if k % 2 else rf"\text{{{part}}}" for k, part in enumerate(parts) if part
            )
            shown.append(rf"{tex} && \quad {said}" if reason else f"{tex} &&")
        return "$\\begin{aligned}\n" + " \\\\\n".join(shown) + "\n\\end{aligned}$"


class _Names:
    """TeX for every node of a traced expression."""

    def __init__(self, trace: Trace) -> None:
        graph = trace.expression
        parts = {step.name: name_parts(step.name) for step in trace.steps}
        self.plain = {name: letter + sub for name, (letter, sub) in parts.items()}
        self.barred = {name: rf"\bar{{{letter}}}{sub}" for name, (letter, sub) in parts.items()}
        if len(set(self.plain.values())) < len(self.plain):
            msg = f"two names of {graph.source!r} look the same in TeX: {self.plain}"
            raise ValueError(msg)
        self.nodes: list[tuple[str, bool]] = []  # TeX, and whether it may stand in a product
        symbolic = graph.constants
        for index, node in enumerate(graph.nodes):
            if node.active:
                self.nodes.append((self.plain[graph.names[index]], True))
            else:
                tex = typeset(symbolic[index], self.plain)
                self.nodes.append((tex, typeset(symbolic[index], {}, within=2) == tex))

    def operand(self, index: int, *, product: bool = False) -> str:
        tex, atom = self.nodes[index]
        return f"({tex})" if product and not atom else tex


def _formula(trace: Trace, names: _Names, index: int, *, inline: bool = False) -> str:
    """Return an operation in the TeX of its operands, in the order of the source."""
    node = trace.expression.nodes[index]
    bare = [names.operand(k) for k in node.operands]
    tight = [names.operand(k, product=True) for k in node.operands]
    infix = {
        "add": lambda: f"{bare[0]} + {tight[1]}",
        "sub": lambda: f"{bare[0]} - {tight[1]}",
        "mul": lambda: side_by_side(tight),
        "div": lambda: (
            f"{tight[0]} / {tight[1]}" if inline else rf"\frac{{{bare[0]}}}{{{bare[1]}}}"
        ),
        "neg": lambda: f"-{tight[0]}",
    }
    if node.operation in infix:
        return infix[node.operation]()
    symbols = [sympy.Symbol(f"operand {k}") for k in range(len(bare))]
    known = {s.name: tex for s, tex in zip(symbols, tight, strict=True)}
    if node.operation == "pow" and not trace.expression.nodes[node.operands[1]].active:
        symbols[1] = trace.expression.constants[node.operands[1]]
    if node.operation == "atan2":
        a, b = symbols
        return typeset(2 * sympy.atan(a / (b + sympy.sqrt(a**2 + b**2))), known)
    if node.operation == "cbrt":
        return rf"\sqrt[3]{{{bare[0]}}}"
    return typeset(OPERATIONS[node.operation].value(SYMBOLS, *symbols), known)


def _conditions(trace: Trace, names: _Names, index: int) -> Iterator[str]:
    """Yield what must hold for an operation to have a derivative."""
    graph = trace.expression
    node = graph.nodes[index]
    operands = [names.operand(k) for k in node.operands]
    conditions = _CONDITIONS.get(node.operation, ())
    if node.operation == "div":
        divisor = node.operands[1]
        if not graph.nodes[divisor].active:
            return
        # Of a product, each factor; where that is too long to say, the divisor itself. Powers
        # too: the derivatives are divided by them, and not every reader concludes so much.
        factors = sympy.Mul.make_args(sympy.fraction(graph.formulas[divisor])[0])
        wanted: dict[sympy.Expr, None] = {}
        for factor in factors:
            base = factor.as_base_exp()[0]
            if base.is_Symbol:
                wanted[base] = None
            elif not factor.is_number and base is not sympy.E:
                wanted |= dict.fromkeys((base, base**2, factor, factor**2))
        short = [_closed(each, names) for each in wanted]
        if short and all(short):
            yield from (rf"assume : {base} \ne 0" for base in short)
            return
    if node.operation == "pow":
        exponent = node.operands[1]
        fixed = None if graph.nodes[exponent].active else graph.constants[exponent]
        if fixed is None or not fixed.is_Integer:
            conditions = ("{0} > 0",)
        elif fixed < 0:
            conditions = (r"{0} \ne 0",)
    if node.operation in _BRANCHES:
        values = [
            trace[graph.names[k]].value if graph.nodes[k].active else float(graph.constants[k])
            for k in node.operands
        ]
        relation = ">" if values[0] > (*values, 0.0)[1] else "<"
        conditions = (f"{{0}} {relation} {'{1}' if len(values) > 1 else '0'}",)
    for condition in conditions:
        yield f"assume : {condition.format(*operands)}"
    for place in OPERATIONS[node.operation].kinks:
        yield rf"assume : {operands[0]} \ne {typeset(place, {})}"


def _term(edge: Edge, names: _Names, root: str, values: Mapping[str, float]) -> str:
    """Return the adjoint of the user times the local partial derivative."""
    partial = _decided(edge.symbolic_partial, values)
    if edge.target == root:
        return typeset(partial, names.plain)
    bar = names.barred[edge.target]
    if partial == 1:
        return bar
    if partial == -1:
        return f"-{bar}"
    return side_by_side([bar, typeset(partial, names.plain, within=2)])


def _decided(expression: sympy.Expr | int, values: Mapping[str, float]) -> sympy.Expr:
    """Return a formula with its signs and steps replaced by what they are at the point."""

    def above_zero(argument: sympy.Expr) -> bool:
        return bool(argument.evalf(subs=dict(values)) > 0)

    return (
        sympy.sympify(expression)
        .replace(sympy.Heaviside, lambda a, _: sympy.Integer(above_zero(a)))
        .replace(sympy.sign, lambda a: sympy.Integer(1 if above_zero(a) else -1))
    )


def _closed(expression: sympy.Expr, names: _Names) -> str:
    """Return a formula in the variables alone, or nothing where it would help nobody."""
    try:
        tex = typeset(expression, names.plain)
    except ValueError:  # a function without TeX
        return ""
    return tex if len(tex) <= _LONGEST else ""


def _of_a_variable(value: str, variable: str, sweep: str) -> Derivation:
    """Return the derivation of an expression that is a variable and nothing else."""
    (letter, sub), z = name_parts(variable), "".join(name_parts(value))
    x, bar = letter + sub, rf"\bar{{{letter}}}{sub}"
    declared = f"{x} : real", f"{z} := {x}"
    if sweep == "forward":
        return Derivation(declared, (f"{z} &= {x}",))
    meaning = rf"{bar} := \frac{{\partial {z}}}{{\partial {x}}}"
    return Derivation((*declared, meaning), (f"{bar} &= 1",))


def derive(trace: Trace, sweep: str) -> Derivation:
    r"""Write a sweep of a traced expression as a derivation.

    Parameters
    ----------
    trace : Trace
        The worked expression.
    sweep : {"forward", "reverse"}
        Which sweep.

    Returns
    -------
    Derivation
        Its rows and the declarations they need.

    Examples
    --------
    >>> from dlnotes.backpropagation import trace
    >>> print(derive(trace("x*sin(x)", at={"x": 2}), "reverse"))
    \bar{v}_1 &= x  % from $z = x v_1$
    \\ \bar{x} &= v_1 + \bar{v}_1 \cos(x)  % from $z = x v_1$ and $v_1 = \sin(x)$
    \\ &= \sin(x) + x \cos(x)
    """
    if trace.kinks and sweep == "reverse":
        msg = f"there is no derivative to derive at a kink: {trace.kinks[0]}"
        raise ValueError(msg)
    if not trace.gradient:
        msg = f"there is no variable in {trace.expression.source!r}, so nothing to derive"
        raise ValueError(msg)
    graph, names = trace.expression, _Names(trace)
    if not graph.nodes[graph.root].operands:
        return _of_a_variable(graph.name, graph.variables[0], sweep)
    values = {step.name: step.value for step in trace.steps}
    where = {name: k for k, name in enumerate(graph.names)}
    root = graph.names[graph.root]
    operations = [s for s in trace.steps if s.operation not in ("variable", "constant")]
    formulas = {s.name: _formula(trace, names, where[s.name]) for s in operations}
    declared = [f"{names.plain[name]} : real" for name in graph.variables]
    definitions = [f"{names.plain[name]} := {tex}" for name, tex in formulas.items()]
    needed = dict.fromkeys(
        condition for s in operations for condition in _conditions(trace, names, where[s.name])
    )
    rows: list[str] = []
    bars: list[str] = []
    if sweep == "forward":
        rows = [f"{names.plain[name]} &= {tex}" for name, tex in formulas.items()]
        closed = _closed(graph.symbolic, names)
        if len(operations) > 1 and closed:
            rows.append(f"&= {closed}  % all put in")
        return Derivation((*declared, *needed, *definitions), tuple(rows))
    # The same sweep with symbols gives each adjoint as a formula in the variables.
    closed_forms = adjoints_of(graph, SYMBOLS, graph.formulas)
    incoming: dict[str, list[Edge]] = {step.name: [] for step in trace.steps}
    for step in reversed(trace.steps):
        for edge in step.edges:
            incoming[edge.source].append(edge)
    for step in reversed(trace.steps):
        if step.name == root or not incoming[step.name]:
            continue
        edges = incoming[step.name]
        bar = names.barred[step.name]
        of, by = names.plain[root], names.plain[step.name]
        bars.append(rf"{bar} := \frac{{\partial {of}}}{{\partial {by}}}")
        tex = " + ".join(_term(edge, names, root, values) for edge in edges).replace(
            "+ -", "- "
        )
        users = dict.fromkeys(edge.target for edge in edges)
        reason = " and ".join(
            f"${names.plain[user]} = {_formula(trace, names, where[user], inline=True)}$"
            for user in users
        )
        rows.append(f"{bar} &= {tex}  % from {reason}")
        closed = _closed(_decided(closed_forms[where[step.name]], trace.at), names)
        if closed not in ("", tex):
            rows.append(f"&= {closed}")
    return Derivation((*declared, *needed, *definitions, *bars), tuple(rows))
