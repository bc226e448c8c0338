r"""The registry that ties a theorem on a page to its machine proofs.

A theorem on a page has a label; a file under ``proofs/`` registers what proves it:

.. code-block:: python

    from dlnotes.checking import Statement, Verdict, formal, proof

    @proof("thm-activations-sigmoid-bound", tier="certified")
    def _(statement: Statement) -> Verdict:
        # statement is what the page displays, as read from its TeX: verify that, not a copy
        (relation,) = statement.relations
        ...

    formal(
        "thm-linear-networks-collapse",
        file="linear_networks.v",
        theorem="affine_collapse",
        digest="3f0c...",
    )

A claim may carry several proofs; the best tier that ran is shown. A formal proof of a
statement that the reader cannot read carries a digest of the page's TeX and of the formal
statement: the build fails when either changes until a person renews it.
"""

from __future__ import annotations

import hashlib
import runpy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dlnotes.checking.verdicts import Tier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from dlnotes.checking.statements import Statement
    from dlnotes.checking.verdicts import Verdict

__all__ = [
    "REGISTRY",
    "FormalClaim",
    "ProofClaim",
    "Registry",
    "digest_of",
    "formal",
    "load_proofs",
    "proof",
]


def digest_of(*texts: str) -> str:
    r"""Return a digest of `texts` that ignores how white space is laid out.

    Parameters
    ----------
    *texts : str
        What the digest is taken of, in this order.

    Returns
    -------
    str
        Sixteen hexadecimal digits.

    Examples
    --------
    >>> digest_of("a = b") == digest_of("a  =\n b")
    True
    """
    joined = "\x1f".join(" ".join(text.split()) for text in texts)
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class ProofClaim:
    """A Python proof: a function from the parsed statement to a verdict.

    Parameters
    ----------
    label : str
        Label of the theorem on the page.
    tier : Tier
        What a verdict of the function counts as.
    function : callable
        Takes the `Statement`, returns a `Verdict`.
    uses : tuple of str, optional
        Labels of the claims that it rests on.

    Examples
    --------
    >>> from dlnotes.checking import Tier, proved
    >>> claim = ProofClaim("thm-x", Tier.SYMBOLIC, lambda statement: proved("symbolic"))
    >>> claim.function(None).passed
    True
    """

    label: str
    tier: Tier
    function: Callable[[Statement], Verdict]
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormalClaim:
    """A Rocq proof: the theorem of a file under ``proofs/``, tied by a digest.

    Parameters
    ----------
    label : str
        Label of the theorem on the page.
    file : str
        Name of the file under ``proofs/``.
    theorem : str
        Name of the theorem in the file.
    digest : str
        Digest of the page's statement and the formal one, renewed by a person.
    uses : tuple of str, optional
        Labels of the claims that it rests on.
    tier : Tier, optional
        Always formal.

    Examples
    --------
    >>> claim = FormalClaim("thm-x", "x.v", "x", digest_of("x = x", "forall x, x = x"))
    >>> claim.matches("x = x", "forall x, x = x"), claim.matches("x < x", "forall x, x = x")
    (True, False)
    """

    label: str
    file: str
    theorem: str
    digest: str
    uses: tuple[str, ...] = ()
    tier: Tier = Tier.FORMAL

    def matches(self, tex: str, formal_statement: str) -> bool:
        """Whether the digest still fits the page's TeX and the formal statement.

        Parameters
        ----------
        tex : str
            What the page says.
        formal_statement : str
            What the Rocq file says.
        """
        return self.digest == digest_of(tex, formal_statement)


