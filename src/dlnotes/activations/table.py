"""The tables of activation functions, written from the registry."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import sympy as sp
from sympy.printing.latex import LatexPrinter

from dlnotes.activations.activation import X
from dlnotes.activations.catalogue import ACTIVATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dlnotes.activations.activation import Activation
    from dlnotes.activations.parts import Framework

__all__ = ["facts_table", "frameworks_table", "reference_table"]

_HEADER = (
    r"| name | $f(x)$ | $f'(x)$ | range | $\sup\vert f'\vert$ |",
    "|---|---|---|---|---|",
)
_FACTS_HEADER = (
    r"| name | monotone | steepest at | limits | fixed points | kinks and jumps "
    r"| $\mathbb{E}f$ | $\mathbb{E}f^2$ | $\mathbb{E}f'^2$ |",
    "|---|---|---|---|---|---|---|---|---|",
)
_FRAMEWORKS = ("torch", "jax", "keras", "onnx")
_FRAMEWORKS_HEADER = (
    "| name | PyTorch | JAX | Keras | ONNX | introduced by |",
    "|---|---|---|---|---|---|",
)
# Parts that have a name of their own, so that the formulas stay short.
_U = sp.sqrt(2 / sp.pi) * (X + sp.Rational(44715, 10**6) * X**3)
_NAMED = {
    sp.erf(X / sp.sqrt(2)): 2 * sp.Function("Phi")(X) - 1,
    sp.exp(-(X**2) / 2): sp.sqrt(2 * sp.pi) * sp.Function("varphi")(X),
    _U: sp.Symbol("u"),
    sp.sqrt(2 / sp.pi) * (1 + sp.Rational(3 * 44715, 10**6) * X**2): sp.Symbol("u'"),
    sp.tanh(sp.log(1 + sp.exp(X))): sp.tanh(sp.Function("zeta")(X)),
}
_NOISE = 1e-13  # what is left of an integral that is zero
_LONG = 1000  # a fraction with a longer denominator reads better as a decimal


def reference_table(names: Iterable[str] | None = None) -> str:
    r"""Write the table as Markdown with TeX.

    Parameters
    ----------
    names : iterable of str, optional
        Which activation functions, in this order; all of the registry by default.

    Returns
    -------
    str
        A Markdown table: name, formula, derivative, range and Lipschitz constant, the last two
        at the default parameters. :math:`\Phi` and :math:`\varphi` are
        distribution and density of the standard normal law, :math:`\zeta` is softplus, and
        :math:`u` with derivative :math:`u'` the cubic in the tanh form of GELU.

    Raises
    ------
    UnknownActivationError
        If a name is not in the registry.

    Examples
    --------
    >>> from dlnotes.activations import reference_table
    >>> print(reference_table(["sigmoid"]).splitlines()[2])  # doctest: +ELLIPSIS
    | sigmoid | $\dfrac{1}{1 + e^{- x}}$ | ... | $(0,\,1)$ | 0.25 |
    """
    entries = [ACTIVATIONS[name] for name in (ACTIVATIONS if names is None else names)]
    return "\n".join([*_HEADER, *map(_row, entries)])


def _row(entry: Activation) -> str:
    facts = entry.facts
    defaults = "".join(
        f", ${sp.latex(p.symbol)}={p.default:g}$"
        for p in entry.parameters
        if math.isfinite(p.default)
    )
    cells = [
        _name(entry) + defaults,
        f"${_formula(_finite(entry, entry.expression))}$",
        f"${_formula(_finite(entry, entry.derivative_expression()))}$",
        _interval(facts.range, facts.attained),
        f"{facts.lipschitz:.6g}" if math.isfinite(facts.lipschitz) else r"$\infty$",
    ]
    return "| " + " | ".join(cells) + " |"


def facts_table(names: Iterable[str] | None = None) -> str:
    r"""Write what is computed of each function as Markdown with TeX.

    Parameters
    ----------
    names : iterable of str, optional
        Which activation functions, in this order; all of the registry by default.

    Returns
    -------
    str
        A Markdown table: how the function runs, where it is steepest, its limits, fixed points,
        kinks and jumps, and its moments under a standard normal input; all at the default
        parameters. Between the slopes at a kink stands an arrow; a jump is marked as one.

    Raises
    ------
    UnknownActivationError
        If a name is not in the registry.

    Examples
    --------
    >>> from dlnotes.activations import facts_table
    >>> facts_table(["relu"]).splitlines()[2].split("|")[2].strip()
    'nondecreasing'
    """
    entries = [ACTIVATIONS[name] for name in (ACTIVATIONS if names is None else names)]
    return "\n".join([*_FACTS_HEADER, *map(_facts_row, entries)])


def frameworks_table(names: Iterable[str] | None = None) -> str:
    """Write what the libraries call each function, with their defaults, as Markdown.

    Parameters
    ----------
    names : iterable of str, optional
        Which activation functions, in this order; all of the registry by default.

    Returns
    -------
    str
        A Markdown table. Defaults of parameters that differ from those of another library are
        bold.

    Raises
    ------
    UnknownActivationError
        If a name is not in the registry.

    Examples
    --------
    >>> from dlnotes.activations import frameworks_table
    >>> "**negative_slope=0.2**" in frameworks_table(["leaky_relu"])
    True
    """
    entries = [ACTIVATIONS[name] for name in (ACTIVATIONS if names is None else names)]
    return "\n".join([*_FRAMEWORKS_HEADER, *map(_frameworks_row, entries)])


def _facts_row(entry: Activation) -> str:
    facts, moments = entry.facts, entry.moments()
    fixed = [
        f"${_number(low)}$" if low == high else f"$[{_number(low)},\\,{_number(high)}]$"
        for low, high in entry.fixed_points()
    ]
    kinks = [
        f"${_number(at)}$: ${_number(left)}\\to{_number(right)}$"
        for at, (left, right) in facts.kinks.items()
        if at not in facts.jumps
    ]
    kinks += [
        f"${_number(at)}$: jump, ${_number(left)}\\to{_number(right)}$"
        for at, (left, right) in facts.jumps.items()
    ]
    low, high = facts.limits
    cells = [
        _name(entry),
        facts.monotone,
        f"${_number(facts.steepest)}$",
        f"${_number(low)},\\,{_number(high)}$",
        ", ".join(fixed) or "none",
        "; ".join(kinks) or "none",
        *(
            f"{v:.6g}" if abs(v) > _NOISE else "0"
            for v in (moments.mean, moments.square, moments.slope_square)
        ),
    ]
    return "| " + " | ".join(cells) + " |"


def _frameworks_row(entry: Activation) -> str:
    cells = [_name(entry)]
    for library in _FRAMEWORKS:
        found = [f for f in entry.frameworks if f.library == library]
        cells.append("; ".join(_framework(entry, f) for f in found) or "none")
    return "| " + " | ".join([*cells, entry.origin.label]) + " |"


def _framework(entry: Activation, framework: Framework) -> str:
    said = [f"`{framework.name}`"]
    names = framework.ours or {}
    for argument, default in (framework.defaults or {}).items():
        ours = names.get(argument, argument)
        usual = {p.name: p.default for p in entry.parameters}[ours]
        others = {
            f.parameters.get(ours, usual)
            for f in entry.frameworks
            if None not in (f.defaults or {}).values()
        }
        text = argument if default is None else f"{argument}={default:.4g}"
        said.append(f"**{text}**" if default is not None and len(others) > 1 else text)
    said += [f"{name}={value}" for name, value in (framework.fixed or {}).items()]
    return ", ".join(said)


def _name(entry: Activation) -> str:
    return entry.name.replace("_", r"\_")


class _Printer(LatexPrinter):  # type: ignore[misc]  # SymPy is not typed
    """LaTeX that reads well in a narrow cell."""

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:
        rows = [f"{self._print(value)} & {self._condition(when)}" for value, when in expr.args]
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"

    def _condition(self, when: sp.Basic) -> str:
        if when == sp.true:
            return r"\text{else}"
        if isinstance(when, sp.Or):
            return r"\text{ or }".join(map(self._condition, when.args))
        return str(self._print(when if when.lhs == X else when.reversed))


def _finite(entry: Activation, expression: sp.Expr) -> sp.Expr:
    """Leave out what only an infinite default parameter would bring into play."""
    return expression.subs({p.symbol: sp.oo for p in entry.parameters if math.isinf(p.default)})


def _formula(expression: sp.Expr) -> str:
    expression = expression.subs(_NAMED)
    decimals = {n: sp.Float(n, 6) for n in expression.atoms(sp.Rational) if n.q > _LONG}
    decimals |= {n: sp.Float(n, 4) for n in expression.atoms(sp.Float)}
    tex = str(_Printer().doprint(expression.xreplace(decimals)))
    # full-size fractions can be read; a bare vertical bar would end the cell of the table
    return tex.replace(r"\frac", r"\dfrac").replace("|", r"\vert ")


def _interval(ends: tuple[float, float], attained: tuple[bool, bool]) -> str:
    low, high = (_number(end) for end in ends)
    return f"${'[' if attained[0] else '('}{low},\\,{high}{']' if attained[1] else ')'}$"


def _number(value: float) -> str:
    if value in (float("inf"), float("-inf")):
        return r"\infty" if value > 0 else r"-\infty"
    return f"{value:.4g}"
