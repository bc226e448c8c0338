"""Families with a free mixture of two parts: the identity and a blur, or two slopes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlnotes.convolution.fitting import (
    Match,
    around,
    bell_of,
    combine,
    distance,
    search,
    width_of,
)
from dlnotes.convolution.patterns import patterns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dlnotes._arguments import FloatArray

__all__: list[str] = []


def mixtures(weights: FloatArray) -> Iterator[Match]:
    """Yield the best match of every family that is a mixture."""
    yield from _sharpeners(weights)
    yield from _embossers(weights)
    yield from _steered(weights)


def _peak(weights: FloatArray) -> FloatArray:
    """Return a one at the place of the largest weight: where an identity would be."""
    spot = np.zeros_like(weights)
    spot[np.unravel_index(np.abs(weights).argmax(), weights.shape)] = 1
    return spot


def _sharpeners(weights: FloatArray) -> Iterator[Match]:
    """Yield the identity and a blur: sharpening, unsharp masking, what a blur takes away."""
    if max(weights.shape) < 3:
        return
    spot = _peak(weights)
    i, j = np.argwhere(spot)[0]
    if not np.any(weights * weights[i, j] < 0):
        return
    rings = {
        "4-neighbour": [[0, 1, 0], [1, 0, 1], [0, 1, 0]],
        "8-neighbour": [[1, 1, 1], [1, 0, 1], [1, 1, 1]],
        "diagonal": [[1, 0, 1], [0, 0, 0], [1, 0, 1]],
        "binomial": [[1, 2, 1], [2, 0, 2], [1, 2, 1]],
        "nine-point": [[1, 4, 1], [4, 0, 4], [1, 4, 1]],
        "row": [[1, 0, 1]],
        "column": [[1], [0], [1]],
    }
    for label, rows in rings.items():
        ring = around(np.array(rows, dtype=float), (int(i), int(j)), weights.shape)
        if ring is not None:
            yield from _sharpener(weights, spot, ring, label, 2, {})
    half = min(i, j, weights.shape[0] - 1 - i, weights.shape[1] - 1 - j)
    for r in range(2, half + 1):
        binomial = np.poly(np.full(2 * r, -1.0))
        for label, block in (
            (f"{2 * r + 1} by {2 * r + 1} box", np.ones((2 * r + 1, 2 * r + 1))),
            (f"{2 * r + 1} by {2 * r + 1} binomial", np.outer(binomial, binomial)),
        ):
            blur = around(block / block.sum(), (int(i), int(j)), weights.shape)
            if blur is not None:
                yield from _sharpener(weights, spot, blur, label, 2, {})
    if half >= 1:
        a = np.arange(weights.shape[0])[:, np.newaxis] - i
        b = np.arange(weights.shape[1]) - j

        def basis(p: FloatArray) -> list[FloatArray]:
            bell = bell_of(a, b, width_of(p[0]), width_of(p[0]))
            return [spot, bell / bell.sum()]

        _, _, p = search(weights, basis, [[0.0], [1.0]])
        blur = basis(p)[1]
        if width_of(p[0]) > 0.45:
            yield from _sharpener(weights, spot, blur, "Gaussian", 3, {"sigma": width_of(p[0])})


def _sharpener(
    weights: FloatArray,
    spot: FloatArray,
    blur: FloatArray,
    label: str,
    freedom: int,
    details: dict[str, float],
) -> Iterator[Match]:
    array, (own, around) = combine(weights, spot, blur)
    if own * around >= 0 or distance(weights, array) > 0.25:
        return
    gain = own + around * blur.sum()
    ratio = gain / abs(around * blur.sum())
    # What noise of the size of the distance would do to a sum of zero.
    noise = 3 * distance(weights, array) * float(np.linalg.norm(weights))
    if abs(gain) <= noise or abs(ratio) < 1e-6:
        flat = combine(weights, spot - blur / blur.sum())[0]
        yield Match(
            f"high-pass (identity minus {label} blur)",
            "high-pass",
            flat,
            freedom - 1,
            (
                "high-pass",
                "mean removal",
                "Laplacian-like",
                "edge detection",
                "unsharp residual",
            ),
            details,
        )
    elif ratio * own > 0:
        amount = abs(around * blur.sum() / gain)
        masked = "box" in label or "binomial" in label or label == "Gaussian"
        gentle = masked or (label == "8-neighbour" and amount <= 1.8)
        name = f"unsharp mask ({label})" if gentle else f"sharpen ({label})"
        yield Match(
            name,
            "sharpening",
            array,
            freedom,
            ("sharpen", "unsharp mask", "high boost"),
            {"amount": float(amount), **details},
        )


def _embossers(weights: FloatArray) -> Iterator[Match]:
    """Yield the identity and a slope: light from one side."""
    if min(weights.shape) < 3 or not (weights > 0).any() or not (weights < 0).any():
        return
    middle = (weights.shape[0] // 2, weights.shape[1] // 2)
    spot = np.zeros_like(weights)
    spot[middle] = 1
    for pattern in patterns():
        block = pattern.array
        odd = block.shape[0] % 2 and block.shape[1] % 2
        if pattern.family != "first derivative" or not odd:
            continue
        if np.abs(block + block[::-1, ::-1]).max() > 1e-9:
            continue
        slope = around(block, middle, weights.shape)
        if slope is None:
            continue
        array, (own, lit) = combine(weights, spot, slope)
        if abs(own) > 0.1 * abs(lit) and distance(weights, array) < 0.25:
            yield Match(
                "emboss", "embossing", array, 2, (f"identity plus {pattern.name}", "relief")
            )


def _steered(weights: FloatArray) -> Iterator[Match]:
    """Yield slopes along any direction: the two kernels of an operator, mixed."""
    if min(weights.shape) < 3 or abs(weights.sum()) > 0.2 * np.abs(weights).sum():
        return
    middle = (weights.shape[0] // 2, weights.shape[1] // 2)
    for pattern in patterns():
        block = pattern.array
        h, w = block.shape
        turned = np.rot90(block)
        if pattern.family != "first derivative" or h != w or h % 2 == 0:
            continue
        if "diagonal" in pattern.name:  # the mixtures of Sobel's kernels, or of Prewitt's
            continue
        if abs((block * turned).sum()) > 1e-9 or np.abs(block + block[::-1, ::-1]).max() > 1e-9:
            continue
        one, two = around(block, middle, weights.shape), around(turned, middle, weights.shape)
        if one is not None and two is not None:
            array, (c, s) = combine(weights, one, two)
            if (
                min(abs(c), abs(s)) > 0.02 * max(abs(c), abs(s))
                and distance(weights, array) < 0.25
            ):
                name = pattern.name.split(" (")[0]
                yield Match(
                    f"{name} (turned)", "first derivative", array, 2, (name, "gradient")
                )