@dataclass
class Registry:
    """Proofs by label.

    Parameters
    ----------
    proofs : dict, optional
        Python proofs by label.
    formals : dict, optional
        Rocq proofs by label.

    Examples
    --------
    >>> registry = Registry()
    >>> registry.formals["thm-x"] = [FormalClaim("thm-x", "x.v", "x", "3f0c")]
    >>> registry.labels(), registry.of("thm-x")[0]
    ({'thm-x'}, [])
    """

    proofs: dict[str, list[ProofClaim]] = field(default_factory=dict)
    formals: dict[str, list[FormalClaim]] = field(default_factory=dict)

    def labels(self) -> set[str]:
        """Return every label that something is registered for."""
        return set(self.proofs) | set(self.formals)

    def of(self, label: str) -> tuple[list[ProofClaim], list[FormalClaim]]:
        """Return the Python and the formal proofs of a theorem.

        Parameters
        ----------
        label : str
            Its label.
        """
        return self.proofs.get(label, []), self.formals.get(label, [])

    def uses(self, label: str) -> tuple[str, ...]:
        """Return the labels that the proofs of a theorem say they use.

        Parameters
        ----------
        label : str
            Its label.
        """
        claims: list[ProofClaim | FormalClaim] = [*self.proofs.get(label, [])]
        claims += self.formals.get(label, [])
        return tuple(sorted({u for c in claims for u in c.uses}))

    def clear(self) -> None:
        """Forget everything (used between builds and by tests)."""
        self.proofs.clear()
        self.formals.clear()


REGISTRY = Registry()
"""The registry that `proof` and `formal` write to."""


def proof(
    label: str, *, tier: Tier | str, uses: Iterable[str] = ()
) -> Callable[[Callable[[Statement], Verdict]], Callable[[Statement], Verdict]]:
    """Register the decorated function as a proof of the theorem `label`.

    Parameters
    ----------
    label : str
        Label of the theorem-like environment on the page.
    tier : Tier or str
        ``"symbolic"`` or ``"certified"`` (a sample is never enough for a theorem).
    uses : iterable of str, optional
        Labels of claims that the proof rests on; drawn in the ledger's graph.

    Returns
    -------
    callable
        The decorator; it returns the function itself.

    Raises
    ------
    ValueError
        If `tier` is ``"sampled"`` or unknown.

    Examples
    --------
    >>> proof("thm-x", tier="sampled")
    Traceback (most recent call last):
    ...
    ValueError: tier='sampled': a theorem (thm-x) needs a symbolic, certified or formal proof
    """
    level = Tier.of(tier)
    if level is Tier.SAMPLED:
        msg = f"tier={tier!r}: a theorem ({label}) needs a symbolic, certified or formal proof"
        raise ValueError(msg)

    def register(function: Callable[[Statement], Verdict]) -> Callable[[Statement], Verdict]:
        claim = ProofClaim(label, level, function, tuple(uses))
        REGISTRY.proofs.setdefault(label, []).append(claim)
        return function

    return register


def formal(
    label: str, *, file: str, theorem: str, digest: str, uses: Iterable[str] = ()
) -> FormalClaim:
    """Register a Rocq theorem as a proof of a theorem of the book.

    Parameters
    ----------
    label : str
        Label of the theorem-like environment on the page.
    file : str
        Name of the file under ``proofs/``.
    theorem : str
        Name of the theorem in the file.
    digest : str
        Digest of both statements: ``python -m dlnotes.checking.ties`` prints what it must be.
    uses : iterable of str, optional
        Labels of claims that the proof rests on.

    Returns
    -------
    FormalClaim
        What was registered.

    Examples
    --------
    >>> claim = formal("thm-x", file="x.v", theorem="x", digest="3f0c")
    >>> REGISTRY.formals.pop("thm-x") == [claim]
    True
    """
    claim = FormalClaim(label, file, theorem, digest, tuple(uses))
    REGISTRY.formals.setdefault(label, []).append(claim)
    return claim


def load_proofs(folder: Path) -> Registry:
    """Run every Python file of a folder, in the order of their names.

    Parameters
    ----------
    folder : pathlib.Path
        The files call `proof` and `formal`; names that begin with ``_`` are left out.

    Returns
    -------
    Registry
        What they registered. The module's `REGISTRY` is filled anew; this is a copy, which
        stays as it is when another folder is loaded.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as name:
    ...     line = "from dlnotes.checking import formal; "
    ...     line += "formal('thm-x', file='x.v', theorem='x', digest='3f0c')"
    ...     _ = (Path(name) / "x.py").write_text(line)
    ...     load_proofs(Path(name)).labels()
    {'thm-x'}
    """
    REGISTRY.clear()
    for path in sorted(folder.glob("*.py")):
        if not path.name.startswith("_"):
            runpy.run_path(str(path))
    return Registry(
        {label: list(claims) for label, claims in REGISTRY.proofs.items()},
        {label: list(claims) for label, claims in REGISTRY.formals.items()},
    )
