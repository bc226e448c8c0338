"""Look-alikes without a confused model: close in feature space, labelled differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.spatial.distance import cdist

from dlnotes._arguments import as_floats, as_integer
from dlnotes.ambiguous_images._boundary import (
    Floats,
    Integers,
    as_distance,
)
from dlnotes.ambiguous_images.ensembles import mean_prediction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

__all__ = ["NeighbourPairs", "neighbours_across_classes"]

_BLOCK_VALUES = 2**22  # distances held at a time: 32 MB


@dataclass(frozen=True, slots=True)
class NeighbourPairs:
    """Pairs of images of different classes, the closest pair first.

    Parameters
    ----------
    pairs : numpy.ndarray of int64, shape (found, 2)
        Positions of the two images, the smaller first.
    distances : numpy.ndarray of float64, shape (found,)
        Their distances in feature space.
    classes : numpy.ndarray of int64, shape (found, 2)
        Their classes.

    Examples
    --------
    >>> neighbours_across_classes([[0.0], [1.0], [1.5]], [0, 0, 1]).pairs
    array([[1, 2],
           [0, 2]])
    """

    pairs: Integers
    distances: NDArray[np.float64]
    classes: Integers


def neighbours_across_classes(
    features: ArrayLike,
    labels: ArrayLike,
    *,
    top: int = 50,
    metric: Literal["euclidean", "cosine"] = "euclidean",
    class_distance: ArrayLike | None = None,
    at_least: float = 0.0,
) -> NeighbourPairs:
    """For each image the nearest image of another class; of these pairs the closest.

    Parameters
    ----------
    features : array_like, shape (images, dimensions)
        One vector an image: pixels, or better the last hidden layer of a network.
    labels : array_like
        Shape (images,): the class of each image. Or probabilities of shape (images, classes) or
        (models, images, classes), of which the most likely class is taken.
    top : int
        How many pairs to return; fewer are returned if there are fewer.
    metric : {"euclidean", "cosine"}
        Distance in feature space; "cosine" is one minus the cosine of the angle.
    class_distance : array_like, shape (classes, classes), optional
        Distance between classes: symmetric, not negative, zero on the diagonal. By default all
        different classes are 1 apart.
    at_least : float
        Classes count as different if they are at least so far apart (and more than 0).

    Returns
    -------
    NeighbourPairs
        No pair twice. Equal distances are in the order of the images.

    Raises
    ------
    TypeError
        If `features` or `labels` do not hold numbers, or `top` is not an integer.
    ValueError
        If shapes do not fit together, a number is not finite or out of range, a vector is zero
        under the cosine metric, or `metric` is unknown.

    Notes
    -----
    All pairs are compared, images x images x dimensions operations, in blocks of rows: memory
    does not grow with the square of the number of images. The distances are computed from
    differences, and so do not depend on the blocks.

    References
    ----------
    B. V. Dasarathy, "Nearest unlike neighbor (NUN): an aid to decision confidence estimation",
    Optical Engineering 34 (1995), 2785-2792.

    Examples
    --------
    >>> found = neighbours_across_classes([[0, 0], [3, 4], [0, 1]], [7, 8, 7], top=1)
    >>> found.pairs, found.distances, found.classes
    (array([[1, 2]]), array([4.24264069]), array([[8, 7]]))
    """
    wanted = as_integer(top, "top", least=1)
    vectors = _as_features(features, metric)
    classes = _as_labels(labels, vectors.shape[0])
    if not np.isfinite(at_least) or at_least < 0:
        msg = f"at_least must be finite and not negative, got at_least={at_least!r}"
        raise ValueError(msg)
    known = None
    if class_distance is not None:
        count = int(np.asarray(class_distance).shape[0]) if np.ndim(class_distance) else 0
        known = as_distance(class_distance, count, "class_distance")
        if classes.min() < 0 or classes.max() >= count:
            bad = int(classes[(classes < 0) | (classes >= count)][0])
            msg = f"labels must be between 0 and {count - 1} to use class_distance, got {bad}"
            raise ValueError(msg)
    elif at_least > 1.0:
        msg = f"at_least must be at most 1 without class_distance, got at_least={at_least!r}"
        raise ValueError(msg)
    images = vectors.shape[0]
    nearest = np.empty(images, dtype=np.int64)
    closest = np.empty(images)
    for rows in _row_blocks(images):
        table = cdist(vectors[rows], vectors, metric)
        if known is None:
            same = classes[rows, np.newaxis] == classes
        else:
            apart = known[classes[rows, np.newaxis], classes]
            same = (apart == 0.0) | (apart < at_least)
        table[same] = np.inf
        nearest[rows] = table.argmin(axis=1)
        closest[rows] = table.min(axis=1)
    has_partner = np.flatnonzero(np.isfinite(closest))
    pairs = np.sort(np.stack([has_partner, nearest[has_partner]], axis=1), axis=1)
    pairs, first = np.unique(pairs, axis=0, return_index=True)
    distances = closest[has_partner][first]
    order = np.argsort(distances, kind="stable")[:wanted]
    return NeighbourPairs(pairs[order], distances[order], classes[pairs[order]])


def _row_blocks(images: int) -> Iterator[slice]:
    step = max(1, _BLOCK_VALUES // max(images, 1))
    for start in range(0, images, step):
        yield slice(start, min(start + step, images))


def _as_features(features: ArrayLike, metric: str) -> Floats:
    if metric not in ("euclidean", "cosine"):
        msg = f"metric must be 'euclidean' or 'cosine', got metric={metric!r}"
        raise ValueError(msg)
    vectors = as_floats(features, "features").astype(np.float64)
    if vectors.ndim != 2 or vectors.shape[0] < 2 or vectors.shape[1] < 1:
        msg = (
            "features must have shape (images, dimensions) with two images or more, "
            f"got {vectors.shape}"
        )
        raise ValueError(msg)
    if not np.isfinite(vectors).all():
        image, column = np.argwhere(~np.isfinite(vectors))[0]
        msg = f"features must be finite, got {vectors[image, column]} for image {image}"
        raise ValueError(msg)
    if metric == "cosine" and not vectors.any(axis=1).all():
        image = int(np.flatnonzero(~vectors.any(axis=1))[0])
        msg = f"features must not be zero under metric='cosine', but image {image} is"
        raise ValueError(msg)
    return vectors


def _as_labels(labels: Any, images: int) -> Integers:
    array = np.asarray(labels)
    if array.ndim in (2, 3):
        classes: Integers = mean_prediction(array).argmax(axis=1)
    elif array.ndim == 1:
        if array.dtype.kind not in "iu":
            msg = f"labels must be integers, one an image, got an array of dtype {array.dtype}"
            raise TypeError(msg)
        classes = array.astype(np.int64)
    else:
        msg = (
            "labels must have shape (images,), or be probabilities of shape (images, classes) "
            f"or (models, images, classes), got shape {array.shape}"
        )
        raise ValueError(msg)
    if classes.shape[0] != images:
        msg = f"labels must be given for {images} images as features is, got {classes.shape[0]}"
        raise ValueError(msg)
    return classes
