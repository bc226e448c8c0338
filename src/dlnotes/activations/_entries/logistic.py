"""Entries of the functions that are built from the logistic function."""

from __future__ import annotations

import math

import sympy as sp

from dlnotes.activations._kernels import logistic as k
from dlnotes.activations.activation import Activation, X
from dlnotes.activations.parts import Framework, Kink, Origin, Parameter

__all__ = ["LOGISTIC"]

_BETA = sp.Symbol("beta", positive=True)
_THETA = sp.Symbol("theta", real=True)

_E = sp.exp(-X)
_SIGMOID = 1 / (1 + _E)
_SOFTPLUS = sp.log(1 + sp.exp(X))

LOGISTIC = (
    Activation(
        "sigmoid",
        _SIGMOID,
        (k.sigmoid, k.sigmoid_1, k.sigmoid_2),
        Origin("rumelhart1986learning", "Rumelhart, Hinton and Williams, 1986"),
        derivative_forms=(_E / (1 + _E) ** 2,),
        frameworks=(
            Framework("torch", "sigmoid"),
            Framework("jax", "sigmoid"),
            Framework("keras", "sigmoid"),
            Framework("onnx", "Sigmoid"),
        ),
        aliases=("logistic",),
    ),
    Activation(
        "log_sigmoid",
        -sp.log(1 + _E),
        (k.log_sigmoid, k.log_sigmoid_1, k.log_sigmoid_2),
        Origin("dugas2000incorporating", "softplus, mirrored"),
        derivative_forms=(1 / (1 + sp.exp(X)),),
        frameworks=(
            Framework("torch", "logsigmoid"),
            Framework("jax", "log_sigmoid"),
            Framework("keras", "log_sigmoid"),
        ),
        aliases=("logsigmoid",),
    ),
    Activation(
        "tanh",
        sp.tanh(X),
        (k.tanh, k.tanh_1, k.tanh_2),
        Origin("lecun1998efficient", "LeCun, Bottou, Orr and Müller, 1998"),
        derivative_forms=(1 - sp.tanh(X) ** 2,),
        frameworks=(
            Framework("torch", "tanh"),
            Framework("jax", "tanh"),
            Framework("keras", "tanh"),
            Framework("onnx", "Tanh"),
        ),
    ),
    Activation(
        "tanhshrink",
        X - sp.tanh(X),
        (k.tanhshrink, k.tanhshrink_1, k.tanhshrink_2),
        Origin(None, "no paper; a layer of Torch"),
        derivative_forms=(sp.tanh(X) ** 2,),
        frameworks=(Framework("torch", "tanhshrink"), Framework("keras", "tanh_shrink")),
        aliases=("tanh_shrink",),
    ),
    Activation(
        "softplus",
        sp.Piecewise((X, X * _BETA > _THETA), (sp.log(1 + sp.exp(_BETA * X)) / _BETA, True)),
        (k.softplus, k.softplus_1, k.softplus_2),
        Origin("dugas2000incorporating", "Dugas et al., 2000"),
        parameters=(
            Parameter("beta", 1.0, _BETA, low=0.0, positive=True),
            Parameter("threshold", math.inf, _THETA, infinite=True),
        ),
        kinks=(Kink(_THETA / _BETA, "left", torch="left"),),
        derivative_forms=(
            sp.Piecewise(
                (sp.Integer(1), X * _BETA > _THETA), (1 / (1 + sp.exp(-_BETA * X)), True)
            ),
        ),
        frameworks=(
            Framework("torch", "softplus", {"beta": 1.0, "threshold": 20.0}),
            Framework("jax", "softplus"),
            Framework("keras", "softplus"),
            Framework("onnx", "Softplus"),
        ),
    ),
    Activation(
        "silu",
        X / (1 + sp.exp(-_BETA * X)),
        (k.silu, k.silu_1, k.silu_2),
        Origin("elfwing2018sigmoid", "Elfwing, Uchibe and Doya, 2018"),
        parameters=(Parameter("beta", 1.0, _BETA, low=0.0, positive=True),),
        crossings={1: (-1.28,), 2: (-2.4, 2.4)},
        scale="beta",
        derivative_forms=(
            (1 + sp.exp(-_BETA * X) * (1 + _BETA * X)) / (1 + sp.exp(-_BETA * X)) ** 2,
        ),
        frameworks=(
            Framework("torch", "silu"),
            Framework("jax", "silu"),
            Framework("keras", "silu"),
            Framework("onnx", "Swish", {"alpha": 1.0}, {"alpha": "beta"}),
        ),
        aliases=("swish",),
    ),
    Activation(
        "mish",
        X * sp.tanh(_SOFTPLUS),
        (k.mish, k.mish_1, k.mish_2),
        Origin("misra2020mish", "Misra, 2020"),
        crossings={1: (-1.19,), 2: (-2.26, 1.49)},
        derivative_forms=(sp.tanh(_SOFTPLUS) + X * _SIGMOID * (1 - sp.tanh(_SOFTPLUS) ** 2),),
        frameworks=(
            Framework("torch", "mish"),
            Framework("jax", "mish"),
            Framework("keras", "mish"),
            Framework("onnx", "Mish"),
        ),
    ),
)
