"""From pages and the registry to results: what was claimed, how it was shown, by what tier.

`verify` checks one statement (its proofs, then its mutants); `verify_page` a page, with results
kept by digest; `write_claims` writes ``claims.json``.
"""

from __future__ import annotations

import importlib
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dlnotes.checking.claims import REGISTRY, Registry, digest_of
from dlnotes.checking.derivations import SECONDS, USED_UP, Report, check
from dlnotes.checking.engines.rocq import NOT_COMPILED
from dlnotes.checking.engines.timing import Budget, collecting_rarely, time_limit
from dlnotes.checking.mutants import Attack, attack
from dlnotes.checking.tex.tokens import TexError
from dlnotes.checking.verdicts import Kind, Tier, Verdict, unproved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, MutableMapping
    from pathlib import Path

    from dlnotes.checking.claims import FormalClaim
    from dlnotes.checking.pages import Erratum, Page
    from dlnotes.checking.statements import Statement

__all__ = [
    "Result",
    "entry_failures",
    "erratum_problem",
    "resolve",
    "verify",
    "verify_page",
    "write_claims",
]


@dataclass
class Result:
    """What became of one statement."""

    label: str
    kind: str
    page: str
    line: int
    tex: str
    verdict: Verdict
    report: Report | None = None
    attack: Attack | None = None
    others: list[Verdict] = field(default_factory=list)
    uses: tuple[str, ...] = ()
    seconds: float = 0.0
    problem: str = ""
    formal_seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong: proved, strongly enough, and no mutant survived.

        A statement whose only proof is formal passes on a machine without Rocq, but its
        verdict is then "unproved (formal): not compiled in this build".
        """
        return not self.problem

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for ``claims.json``."""
        return {
            "label": self.label,
            "kind": self.kind,
            "page": self.page,
            "line": self.line,
            "tex": self.tex,
            "digest": digest_of(self.tex),
            "passed": self.passed,
            "problem": self.problem,
            "verdict": self.verdict.as_dict(),
            "others": [v.as_dict() for v in self.others],
            "mutants": None if self.attack is None else self.attack.as_dict(),
            "steps": 0 if self.report is None else len(self.report.steps),
            "uses": list(self.uses),
            "seconds": round(self.seconds, 3),
            "formal_seconds": round(self.formal_seconds, 3),
        }

    def __str__(self) -> str:
        if self.passed:
            return f"{self.label}: {self.verdict}"
        return f"{self.page}:{self.line}: {self.label}: {self.problem}"


def _run(function: Callable[[Statement], Verdict], statement: Statement) -> Verdict:
    start = time.perf_counter()
    try:
        with time_limit(SECONDS):
            verdict = function(statement)
    except TexError as error:
        verdict = unproved(f"the statement cannot be read: {error}")
    except Budget:
        verdict = unproved(USED_UP)
    return verdict.with_seconds(time.perf_counter() - start)


@collecting_rarely()
def verify(
    statement: Statement,
    registry: Registry = REGISTRY,
    *,
    run_formal: Callable[[FormalClaim, Statement], Verdict] | None = None,
    mutate: bool = True,
) -> Result:
    """Check a statement with all that is known about it, and attack it.

    Parameters
    ----------
    statement
        From a page.
    registry
        Proofs under ``proofs/``.
    run_formal
        Runs a Rocq proof (see ``engines.rocq``); without it formal proofs count as "not
        compiled in this build".
    mutate
        Whether to attack what was proved.
    """
    start = time.perf_counter()
    proofs, formals = registry.of(statement.label)
    compiled = [
        run_formal(c, statement) if run_formal else unproved(NOT_COMPILED, Tier.FORMAL)
        for c in formals
    ]
    formal_seconds = time.perf_counter() - start
    begin = time.thread_time()
    verdicts = [*(_run(c.function, statement) for c in proofs), *compiled]
    report: Report | None = None
    problem = ""
    try:
        if statement.kind == "derivation" or not proofs:
            shown = any(v.passed for v in verdicts)  # then only a refutation is news
            # Where a formal proof waits for a compiler, only a proof for every size is news.
            waits = any(v.detail == NOT_COMPILED for v in verdicts)
            seconds = 0.3 * SECONDS if formals else SECONDS
            report = check(statement, refute_only=shown, general_only=waits, seconds=seconds)
            if not shown or report.verdict.kind is Kind.REFUTED:
                verdicts.append(report.verdict)
    except TexError as error:
        if statement.kind == "derivation" or not formals:
            problem = str(error)
        verdicts.append(unproved(f"cannot be read: {error.message}"))
    verdict = _best(verdicts)
    attacked: Attack | None = None
    if not problem and statement.kind == "theorem" and not (proofs or formals):
        problem = f"no proof is registered under {statement.label!r} in proofs/"
    if not problem:
        problem = _problem(statement, verdict)
    if not problem and mutate:
        attacked, problem = _attack(
            statement,
            proofs[0].function if proofs else None,
            formal=bool(formals),
            seconds=max(2.0, 0.95 * SECONDS - (time.thread_time() - begin)),
        )
    return Result(
        statement.label,
        statement.kind,
        statement.page,
        statement.line,
        statement.tex,
        verdict,
        report,
        attacked,
        [v for v in verdicts if v is not verdict],
        registry.uses(statement.label),
        time.perf_counter() - start - formal_seconds,
        problem,
        formal_seconds,
    )


