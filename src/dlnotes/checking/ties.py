"""The tie between a theorem on a page and a Rocq theorem: digests, and running what is tied.

A formal registration carries one digest of two texts: the TeX of the statement on the page,
and the formal statement with the definitions that it uses. When either changes, the verdict is
"unproved" until a person has read both again and renewed the digest.

``python -m dlnotes.checking.ties proofs book`` lists the digests that have to be renewed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dlnotes.checking.claims import digest_of, load_proofs
from dlnotes.checking.engines import rocq
from dlnotes.checking.verdicts import Tier, Verdict, unproved

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlnotes.checking.claims import FormalClaim
    from dlnotes.checking.statements import Statement

__all__ = ["digest_for", "main", "runner"]


def digest_for(tex: str, path: Path, theorem: str) -> str:
    """Return the digest that ties the TeX of a statement to a theorem of a Rocq file."""
    return digest_of(tex, rocq.formal_statement(path, theorem))


def runner(
    folder: Path, *, cache: Path | None = None, seconds: float = 120.0
) -> Callable[[FormalClaim, Statement], Verdict]:
    """Return the function that runs formal proofs out of `folder`.

    Parameters
    ----------
    folder
        Where the ``.v`` files are.
    cache
        Folder for compiled files.
    seconds
        Time limit for one file.
    """

    def run(claim: FormalClaim, statement: Statement) -> Verdict:
        path = folder / claim.file
        try:
            expected = digest_for(statement.tex, path, claim.theorem)
        except (OSError, KeyError) as error:
            return unproved(f"{claim.file}: {error}", Tier.FORMAL)
        if claim.digest != expected:
            reason = (
                f"the statement or {claim.theorem} in {claim.file} has changed since a person "
                f"compared them: read both, then write digest={expected!r}"
            )
            return unproved(reason, Tier.FORMAL)
        return rocq.check(path, claim.theorem, cache=cache, seconds=seconds)

    return run


def main(arguments: list[str] | None = None) -> int:
    """Print the registrations whose digest does not fit; return how many there are."""
    from dlnotes.checking.pages import read_page

    arguments = sys.argv[1:] if arguments is None else arguments
    proofs, book = (Path(a) for a in (*arguments, "proofs", "book")[:2])
    registry = load_proofs(proofs)
    pages = [read_page(path) for path in sorted(book.glob("*.md"))]
    tex = {s.label: s.tex for page in pages for s in page.statements}
    stale = 0
    for label, claims in sorted(registry.formals.items()):
        for claim in claims:
            if label not in tex:
                print(f"{label}: no page states it")
                continue
            expected = digest_for(tex[label], proofs / claim.file, claim.theorem)
            if claim.digest != expected:
                stale += 1
                print(f"{label}: {claim.theorem} needs digest={expected!r}")
    return stale


if __name__ == "__main__":
    sys.exit(min(main(), 1))
