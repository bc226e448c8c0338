"""The parts of a registry entry: parameters, kinks, the frameworks' names, and origin."""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sympy as sp

__all__ = ["Framework", "Kink", "OneSided", "Origin", "Parameter", "Subdifferential"]

Side = Literal["left", "right", "middle"]


@dataclass(frozen=True)
class Parameter:
    """A number that shapes an activation function.

    Parameters
    ----------
    name : str
        The name that practitioners use.
    default : float
        Its value when the caller gives none.
    symbol : sympy.Symbol
        How the expression writes it.
    low, high : float, optional
        The interval of allowed values, its ends included.
    positive : bool, default: False
        Whether 0 itself is not allowed as the lower end.
    infinite : bool, default: False
        Whether plus infinity is allowed.
    exact : sympy.Expr, optional
        What the default stands for, where no double is equal to it.
    """

    name: str
    default: float
    symbol: sp.Symbol
    low: float = -math.inf
    high: float = math.inf
    positive: bool = False
    infinite: bool = False
    exact: sp.Expr | None = None

    def validated(self, value: Any) -> float:
        """Return a given value as a float, or say what is wrong with it.

        Parameters
        ----------
        value : float
            What the caller gave.

        Returns
        -------
        float
            The same number.

        Raises
        ------
        TypeError
            If it is not a real number.
        ValueError
            If it is not finite or lies outside the allowed interval.
        """
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            msg = f"{self.name} must be a real number, not {value!r}"
            raise TypeError(msg)
        number = float(value)
        allowed = math.isfinite(number) or (self.infinite and number == math.inf)
        inside = self.low <= number <= self.high and not (self.positive and number <= 0)
        if not (allowed and inside):
            msg = f"{self.name}={value!r} is not allowed; give {self.wanted}"
            raise ValueError(msg)
        return number

    @property
    def wanted(self) -> str:
        """What values are allowed, in words."""
        kind = "a number" if self.infinite else "a finite number"
        if self.positive:
            return f"{kind} larger than 0"
        if self.high == math.inf:
            return kind if self.low == -math.inf else f"{kind} not below {self.low:g}"
        return f"{kind} between {self.low:g} and {self.high:g}"


@dataclass(frozen=True)
class Kink:
    """A point where the formula changes branch, and what is returned there.

    Parameters
    ----------
    at : sympy.Expr
        The point; may contain parameters. A kink at infinity is none.
    convention : {"left", "right", "middle"}
        Which one-sided derivative `Activation.derivative` returns at the point; "middle" is
        the mean of the two. Where the function itself jumps it is the side that the point
        belongs to.
    torch, jax : {"left", "right", "middle"}, optional
        Which one these libraries return as first derivative, where the two sides differ.
    """

    at: sp.Expr
    convention: Side
    torch: Side | None = None
    jax: Side | None = None


@dataclass(frozen=True)
class Framework:
    """What a library calls the function, and the defaults that it gives the parameters.

    Parameters
    ----------
    library : {"torch", "jax", "keras", "onnx"}
        The library.
    name : str
        Its name there: of the function, or of the ONNX operator.
    defaults : mapping of str to float or None, optional
        The library's names of the parameters and their defaults; None where there is none
        and the caller must give the value.
    ours : mapping of str to str, optional
        Which of our parameters each one is, where the names differ.
    fixed : mapping of str to object, optional
        Further arguments that make the library's function this one.
    """

    library: str
    name: str
    defaults: Mapping[str, float | None] | None = None
    ours: Mapping[str, str] | None = None
    fixed: Mapping[str, Any] | None = None

    @property
    def parameters(self) -> dict[str, float]:
        """The library's defaults under our names."""
        names = self.ours or {}
        return {
            names.get(name, name): value
            for name, value in (self.defaults or {}).items()
            if value is not None
        }


@dataclass(frozen=True)
class Origin:
    """Where an activation function was introduced.

    Parameters
    ----------
    key : str or None
        Its key in the bibliography; None where no paper introduced it.
    label : str
        Authors and year, to be read.
    """

    key: str | None
    label: str


@dataclass(frozen=True)
class OneSided:
    """Derivatives from the left and from the right, and the value that the convention picks.

    Parameters
    ----------
    left, right, chosen : numpy.ndarray or numpy.floating
        Of the shape of the argument. Away from kinks all three agree. Where the function
        jumps, the side from which the value is not approached has an infinite derivative.
    """

    left: Any
    right: Any
    chosen: Any


@dataclass(frozen=True)
class Subdifferential:
    """The Clarke subdifferential of a function of one variable, an interval at each point.

    Parameters
    ----------
    lower, upper : numpy.ndarray or numpy.floating
        Its ends, of the shape of the argument; equal where the function has a derivative, and
        NaN where it jumps, since it has no Clarke subdifferential there.
    """

    lower: Any
    upper: Any
