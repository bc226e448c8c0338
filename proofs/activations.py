"""Machine proofs of the chapter on activation functions."""

from dlnotes.checking import Statement, Verdict, formal, proof
from dlnotes.checking.derivations import check
from dlnotes.checking.engines.certify import certify_statement

FILE = "activations.v"


@proof("thm-activations-sigmoid-bound", tier="certified")
@proof("thm-activations-sigmoid-tails", tier="certified")
@proof("thm-activations-softplus-gap", tier="certified")
@proof("thm-activations-gelu-slope", tier="certified")
def _(statement: Statement) -> Verdict:
    """Certify a bound in one real variable over all reals, as the page displays it."""
    return certify_statement(statement)


@proof("thm-activations-softsign", tier="symbolic")
@proof("thm-activations-softmax-jacobian", tier="symbolic")
@proof("thm-activations-softmax-shift", tier="symbolic")
@proof("lem-activations-variance", tier="symbolic")
@proof("thm-activations-cross-entropy", tier="symbolic")
def _(statement: Statement) -> Verdict:
    """Prove an identity, for every number of classes at once where there are classes."""
    return check(statement).verdict


formal(
    "thm-activations-sigmoid-bound",
    file=FILE,
    theorem="sigmoid_slope",
    digest="be8114f17010573a",
)
formal(
    "thm-activations-relu-clarke", file=FILE, theorem="relu_clarke", digest="72faa4e632ec2763"
)
formal(
    "thm-activations-softplus-gap", file=FILE, theorem="softplus_gap", digest="520f690f8d18516f"
)
formal(
    "thm-activations-softsign",
    file=FILE,
    theorem="softsign_derivative",
    digest="9ba07a47e63f66bc",
)
formal(
    "thm-activations-softmax-jacobian",
    file=FILE,
    theorem="softmax_jacobian",
    digest="f330f44d1bc137a6",
)
formal(
    "thm-activations-softmax-shift",
    file=FILE,
    theorem="softmax_shift",
    digest="85221d43957f8a44",
)
formal(
    "lem-activations-variance",
    file=FILE,
    theorem="mean_square_around",
    digest="62e04e6c132c2e29",
)
formal(
    "thm-activations-softmax-bound",
    file=FILE,
    theorem="jacobian_bounds",
    digest="faed455a9e34e85f",
    uses=["lem-activations-variance"],
)
formal(
    "lem-activations-lse-terms",
    file=FILE,
    theorem="partition_bounds",
    digest="cc65a11872a7473a",
)
formal(
    "thm-activations-lse-bounds",
    file=FILE,
    theorem="logsumexp_bounds",
    digest="16c9ffeaf4ef1471",
)
formal(
    "thm-activations-temperature",
    file=FILE,
    theorem="softmax_hot",
    digest="b4b3c169f3f8f9a7",
)
formal(
    "thm-activations-temperature-cold",
    file=FILE,
    theorem="softmax_cold",
    digest="d6fd5aa53c4906d8",
    uses=["thm-activations-softmax-shift"],
)
formal(
    "thm-activations-cross-entropy",
    file=FILE,
    theorem="cross_entropy_gradient",
    digest="d0514eac94ecc46f",
)
formal(
    "lem-activations-layer-jacobian",
    file=FILE,
    theorem="network_jacobian",
    digest="095ca9232e4f9e7e",
)
formal(
    "lem-activations-depth-step",
    file=FILE,
    theorem="layer_stretches",
    uses=["lem-activations-layer-jacobian"],
    digest="97728beccd846985",
)
formal(
    "thm-activations-depth",
    file=FILE,
    theorem="slopes_multiply",
    digest="b890dea62db2afdc",
    uses=["lem-activations-depth-step"],
)
