"""Machine proofs of the chapter on back-propagation.

Each theorem is proved in Rocq for graphs, layers and sums of every size; the checker reads the
same statements from the page and attacks them at small sizes.
"""

from dlnotes.checking import formal

_FILE = "backpropagation.v"

# Any graph of differentiable operations, in the book's own terms.
formal(
    "thm-backpropagation-reverse",
    file=_FILE,
    theorem="reverse_accumulation",
    digest="ad3914639b8b4f5e",
)
# The same for lists of steps with two operands: the algorithm itself.
formal(
    "thm-backpropagation-reverse",
    file=_FILE,
    theorem="reverse_accumulation_is_gradient",
    digest="5d2018c9356bcff1",
)
formal(
    "cor-backpropagation-paths",
    file=_FILE,
    theorem="sum_over_paths",
    digest="20b5e0dcb51f8c97",
    uses=["thm-backpropagation-reverse"],
)
formal(
    "thm-backpropagation-system",
    file=_FILE,
    theorem="triangular_system",
    digest="6239bdd4e54659aa",
    uses=["thm-backpropagation-reverse"],
)
formal(
    "thm-backpropagation-cheap-gradient",
    file=_FILE,
    theorem="cheap_gradient",
    digest="d40377edd1a698f6",
)
formal(
    "thm-backpropagation-delta-rule",
    file=_FILE,
    theorem="delta_rule",
    digest="5e1b233b5dffd5ca",
    uses=["thm-backpropagation-reverse"],
)
formal(
    "cor-backpropagation-parameters",
    file=_FILE,
    theorem="parameter_gradients",
    digest="086bdfb5b030b111",
    uses=["thm-backpropagation-reverse"],
)
formal(
    "prop-backpropagation-central",
    file=_FILE,
    theorem="central_difference",
    digest="aa078dafef3ddeb8",
)
formal(
    "prop-backpropagation-complex",
    file=_FILE,
    theorem="complex_step",
    digest="5752699739a3ad17",
)
formal(
    "lem-backpropagation-decay",
    file=_FILE,
    theorem="one_layer_back",
    digest="833c1abe4c4f6596",
    uses=["thm-backpropagation-delta-rule"],
)
formal(
    "prop-backpropagation-variance",
    file=_FILE,
    theorem="signal_size",
    digest="3e9aefbc50049685",
)

# Steps of derivations that hold for every size, and are shown at small sizes by the checker.
formal(
    "eq-backpropagation-partial-remaining",
    file=_FILE,
    theorem="remaining_gradient",
    digest="e20697f21cafdc9c",
)
formal(
    "eq-backpropagation-unrolled",
    file=_FILE,
    theorem="unrolled",
    digest="2b63f595ed41b812",
    uses=["thm-backpropagation-reverse"],
)
formal(
    "eq-backpropagation-tangent",
    file=_FILE,
    theorem="forward_mode",
    digest="33f0dada7de04644",
)
formal(
    "eq-backpropagation-delta-component",
    file=_FILE,
    theorem="delta_rule",
    digest="b9baf761e827448a",
    uses=["thm-backpropagation-reverse"],
)
formal(
    "eq-backpropagation-chain-step",
    file=_FILE,
    theorem="chain_step",
    digest="8ff67cf0a05dd6e9",
)
formal(
    "eq-backpropagation-duality",
    file=_FILE,
    theorem="duality",
    digest="048a42c4a19e4a33",
)
formal(
    "eq-backpropagation-backward-variance",
    file=_FILE,
    theorem="backward_size",
    digest="b8934f63764553a9",
    uses=["prop-backpropagation-variance"],
)
