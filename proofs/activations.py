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
    theorem="sigmoid_derivative_bound",
    digest="2c5a434fda703edd",
)
formal(
    "thm-activations-softplus-gap",
    file="activations.v",
    theorem="softplus_bounds",
    digest="8555f26660890719",
)
formal(
    "thm-activations-softmax-jacobian",
    file="activations.v",
    theorem="softmax_jacobian",
    digest="3e57003b77c51020",
)
formal(
    "thm-activations-softmax-shift",
    file="activations.v",
    theorem="softmax_shift",
    digest="e683be3d80c1caa4",
)
formal(
    "lem-activations-variance",
    file="activations.v",
    theorem="mean_square_around",
    digest="884e422cdc0416ad",
)
formal(
    "thm-activations-softmax-bound",
    file="activations.v",
    theorem="jacobian_half_bound",
    digest="6386e3984ef5e92a",
)
formal(
    "thm-activations-lse-bounds",
    file="activations.v",
    theorem="logsumexp_bounds",
    digest="5d4175998867741f",
)
formal(
    "thm-activations-cross-entropy",
    file="activations.v",
    theorem="cross_entropy_gradient",
    digest="5bb1b9cc62399e4f",
)
