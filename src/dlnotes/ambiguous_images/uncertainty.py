"""How unsure is one prediction? Scores of a single vector of probabilities.

Given several models, these scores look at the average of their probabilities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlnotes.ambiguous_images._blocks import Block, over_blocks

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from dlnotes.ambiguous_images._boundary import Floats

__all__ = ["least_confidence", "margin", "predictive_entropy"]


def predictive_entropy(probabilities: ArrayLike) -> Floats:
    r"""Entropy of the prediction, in nats: how far it is from a single class.

    With the models' average :math:`\bar p` this is :math:`-\sum_k \bar p_k \log \bar p_k`,
    where :math:`0 \log 0 = 0`.

    Parameters
    ----------
    probabilities : array_like, shape (models, images, classes) or (images, classes)
        Each row over the classes is not negative and sums to 1.

    Returns
    -------
    numpy.ndarray, shape (images,)
        Between 0 (one class is certain) and log(classes) (all are equally likely).

    Raises
    ------
    TypeError
        If `probabilities` does not hold real numbers.
    ValueError
        If its shape is wrong or a row is not a probability distribution.

    Notes
    -----
    float32 stays float32; the sum over the classes runs in float64.

    References
    ----------
    C. E. Shannon, "A mathematical theory of communication", Bell System Technical Journal 27
    (1948), 379-423.

    Examples
    --------
    >>> predictive_entropy([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]]).round(4)
    array([0.    , 0.6931])
    """
    return over_blocks(probabilities, lambda block: block.entropy)


def least_confidence(probabilities: ArrayLike) -> Floats:
    """One minus the probability of the most likely class.

    Parameters
    ----------
    probabilities : array_like, shape (models, images, classes) or (images, classes)
        Each row over the classes is not negative and sums to 1.

    Returns
    -------
    numpy.ndarray, shape (images,)
        Between 0 (certain) and 1 - 1/classes (all classes equally likely).

    Raises
    ------
    TypeError
        If `probabilities` does not hold real numbers.
    ValueError
        If its shape is wrong or a row is not a probability distribution.

    References
    ----------
    D. D. Lewis and W. A. Gale, "A sequential algorithm for training text classifiers",
    SIGIR '94 (1994), 3-12.

    Examples
    --------
    >>> least_confidence([[0.75, 0.25, 0.0], [0.5, 0.25, 0.25]])
    array([0.25, 0.5 ])
    """
    return over_blocks(probabilities, lambda block: 1.0 - block.top_two[1][0])


def margin(probabilities: ArrayLike) -> Floats:
    """Probability of the most likely class less that of the runner-up; small is ambiguous.

    Parameters
    ----------
    probabilities : array_like, shape (models, images, classes) or (images, classes)
        Each row over the classes is not negative and sums to 1.

    Returns
    -------
    numpy.ndarray, shape (images,)
        Between 0 (a tie) and 1 (certain).

    Raises
    ------
    TypeError
        If `probabilities` does not hold real numbers.
    ValueError
        If its shape is wrong or a row is not a probability distribution.

    See Also
    --------
    dlnotes.ambiguous_images.top_pair_confusion : the product of the two instead.

    Examples
    --------
    >>> margin([[0.5, 0.5, 0.0], [0.75, 0.25, 0.0]])
    array([0. , 0.5])
    """

    def block_margin(block: Block) -> Floats:
        first, second = block.top_two[1]
        return first - second

    return over_blocks(probabilities, block_margin)
