"""Kernels of the functions that are made of straight pieces."""

from __future__ import annotations

import numpy as np

from dlnotes.activations.blocks import one_pass
from dlnotes.activations.precise import Array, two_product, two_sum

__all__: list[str] = []


def identity(x: Array) -> Array:
    return x.copy()


def one(x: Array, **_: float) -> Array:
    return np.ones_like(x)


def zero(x: Array, **_: float) -> Array:
    return np.zeros_like(x)


def between(x: Array, low: float, high: float) -> Array:
    """Return 1 strictly between two numbers and 0 elsewhere."""
    return np.asarray((x > low) & (x < high), dtype=x.dtype)


@one_pass
def relu(x: Array) -> Array:
    return np.maximum(x, 0.0)


def relu_1(x: Array) -> Array:
    return np.asarray(x > 0, dtype=x.dtype)


@one_pass
def relu6(x: Array) -> Array:
    return np.clip(x, 0.0, 6.0)


def relu6_1(x: Array) -> Array:
    return between(x, 0.0, 6.0)


def bent(x: Array, slope: float) -> Array:
    """Return x to the right of 0 and a multiple of it to the left."""
    if slope == 0.0:  # a flat left half, also at minus infinity, where 0 * inf is not 0
        return relu(x)
    # of the two lines through 0 it is everywhere the upper one, or everywhere the lower one
    pick = np.maximum if slope <= 1.0 else np.minimum
    return np.asarray(pick(x, slope * x))


def bent_1(x: Array, slope: float) -> Array:
    return np.where(x > 0, x.dtype.type(1.0), x.dtype.type(slope))


def leaky_relu(x: Array, negative_slope: float) -> Array:
    return bent(x, negative_slope)


def leaky_relu_1(x: Array, negative_slope: float) -> Array:
    return bent_1(x, negative_slope)


def prelu(x: Array, weight: float) -> Array:
    return bent(x, weight)


def prelu_1(x: Array, weight: float) -> Array:
    return bent_1(x, weight)


def rrelu(x: Array, lower: float, upper: float) -> Array:
    return bent(x, 0.5 * (lower + upper))


def rrelu_1(x: Array, lower: float, upper: float) -> Array:
    return bent_1(x, 0.5 * (lower + upper))


@one_pass
def hard_tanh(x: Array, min_val: float, max_val: float) -> Array:
    return np.clip(x, min_val, max_val)


def hard_tanh_1(x: Array, min_val: float, max_val: float) -> Array:
    return between(x, min_val, max_val)


def sparse_sigmoid(x: Array) -> Array:
    return 0.5 * (np.clip(x, -1.0, 1.0) + 1.0)


def sparse_sigmoid_1(x: Array) -> Array:
    return 0.5 * between(x, -1.0, 1.0)


# 1/6 is no double: with the usual slope the ramp is (x + 3) / 6, which is exact near its foot.
# Otherwise slope * x and the offset may cancel, and what their roundings leave out is kept.
_SIXTH = 1.0 / 6.0


def _is_usual(slope: float, offset: float) -> bool:
    return slope == _SIXTH and offset == 0.5


def _ramp(x: Array, slope: float, offset: float) -> tuple[Array, Array]:
    """Return slope * x + offset to twice the usual precision."""
    reach = 2.0 * (abs(offset) + 1.0) / slope
    product, error = two_product(np.clip(x.astype(np.float64), -reach, reach), slope)
    total, rest = two_sum(product, offset)
    return total, rest + error


def hard_sigmoid(x: Array, slope: float, offset: float) -> Array:
    if _is_usual(slope, offset):
        return np.asarray(np.clip((x + 3.0) / 6.0, 0.0, 1.0))
    out = np.clip(x.astype(np.float64) * slope + offset, 0.0, 1.0)
    near = out < 0.25
    if near.any():
        total, rest = _ramp(x[near], slope, offset)
        out[near] = np.clip(total + rest, 0.0, 1.0)
    return np.asarray(out, dtype=x.dtype)


def hard_sigmoid_1(x: Array, slope: float, offset: float) -> Array:
    if _is_usual(slope, offset):
        return slope * between(x, -3.0, 3.0)
    total, rest = _ramp(x, slope, offset)
    above = total + rest > 0.0
    excess, lost = two_sum(total, -1.0)
    below = excess + (lost + rest) < 0.0
    return np.asarray(slope * (above & below), dtype=x.dtype)


def threshold(x: Array, threshold: float, value: float) -> Array:
    # a selection by the bits, in half the time of one by a mask
    bits = np.dtype(f"i{x.itemsize}")
    instead = x.dtype.type(value).view(bits)
    mask = (x <= threshold).astype(bits)
    mask -= 1  # all bits where x stays, none where it goes
    mask &= x.view(bits) ^ instead
    mask ^= instead
    return mask.view(x.dtype)


def threshold_1(x: Array, threshold: float, value: float) -> Array:
    del value
    return np.asarray(x > threshold, dtype=x.dtype)


def shrink(x: Array, lambd: float, bias: float) -> Array:
    moved = x - bias * np.sign(x) if bias else x
    # a product with 0 or 1 costs half of what a selection costs
    return np.asarray(moved * (np.abs(x) > lambd))


def shrink_1(x: Array, lambd: float, bias: float = 0.0) -> Array:
    if lambd == 0.0 and bias == 0.0:
        return one(x)
    return np.asarray(np.abs(x) > lambd, dtype=x.dtype)


def softshrink(x: Array, lambd: float) -> Array:
    return np.asarray(x - np.clip(x, -lambd, lambd))


def hardshrink(x: Array, lambd: float) -> Array:
    return shrink(x, lambd, 0.0)
