"""Kernels with a name, as data: what `identify` compares with, up to scale, turn and mirror."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.signal import savgol_coeffs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dlnotes._arguments import FloatArray

__all__ = ["Pattern"]

_BLUR, _SLOPE, _SECOND = "smoothing", "first derivative", "second derivative"
_LAPLACIAN, _MIXED = "Laplacian", "mixed derivative"
_HIGHER, _SHARPEN, _EMBOSS = "higher derivative", "sharpening", "embossing"
_INTERPOLATION = "interpolation"


class Pattern(NamedTuple):
    """A kernel that has a name.

    Attributes
    ----------
    name : str
        What practitioners call it.
    family : str
        The kind of thing it does.
    array : ndarray, shape (h, w)
        The weights, in one of their orientations and on one scale.
    aliases : tuple of str
        Other names.
    """

    name: str
    family: str
    array: FloatArray
    aliases: tuple[str, ...] = ()


def _row(*weights: float) -> FloatArray:
    return np.array([weights], dtype=np.float64)


def _binomial(n: int) -> FloatArray:
    row = np.ones(1)
    for _ in range(n):
        row = np.convolve(row, [1.0, 1.0])
    return row


_CENTRAL = np.array([-1.0, 0.0, 1.0])

# name, family, weights, further names
_TABLE: tuple[tuple[str, str, object, tuple[str, ...]], ...] = (
    # Slopes.
    ("central difference", _SLOPE, [[-1, 0, 1]], ("gradient",)),
    ("forward difference", _SLOPE, [[-1, 1]], ("backward difference", "Haar")),
    ("one-sided difference", _SLOPE, [[-3, 4, -1]], ()),
    ("central difference (fourth order)", _SLOPE, [[1, -8, 0, 8, -1]], ()),
    ("central difference (sixth order)", _SLOPE, [[-1, 9, -45, 0, 45, -9, 1]], ()),
    ("central difference (diagonal)", _SLOPE, [[-1, 0, 0], [0, 0, 0], [0, 0, 1]], ("emboss",)),
    ("Prewitt", _SLOPE, [[-1, 0, 1]] * 3, ()),
    ("Prewitt (diagonal)", _SLOPE, [[-1, -1, 0], [-1, 0, 1], [0, 1, 1]], ("emboss",)),
    ("Prewitt compass", _SLOPE, [[1, 1, 1], [1, -2, 1], [-1, -1, -1]], ("Prewitt",)),
    ("Prewitt compass", _SLOPE, [[1, 1, 1], [1, -2, -1], [1, -1, -1]], ("Prewitt",)),
    ("Sobel", _SLOPE, [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], ("Sobel-Feldman", "Robinson")),
    (
        "Sobel (diagonal)",
        _SLOPE,
        [[-2, -1, 0], [-1, 0, 1], [0, 1, 2]],
        ("Sobel", "Robinson", "emboss"),
    ),
    ("Scharr", _SLOPE, [[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]], ()),
    ("Scharr", _SLOPE, [[-47, 0, 47], [-162, 0, 162], [-47, 0, 47]], ()),
    ("Scharr (diagonal)", _SLOPE, [[-10, -3, 0], [-3, 0, 3], [0, 3, 10]], ("Scharr",)),
    (
        "Frei-Chen",
        _SLOPE,
        [[-1, 0, 1], [-(2**0.5), 0, 2**0.5], [-1, 0, 1]],
        ("isotropic Sobel",),
    ),
    ("Roberts", _SLOPE, [[1, 0], [0, -1]], ("Roberts cross",)),
    ("Kirsch", _SLOPE, [[5, 5, 5], [-3, 0, -3], [-3, -3, -3]], ("Kirsch compass",)),
    ("Kirsch", _SLOPE, [[5, 5, -3], [5, 0, -3], [-3, -3, -3]], ("Kirsch compass",)),
    ("Haar edge", _SLOPE, [[-1, 1], [-1, 1]], ("Haar", "Prewitt 2 by 2")),
    (
        "emboss (5 by 5)",
        _SLOPE,
        [
            [-1, -1, -1, -1, 0],
            [-1, -1, -1, 0, 1],
            [-1, -1, 0, 1, 1],
            [-1, 0, 1, 1, 1],
            [0, 1, 1, 1, 1],
        ],
        ("emboss", "Prewitt (diagonal)"),
    ),
    (
        "Sobel (5 by 5)",
        _SLOPE,
        [
            [-2, -1, 0, 1, 2],
            [-3, -2, 0, 2, 3],
            [-4, -3, 0, 3, 4],
            [-3, -2, 0, 2, 3],
            [-2, -1, 0, 1, 2],
        ],
        ("Sobel",),
    ),
    (
        "Sobel (5 by 5)",
        _SLOPE,
        [
            [-1, -2, 0, 2, 1],
            [-2, -3, 0, 3, 2],
            [-3, -5, 0, 5, 3],
            [-2, -3, 0, 3, 2],
            [-1, -2, 0, 2, 1],
        ],
        ("Sobel",),
    ),
    (
        "Sobel (5 by 5)",
        _SLOPE,
        [
            [-2, -1, 0, 1, 2],
            [-2, -1, 0, 1, 2],
            [-4, -2, 0, 2, 4],
            [-2, -1, 0, 1, 2],
            [-2, -1, 0, 1, 2],
        ],
        ("Sobel",),
    ),
    # Second derivatives in one direction, and mixed ones.
    ("second difference", _SECOND, [[1, -2, 1]], ("central second difference",)),
    ("second difference (fourth order)", _SECOND, [[-1, 16, -30, 16, -1]], ()),
    ("second difference (diagonal)", _SECOND, [[1, 0, 0], [0, -2, 0], [0, 0, 1]], ()),
    ("line detector", _SECOND, [[-1, 2, -1]] * 3, ("second derivative",)),
    ("line detector (diagonal)", _SECOND, [[-1, -1, 2], [-1, 2, -1], [2, -1, -1]], ()),
    ("Sobel second derivative", _SECOND, [[1, -2, 1], [2, -4, 2], [1, -2, 1]], ("Sobel",)),
    ("Haar diagonal", _MIXED, [[1, -1], [-1, 1]], ("Haar", "mixed difference")),
    ("mixed central difference", _MIXED, [[1, 0, -1], [0, 0, 0], [-1, 0, 1]], ()),
    ("saddle", "second derivative", [[0, 1, 0], [-1, 0, -1], [0, 1, 0]], ()),
    # Laplacians.
    ("Laplacian (4-neighbour)", _LAPLACIAN, [[0, 1, 0], [1, -4, 1], [0, 1, 0]], ()),
    (
        "Laplacian (8-neighbour)",
        _LAPLACIAN,
        [[1, 1, 1], [1, -8, 1], [1, 1, 1]],
        ("outline", "edge detection", "high-pass"),
    ),
    ("Laplacian (diagonal)", _LAPLACIAN, [[1, 0, 1], [0, -4, 0], [1, 0, 1]], ()),
    (
        "Laplacian (nine-point)",
        _LAPLACIAN,
        [[1, 4, 1], [4, -20, 4], [1, 4, 1]],
        ("Mehrstellen", "isotropic Laplacian"),
    ),
    ("Laplacian (binomial)", _LAPLACIAN, [[1, 2, 1], [2, -12, 2], [1, 2, 1]], ()),
    ("Laplacian (least squares)", _LAPLACIAN, [[2, -1, 2], [-1, -4, -1], [2, -1, 2]], ()),
    (
        "Laplacian of Gaussian (LoG)",
        "Laplacian of Gaussian",
        [
            [0, 0, 1, 0, 0],
            [0, 1, 2, 1, 0],
            [1, 2, -16, 2, 1],
            [0, 1, 2, 1, 0],
            [0, 0, 1, 0, 0],
        ],
        ("Mexican hat",),
    ),
    (
        "Laplacian of Gaussian (LoG)",
        "Laplacian of Gaussian",
        [
            [0, 1, 1, 2, 2, 2, 1, 1, 0],
            [1, 2, 4, 5, 5, 5, 4, 2, 1],
            [1, 4, 5, 3, 0, 3, 5, 4, 1],
            [2, 5, 3, -12, -24, -12, 3, 5, 2],
            [2, 5, 0, -24, -40, -24, 0, 5, 2],
            [2, 5, 3, -12, -24, -12, 3, 5, 2],
            [1, 4, 5, 3, 0, 3, 5, 4, 1],
            [1, 2, 4, 5, 5, 5, 4, 2, 1],
            [0, 1, 1, 2, 2, 2, 1, 1, 0],
        ],
        ("Mexican hat",),
    ),
    # Higher derivatives.
    ("third difference", _HIGHER, [[-1, 3, -3, 1]], ()),
    ("third central difference", _HIGHER, [[-1, 2, 0, -2, 1]], ()),
    ("fourth difference", _HIGHER, [[1, -4, 6, -4, 1]], ()),
    (
        "Laplacian difference",
        _HIGHER,
        [[1, -2, 1], [-2, 4, -2], [1, -2, 1]],
        ("noise estimation",),
    ),
    (
        "biharmonic",
        _HIGHER,
        [
            [0, 0, 1, 0, 0],
            [0, 2, -8, 2, 0],
            [1, -8, 20, -8, 1],
            [0, 2, -8, 2, 0],
            [0, 0, 1, 0, 0],
        ],
        ("squared Laplacian",),
    ),
    # Sharpening by a Laplacian, embossing.
    (
        "sharpen",
        _SHARPEN,
        [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
        ("sharpen (4-neighbour)", "unsharp"),
    ),
    (
        "sharpen (8-neighbour)",
        _SHARPEN,
        [[-1, -1, -1], [-1, 9, -1], [-1, -1, -1]],
        ("sharpen", "unsharp"),
    ),
    ("emboss", _EMBOSS, [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], ()),
    ("emboss", _EMBOSS, [[-1, -1, 0], [-1, 1, 1], [0, 1, 1]], ()),
    # Blurs that no formula below makes.
    ("mean of the two neighbours", _BLUR, [[1, 0, 1]], ("blur", "two shifts")),
    ("mean of the four neighbours", _BLUR, [[0, 1, 0], [1, 0, 1], [0, 1, 0]], ("Jacobi step",)),
    ("mean of the eight neighbours", _BLUR, [[1, 1, 1], [1, 0, 1], [1, 1, 1]], ()),
    ("cross mean", _BLUR, [[0, 1, 0], [1, 1, 1], [0, 1, 0]], ("blur", "plus-shaped mean")),
    ("X-shaped mean", _BLUR, [[1, 0, 1], [0, 1, 0], [1, 0, 1]], ("blur",)),
    ("weighted mean", _BLUR, [[1, 1, 1], [1, 2, 1], [1, 1, 1]], ("blur",)),
    ("weighted cross mean", _BLUR, [[0, 1, 0], [1, 2, 1], [0, 1, 0]], ("blur",)),
    (
        "Gaussian blur",
        _BLUR,
        [
            [1, 4, 7, 4, 1],
            [4, 16, 26, 16, 4],
            [7, 26, 41, 26, 7],
            [4, 16, 26, 16, 4],
            [1, 4, 7, 4, 1],
        ],
        (),
    ),
    (
        "Gaussian blur",
        _BLUR,
        [
            [2, 4, 5, 4, 2],
            [4, 9, 12, 9, 4],
            [5, 12, 15, 12, 5],
            [4, 9, 12, 9, 4],
            [2, 4, 5, 4, 2],
        ],
        ("Canny's Gaussian",),
    ),
    # Interpolation of missing pixels.
    (
        "bilinear demosaicing (green)",
        _INTERPOLATION,
        [[0, 1, 0], [1, 4, 1], [0, 1, 0]],
        ("Bayer", "weighted cross mean"),
    ),
    (
        "Malvar-He-Cutler demosaicing",
        _INTERPOLATION,
        [
            [0, 0, -1, 0, 0],
            [0, 0, 2, 0, 0],
            [-1, 2, 4, 2, -1],
            [0, 0, 2, 0, 0],
            [0, 0, -1, 0, 0],
        ],
        ("Bayer",),
    ),
    ("cubic midpoint", _INTERPOLATION, [[-1, 9, 9, -1]], ("Catmull-Rom",)),
    ("cubic upsampling", _INTERPOLATION, [[-1, 0, 9, 16, 9, 0, -1]], ("Catmull-Rom",)),
)


def _made() -> Iterator[Pattern]:
    """Yield the patterns that a formula makes for several sizes."""
    # OpenCV's way to larger sizes: smooth both factors of the 3 by 3 kernel by binomials.
    for n in (5, 7, 9):
        slope = np.convolve(_CENTRAL, _binomial(n - 3))
        yield Pattern(
            f"Sobel ({n} by {n})", _SLOPE, np.outer(_binomial(n - 1), slope), ("Sobel",)
        )
    for n in (5, 7):
        i, j = np.ogrid[-(n // 2) : n // 2 + 1, -(n // 2) : n // 2 + 1]
        squared = (i**2 + j**2).astype(float)
        squared[n // 2, n // 2] = 1
        yield Pattern(f"Sobel ({n} by {n})", _SLOPE, j / squared, ("Sobel",))
        yield Pattern(
            f"Prewitt ({n} by {n})", _SLOPE, np.tile(j.astype(float), (n, 1)), ("Prewitt",)
        )
        yield Pattern(
            f"Prewitt ({n} by {n})",
            _SLOPE,
            np.tile(np.sign(j).astype(float), (n, 1)),
            ("Prewitt",),
        )
    # Farid and Simoncelli's matched pairs of a smoother and a differentiator.
    for smooth, rising in (
        ([0.229879, 0.540242, 0.229879], [-0.425287, 0, 0.425287]),
        (
            [0.037659, 0.249153, 0.426375, 0.249153, 0.037659],
            [-0.109604, -0.276691, 0, 0.276691, 0.109604],
        ),
        (
            [0.004711, 0.069321, 0.245410, 0.361117, 0.245410, 0.069321, 0.004711],
            [-0.018708, -0.125376, -0.193091, 0, 0.193091, 0.125376, 0.018708],
        ),
    ):
        yield Pattern("Farid-Simoncelli", _SLOPE, np.outer(smooth, rising), ("Farid",))
    for n in (5, 7, 9, 11):
        for degree, derivative, family in (
            (2, 0, _BLUR),
            (4, 0, _BLUR),
            (2, 1, _SLOPE),
            (4, 1, _SLOPE),
            (2, 2, _SECOND),
            (4, 2, _SECOND),
        ):
            if degree < n - 1:
                row = savgol_coeffs(n, degree, deriv=derivative, use="dot")
                name = ("smoothing", "first derivative", "second derivative")[derivative]
                yield Pattern(f"Savitzky-Golay {name}", family, _row(*row), ("Savitzky-Golay",))
    for n in (2, 4, 6, 8):
        half = np.repeat([-1.0, 1.0], n // 2)
        if n > 2:
            yield Pattern("Haar edge", _SLOPE, np.tile(half, (n, 1)), ("Haar",))
            yield Pattern("Haar diagonal", _MIXED, np.outer(half, half), ("Haar",))
            yield Pattern("Haar", _SLOPE, half[np.newaxis], ("Haar wavelet",))


@cache
def patterns() -> tuple[Pattern, ...]:
    """Return every named pattern in every orientation that differs in more than its sign."""
    found: list[Pattern] = []
    seen: set[tuple[object, ...]] = set()
    table = (
        Pattern(name, family, np.array(rows, dtype=np.float64), aliases)
        for name, family, rows, aliases in _TABLE
    )
    for pattern in (*table, *_made()):
        for turned in _orientations(pattern.array):
            unit = turned / np.linalg.norm(turned)
            key = (turned.shape, *np.round(unit, 9).flat)
            opposite = (turned.shape, *(np.round(-unit, 9) + 0.0).flat)
            if key not in seen and opposite not in seen:
                seen.add((turned.shape, *(np.round(unit, 9) + 0.0).flat))
                found.append(pattern._replace(array=unit))
    return tuple(found)


def _orientations(array: FloatArray) -> Iterator[FloatArray]:
    """Yield the eight arrays that quarter turns and a mirror make of one."""
    for mirrored in (array, array.T):
        for turns in range(4):
            yield np.rot90(mirrored, turns)
