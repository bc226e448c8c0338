"""Entries of the functions that need no exponential: quotients, roots and parabolas."""

from __future__ import annotations

import sympy as sp

from dlnotes.activations._kernels import algebraic as k
from dlnotes.activations.activation import Activation, X
from dlnotes.activations.parts import Framework, Kink, Origin, Parameter

__all__ = ["ALGEBRAIC"]

_ZERO, _ONE, _THREE = sp.Integer(0), sp.Integer(1), sp.Integer(3)
_B = sp.Symbol("b", positive=True)

ALGEBRAIC = (
    Activation(
        "softsign",
        X / (1 + sp.Abs(X)),
        (k.softsign, k.softsign_1, k.softsign_2),
        Origin("elliott1993better", "Elliott, 1993"),
        kinks=(Kink(_ZERO, "middle"),),
        derivative_forms=(1 / (1 + sp.Abs(X)) ** 2, -2 * sp.sign(X) / (1 + sp.Abs(X)) ** 3),
        frameworks=(
            Framework("torch", "softsign"),
            Framework("jax", "soft_sign"),
            Framework("keras", "softsign"),
            Framework("onnx", "Softsign"),
        ),
    ),
    Activation(
        "squareplus",
        (X + sp.sqrt(X**2 + _B)) / 2,
        (k.squareplus, k.squareplus_1, k.squareplus_2),
        Origin("barron2021squareplus", "Barron, 2021"),
        parameters=(Parameter("b", 4.0, _B, low=0.0, positive=True),),
        derivative_forms=(
            (1 + X / sp.sqrt(X**2 + _B)) / 2,
            _B / (2 * (X**2 + _B) ** sp.Rational(3, 2)),
        ),
        frameworks=(
            Framework("jax", "squareplus", {"b": 4.0}),
            Framework("keras", "squareplus", {"b": 4.0}),
        ),
    ),
    Activation(
        "sparse_plus",
        sp.Piecewise((_ZERO, X <= -1), (X, X >= 1), ((X + 1) ** 2 / 4, True)),
        (k.sparse_plus, k.sparse_plus_1, k.sparse_plus_2),
        Origin("blondel2020learning", "Blondel, Martins and Niculae, 2020"),
        kinks=(Kink(-_ONE, "left"), Kink(_ONE, "right")),
        derivative_forms=(sp.Piecewise((_ZERO, X <= -1), (_ONE, X >= 1), ((X + 1) / 2, True)),),
        frameworks=(Framework("jax", "sparse_plus"), Framework("keras", "sparse_plus")),
    ),
    Activation(
        "hard_swish",
        sp.Piecewise((_ZERO, X <= -3), (X, X >= 3), (X * (X + 3) / 6, True)),
        (k.hard_swish, k.hard_swish_1, k.hard_swish_2),
        Origin("howard2019searching", "Howard et al., 2019"),
        kinks=(
            Kink(-_THREE, "left", torch="left", jax="left"),
            Kink(_THREE, "right", torch="right", jax="right"),
        ),
        derivative_forms=(
            sp.Piecewise((_ZERO, X <= -3), (_ONE, X >= 3), ((2 * X + 3) / 6, True)),
        ),
        frameworks=(
            Framework("torch", "hardswish"),
            Framework("jax", "hard_swish"),
            Framework("keras", "hard_swish"),
            Framework("onnx", "HardSwish"),
        ),
        aliases=("hardswish", "hard_silu"),
    ),
)
