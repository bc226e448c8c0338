r"""Numbers kept as an unevaluated sum of two, and exponentials that keep their last digits.

An exponential turns an *absolute* error of its argument into a *relative* error of its
value. Near :math:`x=-38` the density :math:`e^{-x^2/2}` is still a normal number, its
exponent is about 722, and half a unit in the last place of that exponent already costs
hundreds of units in the last place of the result. The cure is old: carry the rounding error
of the exponent along as a second number [1]_.

References
----------
.. [1] T. J. Dekker, "A floating-point technique for extending the available precision",
   *Numerische Mathematik* 18, 224-242, 1971.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Array", "half_gaussian", "half_logistic", "two_product", "two_sum"]

#: Kernels compute in double precision, whatever the caller's precision is.
Array = npt.NDArray[np.float64]

_SPLITTER = 2.0**27 + 1.0


def two_sum(a: Any, b: Any) -> tuple[Any, Any]:
    """Add without loss: the rounded sum and what the rounding left out.

    Parameters
    ----------
    a, b : array_like of float
        The summands, finite, far from overflow.

    Returns
    -------
    total, error : numpy.ndarray
        ``total + error`` equals ``a + b`` exactly.

    Examples
    --------
    >>> from dlnotes.activations.precise import two_sum
    >>> two_sum(1.0, 1e-20)
    (1.0, 1e-20)
    """
    total = a + b
    shadow = total - a
    return total, (a - (total - shadow)) + (b - shadow)


def two_product(a: Any, b: Any) -> tuple[Any, Any]:
    """Multiply without loss: the rounded product and what the rounding left out.

    Parameters
    ----------
    a, b : array_like of float
        The factors, finite, far from overflow and underflow.

    Returns
    -------
    product, error : numpy.ndarray
        ``product + error`` equals ``a * b`` exactly.

    Examples
    --------
    >>> from dlnotes.activations.precise import two_product
    >>> two_product(1 + 2.0**-30, 1 + 2.0**-30) == (1 + 2.0**-29, 2.0**-60)
    True
    """
    product = a * b
    a_high = _SPLITTER * a - (_SPLITTER * a - a)
    b_high = _SPLITTER * b - (_SPLITTER * b - b)
    a_low, b_low = a - a_high, b - b_high
    error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return product, error


def half_logistic(x: Array) -> Array:
    r"""Return the square root of :math:`e^{-|x|}`.

    A product :math:`a\,e^{-|x|}` may be an ordinary number although its exponential has
    already lost digits to gradual underflow. Multiplying by the square root twice keeps them.

    Parameters
    ----------
    x : numpy.ndarray
        Any double-precision numbers.

    Returns
    -------
    numpy.ndarray
        :math:`e^{-|x|/2}`.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.precise import half_logistic
    >>> round(float(half_logistic(np.array(-2.0))), 6)
    0.367879
    """
    return np.asarray(np.exp(-0.5 * np.abs(x)))


def half_gaussian(x: Array) -> Array:
    r"""Return the square root of :math:`e^{-x^2/2}`, right to the last digits in the tails.

    The argument is cut into a head of 24 bits, whose square is exact in double precision,
    and a tail: :math:`x^2 = h^2 + (x-h)(x+h)`.

    Parameters
    ----------
    x : numpy.ndarray
        Double-precision numbers, of magnitude below the float32 limit.

    Returns
    -------
    numpy.ndarray
        :math:`e^{-x^2/4}`.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.precise import half_gaussian
    >>> round(float(half_gaussian(np.array(2.0))), 6)
    0.367879
    """
    head = x.astype(np.float32).astype(np.float64)
    return np.asarray(np.exp(-0.25 * head * head) * np.exp(-0.25 * (x - head) * (x + head)))
