"""Machine proofs of the chapter on ambiguous images."""

from dlnotes.checking import Statement, Verdict, formal, proof
from dlnotes.checking.engines.certify import certify_statement


@proof("thm-ambiguous_images-pair", tier="certified")
def _(statement: Statement) -> Verdict:
    """Decide the polynomial bounds, under the conditions that the page declares, by z3."""
    return certify_statement(statement)


formal(
    "lem-ambiguous_images-gibbs",
    file="ambiguous_images.v",
    theorem="divergence_nonnegative",
    digest="73ba17f5168664f0",
)
formal(
    "thm-ambiguous_images-entropy",
    file="ambiguous_images.v",
    theorem="entropy_bounds",
    digest="0d03758d8c78e57c",
)
formal(
    "thm-ambiguous_images-identity",
    file="ambiguous_images.v",
    theorem="mutual_information_divergences",
    digest="f39ffddf1f6300e6",
)
formal(
    "thm-ambiguous_images-identity",
    file="ambiguous_images.v",
    theorem="compensation",
    digest="2db3f118ef82f867",
)
formal(
    "thm-ambiguous_images-information",
    file="ambiguous_images.v",
    theorem="mutual_information_bounds",
    digest="24ac6a236747a866",
)
formal(
    "cor-ambiguous_images-two",
    file="ambiguous_images.v",
    theorem="jensen_shannon_two",
    digest="4768e4e6a7fd4ee1",
)
