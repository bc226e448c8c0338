r"""Checking what a display says: chains of relations, conjunctions, implications.

Every step is first attacked at rational points in ball arithmetic, for several choices of the
sizes; only what survives is proved. For symbolic sizes a proof for every size is tried before
small sizes are gone through (which is *sampled*, and says so).
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.descent import descend
from dlnotes.checking.engines import points, symbolic
from dlnotes.checking.engines.timing import Budget, remaining, time_limit
from dlnotes.checking.semantics.instances import discrete_names
from dlnotes.checking.semantics.values import NotGeneral, Undefined
from dlnotes.checking.tex.nodes import Node
from dlnotes.checking.verdicts import (
    Kind,
    Tier,
    Verdict,
    proved,
    unproved,
)

if TYPE_CHECKING:
    from dlnotes.checking.statements import Relation, Statement
    from dlnotes.checking.vocabulary import Vocabulary

from dlnotes.checking.proving import prove
from dlnotes.checking.refutation import refute, refute_numerically, undefined
from dlnotes.checking.side_conditions import domains_differ
from dlnotes.checking.steps import Report, Step, choices_of, context_of, steps_of

__all__ = [
    "SECONDS",
    "USED_UP",
    "Report",
    "Step",
    "check",
    "check_formula",
    "check_step",
    "relations_of",
    "steps_of",
]


SECONDS = 10.0
"""Processor time for the check of one claim."""
USED_UP = "the time for one claim is used up"


_DESCENT = 2.0
"""Seconds of the search for a point where an inequality fails that was not proved."""


def check_step(
    step: Step,
    vocabulary: Vocabulary,
    tex: str,
    *,
    refute_only: bool = False,
    general_only: bool = False,
) -> Verdict:
    r"""Check one relation: refute it at points, prove it, or go downhill to where it fails.

    Parameters
    ----------
    step : Step
        The relation.
    vocabulary : Vocabulary
        The names.
    tex : str
        What the step was read from.
    refute_only : bool, optional
        Look for counterexamples at the sample points only.
    general_only : bool, optional
        Prove for every size or not at all: go through neither small sizes nor corners.

    Returns
    -------
    Verdict
        Proved, refuted with a point, or unproved with the reason.

    Examples
    --------
    >>> from dlnotes.checking.tex.reader import read
    >>> from dlnotes.checking.vocabulary import Vocabulary
    >>> names = Vocabulary.parse("x : real")
    >>> (step,) = steps_of(read("x < 2 x", names))
    >>> print(check_step(step, names, "x < 2 x").kind.value)
    refuted
    """
    if step.op in (r"\in", r"\notin", r"\subseteq", r"\approx"):
        ways = {"refute_only": refute_only, "general_only": general_only}
        return _check_other(step, vocabulary, tex, ways)
    verdict: Verdict | None = None
    tried = False
    try:
        with time_limit(6.0):
            verdict, tried = refute(step, vocabulary, tex)
            if verdict is None and not tried:
                verdict, tried = refute_numerically(step, vocabulary, tex)
    except Budget:
        pass
    except (NotGeneral, Undefined, NotImplementedError) as error:
        return unproved(f"cannot be evaluated: {error}")
    if verdict is not None:
        return verdict
    if refute_only:
        return unproved("not refuted")
    try:
        result = prove(step, vocabulary, general_only=general_only)
    except (ValueError, TypeError, NotImplementedError, AttributeError) as error:
        return unproved(f"an engine gave up: {error}")
    if result.kind is Kind.REFUTED and result.counterexample is not None:
        found = replace(result.counterexample, step=step.text(tex))
        return replace(result, counterexample=found)
    if result.kind is Kind.UNPROVED and not general_only:
        return descend(step, vocabulary, tex, min(_DESCENT, remaining())) or result
    if result.kind is Kind.PROVED and tried:
        return replace(result, engines=(*result.engines, points.ENGINE))
    if result.kind is Kind.PROVED and not _nothing_to_confirm(step, vocabulary):
        return unproved("proved by SymPy, but no point could be evaluated to confirm it")
    return result


def _nothing_to_confirm(step: Step, vocabulary: Vocabulary) -> bool:
    """Whether both sides are the same object, so that there is nothing to confirm."""
    choices, _, _ = choices_of(step, vocabulary, proving=True)
    context = context_of(vocabulary, choices[0], step.hypotheses)
    if context.impossible:
        return True
    a, b = context.side(step.left), context.side(step.right)
    return a.cells == b.cells or any(
        c.has(sp.Limit, sp.Integral, sp.Sum) for s in (a, b) for c in s.cells
    )


def _check_other(
    step: Step, vocabulary: Vocabulary, tex: str, ways: dict[str, bool]
) -> Verdict:
    r"""Membership is two inequalities; ``\\approx`` is agreement with the digits shown."""
    span = step.right.span
    if step.op == r"\approx":
        number = step.right.args[0] if step.right.kind == "neg" else step.right
        if number.kind != "num":
            return unproved(r"the right side of \approx is a decimal number")
        digits = len(number.value.partition(".")[2])
        half = Node("num", value="0." + "0" * digits + "5", span=span)
        gap = Node(
            "abs", (Node("add", (step.left, Node("neg", (step.right,)))),), span=step.left.span
        )
        return check_step(Step(gap, r"\le", half, step.hypotheses), vocabulary, tex, **ways)
    target = step.right
    parts: list[Step] = []
    if step.op == r"\in" and target.kind == "interval":
        low, high = target.args
        if not (low.kind == "neg" and low.args[0].value == "infty"):
            parts.append(
                Step(step.left, r"\ge" if target.value[0] else ">", low, step.hypotheses)
            )
        if not (high.kind == "const" and high.value == "infty"):
            parts.append(
                Step(step.left, r"\le" if target.value[1] else "<", high, step.hypotheses)
            )
    elif step.op == r"\subseteq" and step.left.kind == target.kind == "interval":
        (a, b), (c, d) = step.left.args, target.args
        strict = [
            not outer and inner
            for outer, inner in zip(target.value, step.left.value, strict=True)
        ]
        parts = [
            Step(a, ">" if strict[0] else r"\ge", c, step.hypotheses),
            Step(b, "<" if strict[1] else r"\le", d, step.hypotheses),
        ]
    elif step.op == r"\in" and target.kind == "reals" and target.value == "R":
        return _check_real(step, vocabulary, tex)
    if not parts:
        return unproved(f"{step.op} with this set is not checked")
    return Report([(p, check_step(p, vocabulary, tex, **ways)) for p in parts]).verdict


def _check_real(step: Step, vocabulary: Vocabulary, tex: str) -> Verdict:
    """Check that a side is real, and has a value, for all that its names stand for."""
    choices, sized, complete = choices_of(step, vocabulary, proving=True)
    for sizes in choices:
        try:
            context = context_of(vocabulary, sizes, step.hypotheses)
            side = context.side(step.left)
        except (NotGeneral, Undefined) as error:
            return unproved(str(error))
        if side.undefined:
            return undefined(context, step, tex, side.undefined, side.undefined)
        missing, _ = domains_differ(context, side, replace(side, conditions={}))
        if missing:
            return unproved(f"{missing} is not implied by the declared domains")
        if not all(c.is_real for c in side.cells):
            return unproved("not real")
    if sized and not complete:
        return proved(Tier.SAMPLED, "exactly, for small sizes", engines=(symbolic.ENGINE,))
    return proved(Tier.SYMBOLIC, engines=(symbolic.ENGINE,))


def check_formula(
    formula: Node,
    vocabulary: Vocabulary,
    tex: str,
    *,
    refute_only: bool = False,
    general_only: bool = False,
    only: set[tuple[Node, str, Node]] | None = None,
) -> Report:
    """Check every step of a parsed formula.

    Parameters
    ----------
    formula
        What `read` returned.
    vocabulary
        The names.
    tex
        The TeX that the formula was read from.
    refute_only
        Look for counterexamples only (for mutants).
    general_only
        Prove for every size or not at all: go through neither small sizes nor corners.
    only
        Steps to skip because they are known to hold.
    """
    start = time.perf_counter()
    report = Report()
    for step in steps_of(formula):
        if only is not None and (step.left, step.op, step.right) in only:
            continue
        begin = time.perf_counter()
        try:
            verdict = check_step(
                step, vocabulary, tex, refute_only=refute_only, general_only=general_only
            )
        except Budget:
            verdict = unproved(USED_UP)
        report.steps.append((step, verdict.with_seconds(time.perf_counter() - begin)))
        if refute_only and verdict.kind is Kind.REFUTED:
            break
    report.seconds = time.perf_counter() - start
    return report


def check(
    statement: Statement,
    *,
    seconds: float = SECONDS,
    refute_only: bool = False,
    general_only: bool = False,
) -> Report:
    """Check every step of a statement.

    Parameters
    ----------
    statement
        From a page.
    seconds
        Processor time for all of it; steps that are not reached are unproved.
    refute_only
        Look for counterexamples only (for what is proved by other means).
    general_only
        Prove for every size or not at all: go through neither small sizes nor corners.

    Returns
    -------
    Report
        The verdict on each step; ``.verdict`` is that on the whole.

    Raises
    ------
    TexError
        When the statement cannot be read.

    Examples
    --------
    >>> from dlnotes.checking import Statement
    >>> from dlnotes.checking.vocabulary import Vocabulary
    >>> vocabulary = Vocabulary.parse("x : real")
    >>> check(Statement("square", "(x + 1)^2 = x^2 + 2x + 1", vocabulary)).verdict.kind.value
    'proved'
    """
    formula = statement.formula
    with suppress(Budget), time_limit(seconds):
        return check_formula(
            formula,
            statement.vocabulary,
            statement.tex,
            refute_only=refute_only,
            general_only=general_only,
        )
    verdicts = [(step, unproved(USED_UP)) for step in steps_of(formula)]
    return Report(verdicts, seconds)


def relations_of(statement: Statement) -> list[Relation]:
    """Return the relations of a statement as SymPy; see `Statement.relations`."""
    from dlnotes.checking.statements import Relation

    out: list[Relation] = []
    for step in steps_of(statement.formula):
        names = discrete_names([step.left, step.right], statement.vocabulary)
        sizes: dict[str, int] | None = None if names else {}
        context = context_of(statement.vocabulary, sizes, step.hypotheses)
        left = context.side(step.left)
        if step.op in (r"\in", r"\subseteq", r"\notin"):
            right: Any = context.interpreter.set_value(step.right, {})
        else:
            side = context.side(step.right)
            right = side.cells[0] if not side.shape else side.value
        value = left.cells[0] if not left.shape and left.cells else left.value
        out.append(Relation(value, step.op, right, step.text(statement.tex)))
    return out
