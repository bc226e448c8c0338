"""What several models say together: their averages, their divergences, their votes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes._arguments import as_floats
from dlnotes.ambiguous_images._blocks import (
    Block,
    mean_of_models,
    over_blocks,
    predictions_of,
)
from dlnotes.ambiguous_images._boundary import Floats, as_distribution_rows, check_rows

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "apply_temperature",
    "expected_entropy",
    "geometric_mean_prediction",
    "jensen_shannon",
    "kl_divergence",
    "mean_prediction",
    "mutual_information",
    "variation_ratio",
]


def mean_prediction(probabilities: ArrayLike) -> Floats:
    """Average the models' probabilities.

    Parameters
    ----------
    probabilities : array_like, shape (models, images, classes) or (images, classes)
        Each row over the classes is not negative and sums to 1.

    Returns
    -------
    numpy.ndarray, shape (images, classes)
        The mixture of the models, each with the same weight.

    Raises
    ------
    TypeError
        If `probabilities` does not hold real numbers.
    ValueError
        If its shape is wrong or a row is not a probability distribution.

    Examples
    --------
    >>> mean_prediction([[[1.0, 0.0]], [[0.5, 0.5]]])
    array([[0.75, 0.25]])
    """
    classes = predictions_of(probabilities).shape[2]
    return over_blocks(probabilities, lambda block: block.mean, columns=(classes,))


def geometric_mean_prediction(probabilities: ArrayLike) -> Floats:
    """Average the models' logits: the geometric mean of the probabilities, normalised.

    A class to which one model gives probability 0 gets 0, whatever the others say.

    Parameters
    ----------
    probabilities : array_like, shape (models, images, classes) or (images, classes)
        Each row over the classes is not negative and sums to 1.

    Returns
    -------
    numpy.ndarray, shape (images, classes)
        Rows that sum to 1.

    Raises
    ------
    TypeError
        If `probabilities` does not hold real numbers.
    ValueError
        If its shape is wrong, a row is not a probability distribution, or for some image every
        class is excluded by one of the models.

    Notes
    -----
    Logits are logarithms of probabilities up to a constant in each row, which the softmax
    removes; so the average of logits needs the probabilities alone.

    Examples
    --------
    >>> geometric_mean_prediction([[[0.5, 0.5]], [[0.9, 0.1]]])
    array([[0.75, 0.25]])
    """
    classes = predictions_of(probabilities).shape[2]
    done = 0

    def block_mean(block: Block) -> Floats:
        nonlocal done
        with np.errstate(divide="ignore"):
            logs = mean_of_models(np.log(block.rows))
        peak = logs.max(axis=-1, keepdims=True)
        if np.isneginf(peak).any():
            image = done + int(np.argmax(np.isneginf(peak[:, 0])))
            msg = (
                f"probabilities of image {image} leave no class: each class has probability 0 "
                "in one of the models, so their geometric mean is 0 everywhere"
            )
            raise ValueError(msg)
        done += block.rows.shape[1]
        weights = np.exp(logs - peak)
        return np.asarray(weights / weights.sum(axis=-1, keepdims=True))

    return over_blocks(probabilities, block_mean, columns=(classes,))


def apply_temperature(probabilities: ArrayLike, temperature: float) -> Floats:
    """Divide the logits by a temperature: above 1 flattens the rows, below 1 sharpens them.

    Parameters
    ----------
    probabilities : array_like, shape (..., classes)
        Each row over the classes is not negative and sums to 1.
    temperature : float
        Positive and finite; 1 changes nothing.

    Returns
    -------
    numpy.ndarray, the shape of `probabilities`
        The entries to the power 1/temperature, each row normalised to the sum 1.

    Raises
    ------
    TypeError
        If `probabilities` does not hold real numbers.
    ValueError
        If a row is not a probability distribution or `temperature` is not positive.

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural networks",
    ICML 2017, 1321-1330.

    Examples
    --------
    >>> apply_temperature([0.8, 0.2], 0.5).round(4)
    array([0.9412, 0.0588])
    """
    if not (np.isfinite(temperature) and temperature > 0):
        msg = f"temperature must be positive and finite, got temperature={temperature!r}"
        raise ValueError(msg)
    rows = as_distribution_rows(probabilities, "probabilities")
    with np.errstate(divide="ignore", over="ignore"):
        logs = np.log(rows.astype(np.float64))
        weights = np.exp((logs - logs.max(axis=-1, keepdims=True)) / float(temperature))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True), dtype=rows.dtype)


def expected_entropy(probabilities: ArrayLike) -> Floats:
    r"""Mean over the models of each model's own entropy, in nats.

    Parameters
    ----------
    probabilities : array_like, shape (models, images, classes)
        Each row over the classes is not negative and sums to 1; two models or more.

    Returns
    -------
    numpy.ndarray, shape (images,)
        Between 0 and the predictive entropy.

    Raises
    ------
    TypeError
        If `probabilities` does not hold real numbers.
    ValueError
        If there is one model only, or a row is not a probability distribution.

    See Also
    --------
    mutual_information : what the predictive entropy has beyond it.

    Examples
    --------
    >>> expected_entropy([[[1.0, 0.0]], [[0.5, 0.5]]]).round(4)
    array([0.3466])
    """
    return over_blocks(probabilities, lambda block: block.own_entropy, several_models=True)


def mutual_information(probabilities: ArrayLike) -> Floats:
    r"""Entropy of the average less the average of the entropies, in nats (BALD).

    It is the mutual information between the class and the choice of a model at random: what
    one would learn about the class by being told which model is right. It measures the models'
    disagreement.

    Parameters
    ----------
    probabilities : array_like, shape (models, images, classes)
        Each row over the classes is not negative and sums to 1; two models or more.

    Returns
    -------
    numpy.ndarray, shape (images,)
        Between 0 (all models agree) and the lesser of predictive entropy and log(models).

    Raises
    ------
    TypeError
        If `probabilities` does not hold real numbers.
    ValueError
        If there is one model only, or a row is not a probability distribution.

    Notes
    -----
    Two entropies are subtracted in float64; what rounding leaves below 0 is set to 0. Where the
    models nearly agree, `jensen_shannon` has the smaller rounding error.

    References
    ----------
    N. Houlsby, F. Huszár, Z. Ghahramani and M. Lengyel, "Bayesian active learning for
    classification and preference learning", arXiv:1112.5745 (2011).

    Examples
    --------
    >>> mutual_information([[[1.0, 0.0]], [[0.0, 1.0]]]).round(4)
    array([0.6931])
    >>> mutual_information([[[0.5, 0.5]], [[0.5, 0.5]]])
    array([0.])
    """

    def block_information(block: Block) -> NDArray[np.float64]:
        return np.asarray(np.maximum(block.entropy - block.own_entropy, 0.0))

    return over_blocks(probabilities, block_information, several_models=True)


def jensen_shannon(probabilities: ArrayLike, *, weights: ArrayLike | None = None) -> Floats:
    r"""Jensen-Shannon divergence of the models' predictions, in nats.

    The weighted mean of the Kullback-Leibler divergences of each model from the models'
    weighted average. With equal weights it is the mutual information, computed another way.

    Parameters
    ----------
    probabilities : array_like, shape (models, images, classes)
        Each row over the classes is not negative and sums to 1; two models or more.
    weights : array_like, shape (models,), optional
        Weights of the models, not negative, with sum 1; equal by default.

    Returns
    -------
    numpy.ndarray, shape (images,)
        Between 0 (all models agree) and the entropy of the weights, at most log(models).

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If there is one model only, a row is not a probability distribution, or the weights are
        not a distribution over the models.

    References
    ----------
    J. Lin, "Divergence measures based on the Shannon entropy", IEEE Transactions on Information
    Theory 37 (1991), 145-151.

    Examples
    --------
    >>> jensen_shannon([[[1.0, 0.0]], [[0.0, 1.0]]], weights=[0.25, 0.75]).round(4)
    array([0.5623])
    """
    models = predictions_of(probabilities, several_models=True).shape[0]
    if weights is None:
        share = np.full(models, 1.0 / models)
    else:
        share = as_floats(weights, "weights").astype(np.float64)
        if share.shape != (models,):
            msg = f"weights must have shape ({models},), one a model, got {share.shape}"
            raise ValueError(msg)
        check_rows(share[np.newaxis], "weights")

    def block_divergence(block: Block) -> NDArray[np.float64]:
        rows = block.rows.astype(np.float64)
        centre = np.einsum("m,mnk->nk", share, rows)
        per_model = _divergence(rows, centre[np.newaxis])
        # A model of weight 0 may exclude nothing and still be excluded by the others.
        used = share > 0.0
        total = np.zeros(rows.shape[1])
        for weight, value in zip(share[used], per_model[used], strict=True):
            total += weight * value
        return np.maximum(total, 0.0)

    return over_blocks(probabilities, block_divergence, several_models=True)


def kl_divergence(p: ArrayLike, q: ArrayLike) -> Floats:
    r"""Kullback-Leibler divergence of rows, in nats: the sum of p log(p/q).

    Parameters
    ----------
    p, q : array_like, shape (..., classes)
        Rows that are not negative and sum to 1; the shapes broadcast.

    Returns
    -------
    numpy.ndarray, shape (...)
        At least 0; infinite where q excludes a class that p allows.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If a row is not a probability distribution or the shapes do not broadcast.

    References
    ----------
    S. Kullback and R. A. Leibler, "On information and sufficiency", Annals of Mathematical
    Statistics 22 (1951), 79-86.

    Examples
    --------
    >>> kl_divergence([[0.5, 0.5], [0.5, 0.5]], [[0.5, 0.5], [1.0, 0.0]])
    array([ 0., inf])
    """
    rows_p = as_distribution_rows(p, "p")
    rows_q = as_distribution_rows(q, "q")
    if rows_p.shape[-1] != rows_q.shape[-1]:
        msg = f"p and q must have the same classes, got shapes {rows_p.shape}, {rows_q.shape}"
        raise ValueError(msg)
    try:
        np.broadcast_shapes(rows_p.shape, rows_q.shape)
    except ValueError:
        msg = f"p and q must have shapes that broadcast, got {rows_p.shape} and {rows_q.shape}"
        raise ValueError(msg) from None
    value = _divergence(rows_p.astype(np.float64), rows_q.astype(np.float64))
    return np.asarray(value, dtype=np.result_type(rows_p, rows_q))


def _divergence(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[Any]:
    # p log(p/q) - p + q is never negative and has the same sum, so that terms do not cancel.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        terms = np.where(p > 0.0, p * (np.log(p) - np.log(q)), 0.0) - p + q
    return np.asarray(np.maximum(terms, 0.0).sum(axis=-1))


def variation_ratio(probabilities: ArrayLike) -> Floats:
    """Share of the models whose most likely class is not the one with the most votes.

    Parameters
    ----------
    probabilities : array_like, shape (models, images, classes)
        Each row over the classes is not negative and sums to 1; two models or more.

    Returns
    -------
    numpy.ndarray, shape (images,)
        Between 0 (a unanimous vote) and 1 - 1/models (each model names its own class).

    Raises
    ------
    TypeError
        If `probabilities` does not hold real numbers.
    ValueError
        If there is one model only, or a row is not a probability distribution.

    Notes
    -----
    A model with a tie votes for the first of its most likely classes.

    References
    ----------
    L. C. Freeman, Elementary Applied Statistics: For Students in Behavioral Science, Wiley,
    1965.

    Examples
    --------
    >>> variation_ratio([[[0.9, 0.1]], [[0.6, 0.4]], [[0.2, 0.8]]]).round(4)
    array([0.3333])
    """

    def block_ratio(block: Block) -> NDArray[np.float64]:
        votes = block.rows.argmax(axis=-1)
        # Votes that agree with model m, for each m: the largest such count is the mode's.
        agreeing = (votes[:, np.newaxis] == votes[np.newaxis]).sum(axis=0).max(axis=0)
        return np.asarray(1.0 - agreeing / block.rows.shape[0])

    return over_blocks(probabilities, block_ratio, several_models=True)
