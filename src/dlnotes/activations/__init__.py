"""Activation functions: one registry of formulas, stable numbers, derivatives and facts.

`ACTIVATIONS` maps names to `Activation` objects; each is also a callable of this module. The
functions of a whole vector (`softmax`, `log_softmax`, `logsumexp`, `sparsemax`, `glu` and their
kin) carry their Jacobians and vector-Jacobian products, and `cross_entropy` its gradient.

Values are good to a few units in the last place. Where numba is installed, which the extra
``numba`` brings, exponentials in long arrays are compiled, see `dlnotes.activations.walks`:
their last digit may then differ from that of a short array.

Each is called like a function of NumPy:

>>> from dlnotes import activations
>>> float(activations.gelu(-10.0)) < 0.0  # torch gives -0.0
True
>>> activations.softmax([0.0, 0.0, 0.0, 0.0])
array([0.25, 0.25, 0.25, 0.25])
"""

from __future__ import annotations

from dlnotes.activations.activation import Activation
from dlnotes.activations.catalogue import ACTIVATIONS, Registry, UnknownActivationError
from dlnotes.activations.depth import DepthFactors, depth_factors, gradient_norms
from dlnotes.activations.facts import Facts
from dlnotes.activations.families import FAMILIES, families, family_of
from dlnotes.activations.gated import Gated, geglu, glu, reglu, swiglu
from dlnotes.activations.log_sums import (
    LogSoftmax,
    LogSumExp,
    log_softmax,
    logmeanexp,
    logsumexp,
)
from dlnotes.activations.losses import CrossEntropy, cross_entropy
from dlnotes.activations.moments import Moments
from dlnotes.activations.parts import (
    Framework,
    Kink,
    OneSided,
    Origin,
    Parameter,
    Subdifferential,
)
from dlnotes.activations.peers import Comparison, Recorded, compare_with_peers
from dlnotes.activations.soft import Softmax, Softmax2d, softmax, softmax2d, softmin
from dlnotes.activations.sparse import Hardmax, Sparsemax, hardmax, sparsemax
from dlnotes.activations.table import (
    facts_table,
    framework_table,
    peer_table,
    reference_table,
)
from dlnotes.activations.trials import Trial, spirals, train_on_spirals
from dlnotes.activations.vector import VectorFunction
from dlnotes.activations.vector_table import vector_table

__all__ = [
    "ACTIVATIONS",
    "FAMILIES",
    "Activation",
    "Comparison",
    "CrossEntropy",
    "DepthFactors",
    "Facts",
    "Framework",
    "Gated",
    "Hardmax",
    "Kink",
    "LogSoftmax",
    "LogSumExp",
    "Moments",
    "OneSided",
    "Origin",
    "Parameter",
    "Recorded",
    "Registry",
    "Softmax",
    "Softmax2d",
    "Sparsemax",
    "Subdifferential",
    "Trial",
    "UnknownActivationError",
    "VectorFunction",
    "celu",
    "compare_with_peers",
    "cross_entropy",
    "depth_factors",
    "elu",
    "exponential",
    "facts_table",
    "families",
    "family_of",
    "framework_table",
    "geglu",
    "gelu",
    "gelu_tanh",
    "glu",
    "gradient_norms",
    "hard_sigmoid",
    "hard_swish",
    "hard_tanh",
    "hardmax",
    "hardshrink",
    "identity",
    "leaky_relu",
    "log_sigmoid",
    "log_softmax",
    "logmeanexp",
    "logsumexp",
    "mish",
    "peer_table",
    "prelu",
    "reference_table",
    "reglu",
    "relu",
    "relu6",
    "rrelu",
    "selu",
    "shrink",
    "sigmoid",
    "silu",
    "softmax",
    "softmax2d",
    "softmin",
    "softplus",
    "softshrink",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "spirals",
    "squareplus",
    "swiglu",
    "tanh",
    "tanhshrink",
    "threshold",
    "train_on_spirals",
    "vector_table",
]

identity = ACTIVATIONS["identity"]
relu = ACTIVATIONS["relu"]
relu6 = ACTIVATIONS["relu6"]
leaky_relu = ACTIVATIONS["leaky_relu"]
prelu = ACTIVATIONS["prelu"]
rrelu = ACTIVATIONS["rrelu"]
threshold = ACTIVATIONS["threshold"]
hard_tanh = ACTIVATIONS["hard_tanh"]
hard_sigmoid = ACTIVATIONS["hard_sigmoid"]
sparse_sigmoid = ACTIVATIONS["sparse_sigmoid"]
softshrink = ACTIVATIONS["softshrink"]
hardshrink = ACTIVATIONS["hardshrink"]
shrink = ACTIVATIONS["shrink"]
sigmoid = ACTIVATIONS["sigmoid"]
log_sigmoid = ACTIVATIONS["log_sigmoid"]
tanh = ACTIVATIONS["tanh"]
tanhshrink = ACTIVATIONS["tanhshrink"]
softplus = ACTIVATIONS["softplus"]
silu = ACTIVATIONS["silu"]
mish = ACTIVATIONS["mish"]
gelu = ACTIVATIONS["gelu"]
gelu_tanh = ACTIVATIONS["gelu_tanh"]
exponential = ACTIVATIONS["exponential"]
elu = ACTIVATIONS["elu"]
celu = ACTIVATIONS["celu"]
selu = ACTIVATIONS["selu"]
softsign = ACTIVATIONS["softsign"]
squareplus = ACTIVATIONS["squareplus"]
sparse_plus = ACTIVATIONS["sparse_plus"]
hard_swish = ACTIVATIONS["hard_swish"]
