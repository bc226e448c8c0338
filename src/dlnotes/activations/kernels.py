r"""Numeric forms of the activation functions: value, first and second derivative.

Every kernel takes a double-precision array of at least one dimension and returns a new one.
It is right at both infinities, passes NaN on, and loses no digits in the tails. Three ideas
serve nearly all of them:

- only :math:`e^{-|x|}` is ever computed, which cannot overflow;
- a difference such as :math:`1-\sigma(x)` is never formed: its closed form is used;
- a tail :math:`a\,e^{-|x|}` is multiplied up as :math:`(a\,h)\,h` with
  :math:`h=e^{-|x|/2}`, so that gradual underflow does not eat the digits of the product.

Where a derivative passes through zero at a point that is no round number, see `crossings`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from dlnotes.activations.precise import (
    Array,
    half_gaussian,
    half_logistic,
    two_product,
    two_sum,
)

__all__ = ["SELU_ALPHA", "SELU_SCALE"]

_SQRT_HALF = 0.7071067811865476
_INV_SQRT_TAU = 0.3989422804014327  # 1 / sqrt(2 pi)

# Beyond these the exponentials below are exactly zero; clipping there turns the indeterminate
# inf * 0 of the limits into the right finite number times zero.
_LOGISTIC_END = 2000.0
_GAUSSIAN_END = 60.0


def _select(condition: npt.NDArray[np.bool_], yes: Array | float, no: Array | float) -> Array:
    return np.asarray(np.where(condition, yes, no))


# Straight lines -----------------------------------------------------------------------------


def identity(x: Array) -> Array:
    return x.copy()


def one(x: Array) -> Array:
    return np.ones_like(x)


def zero(x: Array, **_: float) -> Array:
    return np.zeros_like(x)


def relu(x: Array) -> Array:
    return np.asarray(np.maximum(x, 0.0))


def relu_1(x: Array) -> Array:
    return _select(x > 0, 1.0, 0.0)


def leaky_relu(x: Array, negative_slope: float) -> Array:
    # a slope of 0 makes the left half flat, also at minus infinity, where 0 * inf is not 0
    left = negative_slope * x if negative_slope else np.minimum(np.abs(x), 0.0)
    return _select(x > 0, x, left)


def leaky_relu_1(x: Array, negative_slope: float) -> Array:
    return _select(x > 0, 1.0, negative_slope)


def hard_tanh(x: Array, min_val: float, max_val: float) -> Array:
    return np.clip(x, min_val, max_val)


def hard_tanh_1(x: Array, min_val: float, max_val: float) -> Array:
    return _select((x > min_val) & (x < max_val), 1.0, 0.0)


# The logistic family ------------------------------------------------------------------------


def sigmoid(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return _select(x >= 0, 1.0, e) / (1.0 + e)


def sigmoid_1(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return np.asarray(e / ((1.0 + e) * (1.0 + e)))


def sigmoid_2(x: Array) -> Array:
    return -sigmoid_1(x) * np.tanh(0.5 * x)


def log_sigmoid(x: Array) -> Array:
    return np.asarray(np.minimum(x, 0.0) - np.log1p(np.exp(-np.abs(x))))


def log_sigmoid_1(x: Array) -> Array:
    return sigmoid(-x)


def log_sigmoid_2(x: Array) -> Array:
    return -sigmoid_1(x)


def softplus(x: Array) -> Array:
    return np.asarray(np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x))))


def tanh(x: Array) -> Array:
    return np.tanh(x)


def tanh_1(x: Array) -> Array:
    e = np.exp(-2.0 * np.abs(x))
    return np.asarray(4.0 * e / ((1.0 + e) * (1.0 + e)))


def tanh_2(x: Array) -> Array:
    h = half_logistic(2.0 * x)
    e = h * h
    return np.asarray(-8.0 * np.tanh(x) * h / ((1.0 + e) * (1.0 + e)) * h)


def silu(x: Array) -> Array:
    x = np.maximum(x, -_LOGISTIC_END)
    h = half_logistic(x)
    return _select(x >= 0, x, x * h * h) / (1.0 + h * h)


def silu_1(x: Array) -> Array:
    x = np.clip(x, -_LOGISTIC_END, _LOGISTIC_END)
    h = half_logistic(x)
    e = h * h
    right = (1.0 + e * (1.0 + x)) / ((1.0 + e) * (1.0 + e))
    left = h * ((1.0 + e + x) / ((1.0 + e) * (1.0 + e))) * h
    return _select(x >= 0, right, left)


def silu_2(x: Array) -> Array:
    x = np.clip(x, -_LOGISTIC_END, _LOGISTIC_END)
    h = half_logistic(x)
    e = h * h
    return np.asarray(h * (2.0 - x * np.tanh(0.5 * x)) / ((1.0 + e) * (1.0 + e)) * h)


# Mish is x T(x) with T = tanh(softplus(x)). In n = e^x it is a rational function,
# T = n (n + 2) / (n^2 + 2 n + 2); for x > 0 the same in m = e^-x, so that nothing overflows.


def mish(x: Array) -> Array:
    x = np.maximum(x, -_LOGISTIC_END)
    h = half_logistic(x)
    e = h * h
    left = x * h * ((e + 2.0) / (e * e + 2.0 * e + 2.0)) * h
    right = x * ((1.0 + 2.0 * e) / (1.0 + 2.0 * e + 2.0 * e * e))
    return _select(x >= 0, right, left)


def mish_1(x: Array) -> Array:
    x = np.clip(x, -_LOGISTIC_END, _LOGISTIC_END)
    h = half_logistic(x)
    e = h * h
    d_left = e * e + 2.0 * e + 2.0
    left = h * ((e + 2.0) / d_left + x * 4.0 * (1.0 + e) / (d_left * d_left)) * h
    d_right = 1.0 + 2.0 * e + 2.0 * e * e
    slope = 4.0 * e * (1.0 + e) / (d_right * d_right) * e
    right = (1.0 + 2.0 * e) / d_right + x * slope
    return _select(x >= 0, right, left)


def mish_2(x: Array) -> Array:
    x = np.clip(x, -_LOGISTIC_END, _LOGISTIC_END)
    h = half_logistic(x)
    e = h * h
    d = e * e + 2.0 * e + 2.0
    bend = 4.0 * (2.0 + 2.0 * e - 3.0 * e**2 - 2.0 * e**3) / d**3
    left = h * (8.0 * (1.0 + e) / d**2 + x * bend) * h
    d = 1.0 + 2.0 * e + 2.0 * e * e
    bend = 4.0 * (2.0 * e**3 + 2.0 * e**2 - 3.0 * e - 2.0) / d**3
    right = e * (8.0 * (1.0 + e) / d**2 + x * bend) * e
    return _select(x >= 0, right, left)


# The Gaussian family ------------------------------------------------------------------------


def gelu(x: Array) -> Array:
    x = np.maximum(x, -_GAUSSIAN_END)
    out = np.asarray(0.5 * x * special.erfc(-_SQRT_HALF * x))
    tail = x < -1.0
    if tail.any():
        # erfc(z) = erfcx(z) e^{-z^2}, with the exponential taken to its last digits
        t = x[tail]
        h = half_gaussian(t)
        out[tail] = 0.5 * t * special.erfcx(-_SQRT_HALF * t) * h * h
    return out


def gelu_1(x: Array) -> Array:
    x = np.clip(x, -_GAUSSIAN_END, _GAUSSIAN_END)
    h = half_gaussian(x)
    out = np.asarray(0.5 * special.erfc(-_SQRT_HALF * x) + _INV_SQRT_TAU * x * h * h)
    tail = x < -1.0
    if tail.any():
        t, h = x[tail], h[tail]
        out[tail] = h * (0.5 * special.erfcx(-_SQRT_HALF * t) + _INV_SQRT_TAU * t) * h
    return out


def gelu_2(x: Array) -> Array:
    x = np.clip(x, -_GAUSSIAN_END, _GAUSSIAN_END)
    h = half_gaussian(x)
    return np.asarray(h * (_INV_SQRT_TAU * (2.0 - x * x)) * h)


# The tanh form of GELU is x sigmoid(w) with w = sqrt(8/pi) (x + 0.044715 x^3). The constants
# are pairs: the double nearest to the true number and the remainder.
_C, _C_LOW = 1.5957691216057308, -9.96930880911092e-17
_K, _K_LOW = 0.044715, 2.1960211427085595e-18
_CUBIC_END = 30.0


def _cubic(x: Array) -> tuple[Array, Array]:
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
    w, w_low = _cubic(x)
    return w, np.asarray(half_logistic(w) * (1.0 - 0.5 * np.sign(w) * w_low))


def gelu_tanh(x: Array) -> Array:
    x = np.maximum(x, -_CUBIC_END)
    _, h = _half_cubic(np.minimum(x, _CUBIC_END))
    return _select(x >= 0, x, x * h * h) / (1.0 + h * h)


def gelu_tanh_1(x: Array) -> Array:
    x = np.clip(x, -_CUBIC_END, _CUBIC_END)
    _, h = _half_cubic(x)
    e = h * h
    slope = _C * (1.0 + 3.0 * _K * x * x)
    right = (1.0 + e * (1.0 + x * slope)) / ((1.0 + e) * (1.0 + e))
    left = h * ((1.0 + e + x * slope) / ((1.0 + e) * (1.0 + e))) * h
    return _select(x >= 0, right, left)


def gelu_tanh_2(x: Array) -> Array:
    x = np.clip(x, -_CUBIC_END, _CUBIC_END)
    w, h = _half_cubic(x)
    e = h * h
    slope = _C * (1.0 + 3.0 * _K * x * x)
    bend = 6.0 * _C * _K * x
    bracket = 2.0 * slope + x * bend - x * np.tanh(0.5 * w) * slope * slope
    return np.asarray(h * (bracket / ((1.0 + e) * (1.0 + e))) * h)


# Exponential units and softsign -------------------------------------------------------------


def elu(x: Array, alpha: float) -> Array:
    return _select(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0)))


def elu_1(x: Array, alpha: float) -> Array:
    h = half_logistic(np.minimum(x, 0.0))
    return _select(x > 0, 1.0, alpha * h * h)


def elu_2(x: Array, alpha: float) -> Array:
    h = half_logistic(np.minimum(x, 0.0))
    return _select(x > 0, 0.0, alpha * h * h)


# Klambauer et al. (2017), equation 14: the fixed point of mean 0 and variance 1.
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


def selu(x: Array) -> Array:
    return SELU_SCALE * elu(x, SELU_ALPHA)


def selu_1(x: Array) -> Array:
    h = half_logistic(np.minimum(x, 0.0))
    return _select(x > 0, SELU_SCALE, SELU_SCALE * SELU_ALPHA * h * h)


def selu_2(x: Array) -> Array:
    h = half_logistic(np.minimum(x, 0.0))
    return _select(x > 0, 0.0, SELU_SCALE * SELU_ALPHA * h * h)


def softsign(x: Array) -> Array:
    size = np.abs(x)
    # 1 / (1 + 1 / |x|) is the same number for |x| > 1 and has the right limit
    ratio = _select(size > 1.0, 1.0 / (1.0 + 1.0 / size), size / (1.0 + size))
    return np.copysign(ratio, x)


def softsign_1(x: Array) -> Array:
    r = 1.0 / (1.0 + np.abs(x))
    return np.asarray(r * r)


def softsign_2(x: Array) -> Array:
    r = 1.0 / (1.0 + np.abs(x))
    return np.asarray(-2.0 * np.sign(x) * r * r * r)