def _best(verdicts: list[Verdict]) -> Verdict:
    if not verdicts:
        return unproved("no proof is registered")
    for v in verdicts:
        if v.kind is Kind.REFUTED:
            return v
    passed = [v for v in verdicts if v.passed and v.tier is not Tier.SAMPLED]
    waiting = [v for v in verdicts if v.detail == NOT_COMPILED]
    if passed:
        return max(passed, key=lambda v: v.tier)
    return (waiting or [v for v in verdicts if v.passed] or verdicts)[0]


def _problem(statement: Statement, verdict: Verdict) -> str:
    if verdict.detail == NOT_COMPILED:
        return ""  # there is no compiler here: the ledger says so, and never "proved"
    if verdict.kind is not Kind.PROVED:
        return str(verdict)
    if statement.kind != "derivation" and verdict.tier is Tier.SAMPLED:
        return f"sampled is never enough for a theorem: {verdict.detail}"
    return ""


def _attack(
    statement: Statement,
    function: Callable[[Statement], Verdict] | None,
    *,
    formal: bool,
    seconds: float,
) -> tuple[Attack | None, str]:
    try:
        _ = statement.formula
    except TexError:
        return None, "" if formal else "the statement cannot be read, so it cannot be attacked"
    prove = None
    if function is not None:
        registered = function

        def prove(mutant: Statement) -> Kind:
            return _run(registered, mutant).kind

    attacked = attack(statement, prove=prove, seconds=seconds)
    if attacked.survivors:
        m = attacked.survivors[0]
        return attacked, f"a mutant survives ({m.kind}: {m.note}): {' '.join(m.tex.split())}"
    if not attacked.killed:
        return attacked, "no mutant of this statement was refuted"
    return attacked, ""


def erratum_problem(erratum: Erratum) -> str:
    """Return why an erratum does not hold up, or an empty string.

    The wrong form must be refuted with a counterexample; the right one must be proved.
    """
    wrong, right = check(erratum.wrong).verdict, check(erratum.right).verdict
    if wrong.kind is not Kind.REFUTED:
        return f"{erratum.label}: the wrong form is not refuted: {wrong}"
    if right.kind is not Kind.PROVED:
        return f"{erratum.label}: the right form is not proved: {right}"
    return ""


def resolve(dotted: str) -> Callable[..., Any]:
    """Import the function that a dotted name stands for."""
    module, _, name = dotted.rpartition(".")
    value: Any = getattr(importlib.import_module(module), name)
    if not callable(value):
        msg = f"{dotted} is not callable"
        raise TypeError(msg)
    return value  # type: ignore[no-any-return]


def entry_failures(
    page: Page, resolver: Callable[[str], Callable[..., Any]] = resolve
) -> list[str]:
    """Compare every entry tied to a function with it at sampled points; return what differs."""
    from dlnotes.checking.entry_checks import compare_entry

    out = []
    for entry in page.vocabulary.entries.values():
        if entry.python is not None:
            try:
                problem = compare_entry(entry, page.vocabulary, resolver(entry.python))
            except (ImportError, AttributeError, TypeError, ValueError) as error:
                problem = f"{type(error).__name__}: {error}"
            if problem:
                out.append(f"{page.path}: {entry.head} and {entry.python}: {problem}")
    return out


def verify_page(
    page: Page,
    registry: Registry = REGISTRY,
    *,
    cache: MutableMapping[str, Result] | None = None,
    key: str = "",
    run_formal: Callable[[FormalClaim, Statement], Verdict] | None = None,
) -> list[Result]:
    """Verify every statement of a page; `cache` keeps results by the digest of their inputs."""
    out = []
    for statement in page.statements:
        names = "\n".join(e.line for e in statement.vocabulary.entries.values())
        digest = digest_of(
            statement.tex,
            names,
            *statement.vocabulary.assumptions,
            *statement.vocabulary.conventions,
            statement.label,
            key,
        )
        if cache is not None and digest in cache:
            out.append(cache[digest])
            continue
        result = verify(statement, registry, run_formal=run_formal)
        if cache is not None:
            cache[digest] = result
        out.append(result)
    return out


def write_claims(path: Path, results: Iterable[Result], displays: dict[str, int]) -> None:
    """Write ``claims.json``: every claim, and how many displays there are of each kind."""
    data = {"claims": [r.as_dict() for r in results], "displays": displays}
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
