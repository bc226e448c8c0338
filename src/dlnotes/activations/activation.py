"""What one activation function is: a formula, its stable numeric form, and where it came from.

Everything else follows from these: symbolic derivatives, one-sided derivatives at kinks,
facts, the row of the reference table, the plot and the tests.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from dlnotes._arguments import FloatArray, as_floats
from dlnotes.activations.blocks import in_blocks, one_pass
from dlnotes.activations.corners import Cornered
from dlnotes.activations.crossings import Crossing, find_crossing
from dlnotes.activations.facts import Facts, compute_facts
from dlnotes.activations.fixed_points import find_fixed_points
from dlnotes.activations.formula import as_order
from dlnotes.activations.moments import Moments, normal_moments
from dlnotes.activations.pieces import X, differentiate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt
    import sympy as sp

    from dlnotes.activations.parts import (
        Framework,
        Kink,
        Origin,
        Parameter,
    )
    from dlnotes.activations.precise import Array

__all__ = ["Activation", "X"]

_HIGHEST_ORDER = 2


@dataclass(frozen=True, eq=False)
class Activation(Cornered):
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
    scale : str, optional
        The parameter b for which the function is g(b x) / b, g being the function with b = 1;
        the crossings are then those of g.
    frameworks : tuple of Framework, optional
        What the libraries call it, and their defaults.
    derivative_forms : tuple of sympy.Expr, optional
        The first derivatives in the form that is best to read; tests hold them equal to what
        differentiation gives.
    check : callable, optional
        Called with all parameter values; raises ValueError where they do not fit together.
    aliases : tuple of str, optional
        Other names for the same function.

    Notes
    -----
    Values and derivatives are computed and returned in the precision of the argument (half
    precision by way of single). They are accurate to a few units in the last place over the
    whole range, including subnormal results; NaN passes through; no floating-point warning
    escapes.

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
    scale: str | None = None
    frameworks: tuple[Framework, ...] = ()
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
        kinks = {float(at): at for at in self._kinks(values)}
        slopes = {
            place: tuple(self._limit(1, at, side, values) for side in (-1, 1))
            for place, at in kinks.items()
        }
        value, slope, bend = (
            functools.partial(self._evaluate, order, parameters=parameters)
            for order in range(_HIGHEST_ORDER + 1)
        )
        return compute_facts(
            (value, slope, bend),
            self._pieces(values),
            slopes,
            self._jumps(values),
            self.origin.label,
        )

    def moments(self, **parameters: float) -> Moments:
        """Integrate the function, its square and that of its slope over a normal input.

        Parameters
        ----------
        **parameters : float
            The function's own parameters, by name.

        Returns
        -------
        Moments
            To about thirteen digits.

        Raises
        ------
        TypeError, ValueError
            As for a call.

        Examples
        --------
        >>> from dlnotes.activations import relu
        >>> round(relu.moments().square, 12)
        0.5
        """
        f, slope = (
            functools.partial(self._evaluate, order, parameters=parameters) for order in (0, 1)
        )
        return normal_moments(f, slope, self.corners(**parameters))

    def fixed_points(self, **parameters: float) -> tuple[tuple[float, float], ...]:
        """Solve f(x) = x.

        Parameters
        ----------
        **parameters : float
            The function's own parameters, by name.

        Returns
        -------
        tuple of tuple of float
            Intervals from left to right, with equal ends for a single point. An end at which
            the function jumps does not itself belong to the interval.

        Raises
        ------
        TypeError, ValueError
            As for a call.

        Examples
        --------
        >>> from dlnotes.activations import relu, tanh
        >>> relu.fixed_points(), tanh.fixed_points()
        (((0.0, inf),), ((0.0, 0.0),))
        """
        values = self._values(parameters)
        expression = self._expression(values)
        return find_fixed_points(self._pieces(values), lambda at: expression.subs(X, at))

    # Below: how the above is done ----------------------------------------------------------

    def _order(self, order: int) -> int:
        order = as_order(order)
        if order > _HIGHEST_ORDER:
            msg = (
                f"order={order} is not offered as numbers; choose 0, 1 or 2, "
                f"or take the formula from derivative_expression({order})"
            )
            raise ValueError(msg)
        return order

    def _evaluate(
        self, order: int, x: npt.ArrayLike, parameters: Mapping[str, float]
    ) -> FloatArray:
        array = as_floats(x, "x", half=True)
        return in_blocks(self.on_blocks(order, **parameters), array)[()]

    def on_blocks(self, order: int = 0, **parameters: float) -> Callable[[Array], Array]:
        """Return what computes values, or a derivative, of one block of numbers.

        Parameters
        ----------
        order : int, default: 0
            0 for the function itself, 1 or 2 for its derivatives.
        **parameters : float
            The function's own parameters, by name.

        Returns
        -------
        callable
            Takes a contiguous one-dimensional array in single or double precision, not empty,
            and returns a new one. Floating-point warnings are the caller's business.

        Raises
        ------
        TypeError, ValueError
            As for `derivative`.

        Examples
        --------
        >>> import numpy as np
        >>> from dlnotes.activations import sigmoid
        >>> sigmoid.on_blocks(1)(np.zeros(2))
        array([0.25, 0.25])
        """
        order, values = self._order(order), self._values(parameters)
        kernel, crossings = self.kernels[order], self._crossings(order)
        if order == 0:
            value = functools.partial(kernel, **values)
            return one_pass(value) if hasattr(kernel, "one_pass") else value
        factor = values[self.scale] if self.scale is not None else 1.0

        def careful(block: Array) -> Array:
            out = kernel(block, **values)
            for crossing in crossings:
                crossing.repair(block, out, factor, factor ** (order - 1))
            nan = np.isnan(block)
            if nan.any():
                out[nan] = np.nan
            return out

        return careful

    def _crossings(self, order: int) -> tuple[Crossing, ...]:
        places = self.crossings.get(order, ())
        if places and order not in self._cache:
            formula = differentiate(self._expression(self._values({})), order)
            self._cache[order] = tuple(find_crossing(formula, X, near) for near in places)
        found: tuple[Crossing, ...] = self._cache.get(order, ())
        return found
