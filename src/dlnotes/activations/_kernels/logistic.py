"""Kernels of the functions that are built from the logistic function."""

from __future__ import annotations

import functools

import mpmath
import numpy as np

from dlnotes.activations import walks
from dlnotes.activations.blocks import one_pass
from dlnotes.activations.polynomials import horner, interpolate
from dlnotes.activations.precise import (
    Array,
    capped,
    half_logistic,
    log1p_of_share,
    patch,
    patch_below,
    scaled,
)
from dlnotes.activations.walks import exp, one_plus_exp_of_minus

__all__: list[str] = []

# Beyond this e^-|x| is exactly zero, even after multiplication by a number of moderate size;
# clipping there turns the indeterminate inf * 0 of the limits into a finite number times zero.
_END = 2000.0


def tail_of(x: Array) -> float:
    """Return the point to the left of which e^x is close to underflow."""
    return -700.0 if x.dtype == np.float64 else -80.0


def sigmoid(x: Array) -> Array:
    return patch_below(walks.logistic(x), tail_of(x), _tail_of_sigmoid, x)


def _tail_of_sigmoid(x: Array) -> Array:
    return exp(x)  # 1 + e^x is 1


def gated_by_sigmoid(linear: Array, gate: Array) -> Array:
    """Multiply by the sigmoid of a gate, in one division, on arrays that may have gaps."""
    out = one_plus_exp_of_minus(np.ascontiguousarray(gate))
    largest = out.max()
    np.divide(linear, out, out=out)
    limit = tail_of(gate)
    if not largest <= np.exp(-limit):  # or NaN
        far = gate < limit
        h = half_logistic(gate[far])
        out[far] = linear[far] * h * h
    return out


def sigmoid_1(x: Array) -> Array:
    e = exp(-np.abs(x))
    return np.asarray(e / ((1.0 + e) * (1.0 + e)))


def sigmoid_2(x: Array) -> Array:
    x = np.clip(x, -_END, _END)
    h = half_logistic(x)
    e = h * h
    return np.asarray(-np.tanh(0.5 * x) * h / ((1.0 + e) * (1.0 + e)) * h)


def log_sigmoid(x: Array) -> Array:
    return np.asarray(np.minimum(x, 0.0) - log1p_of_share(exp(-np.abs(x))))


def log_sigmoid_1(x: Array) -> Array:
    return sigmoid(-x)


def log_sigmoid_2(x: Array) -> Array:
    return -sigmoid_1(x)


# Softplus and SiLU with a factor b in the argument are g(b x) / b, where g is the function
# with b = 1. The rounding error of b x is carried along into the exponential.


def softplus(x: Array, beta: float, threshold: float) -> Array:
    u, low = scaled(np.clip(x, -_END / beta, _END / beta), beta)
    e = exp(-np.abs(u))
    if not isinstance(low, float):
        e *= 1.0 - np.sign(u) * low
    out = np.asarray(np.maximum(x, 0.0) + log1p_of_share(e) / beta)
    if beta != 1.0:
        patch_below(out, tail_of(x) / beta, lambda t: _tail_of_softplus(t, beta), x)
    return _straight(out, x, x, beta, threshold)


def _tail_of_softplus(x: Array, beta: float) -> Array:
    u, low = scaled(np.maximum(x, -_END / beta), beta)
    h = half_logistic(u, low)
    return np.asarray(h * (h / beta))


def softplus_1(x: Array, beta: float, threshold: float) -> Array:
    u, low = scaled(np.clip(x, -_END / beta, _END / beta), beta)
    h = half_logistic(u, low)
    e = h * h
    out = np.where(u >= 0, 1.0, e) / (1.0 + e)
    return _straight(out, x, 1.0, beta, threshold)


def softplus_2(x: Array, beta: float, threshold: float) -> Array:
    u, low = scaled(np.clip(x, -_END / beta, _END / beta), beta)
    h = half_logistic(u, low)
    e = h * h
    out = beta * h / ((1.0 + e) * (1.0 + e)) * h
    return _straight(out, x, 0.0, beta, threshold)


def _straight(
    out: Array, x: Array, line: Array | float, beta: float, threshold: float
) -> Array:
    """Put the straight line where PyTorch's form of softplus has it."""
    if threshold == np.inf:
        return out
    u, low = scaled(
        np.clip(x, -(np.finfo(x.dtype).max ** 0.5), np.finfo(x.dtype).max ** 0.5), beta
    )
    beyond = (u > threshold) | ((u == threshold) & (low > 0.0))
    return np.where(beyond, line, out).astype(x.dtype, copy=False)


@one_pass
def tanh(x: Array) -> Array:
    return walks.tanh(x)


def tanh_1(x: Array) -> Array:
    h = half_logistic(2.0 * x)
    e = h * h
    return np.asarray(2.0 * h / ((1.0 + e) * (1.0 + e)) * 2.0 * h)


