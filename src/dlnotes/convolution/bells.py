"""Families made of a Gaussian bell: blurs, derivatives, differences, waves under a bell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlnotes.convolution.fitting import Match, bell_of, grid, search, width_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dlnotes._arguments import FloatArray

__all__: list[str] = []


def bells(weights: FloatArray) -> Iterator[Match]:
    """Yield the best match of every family that is made of a bell."""
    yield from _gaussians(weights)
    yield from _gaussian_derivatives(weights)
    yield from _differences_of_gaussians(weights)
    yield from _gabors(weights)


def _gaussians(weights: FloatArray) -> Iterator[Match]:
    sign = np.sign(weights.sum())
    if sign == 0 or (sign * weights).min() < -0.35 * np.abs(weights).max():
        return
    mass = np.clip(sign * weights, 0, None)
    mass = mass / mass.sum()
    a, b = grid(weights)
    start = [float((mass * a).sum()), float((mass * b).sum())]
    variance = ((mass * (a - start[0]) ** 2).sum(), (mass * (b - start[1]) ** 2).sum())
    logs = [0.5 * np.log(max(float(v), 0.05)) for v in variance]
    flat = [i for i in (0, 1) if weights.shape[i] > 1]
    mean = float(np.mean([logs[i] for i in flat])) if flat else 0.0

    def isotropic(p: FloatArray) -> list[FloatArray]:
        return [bell_of(a - p[1], b - p[2], width_of(p[0]), width_of(p[0]))]

    def centred(p: FloatArray) -> list[FloatArray]:
        return [bell_of(a, b, width_of(p[0]), width_of(p[0]))]

    def anisotropic(p: FloatArray) -> list[FloatArray]:
        s, c = np.sin(p[4]), np.cos(p[4])
        down, right = a - p[2], b - p[3]
        return [
            bell_of(down * c - right * s, down * s + right * c, width_of(p[0]), width_of(p[1]))
        ]

    if weights.size >= 3:
        array, _, p = search(weights, centred, [[mean]])
        yield Match(
            "Gaussian blur", "smoothing", array, 2, ("Gaussian",), {"sigma": width_of(p[0])}
        )
    if weights.size >= 9 and np.abs(start).max() > 0.05:
        array, _, p = search(weights, isotropic, [[mean, *start]])
        yield Match(
            "Gaussian blur", "smoothing", array, 4, ("Gaussian",), {"sigma": width_of(p[0])}
        )
    if min(weights.shape) >= 3:
        starts = [[logs[0], logs[1], *start, t] for t in (0.0, np.pi / 4)]
        array, _, p = search(weights, anisotropic, starts)
        thin, thick = sorted((width_of(p[0]), width_of(p[1])))
        angle = float(np.degrees(p[4])) + (90 if p[0] > p[1] else 0)
        if thick > 0.6 * max(weights.shape) and thin < 1:
            # So long that its weights do not fall off inside the kernel: a soft line.
            length = float(max(weights.shape))
            yield Match(
                "motion blur",
                "smoothing",
                array,
                6,
                ("blur", "directional blur", "line"),
                {"angle": angle % 180, "length": length},
            )
        else:
            yield Match(
                "Gaussian blur (anisotropic)",
                "smoothing",
                array,
                6,
                ("Gaussian blur", "Gaussian"),
                {"sigma": thin, "sigma along": thick},
            )


def _gaussian_derivatives(weights: FloatArray) -> Iterator[Match]:
    if max(weights.shape) < 4 or abs(weights.sum()) > 0.25 * np.abs(weights).sum():
        return
    a, b = grid(weights)
    one = np.ones_like(weights)
    square = min(weights.shape) > 2
    extent = np.log(max(weights.shape) / 6)

    def first(p: FloatArray) -> list[FloatArray]:
        bell = bell_of(a, b, width_of(p[0]), width_of(p[-1]))
        return [each for each in (a * bell, b * bell) if each.any()]

    for free in (1, 2) if square else (1,):
        array, _, p = search(weights, first, [[extent] * free, [extent + 0.7] * free])
        yield Match(
            "derivative of Gaussian",
            "first derivative",
            array,
            (3 if square else 2) + free - 1,
            ("Gaussian derivative", "gradient", "DroG"),
            {"sigma": width_of(p[0])},
        )

    def second(down: bool) -> Callable[[FloatArray], list[FloatArray]]:
        def basis(p: FloatArray) -> list[FloatArray]:
            t, sigma = (a, width_of(p[0])) if down else (b, width_of(p[-1]))
            return [(t**2 - sigma**2) * bell_of(a, b, width_of(p[0]), width_of(p[-1])) * one]

        return basis

    for down in (True, False):
        if weights.shape[0 if down else 1] < 4:
            continue
        for free in (1, 2) if square else (1,):
            array, _, p = search(
                weights, second(down), [[extent] * free, [extent + 0.7] * free]
            )
            yield Match(
                "second derivative of Gaussian",
                "second derivative",
                array,
                1 + free,
                ("Gaussian derivative", "line detector"),
                {"sigma": width_of(p[0] if down else p[-1])},
            )
    if not square:
        return

    def mixed(p: FloatArray) -> list[FloatArray]:
        return [a * b * bell_of(a, b, width_of(p[0]), width_of(p[0]))]

    array, _, p = search(weights, mixed, [[extent]])
    yield Match(
        "mixed derivative of Gaussian",
        "mixed derivative",
        array,
        2,
        ("Gaussian derivative",),
        {"sigma": width_of(p[0])},
    )

    def laplacian(p: FloatArray) -> FloatArray:
        sigma = width_of(p[0])
        return (a**2 + b**2 - 2 * sigma**2) * bell_of(a, b, sigma, sigma)

    for corrected in (False, True):
        # Cut off at the rim the sum is not quite zero; some take its mean away again.
        def shape(p: FloatArray, corrected: bool = corrected) -> list[FloatArray]:
            values = laplacian(p)
            return [values - values.mean() if corrected else values]

        array, _, p = search(weights, shape, [[extent], [extent + 0.6], [-0.3]])
        yield Match(
            "Laplacian of Gaussian (LoG)",
            "Laplacian of Gaussian",
            array,
            2,
            ("Mexican hat", "Marr-Hildreth", "Ricker"),
            {"sigma": width_of(p[0])},
        )


def _differences_of_gaussians(weights: FloatArray) -> Iterator[Match]:
    if weights.size < 9 or not (weights > 0).any() or not (weights < 0).any():
        return
    a, b = grid(weights)
    reach = max(weights.shape) / 2

    def basis(p: FloatArray) -> list[FloatArray]:
        bells = [bell_of(a, b, width_of(q), width_of(q)) for q in p]
        return [bell / bell.sum() for bell in bells]

    starts = [np.log([reach / 5, reach / 3]), np.log([reach / 3, reach])]
    array, (narrow, wide), p = search(weights, basis, [list(s) for s in starts])
    if narrow * wide < 0:
        small, large = sorted(width_of(q) for q in p)
        if small > 0.35 and large / small > 1.02:
            yield Match(
                "difference of Gaussians (DoG)",
                "difference of Gaussians",
                array,
                4,
                ("DoG", "Mexican hat", "Laplacian of Gaussian-like"),
                {"sigma": small, "sigma wide": large},
            )


def _gabors(weights: FloatArray) -> Iterator[Match]:
    """Yield a wave under a bell."""
    if max(weights.shape) < 5 or not (weights > 0).any() or not (weights < 0).any():
        return
    a, b = grid(weights)
    size = 64
    spectrum = np.abs(np.fft.fft2(weights - weights.mean(), s=(size, size)))
    k, m = np.unravel_index(spectrum[:, : size // 2 + 1].argmax(), (size, size // 2 + 1))
    u, v = 2 * np.pi * ((k + size // 2) % size - size // 2) / size, 2 * np.pi * m / size
    mass = weights**2 / (weights**2).sum()
    wide = 0.5 * np.log(max(float((mass * (a**2 + b**2)).sum()), 0.3))

    def basis(p: FloatArray) -> list[FloatArray]:
        angle = np.arctan2(p[2], p[3])
        s, c = np.sin(angle), np.cos(angle)
        bell = bell_of(a * s + b * c, a * c - b * s, width_of(p[0]), width_of(p[1]))
        phase = p[2] * a + p[3] * b
        return [bell * np.cos(phase), bell * np.sin(phase)]

    flat = min(weights.shape) == 1
    array, _, p = search(weights, basis, [[wide, wide, u, v], [wide + 0.5, wide + 0.5, u, v]])
    frequency = float(np.hypot(p[2], p[3]))
    if frequency * width_of(p[0]) > 1.45 and 0.1 < frequency < 1.05 * np.pi:
        yield Match(
            "Gabor",
            "Gabor",
            array,
            4 if flat else 6,
            ("Gabor filter", "oriented band-pass"),
            {
                "wavelength": 2 * np.pi / frequency,
                "angle": float(np.degrees(np.arctan2(p[2], p[3])) % 180),
                "sigma": width_of(p[0]),
            },
        )
