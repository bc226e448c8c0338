r"""Numbers kept as an unevaluated sum of two, and exponentials that keep their last digits.

An exponential turns an *absolute* error of its argument into a *relative* error of its
value. Near :math:`x=-38` the density :math:`e^{-x^2/2}` is still a normal number, its
exponent is about 722, and half a unit in the last place of that exponent already costs
hundreds of units in the last place of the result. The cure is old: carry the rounding error
of the exponent along as a second number [1]_. Single precision has it easier: there the exact
product of two numbers fits into double precision.

References
----------
.. [1] T. J. Dekker, "A floating-point technique for extending the available precision",
   *Numerische Mathematik* 18, 224-242, 1971.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes._arguments import FloatArray as Array
from dlnotes.activations.walks import exp

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

__all__ = [
    "Array",
    "capped",
    "divided",
    "half_gaussian",
    "half_logistic",
    "halves",
    "log1p_of_share",
    "patch",
    "patch_below",
    "scaled",
    "two_product",
    "two_sum",
]

_SPLITTER = 2.0**27 + 1.0


def two_sum(a: Any, b: Any) -> tuple[Any, Any]:
    """Add without loss: the rounded sum and what the rounding left out.

    Parameters
    ----------
    a, b : array_like of float
        The summands, finite, far from overflow, of one precision.

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
        The factors, in double precision, finite, far from overflow and underflow.

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


def halves(wide: npt.NDArray[np.float64], dtype: npt.DTypeLike) -> tuple[Array, Array]:
    """Split double-precision numbers into two of lower precision.

    Parameters
    ----------
    wide : numpy.ndarray
        Double-precision numbers.
    dtype : dtype
        The precision of the parts.

    Returns
    -------
    head, tail : numpy.ndarray
        The nearest numbers of that precision, and what is missing.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.precise import halves
    >>> head, tail = halves(np.array([0.1]), np.float32)
    >>> abs(float(head[0]) + float(tail[0]) - 0.1) < 1e-16
    True
    """
    head = wide.astype(dtype)
    return head, (wide - head).astype(dtype)


def scaled(x: Array, factor: float) -> tuple[Array, Array | float]:
    """Multiply by a number and keep the rounding error.

    Parameters
    ----------
    x : numpy.ndarray
        Finite numbers of moderate size.
    factor : float
        What to multiply with.

    Returns
    -------
    product, error : numpy.ndarray
        In the precision of `x`; the error is the number 0.0 for a factor of 1.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.precise import scaled
    >>> product, error = scaled(np.array([3.0]), 0.1)
    >>> bool(error[0] != 0)
    True
    """
    if factor == 1.0:
        return x, 0.0
    if x.dtype == np.float64:
        product, error = two_product(x, factor)
        return product, error
    return halves(x.astype(np.float64) * factor, x.dtype)


def divided(x: Array, divisor: float) -> tuple[Array, Array | float]:
    """Divide by a number and keep the rounding error.

    Parameters
    ----------
    x : numpy.ndarray
        Finite numbers of moderate size.
    divisor : float
        What to divide by; not 0.

    Returns
    -------
    quotient, error : numpy.ndarray
        In the precision of `x`; the error is the number 0.0 for a divisor of 1.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.precise import divided
    >>> quotient, error = divided(np.array([1.0]), 3.0)
    >>> bool(abs(error[0] * 3 - (1 - 3 * quotient[0])) < 1e-16)
    True
    """
    if divisor == 1.0:
        return x, 0.0
    if x.dtype != np.float64:
        return halves(x.astype(np.float64) / divisor, x.dtype)
    quotient = x / divisor
    product, error = two_product(quotient, divisor)
    return quotient, ((x - product) - error) / divisor


