"""Scores that know how far apart the classes are.

A puppy is nearer to a kitten than to a bagel. All of them look at the average of the
models' probabilities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlnotes.ambiguous_images._blocks import Block, over_blocks, predictions_of
from dlnotes.ambiguous_images._boundary import Floats, Integers, as_distance

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "far_pair_confusion",
    "hierarchy_distance",
    "most_confused_pair",
    "rao_quadratic_entropy",
]

_CANDIDATES = 16  # classes of a row that are searched before the bound decides on the rest


def hierarchy_distance(paths: Sequence[Sequence[Hashable]]) -> NDArray[np.float64]:
    """Measure how far apart classes are in a tree: 1 less Wu and Palmer's similarity.

    Two paths of lengths m and n that share their first c names are 1 - 2c/(m + n) apart: 0 for
    the same class, 1 for classes that have not even the root in common.

    Parameters
    ----------
    paths : sequence of sequences
        For each class the names from the top of the tree down to the class itself.

    Returns
    -------
    numpy.ndarray, shape (classes, classes)
        Symmetric, between 0 and 1, zero on the diagonal.

    Raises
    ------
    TypeError
        If a path is a string, or not a sequence.
    ValueError
        If there are fewer than two paths, a path is empty, or two are the same.

    References
    ----------
    Zhibiao Wu and Martha Palmer, "Verb semantics and lexical selection", ACL 1994, 133-138.

    Examples
    --------
    >>> hierarchy_distance([("animal", "puppy"), ("animal", "kitten"), ("food", "bagel")])
    array([[0. , 0.5, 1. ],
           [0.5, 0. , 1. ],
           [1. , 1. , 0. ]])
    """
    names = []
    for position, path in enumerate(paths):
        if isinstance(path, str) or not hasattr(path, "__iter__"):
            msg = f"paths[{position}] must be a sequence of names, got {path!r}"
            raise TypeError(msg)
        names.append(tuple(path))
        if not names[-1]:
            msg = f"paths[{position}] must hold at least the class itself, got {path!r}"
            raise ValueError(msg)
    if len(names) < 2:
        msg = f"paths must name two classes or more, got {len(names)}"
        raise ValueError(msg)
    matrix = np.zeros((len(names), len(names)))
    for i, path in enumerate(names):
        for j in range(i):
            other = names[j]
            if path == other:
                msg = f"paths must differ, got {path!r} for the classes {j} and {i}"
                raise ValueError(msg)
            common = 0
            for ours, theirs in zip(path, other, strict=False):
                if ours != theirs:
                    break
                common += 1
            matrix[i, j] = matrix[j, i] = 1.0 - 2.0 * common / (len(path) + len(other))
    return matrix


def rao_quadratic_entropy(probabilities: ArrayLike, distance: ArrayLike) -> Floats:
    r"""Compute the mean distance of two classes drawn independently from the prediction.

    :math:`Q = \sum_i \sum_j d_{ij}\, \bar p_i\, \bar p_j`.

    Parameters
    ----------
    probabilities : array_like, shape (models, images, classes) or (images, classes)
        Each row over the classes is not negative and sums to 1.
    distance : array_like, shape (classes, classes)
        Symmetric, not negative, zero on the diagonal.

    Returns
    -------
    numpy.ndarray, shape (images,)
        Between 0 and the largest distance times (1 - 1/classes).

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If a row is not a probability distribution or `distance` is not as described.

    References
    ----------
    C. R. Rao, "Diversity and dissimilarity coefficients: a unified approach", Theoretical
    Population Biology 21 (1982), 24-43.

    Examples
    --------
    >>> distance = [[0, 1, 4], [1, 0, 4], [4, 4, 0]]
    >>> rao_quadratic_entropy([[0.5, 0.5, 0.0], [0.5, 0.0, 0.5]], distance)
    array([0.5, 2. ])
    """
    classes = predictions_of(probabilities).shape[2]
    matrix = as_distance(distance, classes)

    def block_entropy(block: Block) -> NDArray[np.float64]:
        mean = block.mean.astype(np.float64)
        return np.asarray((mean @ matrix * mean).sum(axis=1))

    return over_blocks(probabilities, block_entropy)


def far_pair_confusion(probabilities: ArrayLike, distance: ArrayLike) -> Floats:
    r"""Largest value of 4 p_i p_j d_ij over all pairs of classes.

    The score of discovery: no pair is named beforehand, and a pair counts the more the further
    apart its classes are.

    Parameters
    ----------
    probabilities : array_like, shape (models, images, classes) or (images, classes)
        Each row over the classes is not negative and sums to 1.
    distance : array_like, shape (classes, classes)
        Symmetric, not negative, zero on the diagonal.

    Returns
    -------
    numpy.ndarray, shape (images,)
        Between 0 and the largest distance.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If a row is not a probability distribution or `distance` is not as described.

    See Also
    --------
    most_confused_pair : which two classes they are.

    Notes
    -----
    The search is exact. It takes the most likely classes of a row first; if no pair with any
    other class can still win, because 4 p_1 p_c max(d) is smaller than what has been found, it
    stops. Otherwise it looks at all pairs.

    Examples
    --------
    >>> distance = [[0, 1, 4], [1, 0, 4], [4, 4, 0]]
    >>> far_pair_confusion([[0.5, 0.5, 0.0], [0.5, 0.25, 0.25]], distance)
    array([1., 2.])
    """
    classes = predictions_of(probabilities).shape[2]
    matrix = as_distance(distance, classes)
    return over_blocks(probabilities, lambda block: _best_pairs(block.mean, matrix)[0])


def most_confused_pair(probabilities: ArrayLike, distance: ArrayLike | None = None) -> Integers:
    """Name the two classes that share each image.

    Parameters
    ----------
    probabilities : array_like, shape (models, images, classes) or (images, classes)
        Each row over the classes is not negative and sums to 1.
    distance : array_like, shape (classes, classes), optional
        Symmetric, not negative, zero on the diagonal. Without it the two most likely classes
        are returned; with it the pair that attains `far_pair_confusion`.

    Returns
    -------
    numpy.ndarray of int64, shape (images, 2)
        The more likely class first; of equals the smaller first.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If a row is not a probability distribution or `distance` is not as described.

    Examples
    --------
    >>> most_confused_pair([[0.1, 0.6, 0.3]])
    array([[1, 2]])
    """
    classes = predictions_of(probabilities).shape[2]
    matrix = None if distance is None else as_distance(distance, classes)

    def block_pairs(block: Block) -> Integers:
        if matrix is None:
            return np.stack(block.top_two[0], axis=1)
        return _best_pairs(block.mean, matrix)[1]

    return over_blocks(probabilities, block_pairs, columns=(2,), dtype=np.int64)


def _best_pairs(
    mean: Floats, distance: NDArray[np.float64]
) -> tuple[NDArray[np.float64], Integers]:
    """Best 4 p_i p_j d_ij of each row and its pair, the more likely class first."""
    p = mean.astype(np.float64)
    images, classes = p.shape
    kept = min(_CANDIDATES, classes)
    top = np.sort(np.argpartition(-p, kept - 1, axis=1)[:, :kept], axis=1)
    best = np.empty(images)
    pairs = np.empty((images, 2), dtype=np.int64)
    shares = np.take_along_axis(p, top, axis=1)
    values = shares[:, :, np.newaxis] * shares[:, np.newaxis, :]
    values *= 4.0 * distance[top[:, :, np.newaxis], top[:, np.newaxis, :]]
    flat = values.reshape(images, -1)
    where = flat.argmax(axis=1)
    best[:] = flat[np.arange(images), where]
    rows = np.arange(images)
    pairs[:, 0], pairs[:, 1] = top[rows, where // kept], top[rows, where % kept]
    # A pair with a class outside `top` has at most this value; equality could hide a tie.
    bound = 4.0 * distance.max() * shares.max(axis=1) * shares.min(axis=1)
    for row in np.flatnonzero((best <= bound) & (bound > 0.0)) if kept < classes else ():
        all_values = np.multiply.outer(p[row], p[row]) * (4.0 * distance)
        winner = int(all_values.argmax())
        best[row] = all_values.flat[winner]
        pairs[row] = divmod(winner, classes)
    pairs.sort(axis=1)
    swap = p[rows, pairs[:, 1]] > p[rows, pairs[:, 0]]
    pairs[swap] = pairs[swap, ::-1]
    return best, pairs
