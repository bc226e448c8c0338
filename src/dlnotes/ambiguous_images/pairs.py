"""Scores that ask whether two classes, or two groups of classes, share an image.

All of them look at the average of the models' probabilities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes._arguments import as_integer
from dlnotes.ambiguous_images._blocks import Block, over_blocks, predictions_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from dlnotes.ambiguous_images._boundary import Floats, Integers

__all__ = ["class_pair_confusion", "group_confusion", "top_pair_confusion"]


def class_pair_confusion(probabilities: ArrayLike, a: int, b: int) -> Floats:
    """Four times the product of the probabilities of two named classes.

    Parameters
    ----------
    probabilities : array_like, shape (models, images, classes) or (images, classes)
        Each row over the classes is not negative and sums to 1.
    a, b : int
        Two different classes.

    Returns
    -------
    numpy.ndarray, shape (images,)
        Between 0 (one of the two is impossible) and 1 (both have probability 1/2).

    Raises
    ------
    TypeError
        If `probabilities` does not hold real numbers, or `a` or `b` is not an integer.
    ValueError
        If a row is not a probability distribution, or `a` and `b` are not two of the classes.

    Examples
    --------
    >>> class_pair_confusion([[0.5, 0.5, 0.0], [0.5, 0.25, 0.25]], a=0, b=1)
    array([1. , 0.5])
    """
    classes = predictions_of(probabilities).shape[2]
    first = as_integer(a, "a", least=0, most=classes - 1)
    second = as_integer(b, "b", least=0, most=classes - 1)
    if first == second:
        msg = f"a and b must be two different classes, got a={a!r} and b={b!r}"
        raise ValueError(msg)

    def block_confusion(block: Block) -> Floats:
        return 4.0 * block.mean[:, first] * block.mean[:, second]

    return over_blocks(probabilities, block_confusion)


def top_pair_confusion(probabilities: ArrayLike) -> Floats:
    """Four times the product of the two largest probabilities: the best over all pairs.

    Parameters
    ----------
    probabilities : array_like, shape (models, images, classes) or (images, classes)
        Each row over the classes is not negative and sums to 1.

    Returns
    -------
    numpy.ndarray, shape (images,)
        Between 0 (one class is certain) and 1 (two classes share all the probability).

    Raises
    ------
    TypeError
        If `probabilities` does not hold real numbers.
    ValueError
        If its shape is wrong or a row is not a probability distribution.

    See Also
    --------
    dlnotes.ambiguous_images.most_confused_pair : which two classes they are.
    dlnotes.ambiguous_images.far_pair_confusion : the same search, weighted by class distance.

    Examples
    --------
    >>> top_pair_confusion([[0.5, 0.5, 0.0], [0.25, 0.25, 0.5]])
    array([1. , 0.5])
    """

    def block_confusion(block: Block) -> Floats:
        first, second = block.top_two[1]
        return 4.0 * first * second

    return over_blocks(probabilities, block_confusion)


def group_confusion(
    probabilities: ArrayLike, group_a: Sequence[int], group_b: Sequence[int]
) -> Floats:
    """Four times the product of the probabilities of two groups of classes.

    "A dog or something to eat?": the probability of a group is the sum over its classes.

    Parameters
    ----------
    probabilities : array_like, shape (models, images, classes) or (images, classes)
        Each row over the classes is not negative and sums to 1.
    group_a, group_b : sequence of int, or boolean mask of shape (classes,)
        Two groups of classes without a common member.

    Returns
    -------
    numpy.ndarray, shape (images,)
        Between 0 (one of the two is impossible) and 1 (both have probability 1/2).

    Raises
    ------
    TypeError
        If `probabilities` does not hold real numbers or a group does not hold integers.
    ValueError
        If a row is not a probability distribution, a group is empty or names a class that does
        not exist, or the groups overlap.

    Examples
    --------
    >>> group_confusion([[0.25, 0.25, 0.5, 0.0]], group_a=[0, 1], group_b=[2, 3])
    array([1.])
    """
    classes = predictions_of(probabilities).shape[2]
    first = _as_group(group_a, classes, "group_a")
    second = _as_group(group_b, classes, "group_b")
    common = np.intersect1d(first, second)
    if common.size:
        msg = f"group_a and group_b must not overlap, both hold the class {common[0]}"
        raise ValueError(msg)

    def block_confusion(block: Block) -> NDArray[np.float64]:
        share_a = block.mean[:, first].sum(axis=1, dtype=np.float64)
        share_b = block.mean[:, second].sum(axis=1, dtype=np.float64)
        return np.asarray(4.0 * share_a * share_b)

    return over_blocks(probabilities, block_confusion)


def _as_group(group: Any, classes: int, name: str) -> Integers:
    members = np.asarray(group)
    if members.dtype == bool:
        if members.shape != (classes,):
            msg = f"{name} as a mask must have shape ({classes},), got {members.shape}"
            raise ValueError(msg)
        members = np.flatnonzero(members)
    if members.ndim != 1 or members.size == 0:
        msg = f"{name} must list at least one class, got {group!r}"
        raise ValueError(msg)
    if members.dtype.kind not in "iu":
        msg = f"{name} must hold integers, got {group!r}"
        raise TypeError(msg)
    for member in members:
        as_integer(member, name, least=0, most=classes - 1)
    unique = np.unique(members)
    if unique.size < members.size:
        msg = f"{name} must name each class once, got {group!r}"
        raise ValueError(msg)
    return unique.astype(np.int64)
