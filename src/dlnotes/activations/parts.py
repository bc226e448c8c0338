"""The parts of a registry entry: parameters, kinks and origin."""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import sympy as sp

__all__ = ["Kink", "OneSided", "Origin", "Parameter"]

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
        The closed interval of allowed values.
    """

    name: str
    default: float
    symbol: sp.Symbol
    low: float = -math.inf
    high: float = math.inf

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
        if not (math.isfinite(number) and self.low <= number <= self.high):
            bounds = f"between {self.low:g} and {self.high:g}"
            msg = f"{self.name}={value!r} is not allowed; give a finite number {bounds}"
            raise ValueError(msg)
        return number


@dataclass(frozen=True)
class Kink:
    """A point where the formula changes branch, and what is returned there.

    Parameters
    ----------
    at : sympy.Expr
        The point; may contain parameters.
    convention : {"left", "right", "middle"}
        Which one-sided derivative `Activation.derivative` returns at the point; "middle" is
        the mean of the two.
    torch, jax : {"left", "right", "middle"}, optional
        Which one these libraries return, where it has been looked up.
    """

    at: sp.Expr
    convention: Side
    torch: Side | None = None
    jax: Side | None = None


@dataclass(frozen=True)
class Origin:
    """Where an activation function was introduced.

    Parameters
    ----------
    key : str
        Its key in the bibliography.
    label : str
        Authors and year, to be read.
    """

    key: str
    label: str


@dataclass(frozen=True)
class OneSided:
    """Derivatives from the left and from the right, and the value that the convention picks.

    Parameters
    ----------
    left, right, chosen : numpy.ndarray or numpy.floating
        Of the shape of the argument. Away from kinks all three agree.
    """

    left: Any
    right: Any
    chosen: Any
