"""Kernels of the exponential and of the units with an exponential left half."""

from __future__ import annotations

import numpy as np

from dlnotes.activations.blocks import one_pass
from dlnotes.activations.precise import Array, divided, half_logistic
from dlnotes.activations.walks import exp, expm1_of_negative

__all__ = ["SELU_ALPHA", "SELU_GAMMA"]

_END = 2000.0

# Klambauer et al. (2017), equation 14: the fixed point of mean 0 and variance 1.
SELU_ALPHA = 1.6732632423543772
SELU_GAMMA = 1.0507009873554805


@one_pass
def exponential(x: Array) -> Array:
    return exp(x)


def elu(x: Array, alpha: float) -> Array:
    return np.asarray(np.maximum(x, 0.0) + alpha * expm1_of_negative(np.minimum(x, 0.0)))


def elu_1(x: Array, alpha: float) -> Array:
    h = half_logistic(np.minimum(x, 0.0))
    return np.where(x > 0, x.dtype.type(1.0), alpha * h * h)


def elu_2(x: Array, alpha: float) -> Array:
    h = half_logistic(np.minimum(x, 0.0))
    return np.where(x > 0, x.dtype.type(0.0), alpha * h * h)


def selu(x: Array, alpha: float, gamma: float) -> Array:
    left = (gamma * alpha) * expm1_of_negative(np.minimum(x, 0.0))
    return np.asarray(gamma * np.maximum(x, 0.0) + left)


def selu_1(x: Array, alpha: float, gamma: float) -> Array:
    h = half_logistic(np.minimum(x, 0.0))
    return np.where(x > 0, x.dtype.type(gamma), gamma * alpha * h * h)


def selu_2(x: Array, alpha: float, gamma: float) -> Array:
    h = half_logistic(np.minimum(x, 0.0))
    return np.where(x > 0, x.dtype.type(0.0), gamma * alpha * h * h)


def celu(x: Array, alpha: float) -> Array:
    u, low = divided(np.clip(x, -_END * alpha, 0.0), alpha)
    left = expm1_of_negative(u)
    if not isinstance(low, float):  # what the rounding of x / alpha left out
        left = left + low * (left + 1.0)
    return np.asarray(np.maximum(x, 0.0) + alpha * left)


def celu_1(x: Array, alpha: float) -> Array:
    u, low = divided(np.clip(x, -_END * alpha, 0.0), alpha)
    h = half_logistic(u, low)
    return np.where(x > 0, x.dtype.type(1.0), h * h)


def celu_2(x: Array, alpha: float) -> Array:
    u, low = divided(np.clip(x, -_END * alpha, 0.0), alpha)
    h = half_logistic(u, low)
    return np.where(x > 0, x.dtype.type(0.0), h / alpha * h)
