"""Holding a partial derivative that somebody claims against the expression."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy

from dlnotes.backpropagation.ambiguity import readings
from dlnotes.backpropagation.expressions import DomainError, Expression
from dlnotes.backpropagation.parsing import parse
from dlnotes.backpropagation.tracing import trace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["ClaimCheck", "check_claim"]

_CLAIM = re.compile(r"\s*[d∂]\s*(\w+?)\s*/\s*[d∂]\s*(\w+)\s*=(.*)", re.S)
_NICE = (1, 2, 3, -1, 0.5, -2, 4, 5, -0.5, 0.25, -3, 1.5, 0.75, 10)
_POINTS = 40
_TRIES = 400
_EASY = 1e4
_LARGEST = 400  # operations in a formula that SymPy is asked to simplify


@dataclass(frozen=True)
class ClaimCheck:
    """The outcome of `check_claim`.

    Attributes
    ----------
    right : bool or None
        Whether the claim holds; None if no point was found at which both sides have a value.
    proved : bool
        Whether SymPy has shown that the two formulas are equal. Otherwise a claim that is right
        has been tried at points only.
    variable : str
        The variable by which is differentiated.
    point : dict of str to float
        Where the two differ; empty if they do not.
    claimed, actual : float or None
        Their values there.
    formula : sympy.Expr
        The partial derivative.
    other_reading : str
        Another reading of the expression for which the claim is right, or empty.
    """

    right: bool | None
    proved: bool
    variable: str
    point: dict[str, float]
    claimed: float | None
    actual: float | None
    formula: sympy.Expr
    other_reading: str = ""


def check_claim(
    expression: str, claim: str, /, *, at: Mapping[str, float] | None = None
) -> ClaimCheck:
    """Say whether a claimed partial derivative is right, and if not, show a point.

    Parameters
    ----------
    expression : str
        In ordinary notation, see `parse`.
    claim : str
        Such as ``"dz/dx1 = x2 - 4"``.
    at : mapping of str to float, optional
        A point to try first.

    Returns
    -------
    ClaimCheck
        The verdict, and a point where claim and derivative differ if it is wrong.

    Raises
    ------
    ExpressionError
        If the expression or the right side of the claim cannot be read.
    ValueError
        If the claim is not of this form, or names what the expression does not have.

    Notes
    -----
    A difference in double precision counts only if it is still there with 40 digits at the same
    point. Where none is found, SymPy is asked to simplify the difference of the two formulas
    to 0.

    Examples
    --------
    >>> from dlnotes.backpropagation import check_claim
    >>> check_claim("z = x1*(x2 - 4)", "dz/dx1 = x2 - 4").right
    True
    >>> wrong = check_claim("z = exp(x^2)", "dz/dx = 4*x*exp(x^2)")
    >>> wrong.right, wrong.point, wrong.claimed / wrong.actual
    (False, {'x': 1.0}, 2.0)
    """
    graph = parse(expression)
    match = _CLAIM.fullmatch(claim)
    if match is None:
        msg = f'claim must have the form "dz/dx = formula", got {claim!r}'
        raise ValueError(msg)
    name, variable, formula = match.groups()
    if name != graph.name:
        msg = f"claim is about {name}, but the value of the expression is called {graph.name}"
        raise ValueError(msg)
    if variable not in graph.variables:
        has = ", ".join(graph.variables) or "no variable"
        msg = f"claim is about d{name}/d{variable}, but the expression has {has}"
        raise ValueError(msg)
    claimed = parse(formula)
    extra = [v for v in claimed.variables if v not in graph.variables]
    if extra:
        has = ", ".join(graph.variables)
        msg = f"the formula of the claim has {', '.join(extra)}, but the expression has {has}"
        raise ValueError(msg)
    found = _compare(graph, claimed, variable, at)
    if found.right is not False:
        return found
    for reading in readings(expression)[1:]:
        other = parse(reading.expression)
        if _compare(other, claimed, variable, at).right:
            return ClaimCheck(**{**vars(found), "other_reading": reading.expression})
    return found


def _compare(
    graph: Expression, claimed: Expression, variable: str, at: Mapping[str, float] | None
) -> ClaimCheck:
    formula = graph.symbolic_gradient[variable]
    tried = 0
    wrong: ClaimCheck | None = None
    for point in _points(graph.variables, at):
        try:
            worked = trace(graph, at=point)
            ours = claimed.values({name: point[name] for name in claimed.variables})
        except DomainError:
            continue
        if worked.kinks:
            continue
        tried += 1
        actual, said = worked.gradient[variable], ours[claimed.root]
        near = abs(actual - said) <= 1e-9 * max(1.0, abs(actual), abs(said))
        if not near and _differ(formula, claimed.symbolic, point):
            found = ClaimCheck(False, False, variable, point, said, actual, formula)
            if wrong is None or _size(found) < _size(wrong):
                wrong = found
        # The search goes on for a point with numbers that are easy to look at.
        if tried == _POINTS or (wrong is not None and _size(wrong) < _EASY):
            break
    if wrong is not None:
        return wrong
    if not tried:
        return ClaimCheck(None, False, variable, {}, None, None, formula)
    proved = _equal(formula, claimed.symbolic)
    return ClaimCheck(True, proved, variable, {}, None, None, formula)


def _size(check: ClaimCheck) -> float:
    return max(abs(check.claimed or 0.0), abs(check.actual or 0.0))


def _points(
    variables: tuple[str, ...], at: Mapping[str, float] | None
) -> Iterator[dict[str, float]]:
    """Yield points, with small numbers that can be worked by hand first."""
    if at:
        yield {name: float(at[name]) for name in variables}
    yield {name: float(_NICE[k % len(_NICE)]) for k, name in enumerate(variables)}
    rng = np.random.default_rng(0)
    for _ in range(_TRIES):
        yield {name: float(rng.choice(_NICE)) for name in variables}
    for _ in range(_TRIES):
        yield {name: float(round(rng.normal(scale=3), 2)) for name in variables}


def _differ(a: sympy.Expr, b: sympy.Expr, point: Mapping[str, float]) -> bool:
    """Whether two formulas differ at a point, worked with 40 digits."""
    exact = {sympy.Symbol(name): sympy.Rational(value) for name, value in point.items()}
    left, right = (sympy.sympify(e).subs(exact).evalf(40) for e in (a, b))
    return bool(abs(left - right) > 1e-25 * max(1, abs(left), abs(right)))


def _equal(a: sympy.Expr, b: sympy.Expr) -> bool:
    """Whether SymPy shows that two formulas are equal."""
    difference = sympy.sympify(a - b)
    if difference == 0:
        return True
    if difference.count_ops() > _LARGEST:
        return False
    return bool(sympy.simplify(difference) == 0)
