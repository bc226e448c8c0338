"""Entries of GELU, which is built from the normal law, and of its form with tanh."""

from __future__ import annotations

import sympy as sp

from dlnotes.activations._kernels import gaussian as k
from dlnotes.activations.activation import Activation, X
from dlnotes.activations.parts import Framework, Origin

__all__ = ["GAUSSIAN"]

_PHI = sp.exp(-(X**2) / 2) / sp.sqrt(2 * sp.pi)
_NORMAL = (1 + sp.erf(X / sp.sqrt(2))) / 2
_CUBIC = sp.sqrt(2 / sp.pi) * (X + sp.Rational(44715, 10**6) * X**3)
_CUBIC_SLOPE = sp.sqrt(2 / sp.pi) * (1 + sp.Rational(3 * 44715, 10**6) * X**2)
_ORIGIN = Origin("hendrycks2016gaussian", "Hendrycks and Gimpel, 2016")

GAUSSIAN = (
    Activation(
        "gelu",
        X * _NORMAL,
        (k.gelu, k.gelu_1, k.gelu_2),
        _ORIGIN,
        crossings={1: (-0.75,), 2: (-1.41, 1.41)},
        derivative_forms=(_NORMAL + X * _PHI, (2 - X**2) * _PHI),
        frameworks=(
            Framework("torch", "gelu"),
            Framework("jax", "gelu", fixed={"approximate": False}),
            Framework("keras", "gelu"),
            Framework("onnx", "Gelu"),
        ),
    ),
    Activation(
        "gelu_tanh",
        X * (1 + sp.tanh(_CUBIC)) / 2,
        (k.gelu_tanh, k.gelu_tanh_1, k.gelu_tanh_2),
        _ORIGIN,
        crossings={1: (-0.75,), 2: (-1.41, 1.41)},
        derivative_forms=(
            (1 + sp.tanh(_CUBIC)) / 2 + X * (1 - sp.tanh(_CUBIC) ** 2) * _CUBIC_SLOPE / 2,
        ),
        frameworks=(
            Framework("torch", "gelu", fixed={"approximate": "tanh"}),
            Framework("jax", "gelu"),
            Framework("keras", "gelu", fixed={"approximate": True}),
            Framework("onnx", "Gelu", fixed={"approximate": "tanh"}),
        ),
    ),
)
