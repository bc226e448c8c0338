"""What one activation function is: a formula, its stable numeric form, and where it came from.

Everything else follows from these: symbolic derivatives, one-sided derivatives at kinks,
facts, the row of the reference table, the plot and the tests.
"""

from __future__ import annotations

import functools
import itertools
import operator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from dlnotes._arguments import FloatArray, as_floats
from dlnotes.activations.crossings import Crossing, find_crossing
from dlnotes.activations.facts import Facts, compute_facts
from dlnotes.activations.parts import Kink, OneSided, Origin, Parameter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from dlnotes.activations.precise import Array

__all__ = ["Activation", "X"]

#: The variable of every expression.
X = sp.Symbol("x", real=True)

_HIGHEST_ORDER = 2


@dataclass(frozen=True, eq=False)
class Activation:
    """An activation function with everything that is known about it.

    Parameters
    ----------
    name : str
        The registry's name for it.
    expression : sympy.Expr
        The function of `X` and of the parameters' symbols.
    kernels : tuple of callable
        Numeric forms of the value, the first and the second derivative.
    origin : Origin
        Who introduced it.
    parameters : tuple of Parameter, optional
        In the order in which they are shown.
    kinks : tuple of Kink, optional
        Points where a derivative jumps, from left to right.
    crossings : mapping of int to tuple of float, optional
        For each order of derivative the approximate places, other than round numbers, where it
        passes through zero.
    derivative_forms : tuple of sympy.Expr, optional
        The first derivatives in the form that is best to read; tests hold them equal to what
        differentiation gives.
    check : callable, optional
        Called with all parameter values; raises ValueError where they do not fit together.
    aliases : tuple of str, optional
        Other names for the same function.

    Notes
    -----
    Values and derivatives are computed in double precision and returned in the precision of
    the argument. They are accurate to a few units in the last place over the whole range,
    including subnormal results; NaN passes through; no floating-point warning escapes.

    Examples
    --------
    >>> from dlnotes.activations import ACTIVATIONS
    >>> sigmoid = ACTIVATIONS["sigmoid"]
    >>> float(sigmoid(0.0)), float(sigmoid.derivative(0.0))
    (0.5, 0.25)
    >>> sigmoid.expression
    1/(1 + exp(-x))
    """

    name: str
    expression: sp.Expr
    kernels: tuple[Callable[..., Array], Callable[..., Array], Callable[..., Array]]
    origin: Origin
    parameters: tuple[Parameter, ...] = ()
    kinks: tuple[Kink, ...] = ()
    crossings: Mapping[int, tuple[float, ...]] = field(default_factory=dict)
    derivative_forms: tuple[sp.Expr, ...] = ()
    check: Callable[..., None] | None = None
    aliases: tuple[str, ...] = ()

    def __repr__(self) -> str:
        parts = [self.name, *(f"{p.name}={p.default:g}" for p in self.parameters)]
        return f"<Activation {', '.join(parts)}>"

    def __call__(self, x: npt.ArrayLike, /, **parameters: float) -> FloatArray:
        """Evaluate the function.

        Parameters
        ----------
        x : array_like
            Real numbers of any shape. float16, float32 and float64 keep their precision;
            integers give float64.
        **parameters : float
            The function's own parameters, by name.

        Returns
        -------
        numpy.ndarray or numpy.floating
            The values, of the shape of `x`; a NumPy scalar for a number.

        Raises
        ------
        TypeError
            For complex or non-numeric `x`, or a parameter that the function does not have.
        ValueError
            For a parameter outside its interval.

        Examples
        --------
        >>> from dlnotes.activations import leaky_relu
        >>> leaky_relu([-2, 3], negative_slope=0.5)
        array([-1.,  3.])
        """
        return self._evaluate(0, x, parameters)

    def derivative(
        self, x: npt.ArrayLike, /, order: int = 1, **parameters: float
    ) -> FloatArray:
        """Evaluate a derivative.

        Parameters
        ----------
        x : array_like
            Real numbers of any shape.
        order : int, default: 1
            0 for the function itself, 1 or 2 for its derivatives.
        **parameters : float
            The function's own parameters, by name.

        Returns
        -------
        numpy.ndarray or numpy.floating
            The derivative, of the shape and precision of `x`. At a kink it is the one-sided
            derivative that `kinks` names as the convention.

        Raises
        ------
        TypeError
            As for a call.
        ValueError
            As for a call, and for another order: higher ones exist as formulas, see
            `derivative_expression`.

        Examples
        --------
        >>> from dlnotes.activations import relu, tanh
        >>> relu.derivative([-1.0, 0.0, 1.0])
        array([0., 0., 1.])
        >>> float(tanh.derivative(0.0)), float(tanh.derivative(0.0, order=2))
        (1.0, -0.0)
        """
        return self._evaluate(self._order(order), x, parameters)

    def one_sided(self, x: npt.ArrayLike, /, order: int = 1, **parameters: float) -> OneSided:
        """Evaluate the derivative from the left and from the right.

        Parameters
        ----------
        x : array_like
            Real numbers of any shape.
        order : int, default: 1
            1 or 2.
        **parameters : float
            The function's own parameters, by name.

        Returns
        -------
        OneSided
            The two one-sided derivatives and the one that `derivative` returns.

        Raises
        ------
        TypeError, ValueError
            As for `derivative`.

        Examples
        --------
        >>> from dlnotes.activations import relu
        >>> sides = relu.one_sided(0.0)
        >>> float(sides.left), float(sides.right), float(sides.chosen)
        (0.0, 1.0, 0.0)
        """
        order = self._order(order)
        values = self._values(parameters)
        chosen = self._evaluate(order, x, parameters)
        left, right = np.array(chosen), np.array(chosen)
        points = as_floats(x, "x", half=True)
        for kink in self.kinks:
            at = float(kink.at.subs(self._substitution(values)))
            here = points == at
            left[here] = self._limit(order, kink, -1, values)
            right[here] = self._limit(order, kink, +1, values)
        return OneSided(left[()], right[()], chosen)

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
        order = _as_order(order)
        if order == 0:
            return self.expression
        known = self.derivative_forms[:order]
        start = known[-1] if known else self.expression
        return _differentiate(start, order - len(known))

    @functools.cached_property
    def facts(self) -> Facts:
        """What is known of the function at its default parameters.

        Returns
        -------
        Facts
            See `facts_at` for other parameter values.
        """
        return self.facts_at()

    def facts_at(self, **parameters: float) -> Facts:
        """Compute range, monotonicity, Lipschitz constant, limits and kinks.

        Parameters
        ----------
        **parameters : float
            The function's own parameters, by name.

        Returns
        -------
        Facts
            Computed from the kernels on a fine grid with every turning point refined to double
            precision; good to the digits shown, but a computation, not a proof.

        Raises
        ------
        TypeError, ValueError
            As for a call.

        Examples
        --------
        >>> from dlnotes.activations import elu
        >>> elu.facts_at(alpha=3.0).lipschitz
        3.0
        """
        values = self._values(parameters)
        jumps = {}
        for kink in self.kinks:
            left, right = (self._limit(1, kink, side, values) for side in (-1, 1))
            if left != right:
                jumps[float(kink.at.subs(self._substitution(values)))] = (left, right)
        value, slope, bend = (
            functools.partial(self._evaluate, order, parameters=parameters)
            for order in range(_HIGHEST_ORDER + 1)
        )
        return compute_facts((value, slope, bend), jumps, self.origin.label)

    # Below: how the above is done ----------------------------------------------------------

    def _order(self, order: int) -> int:
        order = _as_order(order)
        if order > _HIGHEST_ORDER:
            msg = (
                f"order={order} is not offered as numbers; choose 0, 1 or 2, "
                f"or take the formula from derivative_expression({order})"
            )
            raise ValueError(msg)
        return order

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

    def _substitution(self, values: Mapping[str, float]) -> dict[sp.Symbol, sp.Expr]:
        return {p.symbol: sp.Rational(values[p.name]) for p in self.parameters}

    def _evaluate(
        self, order: int, x: npt.ArrayLike, parameters: Mapping[str, float]
    ) -> FloatArray:
        array = as_floats(x, "x", half=True)
        values = self._values(parameters)
        wide = np.atleast_1d(array).astype(np.float64)
        with np.errstate(all="ignore"):
            out = self.kernels[order](wide, **values)
            for crossing in self._crossings(order):
                crossing.repair(wide, out)
            if order:
                out[np.isnan(wide)] = np.nan
            narrow = out.astype(array.dtype, copy=False)
        return narrow.reshape(array.shape)[()]

    @functools.cached_property
    def _cache(self) -> dict[Any, Any]:
        return {}

    def _crossings(self, order: int) -> tuple[Crossing, ...]:
        places = self.crossings.get(order, ())
        if places and order not in self._cache:
            formula = _differentiate(self.expression, order)
            self._cache[order] = tuple(find_crossing(formula, X, near) for near in places)
        found: tuple[Crossing, ...] = self._cache.get(order, ())
        return found

    def _limit(self, order: int, kink: Kink, side: int, values: Mapping[str, float]) -> float:
        key = (order, kink.at, side, tuple(values.items()))
        if key not in self._cache:
            swap = self._substitution(values)
            at = kink.at.subs(swap)
            places = sorted({k.at.subs(swap) for k in self.kinks})
            gap = min((b - a for a, b in itertools.pairwise(places)), default=1)
            branch = _branch(self.expression.subs(swap), at + side * gap / 2)
            slope = sp.diff(branch, X, order)
            self._cache[key] = float(slope.subs(X, at))
        limit: float = self._cache[key]
        return limit


def _as_order(order: int) -> int:
    try:
        index = operator.index(order)
    except TypeError:
        msg = f"order must be an integer, not {order!r}"
        raise TypeError(msg) from None
    if index < 0:
        msg = f"order={order} is negative; the order of a derivative is 0, 1, 2 and so on"
        raise ValueError(msg)
    return index


def _branch(expression: sp.Expr, point: sp.Expr) -> sp.Expr:
    """Return the formula that holds about a point which is not a kink."""
    expression = expression.replace(
        lambda e: isinstance(e, sp.Abs), lambda e: sp.sign(e.args[0].subs(X, point)) * e.args[0]
    )
    return expression.replace(
        lambda e: isinstance(e, sp.Piecewise),
        lambda e: next(f for f, condition in e.args if condition.subs(X, point) == sp.true),
    )


def _differentiate(expression: sp.Expr, order: int) -> sp.Expr:
    """Differentiate away from kinks: the derivative of sign(x) counts as zero."""
    for _ in range(order):
        expression = sp.diff(expression, X)
        expression = expression.replace(sp.DiracDelta, lambda *_: sp.Integer(0)).doit()
    return expression
