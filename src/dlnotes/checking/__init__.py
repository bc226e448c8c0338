"""The proof checker: reads displayed TeX strictly, and proves or refutes what it says.

It knows mathematics; it imports neither a topic of the book nor Sphinx.
"""

import os

# SymPy forgets all but its last thousand results, while a statement and its mutants ask for the
# same ones again and again. This counts where SymPy was not imported before.
os.environ.setdefault("SYMPY_CACHE_SIZE", "None")

from dlnotes.checking.claims import (
    REGISTRY,
    FormalClaim,
    ProofClaim,
    Registry,
    digest_of,
    formal,
    load_proofs,
    proof,
)
from dlnotes.checking.statements import Relation, Statement
from dlnotes.checking.verdicts import (
    Counterexample,
    Kind,
    Tier,
    Verdict,
    proved,
    refuted,
    unproved,
)

__all__ = [
    "REGISTRY",
    "Counterexample",
    "FormalClaim",
    "Kind",
    "ProofClaim",
    "Registry",
    "Relation",
    "Statement",
    "Tier",
    "Verdict",
    "digest_of",
    "formal",
    "load_proofs",
    "proof",
    "proved",
    "refuted",
    "unproved",
]
