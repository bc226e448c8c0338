"""The reference tables of activation functions, written from the registry."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mpmath
import sympy as sp
from sympy.printing.latex import LatexPrinter

from dlnotes.activations._markdown import LIBRARIES, as_table, as_text, as_use
from dlnotes.activations.activation import X
from dlnotes.activations.catalogue import ACTIVATIONS
from dlnotes.activations.peers import VERSIONS, compare_with_peers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dlnotes.activations.activation import Activation
    from dlnotes.activations.parts import Framework, Kink, Parameter

__all__ = ["facts_table", "framework_table", "peer_table", "reference_table"]

_REFERENCE = ("name", "$f(x)$", "$f'(x)$", "range", "increasing", r"$\sup\vert f'\vert$")
_FRAMEWORKS = ("name", "corners: left, right, returned", *LIBRARIES.values(), "introduced by")

_FACTS = (
    "name", "limits", "steepest at", "fixed points",
    r"$\mathbb{E}f$", r"$\mathbb{E}f^2$", r"$\mathbb{E}f'^2$",
)  # fmt: skip

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
_INCREASING = {
    "strictly increasing": "strictly",
    "nondecreasing": "weakly",
    "not monotone": "no",
}


def reference_table(names: Iterable[str] | None = None) -> str:
    r"""Write the table of formulas and facts as Markdown with TeX.

    Parameters
    ----------
    names : iterable of str, optional
        Which activation functions, in this order; all of the registry by default.

    Returns
    -------
    str
        A Markdown table: name, formula, derivative, range, whether it increases, and Lipschitz
        constant, the last three at the default parameters. :math:`\Phi` and :math:`\varphi` are
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
    | sigmoid | $\dfrac{1}{1 + e^{- x}}$ | ... | $(0,\,1)$ | strictly | $0.25$ |
    """
    return as_table(_REFERENCE, (_facts_row(entry) for entry in _entries(names)))


def framework_table(names: Iterable[str] | None = None) -> str:
    """Write the table of corners, of the libraries' names and defaults, and of the origins.

    Parameters
    ----------
    names : iterable of str, optional
        Which activation functions, in this order; all of the registry by default.

    Returns
    -------
    str
        A Markdown table. At a corner it gives the two one-sided derivatives and the one that
        the package returns, and the libraries' choice where it is another. A default that
        differs from the package's is printed in bold.

    Raises
    ------
    UnknownActivationError
        If a name is not in the registry.

    Examples
    --------
    >>> from dlnotes.activations import framework_table
    >>> print(framework_table(["squareplus"]).splitlines()[2])
    | squareplus |  |  | squareplus (b = 4) | squareplus (b = 4) |  | Barron, 2021 |
    """
    return as_table(_FRAMEWORKS, (_framework_row(entry) for entry in _entries(names)))


def facts_table(names: Iterable[str] | None = None) -> str:
    r"""Write the table of what is computed from values and derivatives.

    Parameters
    ----------
    names : iterable of str, optional
        Which activation functions, in this order; all of the registry by default.

    Returns
    -------
    str
        A Markdown table, for the default parameters: the limits at minus and plus infinity, the
        point nearest to zero at which the slope is largest in magnitude, the solutions of
        :math:`f(x)=x`, and, with a standard normal input, the mean of the function, of its
        square and of the square of its slope.

    Raises
    ------
    UnknownActivationError
        If a name is not in the registry.

    Examples
    --------
    >>> from dlnotes.activations import facts_table
    >>> facts_table(["relu"]).splitlines()[2]
    '| relu | $0,\\,\\infty$ | $0$ | $[0,\\,\\infty)$ | $0.398942$ | $0.5$ | $0.5$ |'
    """
    return as_table(_FACTS, (_computed_row(entry) for entry in _entries(names)))


def peer_table() -> str:
    """Write the table of places where other libraries lose digits.

    Returns
    -------
    str
        A Markdown table: function, argument, true value, and the relative error of each
        library and of this package. An empty cell says that the library does not have the
        function; an error of 1 is a result of zero.

    Examples
    --------
    >>> from dlnotes.activations import peer_table
    >>> print(peer_table().splitlines()[0])  # doctest: +ELLIPSIS
    | function | $x$ | true value | PyTorch ... | JAX ... | SciPy ... | this package |
    """
    titles = {"torch": "PyTorch", "jax": "JAX", "scipy": "SciPy"}
    columns = [f"{title} {VERSIONS[library]}" for library, title in titles.items()]
    rows = [
        [
            as_text(row.function),
            f"${_power(row.x)}$",
            f"${_power(float(row.true), 6)}$",
            *(_error(getattr(row, name), row.true) for name in (*titles, "ours")),
        ]
        for row in compare_with_peers()
    ]
    return as_table(("function", "$x$", "true value", *columns, "this package"), rows)


def _error(value: float | None, true: str) -> str:
    if value is None:
        return ""
    with mpmath.workdps(30):
        exact = mpmath.mpf(true)
        off = float(abs((mpmath.mpf(value) - exact) / exact))
    return f"${_power(off, 2)}$"


def _power(value: float, digits: int = 4) -> str:
    """Return a number in TeX, with a power of ten instead of an e."""
    number, _, exponent = f"{value:.{digits}g}".partition("e")
    return number + (rf" \cdot 10^{{{int(exponent)}}}" if exponent else "")


def _entries(names: Iterable[str] | None) -> list[Activation]:
    return [ACTIVATIONS[name] for name in (ACTIVATIONS if names is None else names)]


# Formulas and facts ---------------------------------------------------------------------------


def _facts_row(entry: Activation) -> list[str]:
    facts = entry.facts
    defaults = "".join(f", ${sp.latex(p.symbol)}={_default(p)}$" for p in entry.parameters)
    return [
        as_text(entry.name) + defaults,
        f"${_formula(entry.expression)}$",
        f"${_formula(entry.derivative_expression())}$",
        _interval(facts.range, facts.attained),
        _INCREASING[facts.monotone],
        f"${_number(facts.lipschitz, 6)}$",
    ]


def _computed_row(entry: Activation) -> list[str]:
    facts, moments = entry.facts, entry.moments()
    low, high = (_number(limit) for limit in facts.limits)
    expectations = (moments.mean, moments.square, moments.slope_square)
    return [
        as_text(entry.name),
        f"${low},\\,{high}$",
        _plain(facts.steepest),
        ", ".join(_solutions(entry, *ends) for ends in entry.fixed_points()) or "none",
        *(f"${_number(v, 6) if abs(v) > _NOISE else 0}$" for v in expectations),
    ]


def _solutions(entry: Activation, low: float, high: float) -> str:
    """Write a point, or an interval of points, without the ends at which the function jumps."""
    if low == high:
        return _plain(low)
    closed = [math.isfinite(end) and end == float(entry(end)) for end in (low, high)]
    return _interval((low, high), (closed[0], closed[1]))


def _default(parameter: Parameter) -> str:
    exact = parameter.exact
    if exact is not None and exact.is_Rational:
        return str(sp.latex(exact))
    return _number(parameter.default, 6)


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
        if when.rhs == -X:  # SymPy's way to write x < -b
            when = when.func(X, -when.lhs)
        return str(self._print(when.reversed if when.rhs.has(X) else when))

    def _print_ExpBase(self, expr: sp.exp, exp: str | None = None) -> str:
        above, below = expr.exp.as_numer_denom()  # an exponent has no room for a fraction
        power = self._print(above) + ("" if below == 1 else f" / {self._print(below)}")
        return f"e^{{{power}}}" if exp is None else rf"\left(e^{{{power}}}\right)^{{{exp}}}"


def _formula(expression: sp.Expr) -> str:
    expression = expression.subs(_NAMED)
    decimals = {n: sp.Float(n, 6) for n in expression.atoms(sp.Rational) if n.q > _LONG}
    decimals |= {n: sp.Float(n, 4) for n in expression.atoms(sp.Float)}
    tex = str(_Printer({"order": "none"}).doprint(expression.xreplace(decimals)))
    # full-size fractions can be read; a bare vertical bar would end the cell of the table
    return tex.replace(r"\frac", r"\dfrac").replace("|", r"\vert ")


def _interval(ends: tuple[float, float], attained: tuple[bool, bool]) -> str:
    low, high = (_number(end) for end in ends)
    return f"${'[' if attained[0] else '('}{low},\\,{high}{']' if attained[1] else ')'}$"


def _number(value: float, digits: int = 4) -> str:
    if value in (float("inf"), float("-inf")):
        return r"\infty" if value > 0 else r"-\infty"
    return f"{value:.{digits}g}"


# Corners and libraries ------------------------------------------------------------------------


def _framework_row(entry: Activation) -> list[str]:
    cells = dict.fromkeys(LIBRARIES, "")
    for framework in entry.frameworks:
        known = cells[framework.library]
        cells[framework.library] = f"{known}; " * bool(known) + _use(entry, framework)
    corners = "; ".join(
        _corner(entry, at, kink)
        for kink in entry.kinks
        if (at := float(kink.at.subs(entry.substitution()))) in entry.facts.kinks
    )
    return [as_text(entry.name), corners, *cells.values(), entry.origin.label]


def _corner(entry: Activation, at: float, kink: Kink) -> str:
    left, right = entry.facts.kinks[at]
    sides = {"left": left, "right": right, "middle": (left + right) / 2}
    chosen = float(entry.derivative(at))
    others = [
        f"{LIBRARIES[library]} {_plain(sides[side])}"
        for library, side in (("torch", kink.torch), ("jax", kink.jax))
        if side is not None and not math.isclose(sides[side], chosen)
    ]
    listed = ", ".join(map(_plain, (left, right, chosen)))
    return f"at {_plain(at)}: {listed}" + (f" ({', '.join(others)})" if others else "")


def _plain(value: float) -> str:
    return f"${_number(value)}$"


def _use(entry: Activation, framework: Framework) -> str:
    ours = {parameter.name: parameter.default for parameter in entry.parameters}
    shown = []
    for name, value in (framework.defaults or {}).items():
        if value is None:
            shown.append(f"{as_text(name)} to be given")
            continue
        text = f"{as_text(name)} = {value:.4g}"
        same = ours.get((framework.ours or {}).get(name, name)) == value
        shown.append(text if same else f"**{text}**")
    shown += [f"{as_text(name)} = {value}" for name, value in (framework.fixed or {}).items()]
    return as_use(framework.name, shown)
