"""Kernels of GELU, which is built from the normal law, and of its form with tanh."""

from __future__ import annotations

import functools

import mpmath
import numpy as np
from scipy import special

from dlnotes.activations.polynomials import horner, interpolate
from dlnotes.activations.precise import (
    Array,
    half_gaussian,
    half_logistic,
    halves,
    patch,
    two_product,
    two_sum,
)

__all__: list[str] = []

_SQRT_HALF = 0.7071067811865476
_INV_SQRT_TAU = 0.3989422804014327  # 1 / sqrt(2 pi)

# Beyond this the density is exactly zero, also after multiplication by x.
_END = 60.0
# To the left of this erfc(z) has lost digits, since it takes the exponential of a rounded z^2.
_TAIL = -1.5


# In single precision a polynomial takes the place of erfc. With a = |x|, phi the density and
# M(a) = (1 - Phi(a)) / phi(a), GELU is max(x, 0) - a phi(a) M(a) for both signs of x; and
# (a + c) M(a) is nearly a straight line in s = (a - c) / (a + c).
_CENTRE = 3.0
_REACH = 2.6  # from here on, to the left the tail is used, to the right phi is small
_SINGLE_TAIL = -2.5
_TERMS = 7


@functools.cache
def _mills() -> tuple[float, ...]:
    def scaled_ratio(s: mpmath.mpf) -> mpmath.mpf:
        a = _CENTRE * (1 + s) / (1 - s)
        return (a + _CENTRE) * mpmath.exp(a**2 / 2) * mpmath.erfc(a / mpmath.sqrt(2)) / 2

    high = (_REACH - _CENTRE) / (_REACH + _CENTRE)
    return interpolate(scaled_ratio, -1.0, high, _TERMS)


def _gelu_in_single_precision(x: Array) -> Array:
    a = np.minimum(np.abs(x), _END)
    upper = a + _CENTRE
    s = (a - _CENTRE) / upper
    tail = horner(_mills(), s)
    tail *= a
    tail /= upper
    tail *= np.exp(a * (-0.5 * a))
    out = np.maximum(x, 0.0) - tail
    return patch(out, x < _SINGLE_TAIL, lambda t: _tail_of_gelu(np.maximum(t, -_END)), x)


def gelu(x: Array) -> Array:
    if x.dtype == np.float32:
        return _gelu_in_single_precision(x)
    x = np.maximum(x, -_END)
    out = np.asarray(0.5 * x * special.erfc(-_SQRT_HALF * x))
    return patch(out, x < _TAIL, _tail_of_gelu, x)


def _tail_of_gelu(x: Array) -> Array:
    # erfc(z) = erfcx(z) e^{-z^2}, with the exponential taken to its last digits
    h = half_gaussian(x)
    return np.asarray(0.5 * x * special.erfcx(-_SQRT_HALF * x) * h * h)


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
    y = np.clip(x, -_CUBIC_END, _CUBIC_END)
    out = np.asarray(np.maximum(x, -_CUBIC_END) / (1.0 + np.exp(y * (-_C - _C * _K * (y * y)))))
    return patch(out, x < _TAIL, _tail_of_gelu_tanh, x)


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
