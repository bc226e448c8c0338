"""Kernels of the functions that need no exponential: quotients, roots and parabolas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlnotes.activations import walks

if TYPE_CHECKING:
    from dlnotes.activations.precise import Array

__all__: list[str] = []


def softsign(x: Array) -> Array:
    most = np.finfo(x.dtype).max  # at infinity the quotient would be no number
    x = np.clip(x, -most, most)
    return np.asarray(x / (1.0 + np.abs(x)))


def softsign_1(x: Array) -> Array:
    r = 1.0 / (1.0 + np.abs(x))
    return np.asarray(r * r)


def softsign_2(x: Array) -> Array:
    r = 1.0 / (1.0 + np.abs(x))
    return np.asarray(-2.0 * np.sign(x) * r * r * r)


# With s = sqrt(x^2 + b), squareplus is (x + s) / 2. The sum cancels for x < 0; since
# s - |x| = b / (s + |x|), it is also max(x, 0) + (b / 2) / (s + |x|), where nothing does.


def _root(x: Array, b: float) -> Array:
    size = np.abs(x)
    if size.max(initial=0.0) < np.sqrt(np.finfo(x.dtype).max) / 2:
        return np.asarray(np.sqrt(x * x + b))
    return np.hypot(size, np.sqrt(b))


def squareplus(x: Array, b: float) -> Array:
    return np.asarray(np.maximum(x, 0.0) + 0.5 * b / (_root(x, b) + np.abs(x)))


def squareplus_1(x: Array, b: float) -> Array:
    s = _root(x, b)
    small = 0.5 * b / (s + np.abs(x)) / s
    return np.where(x > 0, 1.0 - small, small)


def squareplus_2(x: Array, b: float) -> Array:
    s = _root(x, b)
    return np.asarray(0.5 * b / s / s / s)


def sparse_plus(x: Array) -> Array:
    bowl = np.clip(x, -1.0, 1.0) + 1.0
    return np.asarray(np.maximum(x, 1.0) - 1.0 + 0.25 * bowl * bowl)


def sparse_plus_1(x: Array) -> Array:
    return 0.5 * (np.clip(x, -1.0, 1.0) + 1.0)


def sparse_plus_2(x: Array) -> Array:
    return np.asarray(0.5 * ((x > -1.0) & (x < 1.0)), dtype=x.dtype)


def hard_swish(x: Array) -> Array:
    return walks.hard_swish(x)


def hard_swish_1(x: Array) -> Array:
    slope = (2.0 * x + 3.0) / 6.0
    return np.where(x <= -3.0, 0.0, np.where(x >= 3.0, 1.0, slope)).astype(x.dtype)


def hard_swish_2(x: Array) -> Array:
    return np.asarray(((x > -3.0) & (x < 3.0)) / 3.0, dtype=x.dtype)
