"""Break derivations of the book and see the checker refute them.

Run from the root of the repository: ``python benchmarks/breaking.py [count] [seed]``. Each
time a derivation is drawn, then a place in it: a sign, a number, a prime, an index, a name.
The page is copied with this one edit and read again, and the derivation is checked as a build
would check it. A break counts as found when the verdict is *refuted*, with the step, the
values of both sides and a point (or why a side has no meaning).
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from dlnotes.checking.derivations import check
from dlnotes.checking.mutations import mutants_of
from dlnotes.checking.pages import read_page
from dlnotes.checking.verdicts import Kind

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("sign", "number", "prime", "indices", "name")


def draw(rng: random.Random, chapters: list[Path]) -> tuple[Path, str, str, str, str]:
    """Return a page, a label, the derivation's TeX, the broken TeX, and what was done."""
    while True:
        path = rng.choice(chapters)
        statements = [s for s in read_page(path).statements if s.kind == "derivation"]
        statement = rng.choice(statements)
        kind = rng.choice(KINDS)
        found = [m for m in mutants_of(statement) if m.kind == kind]
        if found:
            m = rng.choice(found)
            return path, statement.label, statement.tex, m.tex, f"{m.kind}: {m.note}"


def main(count: int = 60, seed: int = 1) -> None:
    """Print one line for each break, and how many were found."""
    rng = random.Random(seed)
    chapters = sorted((ROOT / "book").glob("*.md"))
    chapters = [
        p for p in chapters if any(s.kind == "derivation" for s in read_page(p).statements)
    ]
    tally: dict[str, int] = {}
    for n in range(count):
        path, label, tex, broken, what = draw(rng, chapters)
        text = path.read_text(encoding="utf-8")
        if text.count(tex) != 1:  # the body of a directive without its options
            tally["not copied"] = tally.get("not copied", 0) + 1
            continue
        page = read_page(path.name, text.replace(tex, broken))
        (statement,) = [s for s in page.statements if s.label == label]
        try:
            verdict = check(statement).verdict
        except ValueError as error:
            outcome = f"not readable: {str(error).splitlines()[0]}"
        else:
            c = verdict.counterexample
            if verdict.kind is Kind.REFUTED and c is not None and c.step and c.left and c.right:
                outcome = "refuted"
            elif verdict.kind is Kind.PROVED:
                outcome = "still true"
            else:
                outcome = str(verdict).splitlines()[0]
        key = outcome.partition(":")[0]
        tally[key] = tally.get(key, 0) + 1
        detail = ""
        if outcome == "refuted" and verdict.counterexample is not None:
            c = verdict.counterexample
            detail = f"  {c.left} {c.relation} {c.right} at {dict(c.point)} {c.note}"
        print(f"{n + 1:>3} {path.stem} {label} ({what}): {outcome}{detail}"[:230], flush=True)
    print("; ".join(f"{k}: {v}" for k, v in sorted(tally.items())))


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:3]))
