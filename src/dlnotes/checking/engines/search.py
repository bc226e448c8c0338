"""Branch and bound on one smooth piece: is g >= 0, and where is f largest.

Everything here works on a compact interval and on balls; ends at infinity and singular ends
are the business of `dlnotes.checking.engines.intervals`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from dlnotes.checking.engines.balls import (
    Unsupported,
    box,
    compile_ball,
    constant,
    derivatives,
    precision,
)
from dlnotes.checking.engines.scales import sign_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Core", "NotCertified", "Peak", "Violation"]

WORKING_DIGITS = 20
MOST_BOXES = 20_000
SMALLEST_BOX = 2.0**-34
HIGHEST_CONTACT = 6


class NotCertified(Exception):
    """The search ended without an answer."""


class Violation(Exception):
    """A point at which the inequality fails, exactly represented."""

    def __init__(self, point: sympy.Expr) -> None:
        super().__init__(str(point))
        self.point = point


@dataclass(frozen=True)
class Peak:
    """A place where a function is largest, and its value there."""

    location: Any
    value: arb


def _approximate(number: sympy.Expr) -> float:
    return float(constant(number).mid())


def exact(point: float) -> sympy.Rational:
    """Return a float as the rational number that it is."""
    return sympy.Rational(*point.as_integer_ratio())


class Core:
    """One smooth expression on a compact interval ``[low, high]``.

    Parameters
    ----------
    expression, symbol
        The function.
    low, high
        Exact finite ends.
    open_ends
        Whether the left and the right end are left out.
    """

    def __init__(
        self,
        expression: sympy.Expr,
        symbol: sympy.Symbol,
        low: sympy.Expr,
        high: sympy.Expr,
        open_ends: tuple[bool, bool] = (False, False),
    ) -> None:
        self.expression, self.symbol = expression, symbol
        self.low, self.high, self.open_ends = low, high, open_ends
        # floats that contain the interval: its exact ends may lie between two floats
        self.left = math.nextafter(float(constant(low).lower()), -math.inf)
        self.right = math.nextafter(float(constant(high).upper()), math.inf)
        self.function: Callable[[Any], Any] = compile_ball(expression, symbol)

    # -- evaluation ----------------------------------------------------------------------

    def at(self, point: arb) -> arb:
        """Return the value at a ball."""
        return derivatives(self.function, point, 0)[0]

    def over(self, a: float, b: float) -> tuple[arb, arb, arb]:
        """Return ``f(middle)`` and two enclosures of f over ``[a, b]``.

        The second is the mean-value form f(c) + f'(box)(x - c), which is sharp on small boxes.
        """
        region, centre = box(a, b), arb((a + b) / 2)
        value, slope = derivatives(self.function, region, 1)
        middle = self.at(centre)
        return middle, value, middle + slope * (region - centre)

    def contains(self, point: float) -> bool:
        """Whether a float lies strictly inside the exact interval."""
        return bool(self.low < exact(point)) and bool(exact(point) < self.high)

    # -- g >= 0 --------------------------------------------------------------------------

    def require_nonnegative(self, *, strict: bool = False) -> None:
        """Return when f >= 0 (or f > 0) is certified on the whole interval.

        Raises
        ------
        Violation
            With a point at which it fails.
        NotCertified
            If neither is shown.
        """
        with precision(WORKING_DIGITS):
            self._require_nonnegative(strict)

    def _require_nonnegative(self, strict: bool) -> None:
        self._scan()
        contacts: list[tuple[float, float]] = []
        for end, left_out in zip((self.low, self.high), self.open_ends, strict=True):
            contacts += self._contact(end, strict, left_out=left_out)
        work, boxes, tried = [(self.left, self.right)], 0, set[str]()
        while work:
            a, b = work.pop()
            boxes += 1
            if boxes > MOST_BOXES:
                msg = f"{MOST_BOXES} boxes were not enough near {self.symbol} = {a}"
                raise NotCertified(msg)
            if any(p <= a and b <= q for p, q in contacts):
                continue
            middle, *enclosures = self.over(a, b)
            if any(v > 0 or (not strict and v >= 0) for v in enclosures):
                continue
            if middle < 0 and self.contains((a + b) / 2):
                raise Violation(exact((a + b) / 2))
            if b - a <= 2.0**-8 and not any(a < q and p < b for p, q in contacts):
                guess = self._critical_point(a, b, tried)
                if guess is not None:
                    new = self._contact(guess, strict)
                    contacts += new
                    if new and new[0][0] <= a and b <= new[0][1]:
                        continue
            if b - a < SMALLEST_BOX:
                msg = f"undecided near {self.symbol} = {(a + b) / 2:.12g}"
                raise NotCertified(msg)
            c = (a + b) / 2
            cuts = [a, *sorted(e for p, q in contacts for e in (p, q) if a < e < b), b]
            if len(cuts) == 2:
                cuts = [a, c, b]
            work += list(pairwise(cuts))

    def _scan(self, count: int = 48) -> None:
        """Refute first: raise a `Violation` at the worst of some inner points."""
        worst, place = arb(0), None
        for i in range(1, count):
            point = self.left + (self.right - self.left) * i / count
            value = self.at(arb(point))
            if value.is_finite() and value < worst and self.contains(point):
                worst, place = arb(value.upper()), point
        if place is not None:
            raise Violation(exact(place))

    def _critical_point(self, a: float, b: float, tried: set[str]) -> sympy.Expr | None:
        """Return an exact number near which f' vanishes, where it is recognised."""
        with precision(40):
            point = arb((a + b) / 2)
            for _ in range(60):
                _, slope, curvature = derivatives(self.function, point, 2)
                if not (slope.is_finite() and curvature.is_finite()) or curvature.contains(0):
                    return None
                point = arb((point - slope / curvature).mid())
            if not a - 2.0**-8 <= float(point) <= b + 2.0**-8:
                return None
            if abs(point) < arb("1e-30"):
                return sympy.S.Zero
            number = sympy.Float(point.str(38, radius=False), 38)
            if point.str(12, radius=False) in tried:
                return None
            tried.add(point.str(12, radius=False))
        for constants in ([], [sympy.sqrt(2)], [sympy.log(2)], [sympy.pi]):
            guess = sympy.nsimplify(number, constants, tolerance=1e-30)
            if len(str(guess)) < 24:
                return guess
        return None

    def _contact(
        self, point: sympy.Expr, strict: bool, *, left_out: bool = False
    ) -> list[tuple[float, float]]:
        """Return an interval around a zero of f on which f >= 0 is certified, if it is one.

        With f = f' = ... = f^(k-1) = 0 at the point, exactly, Taylor's formula gives
        f(x) = f^(k)(c) (x - p)^k / k!; so the sign of f^(k) on a neighbourhood decides, and
        f > 0 there but at the point itself, which does not count when it is left out.
        """
        near = _approximate(point)
        derivative, order = self.expression, 0
        while order <= HIGHEST_CONTACT:
            try:
                value = derivative.subs(self.symbol, point)
                sign = sign_of(sympy.sympify(value))
            except Unsupported:
                return []
            if sign != 0:
                break
            if order == 0 and strict and not left_out:
                raise Violation(point)
            derivative, order = sympy.diff(derivative, self.symbol), order + 1
        if order == 0:
            if sign < 0 and not left_out:
                raise Violation(point)
            return []
        if order > HIGHEST_CONTACT:
            return []
        radius = 0.25
        while radius > 2.0**-30:
            a, b = max(self.left, near - radius), min(self.right, near + radius)
            # the box is widened a little, for the exact point may lie beside its float
            slack = 2.0**-48 * (1 + abs(near))
            top = derivatives(self.function, box(a - slack, b + slack), order)[order]
            right_ok = top > 0 or point == self.high
            left_ok = (top > 0 if order % 2 == 0 else top < 0) or point == self.low
            if right_ok and left_ok and top.is_finite() and (top > 0 or top < 0):
                return [(a, b)]
            radius /= 2
        return []

    # -- largest value -------------------------------------------------------------------

    def sample(self, count: int = 128) -> arb:
        """Return a certified lower bound of the supremum, from values at points."""
        best = arb.neg_inf()
        with precision(WORKING_DIGITS):
            for i in range(1, count):  # inside: the outermost floats may lie outside
                value = self.at(arb(self.left + (self.right - self.left) * i / count))
                if value.is_finite() and value.lower() > best:
                    best = arb(value.lower())
        return best

    def peaks(self, floor: arb, digits: int) -> list[Peak]:
        """Return the places where f is largest, if it exceeds `floor` there.

        Raises
        ------
        NotCertified
            If the maxima cannot be isolated.
        """
        with precision(WORKING_DIGITS):
            clusters = self._clusters(floor)
        found: list[Peak] = []
        with precision(digits + 15):
            for a, b in clusters:
                found += self._peak(a, b)
        return found

    def _clusters(self, best: arb) -> list[tuple[float, float]]:
        sampled = self.sample()
        best = sampled if sampled > best else best
        work, small, boxes = [(self.left, self.right)], [], 0
        while work:
            a, b = work.pop()
            boxes += 1
            if boxes > MOST_BOXES:
                msg = f"{MOST_BOXES} boxes were not enough"
                raise NotCertified(msg)
            middle, *enclosures = self.over(a, b)
            if middle.is_finite() and middle.lower() > best:
                best = arb(middle.lower())
            if any(v < best for v in enclosures):
                continue
            if b - a <= 2.0**-11:
                small.append((a, b))
            else:
                c = (a + b) / 2
                work += [(a, c), (c, b)]
        merged: list[tuple[float, float]] = []
        for a, b in sorted(small):
            if all(not v < best for v in self.over(a, b)[1:]):
                if merged and a <= merged[-1][1] + 2.0**-9:
                    merged[-1] = (merged[-1][0], b)
                else:
                    merged.append((a, b))
        return merged

    def _slope_sign(self, a: float, b: float, order: int = 1, depth: int = 8) -> int:
        """Return the sign of a derivative on all of ``[a, b]``, 0 when it is not one sign."""
        value = derivatives(self.function, box(a, b), order)[order]
        if value > 0 or value < 0:
            return 1 if value > 0 else -1
        if depth == 0:
            return 0
        c = (a + b) / 2
        left = self._slope_sign(a, c, order, depth - 1)
        return left if left and left == self._slope_sign(c, b, order, depth - 1) else 0

    def _peak(self, a: float, b: float) -> list[Peak]:
        gap = 2.0**-11
        at_left, at_right = a <= self.left, b >= self.right
        a = a if at_left else a - gap
        b = b if at_right else b + gap
        slope = self._slope_sign(a, b)
        if slope:
            end = self.high if slope > 0 else self.low
            if (slope > 0 and at_right) or (slope < 0 and at_left):
                return [Peak(constant(end), self.at(constant(end)))]
            return []  # monotone: the largest value lies in a box that was discarded
        if self._slope_sign(a, b, order=2) >= 0:
            msg = f"{self.expression} is not shown to be concave on [{a}, {b}]"
            raise NotCertified(msg)
        ends = [derivatives(self.function, arb(end), 1)[1] for end in (a, b)]
        if at_left and ends[0] <= 0:
            return [Peak(constant(self.low), self.at(constant(self.low)))]
        if at_right and ends[1] >= 0:
            return [Peak(constant(self.high), self.at(constant(self.high)))]
        if not (ends[0] > 0 and ends[1] < 0):
            msg = f"no critical point is shown in [{a}, {b}]"
            raise NotCertified(msg)
        return [self._newton(box(a, b))]

    def _newton(self, region: arb) -> Peak:
        """Contract a ball around the one critical point by the interval Newton method."""
        a, b = float(region.lower()), float(region.upper())
        while b - a > 2.0**-40 and not derivatives(self.function, box(a, b), 2)[2] < 0:
            c = (a + b) / 2  # f' falls through zero: halve until f'' is negative on the box
            slope = derivatives(self.function, arb(c), 1)[1]
            if slope > 0:
                a = c
            elif slope < 0:
                b = c
            else:
                break
        region = box(a, b)
        for _ in range(100):
            centre = arb(region.mid())
            curvature = derivatives(self.function, region, 2)[2]
            step = centre - derivatives(self.function, centre, 1)[1] / curvature
            smaller = step.intersection(region) if step.overlaps(region) else region
            if not smaller.rad() < region.rad() * arb("0.9"):
                break
            region = smaller
        # f(c) + f'(c)(x - c) + f''(box)/2 (x - c)^2: the value is sharper than f(box)
        centre = arb(region.mid())
        value, slope, _ = derivatives(self.function, centre, 2)
        curvature = derivatives(self.function, region, 2)[2]
        shift = region - centre
        sharp = value + slope * shift + curvature / 2 * shift * shift
        direct = self.at(region)
        return Peak(region, sharp.intersection(direct) if sharp.overlaps(direct) else direct)
