"""Reference values of activation functions: mpmath, from the symbolic formula of an entry."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

import mpmath
import numpy as np
import sympy as sp

from dlnotes.activations.pieces import X, cut, differentiate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dlnotes.activations import Activation


def m(x: float) -> mpmath.mpf:
    return mpmath.mpf(float(x))


def digits(x: float) -> int:
    """Return digits enough that 1 + e^-|x|, 1 + erf(x), x - tanh(x) lose nothing."""
    size = abs(x)
    if size < 1e-20:
        return 680
    if size > 800:
        return 400  # every tail is below the smallest double anyway
    return 60 + int(1.3 * size + (size * size if size < 41 else 0))


def ulps(got: float, reference: mpmath.mpf, dtype: type = np.float64) -> float:
    """Return the error in units in the last place of the reference."""
    with np.errstate(all="ignore"):
        nearest = dtype(abs(float(reference)))
    if not math.isfinite(nearest):
        return 0.0 if float(got) == math.copysign(math.inf, reference) else math.inf
    if not math.isfinite(got):
        return math.inf
    return float(abs(m(got) - reference) / m(np.spacing(nearest)))


def kinks(f: Activation, parameters: Mapping[str, float]) -> list[sp.Expr]:
    """Return the kinks as exact numbers."""
    places = {kink.at.subs(f.substitution(**parameters)) for kink in f.kinks}
    return sorted(place for place in places if place.is_finite)


class Reference:
    """An activation function and its derivatives, to any number of digits."""

    def __init__(self, f: Activation, **parameters: float) -> None:
        expression = f.expression.subs(f.substitution(**parameters))
        self.kinks = kinks(f, parameters)
        self.pieces = cut(expression, self.kinks)

    @functools.cache  # noqa: B019 - a reference lives as long as its test
    def functions(self, order: int) -> list[Callable[[mpmath.mpf], mpmath.mpf]]:
        return [
            sp.lambdify(X, differentiate(piece.formula, order), modules="mpmath")
            for piece in self.pieces
        ]

    def __call__(self, order: int, x: float) -> mpmath.mpf:
        """Evaluate at a number that is no kink."""
        exact = sp.Rational(x)
        which = sum(1 for kink in self.kinks if exact > kink)
        return mpmath.mpf(self.functions(order)[which](m(x)))

    def is_kink(self, x: float) -> bool:
        exact = sp.Rational(x)
        return any(exact == kink for kink in self.kinks)

    def zeros(self, order: int) -> list[float]:
        """Return the doubles nearest to the sign changes of a derivative."""
        found = []
        grid = np.sinh(np.linspace(-4.4, 4.4, 150)) + 1e-3
        with mpmath.workdps(30):
            for piece, function in zip(self.pieces, self.functions(order), strict=True):
                inner = [m(x) for x in grid if piece.low < x < piece.high]
                values = [function(x) for x in inner]
                found += [
                    self._bisect(function, inner[k], inner[k + 1])
                    for k in range(len(inner) - 1)
                    if values[k] * values[k + 1] < 0
                ]
        return found

    @staticmethod
    def _bisect(
        function: Callable[[mpmath.mpf], mpmath.mpf], low: mpmath.mpf, high: mpmath.mpf
    ) -> float:
        rising = function(low) < 0
        for _ in range(70):
            middle = (low + high) / 2
            low, high = (middle, high) if (function(middle) < 0) == rising else (low, middle)
        return float(low)


def points(
    reference: Reference, order: int, rng: np.random.Generator, count: int
) -> list[float]:
    """Return points over the whole range, next to the kinks and next to the zeros."""
    return list(_points(reference, order, rng, count))


def _points(
    reference: Reference, order: int, rng: np.random.Generator, count: int
) -> Iterator[float]:
    sides = (-1.0, 1.0)
    for sign in sides:
        yield from (sign * s for s in (1e-300, 1e-30, 1e-8, 1.0, 20.5, 38.4, 708.5, 744.4, 1e4))
        yield from sign * 10.0 ** rng.uniform(-300, 4, count)
        yield from sign * 10.0 ** rng.uniform(-3, 3, count)
        yield from sign * rng.uniform(0, 6, count)
        yield sign * rng.uniform(600, 760)
    for place in [*map(float, reference.kinks), *reference.zeros(order)]:
        yield from (place, np.nextafter(place, -np.inf), np.nextafter(place, np.inf))
        yield from place + rng.choice(sides, 3) * 10.0 ** rng.uniform(-12, -1, 3)


def drawn(f: Activation, rng: np.random.Generator) -> dict[str, float]:
    """Draw parameters that the function accepts."""
    for _ in range(1000):
        values = {}
        for p in f.parameters:
            size = float(10.0 ** rng.uniform(-1.5, 1.5))
            values[p.name] = size if p.low >= 0 else size * float(rng.choice([-1.0, 1.0]))
        try:
            f(0.0, **values)
        except ValueError:
            continue
        return values
    msg = f"no parameters found for {f}"
    raise AssertionError(msg)
