"""Proving a step: for every size where that can be done, else for small sizes exactly."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sympy as sp
from flint import arb, fmpq

from dlnotes.checking.engines import points, symbolic
from dlnotes.checking.engines.closing import close_operators
from dlnotes.checking.engines.inequalities import is_signed
from dlnotes.checking.engines.jensen import by_jensen
from dlnotes.checking.engines.last_resort import certify_sign
from dlnotes.checking.engines.tangents import without_logs
from dlnotes.checking.engines.timing import Budget, remaining, time_limit
from dlnotes.checking.engines.words import same_words
from dlnotes.checking.hypotheses import weaker
from dlnotes.checking.semantics.values import NotGeneral, Undefined
from dlnotes.checking.side_conditions import domains_differ
from dlnotes.checking.steps import Step, choices_of, context_of
from dlnotes.checking.verdicts import Counterexample, Kind, Tier, Verdict, proved, unproved

if TYPE_CHECKING:
    from dlnotes.checking.contexts import Context
    from dlnotes.checking.vocabulary import Vocabulary

__all__ = ["prove"]


@dataclass
class _Outcome:
    """What one context gave: success, why not, open conditions, and who showed it."""

    ok: bool
    why: str = ""
    conditions: tuple[str, ...] = ()
    certified: tuple[str, ...] = ()
    refuted: Verdict | None = None

    @property
    def tier(self) -> Tier:
        return Tier.CERTIFIED if self.certified else Tier.SYMBOLIC

    @property
    def engines(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((symbolic.ENGINE, *self.certified)))


_NOT_EQUAL = "the difference was not shown to vanish"
_NO_SIZE = {True: "some indices", False: "random variables of three values"}
_NOT_SHOWN = "the inequality was not shown"
_BOUNDARY = (
    "a strict relation with a fixed orthogonal matrix: its parameters reach some matrices, the "
    "identity for one, only as a limit"
)


def _prove_in(context: Context, step: Step) -> _Outcome:
    """Try to prove the step in one context."""
    left, right = context.side(step.left), context.side(step.right)
    if context.impossible:
        return _Outcome(True)
    if left.undefined or right.undefined:
        return _Outcome(False, left.undefined or right.undefined)
    if left.shape != right.shape or len(left.cells) != len(right.cells):
        return _Outcome(False, "the shapes differ")
    ranges = context.interpreter.ranges
    off = tuple(c.lhs for c in (*left.conditions, *right.conditions) if isinstance(c, sp.Ne))
    certified: tuple[str, ...] = ()
    turns = {s for q in context.interpreter.orthogonal for s in q.free_symbols}
    for x, y in zip(left.cells, right.cells, strict=True):
        if step.op in ("<", ">", r"\ne") and turns & (x - y).free_symbols:
            if not turns & sp.simplify(x - y).free_symbols:
                x, y = sp.simplify(x - y), sp.Integer(0)
            else:
                return _Outcome(False, _BOUNDARY)
        if step.op == "=":
            ok = symbolic.is_zero(
                x - y, ranges, off=off, implied=context.implied, rules=context.rules
            )
            if not ok:
                return _Outcome(False, _NOT_EQUAL)
        elif step.op == r"\ne":
            if not context.implied(sp.Ne(x - y, 0, evaluate=False)):
                return _Outcome(False, "the two were not shown to differ")
        else:
            gap = y - x if step.op in (r"\le", "<") else x - y
            strict = step.op in ("<", ">")
            gap = close_operators(gap, context.implied)
            if _holds(context, gap, strict):
                continue
            verdict = certify_sign(
                gap, context.domains, strict=strict, known=context.known, ranges=ranges
            )
            found = _confirmed(context, gap, strict, verdict, step)
            if found is not None:
                return _Outcome(
                    False, _NOT_SHOWN, refuted=replace(verdict, counterexample=found)
                )
            if verdict.kind is not Kind.PROVED:
                return _Outcome(False, _NOT_SHOWN)
            certified += verdict.engines
    missing, reported = domains_differ(context, left, right)
    if missing:
        return _Outcome(
            False,
            f"the sides are defined on different sets: {missing} is not implied by the "
            "declared domains (declare it: 'assume : ...')",
        )
    return _Outcome(True, "", reported, certified)


def _holds(context: Context, gap: Any, strict: bool) -> bool:
    """Whether the sign of a gap follows by the symbolic methods."""
    ranges = context.interpreter.ranges
    wanted = (sp.Gt if strict else sp.Ge)(gap, 0, evaluate=False)
    return (
        any(weaker(k, wanted) for k in context.known)
        or is_signed(gap, context.domains, strict=strict, ranges=ranges)
        or (not strict and symbolic.is_zero(gap, ranges, quick=True))
        or (bool(context.known) and _signs_of_factors(context, gap, strict))
        or any(
            is_signed(b, context.domains, strict=strict, ranges=ranges, seconds=1.0)
            or (not strict and symbolic.is_zero(b, ranges, quick=True))
            for b in (
                *without_logs(gap, lambda c: _quickly_signed(context, c)),
                *(() if strict else by_jensen(gap, lambda c: _quickly_signed(context, c))),
            )
        )
    )


def _quickly_signed(context: Context, c: Any) -> bool:
    return is_signed(c, context.domains, strict=False, seconds=0.5)


def _signs_of_factors(context: Context, gap: Any, strict: bool) -> bool:
    """Every factor has a sign, by hypothesis or on its domain, and the product is positive."""
    if gap.count_ops() > 100 or gap.has(sp.Sum, sp.Max, sp.Min, sp.Piecewise):
        return False
    sign = 1
    for f in sp.Mul.make_args(sp.factor(gap)):
        for s in (1, -1):
            wanted = (sp.Gt if strict else sp.Ge)(s * f, 0, evaluate=False)
            if any(weaker(k, wanted) for k in context.known) or is_signed(
                s * f, context.domains, strict=strict, seconds=0.5
            ):
                sign *= s
                break
        else:
            return False
    return sign > 0


def _confirmed(
    context: Context, gap: Any, strict: bool, verdict: Verdict, step: Step
) -> Counterexample | None:
    """Return the point that an engine found, if it is allowed and the step fails there."""
    found = verdict.counterexample
    if verdict.kind is not Kind.REFUTED or found is None:
        return None
    left, right = context.side(step.left), context.side(step.right)
    rational, point = {}, {}
    shown = {k: str(v) for k, v in (context.sizes or {}).items()}
    for s in gap.free_symbols | {x for k in context.known for x in k.free_symbols}:
        value = sp.sympify(found.point.get(str(s), "0"))
        if not value.is_Rational:
            return None
        rational[s], point[s] = value, arb(fmpq(int(value.p), int(value.q)))
        shown[context.interpreter.table.names.get(s, str(s))] = str(value)
    try:
        with points.precision():
            value = points.evaluate(gap, point)
            held = [*context.known, *left.conditions, *right.conditions]
            if not all(points.truth_at(c, point) for c in held):
                return None
            sides = [
                [points.evaluate(c, point).str(10, radius=False) for c in side.cells]
                for side in (left, right)
            ]
    except (points.Indeterminate, ValueError, OverflowError, AttributeError):
        return None
    exact = gap.xreplace(rational)
    value = exact if exact.is_Rational else value
    if not (value <= 0 if strict else value < 0):
        return None
    return Counterexample(shown, ", ".join(sides[0]), ", ".join(sides[1]), step.op)


def prove(step: Step, vocabulary: Vocabulary, *, general_only: bool = False) -> Verdict:
    """Return the verdict of the symbolic methods on a step that no point refuted.

    Parameters
    ----------
    step
        One relation.
    vocabulary
        The names.
    general_only
        Go through small sizes only where they are all there are.

    Returns
    -------
    Verdict
        Proved for every size (symbolic or certified), proved for small sizes (sampled),
        refuted at a point that an interval engine or z3 found, or unproved with the reason.
    """
    choices, sized, complete = choices_of(step, vocabulary, proving=True)
    why = ""
    if (sized and not complete) or len(choices) > 12:
        try:
            with time_limit(4.0):
                context = context_of(vocabulary, None, step.hypotheses)
                if _by_words(context, step):
                    return proved(Tier.SYMBOLIC, "for every size", engines=(symbolic.ENGINE,))
                general = _prove_in(context, step)
            why = general.why
            if general.ok:
                return proved(
                    general.tier,
                    "for every size" if any(choices) else "",
                    engines=general.engines,
                    side_conditions=general.conditions,
                )
        except (Budget, NotGeneral, ValueError, *_SYMPY_GAVE_UP) as error:
            why = str(error)
    if sized and not complete and general_only:
        return unproved(why)
    return _prove_instances(step, vocabulary, choices, sized, complete, why)


def _by_words(context: Context, step: Step) -> bool:
    """Whether an equation holds for every size as one between sums of matrix products."""
    if step.op != "=" or context.impossible:
        return False
    if not any(context.vocabulary.may_be_array(n) for n in (step.left, step.right)):
        return False
    try:
        return same_words(context, step.left, step.right)
    except (NotGeneral, Undefined):
        return False


_SYMPY_GAVE_UP = (NotImplementedError, AttributeError, TypeError, KeyError, RecursionError)


def _prove_instances(
    step: Step,
    vocabulary: Vocabulary,
    choices: list[dict[str, int]],
    sized: bool,
    complete: bool,
    why: str,
) -> Verdict:
    """Prove the step for the sizes chosen: for all there are, or as many as time allows."""
    start = time.thread_time()
    done: list[dict[str, int]] = []
    outcomes: list[_Outcome] = []
    for sizes in choices:
        enough = not complete and sized and len(done) >= 2
        begin = time.thread_time()
        if enough and (begin - start > 2 or remaining() < 1):
            break
        try:
            with time_limit(2.0 if enough else 8.0):
                context = context_of(vocabulary, sizes, step.hypotheses)
                outcome = _prove_in(context, step)
        except (NotGeneral, Undefined) as error:
            if enough and isinstance(error, NotGeneral):
                break
            return unproved(f"not within the reader's reach: {error}")
        except (ValueError, *_SYMPY_GAVE_UP) as error:
            return unproved(f"SymPy has no method: {error}")
        except Budget:
            if enough:
                break
            return unproved("the time for one claim is used up")
        if outcome.refuted is not None:
            return outcome.refuted
        if not outcome.ok:
            if enough and time.thread_time() - begin > 1.5:
                break
            return unproved(outcome.why or why)
        outcomes.append(outcome)
        done.append(sizes)
    conditions = tuple(dict.fromkeys(c for o in outcomes for c in o.conditions))
    engines = tuple(dict.fromkeys(e for o in outcomes for e in o.engines))
    if complete or not sized:
        tier = max((o.tier for o in outcomes), default=Tier.SYMBOLIC)
        return proved(tier, engines=engines, side_conditions=conditions)
    names = sorted({k for s in done for k in s if vocabulary.entries[k].kind == "integer"})
    spans = [f"{k} = {min(s[k] for s in done)}..{max(s[k] for s in done)}" for k in names]
    return proved(
        Tier.SAMPLED,
        f"exactly, for {', '.join(spans) or _NO_SIZE[any(choices)]}",
        engines=engines,
        side_conditions=conditions,
    )
