"""Laying a pattern on a kernel, and fitting one with free parameters, by least squares."""

from __future__ import annotations

from math import exp
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import leastsq
from scipy.signal import correlate2d

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dlnotes._arguments import FloatArray

__all__ = ["Match"]


class Match(NamedTuple):
    """A named kernel beside the one that was given.

    Attributes
    ----------
    name, family : str
        What it is called, and the kind of thing it does.
    array : ndarray, shape (h, w)
        The named kernel, scaled and placed so that it is as near as possible.
    freedom : int
        How many numbers were fitted, the scale among them.
    aliases : tuple of str
        Other names.
    details : mapping of str to float
        What was fitted, such as ``sigma``.
    """

    name: str
    family: str
    array: FloatArray
    freedom: int = 1
    aliases: tuple[str, ...] = ()
    details: Mapping[str, float] = MappingProxyType({})


def distance(weights: FloatArray, array: FloatArray) -> float:
    """Return the norm of the difference as a fraction of the norm of the weights."""
    return float(np.linalg.norm(weights - array) / np.linalg.norm(weights))


def place(weights: FloatArray, pattern: FloatArray) -> FloatArray | None:
    """Return the multiple of a pattern, at the place in the kernel, that comes nearest."""
    if any(p > n for p, n in zip(pattern.shape, weights.shape, strict=True)):
        return None
    products = correlate2d(weights, pattern, mode="valid")
    i, j = np.unravel_index(np.abs(products).argmax(), products.shape)
    array = np.zeros_like(weights)
    here = (slice(i, i + pattern.shape[0]), slice(j, j + pattern.shape[1]))
    array[here] = pattern * (products[i, j] / (pattern**2).sum())
    return array


def combine(weights: FloatArray, *basis: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the linear combination of the basis that comes nearest, and its coefficients."""
    if len(basis) == 1:
        (one,) = basis
        square = float((one * one).sum())
        c = float((one * weights).sum()) / square if square > 0 else 0.0
        return c * one, np.array([c])
    one, two = basis
    a, b, c = float((one * one).sum()), float((one * two).sum()), float((two * two).sum())
    determinant = a * c - b * b
    if determinant <= 1e-10 * a * c:  # as good as parallel
        array, (x,) = combine(weights, one)
        return array, np.array([x, 0.0])
    p, q = float((one * weights).sum()), float((two * weights).sum())
    x, y = (c * p - b * q) / determinant, (a * q - b * p) / determinant
    return x * one + y * two, np.array([x, y])


def search(
    weights: FloatArray,
    basis: Callable[[FloatArray], Sequence[FloatArray]],
    starts: Sequence[Sequence[float]],
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Fit parameters that enter nonlinearly; at each point the linear ones are solved for."""
    scale = np.linalg.norm(weights)

    def errors(parameters: FloatArray) -> FloatArray:
        return ((combine(weights, *basis(parameters))[0] - weights) / scale).ravel()

    # MINPACK by its older door: the new one spends most of its time around it.
    found = [
        leastsq(errors, start, xtol=1e-10, ftol=1e-10, maxfev=200, full_output=True)[0]
        for start in starts
    ]
    best = min(found, key=lambda point: float((errors(point) ** 2).sum()))
    array, coefficients = combine(weights, *basis(best))
    return array, coefficients, best


def grid(
    weights: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Return rows and columns counted from the middle of the kernel."""
    h, w = weights.shape
    return np.arange(h)[:, np.newaxis] - (h - 1) / 2, np.arange(w) - (w - 1) / 2


def bell_of(a: FloatArray, b: FloatArray, down: float, right: float) -> FloatArray:
    """Return a Gaussian of the given widths, 1 in the middle."""
    values: FloatArray = np.exp(-(a**2) / (2 * down**2)) * np.exp(-(b**2) / (2 * right**2))
    return values


def width_of(logarithm: float) -> float:
    """Return a width of at least a twelfth of a pixel from its logarithm."""
    return exp(min(max(logarithm, -2.5), 4.5))


def around(
    block: FloatArray, place: tuple[int, int], shape: tuple[int, ...]
) -> FloatArray | None:
    """Return zeros with a small array laid with its middle on a place, if it fits."""
    (h, w), (i, j) = block.shape, (place[0] - len(block) // 2, place[1] - block.shape[1] // 2)
    if i < 0 or j < 0 or i + h > shape[0] or j + w > shape[1]:
        return None
    array = np.zeros(shape)
    array[i : i + h, j : j + w] = block
    return array


def centred(block: FloatArray, shape: tuple[int, int]) -> FloatArray | None:
    """Return zeros with a small array laid in the middle, if it fits."""
    return around(block, (shape[0] // 2, shape[1] // 2), shape)
