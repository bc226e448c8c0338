"""Activation functions: one registry of formulas, stable numbers, derivatives and facts.

`ACTIVATIONS` maps names to `Activation` objects; each is also a callable of this module. The
functions of a whole vector (`softmax`, `log_softmax`, `logsumexp`) carry their Jacobians and
vector-Jacobian products, and `cross_entropy` its gradient.

Examples
--------
>>> from dlnotes import activations
>>> float(activations.gelu(-10.0)) < 0.0  # torch gives -0.0
True
>>> activations.softmax([0.0, 0.0, 0.0, 0.0])
array([0.25, 0.25, 0.25, 0.25])
"""

from __future__ import annotations

from dlnotes.activations.activation import Activation
from dlnotes.activations.catalogue import ACTIVATIONS, Registry, UnknownActivationError
from dlnotes.activations.depth import gradient_norms
from dlnotes.activations.facts import Facts
from dlnotes.activations.losses import CrossEntropy, cross_entropy
from dlnotes.activations.parts import Kink, OneSided, Origin, Parameter
from dlnotes.activations.table import reference_table
from dlnotes.activations.vector import (
    LogSoftmax,
    LogSumExp,
    Softmax,
    log_softmax,
    logsumexp,
    softmax,
)

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "CrossEntropy",
    "Facts",
    "Kink",
    "LogSoftmax",
    "LogSumExp",
    "OneSided",
    "Origin",
    "Parameter",
    "Registry",
    "Softmax",
    "UnknownActivationError",
    "cross_entropy",
    "elu",
    "gelu",
    "gelu_tanh",
    "gradient_norms",
    "hard_tanh",
    "identity",
    "leaky_relu",
    "log_sigmoid",
    "log_softmax",
    "logsumexp",
    "mish",
    "reference_table",
    "relu",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "tanh",
]

identity = ACTIVATIONS["identity"]
relu = ACTIVATIONS["relu"]
leaky_relu = ACTIVATIONS["leaky_relu"]
sigmoid = ACTIVATIONS["sigmoid"]
log_sigmoid = ACTIVATIONS["log_sigmoid"]
tanh = ACTIVATIONS["tanh"]
softplus = ACTIVATIONS["softplus"]
gelu = ACTIVATIONS["gelu"]
gelu_tanh = ACTIVATIONS["gelu_tanh"]
silu = ACTIVATIONS["silu"]
mish = ACTIVATIONS["mish"]
elu = ACTIVATIONS["elu"]
selu = ACTIVATIONS["selu"]
softsign = ACTIVATIONS["softsign"]
hard_tanh = ACTIVATIONS["hard_tanh"]
