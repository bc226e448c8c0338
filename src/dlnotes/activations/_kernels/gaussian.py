"""Kernels of GELU, which is built from the normal law, and of its form with tanh."""

from __future__ import annotations

import functools
from typing import Any

import mpmath
import numpy as np
from scipy import special

from dlnotes.activations.polynomials import horner
from dlnotes.activations.precise import (
    Array,
    capped,
    half_gaussian,
    half_logistic,
    halves,
    patch,
    patch_below,
    two_product,
    two_sum,
)
from dlnotes.activations.walks import exp

__all__: list[str] = []

_SQRT_HALF = 0.7071067811865476
_INV_SQRT_TAU = 0.3989422804014327  # 1 / sqrt(2 pi)

# Beyond this the density is exactly zero, also after multiplication by x.
_END = 60.0
# To the left of this the rounding errors of the exponent in the tanh form show.
_TAIL = -1.5

# Distribution function and density of the normal law are tabulated at multiples of 1/512. From
# the nearest of them, k, five terms of Taylor's series lead to x = k + h; in single precision
# two. From _LEFT on, what they leave out is below half a unit in the last place; what lies
# further left is rare, and computed otherwise. At _RIGHT the distribution function rounds to 1.
_STEPS = 512
_LEFT, _RIGHT = -5.5, 8.5


@functools.cache
def normal_law(dtype: np.dtype[Any]) -> tuple[Array, Array, float]:
    """Return the table: distribution function, density, and the number of the first step."""
    if dtype != np.float64:
        distribution, density, first = normal_law(np.dtype(np.float64))
        return distribution.astype(dtype), density.astype(dtype), first
    a = np.arange(_RIGHT * _STEPS + 1) / _STEPS
    left = int(-_LEFT * _STEPS)
    lower = special.ndtr(-a)  # good enough further out, where only 1 - lower is used
    with mpmath.workdps(20):
        lower[: left + 1] = [float(mpmath.erfc(k / mpmath.sqrt(2)) / 2) for k in a[: left + 1]]
    density = _INV_SQRT_TAU * np.exp(-a * a / 2)
    return (
        np.concatenate([lower[left:0:-1], 1.0 - lower]),
        np.concatenate([density[left:0:-1], density]),
        -left,
    )


def gelu(x: Array) -> Array:
    distribution, density, first = normal_law(x.dtype)
    y = capped(x, _RIGHT)
    k = np.rint(y * _STEPS)
    row = (k - first).astype(np.intp)
    k *= 1 / _STEPS
    h = y - k
    k *= h
    out = _rise(k, h)
    out *= h
    out *= density.take(row, mode="clip")
    out += distribution.take(row, mode="clip")
    out *= x
    return patch_below(out, _LEFT, _TAIL_OF_GELU[x.dtype], x)


def _rise(s: Array, h: Array) -> Array:
    """Return (Phi(k + h) - Phi(k)) / (h phi(k)) by Taylor's series, where s is k h."""
    if s.dtype == np.float32:
        out = s * -0.5
        out += 1.0
        return out
    out = horner((1.0, -1 / 2, 1 / 6, -1 / 24, 1 / 120), s)
    out += horner((-1 / 6, 1 / 8, -1 / 20), s) * h * h
    return out


def _single_tail_of_gelu(x: Array) -> Array:
    wide = np.maximum(x, -_END).astype(np.float64)
    return np.asarray(0.5 * wide * special.erfc(-_SQRT_HALF * wide), dtype=x.dtype)


def _tail_of_gelu(x: Array) -> Array:
    # erfc(z) = erfcx(z) e^{-z^2}, with the exponential taken to its last digits
    x = np.maximum(x, -_END)
    h = half_gaussian(x)
    return np.asarray(0.5 * x * special.erfcx(-_SQRT_HALF * x) * h * h)


_TAIL_OF_GELU = {
    np.dtype(np.float64): _tail_of_gelu,
    np.dtype(np.float32): _single_tail_of_gelu,
}


def gelu_1(x: Array) -> Array:
    x = np.clip(x, -_END, _END)
    h = half_gaussian(x)
    out = np.asarray(0.5 * special.erfc(-_SQRT_HALF * x) + _INV_SQRT_TAU * x * h * h)
    return patch(out, x < -1.0, _tail_of_gelu_1, x)


def _tail_of_gelu_1(x: Array) -> Array:
    h = half_gaussian(x)
    return np.asarray(h * (0.5 * special.erfcx(-_SQRT_HALF * x) + _INV_SQRT_TAU * x) * h)


def gelu_2(x: Array) -> Array:
    x = np.clip(x, -_END, _END)
    h = half_gaussian(x)
    return np.asarray(h * (_INV_SQRT_TAU * (2.0 - x * x)) * h)


# The tanh form of GELU is x sigmoid(w) with w = sqrt(8/pi) (x + 0.044715 x^3). The constants
# are pairs: the double nearest to the true number and the remainder.
_C, _C_LOW = 1.5957691216057308, -9.96930880911092e-17
_K, _K_LOW = 0.044715, 2.1960211427085595e-18
_CUBIC_END = 30.0


def _cubic(x: Array) -> tuple[Array, Array]:
    """Return w to more digits than one number holds."""
    if x.dtype != np.float64:
        wide = x.astype(np.float64)
        return halves(_C * wide * (1.0 + _K * wide * wide), x.dtype)
    square, square_low = two_product(x, x)
    k, k_low = two_product(_K, square)
    k_low = k_low + _K * square_low + _K_LOW * square
    factor, factor_low = two_sum(1.0, k)
    factor_low = factor_low + k_low
    z, z_low = two_product(x, factor)
    z_low = z_low + x * factor_low
    w, w_low = two_product(_C, z)
    return w, w_low + _C * z_low + _C_LOW * z


def _half_cubic(x: Array) -> tuple[Array, Array]:
    """Return w and the square root of e^-|w|."""
    w, low = _cubic(x)
    return w, half_logistic(w, low)


def gelu_tanh(x: Array) -> Array:
    w = x * x
    w *= -_C * _K
    w -= _C
    w *= x
    out = exp(w)
    out += 1.0
    np.divide(x, out, out=out)
    return patch_below(out, _TAIL, _tail_of_gelu_tanh, x)


def _tail_of_gelu_tanh(x: Array) -> Array:
    x = np.maximum(x, -_CUBIC_END)
    _, h = _half_cubic(x)
    return np.asarray(x * h * h / (1.0 + h * h))


def gelu_tanh_1(x: Array) -> Array:
    x = np.clip(x, -_CUBIC_END, _CUBIC_END)
    _, h = _half_cubic(x)
    e = h * h
    slope = _C * (1.0 + 3.0 * _K * x * x)
    right = (1.0 + e * (1.0 + x * slope)) / ((1.0 + e) * (1.0 + e))
    left = h * ((1.0 + e + x * slope) / ((1.0 + e) * (1.0 + e))) * h
    return np.where(x >= 0, right, left)


def gelu_tanh_2(x: Array) -> Array:
    x = np.clip(x, -_CUBIC_END, _CUBIC_END)
    w, h = _half_cubic(x)
    e = h * h
    slope = _C * (1.0 + 3.0 * _K * x * x)
    bend = 6.0 * _C * _K * x
    bracket = 2.0 * slope + x * bend - x * np.tanh(0.5 * w) * slope * slope
    return np.asarray(h * (bracket / ((1.0 + e) * (1.0 + e))) * h)
