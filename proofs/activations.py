"""Machine proofs of the chapter on activation functions."""

from dlnotes.checking import Statement, Verdict, formal, proof
from dlnotes.checking.derivations import check
from dlnotes.checking.engines.certify import certify_statement

FILE = "activations.v"
SOFTMAX = "softmax.v"


@proof("thm-activations-sigmoid-bound", tier="certified")
@proof("thm-activations-sigmoid-tails", tier="certified")
@proof("thm-activations-softplus-gap", tier="certified")
@proof("thm-activations-tanh-bound", tier="certified")
@proof("thm-activations-hard-sigmoid", tier="certified")
@proof("thm-activations-gelu-slope", tier="certified")
@proof("thm-activations-gelu-tanh", tier="certified")
@proof("thm-activations-silu-slope", tier="certified")
@proof("thm-activations-mish-slope", tier="certified")
@proof("thm-activations-selu", tier="certified")
def _(statement: Statement) -> Verdict:
    """Certify a bound in one real variable over all reals, as the page displays it."""
    return certify_statement(statement)


@proof("thm-activations-softsign", tier="symbolic")
@proof("thm-activations-softmax-jacobian", tier="symbolic")
@proof("thm-activations-softmax-shift", tier="symbolic")
@proof("lem-activations-variance", tier="symbolic")
@proof("thm-activations-kernel", tier="symbolic")
@proof("thm-activations-cross-entropy", tier="symbolic")
@proof("thm-activations-cross-entropy-hessian", tier="symbolic")
def _(statement: Statement) -> Verdict:
    """Prove an identity, for every number of classes at once where there are classes."""
    return check(statement).verdict


formal(
    "thm-activations-sigmoid-bound",
    file=FILE,
    theorem="sigmoid_slope",
    digest="16eddfbe9fe19694",
)
formal("thm-activations-tanh-bound", file=FILE, theorem="tanh_slope", digest="85918a88fc9eeea1")
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
    file=SOFTMAX,
    theorem="jacobian_bounds",
    digest="0ae19cca6bf19866",
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
    digest="7a49cc6cfa264918",
)
formal(
    "lem-activations-layer-jacobian",
    file=FILE,
    theorem="network_jacobian",
    digest="f69d39e201a2bee0",
)
formal(
    "lem-activations-depth-step",
    file=FILE,
    theorem="layer_stretches",
    uses=["lem-activations-layer-jacobian"],
    digest="a6177bb1767ab9c0",
)
formal(
    "thm-activations-depth",
    file=FILE,
    theorem="slopes_multiply",
    digest="549edc12841855b3",
    uses=["lem-activations-depth-step"],
)
formal(
    "thm-activations-kernel",
    file=SOFTMAX,
    theorem="spread",
    digest="eaa99127f3e9ca9c",
    uses=["lem-activations-variance"],
)
formal(
    "thm-activations-softmax-lipschitz",
    file=SOFTMAX,
    theorem="softmax_halves",
    digest="817d191aae18d954",
    uses=["thm-activations-softmax-bound"],
)
formal(
    "thm-activations-largest-share",
    file=SOFTMAX,
    theorem="jacobian_largest_share",
    digest="2a20f069c98dd658",
)
formal(
    "thm-activations-interlacing",
    file=SOFTMAX,
    theorem="interlacing",
    digest="1d2de9f15c8cd0e5",
)
formal(
    "thm-activations-lse-convex",
    file=SOFTMAX,
    theorem="logsumexp_tangent",
    digest="da70906a276cd47a",
)
formal(
    "thm-activations-lse-temperature",
    file=SOFTMAX,
    theorem="logsumexp_temperature",
    digest="6a4d2f401aba5783",
    uses=["thm-activations-lse-bounds"],
)
formal(
    "thm-activations-sparsemax",
    file=SOFTMAX,
    theorem="sparsemax_nearest",
    digest="a434539083f94b70",
)
formal(
    "thm-activations-cross-entropy-hessian",
    file=SOFTMAX,
    theorem="cross_entropy_hessian",
    digest="c2437e02a0d5e167",
    uses=["thm-activations-cross-entropy"],
)
