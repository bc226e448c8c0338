"""Growth scales: ``t^p (log t)^l exp(c_1 t^d_1 + c_2 t^d_2 + ...)`` for all t from some M on.

They are the units in which `dlnotes.checking.engines.tails` writes a function near
infinity. A scale is exact: its powers and exponents are SymPy numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sympy
from flint import arb

from dlnotes.checking.engines.balls import Unsupported, constant

__all__ = ["ONE", "Scale", "TooShort", "sign_of"]


class TooShort(Exception):
    """The tail starts too early for a bound to hold; start further out."""


@lru_cache(maxsize=4096)
def sign_of(number: sympy.Expr) -> int:
    """Return the sign of an exact real number: -1, 0 or 1.

    Zero is answered only when SymPy shows it; the other signs are certified by Arb.

    Examples
    --------
    >>> sign_of(sympy.pi - 3), sign_of(sympy.sqrt(8) - 2 * sympy.sqrt(2))
    (1, 0)
    """
    ball = constant(number)
    if ball > 0:
        return 1
    if ball < 0:
        return -1
    if number.equals(0):
        return 0
    msg = f"the sign of {number} is not decided"
    raise Unsupported(msg)


@dataclass(frozen=True)
class Scale:
    """One growth scale.

    Parameters
    ----------
    power
        Power of t.
    logs
        Power of log t.
    exponent
        Pairs (degree, coefficient) of the polynomial in the exponential, by falling degree.

    Examples
    --------
    >>> decay = Scale(exponent=((sympy.Integer(1), sympy.Integer(-1)),))
    >>> decay.growth, (decay * Scale(power=sympy.Integer(9))).growth, ONE.growth
    (-1, -1, 0)
    """

    power: sympy.Expr = sympy.S.Zero
    logs: sympy.Expr = sympy.S.Zero
    exponent: tuple[tuple[sympy.Expr, sympy.Expr], ...] = ()

    @classmethod
    def exponential(cls, polynomial: dict[sympy.Expr, sympy.Expr]) -> Scale:
        """Return exp of the polynomial given as degree -> coefficient."""
        terms = [(d, c) for d, c in polynomial.items() if sign_of(c) != 0]
        return cls(exponent=tuple(sorted(terms, key=lambda term: -term[0])))

    def __mul__(self, other: Scale) -> Scale:
        total = dict(self.exponent)
        for degree, coefficient in other.exponent:
            total[degree] = sympy.expand(total.get(degree, sympy.S.Zero) + coefficient)
        both = Scale.exponential(total)
        return Scale(self.power + other.power, self.logs + other.logs, both.exponent)

    def __pow__(self, q: sympy.Expr) -> Scale:
        return Scale(
            self.power * q,
            self.logs * q,
            tuple((d, sympy.expand(c * q)) for d, c in self.exponent) if q != 0 else (),
        )

    def __truediv__(self, other: Scale) -> Scale:
        inverse: Scale = other**sympy.S.NegativeOne
        return self * inverse

    @property
    def growth(self) -> int:
        """1 when the scale grows without bound, -1 when it decays to 0, 0 when it is 1."""
        return _growth(self)

    def supremum(self, start: arb) -> arb:
        """Return an upper bound of a scale that does not grow, for all t >= `start`.

        Raises
        ------
        TooShort
            If the scale is not shown to fall from `start` on.
        """
        if self == ONE:
            return arb(1)
        # d log(scale) / d log t = power + logs / log t + sum of c d t^d must not be positive
        slopes = [(d, constant(c) * constant(d)) for d, c in self.exponent]
        logs = constant(self.logs)
        # logs / log t is at most its value at the start, or 0 for a negative power
        last = constant(self.power) + (logs / start.log() if logs > 0 else arb(0))
        slopes.append((sympy.S.Zero, last))
        lead, leading = slopes[0]
        rest = arb(0)
        for degree, slope in slopes[1:]:
            if not slope < 0:
                rest = rest + slope * start ** constant(degree - lead)
        if not leading + rest <= 0:
            raise TooShort
        value = start ** constant(self.power) * start.log() ** constant(self.logs)
        for degree, coefficient in self.exponent:
            value = value * (constant(coefficient) * start ** constant(degree)).exp()
        return arb(value.upper())


ONE = Scale()


@lru_cache(maxsize=4096)
def _growth(scale: Scale) -> int:
    for _, coefficient in scale.exponent:
        return sign_of(coefficient)
    return sign_of(scale.power) or sign_of(scale.logs)
