"""Families of kernels with a name: blurs by shape, and patterns out of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlnotes.convolution.bells import bells
from dlnotes.convolution.facts import trimmed
from dlnotes.convolution.fitting import Match, combine, distance, grid, place
from dlnotes.convolution.mixtures import mixtures
from dlnotes.convolution.patterns import patterns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dlnotes._arguments import FloatArray

__all__: list[str] = []

_LINE = ("blur", "directional blur", "line")


def families(weights: FloatArray) -> Iterator[Match]:
    """Yield the best match of every family, simple ones first."""
    yield from _single(weights)
    yield from _boxes(weights)
    yield from _named(weights)
    yield from _sized(weights)
    yield from _motion(weights)
    yield from _disks(weights)
    yield from mixtures(weights)
    yield from bells(weights)


def _single(weights: FloatArray) -> Iterator[Match]:
    i, j = np.unravel_index(np.abs(weights).argmax(), weights.shape)
    array = np.zeros_like(weights)
    array[i, j] = weights[i, j]
    at_home = (i, j) == (weights.shape[0] // 2, weights.shape[1] // 2)
    yield Match("identity" if at_home else "shift", "identity" if at_home else "shift", array)
    inside, _ = trimmed(weights, 1e-9)
    if inside.shape in ((1, 2), (2, 1), (2, 2)) and (inside > 0).all():
        # Interpolation between neighbours, by weights that are not all the same.
        column, row = inside.sum(axis=1), inside.sum(axis=0)
        product = np.outer(column, row) / inside.sum()
        if np.ptp(product) > 0.1 * product.max() and inside.shape != (2, 2):
            yield Match("sub-pixel shift", "shift", weights, 2, ("linear interpolation",))
        elif np.ptp(product) > 0.1 * product.max():
            array = np.where(weights > 0, weights, 0)
            array[weights > 0] = product.ravel()
            yield Match("sub-pixel shift", "shift", array, 3, ("bilinear interpolation",))


def _boxes(weights: FloatArray) -> Iterator[Match]:
    _, (i, j) = trimmed(weights, 0.5)
    inside, _ = trimmed(weights, 0.5)
    h, w = inside.shape
    if h * w < 2:
        return
    array = np.zeros_like(weights)
    array[i : i + h, j : j + w] = inside.mean()
    aliases = ("mean", "average", "moving average", "box filter")
    details = {"height": float(h), "width": float(w)}
    if 1 in (h, w) and min(weights.shape) > 1 and max(h, w) > 2:
        yield Match("motion blur", "smoothing", array, 1, ("box blur", *aliases), details)
    else:
        extra = ("motion blur",) if 1 in (h, w) else ()
        yield Match("box blur", "smoothing", array, 1, (*aliases, *extra), details)


def _named(weights: FloatArray) -> Iterator[Match]:
    for pattern in patterns():
        array = place(weights, pattern.array)
        if array is not None and distance(weights, array) < 0.25:
            yield Match(pattern.name, pattern.family, array, 1, pattern.aliases)


def _sized(weights: FloatArray) -> Iterator[Match]:
    """Yield binomial and tent kernels of every size that fits."""
    if (weights < -0.05 * np.abs(weights).max()).any() and (weights > 0).any():
        return
    rows: dict[str, Callable[[int], FloatArray]] = {
        "Gaussian blur (binomial)": lambda n: np.poly(np.full(n - 1, -1.0)),
        # The hat function at whole pixels, or at half pixels: 1 2 3 2 1 and 1 3 5 5 3 1.
        "tent blur (bilinear)": lambda n: n - np.abs(np.arange(1.0 - n, n, 2)) + n % 2,
    }
    aliases = {
        "Gaussian blur (binomial)": ("binomial", "Gaussian", "bilinear upsampling"),
        "tent blur (bilinear)": ("tent", "triangle", "bilinear upsampling", "blur"),
    }
    h, w = (min(n, 33) for n in weights.shape)
    for name, row in rows.items():
        for n in range(3 if name[0] == "G" else 5, max(h, w) + 1):
            line = row(n)
            for pattern in (line[np.newaxis], line[:, np.newaxis], np.outer(line, line)):
                array = place(weights, pattern / np.linalg.norm(pattern))
                if array is not None and distance(weights, array) < 0.25:
                    yield Match(name, "smoothing", array, 1, aliases[name], {"size": float(n)})


def _motion(weights: FloatArray) -> Iterator[Match]:
    """Yield a line of equal weights in any direction, drawn with or without soft edges."""
    if min(weights.shape) < 3 or weights.sum() == 0:
        return
    sign = np.sign(weights.sum())
    mass = np.clip(sign * weights, 0, None)
    mass = np.where(mass > 0.02 * mass.max(), mass, 0) / mass.sum()
    a, b = grid(weights)
    middle = (float((mass * a).sum()), float((mass * b).sum()))
    a, b = a - middle[0], b - middle[1]
    spread = np.array(
        [
            [(mass * a * a).sum(), (mass * a * b).sum()],
            [(mass * a * b).sum(), (mass * b * b).sum()],
        ]
    )
    (thin, thick), axes = np.linalg.eigh(spread)
    if thick < 0.6 or thin > 0.45 or thin > 0.2 * thick:
        return
    angle = float(np.arctan2(axes[0, 1], axes[1, 1]))
    length = float(np.sqrt(12 * thick + 1))
    for array in (*_hard_lines(weights), *_soft_lines(weights, middle, angle, length)):
        yield Match(
            "motion blur",
            "smoothing",
            array,
            3,
            _LINE,
            {"angle": round(np.degrees(angle), 1) % 180, "length": length},
        )
    # Equal weights along the line, whatever their distribution across it.
    along = np.round(a * axes[0, 1] + b * axes[1, 1])
    sums = np.array([mass[along == s].sum() for s in np.unique(along)])
    if (
        len(sums) >= 3
        and np.ptp(sums[1:-1]) < 0.3 * sums.max()
        and sums[1:-1].min() > 0.5 * sums.max()
    ):
        array = np.where(mass > 0, weights, 0)
        yield Match(
            "motion blur",
            "smoothing",
            array,
            min(int((mass > 0).sum()), weights.size - 4),
            _LINE,
            {"angle": round(np.degrees(angle), 1) % 180, "length": length},
        )


def _hard_lines(weights: FloatArray) -> Iterator[FloatArray]:
    support = np.abs(weights) > 0.5 * np.abs(weights).max()
    if support.sum() > 1:
        yield np.where(support, weights[support].mean(), 0)


def _soft_lines(
    weights: FloatArray, middle: tuple[float, float], angle: float, length: float
) -> Iterator[FloatArray]:
    """Lines whose weight at a pixel falls off with its distance, as MATLAB draws them."""
    a, b = grid(weights)
    a, b = a - middle[0], b - middle[1]
    s, c = np.sin(angle), np.cos(angle)
    along, across = np.abs(a * s + b * c), np.abs(a * c - b * s)
    for half in np.linspace(length / 2 - 1, length / 2 + 0.5, 7):
        beyond = np.clip(along - half, 0, None)
        line = np.clip(1 - np.hypot(across, beyond), 0, None)
        if line.any():
            yield combine(weights, line)[0]


def _disks(weights: FloatArray) -> Iterator[Match]:
    """Yield a disk of equal weights, hard-edged or with the rim weighted by its area."""
    mass = weights * np.sign(weights.sum())
    if min(weights.shape) < 3 or mass.min() < -0.2 * np.abs(mass).max():
        return
    support = mass > 0.5 * mass.max()
    radius = float(np.sqrt(support.sum() / np.pi))
    if radius < 1.2:
        return
    a, b = grid(weights)
    fine = (np.arange(8) + 0.5) / 8 - 0.5
    for r in np.arange(max(radius - 0.5, 1), radius + 0.55, 0.05):
        hard = np.where(np.hypot(a, b) <= r + 1e-9, 1.0, 0.0)
        soft = np.mean([np.hypot(a + da, b + db) <= r for da in fine for db in fine], axis=0)
        for disk in (hard, soft):
            yield Match(
                "disk blur",
                "smoothing",
                combine(weights, disk)[0],
                2,
                ("pillbox", "defocus", "blur", "mean"),
                {"radius": float(r)},
            )
