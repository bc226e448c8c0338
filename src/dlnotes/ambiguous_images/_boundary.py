"""What enters the chapter's functions is checked here, once, and errors are worded here."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlnotes._arguments import as_floats

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.int64]

ROW_SUM_TOLERANCE = 1e-4
"""How far the sum of a row may lie from 1: the rounding of float32, not a missing softmax."""


def as_predictions(values: ArrayLike, name: str, *, several_models: bool = False) -> Floats:
    """Return an array of shape (models, images, classes); its rows are not looked at yet.

    An array (images, classes) is one model.
    """
    array = as_floats(values, name)
    if array.ndim not in (2, 3):
        msg = (
            f"{name} must have shape (images, classes) or (models, images, classes), "
            f"got shape {array.shape}"
        )
        raise ValueError(msg)
    if array.ndim == 2:
        array = array[np.newaxis]
    if several_models and array.shape[0] < 2:
        msg = (
            f"{name} must come from two models or more, shape (models, images, classes): "
            f"this score measures their disagreement; got the shape {np.shape(values)}"
        )
        raise ValueError(msg)
    if array.shape[0] < 1 or array.shape[2] < 2:
        msg = (
            f"{name} must have at least one model and two classes, got shape {np.shape(values)}"
        )
        raise ValueError(msg)
    return array


def check_rows(block: Floats, name: str, *, first_image: int = 0) -> None:
    """Raise unless each row along the last axis is a probability distribution."""
    with np.errstate(invalid="ignore", over="ignore"):
        sums = block.sum(axis=-1)
        good = np.abs(sums - 1.0) <= ROW_SUM_TOLERANCE  # false for NaN and infinity too
        if good.all() and (block.size == 0 or block.min() >= 0.0):
            return
        negative = ~(block >= 0.0)
    bad_row = np.argwhere(~good | negative.any(axis=-1))[0]
    model, image = (0, *bad_row)[-2:]
    where = f"model {model}, image {first_image + image}"
    row = block[tuple(bad_row)]
    for kind, wrong in (("NaN", np.isnan(row)), ("infinite", np.isinf(row))):
        if wrong.any():
            msg = f"{name} is {kind} at {where}, class {int(np.argmax(wrong))}"
            raise ValueError(msg)
    if (row < 0).any():
        worst = int(np.argmin(row))
        msg = (
            f"{name} must not be negative, got {row[worst]:.6g} at {where}, class {worst}; "
            "if these are logits, apply a softmax first"
        )
        raise ValueError(msg)
    total = sums[tuple(bad_row)]
    msg = (
        f"{name} must sum to 1 over the classes, got the sum {total:.6g} at {where} "
        f"(tolerance {ROW_SUM_TOLERANCE:g}); if these are logits, apply a softmax first"
    )
    raise ValueError(msg)


def as_distribution_rows(values: ArrayLike, name: str) -> Floats:
    """Return rows of shape (..., classes), each checked to be a probability distribution."""
    array = as_floats(values, name)
    if array.ndim < 1 or array.shape[-1] < 2:
        msg = (
            f"{name} must have shape (..., classes) with two classes or more, got {array.shape}"
        )
        raise ValueError(msg)
    rows = array.reshape(-1, array.shape[-1])
    check_rows(rows, name)
    return array


class Distance(np.ndarray):
    """A matrix that `as_distance` has checked, and that nobody can change since."""


def as_distance(values: ArrayLike, classes: int, name: str = "distance") -> NDArray[np.float64]:
    """Return a symmetric matrix (classes, classes), not negative, zero on the diagonal."""
    if isinstance(values, Distance) and values.shape == (classes, classes):
        return values.view(np.ndarray)
    matrix = as_floats(values, name).astype(np.float64)
    if matrix.shape != (classes, classes):
        msg = f"{name} must have shape ({classes}, {classes}), got {matrix.shape}"
        raise ValueError(msg)
    if not np.isfinite(matrix).all() or matrix.min() < 0.0:
        worst = matrix[~(np.isfinite(matrix) & (matrix >= 0.0))][0]
        msg = f"{name} must be finite and not negative, got {worst:.6g}"
        raise ValueError(msg)
    if not np.array_equal(matrix, matrix.T):
        i, j = np.argwhere(matrix != matrix.T)[0]
        msg = (
            f"{name} must be symmetric, got {matrix[i, j]:.6g} at ({i}, {j}) "
            f"and {matrix[j, i]:.6g} at ({j}, {i})"
        )
        raise ValueError(msg)
    if np.diagonal(matrix).any():
        i = int(np.flatnonzero(np.diagonal(matrix))[0])
        msg = f"{name} of a class to itself must be 0, got {matrix[i, i]:.6g} at ({i}, {i})"
        raise ValueError(msg)
    return matrix
