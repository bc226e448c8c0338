"""Kernels that everyone meets, each with the sentence that says what it does."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

__all__ = ["KERNELS", "Kernel"]


@dataclass(frozen=True, eq=False)
class Kernel:
    """A named kernel.

    Attributes
    ----------
    name : str
        Its key in `KERNELS`.
    array : ndarray, shape (h, w)
        The weights, float64 and read-only.
    effect : str
        What correlation with it computes, in one sentence.

    Examples
    --------
    A `Kernel` stands wherever an array does:

    >>> np.asarray(KERNELS["shift_left"])
    array([[0., 0., 0.],
           [0., 0., 1.],
           [0., 0., 0.]])
    """

    name: str
    array: npt.NDArray[np.float64]
    effect: str

    def __array__(
        self, dtype: npt.DTypeLike | None = None, copy: bool | None = None
    ) -> npt.NDArray[Any]:
        """Return the weights, so that NumPy takes the entry for an array."""
        return np.array(self.array, dtype=dtype, copy=copy)


def _entries() -> dict[str, Kernel]:
    entries: dict[str, Kernel] = {}

    def add(name: str, weights: npt.ArrayLike, effect: str) -> None:
        array = np.array(weights, dtype=np.float64)
        array.flags.writeable = False
        entries[name] = Kernel(name, array, effect)

    smooth, slope = np.array([1.0, 2.0, 1.0]), np.array([-1.0, 0.0, 1.0])
    delta = np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]])
    cross = np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])
    ring = np.array([[1.0, 1, 1], [1, -8, 1], [1, 1, 1]])

    add("identity", delta, "Leaves the image as it is.")
    add("shift_left", np.roll(delta, 1, axis=1), "Moves the picture one pixel to the left.")
    add("shift_right", np.roll(delta, -1, axis=1), "Moves the picture one pixel to the right.")
    add("shift_up", np.roll(delta, 1, axis=0), "Moves the picture one pixel up.")
    add("shift_down", np.roll(delta, -1, axis=0), "Moves the picture one pixel down.")
    add("box", np.ones((3, 3)) / 9, "Replaces each pixel by the mean of its 3 by 3 window.")
    add("binomial", np.outer(smooth, smooth) / 16, "Blurs with a small discrete Gaussian.")
    add("difference_x", slope[np.newaxis] / 2, "Takes the central difference along a row.")
    add("difference_y", slope[:, np.newaxis] / 2, "Takes the central difference down a column.")
    add(
        "prewitt_x",
        np.outer(np.ones(3), slope),
        "Takes six times the slope along a row, averaged over three rows.",
    )
    add(
        "prewitt_y",
        np.outer(slope, np.ones(3)),
        "Takes six times the slope down a column, averaged over three columns.",
    )
    add(
        "sobel_x",
        np.outer(smooth, slope),
        "Takes eight times the slope along a row, smoothed with weights 1, 2, 1.",
    )
    add(
        "sobel_y",
        np.outer(slope, smooth),
        "Takes eight times the slope down a column, smoothed with weights 1, 2, 1.",
    )
    add(
        "scharr_x",
        np.outer([3, 10, 3], slope),
        "Takes 32 times the slope along a row, smoothed with weights 3, 10, 3.",
    )
    add(
        "scharr_y",
        np.outer(slope, [3, 10, 3]),
        "Takes 32 times the slope down a column, smoothed with weights 3, 10, 3.",
    )
    add(
        "kirsch_n",
        [[5, 5, 5], [-3, 0, -3], [-3, -3, -3]],
        "Takes 24 times the slope upwards, one of eight directions to choose from.",
    )
    add("roberts_main", [[1, 0], [0, -1]], "Takes the difference along the main diagonal.")
    add("roberts_anti", [[0, 1], [-1, 0]], "Takes the difference along the other diagonal.")
    add("laplacian_4", cross, "Takes the Laplacian from the four nearest neighbours.")
    add("laplacian_8", ring, "Takes three times the Laplacian from all eight neighbours.")
    add(
        "outline",
        -ring,
        "Takes minus three times the Laplacian: nine times what the 3 by 3 mean removes.",
    )
    add("sharpen", delta - cross, "Adds the edges to the image: the image minus its Laplacian.")
    add("sharpen_8", delta - ring, "Adds the edges to the image, from all eight neighbours.")
    add("unsharp", 2 * delta - np.ones((3, 3)) / 9, "Adds what the 3 by 3 mean removes.")
    add("haar_x", [[-1, 1], [-1, 1]], "Takes the right half of a 2 by 2 block less the left.")
    add("haar_y", [[-1, -1], [1, 1]], "Takes the lower half of a 2 by 2 block less the upper.")
    add("haar_diagonal", [[1, -1], [-1, 1]], "Takes one diagonal of a block less the other.")
    a = np.arange(-4, 5)
    squared = a[:, np.newaxis] ** 2 + a**2
    narrow, wide = (np.exp(-squared / (2 * sigma**2)) for sigma in (1.0, 1.6))
    add("gaussian", narrow / narrow.sum(), "Blurs with a Gaussian of standard deviation 1.")
    add(
        "log",
        ((squared - 2) * narrow - ((squared - 2) * narrow).mean()) / narrow.sum(),
        "Takes the Laplacian of the image blurred by a Gaussian of standard deviation 1.",
    )
    add(
        "dog",
        narrow / narrow.sum() - wide / wide.sum(),
        "Takes a narrow Gaussian blur less a wide one: minus a blurred Laplacian.",
    )
    add("motion_blur", np.eye(7) / 7, "Blurs along the main diagonal over seven pixels.")
    wave = np.cos(2 * np.pi * a / 4) * np.exp(-squared / (2 * 2.0**2))
    add("gabor", wave, "Responds to upright stripes of four pixels' period.")
    add("emboss", [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], "Lights the image from one corner.")
    return entries


#: Small kernels by name. The effects are those of correlation; convolution turns the kernel
#: by half a turn, which reverses shifts and the signs of slopes and leaves the others alone.
KERNELS: Mapping[str, Kernel] = MappingProxyType(_entries())
