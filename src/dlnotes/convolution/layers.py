"""Convolution layers as networks have them: channels, batches, groups, and the transpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dlnotes._arguments import as_floats, as_integer
from dlnotes.convolution._arguments import Padding, Pair, as_kernels, as_padding, as_pair
from dlnotes.convolution.boundaries import boundary_name, gather, scatter, source_indices
from dlnotes.convolution.filtering import output_shape

if TYPE_CHECKING:
    import numpy.typing as npt

    from dlnotes._arguments import FloatArray

__all__ = ["Conv2dGradients", "conv2d", "conv2d_gradients", "conv_transpose2d"]

# Numbers in the matrix of windows that one multiplication takes: some rows at a time.
_WINDOWS = 1 << 20


class Conv2dGradients(NamedTuple):
    """Gradients of a loss with respect to the three inputs of a convolution layer.

    Attributes
    ----------
    images : ndarray, shape (..., C, H, W)
        Gradient with respect to the images.
    kernels : ndarray, shape (O, C / groups, kh, kw)
        Gradient with respect to the kernels, summed over the batch.
    bias : ndarray, shape (O,)
        Gradient with respect to the bias, summed over the batch.
    """

    images: FloatArray
    kernels: FloatArray
    bias: FloatArray


class _Geometry(NamedTuple):
    """A layer with all that follows from its arguments; the batch is one axis."""

    images: FloatArray
    kernels: FloatArray
    batch: tuple[int, ...]
    rows: npt.NDArray[np.intp]
    columns: npt.NDArray[np.intp]
    output: Pair
    stride: Pair
    dilation: Pair
    groups: int

    def window(self, a: int, b: int) -> tuple[slice, slice]:
        """Return the extended pixels that one tap reads, one for every output."""
        (p, q), (s, t), (d, e) = self.output, self.stride, self.dilation
        rows = slice(a * d, a * d + (p - 1) * s + 1, s)
        return rows, slice(b * e, b * e + (q - 1) * t + 1, t)


def conv2d(
    images: npt.ArrayLike,
    kernels: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    *,
    stride: int | Pair = 1,
    padding: Padding | str = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
    boundary: str = "constant",
) -> FloatArray:
    """Apply a convolution layer: correlate every channel and add up over the channels.

    Output channel o is the sum, over the input channels c of its group, of the correlation of
    channel c with ``kernels[o, c]``, plus ``bias[o]``. The kernel is not flipped.

    Parameters
    ----------
    images : array_like, shape (..., C, H, W)
        Real numbers; leading axes are the batch.
    kernels : array_like, shape (O, C / groups, kh, kw)
        Finite real weights; converted to the images' floating type.
    bias : array_like, shape (O,), optional
        Added to each output channel.
    stride : int or pair of int
        Step between outputs.
    padding : int, pair of int, pair of pairs, "same" or "valid"
        Pixels added outside. ``"same"`` keeps the size at stride 1, and adds the odd pixel of
        an even kernel below and to the right, as PyTorch does.
    dilation : int or pair of int
        Step between the pixels under neighbouring weights.
    groups : int
        Into how many independent parts the channels are divided; ``C`` groups are a depthwise
        convolution.
    boundary : str
        What is added, a key of :data:`dlnotes.convolution.BOUNDARIES`.

    Returns
    -------
    ndarray, shape (..., O, output rows, output columns)
        float32 for float32 images, float64 otherwise.

    Raises
    ------
    TypeError
        If an array is not of real numbers.
    ValueError
        If the shapes do not fit together or an option is out of range.

    See Also
    --------
    correlate : One kernel on one channel.
    conv_transpose2d : The transposed map.

    Examples
    --------
    Two channels added up, then their difference, on every second pixel:

    >>> images = np.arange(18.0).reshape(2, 3, 3)
    >>> conv2d(images, [[[[1]], [[1]]], [[[-1]], [[1]]]], stride=2)
    array([[[ 9., 13.],
            [21., 25.]],
    <BLANKLINE>
           [[ 9.,  9.],
            [ 9.,  9.]]])
    """
    g = _read(images, kernels, stride, padding, dilation, groups, boundary)
    offset = _as_bias(bias, g.kernels.shape[0], g.images.dtype)
    count, each = len(g.kernels), len(g.kernels) // groups
    channels, (kh, kw) = g.kernels.shape[1], g.kernels.shape[2:]
    output = np.empty((len(g.images), count, *g.output), dtype=g.images.dtype)
    matrices = g.kernels.reshape(groups, each, channels * kh * kw)
    some = max(1, _WINDOWS // max(1, channels * kh * kw * g.output[1]))
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        for n, image in enumerate(g.images):
            windows = _windows(gather(image, g.rows, g.columns, 0.0), g)
            for group in range(groups):
                mine = windows[group * channels : (group + 1) * channels]
                for start in range(0, g.output[0], some):
                    block = mine[:, :, :, start : start + some]
                    flat = block.reshape(channels * kh * kw, -1)
                    product = matrices[group] @ flat
                    output[n, group * each : (group + 1) * each, start : start + some] = (
                        product.reshape(each, -1, g.output[1])
                    )
        if offset is not None:
            output += offset[:, np.newaxis, np.newaxis]
    return output.reshape(*g.batch, count, *g.output)


def conv2d_gradients(
    images: npt.ArrayLike,
    kernels: npt.ArrayLike,
    cotangent: npt.ArrayLike,
    *,
    stride: int | Pair = 1,
    padding: Padding | str = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
    boundary: str = "constant",
) -> Conv2dGradients:
    """Pull a loss's gradient back from the output of a convolution layer to its inputs.

    Parameters
    ----------
    images : array_like, shape (..., C, H, W)
        What the layer was applied to.
    kernels : array_like, shape (O, C / groups, kh, kw)
        Its weights.
    cotangent : array_like, shape (..., O, output rows, output columns)
        Gradient of the loss with respect to the output.
    stride : int or pair of int
        As it was passed to :func:`dlnotes.convolution.conv2d`.
    padding : int, pair of int, pair of pairs, "same" or "valid"
        Likewise.
    dilation : int or pair of int
        Likewise.
    groups : int
        Likewise.
    boundary : str
        Likewise.

    Returns
    -------
    Conv2dGradients
        ``.images``, ``.kernels`` and ``.bias``.

    Raises
    ------
    TypeError, ValueError
        As :func:`dlnotes.convolution.conv2d`, and if the cotangent's shape is not the output's.

    Examples
    --------
    >>> images, kernels = np.arange(9.0).reshape(1, 3, 3), np.ones((1, 1, 2, 2))
    >>> gradients = conv2d_gradients(images, kernels, np.ones((1, 2, 2)))
    >>> gradients.kernels[0, 0], gradients.bias
    (array([[ 8., 12.],
           [20., 24.]]), array([4.]))
    """
    g = _read(images, kernels, stride, padding, dilation, groups, boundary)
    pulled = as_floats(cotangent, "cotangent").astype(g.images.dtype, copy=False)
    expected = (*g.batch, len(g.kernels), *g.output)
    if pulled.shape != expected:
        msg = f"cotangent has shape {pulled.shape}; the output has {expected}"
        raise ValueError(msg)
    count, each = len(g.images), len(g.kernels) // groups
    pulled = pulled.reshape(count, groups, each, *g.output)
    extended = gather(g.images, g.rows, g.columns, 0.0)
    extended = extended.reshape(count, groups, -1, *extended.shape[-2:])
    by_group = g.kernels.reshape(groups, each, *g.kernels.shape[1:])
    to_extended, to_kernels = np.zeros_like(extended), np.empty_like(by_group)
    for a, b in np.ndindex(g.kernels.shape[2:]):
        window = (..., *g.window(a, b))
        to_kernels[..., a, b] = np.einsum("ngopq,ngcpq->goc", pulled, extended[window])
        to_extended[window] += np.einsum("goc,ngopq->ngcpq", by_group[..., a, b], pulled)
    to_extended = to_extended.reshape(*g.images.shape[:2], *extended.shape[-2:])
    to_images = scatter(to_extended, g.rows, g.columns, g.images.shape[-2:])
    return Conv2dGradients(
        to_images.reshape(*g.batch, *g.images.shape[1:]),
        to_kernels.reshape(g.kernels.shape),
        pulled.sum(axis=(0, 3, 4)).reshape(-1),
    )


def conv_transpose2d(
    images: npt.ArrayLike,
    kernels: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    *,
    stride: int | Pair = 1,
    padding: Padding = 0,
    output_padding: int | Pair = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
) -> FloatArray:
    """Apply the transpose of a convolution layer: every pixel spreads a copy of the kernel.

    It is what carries gradients back through :func:`dlnotes.convolution.conv2d` with the same
    options, and is used by itself to enlarge images. An axis of n pixels becomes
    ``(n - 1) * stride + dilation * (k - 1) + 1 + output_padding`` less the padding.

    Parameters
    ----------
    images : array_like, shape (..., C, H, W)
        Real numbers; leading axes are the batch.
    kernels : array_like, shape (C, O / groups, kh, kw)
        Finite real weights: those of the layer from O to C channels whose transpose it is.
    bias : array_like, shape (O,), optional
        Added to each output channel.
    stride : int or pair of int
        Step between the copies.
    padding : int, pair of int or pair of pairs
        Pixels taken away outside.
    output_padding : int or pair of int
        Pixels added below and to the right, to choose among the sizes that a stride maps to
        the same one.
    dilation : int or pair of int
        Step between the pixels under neighbouring weights.
    groups : int
        Into how many independent parts the channels are divided.

    Returns
    -------
    ndarray, shape (..., O, output rows, output columns)
        float32 for float32 images, float64 otherwise.

    Raises
    ------
    TypeError
        If an array is not of real numbers.
    ValueError
        If the shapes do not fit together or an option is out of range.

    Examples
    --------
    >>> conv_transpose2d([[[1, 2]]], [[[[1, 1, 1]]]], stride=2)
    array([[[1., 1., 3., 2., 2.]]])
    """
    array, weights, batch = _as_layer(images, kernels)
    parts = as_integer(groups, "groups", least=1)
    if array.shape[1] != len(weights) or len(weights) % parts:
        msg = (
            f"images have {array.shape[1]} channels and kernels of shape {weights.shape} take "
            f"{len(weights)} in {parts} groups; the first axis must be the channels"
        )
        raise ValueError(msg)
    steps, gaps = as_pair(stride, "stride", least=1), as_pair(dilation, "dilation", least=1)
    more = as_pair(output_padding, "output_padding", least=0)
    sides = as_padding(padding)
    taps = weights.shape[2:]
    full = [
        (n - 1) * s + d * (k - 1) + 1 + extra
        for n, s, d, k, extra in zip(array.shape[2:], steps, gaps, taps, more, strict=True)
    ]
    if any(sum(cut) >= n for cut, n in zip(sides, full, strict=True)):
        msg = f"padding={padding!r} takes away all of the {full[0]} by {full[1]} output"
        raise ValueError(msg)
    each = weights.shape[1]
    grouped = array.reshape(len(array), parts, -1, *array.shape[2:])
    by_group = weights.reshape(parts, -1, *weights.shape[1:])
    total = np.zeros((len(array), parts, each, *full), dtype=array.dtype)
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        for a, b in np.ndindex(taps):
            rows, columns = (
                slice(at * d, at * d + (n - 1) * s + 1, s)
                for at, d, n, s in zip((a, b), gaps, array.shape[2:], steps, strict=True)
            )
            total[..., rows, columns] += np.einsum(
                "gco,ngcpq->ngopq", by_group[..., a, b], grouped
            )
        (above, below), (left, right) = sides
        kept = total[..., above : full[0] - below, left : full[1] - right]
        output = kept.reshape(len(array), parts * each, *kept.shape[-2:])
        offset = _as_bias(bias, parts * each, array.dtype)
        if offset is not None:
            output = output + offset[:, np.newaxis, np.newaxis]
    return np.ascontiguousarray(output).reshape(*batch, *output.shape[1:])


def _as_layer(
    images: npt.ArrayLike, kernels: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, tuple[int, ...]]:
    """Return the images with one batch axis, the kernels in their type, and the batch."""
    array = as_floats(images, "images")
    if array.ndim < 3 or 0 in array.shape[-3:]:
        msg = f"images have shape {array.shape}; they must be (..., channels, rows, columns)"
        raise ValueError(msg)
    batch = array.shape[:-3]
    array = array.reshape(-1, *array.shape[-3:])
    return array, as_kernels(kernels, array.dtype), batch


def _read(
    images: npt.ArrayLike,
    kernels: npt.ArrayLike,
    stride: int | Pair,
    padding: Padding | str,
    dilation: int | Pair,
    groups: int,
    boundary: str,
) -> _Geometry:
    array, weights, batch = _as_layer(images, kernels)
    parts = as_integer(groups, "groups", least=1)
    channels = array.shape[1]
    if channels != weights.shape[1] * parts or len(weights) % parts:
        msg = (
            f"images have {channels} channels and kernels have shape {weights.shape}; with "
            f"groups={parts} the kernels must be (a multiple of {parts}, {channels} / {parts}, "
            "rows, columns)"
        )
        raise ValueError(msg)
    steps, gaps = as_pair(stride, "stride", least=1), as_pair(dilation, "dilation", least=1)
    taps = (weights.shape[2], weights.shape[3])
    sizes = (array.shape[2], array.shape[3])
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            msg = f"padding={padding!r} must be 'same', 'valid' or numbers of pixels"
            raise ValueError(msg)
        reach = [
            d * (k - 1) if padding == "same" else 0 for d, k in zip(gaps, taps, strict=True)
        ]
        sides = ((reach[0] // 2, -(-reach[0] // 2)), (reach[1] // 2, -(-reach[1] // 2)))
    else:
        sides = as_padding(padding)
    name = boundary_name(boundary)
    return _Geometry(
        array,
        weights,
        batch,
        source_indices(sizes[0], sides[0], name),
        source_indices(sizes[1], sides[1], name),
        output_shape(sizes, taps, padding=sides, stride=steps, dilation=gaps),
        steps,
        gaps,
        parts,
    )


def _windows(extended: FloatArray, g: _Geometry) -> FloatArray:
    """Return (channel, tap row, tap column, output row, output column), a view."""
    (s, t), (d, e) = g.stride, g.dilation
    kh, kw = g.kernels.shape[2:]
    channel, row, column = extended.strides
    return np.lib.stride_tricks.as_strided(
        extended,
        (len(extended), kh, kw, *g.output),
        (channel, d * row, e * column, s * row, t * column),
        writeable=False,
    )


def _as_bias(
    bias: npt.ArrayLike | None, count: int, dtype: np.dtype[np.floating]
) -> FloatArray | None:
    if bias is None:
        return None
    offset = as_floats(bias, "bias").astype(dtype, copy=False)
    if offset.shape != (count,):
        msg = f"bias has shape {offset.shape}; there are {count} output channels"
        raise ValueError(msg)
    return offset
