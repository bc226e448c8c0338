"""The tie between a theorem on a page and a Rocq theorem: digests, and running what is tied.

A formal registration carries one digest of two texts: the TeX of the statement on the page
with the definitions and declarations of the names in it, and the formal statement with the
definitions that it uses. When either changes, the verdict is "unproved" until a person has
read both again and renewed the digest.

``python -m dlnotes.checking.ties proofs book`` lists the digests that have to be renewed.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from dlnotes.checking.claims import digest_of, load_proofs
from dlnotes.checking.engines import rocq
from dlnotes.checking.tex.tokens import canonical
from dlnotes.checking.verdicts import Tier, Verdict, unproved

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlnotes.checking.claims import FormalClaim
    from dlnotes.checking.statements import Statement

__all__ = ["digest_for", "main", "meaning", "runner"]


def meaning(statement: Statement) -> tuple[str, ...]:
    r"""Return what the page says of the names in a statement: their lines, and those they use.

    Glosses and functions do not count, since they change nothing in what is claimed.

    Examples
    --------
    >>> from dlnotes.checking import Statement
    >>> from dlnotes.checking.vocabulary import Vocabulary
    >>> names = Vocabulary.parse("a : real -- a number\nb := a + 1\nc : integer")
    >>> meaning(Statement("thm", "b > a", names))
    ('a : real', 'b := a + 1')
    """
    vocabulary = statement.vocabulary
    seen = {token.text for token in canonical(statement.tex)}
    for assumption in vocabulary.assumptions:
        seen |= {token.text for token in canonical(assumption)}
    found: dict[str, str] = {}
    grown = True
    while grown:
        grown = False
        for key, entry in vocabulary.entries.items():
            literal = {part for part in entry.pattern if isinstance(part, str)}
            if key in found or not literal <= seen:
                continue
            said = entry.line.partition(" -- ")[0].partition(" @ ")[0].strip()
            found[key] = said
            with suppress(ValueError):  # words of a declaration need not be TeX
                seen |= {token.text for token in canonical(said)}
            grown = True
    return (*sorted(found.values()), *vocabulary.assumptions, *vocabulary.conventions)


def digest_for(statement: Statement, path: Path, theorem: str) -> str:
    """Return the digest that ties a statement, as its page means it, to a Rocq theorem.

    Parameters
    ----------
    statement : Statement
        From the page.
    path : pathlib.Path
        The ``.v`` file.
    theorem : str
        Name of the theorem in it.

    Returns
    -------
    str
        Digest of both texts with the definitions that they use.

    Raises
    ------
    KeyError
        If the file has no such theorem.
    """
    formal = rocq.formal_statement(path, theorem)
    return digest_of(statement.tex, *meaning(statement), formal)


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
            expected = digest_for(statement, path, claim.theorem)
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
    stated = {s.label: s for page in pages for s in page.statements}
    stale = 0
    for label, claims in sorted(registry.formals.items()):
        for claim in claims:
            if label not in stated:
                print(f"{label}: no page states it")
                continue
            expected = digest_for(stated[label], proofs / claim.file, claim.theorem)
            if claim.digest != expected:
                stale += 1
                print(f"{label}: {claim.theorem} needs digest={expected!r}")
    return stale


if __name__ == "__main__":
    sys.exit(min(main(), 1))
