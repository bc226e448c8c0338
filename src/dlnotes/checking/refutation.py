"""Looking for a point at which a step fails: balls first, closed forms and decimals after."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import sympy as sp
from flint import acb, arb

from dlnotes.checking.engines import points, sampling, symbolic
from dlnotes.checking.engines.closing import close_operators
from dlnotes.checking.engines.limits import NoLimit
from dlnotes.checking.engines.samples import generic_note
from dlnotes.checking.engines.timing import Budget, time_limit
from dlnotes.checking.semantics.values import NotGeneral
from dlnotes.checking.verdicts import (
    Counterexample,
    Tier,
    Verdict,
    refuted,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dlnotes.checking.contexts import Context, Side
    from dlnotes.checking.vocabulary import Vocabulary
from dlnotes.checking.steps import Step, choices_of, context_of

__all__ = ["POINTS", "failure_at", "refute", "refute_numerically", "undefined"]

POINTS = 16
"""How many sample points are tried in each choice of sizes."""

_LONG = 1.5
"""Seconds after which two choices of sizes are enough."""


def _fails(a: Any, op: str, b: Any) -> bool:
    """Whether ``a op b`` is certainly false for balls."""
    if op == "=":
        if isinstance(a, arb) != isinstance(b, arb):
            a, b = acb(a), acb(b)
        return not a.overlaps(b)
    if not isinstance(a, arb) or not isinstance(b, arb):
        return False
    gap = a - b
    return bool(
        {
            r"\le": gap > 0,
            r"\ge": gap < 0,
            "<": gap >= 0,
            ">": gap <= 0,
            r"\ne": gap == 0,
        }[op]
    )


def _show(v: Any) -> str:
    if isinstance(v, arb):
        return str(v.str(10, radius=False)) if v.is_finite() else str(v)
    if isinstance(v, acb) and v.is_finite():
        return f"{v.real.str(10, radius=False)} + {v.imag.str(10, radius=False)} i"
    return str(v)


def _counterexample(
    context: Context, step: Step, tex: str, k: int, left: Any, right: Any, where: str
) -> Counterexample:
    if not tex:  # a mutant: that it fails is all that is asked
        return Counterexample({}, left, right, step.op, "", where)
    point = context.point(k)
    assert point is not None
    sides = (context.side(step.left), context.side(step.right))
    symbols = {s for side in sides for c in side.cells for s in c.free_symbols}
    symbols |= {s for c in context.known for s in c.free_symbols}
    names = context.interpreter.table.names
    shown: dict[str, str] = {}
    for key, size in (context.sizes or {}).items():
        shown[key] = "varies" if context.vocabulary.entries[key].slots else str(size)
    inverse = dict(context.interpreter.table.substitutions.items())
    used: set[Any] = set()
    for s, v in inverse.items():
        if s.is_Symbol and v.free_symbols & symbols:
            try:
                shown[names.get(s, str(s))] = _show(points.evaluate(context.free(v), point))
                used |= v.free_symbols
            except points.Indeterminate:
                continue
    for s in sorted(symbols - used, key=str):
        if s in point.exact:
            shown[names.get(s, str(s))] = str(point.exact[s])
    note = generic_note([c for side in sides for c in side.cells])
    note = "; ".join(x for x in (note, where) if x)
    return Counterexample(shown, left, right, step.op, step.text(tex), note)


def _half_defined(
    context: Context, step: Step, tex: str, k: int, sides: tuple[Any, Any], lost: str
) -> Verdict:
    """Return the refutation at a point where one side has a value and the other has none."""
    shown = [
        f"no meaning without {lost}" if s is None else ", ".join(_show(v) for v in s[:4])
        for s in sides
    ]
    c = _counterexample(context, step, tex, k, shown[0], shown[1], "a side has no meaning")
    return refuted(c, Tier.CERTIFIED, "a side has no meaning", engines=(points.ENGINE,))


def _entry(shape: tuple[Any, ...], n: int) -> str:
    if not shape:
        return ""
    row, col = divmod(n, int(shape[1]))
    return f"entry ({row + 1}, {col + 1})" if int(shape[1]) > 1 else f"entry {row + 1}"


def undefined(context: Context, step: Step, tex: str, left: str, right: str) -> Verdict:
    """Return the refutation of a step one of whose sides has no meaning (and why)."""
    shown = {k: str(v) for k, v in (context.sizes or {}).items()}
    a, b = left or "defined", right or "defined"
    c = Counterexample(shown, a, b, step.op, step.text(tex), "a side has no meaning")
    return refuted(c, Tier.SYMBOLIC, "a side has no meaning")


def refute(step: Step, vocabulary: Vocabulary, tex: str) -> tuple[Verdict | None, bool]:
    """Look for a point where the step fails; also say whether any point could be tried.

    Sizes at which a side has no value here are left out, unless it has none at any. When the
    time is used up, the points seen so far count.

    Parameters
    ----------
    step : Step
        The relation.
    vocabulary : Vocabulary
        The names.
    tex : str
        What the step was read from, for the counterexample; where it is empty, that is left
        without a point.

    Returns
    -------
    verdict : Verdict or None
        A refutation, or None.
    tried : bool
        Whether both sides had certain values at some point.

    Raises
    ------
    NotGeneral, Undefined, NotImplementedError
        When neither side can be evaluated at any size.
    """
    seen: list[int] = []
    try:
        return _search(step, vocabulary, tex, seen), bool(seen)
    except Budget:
        if not seen:
            raise
        return None, True


def _search(step: Step, vocabulary: Vocabulary, tex: str, seen: list[int]) -> Verdict | None:
    """Go through sizes and points; `seen` grows with each point that could be evaluated."""
    reached = False
    beyond: Exception | None = None
    choices, _, _ = choices_of(step, vocabulary, proving=False)
    with points.precision():
        start = time.thread_time()
        for n, sizes in enumerate(choices):
            if n > 1 and seen and time.thread_time() - start > _LONG:
                break
            context = context_of(vocabulary, sizes, step.hypotheses)
            if context.impossible:
                seen.append(n)
                continue
            try:
                left, right = context.side(step.left), context.side(step.right)
            except (NotGeneral, NotImplementedError) as error:
                beyond = error
                continue
            reached = True
            if left.undefined or right.undefined:
                return undefined(context, step, tex, left.undefined, right.undefined)
            if left.shape != right.shape:
                show = [" x ".join(map(str, s.shape)) or "a number" for s in (left, right)]
                c = Counterexample(
                    {k: str(v) for k, v in sizes.items()},
                    show[0],
                    show[1],
                    step.op,
                    step.text(tex),
                    "the shapes differ",
                )
                return refuted(c, Tier.SYMBOLIC, "the shapes differ")
            fixed = not any(c.free_symbols for s in (left, right) for c in s.cells)
            for k in _numbers(context, (left, right)):
                a, b = context.values(step.left, k), context.values(step.right, k)
                if a is None or b is None:
                    if a is not None or b is not None:
                        lost = context.no_meaning(step.left if a is None else step.right, k)
                        if lost:
                            return _half_defined(context, step, tex, k, (a, b), lost)
                    continue
                seen.append(n)
                found = failure_at(context, step, tex, k)
                if found is not None:
                    return found
                if fixed:
                    break
    if beyond is not None and not reached:
        raise beyond
    return None


def _numbers(context: Context, sides: tuple[Side, Side]) -> Iterator[int]:
    """Yield the numbers of the points to try; kinks are looked for after the usual ones."""
    yield from range(POINTS)
    yield from context.edges(sides)


def failure_at(context: Context, step: Step, tex: str, k: int) -> Verdict | None:
    """Return the refutation at the `k`-th point of a context, None when none is certain.

    Parameters
    ----------
    context : Context
        A choice of sizes with its points.
    step : Step
        The relation.
    tex : str
        What it was read from.
    k : int
        Number of the point.

    Returns
    -------
    Verdict or None
        With the entry of an array at which the sides differ.
    """
    a, b = context.values(step.left, k), context.values(step.right, k)
    if a is None or b is None:
        return None
    shape = context.side(step.left).shape
    for cell, (x, y) in enumerate(zip(a, b, strict=True)):
        if _fails(x, step.op, y):
            c = _counterexample(context, step, tex, k, _show(x), _show(y), _entry(shape, cell))
            return refuted(c, Tier.CERTIFIED, engines=(points.ENGINE,))
    return None


def _sides(
    step: Step, vocabulary: Vocabulary, sizes: dict[str, int]
) -> tuple[Context, Side, Side] | None:
    """Return the context of a choice of sizes and both sides, None when one has no value."""
    context = context_of(vocabulary, sizes, step.hypotheses)
    try:
        return context, context.side(step.left), context.side(step.right)
    except (NotGeneral, NotImplementedError):
        return None


def _refute_closed(
    step: Step, vocabulary: Vocabulary, tex: str, choices: list[dict[str, int]]
) -> Verdict | None:
    """Evaluate limits, integrals and infinite sums in closed form, then compare balls."""
    for sizes in choices:
        sides = _sides(step, vocabulary, sizes)
        if sides is None:
            continue
        context, left, right = sides
        for n, pair in enumerate(zip(left.cells, right.cells, strict=True)):
            closed, lost = [], ["", ""]
            try:
                with time_limit(4.5):
                    for m, c in enumerate(pair):
                        try:
                            closed.append(close_operators(c, context.implied))
                        except NoLimit as error:
                            lost[m] = str(error)
                if any(lost):
                    return undefined(context, step, tex, *lost)
                x, y = closed
            except (Budget, NotImplementedError, ValueError, TypeError):
                continue
            infinite = [c for c in (x, y) if c in (sp.oo, -sp.oo)]
            if len(infinite) == 1 and step.op == "=":
                c = Counterexample(
                    {k: str(v) for k, v in sizes.items()},
                    str(x),
                    str(y),
                    step.op,
                    step.text(tex),
                    "one side is infinite",
                )
                return refuted(c, Tier.SYMBOLIC, engines=(symbolic.ENGINE,))
            for k in range(3):
                point = context.point(k)
                if point is None:
                    continue
                try:
                    with points.precision():
                        a, b = points.evaluate(x, point), points.evaluate(y, point)
                        if a.is_finite() and b.is_finite() and _fails(a, step.op, b):
                            c = _counterexample(
                                context, step, tex, k, _show(a), _show(b), _entry(left.shape, n)
                            )
                            return refuted(
                                c, Tier.SYMBOLIC, engines=(symbolic.ENGINE, points.ENGINE)
                            )
                except (points.Indeterminate, ValueError, OverflowError, AttributeError):
                    continue
    return None


def refute_numerically(
    step: Step, vocabulary: Vocabulary, tex: str
) -> tuple[Verdict | None, bool]:
    """Do as `refute` does for integrals, infinite sums and limits, with SymPy and mpmath.

    Parameters
    ----------
    step : Step
        The relation.
    vocabulary : Vocabulary
        The names.
    tex : str
        What it was read from.

    Returns
    -------
    verdict : Verdict or None
        A refutation, or None.
    tried : bool
        Whether decimals of both sides agreed somewhere.
    """
    choices, _, _ = choices_of(step, vocabulary, proving=False)
    limits = any(n.kind == "limit" for side in (step.left, step.right) for n in side.walk())
    agreed = 0
    if limits:  # SymPy's limits are slow, and those of unknown functions slower
        found, agreed = _by_decimals(step, vocabulary, tex, choices[:2])
        if found is not None or (agreed and _generic(step, vocabulary, choices[0])):
            return found, True
    closed = _refute_closed(step, vocabulary, tex, choices[:2])
    if closed is not None:
        return closed, True
    if not limits:
        found, agreed = _by_decimals(step, vocabulary, tex, choices[:2])
        if found is not None:
            return found, True
    return None, agreed > 0


def _generic(step: Step, vocabulary: Vocabulary, sizes: dict[str, int]) -> bool:
    """Whether a step speaks of functions of which only the smoothness is known."""
    sides = _sides(step, vocabulary, sizes)
    cells = [] if sides is None else [*sides[1].cells, *sides[2].cells]
    return any(hasattr(type(f), "generic") for c in cells for f in c.atoms(sp.Function))


def _by_decimals(
    step: Step, vocabulary: Vocabulary, tex: str, choices: list[dict[str, int]]
) -> tuple[Verdict | None, int]:
    """Compare decimals of both sides; also return at how many places they agreed."""
    import mpmath as mp

    agreed = 0
    for sizes in choices:
        sides = _sides(step, vocabulary, sizes)
        if sides is None:
            continue
        context, left, right = sides
        for k in (0, 1, 2, 14, *context.edges((left, right))):  # 14: all that may be zero is
            point = context.point(k)
            if point is None:
                continue
            for n, (x, y) in enumerate(zip(left.cells, right.cells, strict=True)):
                try:
                    env = {
                        s: mp.mpf(point[s].mid().str(40, radius=False))
                        for e in (x, y)
                        for s in e.free_symbols
                    }
                    a = sampling.decimal_value(x, env)
                    b = sampling.decimal_value(y, env)
                except (sampling.NoValue, points.Indeterminate, ArithmeticError):
                    continue
                gap = a - b
                if not isinstance(gap, mp.mpf):
                    continue
                slack = mp.mpf(10) ** (-6 if x.has(sp.Limit) or y.has(sp.Limit) else -9)
                slack = (
                    slack if not (x.has(sp.Limit) or y.has(sp.Limit)) else mp.mpf("0.02")
                ) * (1 + abs(a) + abs(b))
                fails = {
                    "=": abs(gap) > slack,
                    r"\le": gap > slack,
                    "<": gap > slack,
                    r"\ge": gap < -slack,
                    ">": gap < -slack,
                    r"\ne": False,
                }[step.op]
                if fails:
                    c = _counterexample(
                        context,
                        step,
                        tex,
                        k,
                        mp.nstr(a, 10),
                        mp.nstr(b, 10),
                        _entry(left.shape, n),
                    )
                    return refuted(c, Tier.SAMPLED, engines=(sampling.ENGINE,)), agreed
                agreed += 1
            if not any(c.free_symbols for s in (left, right) for c in s.cells):
                break
    return None, agreed
