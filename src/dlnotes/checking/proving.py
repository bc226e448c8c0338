"""Proving a step: for every size where that can be done, else for small sizes exactly."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.engines import symbolic
from dlnotes.checking.engines.inequalities import is_signed
from dlnotes.checking.semantics.values import NotGeneral, Undefined
from dlnotes.checking.verdicts import (
    Tier,
    Verdict,
    proved,
    unproved,
)

if TYPE_CHECKING:
    from dlnotes.checking.contexts import Context, Side
    from dlnotes.checking.vocabulary import Vocabulary

from dlnotes.checking.steps import Step, choices_of, context_of

__all__ = ["prove"]


def _prove_in(context: Context, step: Step) -> tuple[bool, str, tuple[str, ...]]:
    """Try to prove the step in one context: success, why not, side conditions reported."""
    left, right = context.side(step.left), context.side(step.right)
    if context.impossible:
        return True, "", ()
    if left.undefined or right.undefined:
        return False, left.undefined or right.undefined, ()
    if left.shape != right.shape or len(left.cells) != len(right.cells):
        return False, "the shapes differ", ()
    ranges = context.interpreter.ranges
    off = tuple(c.lhs for c in (*left.conditions, *right.conditions) if isinstance(c, sp.Ne))
    for x, y in zip(left.cells, right.cells, strict=True):
        if step.op == "=":
            ok = symbolic.is_zero(
                x - y, ranges, off=off, implied=context.implied, rules=context.rules
            )
        elif step.op == r"\ne":
            ok = context.implied(sp.Ne(x - y, 0, evaluate=False))
        else:
            gap = y - x if step.op in (r"\le", "<") else x - y
            strict = step.op in ("<", ">")
            gap = symbolic.close_operators(gap, context.implied)
            ok = (
                any(_weaker_known(k, gap, strict) for k in context.known)
                or is_signed(gap, context.domains, strict=strict, ranges=ranges)
                or (not strict and symbolic.is_zero(gap, ranges, quick=True))
            )
        if not ok:
            return (
                False,
                "the difference was not shown to vanish"
                if step.op == "="
                else ("the inequality was not shown"),
                (),
            )
    missing, reported = _domains_differ(context, left, right)
    if missing:
        return (
            False,
            (
                f"the sides are defined on different sets: {missing} is not implied by the "
                "declared domains (declare it: 'assume : ...')"
            ),
            (),
        )
    return True, "", reported


def _weaker_known(known: Any, gap: Any, strict: bool) -> bool:
    from dlnotes.checking.contexts import _weaker

    return _weaker(known, (sp.Gt if strict else sp.Ge)(gap, 0, evaluate=False))


def _same_condition(a: Any, b: Any) -> bool:
    if a == b:
        return True
    relational = sp.core.relational.Relational
    if not (isinstance(a, relational) and isinstance(b, relational)):
        return False
    x, y = a.lhs - a.rhs, b.lhs - b.rhs
    stronger = {sp.Gt: (sp.Gt,), sp.Ge: (sp.Gt, sp.Ge), sp.Ne: (sp.Gt, sp.Ne)}
    if not isinstance(b, stronger.get(type(a), (type(a),))) or y == 0:
        return False
    if x.has(sp.Sum) or y.has(sp.Sum):
        return bool(sp.expand(x - y) == 0)
    ratio = sp.cancel(x / y)
    return bool(ratio.is_nonzero if isinstance(a, sp.Ne) else ratio.is_positive)


def _split_conditions(conditions: Any) -> list[Any]:
    out: list[Any] = []
    for c in conditions:
        if isinstance(c, sp.Ne) and isinstance(sp.factor_terms(c.lhs), sp.Mul):
            for f in sp.factor_terms(c.lhs).args:
                base = f.base if isinstance(f, sp.Pow) else f
                if not base.is_number:
                    out.append(sp.Ne(base, 0, evaluate=False))
        elif isinstance(c, sp.Or) and _points_left_out(c) is not None:
            out += _points_left_out(c) or []
        else:
            out.append(c)
    return out


def _points_left_out(c: Any) -> list[Any] | None:
    """Read ``x < a or x > a`` as ``x != a``."""
    if len(c.free_symbols) != 1:
        return None
    (x,) = c.free_symbols
    try:
        hole = sp.Not(c).as_set() if x.is_extended_real else None
    except (NotImplementedError, ValueError, TypeError):
        return None
    if isinstance(hole, sp.FiniteSet):
        return [sp.Ne(x - p, 0, evaluate=False) for p in hole]
    return None


def _domains_differ(context: Context, left: Side, right: Side) -> tuple[str, tuple[str, ...]]:
    """Return a condition of one side only that is not implied, and those that both need."""
    open_left = [c for c in _split_conditions(left.conditions) if not context.implied(c)]
    open_right = [c for c in _split_conditions(right.conditions) if not context.implied(c)]
    for mine, theirs in ((open_left, open_right), (open_right, open_left)):
        for c in mine:
            if not any(_same_condition(c, d) for d in theirs):
                return str(c).replace("Ne(", "nonzero("), ()
    return "", tuple(sorted({str(c) for c in open_left}))


def prove(step: Step, vocabulary: Vocabulary) -> Verdict:
    """Return the verdict of the symbolic methods on a step that no point refuted."""
    choices, sized, complete = choices_of(step, vocabulary, proving=True)
    why = ""
    if (sized and not complete) or len(choices) > 12:
        try:
            context = context_of(vocabulary, None, step.hypotheses)
            with symbolic.time_limit(4.0):
                ok, why, conditions = _prove_in(context, step)
            if ok:
                return proved(
                    Tier.SYMBOLIC,
                    "for every size",
                    engines=(symbolic.ENGINE,),
                    side_conditions=conditions,
                )
        except (
            NotGeneral,
            Undefined,
            NotImplementedError,
            AttributeError,
            TypeError,
            symbolic.Budget,
        ) as error:
            why = str(error)
    reported: tuple[str, ...] = ()
    start = time.perf_counter()
    done: list[dict[str, int]] = []
    for sizes in choices:
        context = context_of(vocabulary, sizes, step.hypotheses)
        enough = not complete and sized and len(done) >= 2
        begin = time.perf_counter()
        try:
            with symbolic.time_limit(2.0 if enough else 8.0):
                ok, reason, conditions = _prove_in(context, step)
        except (NotGeneral, Undefined) as error:
            return unproved(f"not within the reader's reach: {error}")
        except (NotImplementedError, ValueError, TypeError, AttributeError) as error:
            return unproved(f"SymPy has no method: {error}")
        except symbolic.Budget:
            if enough:
                break
            return unproved("the time for one claim is used up")
        if not ok:
            if enough and time.perf_counter() - begin > 1.5:
                break
            return unproved(reason or why)
        reported += conditions
        done.append(sizes)
        if time.perf_counter() - start > 3 and len(done) >= 2 and not complete:
            break
    unique = tuple(dict.fromkeys(reported))
    if complete or not sized:
        return proved(Tier.SYMBOLIC, engines=(symbolic.ENGINE,), side_conditions=unique)
    names = sorted({k for s in done for k in s if vocabulary.entries[k].kind == "integer"})
    spans = [f"{k} = {min(s[k] for s in done)}..{max(s[k] for s in done)}" for k in names]
    return proved(
        Tier.SAMPLED,
        f"exactly, for {', '.join(spans) or 'some indices'}",
        engines=(symbolic.ENGINE,),
        side_conditions=unique,
    )
