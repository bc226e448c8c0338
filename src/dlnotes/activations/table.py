"""The reference table of activation functions, written from the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp
from sympy.printing.latex import LatexPrinter

from dlnotes.activations.activation import X
from dlnotes.activations.catalogue import ACTIVATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dlnotes.activations.activation import Activation

__all__ = ["reference_table"]

_HEADER = (
    r"| name | $f(x)$ | $f'(x)$ | range | $\sup\vert f'\vert$ |",
    "|---|---|---|---|---|",
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
    defaults = "".join(f", ${sp.latex(p.symbol)}={p.default:g}$" for p in entry.parameters)
    cells = [
        entry.name.replace("_", r"\_") + defaults,
        f"${_formula(entry.expression)}$",
        f"${_formula(entry.derivative_expression())}$",
        _interval(facts.range, facts.attained),
        f"{facts.lipschitz:.6g}",
    ]
    return "| " + " | ".join(cells) + " |"


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
