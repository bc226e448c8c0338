"""Correlation and convolution of images with small kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dlnotes.convolution._arguments import (
    Pair,
    as_anchor,
    as_image,
    as_kernel,
    as_pair,
    as_shape,
)
from dlnotes.convolution.boundaries import as_fill_value, boundary_name, gather, source_indices

if TYPE_CHECKING:
    import numpy.typing as npt

    from dlnotes._arguments import FloatArray

__all__ = ["convolve", "correlate", "output_shape"]

_MODES = ("full", "same", "valid")


def correlate(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    *,
    boundary: str = "constant",
    mode: str = "same",
    anchor: Pair | None = None,
    fill_value: float = 0.0,
) -> FloatArray:
    r"""Slide the kernel over the image and take the weighted sum at every position.

    This is what deep-learning libraries call convolution: the kernel is not flipped. With
    the anchor :math:`(p, q)`, the output at :math:`(i, j)` is the sum of
    :math:`k_{a,b} \, x_{i+a-p,\, j+b-q}` over all weights.

    Parameters
    ----------
    image : array_like, shape (..., rows, columns)
        Real numbers. Leading axes (batch, channels) are filtered one by one.
    kernel : array_like, shape (h, w)
        Finite real weights; converted to the image's floating type.
    boundary : str
        What lies outside the image, a key of :data:`dlnotes.convolution.BOUNDARIES`.
    mode : {"same", "valid", "full"}
        ``same``: as many pixels as the image has. ``valid``: only positions at which the
        kernel lies inside the image. ``full``: all positions at which they overlap.
    anchor : pair of int, optional
        The kernel's index that lies on the output pixel in mode ``same``. The default is
        ``(h // 2, w // 2)``: the centre, and for even sizes the entry right of and below
        it, as in scipy.ndimage and OpenCV. PyTorch's ``padding="same"`` and
        scipy.signal's ``correlate2d`` use ``((h - 1) // 2, (w - 1) // 2)``.
    fill_value : float
        What lies outside under ``boundary="constant"``.

    Returns
    -------
    ndarray, shape (..., output rows, output columns)
        float32 for a float32 image and float64 for integers, which are promoted before
        they are multiplied and so never wrap.

    Raises
    ------
    TypeError
        If an array is not of real numbers.
    ValueError
        If the kernel is ragged, empty, not finite or not two-dimensional, if the image has
        fewer than two axes, if `boundary` or `mode` is unknown, or if the kernel is larger
        than the image in mode ``valid``.

    See Also
    --------
    convolve : The same with the kernel turned by half a turn.

    Notes
    -----
    Weights equal to zero are skipped: a NaN or an infinity in the image reaches only the
    outputs that give it a non-zero weight.

    Examples
    --------
    >>> image = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    >>> correlate(image, [[0, 0, 0], [0, 0, 1], [0, 0, 0]])
    array([[2., 3., 0.],
           [5., 6., 0.],
           [8., 9., 0.]])
    """
    array = as_image(image)
    weights = as_kernel(kernel, array.dtype)
    plan = plan_for(array, weights, boundary, mode, anchor, fill_value)
    return _correlate(array, weights, plan)


def convolve(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    *,
    boundary: str = "constant",
    mode: str = "same",
    anchor: Pair | None = None,
    fill_value: float = 0.0,
) -> FloatArray:
    r"""Convolve the image with the kernel: correlate with the kernel turned by half a turn.

    With the anchor :math:`(p, q)`, the output at :math:`(i, j)` is the sum of
    :math:`k_{a,b} \, x_{i-a+p,\, j-b+q}` over all weights.

    Parameters
    ----------
    image : array_like, shape (..., rows, columns)
        Real numbers. Leading axes (batch, channels) are filtered one by one.
    kernel : array_like, shape (h, w)
        Finite real weights; converted to the image's floating type.
    boundary : str
        What lies outside the image, a key of :data:`dlnotes.convolution.BOUNDARIES`.
    mode : {"same", "valid", "full"}
        Which positions are computed, as for :func:`dlnotes.convolution.correlate`.
    anchor : pair of int, optional
        The index, in the kernel as it is passed, of the entry that multiplies the output's
        own pixel; ``(h // 2, w // 2)`` unless given, as in scipy.ndimage.
        scipy.signal's ``convolve2d`` uses ``((h - 1) // 2, (w - 1) // 2)``.
    fill_value : float
        What lies outside under ``boundary="constant"``.

    Returns
    -------
    ndarray, shape (..., output rows, output columns)
        As for :func:`dlnotes.convolution.correlate`.

    Raises
    ------
    TypeError, ValueError
        As :func:`dlnotes.convolution.correlate`.

    Examples
    --------
    An impulse comes out as the kernel itself, not turned:

    >>> convolve([[0, 0, 0], [0, 1, 0], [0, 0, 0]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    array([[1., 2., 3.],
           [4., 5., 6.],
           [7., 8., 9.]])
    """
    array = as_image(image)
    weights = as_kernel(kernel, array.dtype)
    rows, columns = weights.shape
    place = as_anchor(anchor, (rows, columns), mode)
    turned = (rows - 1 - place[0], columns - 1 - place[1]) if mode == "same" else None
    plan = plan_for(array, weights, boundary, mode, turned, fill_value)
    return _correlate(array, weights[::-1, ::-1], plan)


def output_shape(
    image_shape: Pair,
    kernel_shape: Pair,
    *,
    mode: str = "same",
    padding: int | Pair | None = None,
    stride: int | Pair = 1,
    dilation: int | Pair = 1,
) -> Pair:
    r"""Return the number of rows and columns of a correlation's output.

    With padding :math:`p` on both sides, dilation :math:`d` and stride :math:`s`, an axis
    of :math:`n` pixels and a kernel of :math:`m` give
    :math:`\lfloor (n + 2p - d(m-1) - 1) / s \rfloor + 1` outputs.

    Parameters
    ----------
    image_shape, kernel_shape : pair of int
        Rows and columns, positive.
    mode : {"same", "valid", "full"}
        How far the image is extended; with a stride, every ``stride``-th output is kept.
    padding : int or pair of int, optional
        Pixels added on each side; when given it takes the place of `mode`.
    stride, dilation : int or pair of int
        Step between outputs, and step between the kernel's taps.

    Returns
    -------
    pair of int
        Rows and columns of the output.

    Raises
    ------
    TypeError, ValueError
        If a size, a stride or a dilation is not a positive integer, if `mode` is unknown, or
        if the dilated kernel is larger than the padded image.

    Examples
    --------
    >>> output_shape((480, 640), (3, 3), mode="valid")
    (478, 638)
    >>> output_shape((224, 224), (7, 7), padding=3, stride=2)
    (112, 112)
    """
    sizes = as_shape(image_shape, "image_shape")
    taps = as_shape(kernel_shape, "kernel_shape")
    steps = as_pair(stride, "stride", least=1)
    gaps = as_pair(dilation, "dilation", least=1)
    _check_mode(mode)
    reach = tuple(gap * (tap - 1) for gap, tap in zip(gaps, taps, strict=True))
    if padding is None:
        added = tuple({"valid": 0, "same": r, "full": 2 * r}[mode] for r in reach)
    else:
        added = tuple(2 * side for side in as_pair(padding, "padding", least=0))
    room = tuple(n + extra - r for n, extra, r in zip(sizes, added, reach, strict=True))
    if min(room) < 1:
        extended = tuple(n + extra for n, extra in zip(sizes, added, strict=True))
        span = tuple(r + 1 for r in reach)
        msg = f"the kernel spans {span} pixels and the image has only {extended}"
        msg += " with its padding; pad it, shrink the kernel, or use mode='same'"
        raise ValueError(msg)
    return (room[0] - 1) // steps[0] + 1, (room[1] - 1) // steps[1] + 1


class _Plan(NamedTuple):
    """Which image pixel each pixel of the extended image copies, and the output's size."""

    rows: npt.NDArray[np.intp]
    columns: npt.NDArray[np.intp]
    output: Pair
    fill_value: float


def plan_for(
    array: FloatArray,
    weights: FloatArray,
    boundary: str,
    mode: str,
    anchor: Pair | None,
    fill_value: float,
) -> _Plan:
    """Read boundary, mode and anchor once, for filtering and for its gradients alike."""
    name = boundary_name(boundary)
    value = as_fill_value(fill_value, name)
    _check_mode(mode)
    sizes = (array.shape[-2], array.shape[-1])
    taps = (weights.shape[0], weights.shape[1])
    place = as_anchor(anchor, taps, mode)
    shape = output_shape(sizes, taps, mode=mode)
    if mode == "same":
        before, after = place, (taps[0] - 1 - place[0], taps[1] - 1 - place[1])
    elif mode == "full":
        before = after = (taps[0] - 1, taps[1] - 1)
    else:
        before = after = (0, 0)
    rows = source_indices(sizes[0], (before[0], after[0]), name)
    columns = source_indices(sizes[1], (before[1], after[1]), name)
    return _Plan(rows, columns, shape, value)


def _check_mode(mode: str) -> None:
    """Refuse a mode that is none of the three."""
    if mode not in _MODES:
        msg = f"mode={mode!r} is not known; it must be one of {', '.join(map(repr, _MODES))}"
        raise ValueError(msg)


def _correlate(array: FloatArray, weights: FloatArray, plan: _Plan) -> FloatArray:
    extended = gather(array, plan.rows, plan.columns, plan.fill_value)
    height, width = plan.output
    total = np.zeros(array.shape[:-2] + plan.output, dtype=array.dtype)
    # An infinite pixel is the caller's business: it gives inf or NaN, not a warning.
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        for a, b in np.argwhere(weights):
            total += weights[a, b] * extended[..., a : a + height, b : b + width]
    return total
