"""Machine proofs of the chapter on linear networks."""

from dlnotes.checking import formal

formal(
    "thm-linear_networks-collapse",
    file="linear_networks.v",
    theorem="Collapse.affine_collapse",
    digest="01fd7b5f84cee05f",
)
formal(
    "thm-linear_networks-rank",
    file="linear_networks.v",
    theorem="Collapse.rank_of_widths",
    digest="b768e38dbc8e7121",
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
    digest="38bae21131cf3db4",
)
formal(
    "thm-linear_networks-xor-relu",
    file="linear_networks.v",
    theorem="ExclusiveOr.relu_network_computes_xor",
    digest="ac6e155261c0052a",
)
formal(
    "thm-linear_networks-interpolation",
    file="linear_networks.v",
    theorem="Interpolation.interpolation_error_lipschitz",
    digest="c143e7dad107a06e",
)
formal(
    "thm-linear_networks-interpolation",
    file="linear_networks.v",
    theorem="Interpolation.interpolation_error_smooth",
    digest="44a91287a23534d3",
)
