r"""Attacks on a statement: small errors put into its TeX must be *refuted* by the same check.

A mutant is an edit of the TeX at the place of a token or a node: a flipped sign, a number off
by one, a dropped prime, swapped indices, ``\le`` for ``\ge``, a dropped transpose, swapped
matrix factors, another function, a dropped factor, a shortened range, another variable. It is
read again from scratch, so that the reader is attacked as well.

What becomes of a mutant:

killed       refuted, with a point; the only outcome that counts for the statement
equivalent   *proved*: the edit did not change the truth (``0`` for ``-0``); discarded
weaker       an edit of an inequality that is *proved* to be still true; counted by itself
untried      there was no time left; counted
survivor     anything else, undecided ones too; the statement fails
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from dlnotes.checking.consequences import follows
from dlnotes.checking.derivations import Report, Step, check_formula, check_step, steps_of
from dlnotes.checking.descent import descend
from dlnotes.checking.engines.timing import Budget, time_limit
from dlnotes.checking.mutations import RELATIONS, Mutant, mutants_of, side_mutants
from dlnotes.checking.tex.reader import read
from dlnotes.checking.verdicts import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlnotes.checking.statements import Statement
    from dlnotes.checking.tex.nodes import Node

__all__ = ["Attack", "Mutant", "attack", "mutants_of"]

_POINTS, _PROOF, _DESCENT, _CONSEQUENCE = 3.0, 4.0, 2.5, 1.5
"""Seconds for the points of one mutant, for its proof, for the search for a corner where it
fails, and for showing that it follows from the statement itself."""

_SHARES = (0.4, 1.0)
"""Parts of these seconds, one after the other: what one way of deciding cannot show in all its
time, another often shows at once."""


@dataclass
class Attack:
    """The outcome of all mutants of one statement."""

    killed: list[Mutant] = field(default_factory=list)
    equivalent: list[Mutant] = field(default_factory=list)
    weaker: list[Mutant] = field(default_factory=list)
    survivors: list[Mutant] = field(default_factory=list)
    untried: int = 0
    seconds: float = 0.0

    @property
    def made(self) -> int:
        """How many mutants count: those that were refuted, and the survivors."""
        return len(self.killed) + len(self.survivors)

    @property
    def passed(self) -> bool:
        """Whether there was a mutant and none survived."""
        return bool(self.killed) and not self.survivors

    def as_dict(self) -> dict[str, object]:
        """Return counts and survivors for ``claims.json``."""
        return {
            "made": self.made,
            "killed": len(self.killed),
            "equivalent": len(self.equivalent),
            "weaker": len(self.weaker),
            "untried": self.untried,
            "seconds": round(self.seconds, 3),
            "still_true": [f"{m.kind}: {m.note}" for m in self.weaker],
            "survivors": [f"{m.kind}: {m.note}" for m in self.survivors],
        }


@dataclass
class _Pending:
    """A mutant that no sample point refuted."""

    mutant: Mutant
    formula: Node
    skip: set[tuple[Node, str, Node]] | None
    bound: bool


def attack(
    statement: Statement,
    *,
    prove: Callable[[Statement], Kind] | None = None,
    seconds: float = 8.0,
) -> Attack:
    """Attack a statement that was proved.

    Every mutant is first looked at in sample points; then those that are left are decided,
    mutants of equalities before those of inequalities.

    Parameters
    ----------
    statement
        It must be readable.
    prove
        What decides a mutant that no point refutes (for theorems with a registered proof);
        by default the check itself.
    seconds
        Processor time. Mutants that are not reached are counted as untried; one of an
        equality that was not decided is a survivor.

    Returns
    -------
    Attack
        What became of every mutant.

    Examples
    --------
    >>> from dlnotes.checking import Statement
    >>> from dlnotes.checking.vocabulary import Vocabulary
    >>> vocabulary = Vocabulary.parse("x : real")
    >>> outcome = attack(Statement("square", "(x + 1)^2 = x^2 + 2x + 1", vocabulary))
    >>> outcome.passed, len(outcome.survivors)
    (True, 0)
    """
    start = time.thread_time()
    out = Attack()
    formula = statement.formula
    original = {(s.left, s.op, s.right) for s in steps_of(formula)}
    pending: list[_Pending] = []
    pool = mutants_of(statement)
    for n, mutant in enumerate(pool):
        if time.thread_time() - start > seconds * 0.7 and out.killed:
            out.untried = len(pool) - n
            break
        _look(mutant, statement, original, out, pending)
    if not out.killed and not pending:
        for mutant in side_mutants(statement.tex, formula):
            _look(mutant, statement, original, out, pending)
    for p in sorted(pending, key=lambda p: p.bound):
        left = seconds - (time.thread_time() - start)
        if left <= 0:
            out.untried += 1
            continue
        _decide(p, statement, out, prove, left)
    out.seconds = time.thread_time() - start
    return out


def _look(
    mutant: Mutant,
    statement: Statement,
    original: set[tuple[Node, str, Node]],
    out: Attack,
    pending: list[_Pending],
) -> None:
    """Read a mutant and look for a point that refutes it."""
    vocabulary = statement.vocabulary
    try:
        changed = read(mutant.tex, vocabulary)
        steps = steps_of(changed)
    except ValueError:  # not readable, or no longer a statement
        return
    if changed == statement.formula:
        return
    fresh = [s for s in steps if (s.left, s.op, s.right) not in original]
    skip = original if fresh and not any(s.hypotheses for s in steps) else None
    report = Report()
    with suppress(Budget), time_limit(_POINTS):
        report = check_formula(changed, vocabulary, "", refute_only=True, only=skip)
    if report.verdict.kind is Kind.REFUTED:
        out.killed.append(mutant)
        return
    bound = any(s.op in RELATIONS for s in fresh) and mutant.kind != "relation"
    pending.append(_Pending(mutant, changed, skip, bound))


def _decide(
    p: _Pending,
    statement: Statement,
    out: Attack,
    prove: Callable[[Statement], Kind] | None,
    seconds: float,
) -> None:
    """Prove or refute a mutant: from the statement itself, at a corner, by the whole check."""
    start = time.thread_time()
    of_bound, whole = partial(_of_bound, p, statement), partial(_whole, p, statement, prove)
    ways = (of_bound, whole) if p.bound else (whole,)
    kind = Kind.UNPROVED
    for share, way in product(_SHARES, ways):
        left = seconds - (time.thread_time() - start)
        if kind is Kind.UNPROVED and left > 0:
            kind = way(share, left)
    if kind is Kind.REFUTED:
        out.killed.append(p.mutant)
    elif kind is Kind.PROVED:
        (out.weaker if p.bound else out.equivalent).append(p.mutant)
    else:
        out.survivors.append(p.mutant)


def _whole(
    p: _Pending,
    statement: Statement,
    prove: Callable[[Statement], Kind] | None,
    share: float,
    seconds: float,
) -> Kind:
    """Decide a mutant as the statement was: by its registered proof, or by the check."""
    with suppress(Budget), time_limit(min(share * _PROOF, seconds)):
        if prove is not None:
            return prove(statement.with_tex(p.mutant.tex))
        full = check_formula(p.formula, statement.vocabulary, p.mutant.tex, only=p.skip)
        return full.verdict.kind if full.steps else Kind.PROVED
    return Kind.UNPROVED


def _of_bound(
    p: _Pending,
    statement: Statement,
    share: float,
    seconds: float,
) -> Kind:
    """Decide a mutant of an inequality by what it shares with the statement that is proved."""
    vocabulary, tex = statement.vocabulary, p.mutant.tex
    original = steps_of(statement.formula)

    def shown(step: Step) -> bool:
        return check_step(step, vocabulary, tex).passed

    kind = Kind.PROVED
    for step in steps_of(p.formula):
        if p.skip is not None and (step.left, step.op, step.right) in p.skip:
            continue
        with suppress(Budget), time_limit(min(share * _CONSEQUENCE, seconds)):
            if step in original or follows(step, original, vocabulary, shown):
                continue
        kind = Kind.UNPROVED
        with suppress(Budget), time_limit(min(share * _DESCENT, seconds)):
            if descend(step, vocabulary, tex, share * _DESCENT) is not None:
                return Kind.REFUTED
    return kind
