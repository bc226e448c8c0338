"""The inner loop: a correlation of an extended image, block of rows by block of rows.

The trick is to let rows run on into each other. Stored flat, with the width of the *extended*
image as the distance from row to row, the pixels under one tap of the kernel are the whole
block moved by a fixed number of places, so that one tap is one call of the BLAS routine
``axpy`` (``y += a * x``) for many rows at a time. The few sums that straddle two rows are
wrong, and they are the ones that are not copied out.
"""

from __future__ import annotations

from math import gcd, prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.linalg.blas import daxpy, saxpy
from scipy.signal import oaconvolve

from dlnotes.convolution.boundaries import gather

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from dlnotes._arguments import FloatArray
    from dlnotes.convolution._arguments import Pair

__all__: list[str] = []

# Pixels of a block: together with its extension it stays in the second-level cache.
_BLOCK = 16_384
# Pixels of one call of axpy: what fits the first-level cache. OpenBLAS starts threads above
# 10,000, which for so little work cost more than they save.
_CALL = 8_192
# With more taps the Fourier transform is faster: benchmarks/convolution.py measures where.
_TAPS_BEFORE_FOURIER = 128


class Plan(NamedTuple):
    """Which image pixel each pixel of the extended image copies, and the output's size."""

    rows: npt.NDArray[np.intp]
    columns: npt.NDArray[np.intp]
    before: Pair
    output: Pair
    fill_value: float
    stride: Pair
    dilation: Pair


def run(array: FloatArray, weights: FloatArray, plan: Plan) -> FloatArray:
    """Correlate by the cheapest of three ways: tap by tap, in two passes, by Fourier transform.

    The output is that of the sum over taps up to rounding. Zero taps are skipped in all
    three, so that an infinity or a NaN reaches only the outputs that give it a weight; the
    Fourier transform cannot do that and is used for finite images alone.
    """
    passes = [weights]
    taps = int(np.count_nonzero(weights))
    factors = factorise(weights)
    if factors is not None:
        fewer = sum(int(np.count_nonzero(factor)) for factor in factors)
        if fewer + 2 < taps:
            passes, taps = list(factors), fewer
    if taps > _TAPS_BEFORE_FOURIER and min(plan.output) > 1 and np.isfinite(array).all():
        return _by_fourier(array, weights, plan)
    # An infinite pixel is the caller's business: it gives inf or NaN, not a warning.
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        return _by_taps(array, passes, plan)


