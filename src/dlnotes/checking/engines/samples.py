"""Sample points: the coordinates of each, and the instances of generic functions."""

from __future__ import annotations

import random
import zlib
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.semantics.symbols import subexpressions

if TYPE_CHECKING:
    from dlnotes.checking.semantics.symbols import Domain

__all__ = ["constants", "coordinate", "generic_note"]


def _seed(text: str) -> int:
    return zlib.crc32(text.encode())


def coordinate(name: str, domain: Domain, k: int) -> Fraction:
    """Return the `k`-th sample value of a symbol: in its domain, the same in every run.

    The first values are generic; later ones are special (0, 1, -1, ends) and large. Values
    that the domain leaves out are passed over.
    """
    for n in range(k, k + 8):
        value = _coordinate(name, domain, n)
        if not any(e.is_Rational and sp.Rational(value) == e for e in domain.excluded):
            break
    return value


def _coordinate(name: str, domain: Domain, k: int) -> Fraction:
    rng = random.Random(_seed(name) * 1000003 + k)
    low = _rational(domain.low) if domain.bounded_below() else None
    high = _rational(domain.high) if domain.bounded_above() else None
    if domain.integer:
        a = 1 if low is None else int(low) + (1 if domain.low_open and low == int(low) else 0)
        if low is None and high is None:
            a = -3
        if low is None and high is not None:
            a = int(high) - 6
        b = int(high) if high is not None else a + 6
        return Fraction(rng.randint(a, max(a, b)))
    style = k % 16
    if low is not None and high is not None:
        steps = rng.randint(1, 28)
        if style == 8 and not domain.low_open:
            return low
        if style == 9 and not domain.high_open:
            return high
        if style in (10, 11):
            return low + (high - low) * (
                Fraction(1, 1000) if style == 10 else Fraction(999, 1000)
            )
        return low + (high - low) * Fraction(steps, 29)
    if low is None and high is None:
        if style in (14, 15):  # every such symbol at once: what degenerates does so here
            return Fraction(style - 14)
        special = {6: Fraction(0), 7: Fraction(1), 8: Fraction(-1)}
        if style in special and rng.random() < 0.7:
            return special[style]
        if style == 9:
            return Fraction(rng.randint(-60, 60), 3)
        if style in (11, 12):
            return Fraction((-1) ** style * rng.randint(10**5, 10**6), 3)
        if style == 10:
            return Fraction(rng.choice([-1, 1]) * rng.randint(1, 9), 200)
        return Fraction(rng.choice([-1, 1]) * rng.randint(3, 29), 13)
    sign = 1 if low is not None else -1
    end = low if low is not None else high
    assert end is not None
    closed = not (domain.low_open if low is not None else domain.high_open)
    if style == 6 and closed:
        return end
    if style == 7:
        return end + sign
    if style == 8:
        return end + sign * Fraction(1, 10**6)
    if style == 9:
        return end + sign * Fraction(rng.randint(20, 70), 3)
    if style == 11:
        return end + sign * Fraction(rng.randint(10**5, 10**6), 3)
    if style == 10:
        return end + sign * Fraction(rng.randint(1, 9), 200)
    return end + sign * Fraction(rng.randint(2, 37), 14)


@lru_cache(maxsize=256)
def _rational(end: Any) -> Fraction:
    """Return an end of a domain, or a rational number near it."""
    return Fraction(str(sp.Rational(sp.nsimplify(end, rational=True))))


@lru_cache(maxsize=1024)
def constants(
    name: str, n: int, adjective: str
) -> tuple[list[Fraction], list[Fraction], list[Fraction]]:
    """Return the constants of an instance: of its exponential, its squares and its cubes."""
    rng = random.Random(_seed(name))
    a = [Fraction(rng.randint(3, 9), 11) for _ in range(n)]
    b = [Fraction(rng.randint(2, 9), 7) for _ in range(n)]
    c = [Fraction(rng.randint(2, 9), 13) for _ in range(n)]
    if adjective.startswith("order"):  # a cosine, and powers that its bound does not see
        order = int(adjective.split()[1])
        a = [Fraction(1 if x.numerator % 2 else -1) for x in a]
        b, c = (
            [x if order > power else Fraction(0) for x in v] for v, power in ((b, 2), (c, 3))
        )
    return a, b, c


def generic_note(expressions: Any) -> str:
    """Describe the instances of the generic functions of some expressions."""
    out = set()
    for e in expressions:
        for part in subexpressions(e) if isinstance(e, sp.Basic) else ():
            key = getattr(type(part), "generic", None)
            if key is None:
                continue
            name, orders, adjective = key
            a, b, c = constants(name, len(orders), adjective)
            t = [f"t_{i + 1}" for i in range(len(orders))] if len(orders) > 1 else ["t"]
            inner = " + ".join(f"({x}){s}" for x, s in zip(a, t, strict=True))
            outer = "cos" if adjective.startswith("order") else "exp"
            text = rf"{name}({', '.join(t)}) = {outer}({inner})"
            if adjective != "positive":
                text += "".join(f" + ({x}){s}^2" for x, s in zip(b, t, strict=True))
            if adjective not in ("positive", "convex", "increasing"):
                text += "".join(f" + ({x}){s}^3" for x, s in zip(c, t, strict=True))
            out.add(text)
    return "; ".join(sorted(out))
