"""Some images at a time, as many as fit the cache; what scores share is computed once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from dlnotes.ambiguous_images._boundary import Floats, as_predictions, check_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import ArrayLike, NDArray

_BLOCK_VALUES = 2**18  # about what a core's cache holds in float32; larger blocks run slower

TopTwo = tuple[tuple[Floats, Floats], tuple[Floats, Floats]]


class Block:
    """Checked predictions of some images, shape (models, images, classes).

    A function that takes probabilities takes a block as well. What it computes on the way, the
    average of the models for example, is then there for the next one.
    """

    def __init__(self, rows: Floats) -> None:
        self.rows = rows

    @cached_property
    def mean(self) -> Floats:
        """Average of the models; not to be changed."""
        return mean_of_models(self.rows) if self.rows.shape[0] > 1 else self.rows[0]

    @cached_property
    def entropy(self) -> NDArray[np.float64]:
        """Entropy of the average."""
        return entropy_of_rows(self.mean)

    @cached_property
    def own_entropy(self) -> NDArray[np.float64]:
        """Average of the models' entropies."""
        return np.asarray(entropy_of_rows(self.rows).mean(axis=0))

    @cached_property
    def top_two(self) -> TopTwo:
        """Classes and probabilities of the two largest entries of the average.

        Two passes of argmax are several times faster than a partial sort. Of equal entries the
        first class comes first.
        """
        rows = np.arange(self.mean.shape[0])
        first = self.mean.argmax(axis=-1)
        largest = self.mean[rows, first]
        self.mean[rows, first] = -1.0
        second = self.mean.argmax(axis=-1)
        self.mean[rows, first] = largest
        return (first, second), (largest, self.mean[rows, second])


def blocks_of(
    predictions: Floats, kind: Callable[[Floats], Block] = Block
) -> Iterator[tuple[int, Block]]:
    """Cut predictions into blocks, each with the number of its first image.

    The rows of a block are checked just before they are used, so that data on disk is read once
    and no temporary array is as large as the input.
    """
    models, images, classes = predictions.shape
    step = max(1, _BLOCK_VALUES // (models * classes))
    for start in range(0, images, step):
        rows = predictions[:, start : start + step]
        # A copy even where it could be a view: `top_two` writes into it for a moment.
        rows = np.array(rows, order="C", copy=True)
        check_rows(rows, "probabilities", first_image=start)
        yield start, kind(rows)


def over_blocks(
    probabilities: ArrayLike | Block,
    score: Callable[[Block], NDArray[Any]],
    *,
    several_models: bool = False,
    columns: tuple[int, ...] = (),
    dtype: Any = None,
) -> NDArray[Any]:
    """Apply a function of a block to all images.

    The value of an image does not depend on the block it falls in.
    """
    predictions = predictions_of(probabilities, several_models=several_models)
    kind = predictions.dtype if dtype is None else dtype
    if isinstance(probabilities, Block):
        return np.asarray(score(probabilities), dtype=kind)
    out = np.empty((predictions.shape[1], *columns), dtype=kind)
    for start, block in blocks_of(predictions):
        out[start : start + block.rows.shape[1]] = score(block)
    return out


def predictions_of(probabilities: ArrayLike | Block, *, several_models: bool = False) -> Floats:
    """Return what was given as an array of shape (models, images, classes)."""
    rows = probabilities.rows if isinstance(probabilities, Block) else probabilities
    return as_predictions(cast("Any", rows), "probabilities", several_models=several_models)


def mean_of_models(rows: Floats) -> Floats:
    """Average over the first axis, in a fixed order; always a new array."""
    total: Floats = rows[0].copy()
    for model in rows[1:]:
        total += model
    total /= rows.shape[0]
    return total


def entropy_of_rows(rows: Floats) -> NDArray[np.float64]:
    """Entropy along the last axis in nats, summed in float64; 0 log 0 counts as 0."""
    logs = np.maximum(rows, np.finfo(rows.dtype).tiny)  # the log of 0 is never taken
    np.log(logs, out=logs)
    logs *= rows
    # A row may exceed 1 by its rounding, which would give an entropy just below 0.
    return np.asarray(np.maximum(0.0 - logs.sum(axis=-1, dtype=np.float64), 0.0))
