"""What follows from the formula of an activation function alone, in exact arithmetic.

The values of its parameters as exact numbers, its pieces between the kinks, its derivatives as
formulas, and the limits of function and derivatives beside each kink.
"""

from __future__ import annotations

import functools
import math
import operator
from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.activations.pieces import Piece, X, cut, differentiate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dlnotes.activations.parts import Kink, Parameter

__all__ = ["Formula", "as_order"]

_TINY = 1e-25  # differences of numbers to 40 digits below this are none


class Formula:
    """A formula with parameters and kinks; `Activation` says what its fields mean.

    Examples
    --------
    >>> from dlnotes.activations import tanh
    >>> from dlnotes.activations.formula import Formula
    >>> isinstance(tanh, Formula)
    True
    """

    if TYPE_CHECKING:  # fields of the dataclass that is derived from it
        name: str
        expression: sp.Expr
        parameters: tuple[Parameter, ...]
        kinks: tuple[Kink, ...]
        derivative_forms: tuple[sp.Expr, ...]
        check: Callable[..., None] | None

    def derivative_expression(self, order: int = 1) -> sp.Expr:
        """Return a derivative as a formula.

        Parameters
        ----------
        order : int, default: 1
            Any order from 0 on.

        Returns
        -------
        sympy.Expr
            In the form that is best to read where the entry has one, else as SymPy's
            differentiation leaves it. Valid away from kinks.

        Raises
        ------
        TypeError, ValueError
            If the order is not an integer, or is negative.

        Examples
        --------
        >>> from dlnotes.activations import softsign
        >>> softsign.derivative_expression()
        (Abs(x) + 1)**(-2)
        """
        order = as_order(order)
        if order == 0:
            return self.expression
        known = self.derivative_forms[:order]
        start = known[-1] if known else self.expression
        return differentiate(start, order - len(known))

    def _values(self, given: Mapping[str, float]) -> dict[str, float]:
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                has = ", ".join(known) or "none"
                msg = f"{self.name} has no parameter {name!r}; its parameters: {has}"
                raise TypeError(msg)
        values = {
            name: parameter.validated(given.get(name, parameter.default))
            for name, parameter in known.items()
        }
        if self.check is not None:
            self.check(**values)
        return values

    def substitution(self, **parameters: float) -> dict[sp.Symbol, sp.Expr]:
        """Return what the symbols of the parameters stand for, as exact numbers.

        Parameters
        ----------
        **parameters : float
            The function's own parameters, by name.

        Returns
        -------
        dict of sympy.Symbol to sympy.Expr
            For `sympy.Expr.subs`.

        Raises
        ------
        TypeError, ValueError
            As for a call.

        Examples
        --------
        >>> from dlnotes.activations import elu
        >>> elu.substitution(alpha=0.5)
        {alpha: 1/2}
        """
        return self._exact(self._values(parameters))

    def _exact(self, values: Mapping[str, float]) -> dict[sp.Symbol, sp.Expr]:
        def exact(parameter: Parameter, value: float) -> sp.Expr:
            if value == parameter.default and parameter.exact is not None:
                return parameter.exact
            return sp.oo if math.isinf(value) else sp.Rational(value)

        return {p.symbol: exact(p, values[p.name]) for p in self.parameters}

    def _expression(self, values: Mapping[str, float]) -> sp.Expr:
        return self.expression.subs(self._exact(values))

    def _kinks(self, values: Mapping[str, float]) -> list[sp.Expr]:
        places = {kink.at.subs(self._exact(values)) for kink in self.kinks}
        return sorted(place for place in places if place.is_finite)

    def corners(self, **parameters: float) -> list[float]:
        """Return where the function or one of its first two derivatives may jump.

        Parameters
        ----------
        **parameters : float
            The function's own parameters, by name.

        Returns
        -------
        list of float
            The finite kinks, from left to right.

        Raises
        ------
        TypeError, ValueError
            As for a call.

        Examples
        --------
        >>> from dlnotes.activations import relu6
        >>> relu6.corners()
        [0.0, 6.0]
        """
        return [float(at) for at in self._kinks(self._values(parameters))]

    def _pieces(self, values: Mapping[str, float]) -> tuple[Piece, ...]:
        key = ("pieces", tuple(values.items()))
        if key not in self._cache:
            self._cache[key] = cut(self._expression(values), self._kinks(values))
        pieces: tuple[Piece, ...] = self._cache[key]
        return pieces

    @functools.cached_property
    def _cache(self) -> dict[Any, Any]:
        return {}

    def _limit(self, order: int, at: sp.Expr, side: int, values: Mapping[str, float]) -> float:
        """Return the derivative from one side of a kink."""
        key = (order, at, side, tuple(values.items()))
        if key not in self._cache:
            branch = self._beside(at, side, values)
            rise = side * sp.N(branch.subs(X, at) - self._expression(values).subs(X, at), 40)
            if order == 1 and abs(rise) > _TINY:
                self._cache[key] = math.copysign(math.inf, rise)
            else:
                self._cache[key] = float(sp.diff(branch, X, order).subs(X, at))
        limit: float = self._cache[key]
        return limit

    def _beside(self, at: sp.Expr, side: int, values: Mapping[str, float]) -> sp.Expr:
        pieces = self._pieces(values)
        return next(p.formula for p in pieces if at == (p.high if side < 0 else p.low))

    def _jumps(self, values: Mapping[str, float]) -> dict[float, tuple[float, float, bool]]:
        """Return limits of the function beside each kink, and whether it jumps there."""
        out = {}
        for at in self._kinks(values):
            key = ("jump", at, tuple(values.items()))
            if key not in self._cache:
                here = self._expression(values).subs(X, at)
                limits = [self._beside(at, side, values).subs(X, at) for side in (-1, 1)]
                jumps = any(abs(sp.N(limit - here, 40)) > _TINY for limit in limits)
                self._cache[key] = (float(limits[0]), float(limits[1]), jumps)
            out[float(at)] = self._cache[key]
        return out


def as_order(order: int) -> int:
    """Read the order of a derivative.

    Parameters
    ----------
    order : int
        What the caller gave.

    Returns
    -------
    int
        The same.

    Raises
    ------
    TypeError, ValueError
        If it is not an integer, or is negative.

    Examples
    --------
    >>> from dlnotes.activations.formula import as_order
    >>> as_order(2)
    2
    """
    try:
        index = operator.index(order)
    except TypeError:
        msg = f"order must be an integer, not {order!r}"
        raise TypeError(msg) from None
    if index < 0:
        msg = f"order={order} is negative; the order of a derivative is 0, 1, 2 and so on"
        raise ValueError(msg)
    return index