def half_logistic(x: Array, low: Array | float = 0.0) -> Array:
    r"""Return the square root of :math:`e^{-|x|}`.

    A product :math:`a\,e^{-|x|}` may be an ordinary number although its exponential has
    already lost digits to gradual underflow. Multiplying by the square root twice keeps them.

    Parameters
    ----------
    x : numpy.ndarray
        Any numbers.
    low : numpy.ndarray or float, default: 0.0
        What is to be added to `x`, small against it.

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
    half = exp(-0.5 * np.abs(x))
    if isinstance(low, float):
        return np.asarray(half)
    return np.asarray(half * (1.0 - 0.5 * np.sign(x) * low))


def log1p_of_share(e: Array) -> Array:
    """Return log(1 + e) for numbers between 0 and 1, from the logarithm of NumPy.

    The rounding of 1 + e is made good by its first-order effect, which is all that there is of
    it. NumPy's own log1p takes several times as long.

    Parameters
    ----------
    e : numpy.ndarray
        Numbers between 0 and 1.

    Returns
    -------
    numpy.ndarray
        The logarithms.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.precise import log1p_of_share
    >>> log1p_of_share(np.array([1e-20]))
    array([1.e-20])
    """
    total = 1.0 + e
    missing = e - (total - 1.0)
    return np.asarray(np.log(total) + missing / total)


def half_gaussian(x: Array) -> Array:
    r"""Return the square root of :math:`e^{-x^2/2}`, right to the last digits in the tails.

    In double precision the argument is cut into a head of 24 bits, whose square is exact, and
    a tail: :math:`x^2 = h^2 + (x-h)(x+h)`. What the tail contributes is so small that three
    terms of its exponential series say everything. In single precision the square is exact
    in double precision.

    Parameters
    ----------
    x : numpy.ndarray
        Numbers of magnitude below 100.

    Returns
    -------
    numpy.ndarray
        :math:`e^{-x^2/4}`.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.precise import half_gaussian
    >>> round(float(half_gaussian(np.array([2.0]))[0]), 6)
    0.367879
    """
    if x.dtype == np.float64:
        head = x.astype(np.float32).astype(np.float64)
        square: Array = 0.25 * head * head
        rest: Array = 0.25 * (x - head) * (x + head)
    else:
        wide = x.astype(np.float64)
        square, rest = halves(0.25 * wide * wide, x.dtype)
    correction = 1.0 - rest * (1.0 - rest * (0.5 - rest / 6.0))
    return np.asarray(exp(-square) * correction)


def capped(x: Array, most: float) -> Array:
    """Bound numbers from above, at the price of a search for the largest where none exceeds it.

    Parameters
    ----------
    x : numpy.ndarray
        Numbers, at least one.
    most : float
        The bound.

    Returns
    -------
    numpy.ndarray
        The smaller of each number and the bound: `x` itself where that changes nothing.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.precise import capped
    >>> capped(np.array([1.0, 9.0, np.nan]), 4.0)
    array([ 1.,  4., nan])
    """
    return x if x.max() <= most else np.minimum(x, most)  # a NaN among them takes the long way


def patch(
    out: Array, where: npt.NDArray[np.bool_], kernel: Callable[..., Array], x: Array
) -> Array:
    """Compute a few entries again by a slower and more careful way.

    Parameters
    ----------
    out : numpy.ndarray
        Values, one-dimensional, changed in place.
    where : numpy.ndarray of bool
        The entries in question, usually none.
    kernel : callable
        The careful way; called with the arguments in question only.
    x : numpy.ndarray
        All arguments.

    Returns
    -------
    numpy.ndarray
        `out`.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.precise import patch
    >>> x = np.array([1.0, 4.0])
    >>> patch(x / 2, x > 2, np.sqrt, x)
    array([0.5, 2. ])
    """
    few = np.flatnonzero(where)
    if few.size:
        out[few] = kernel(x[few])
    return out


def patch_below(out: Array, limit: float, kernel: Callable[..., Array], x: Array) -> Array:
    """Compute the entries again whose arguments lie to the left of a limit.

    Parameters
    ----------
    out : numpy.ndarray
        Values, one-dimensional, changed in place.
    limit : float
        The limit; usually no argument is smaller.
    kernel : callable
        The careful way; called with the arguments in question only.
    x : numpy.ndarray
        All arguments, at least one.

    Returns
    -------
    numpy.ndarray
        `out`.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.precise import patch_below
    >>> x = np.array([-4.0, 4.0])
    >>> patch_below(x / 2, 0.0, np.abs, x)
    array([4., 2.])
    """
    return out if x.min() >= limit else patch(out, x < limit, kernel, x)
