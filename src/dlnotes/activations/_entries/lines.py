"""Entries of the functions that are made of straight pieces."""

from __future__ import annotations

import sympy as sp

from dlnotes.activations._kernels import lines as k
from dlnotes.activations.activation import Activation, X
from dlnotes.activations.parts import Framework, Kink, Origin, Parameter

__all__ = ["LINES"]

_ZERO, _ONE = sp.Integer(0), sp.Integer(1)
_SLOPE, _ALPHA, _BETA = sp.symbols("a alpha beta", real=True)
_MIN, _MAX, _LOWER, _UPPER = sp.symbols("m M l u", real=True)
_THETA, _VALUE, _LAMBDA, _BIAS = sp.symbols("theta v lambda b", real=True)

_AT_ZERO = Kink(_ZERO, "left", torch="left", jax="left")


def _ordered(min_val: float, max_val: float) -> None:
    if min_val >= max_val:
        msg = f"min_val={min_val!r} is not below max_val={max_val!r}; exchange or change them"
        raise ValueError(msg)


def _not_crossed(lower: float, upper: float) -> None:
    if lower > upper:
        msg = f"lower={lower!r} is above upper={upper!r}; exchange or change them"
        raise ValueError(msg)


def _bent(slope: sp.Expr) -> sp.Expr:
    return sp.Piecewise((X, X > 0), (slope * X, True))


def _shrunk(bias: sp.Expr) -> sp.Expr:
    return sp.Piecewise((X - bias, X > _LAMBDA), (X + bias, X < -_LAMBDA), (_ZERO, True))


