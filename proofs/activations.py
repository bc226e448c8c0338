"""Machine proofs of the chapter on activation functions."""

from dlnotes.checking import Statement, Verdict, formal, proof
from dlnotes.checking.engines.certify import certify_statement


@proof("thm-activations-sigmoid-bound", tier="certified")
@proof("thm-activations-sigmoid-tails", tier="certified")
@proof("thm-activations-softplus-gap", tier="certified")
@proof("thm-activations-gelu-slope", tier="certified")
def _(statement: Statement) -> Verdict:
    """Certify a bound in one real variable over all reals, as the page displays it."""
    return certify_statement(statement)


formal(
    "thm-activations-sigmoid-bound",
    file="activations.v",
    theorem="sigmoid_slope",
    digest="be8114f17010573a",
)
formal(
    "thm-activations-softplus-gap",
    file="activations.v",
    theorem="softplus_gap",
    digest="520f690f8d18516f",
)
formal(
    "thm-activations-softmax-jacobian",
    file="activations.v",
    theorem="softmax_jacobian",
    digest="f330f44d1bc137a6",
)
formal(
    "thm-activations-softmax-shift",
    file="activations.v",
    theorem="softmax_shift",
    digest="ee76bd7003fb641c",
)
formal(
    "lem-activations-variance",
    file="activations.v",
    theorem="mean_square_around",
    digest="62e04e6c132c2e29",
)
formal(
    "thm-activations-softmax-bound",
    file="activations.v",
    theorem="jacobian_bounds",
    digest="faed455a9e34e85f",
)
formal(
    "thm-activations-lse-bounds",
    file="activations.v",
    theorem="logsumexp_bounds",
    digest="16c9ffeaf4ef1471",
)
formal(
    "thm-activations-cross-entropy",
    file="activations.v",
    theorem="cross_entropy_gradient",
    digest="d0514eac94ecc46f",
)
