"""Is a score any good? Judged on images of which one knows whether they are look-alikes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes._arguments import as_floats, as_integer

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from dlnotes.ambiguous_images._boundary import Floats

__all__ = [
    "area_under_roc",
    "blend",
    "bootstrap_interval",
    "precision_at",
    "side_by_side",
]


_FEW = 4000  # images of which a table of all comparisons, and of all draws, is no burden


def area_under_roc(scores: ArrayLike, positive: ArrayLike) -> float:
    """Probability that a positive image scores higher than a negative one; ties count half.

    Parameters
    ----------
    scores : array_like, shape (images,)
        Larger means more ambiguous. NaN is refused; infinity is a number like others.
    positive : array_like of bool, shape (images,)
        Which images are look-alikes.

    Returns
    -------
    float
        1 for a perfect ranking, 1/2 for one that knows nothing, 0 for its reverse.

    Raises
    ------
    TypeError
        If `scores` does not hold real numbers or `positive` is not boolean.
    ValueError
        If the shapes differ, a score is NaN, or all images are of one kind.

    Notes
    -----
    Computed from ranks (Mann-Whitney's statistic), images x log(images) operations.

    References
    ----------
    J. A. Hanley and B. J. McNeil, "The meaning and use of the area under a receiver operating
    characteristic (ROC) curve", Radiology 143 (1982), 29-36.

    Examples
    --------
    >>> area_under_roc([0.1, 0.4, 0.35, 0.8], [False, False, True, True])
    0.75
    """
    values, truth = _as_ranking(scores, positive)
    hits = int(truth.sum())
    misses = truth.size - hits
    from scipy.stats import rankdata  # takes longer to import than all the rest together

    ranks = rankdata(values)
    return float((ranks[truth].sum() - hits * (hits + 1) / 2) / (hits * misses))


def precision_at(scores: ArrayLike, positive: ArrayLike, top: int) -> float:
    """Share of look-alikes among the images with the largest scores.

    Parameters
    ----------
    scores : array_like, shape (images,)
        Larger means more ambiguous. Of equal scores the first in the array comes first.
    positive : array_like of bool, shape (images,)
        Which images are look-alikes.
    top : int
        How many images a person will look at.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    TypeError
        If `scores` does not hold real numbers, `positive` is not boolean or `top` no integer.
    ValueError
        If the shapes differ, a score is NaN, all images are of one kind, or `top` is not
        between 1 and the number of images.

    Examples
    --------
    >>> precision_at([0.1, 0.4, 0.35, 0.8], [False, False, True, True], top=2)
    0.5
    """
    values, truth = _as_ranking(scores, positive)
    count = as_integer(top, "top", least=1, most=values.size)
    return float(truth[np.argsort(-values, kind="stable")[:count]].mean())


def bootstrap_interval(
    statistic: Callable[..., float],
    scores: ArrayLike,
    positive: ArrayLike,
    *,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """Interval for a statistic of a ranking, by drawing the images again with replacement.

    Positive and negative images are drawn apart, so that each resample has as many of each as
    the data. The interval runs between percentiles of the resampled statistic.

    Parameters
    ----------
    statistic : callable
        Takes `scores` and `positive`; for example `area_under_roc`.
    scores : array_like, shape (images,)
        Larger means more ambiguous.
    positive : array_like of bool, shape (images,)
        Which images are look-alikes.
    level : float
        Between 0 and 1.
    resamples : int
        How many times to draw.
    seed : int
        Seed of the random generator: the same seed gives the same interval.

    Returns
    -------
    low, high : float
        The ends of the interval.

    Raises
    ------
    TypeError
        If `scores` does not hold real numbers or `positive` is not boolean.
    ValueError
        If the shapes differ, a score is NaN, all images are of one kind, or a number is out of
        range.

    References
    ----------
    Bradley Efron and Robert J. Tibshirani, An Introduction to the Bootstrap, Chapman and Hall,
    1993.

    Examples
    --------
    >>> scores, truth = [1, 2, 3, 4, 5, 6], [False, False, True, False, True, True]
    >>> low, high = bootstrap_interval(area_under_roc, scores, truth)
    >>> low < area_under_roc(scores, truth) <= high
    True
    """
    values, truth = _as_ranking(scores, positive)
    draws = as_integer(resamples, "resamples", least=1)
    if not 0.0 < level < 1.0:
        msg = f"level must lie between 0 and 1, got level={level!r}"
        raise ValueError(msg)
    random = np.random.default_rng(seed)
    kinds = (np.flatnonzero(truth), np.flatnonzero(~truth))
    drawn = ([random.choice(kind, kind.size) for kind in kinds] for _ in range(draws))
    if statistic is area_under_roc and values.size <= _FEW:
        results = _resampled_areas(values, kinds, list(drawn))
    else:
        together = map(np.concatenate, drawn)
        results = np.array([statistic(values[chosen], truth[chosen]) for chosen in together])
    low, high = np.quantile(results, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return float(low), float(high)


def _resampled_areas(
    values: Floats,
    kinds: tuple[NDArray[np.intp], NDArray[np.intp]],
    drawn: list[list[NDArray[np.intp]]],
) -> NDArray[np.float64]:
    """Return the area under the curve of every resample, from one table of all comparisons."""
    positive, negative = (
        np.stack([np.bincount(chosen, minlength=values.size) for chosen in draws])[:, kind]
        for draws, kind in zip(zip(*drawn, strict=True), kinds, strict=True)
    )
    ours, theirs = (values[kind] for kind in kinds)
    wins = 0.5 * ((ours[:, None] > theirs) + 1.0 * (ours[:, None] >= theirs))
    total = ((positive @ wins) * negative).sum(axis=1)
    return np.asarray(total / (ours.size * theirs.size))


def blend(first: ArrayLike, second: ArrayLike, weight: float = 0.5) -> NDArray[Any]:
    """Mix two images pixel by pixel: a planted look-alike.

    Parameters
    ----------
    first, second : array_like of one shape
        The images, or stacks of images.
    weight : float
        Share of the second image, between 0 and 1.

    Returns
    -------
    numpy.ndarray
        ``(1 - weight) * first + weight * second``.

    Raises
    ------
    TypeError
        If an image does not hold real numbers.
    ValueError
        If the shapes differ or `weight` is out of range.

    Examples
    --------
    >>> blend([[0.0, 8.0]], [[8.0, 8.0]], 0.25)
    array([[2., 8.]])
    """
    one, two = _as_images(first, second)
    if not 0.0 <= weight <= 1.0:
        msg = f"weight must lie between 0 and 1, got weight={weight!r}"
        raise ValueError(msg)
    return np.asarray((1.0 - weight) * one + weight * two)


def side_by_side(first: ArrayLike, second: ArrayLike) -> NDArray[Any]:
    """Squeeze two images to half their width and put them in one frame: a scene of two objects.

    Parameters
    ----------
    first, second : array_like, shape (..., height, width)
        The images, or stacks of images, of one shape and even width.

    Returns
    -------
    numpy.ndarray, the same shape
        The first image in the left half, the second in the right; neighbouring columns are
        averaged.

    Raises
    ------
    TypeError
        If an image does not hold real numbers.
    ValueError
        If the shapes differ, or the width is odd.

    Examples
    --------
    >>> side_by_side([[0.0, 2.0, 4.0, 4.0]], [[8.0, 8.0, 0.0, 0.0]])
    array([[1., 4., 8., 0.]])
    """
    one, two = _as_images(first, second)
    if one.ndim < 2 or one.shape[-1] % 2:
        msg = f"first must have shape (..., height, width) with even width, got {one.shape}"
        raise ValueError(msg)
    halves = [(image[..., 0::2] + image[..., 1::2]) / 2.0 for image in (one, two)]
    return np.concatenate(halves, axis=-1)


def _as_images(first: ArrayLike, second: ArrayLike) -> tuple[Floats, Floats]:
    one, two = as_floats(first, "first"), as_floats(second, "second")
    if one.shape != two.shape:
        msg = f"first and second must have one shape, got {one.shape} and {two.shape}"
        raise ValueError(msg)
    return one, two


def _as_ranking(scores: ArrayLike, positive: ArrayLike) -> tuple[Floats, NDArray[np.bool_]]:
    values = as_floats(scores, "scores")
    truth = np.asarray(positive)
    if truth.dtype != bool:
        msg = f"positive must be boolean, got an array of dtype {truth.dtype}"
        raise TypeError(msg)
    if values.ndim != 1 or truth.shape != values.shape:
        msg = (
            "scores and positive must both have shape (images,), "
            f"got {values.shape} and {truth.shape}"
        )
        raise ValueError(msg)
    if np.isnan(values).any():
        msg = f"scores must not be NaN, image {int(np.argmax(np.isnan(values)))} is"
        raise ValueError(msg)
    if truth.all() or not truth.any():
        msg = f"positive must hold both kinds of image, got {int(truth.sum())} of {truth.size}"
        raise ValueError(msg)
    return values, truth
