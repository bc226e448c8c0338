"""Machine proofs of the chapter on linear networks."""

from dlnotes.checking import formal

formal(
    "thm-linear_networks-collapse",
    file="linear_networks.v",
    theorem="Collapse.affine_collapse",
    digest="61041691d75e8868",
)
formal(
    "thm-linear_networks-rank",
    file="linear_networks.v",
    theorem="Collapse.rank_of_widths",
    digest="bd82280a7fd0fd18",
)
formal(
    "thm-linear_networks-xor",
    file="linear_networks.v",
    theorem="ExclusiveOr.xor_not_affinely_separable",
    digest="1b2eae5f5a0d48db",
)
formal(
    "thm-linear_networks-xor-fit",
    file="linear_networks.v",
    theorem="ExclusiveOr.best_affine_fit",
    digest="1bc939f3d0eea473",
)
formal(
    "thm-linear_networks-xor-relu",
    file="linear_networks.v",
    theorem="ExclusiveOr.relu_network_computes_xor",
    digest="689f777c1c524dfe",
)
formal(
    "thm-linear_networks-interpolation",
    file="linear_networks.v",
    theorem="Interpolation.interpolation_error_lipschitz",
    digest="6c13b3ed5fcc82ad",
)
formal(
    "thm-linear_networks-interpolation",
    file="linear_networks.v",
    theorem="Interpolation.interpolation_error_smooth",
    digest="30e3626eac2dd30b",
)
