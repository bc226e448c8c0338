"""Entries of the exponential and of the units with an exponential left half."""

from __future__ import annotations

import sympy as sp

from dlnotes.activations._kernels import exponential as k
from dlnotes.activations.activation import Activation, X
from dlnotes.activations.parts import Framework, Kink, Origin, Parameter

__all__ = ["EXPONENTIAL"]

_ALPHA = sp.Symbol("alpha", real=True)
_AT_ZERO = Kink(sp.Integer(0), "left", torch="left", jax="left")

# The two numbers of SELU in closed form; Klambauer et al. (2017), equation 14.
_SELU_ALPHA = -sp.sqrt(2 / sp.pi) / (sp.erfc(1 / sp.sqrt(2)) * sp.exp(sp.Rational(1, 2)) - 1)
_SELU_SCALE = (
    (1 - sp.erfc(1 / sp.sqrt(2)) * sp.sqrt(sp.E))
    * sp.sqrt(2 * sp.pi)
    / sp.sqrt(
        2 * sp.erfc(sp.sqrt(2)) * sp.E**2
        + sp.pi * sp.erfc(1 / sp.sqrt(2)) ** 2 * sp.E
        - 2 * (2 + sp.pi) * sp.erfc(1 / sp.sqrt(2)) * sp.sqrt(sp.E)
        + sp.pi
        + 2
    )
)
_GAMMA = sp.Symbol("gamma", real=True)

EXPONENTIAL = (
    Activation(
        "exponential",
        sp.exp(X),
        (k.exponential, k.exponential, k.exponential),
        Origin(None, "no paper; the exponential itself"),
        frameworks=(
            Framework("torch", "exp"),
            Framework("keras", "exponential"),
            Framework("onnx", "Exp"),
        ),
        aliases=("exp",),
    ),
    Activation(
        "elu",
        sp.Piecewise((X, X > 0), (_ALPHA * (sp.exp(X) - 1), True)),
        (k.elu, k.elu_1, k.elu_2),
        Origin("clevert2016fast", "Clevert, Unterthiner and Hochreiter, 2016"),
        parameters=(Parameter("alpha", 1.0, _ALPHA, low=0.0),),
        kinks=(_AT_ZERO,),
        frameworks=tuple(
            Framework(library, name, {"alpha": 1.0})
            for library, name in (
                ("torch", "elu"),
                ("jax", "elu"),
                ("keras", "elu"),
                ("onnx", "Elu"),
            )
        ),
    ),
    Activation(
        "celu",
        sp.Piecewise((X, X > 0), (_ALPHA * (sp.exp(X / _ALPHA) - 1), True)),
        (k.celu, k.celu_1, k.celu_2),
        Origin("barron2017continuously", "Barron, 2017"),
        parameters=(Parameter("alpha", 1.0, _ALPHA, low=0.0, positive=True),),
        kinks=(Kink(sp.Integer(0), "left"),),
        derivative_forms=(sp.Piecewise((sp.Integer(1), X > 0), (sp.exp(X / _ALPHA), True)),),
        frameworks=tuple(
            Framework(library, name, {"alpha": 1.0})
            for library, name in (
                ("torch", "celu"),
                ("jax", "celu"),
                ("keras", "celu"),
                ("onnx", "Celu"),
            )
        ),
    ),
    Activation(
        "selu",
        sp.Piecewise((_GAMMA * X, X > 0), (_GAMMA * _ALPHA * (sp.exp(X) - 1), True)),
        (k.selu, k.selu_1, k.selu_2),
        Origin("klambauer2017self", "Klambauer et al., 2017"),
        parameters=(
            Parameter("alpha", k.SELU_ALPHA, _ALPHA, low=0.0, exact=_SELU_ALPHA.evalf(40)),
            Parameter(
                "gamma", k.SELU_GAMMA, _GAMMA, positive=True, exact=_SELU_SCALE.evalf(40)
            ),
        ),
        kinks=(_AT_ZERO,),
        frameworks=(
            Framework("torch", "selu"),
            Framework("jax", "selu"),
            Framework("keras", "selu"),
            Framework("onnx", "Selu", {"alpha": k.SELU_ALPHA, "gamma": k.SELU_GAMMA}),
        ),
    ),
)
