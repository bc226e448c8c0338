"""Time the checks of every claim of the book, without Sphinx.

Run from the root of the repository: ``python benchmarks/checking.py [chapter ...]``. Formal
proofs are compiled first, with an empty cache; then the claims are shared out to two processes.
Seconds of a claim are processor time, totals are also given by the clock, for the five chapters
that the targets speak of and for all pages. Nothing is asserted about time: the figures stand
beside the targets. With ``--no-formal`` the claims are checked as on a machine without Rocq.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from dlnotes.checking.claims import load_proofs
from dlnotes.checking.engines import rocq
from dlnotes.checking.ledger import entry_failures, erratum_problem, verify
from dlnotes.checking.pages import read_page
from dlnotes.checking.ties import runner

ROOT = Path(__file__).resolve().parent.parent
ALL, FORMAL, ONE = 60.0, 90.0, 10.0
"""Targets in seconds: all tiers but the formal one, the formal one, a single claim."""
CHAPTERS = (
    "linear_networks",
    "activations",
    "backpropagation",
    "convolution",
    "ambiguous_images",
)
"""The chapters that the targets speak of; other pages hold claims too."""


@dataclass
class Row:
    """The figures of one chapter."""

    chapter: str
    displays: int = 0
    claims: int = 0
    failed: list[str] = field(default_factory=list)
    killed: int = 0
    made: int = 0
    weaker: int = 0
    untried: int = 0
    seconds: float = 0.0
    slowest: tuple[float, str] = (0.0, "")


def pages() -> list[Path]:
    """Return the pages of the book that hold claims, the five chapters first."""
    found = sorted((ROOT / "book").glob("*.md"), key=lambda p: (p.stem not in CHAPTERS, p))
    return [p for p in found if read_page(p).statements or read_page(p).errata]


def jobs(path: Path) -> list[tuple[str, str]]:
    """Return what is checked on a page: its notation, its errata, its statements."""
    page = read_page(path)
    out = [(path.name, "notation")]
    out += [(path.name, e.label) for e in page.errata]
    return out + [(path.name, s.label) for s in page.statements]


_PAGES: dict[str, object] = {}


def run(
    job: tuple[str, str], cache: Path | None = None
) -> tuple[str, str, float, dict[str, object], str]:
    """Check one thing and return page, label, seconds, mutants and what is wrong."""
    name, label = job
    if not _PAGES:
        _PAGES["registry"] = load_proofs(ROOT / "proofs")
    if name not in _PAGES:
        _PAGES[name] = read_page(ROOT / "book" / name)
    page, registry = _PAGES[name], _PAGES["registry"]
    start = time.process_time()
    mutants: dict[str, object] = {}
    if label == "notation":
        problem = "; ".join(entry_failures(page))
    elif errata := [e for e in page.errata if e.label == label]:
        problem = erratum_problem(errata[0])
    else:
        (statement,) = [s for s in page.statements if s.label == label]
        formal = None if cache is None else runner(ROOT / "proofs", cache=cache)
        result = verify(statement, registry, run_formal=formal)
        problem = result.problem
        mutants = result.attack.as_dict() if result.attack is not None else {}
    return name, label, time.process_time() - start, mutants, problem


def check_all(
    chosen: list[Path], processes: int, cache: Path | None
) -> tuple[list[Row], float, float]:
    """Check the pages in `processes` processes.

    Returns the rows, and the seconds on the clock until the five chapters were through and
    until all pages were; the start of the processes counts.
    """
    rows = {p.name: Row(p.stem, displays=len(read_page(p).displays)) for p in chosen}
    todo = [job for path in chosen for job in jobs(path)]
    start = time.perf_counter()
    chapters = 0.0
    with ProcessPoolExecutor(processes) as pool:
        for name, label, seconds, mutants, problem in pool.map(
            partial(run, cache=cache), todo, chunksize=1
        ):
            row = rows[name]
            if row.chapter in CHAPTERS:
                chapters = time.perf_counter() - start
            row.claims += label != "notation"
            row.seconds += seconds
            row.slowest = max(row.slowest, (seconds, label))
            row.killed += int(mutants.get("killed", 0))
            row.made += int(mutants.get("made", 0))
            row.weaker += int(mutants.get("weaker", 0)) + int(mutants.get("equivalent", 0))
            row.untried += int(mutants.get("untried", 0))
            if problem:
                row.failed.append(f"{label}: {problem.splitlines()[0][:150]}")
    return list(rows.values()), chapters, time.perf_counter() - start


def compile_all(cache: Path) -> tuple[int, float]:
    """Compile every Rocq file; return how many there are and the seconds."""
    registry = load_proofs(ROOT / "proofs")
    claims = {(c.file, c.theorem) for cs in registry.formals.values() for c in cs}
    start = time.perf_counter()
    for file, theorem in sorted(claims):
        rocq.check(ROOT / "proofs" / file, theorem, cache=cache, seconds=120)
    return len(claims), time.perf_counter() - start


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chapters", nargs="*", help="names such as activations; default all")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--no-formal", action="store_true", help="leave the Rocq files out")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    chosen = [p for p in pages() if not options.chapters or p.stem in options.chapters]
    with tempfile.TemporaryDirectory() as folder:
        cache = None if options.no_formal else Path(folder)
        if cache is not None:
            count, seconds = compile_all(cache)
            print(
                f"{count} formal theorems in {seconds:.1f} s, no cache (target {FORMAL:.0f} s)"
            )
        rows, chapters, clock = check_all(chosen, options.processes, cache)
    head = ("chapter", "displays", "claims", "failed", "killed", "made", "still true")
    print(
        "{:<18}{:>9}{:>8}{:>8}{:>8}{:>8}{:>12}".format(*head),
        f"{'untried':>8}{'seconds':>9}  slowest claim",
    )
    for r in rows:
        print(
            f"{r.chapter:<18}{r.displays:>9}{r.claims:>8}{len(r.failed):>8}{r.killed:>8}"
            f"{r.made:>8}{r.weaker:>12} {r.untried:>8}{r.seconds:>9.1f}"
            f"  {r.slowest[0]:.1f} s {r.slowest[1]}"
        )
    print()
    five = [r for r in rows if r.chapter in CHAPTERS]
    for what, some, clocked in (("chapters", five, chapters), ("all pages", rows, clock)):
        print(
            f"{what}: {sum(r.claims for r in some)} claims, "
            f"{sum(r.killed for r in some)} of {sum(r.made for r in some)} mutants killed, "
            f"{clocked:.1f} s on the clock with {options.processes} processes "
            f"(target {ALL:.0f} s), {sum(r.seconds for r in some):.1f} s of processor time; "
            f"slowest {max((r.slowest[0] for r in some), default=0):.1f} s "
            f"(target {ONE:.0f} s)"
        )
    for r in rows:
        for failure in r.failed:
            print(f"  {r.chapter}: {failure}")


if __name__ == "__main__":
    main()
