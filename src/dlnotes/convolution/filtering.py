"""Correlation and convolution of images with small kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlnotes.convolution._arguments import (
    Padding,
    Pair,
    as_anchor,
    as_image,
    as_kernel,
    as_padding,
    as_pair,
    as_shape,
)
from dlnotes.convolution._engine import Plan, run
from dlnotes.convolution.boundaries import as_fill_value, boundary_name, source_indices

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
    padding: Padding | None = None,
    stride: int | Pair = 1,
    dilation: int | Pair = 1,
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
    padding : int, pair of int or pair of pairs, optional
        Pixels added outside, filled by `boundary`: on all sides, ``(rows, columns)``, or
        ``((above, below), (left, right))``. When given it takes the place of `mode`.
    stride, dilation : int or pair of int
        Step between outputs, and step between the pixels under neighbouring weights.

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
        than the image and its padding.

    See Also
    --------
    convolve : The same with the kernel turned by half a turn.
    conv2d : The same with several channels in and out, as in a network.

    Notes
    -----
    Weights equal to zero are skipped: a NaN or an infinity in the image reaches only the
    outputs that give it a non-zero weight. Kernels of rank one are applied as a column and a
    row, and kernels of several hundred weights by Fourier transform if the image is finite;
    the result is the same up to rounding. An integer kernel on an image of integers that
    float64 can hold is exact, but for the Fourier transform.

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
    taps = (weights.shape[0], weights.shape[1])
    plan = plan_for(array, taps, boundary, mode, anchor, fill_value, padding, stride, dilation)
    return run(array, _dilated(weights, plan.dilation), plan)


def convolve(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    *,
    boundary: str = "constant",
    mode: str = "same",
    anchor: Pair | None = None,
    fill_value: float = 0.0,
    padding: Padding | None = None,
    stride: int | Pair = 1,
    dilation: int | Pair = 1,
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
    padding : int, pair of int or pair of pairs, optional
        Pixels added outside, filled by `boundary`: on all sides, ``(rows, columns)``, or
        ``((above, below), (left, right))``. When given it takes the place of `mode`.
    stride, dilation : int or pair of int
        Step between outputs, and step between the pixels under neighbouring weights.

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
    taps = (weights.shape[0], weights.shape[1])
    place = as_anchor(anchor, taps, mode)
    turned = None
    if mode == "same" and (padding is None or anchor is not None):
        turned = (taps[0] - 1 - place[0], taps[1] - 1 - place[1])
    plan = plan_for(array, taps, boundary, mode, turned, fill_value, padding, stride, dilation)
    return run(array, _dilated(weights[::-1, ::-1], plan.dilation), plan)


def output_shape(
    image_shape: Pair,
    kernel_shape: Pair,
    *,
    mode: str = "same",
    padding: Padding | None = None,
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
    padding : int, pair of int or pair of pairs, optional
        Pixels added on all sides, ``(rows, columns)``, or ``((above, below), (left,
        right))``; when given it takes the place of `mode`.
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
        added = tuple(sum(sides) for sides in as_padding(padding))
    room = tuple(n + extra - r for n, extra, r in zip(sizes, added, reach, strict=True))
    if min(room) < 1:
        extended = tuple(n + extra for n, extra in zip(sizes, added, strict=True))
        span = tuple(r + 1 for r in reach)
        msg = f"the kernel spans {span} pixels and the image has only {extended}"
        msg += " with its padding; pad it, shrink the kernel, or use mode='same'"
        raise ValueError(msg)
    return (room[0] - 1) // steps[0] + 1, (room[1] - 1) // steps[1] + 1


def plan_for(
    array: FloatArray,
    taps: Pair,
    boundary: str,
    mode: str,
    anchor: Pair | None,
    fill_value: float,
    padding: Padding | None = None,
    stride: int | Pair = 1,
    dilation: int | Pair = 1,
) -> Plan:
    """Read the geometry once, for filtering, for its gradients and for its matrices alike."""
    name = boundary_name(boundary)
    value = as_fill_value(fill_value, name)
    _check_mode(mode)
    sizes = (array.shape[-2], array.shape[-1])
    gaps = as_pair(dilation, "dilation", least=1)
    spans = (gaps[0] * (taps[0] - 1) + 1, gaps[1] * (taps[1] - 1) + 1)
    if padding is not None:
        if mode != "same" or anchor is not None:
            given = f"mode={mode!r}" if anchor is None else f"anchor={anchor!r}"
            msg = f"padding={padding!r} says where the output begins; leave out {given}"
            raise ValueError(msg)
        vertical, horizontal = as_padding(padding)
        shape = output_shape(sizes, taps, padding=padding, stride=stride, dilation=dilation)
    else:
        place = as_anchor(anchor, taps, mode)
        shape = output_shape(sizes, taps, mode=mode, stride=stride, dilation=dilation)
        vertical, horizontal = (
            {
                "same": (gap * at, gap * (tap - 1 - at)),
                "full": (span - 1, span - 1),
                "valid": (0, 0),
            }[mode]
            for gap, at, tap, span in zip(gaps, place, taps, spans, strict=True)
        )
    rows = source_indices(sizes[0], vertical, name)
    columns = source_indices(sizes[1], horizontal, name)
    before = (vertical[0], horizontal[0])
    steps = as_pair(stride, "stride", least=1)
    return Plan(rows, columns, before, shape, value, steps, gaps)


def _dilated(weights: FloatArray, gaps: Pair) -> FloatArray:
    """Put zeros between the weights: the engine skips them, so that they cost nothing."""
    if gaps == (1, 1):
        return weights
    shape = tuple(gap * (n - 1) + 1 for gap, n in zip(gaps, weights.shape, strict=True))
    spread = np.zeros(shape, dtype=weights.dtype)
    spread[:: gaps[0], :: gaps[1]] = weights
    return spread


def _check_mode(mode: str) -> None:
    """Refuse a mode that is none of the three."""
    if mode not in _MODES:
        msg = f"mode={mode!r} is not known; it must be one of {', '.join(map(repr, _MODES))}"
        raise ValueError(msg)
