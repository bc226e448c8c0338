"""Cross-entropy of softmax, and the gradient that makes the pair so convenient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlnotes._arguments import FloatArray, as_floats, as_real, normalised_axis
from dlnotes.activations.rows import Rows

if TYPE_CHECKING:
    import numpy.typing as npt

    from dlnotes.activations.precise import Array

__all__ = ["CrossEntropy", "cross_entropy"]

_SUM_TOLERANCE = 1e-3


class CrossEntropy:
    r"""How badly the shares of softmax predict a target distribution.

    It is :math:`L(z, y) = -\sum_{k=1}^{K} y_k \log s_k`.

    The scores are given, not the shares: the logarithm and the exponential cancel
    analytically, and nothing overflows or becomes the logarithm of zero.

    Notes
    -----
    One loss per row is returned, without averaging. Target classes are counted from 0.

    Examples
    --------
    >>> from dlnotes.activations import cross_entropy
    >>> cross_entropy([[0.0, 0.0], [1000.0, 0.0]], [1, 1])
    array([6.93147181e-01, 1.00000000e+03])
    """

    name = "cross_entropy"

    def __repr__(self) -> str:
        return "<loss cross_entropy>"

    def __call__(
        self,
        logits: npt.ArrayLike,
        target: npt.ArrayLike,
        /,
        axis: int = -1,
        *,
        smoothing: float = 0.0,
    ) -> FloatArray:
        """Evaluate the loss of each row.

        Parameters
        ----------
        logits : array_like
            Scores, of at least one dimension.
        target : array_like
            Either class numbers, integers of the shape of `logits` without `axis`; or
            probabilities of the shape of `logits`, along `axis` not negative with sum 1.
        axis : int, default: -1
            The axis of the classes.
        smoothing : float, default: 0.0
            From 0 to 1: this part of the target is spread evenly over all classes.

        Returns
        -------
        numpy.ndarray or numpy.floating
            The losses, of the shape of `logits` without `axis` and in its precision.

        Raises
        ------
        TypeError
            If an argument is not real, or class numbers are no integers.
        ValueError
            If the shapes do not fit, a class does not exist, probabilities are none, or the
            smoothing is not between 0 and 1.
        """
        array, parts, y, _ = _read(logits, target, axis, smoothing)
        with np.errstate(all="ignore"):
            log_shares = parts.log_shares
            # y log s is 0 where y is 0, even if s is 0 too
            terms = np.where((y == 0) & ~np.isnan(log_shares), 0.0, y * log_shares)
            losses: FloatArray = (0.0 - terms.sum(axis=-1)).astype(array.dtype)
        return losses[()]

    def gradient(
        self,
        logits: npt.ArrayLike,
        target: npt.ArrayLike,
        /,
        axis: int = -1,
        *,
        smoothing: float = 0.0,
    ) -> FloatArray:
        """Evaluate the derivatives of each row's loss by its scores.

        Parameters
        ----------
        logits : array_like
            Scores, of at least one dimension.
        target : array_like
            Class numbers or probabilities, as for a call.
        axis : int, default: -1
            The axis of the classes.
        smoothing : float, default: 0.0
            From 0 to 1: this part of the target is spread evenly over all classes.

        Returns
        -------
        numpy.ndarray
            Shares minus targets, of the shape and precision of `logits`.

        Raises
        ------
        TypeError, ValueError
            As for a call.

        Examples
        --------
        >>> from dlnotes.activations import cross_entropy
        >>> cross_entropy.gradient([0.0, 0.0], 1)
        array([ 0.5, -0.5])
        """
        array, parts, y, axis = _read(logits, target, axis, smoothing)
        with np.errstate(all="ignore"):
            total = y.sum(axis=-1, keepdims=True)
            # (sum y) s - y, written so that s - 1 does not cancel where y is 1
            out = np.where(y == total, -total * parts.complements, total * parts.shares - y)
            return np.moveaxis(out.astype(array.dtype), -1, axis)


def _read(
    logits: npt.ArrayLike, target: npt.ArrayLike, axis: int, smoothing: float
) -> tuple[FloatArray, Rows, Array, int]:
    smoothing = as_real(smoothing, "smoothing")
    if not 0.0 <= smoothing <= 1.0:
        msg = f"smoothing={smoothing!r} is not allowed; give a number between 0 and 1"
        raise ValueError(msg)
    array = as_floats(logits, "logits", half=True)
    axis = normalised_axis(axis, array, "logits")
    rows = np.moveaxis(array.astype(np.float64), axis, -1)
    labels = np.asarray(target)
    if labels.shape == array.shape:
        y = _distribution(np.moveaxis(as_floats(labels, "target", half=True), axis, -1))
    elif labels.shape == rows.shape[:-1]:
        y = _one_hot(labels, rows.shape[-1])
    else:
        msg = (
            f"target has shape {labels.shape}; give classes of shape {rows.shape[:-1]} "
            f"or probabilities of shape {array.shape}"
        )
        raise ValueError(msg)
    if smoothing:
        y = (1.0 - smoothing) * y + smoothing * y.sum(axis=-1, keepdims=True) / y.shape[-1]
    with np.errstate(all="ignore"):
        return array, Rows.of(rows), y, axis


def _one_hot(labels: npt.NDArray[np.generic], classes: int) -> Array:
    if labels.dtype.kind not in "iu":
        msg = f"target holds class numbers of dtype {labels.dtype}; give integers"
        raise TypeError(msg)
    index = labels.astype(np.int64)
    wrong = (index < 0) | (index >= classes)
    if wrong.any():
        msg = f"target holds class {labels[wrong][0]}; classes run from 0 to {classes - 1}"
        raise ValueError(msg)
    return np.asarray(index[..., None] == np.arange(classes), dtype=np.float64)


def _distribution(target: FloatArray) -> Array:
    y = target.astype(np.float64)
    if not (y >= 0).all():
        msg = f"target holds {float(y[~(y >= 0)][0])!r}; probabilities are not negative"
        raise ValueError(msg)
    sums = y.sum(axis=-1)
    if not (np.abs(sums - 1.0) <= _SUM_TOLERANCE).all():
        worst = float(sums.ravel()[np.argmax(np.abs(sums - 1.0))])
        msg = f"target sums to {worst!r} along the axis; probabilities sum to 1"
        raise ValueError(msg)
    return y


cross_entropy = CrossEntropy()
