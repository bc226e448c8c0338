"""Evaluation in blocks that stay in the cache.

A formula of ten operations on a large array walks ten times through memory, and every
intermediate result is fetched from the operating system page by page. On a block of some ten
thousand numbers the same operations find everything in the cache, and Python's own share of the
time, some microseconds a block, is small.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from dlnotes._arguments import FloatArray

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

__all__ = ["BLOCK_BYTES", "blocks", "in_blocks", "keep_memory", "one_pass"]

#: Size of a block: two or three of them fit into the second-level cache of a usual processor.
BLOCK_BYTES = 240 * 1024

# More than a block's intermediate results take; the C library looks at none above 32 MB.
_SEEN = 16 * 2**20


@functools.cache
def keep_memory() -> None:
    """Let the memory of one block serve the next.

    The C library of Linux hands freed memory back to the operating system as soon as there is
    more of it than twice the largest piece that it has ever seen come and go, 128 kB in the
    beginning: less than the intermediate results of a block, which would then be fetched page
    by page for every block anew. So one larger piece comes and goes, untouched.

    Examples
    --------
    >>> from dlnotes.activations.blocks import keep_memory
    >>> keep_memory()
    """
    np.empty(_SEEN, np.uint8)


def blocks(total: int, length: int) -> Iterator[slice]:
    """Cut a number of things into blocks as equal as can be, so that none is a short rest.

    Parameters
    ----------
    total : int
        How many there are.
    length : int
        The most that go into a block, at least 1.

    Yields
    ------
    slice
        One block after the other; a single empty one if there is nothing.

    Examples
    --------
    >>> from dlnotes.activations.blocks import blocks
    >>> list(blocks(9, 4))
    [slice(0, 3, None), slice(3, 6, None), slice(6, 9, None)]
    """
    count = max(1, -(-total // length))
    if count > 1:
        keep_memory()
    for k in range(count):
        yield slice(total * k // count, total * (k + 1) // count)


def one_pass(kernel: Kernel) -> Kernel:
    """Mark a kernel that is a single operation of NumPy, for which blocks are of no use.

    Parameters
    ----------
    kernel : callable
        The kernel.

    Returns
    -------
    callable
        The same.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.blocks import one_pass
    >>> @one_pass
    ... def root(x):
    ...     return np.sqrt(x)
    >>> root.one_pass
    True
    """
    kernel.one_pass = True  # type: ignore[attr-defined]  # functions take attributes
    return kernel


def in_blocks(kernel: Callable[[FloatArray], FloatArray], x: FloatArray) -> FloatArray:
    """Apply an elementwise function block by block.

    Parameters
    ----------
    kernel : callable
        Takes a one-dimensional array in single or double precision and returns another of the
        same length and precision.
    x : numpy.ndarray
        Any shape. Half precision is computed in single precision.

    Returns
    -------
    numpy.ndarray
        A new array of the shape and precision of `x`. No floating-point warning escapes.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.blocks import in_blocks
    >>> in_blocks(np.square, np.array([[1.0, 2.0]]))
    array([[1., 4.]])
    """
    if getattr(kernel, "one_pass", False) and x.dtype != np.float16:
        with np.errstate(all="ignore"):
            return np.asarray(kernel(x))
    out = np.empty(x.shape, x.dtype)
    if not x.size:
        return out  # kernels take no empty blocks
    flat, values = x.reshape(-1), out.reshape(-1)
    half = x.dtype == np.float16
    with np.errstate(all="ignore"):
        for block in blocks(flat.size, BLOCK_BYTES // x.dtype.itemsize):
            part = flat[block]
            values[block] = kernel(part.astype(np.float32) if half else part)
    return out
