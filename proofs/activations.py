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
    digest="16eddfbe9fe19694",
)
formal(
    "thm-activations-relu-clarke", file=FILE, theorem="relu_clarke", digest="6d6d078bf16db12e"
)
formal(
    "thm-activations-softplus-gap", file=FILE, theorem="softplus_gap", digest="1214446230cf4976"
)
formal(
    "thm-activations-softsign",
    file=FILE,
    theorem="softsign_derivative",
    digest="14be6d8a2b84f9e3",
)
formal(
    "thm-activations-softmax-jacobian",
    file=FILE,
    theorem="softmax_jacobian",
    digest="4c087a419f210363",
)
formal(
    "thm-activations-softmax-shift",
    file=FILE,
    theorem="softmax_shift",
    digest="04144d1d6b26103d",
)
formal(
    "lem-activations-variance",
    file=FILE,
    theorem="mean_square_around",
    digest="1148b485d5ea170f",
)
formal(
    "thm-activations-softmax-bound",
    file=FILE,
    theorem="jacobian_bounds",
    digest="63f0f7bc3fc44a2b",
    uses=["lem-activations-variance"],
)
formal(
    "lem-activations-lse-terms",
    file=FILE,
    theorem="partition_bounds",
    digest="143786f043b83170",
)
formal(
    "thm-activations-lse-bounds",
    file=FILE,
    theorem="logsumexp_bounds",
    digest="20f880fe34e86064",
)
formal(
    "thm-activations-temperature",
    file=FILE,
    theorem="softmax_hot",
    digest="a1c96653e88af48f",
)
formal(
    "thm-activations-temperature-cold",
    file=FILE,
    theorem="softmax_cold",
    digest="f9a3971b1bbc9f25",
    uses=["thm-activations-softmax-shift"],
)
formal(
    "thm-activations-cross-entropy",
    file=FILE,
    theorem="cross_entropy_gradient",
    digest="6f0b61dd5f6d8a99",
)
formal(
    "lem-activations-layer-jacobian",
    file=FILE,
    theorem="network_jacobian",
    digest="ec08df8791327090",
)
formal(
    "lem-activations-depth-step",
    file=FILE,
    theorem="layer_stretches",
    uses=["lem-activations-layer-jacobian"],
    digest="bb5721758d492ccf",
)
formal(
    "thm-activations-depth",
    file=FILE,
    theorem="slopes_multiply",
    digest="214d73f0f3c156f1",
    uses=["lem-activations-depth-step"],
)
