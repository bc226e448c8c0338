"""Kernels of three by three that have a name, and a small picture to try them on."""

from __future__ import annotations

import base64
import io
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from dlnotes.convolution import KERNELS, identify
from dlnotes.convolution.patterns import patterns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dlnotes._arguments import FloatArray

__all__ = ["SIZE", "data", "embedded", "named"]

SIZE = 3
"""Rows and columns of the kernels that are edited."""

_PIXELS = 112
_SAID = ("height", "width", "angle", "length")  # the fitted numbers that a sentence speaks of


def embedded(array: FloatArray) -> Iterator[FloatArray]:
    """Yield a small kernel at every place of a kernel of three by three.

    Parameters
    ----------
    array : ndarray, shape (h, w)
        At most three rows and columns.

    Yields
    ------
    ndarray, shape (3, 3)
        The same weights among zeros.

    Examples
    --------
    >>> len(list(embedded(np.ones((2, 2)))))
    4
    """
    h, w = array.shape
    for i, j in product(range(SIZE + 1 - h), range(SIZE + 1 - w)):
        whole = np.zeros((SIZE, SIZE))
        whole[i : i + h, j : j + w] = array
        yield whole


def _candidates() -> Iterator[FloatArray]:
    """Yield what may have a name: known patterns, the gallery turned, boxes, lines, tents."""
    small = [p.array for p in patterns() if max(p.array.shape) <= SIZE]
    small += [np.ones(shape) for shape in product((1, 2, 3), repeat=2) if max(shape) > 1]
    tent = np.array([[1.0, 2.0, 1.0]])
    small += [tent, tent.T, tent.T @ tent, np.eye(SIZE), np.eye(SIZE)[::-1]]
    for kernel in KERNELS.values():
        if max(kernel.array.shape) <= SIZE:
            for mirrored in (kernel.array, kernel.array.T):
                small += [np.rot90(mirrored, turns) for turns in range(4)]
    for array in small:
        yield from embedded(array)


def _whole(array: FloatArray) -> list[float]:
    """Return nine numbers in the same ratio: whole ones if there are small ones."""
    unit = array / np.abs(array).max()
    for factor in range(1, 65):
        scaled = unit * factor
        if np.abs(scaled - scaled.round()).max() < 1e-9:
            return [int(n) for n in scaled.round().flat]
    return [round(float(n), 9) + 0.0 for n in unit.flat]


def named() -> list[list[Any]]:
    """Return every kernel of three by three that `identify` names exactly, up to a factor.

    Returns
    -------
    list of [name, family, details, list of weights]
        Kernels of one name together; ``details`` has the numbers that its sentence needs.

    Examples
    --------
    >>> sorted({name for name, *_ in named()})[:3]
    ['Farid-Simoncelli', 'Frei-Chen', 'Gaussian blur (binomial)']
    """
    groups: dict[tuple[Any, ...], list[list[float]]] = {}
    seen = set()
    for array in _candidates():
        weights = _whole(array)
        key = tuple(weights)
        if key in seen:
            continue
        seen |= {key, tuple(-n for n in weights)}
        report = identify(array)
        # One weight alone is a shift, whatever its size: the script says that by itself.
        if report.confidence != "exact" or report.family in ("identity", "shift"):
            continue
        details = {k: round(float(v), 6) for k, v in report.details.items() if k in _SAID}
        group = (report.name, report.family, tuple(details.items()))
        groups.setdefault(group, []).append(weights)
    return [[name, family, dict(d), rows] for (name, family, d), rows in groups.items()]


def _gallery() -> dict[str, list[float]]:
    """Return the small kernels of the gallery in three by three, their anchor in the middle."""
    found = {}
    for name, kernel in KERNELS.items():
        h, w = kernel.array.shape
        if max(h, w) <= SIZE:
            whole = np.zeros((SIZE, SIZE))
            top, left = SIZE // 2 - h // 2, SIZE // 2 - w // 2
            whole[top : top + h, left : left + w] = kernel.array
            found[name] = [float(f"{n:.6g}") + 0.0 for n in whole.flat]
    return found


def _picture() -> str:
    """Return the middle of scikit-learn's dahlia in grey, as an address that holds it."""
    from sklearn.datasets import load_sample_image

    flower = Image.fromarray(load_sample_image("flower.jpg")).convert("L")
    cut = flower.crop((248, 152, 378, 282)).resize((_PIXELS, _PIXELS), Image.Resampling.LANCZOS)
    packed = io.BytesIO()
    cut.save(packed, "WEBP", quality=70, method=6)
    return f"data:image/webp;base64,{base64.b64encode(packed.getvalue()).decode()}"


def data() -> dict[str, Any]:
    """Return the gallery, the named kernels and the picture.

    Returns
    -------
    dict
        ``gallery`` by name, ``named`` as `named` returns it, ``picture`` an image as ``data:``.

    Examples
    --------
    >>> data()["gallery"]["sobel_x"]
    [-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0]
    """
    return {"gallery": _gallery(), "named": named(), "picture": _picture()}