def tanh_2(x: Array) -> Array:
    h = half_logistic(2.0 * x)
    e = h * h
    return np.asarray(-8.0 * np.tanh(x) * h / ((1.0 + e) * (1.0 + e)) * h)


# Between -1 and 1, where x and tanh x cancel, x - tanh x is x^3 times a polynomial in x^2.
_SHRINK_TERMS = {np.dtype(np.float64): 15, np.dtype(np.float32): 8}


@functools.cache
def shrink_polynomial(terms: int) -> tuple[float, ...]:
    """Return a polynomial in x^2 that stands for (x - tanh x) / x^3 between -1 and 1."""

    def quotient(square: mpmath.mpf) -> mpmath.mpf:
        x = mpmath.sqrt(square)
        return (x - mpmath.tanh(x)) / x**3

    return interpolate(quotient, 0.0, 1.0, terms)


def tanhshrink(x: Array) -> Array:
    square = x * x
    out = horner(shrink_polynomial(_SHRINK_TERMS[x.dtype]), square)
    out *= square  # x^2 may underflow where x^3 / 3 is zero anyway
    out *= x
    return patch(out, np.abs(x) >= 1.0, lambda t: np.asarray(t - np.tanh(t)), x)


def tanhshrink_1(x: Array) -> Array:
    return np.asarray(np.tanh(x) ** 2)


def tanhshrink_2(x: Array) -> Array:
    return -tanh_2(x)


def silu(x: Array, beta: float) -> Array:
    if beta == 1.0:
        out = one_plus_exp_of_minus(x)
        np.divide(x, out, out=out)
        return patch_below(out, tail_of(x), lambda t: _careful_silu(t, 1.0), x)
    return _careful_silu(x, beta)


def _careful_silu(x: Array, beta: float) -> Array:
    x = np.maximum(x, -_END / beta)
    u, low = scaled(np.minimum(x, _END / beta), beta)
    h = half_logistic(u, low)
    return np.where(x >= 0, x, x * h * h) / (1.0 + h * h)


def silu_1(x: Array, beta: float) -> Array:
    u, low = scaled(np.clip(x, -_END / beta, _END / beta), beta)
    h = half_logistic(u, low)
    e = h * h
    right = (1.0 + e * (1.0 + u)) / ((1.0 + e) * (1.0 + e))
    left = h * ((1.0 + e + u) / ((1.0 + e) * (1.0 + e))) * h
    return np.where(u >= 0, right, left)


def silu_2(x: Array, beta: float) -> Array:
    u, low = scaled(np.clip(x, -_END / beta, _END / beta), beta)
    h = half_logistic(u, low)
    e = h * h
    bracket = beta * (2.0 - u * np.tanh(0.5 * u))
    return np.asarray(h * bracket / ((1.0 + e) * (1.0 + e)) * h)


# Mish is x T(x) with T = tanh(softplus(x)). In n = e^x it is a rational function,
# T = n (n + 2) / (n (n + 2) + 2), which is 1 to all digits from x = 20 on; the derivatives for
# x > 0 are written in m = e^-x, so that nothing overflows.


def mish(x: Array) -> Array:
    n = exp(capped(x, 20.0))
    w = n * (n + 2.0)
    out = np.asarray(x * (w / (w + 2.0)))
    return patch_below(out, tail_of(x), _tail_of_mish, x)


def _tail_of_mish(x: Array) -> Array:
    x = np.maximum(x, -_END)
    h = half_logistic(x)
    return np.asarray(x * h * h)


def mish_1(x: Array) -> Array:
    x = np.clip(x, -_END, _END)
    h = half_logistic(x)
    e = h * h
    d_left = e * e + 2.0 * e + 2.0
    left = h * ((e + 2.0) / d_left + x * 4.0 * (1.0 + e) / (d_left * d_left)) * h
    d_right = 1.0 + 2.0 * e + 2.0 * e * e
    slope = 4.0 * e * (1.0 + e) / (d_right * d_right) * e
    right = (1.0 + 2.0 * e) / d_right + x * slope
    return np.where(x >= 0, right, left)


def mish_2(x: Array) -> Array:
    x = np.clip(x, -_END, _END)
    h = half_logistic(x)
    e = h * h
    d = e * e + 2.0 * e + 2.0
    bend = 4.0 * (2.0 + 2.0 * e - 3.0 * e**2 - 2.0 * e**3) / d**3
    left = h * (8.0 * (1.0 + e) / d**2 + x * bend) * h
    d = 1.0 + 2.0 * e + 2.0 * e * e
    bend = 4.0 * (2.0 * e**3 + 2.0 * e**2 - 3.0 * e - 2.0) / d**3
    right = e * (8.0 * (1.0 + e) / d**2 + x * bend) * e
    return np.where(x >= 0, right, left)
