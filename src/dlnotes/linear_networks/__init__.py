"""Networks of linear layers, and what a nonlinearity buys.

The companion of the chapter "Linear networks". It computes every claim made there:

- a stack of affine layers is one affine layer (`Affine`, `collapse`);
- a narrow layer caps the rank and nothing else does (`maximal_rank`, `factorise`);
- gradient descent nevertheless sees the depth (`deep_mode_strength`, `train`);
- no affine map computes exclusive or, two rectified units do (`xor_is_not_affine`,
  `best_affine_fit_of_xor`, `relu_xor_network`; the read-only arrays `XOR_INPUTS`, of
  shape (4, 2), and `XOR_TARGETS`, of shape (4,), are its table);
- rectified units approximate any continuous function of one variable, at a known
  rate (`piecewise_linear_interpolant`, `lipschitz_error_bound`,
  `smooth_error_bound`).
"""

from dlnotes.linear_networks.affine import Affine, ReluNetwork, collapse
from dlnotes.linear_networks.approximation import (
    interpolation_error,
    lipschitz_error_bound,
    piecewise_linear_interpolant,
    random_feature_error,
    smooth_error_bound,
)
from dlnotes.linear_networks.dynamics import (
    deep_mode_strength,
    mode_velocity,
    shallow_mode_strength,
    transition_time,
)
from dlnotes.linear_networks.rank import factorise, maximal_rank
from dlnotes.linear_networks.training import (
    Trajectory,
    balanced_weights,
    mode_strengths,
    train,
)
from dlnotes.linear_networks.xor import (
    XOR_INPUTS,
    XOR_TARGETS,
    InfeasibilityCertificate,
    best_affine_fit_of_xor,
    relu_xor_network,
    xor_is_not_affine,
)

__all__ = [
    "XOR_INPUTS",
    "XOR_TARGETS",
    "Affine",
    "InfeasibilityCertificate",
    "ReluNetwork",
    "Trajectory",
    "balanced_weights",
    "best_affine_fit_of_xor",
    "collapse",
    "deep_mode_strength",
    "factorise",
    "interpolation_error",
    "lipschitz_error_bound",
    "maximal_rank",
    "mode_strengths",
    "mode_velocity",
    "piecewise_linear_interpolant",
    "random_feature_error",
    "relu_xor_network",
    "shallow_mode_strength",
    "smooth_error_bound",
    "train",
    "transition_time",
    "xor_is_not_affine",
]
