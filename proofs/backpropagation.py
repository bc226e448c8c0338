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
    digest="30f2230b3cc2443c",
)
# The same for lists of steps with two operands: the algorithm itself.
formal(
    "thm-backpropagation-reverse",
    file=_FILE,
    theorem="reverse_accumulation_is_gradient",
    digest="2282d00246d19ed7",
)
formal(
    "cor-backpropagation-paths",
    file=_FILE,
    theorem="sum_over_paths",
    digest="69c797f027bdb242",
    uses=["thm-backpropagation-reverse"],
)
formal(
    "thm-backpropagation-system",
    file=_FILE,
    theorem="triangular_system",
    digest="275c2ad1b4581721",
    uses=["thm-backpropagation-reverse"],
)
formal(
    "thm-backpropagation-cheap-gradient",
    file=_FILE,
    theorem="cheap_gradient",
    digest="b2015793a8e1e56e",
)
formal(
    "thm-backpropagation-delta-rule",
    file=_FILE,
    theorem="delta_rule",
    digest="10d73b9b4c476755",
    uses=["thm-backpropagation-reverse"],
)
formal(
    "cor-backpropagation-parameters",
    file=_FILE,
    theorem="parameter_gradients",
    digest="b6b7c53364ef9201",
    uses=["thm-backpropagation-reverse"],
)
formal(
    "prop-backpropagation-central",
    file=_FILE,
    theorem="central_difference",
    digest="4450699f475c6e58",
)
formal(
    "prop-backpropagation-complex",
    file=_FILE,
    theorem="complex_step",
    digest="b65695a0403ddbc1",
)
formal(
    "lem-backpropagation-decay",
    file=_FILE,
    theorem="one_layer_back",
    digest="28fdcf5795dac0d3",
    uses=["thm-backpropagation-delta-rule"],
)
formal(
    "prop-backpropagation-variance",
    file=_FILE,
    theorem="signal_size",
    digest="dd79619d3d129b35",
)

# Steps of derivations that hold for every size, and are shown at small sizes by the checker.
formal(
    "eq-backpropagation-partial-remaining",
    file=_FILE,
    theorem="remaining_gradient",
    digest="59aa08356a36788b",
)
formal(
    "eq-backpropagation-unrolled",
    file=_FILE,
    theorem="unrolled",
    digest="b24b23c16f3ad403",
    uses=["thm-backpropagation-reverse"],
)
formal(
    "eq-backpropagation-tangent",
    file=_FILE,
    theorem="forward_mode",
    digest="6c043f0aa4559d8c",
)
formal(
    "eq-backpropagation-delta-component",
    file=_FILE,
    theorem="delta_rule",
    digest="339974a7b5ed5930",
    uses=["thm-backpropagation-reverse"],
)