def factorise(weights: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Split a kernel into a column and a row where that loses no digit, else return None.

    Integers are split into integers, so that integer images keep exact outputs.
    """
    if min(weights.shape) == 1:
        return None
    a, b = np.unravel_index(np.abs(weights).argmax(), weights.shape)
    row, column = weights[a : a + 1], weights[:, b : b + 1]
    peak = weights[a, b]
    if peak == 0:
        return None
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        if np.all(weights == np.rint(weights)) and np.abs(weights).max() < 2**24:
            row = row / gcd(*(int(w) for w in row.flat))
            column = column / row[0, b]
        else:
            row = row / peak
        error = np.abs(column @ row - weights).max()
    limit = 2 * float(np.finfo(weights.dtype).eps) * abs(float(peak))
    return (column, row) if error <= limit else None


def _by_taps(array: FloatArray, passes: list[FloatArray], plan: Plan) -> FloatArray:
    height = 1 + sum(kernel.shape[0] - 1 for kernel in passes)
    pitch = len(plan.columns)
    images = array.reshape(-1, *array.shape[-2:])
    down, along = plan.stride
    full_rows = len(plan.rows) - height + 1
    shape = (len(images), *plan.output)
    output = np.empty(shape, dtype=array.dtype)
    axpy: Any = saxpy if array.dtype == np.float32 else daxpy
    width = pitch - sum(kernel.shape[1] - 1 for kernel in passes)
    taps = [
        [(int(a) * pitch + int(b), kernel[a, b]) for a, b in np.argwhere(kernel)]
        for kernel in passes
    ]
    buffers: list[FloatArray] = []
    for chosen, start, stop in _blocks(len(images), full_rows, pitch, height, down):
        block = _extension(images[chosen], plan, start, stop + height - 1, buffers)
        flat = block.reshape(-1)
        for index, moves in enumerate(taps):
            total = _buffer(buffers, index + 1, flat.shape, array.dtype)
            _accumulate(axpy, flat, moves, total)
            flat = total
        sums = flat.reshape(block.shape)
        output[chosen, -(-start // down) : -(-stop // down)] = sums[
            :, : stop - start : down, :width:along
        ]
    return output.reshape(array.shape[:-2] + plan.output)


def _accumulate(
    axpy: Any, source: FloatArray, taps: list[tuple[int, Any]], total: FloatArray
) -> None:
    """Add up the taps; what would reach beyond the end of the block is left at zero."""
    if not taps:
        total[:] = 0
        return
    length = source.size - taps[-1][0]
    total[length:] = 0
    (first, weight), others = taps[0], taps[1:]
    for start in range(0, length, _CALL):
        count = min(_CALL, length - start)
        np.multiply(
            source[start + first : start + first + count],
            weight,
            out=total[start : start + count],
        )
        for offset, weight_here in others:
            axpy(source, total, count, weight_here, start + offset, 1, start, 1)


def _blocks(
    images: int, rows: int, pitch: int, height: int, stride: int
) -> Iterator[tuple[slice, int, int]]:
    """Yield (images, first row, last row): whole small images, or some rows of a large one."""
    whole = (rows + height - 1) * pitch
    if whole <= _BLOCK:
        several = max(1, _BLOCK // whole)
        for first in range(0, images, several):
            yield slice(first, min(first + several, images)), 0, rows
        return
    some = max(_BLOCK // pitch, height, 1)
    some += -some % stride  # every block starts on a row that is kept
    for image in range(images):
        for start in range(0, rows, some):
            yield slice(image, image + 1), start, min(start + some, rows)


def _extension(
    images: FloatArray, plan: Plan, start: int, stop: int, buffers: list[FloatArray]
) -> FloatArray:
    """Return rows `start` to `stop` of the extended images, in the first buffer."""
    (height, width), (above, left) = images.shape[-2:], plan.before
    rows, columns = plan.rows[start:stop], plan.columns
    block = _buffer(buffers, 0, (len(images), len(rows), len(columns)), images.dtype)
    inner = slice(left, left + width)
    # The image's own rows in one copy, those that a boundary repeats one by one.
    first, last = max(above - start, 0), min(above + height, stop) - start
    if first < last:
        begin = start + first - above
        block[:, first:last, inner] = images[:, begin : begin + last - first]
    for i in (*range(min(first, len(rows))), *range(max(last, first), len(rows))):
        block[:, i, inner] = images[:, rows[i]] if rows[i] >= 0 else plan.fill_value
    for j in (*range(left), *range(left + width, len(columns))):
        source = columns[j]
        block[:, :, j] = block[:, :, left + source] if source >= 0 else plan.fill_value
    return block


def _buffer(
    buffers: list[FloatArray], index: int, shape: tuple[int, ...], dtype: npt.DTypeLike
) -> FloatArray:
    """Return a piece of the buffer number `index`, made when it is first asked for."""
    count = prod(shape)
    if index == len(buffers):
        buffers.append(np.empty(count, dtype=dtype))
    if buffers[index].size < count:
        buffers[index] = np.empty(count, dtype=dtype)
    return buffers[index][:count].reshape(shape)


def _by_fourier(array: FloatArray, weights: FloatArray, plan: Plan) -> FloatArray:
    extended = gather(array, plan.rows, plan.columns, plan.fill_value)
    turned = weights[::-1, ::-1].reshape((1,) * (array.ndim - 2) + weights.shape)
    sums: FloatArray = oaconvolve(extended, turned, mode="valid", axes=(-2, -1))
    return np.ascontiguousarray(sums[..., :: plan.stride[0], :: plan.stride[1]])
