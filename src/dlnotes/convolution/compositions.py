"""Kernels made of two others: one applied after the other, or one added to the other."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import convolution_matrix
from scipy.signal import convolve2d

from dlnotes.convolution.families import families
from dlnotes.convolution.fitting import Match, centred, distance
from dlnotes.convolution.patterns import patterns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dlnotes._arguments import FloatArray

__all__: list[str] = []

# Both are exact or they are nothing: with noise nearly every kernel is nearly a sum of two.
_EXACT = 1e-7

_FACTORS = (
    *("Sobel", "Prewitt", "Scharr", "Sobel (diagonal)", "Prewitt (diagonal)", "Roberts"),
    *("Laplacian (4-neighbour)", "Laplacian (8-neighbour)", "Laplacian (nine-point)"),
    *("sharpen", "sharpen (8-neighbour)", "emboss", "cross mean", "Haar edge", "Kirsch"),
    *("central difference", "second difference", "forward difference", "line detector"),
)


def products(weights: FloatArray) -> Iterator[Match]:
    """Yield the ways in which a kernel is a convolution of two named ones."""
    for first in _factors():
        quotient = _divide(weights, first.array)
        if quotient is None:
            continue
        array = convolve2d(first.array, quotient)
        if distance(weights, array) > _EXACT or np.count_nonzero(np.abs(quotient) > 1e-9) < 2:
            continue
        for second in families(quotient):
            if distance(quotient, second.array) < 1e-6 and second.name not in (
                "shift",
                "identity",
            ):
                yield _product(first, second, array)
                break


def sums(weights: FloatArray) -> Iterator[Match]:
    """Yield the sums of two named kernels about the same centre, if the kernel is one."""
    if min(weights.shape) < 3 or weights.size > 121:
        return
    terms = _terms((weights.shape[0], weights.shape[1]))
    basis = np.array([term.array.ravel() for term in terms])
    target = weights.ravel() / np.linalg.norm(weights)
    inner, overlap = basis @ basis.T, basis @ target
    for i, j in combinations(range(len(terms)), 2):
        c = inner[i, j]
        if abs(c) > 0.999:
            continue
        # The squared length of the projection on the plane of the two.
        square = (overlap[i] ** 2 + overlap[j] ** 2 - 2 * c * overlap[i] * overlap[j]) / (
            1 - c**2
        )
        if 1 - square > 1e-10:
            continue
        x = (overlap[i] - c * overlap[j]) / (1 - c**2)
        y = (overlap[j] - c * overlap[i]) / (1 - c**2)
        if min(abs(x), abs(y)) < 1e-3:
            continue
        array = (x * basis[i] + y * basis[j]).reshape(weights.shape) * np.linalg.norm(weights)
        if distance(weights, array) < _EXACT:
            one, two = terms[i], terms[j]
            link = "plus" if x * y > 0 else "minus"
            yield Match(
                f"{one.name} {link} {two.name}",
                "sum",
                array,
                3,
                (one.name, two.name, *one.aliases, *two.aliases),
            )


def _factors() -> list[Match]:
    """Return what is tried as a factor: blurs first, so that they are named as such."""
    found = []
    for n, name in ((3, "box blur"), (2, "box blur")):
        found += [
            Match(name, "smoothing", np.full(shape, 1 / (shape[0] * shape[1])))
            for shape in ((n, n), (1, n), (n, 1))
        ]
    row = np.array([[1.0, 2.0, 1.0]]) / 4
    found += [
        Match("Gaussian blur (binomial)", "smoothing", array)
        for array in (row.T @ row, row, row.T)
    ]
    found += [
        Match(p.name, p.family, p.array, 1, p.aliases) for p in patterns() if p.name in _FACTORS
    ]
    return found


def _divide(weights: FloatArray, factor: FloatArray) -> FloatArray | None:
    """Return the kernel that makes `weights` when convolved with the factor, or nearly so."""
    shape = tuple(n - m + 1 for n, m in zip(weights.shape, factor.shape, strict=True))
    if min(shape) < 1 or shape == (1, 1):
        return None
    rows = [convolution_matrix(line, shape[1]) for line in factor]
    h, w = weights.shape[1], shape[1]
    matrix = np.zeros((weights.size, shape[0] * shape[1]))
    for i in range(shape[0]):
        for a, block in enumerate(rows):
            matrix[(i + a) * h : (i + a + 1) * h, i * w : (i + 1) * w] = block
    quotient = np.linalg.lstsq(matrix, weights.ravel(), rcond=None)[0].reshape(shape)
    quotient[np.abs(quotient) < 1e-9 * np.abs(quotient).max()] = 0
    return quotient


def _product(first: Match, second: Match, array: FloatArray) -> Match:
    # A blur is said first: "box blur, then Sobel" is how one would do it.
    if second.family == "smoothing" and first.family != "smoothing":
        first, second = second, first
    return Match(
        f"{first.name}, then {second.name}",
        second.family if first.family == "smoothing" else "product",
        array,
        3,
        (first.name, second.name, *first.aliases, *second.aliases),
    )


def _terms(shape: tuple[int, int]) -> list[Match]:
    """Return what is tried as a term of a sum, of unit length about the middle."""
    arrays: list[Match] = [Match("identity", "identity", np.ones((1, 1)))]
    for (i, j), name in (
        ((1, 2), "shift left"),
        ((1, 0), "shift right"),
        ((2, 1), "shift up"),
        ((0, 1), "shift down"),
    ):
        spot = np.zeros((3, 3))
        spot[i, j] = 1
        arrays.append(Match(name, "shift", spot, aliases=("shift",)))
    for n in range(3, max(shape) + 1, 2):
        line = np.poly(np.full(n - 1, -1.0))
        arrays.append(Match(f"{n} by {n} box blur", "smoothing", np.ones((n, n)), 1, ("mean",)))
        arrays.append(
            Match(f"{n} by {n} Gaussian blur (binomial)", "smoothing", np.outer(line, line))
        )
        lines = (np.ones((1, n)), np.ones((n, 1)), np.eye(n), np.eye(n)[::-1])
        arrays += [Match("motion blur", "smoothing", line) for line in lines]
    arrays += [
        Match(p.name, p.family, p.array, 1, p.aliases)
        for p in patterns()
        if p.array.shape[0] % 2 and p.array.shape[1] % 2
    ]
    return [
        each._replace(array=spread / np.linalg.norm(spread))
        for each in arrays
        if (spread := centred(each.array, shape)) is not None
    ]
