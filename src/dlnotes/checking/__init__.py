"""The proof checker: reads displayed TeX strictly, and proves or refutes what it says.

It knows mathematics; it imports neither a topic of the book nor Sphinx.
"""

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