LINES = (
    Activation(
        "identity",
        X,
        (k.identity, k.one, k.zero),
        Origin("widrow1960adaptive", "Widrow and Hoff, 1960"),
        frameworks=(
            Framework("torch", "Identity"),
            Framework("jax", "identity"),
            Framework("keras", "linear"),
            Framework("onnx", "Identity"),
        ),
        aliases=("linear",),
    ),
    Activation(
        "relu",
        sp.Piecewise((X, X > 0), (_ZERO, True)),
        (k.relu, k.relu_1, k.zero),
        Origin("fukushima1969visual", "Fukushima, 1969"),
        kinks=(_AT_ZERO,),
        frameworks=(
            Framework("torch", "relu"),
            Framework("jax", "relu"),
            Framework("keras", "relu"),
            Framework("onnx", "Relu"),
        ),
    ),
    Activation(
        "relu6",
        sp.Piecewise((_ZERO, X <= 0), (sp.Integer(6), X >= 6), (X, True)),
        (k.relu6, k.relu6_1, k.zero),
        Origin("krizhevsky2010convolutional", "Krizhevsky, 2010"),
        kinks=(_AT_ZERO, Kink(sp.Integer(6), "right", torch="right", jax="right")),
        frameworks=(
            Framework("torch", "relu6"),
            Framework("jax", "relu6"),
            Framework("keras", "relu6"),
        ),
    ),
    Activation(
        "leaky_relu",
        _bent(_SLOPE),
        (k.leaky_relu, k.leaky_relu_1, k.zero),
        Origin("maas2013rectifier", "Maas, Hannun and Ng, 2013"),
        parameters=(Parameter("negative_slope", 0.01, _SLOPE),),
        kinks=(Kink(_ZERO, "left", torch="left", jax="right"),),
        frameworks=(
            Framework("torch", "leaky_relu", {"negative_slope": 0.01}),
            Framework("jax", "leaky_relu", {"negative_slope": 0.01}),
            Framework("keras", "leaky_relu", {"negative_slope": 0.2}),
            Framework("onnx", "LeakyRelu", {"alpha": 0.01}, {"alpha": "negative_slope"}),
        ),
    ),
    Activation(
        "prelu",
        _bent(_SLOPE),
        (k.prelu, k.prelu_1, k.zero),
        Origin("he2015delving", "He, Zhang, Ren and Sun, 2015"),
        parameters=(Parameter("weight", 0.25, _SLOPE),),
        kinks=(Kink(_ZERO, "left", torch="left"),),
        frameworks=(
            Framework("torch", "PReLU", {"init": 0.25}, {"init": "weight"}),
            Framework("onnx", "PRelu", {"slope": None}, {"slope": "weight"}),
        ),
    ),
    Activation(
        "rrelu",
        _bent((_LOWER + _UPPER) / 2),
        (k.rrelu, k.rrelu_1, k.zero),
        Origin("xu2015empirical", "Xu, Wang, Chen and Li, 2015"),
        parameters=(
            Parameter("lower", 1 / 8, _LOWER),
            Parameter("upper", 1 / 3, _UPPER, exact=sp.Rational(1, 3)),
        ),
        kinks=(Kink(_ZERO, "left", torch="left"),),
        frameworks=(Framework("torch", "rrelu", {"lower": 1 / 8, "upper": 1 / 3}),),
        check=_not_crossed,
    ),
    Activation(
        "threshold",
        sp.Piecewise((X, X > _THETA), (_VALUE, True)),
        (k.threshold, k.threshold_1, k.zero),
        Origin("konda2015zero", "Konda, Memisevic and Krueger, 2015"),
        parameters=(Parameter("threshold", 1.0, _THETA), Parameter("value", 0.0, _VALUE)),
        kinks=(Kink(_THETA, "left", torch="left"),),
        frameworks=(
            Framework("torch", "threshold", {"threshold": None, "value": None}),
            Framework(
                "keras",
                "threshold",
                {"threshold": None, "default_value": None},
                {"default_value": "value"},
            ),
            Framework("onnx", "ThresholdedRelu", {"alpha": 1.0}, {"alpha": "threshold"}),
        ),
        aliases=("thresholded_relu",),
    ),
    Activation(
        "hard_tanh",
        sp.Piecewise((_MIN, X <= _MIN), (_MAX, X >= _MAX), (X, True)),
        (k.hard_tanh, k.hard_tanh_1, k.zero),
        Origin("collobert2004large", "Collobert, 2004"),
        parameters=(Parameter("min_val", -1.0, _MIN), Parameter("max_val", 1.0, _MAX)),
        kinks=(
            Kink(_MIN, "left", torch="left", jax="right"),
            Kink(_MAX, "right", torch="right", jax="left"),
        ),
        frameworks=(
            Framework("torch", "hardtanh", {"min_val": -1.0, "max_val": 1.0}),
            Framework("jax", "hard_tanh"),
            Framework("keras", "hard_tanh"),
            Framework(
                "onnx",
                "Clip",
                {"min": None, "max": None},
                {"min": "min_val", "max": "max_val"},
            ),
        ),
        check=_ordered,
        aliases=("hardtanh",),
    ),
    Activation(
        "hard_sigmoid",
        sp.Piecewise(
            (_ZERO, X <= -_BETA / _ALPHA),
            (_ONE, X >= (1 - _BETA) / _ALPHA),
            (_ALPHA * X + _BETA, True),
        ),
        (k.hard_sigmoid, k.hard_sigmoid_1, k.zero),
        Origin("courbariaux2015binaryconnect", "Courbariaux, Bengio and David, 2015"),
        parameters=(
            Parameter("slope", 1 / 6, _ALPHA, positive=True, exact=sp.Rational(1, 6)),
            Parameter("offset", 0.5, _BETA),
        ),
        kinks=(
            Kink(-_BETA / _ALPHA, "left", torch="left", jax="left"),
            Kink((1 - _BETA) / _ALPHA, "right", torch="right", jax="right"),
        ),
        frameworks=(
            Framework("torch", "hardsigmoid"),
            Framework("jax", "hard_sigmoid"),
            Framework("keras", "hard_sigmoid"),
            Framework(
                "onnx",
                "HardSigmoid",
                {"alpha": 0.2, "beta": 0.5},
                {"alpha": "slope", "beta": "offset"},
            ),
        ),
        aliases=("hardsigmoid",),
    ),
    Activation(
        "sparse_sigmoid",
        sp.Piecewise((_ZERO, X <= -1), (_ONE, X >= 1), ((X + 1) / 2, True)),
        (k.sparse_sigmoid, k.sparse_sigmoid_1, k.zero),
        Origin("blondel2020learning", "Blondel, Martins and Niculae, 2020"),
        kinks=(
            Kink(-_ONE, "left", jax="middle"),
            Kink(_ONE, "right", jax="middle"),
        ),
        frameworks=(
            Framework("jax", "sparse_sigmoid"),
            Framework("keras", "sparse_sigmoid"),
        ),
    ),
    Activation(
        "softshrink",
        _shrunk(_LAMBDA),
        (k.softshrink, k.shrink_1, k.zero),
        Origin("donoho1995denoising", "Donoho, 1995"),
        parameters=(Parameter("lambd", 0.5, _LAMBDA, low=0.0),),
        kinks=(Kink(-_LAMBDA, "right", torch="right"), Kink(_LAMBDA, "left", torch="left")),
        frameworks=(
            Framework("torch", "softshrink", {"lambd": 0.5}),
            Framework("keras", "soft_shrink", {"threshold": 0.5}, {"threshold": "lambd"}),
        ),
        aliases=("soft_shrink",),
    ),
    Activation(
        "hardshrink",
        _shrunk(_ZERO),
        (k.hardshrink, k.shrink_1, k.zero),
        Origin("donoho1994ideal", "Donoho and Johnstone, 1994"),
        parameters=(Parameter("lambd", 0.5, _LAMBDA, low=0.0),),
        kinks=(Kink(-_LAMBDA, "right", torch="right"), Kink(_LAMBDA, "left", torch="left")),
        frameworks=(
            Framework("torch", "hardshrink", {"lambd": 0.5}),
            Framework("keras", "hard_shrink", {"threshold": 0.5}, {"threshold": "lambd"}),
        ),
        aliases=("hard_shrink",),
    ),
    Activation(
        "shrink",
        _shrunk(_BIAS),
        (k.shrink, k.shrink_1, k.zero),
        Origin("donoho1994ideal", "Donoho and Johnstone, 1994, and ONNX"),
        parameters=(
            Parameter("lambd", 0.5, _LAMBDA, low=0.0),
            Parameter("bias", 0.0, _BIAS),
        ),
        kinks=(Kink(-_LAMBDA, "right"), Kink(_LAMBDA, "left")),
        frameworks=(Framework("onnx", "Shrink", {"bias": 0.0, "lambd": 0.5}),),
    ),
)
