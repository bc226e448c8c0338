"""Going downhill for a counterexample: from the sample points towards where a bound is tight.

A false inequality may hold at every sample point and fail in a corner that they do not visit.
From the points where the two sides are nearest to each other, one coordinate after the other
is moved (scaled, shifted, reflected, put to zero or to the value of another) as long as the
relative gap shrinks. What is found is a point like any other: it counts only when balls at
full precision say that the relation fails there and that every hypothesis holds.
"""

from __future__ import annotations

import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy as sp
from flint import arb

from dlnotes.checking.engines import points
from dlnotes.checking.engines.timing import Budget, time_limit
from dlnotes.checking.refutation import POINTS, failure_at
from dlnotes.checking.semantics.values import NotGeneral, Undefined
from dlnotes.checking.steps import choices_of, context_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dlnotes.checking.contexts import Context
    from dlnotes.checking.steps import Step
    from dlnotes.checking.verdicts import Verdict
    from dlnotes.checking.vocabulary import Vocabulary

__all__ = ["descend"]

_STARTS = 4
"""From how many points the search goes downhill in each choice of sizes."""
_FACTORS = (Fraction(8), Fraction(1, 8), Fraction(3, 2), Fraction(2, 3), Fraction(17, 16))
_STEPS = (Fraction(1), Fraction(1, 4), Fraction(1, 16), Fraction(1, 64))
_QUICK = 64
"""Bits of the balls while searching."""


class _Walk:
    """The search in one context: relative gaps of both sides at chosen coordinates."""

    def __init__(self, context: Context, step: Step) -> None:
        self.context, self.step = context, step
        self.left, self.right = context.side(step.left), context.side(step.right)
        self.sign = 1 if step.op in (r"\le", "<") else -1
        cells = [*self.left.cells, *self.right.cells, *self.left.conditions]
        cells += [*self.right.conditions, *context.known]
        names = {s for c in cells for s in c.free_symbols if s.is_Symbol}
        self.symbols = sorted(
            (s for s in names if not context.domain(s).complex and s.is_real), key=str
        )

    def score(self, values: dict[Any, Fraction]) -> float | None:
        """Return the least relative gap of the entries, None where a side has no value."""
        point = self.context.at(values)
        if point is None:
            return None
        try:
            held = [*self.left.conditions, *self.right.conditions]
            if not all(points.truth_at(c, point) for c in held):
                return None
            worst = float("inf")
            for x, y in zip(self.left.cells, self.right.cells, strict=True):
                a, b = points.evaluate(x, point), points.evaluate(y, point)
                if not (isinstance(a, arb) and isinstance(b, arb)):
                    return None
                size = float(abs(a).mid()) + float(abs(b).mid())
                gap = float((b - a).mid()) * self.sign
                if gap != gap or size == float("inf"):
                    return None
                worst = min(worst, gap / size if size else 0.0)
        except (points.Indeterminate, ValueError, OverflowError, ZeroDivisionError):
            return None
        return worst

    def moves(self, values: dict[Any, Fraction]) -> Iterator[dict[Any, Fraction]]:
        """Yield points that differ in one coordinate."""
        for x in self.symbols:
            old = values[x]
            if self.context.domain(x).integer:
                tries = [old + 1, old - 1, 2 * old, Fraction(old.numerator // 2)]
            else:
                tries = [old * f for f in _FACTORS] + [-old, Fraction(0)]
                tries += [old + s for s in _STEPS] + [old - s for s in _STEPS]
                tries += [values[y] for y in self.symbols[:6] if y != x]
            for new in tries:
                if new != old:
                    yield {**values, x: new.limit_denominator(10**9)}

    def starts(self) -> list[tuple[float, dict[Any, Fraction]]]:
        """Return the sample points where the sides are nearest to each other."""
        found = []
        for k in range(POINTS):
            point = self.context.point(k)
            if point is None:
                continue
            values: dict[Any, Fraction] = {}
            for s in self.symbols:
                point[s]
                q = point.exact[s]
                values[s] = Fraction(int(q.numerator), int(q.denominator))
            score = self.score(values)
            if score is not None:
                found.append((score, values))
        return sorted(found, key=lambda pair: pair[0])[:_STARTS]

    def downhill(self, score: float, values: dict[Any, Fraction]) -> dict[Any, Fraction] | None:
        """Return a point where the gap looks negative, None when there is no way down."""
        while score >= -1e-12:
            best = None
            for candidate in self.moves(values):
                new = self.score(candidate)
                if new is not None and new < score - 1e-9 * abs(score):
                    score, best = new, candidate
                    if score < -1e-12:
                        return candidate
            if best is None:
                return None
            values = best
        return values


def descend(step: Step, vocabulary: Vocabulary, tex: str, seconds: float) -> Verdict | None:
    r"""Search for a point at which an inequality fails.

    Parameters
    ----------
    step : Step
        A relation with ``<``, ``>``, ``\le`` or ``\ge``.
    vocabulary : Vocabulary
        The names.
    tex : str
        What the step was read from.
    seconds : float
        Processor time.

    Returns
    -------
    Verdict or None
        A refutation with its point, or None; that shows nothing.

    Examples
    --------
    >>> from dlnotes.checking.steps import steps_of
    >>> from dlnotes.checking.tex.reader import read
    >>> from dlnotes.checking.vocabulary import Vocabulary
    >>> names = Vocabulary.parse("x : real\nh : positive")
    >>> tex = r"\lvert \sin(x + h) - \sin(x) \rvert \le \frac{999}{1000} h"
    >>> (step,) = steps_of(read(tex, names))
    >>> descend(step, names, tex, 4.0).kind.value
    'refuted'
    """
    if step.op not in (r"\le", r"\ge", "<", ">"):
        return None
    start = time.thread_time()
    choices, _, _ = choices_of(step, vocabulary, proving=False)
    for n, sizes in enumerate(choices[:3]):
        left = seconds - (time.thread_time() - start)
        if left <= 0:
            break
        try:
            with time_limit(left / (min(3, len(choices)) - n)):
                context = context_of(vocabulary, sizes, step.hypotheses)
                found = None if context.impossible else _in(context, step, tex)
        except (Budget, NotGeneral, Undefined, NotImplementedError, TypeError):
            continue
        if found is not None:
            return found
    return None


def _in(context: Context, step: Step, tex: str) -> Verdict | None:
    walk = _Walk(context, step)
    sides = (walk.left, walk.right)
    if any(s.undefined for s in sides) or sides[0].shape != sides[1].shape:
        return None
    if not walk.symbols or any(c.has(sp.Integral, sp.Limit) for s in sides for c in s.cells):
        return None
    with points.precision(_QUICK):
        ways = walk.starts()
    for score, values in ways:
        with points.precision(_QUICK):
            found = walk.downhill(score, values)
        if found is not None:
            with points.precision():
                verdict = failure_at(context, step, tex, context.note(found))
            if verdict is not None:
                return verdict
    return None
