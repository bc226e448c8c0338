r"""Functions in one walk over an array: those of NumPy, or where numba is installed, our own.

A formula of five operations is five walks through memory in NumPy, and nearly all of the time
of a smooth function is its exponential, of which NumPy, on processors without the widest vector
instructions, computes one double after the other. A compiler puts the operations into one walk
and takes four or more numbers at a time, if the formula has no branches. So is the exponential
written here: with the integer :math:`n` nearest to :math:`x/\ln 2` and
:math:`r = x - n\ln 2`, which is at most :math:`(\ln 2)/2` in size, :math:`e^x` is
:math:`2^n e^r`.

The logarithm of 2 is written as a sum of two numbers, the first of so few digits that its
product with :math:`n` is exact [1]_. Of :math:`e^r` so many terms of Taylor's series are taken
that the rest is below a tenth of a unit in the last place. For :math:`2^n`, each half of
:math:`n` is written into the exponent of a number: so neither overflows, and a result below the
normal numbers is rounded once, by the last product. From :math:`e^r - 1`, which the series
gives without cancellation, come :math:`e^x - 1 = 2^n (e^r - 1) + (2^n - 1)` and, with
:math:`t = e^{-2|x|} - 1`, the hyperbolic tangent :math:`\pm t/(t + 2)`.

References
----------
.. [1] W. J. Cody and W. Waite, *Software Manual for the Elementary Functions*, Prentice-Hall,
   1980, chapter 6.
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import mpmath
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlnotes.activations.precise import Array

__all__ = [
    "LONG",
    "compiled",
    "exp",
    "expm1_of_negative",
    "formulas",
    "hard_swish",
    "logistic",
    "one_plus_exp_of_minus",
    "tanh",
]

#: The length from which on numba is asked, since importing it and compiling take a second or
#: two, once in a process. A block that is one of several is longer.
LONG = 8192


class _Choice(NamedTuple):
    """What the precision decides."""

    integer: type[np.signedinteger[Any]]  # as wide as the numbers
    digits: int  # after the point, of the first part of log 2
    terms: int  # of Taylor's series
    low: float  # here and further left the exponential is 0
    high: float  # here and further right it is infinite


_CHOICES = {
    np.dtype(np.float64): _Choice(np.int64, 32, 14, -746.0, 710.0),
    np.dtype(np.float32): _Choice(np.int32, 12, 8, -105.0, 89.0),
}

_MINUS_ONE = -60.0  # here and further left e^x - 1 is -1


def _compiled_if_long(plain: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Leave short arrays, and all where numba is missing, to a function written for NumPy."""

    @functools.wraps(plain)
    def function(x: Array) -> Array:
        ours = compiled(plain.__name__, x.dtype) if x.size >= LONG else None
        return np.asarray((plain if ours is None else ours)(x))

    return function


@_compiled_if_long
def exp(x: Array) -> Array:
    """Return e^x in a new array.

    Parameters
    ----------
    x : numpy.ndarray
        Any numbers, in single or double precision.

    Returns
    -------
    numpy.ndarray
        The exponentials, in the precision of `x`, to one unit in the last place; from NumPy, in
        single precision, to 2.5.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.walks import exp
    >>> exp(np.array([-np.inf, 0.0]))
    array([0., 1.])
    """
    return np.exp(x)


@_compiled_if_long
def expm1_of_negative(x: Array) -> Array:
    """Return e^x - 1 for numbers that are not positive, in a new array.

    Parameters
    ----------
    x : numpy.ndarray
        Numbers from minus infinity to 0, in single or double precision.

    Returns
    -------
    numpy.ndarray
        The values, to two units in the last place. Without numba they come in single precision
        from the hyperbolic tangent of x/2, which NumPy computes several times faster; nothing
        cancels for x below 0.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.walks import expm1_of_negative
    >>> expm1_of_negative(np.array([-np.inf, 0.0]))
    array([-1.,  0.])
    """
    if x.dtype == np.float64:
        return np.expm1(x)
    t = np.tanh(0.5 * x)
    return np.asarray((t + t) / (1.0 - t))


@_compiled_if_long
def one_plus_exp_of_minus(x: Array) -> Array:
    """Return 1 + e^-x in a new array: what a logistic function divides by.

    Parameters
    ----------
    x : numpy.ndarray
        Any numbers, in single or double precision.

    Returns
    -------
    numpy.ndarray
        The values, to two units in the last place; from NumPy, in single precision, to 3.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.walks import one_plus_exp_of_minus
    >>> one_plus_exp_of_minus(np.array([0.0, np.inf]))
    array([2., 1.])
    """
    # no temporary array: on a block that just fits into the cache a second one costs as much
    # as two of these operations
    out = np.negative(x)
    np.exp(out, out=out)
    out += 1.0
    return out


@_compiled_if_long
def logistic(x: Array) -> Array:
    """Return 1 / (1 + e^-x) in a new array, where e^-x does not overflow.

    Parameters
    ----------
    x : numpy.ndarray
        Any numbers, in single or double precision.

    Returns
    -------
    numpy.ndarray
        The values, to three units in the last place, from NumPy in single precision to four; 0
        where e^-x overflows.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.walks import logistic
    >>> logistic(np.array([0.0, np.inf]))
    array([0.5, 1. ])
    """
    out = one_plus_exp_of_minus(x)
    np.divide(1.0, out, out=out)
    return out


@_compiled_if_long
def tanh(x: Array) -> Array:
    """Return the hyperbolic tangent in a new array.

    Parameters
    ----------
    x : numpy.ndarray
        Any numbers, in single or double precision.

    Returns
    -------
    numpy.ndarray
        The values, to three units in the last place.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.walks import tanh
    >>> tanh(np.array([-np.inf, 0.0]))
    array([-1.,  0.])
    """
    return np.tanh(x)


@_compiled_if_long
def hard_swish(x: Array) -> Array:
    """Return x clip(x + 3, 0, 6) / 6 in a new array.

    Parameters
    ----------
    x : numpy.ndarray
        Any numbers, in single or double precision.

    Returns
    -------
    numpy.ndarray
        The values, to two units in the last place.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.walks import hard_swish
    >>> hard_swish(np.array([1.5, 4.0]))
    array([1.125, 4.   ])
    """
    # in single precision clip takes half the time of a maximum with a number
    out = np.clip(x, -3.0, 3.0)
    out += 3.0
    out /= 6.0
    out *= np.clip(x, -3.0, np.inf)
    return out


@functools.cache
def compiled(name: str, dtype: np.dtype[Any]) -> Callable[[Array], Array] | None:
    """Return a compiled function.

    Parameters
    ----------
    name : str
        That of a function of this module that takes an array: ``exp`` and the others.
    dtype : numpy.dtype
        Single or double precision.

    Returns
    -------
    callable or None
        What takes an array and returns a new one; nothing where numba is not installed. The
        extra ``numba`` of dlnotes installs it.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.walks import compiled
    >>> ours = compiled("exp", np.dtype(np.float64))
    >>> ours is None or float(ours(np.zeros(1))[0]) == 1.0
    True
    """
    try:
        import numba
    except ImportError:
        return None
    # "contract" lets a product and a sum be rounded once. An array that is its own result would
    # be walked through one number at a time, so nothing is written in place.
    rules: Any = {"fastmath": {"contract"}}
    njit: Any = functools.partial(numba.njit, **rules)
    vectorize: Any = numba.vectorize
    formula = formulas(dtype, njit)[name]
    ufunc: Callable[[Array], Array] = vectorize([f"{dtype.name}({dtype.name})"], **rules)(
        formula
    )
    return ufunc


def formulas(
    dtype: np.dtype[Any], jit: Callable[[Any], Any] = lambda function: function
) -> dict[str, Callable[[Any], Any]]:
    """Return what is compiled: functions of one number, in operations that numba knows.

    Parameters
    ----------
    dtype : numpy.dtype
        Single or double precision.
    jit : callable, optional
        Applied to what several of them share.

    Returns
    -------
    dict of callable
        By name; each takes a NumPy scalar of that precision and returns another.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.walks import formulas
    >>> one = np.float64(1.0)
    >>> round(float(formulas(one.dtype)["exp"](one)), 12)
    2.718281828459
    """
    choice, real, info = _CHOICES[dtype], dtype.type, np.finfo(dtype)
    integer, low, high, lowest = choice.integer, *map(real, (*choice[3:], _MINUS_ONE))
    with mpmath.workdps(40):
        log2 = mpmath.log(2)
        head = real(mpmath.nint(log2 * 2**choice.digits) / 2**choice.digits)
        tail = real(log2 - float(head))
        per_log2 = real(1 / log2)
    coefficients = tuple(real(1 / math.factorial(k)) for k in reversed(range(2, choice.terms)))
    half, one, two, three, six = map(real, (0.5, 1.0, 2.0, 3.0, 6.0))
    # A number of this size has its last digit at 1: adding it rounds, and leaves the integer in
    # the last bits, from where a shift takes it to the exponent.
    large = real(1.5 * 2.0**info.nmant)
    biased, place = real(float(large) + info.maxexp - 1), integer(info.nmant)

    @jit
    def reduced(x: Any) -> Any:
        """Return n and e^r - 1."""
        n = (x * per_log2 + large) - large
        near = x - n * head  # exact
        r = near - n * tail
        rest = (near - r) - n * tail  # what the rounding of r left out
        series = coefficients[0]
        for coefficient in coefficients[1:]:
            series = series * r + coefficient
        return n, r + (r * r * series + rest)

    @jit
    def power(n: Any) -> Any:
        """Return 2^n."""
        return integer(real(n + biased).view(integer) << place).view(real)

    # "low if x < low else x" leaves NaN as it is

    @jit
    def exponential(x: Any) -> Any:
        x = low if x < low else x
        n, rise = reduced(high if x > high else x)
        first = (n * half + large) - large
        return (one + rise) * power(first) * power(n - first)

    @jit
    def less_one(x: Any) -> Any:
        n, rise = reduced(lowest if x < lowest else x)
        whole = power(n)
        return whole * rise + (whole - one)

    @jit
    def denominator(x: Any) -> Any:
        return one + exponential(-x)

    def share(x: Any) -> Any:
        return one / denominator(x)

    def tangent(x: Any) -> Any:
        t = less_one(-two * abs(x))
        return math.copysign(t / (t + two), x)

    def ramped(x: Any) -> Any:
        x = -three if x < -three else x
        height = x + three
        return x * ((six if height > six else height) / six)

    return {
        "exp": exponential,
        "expm1_of_negative": less_one,
        "hard_swish": ramped,
        "logistic": share,
        "one_plus_exp_of_minus": denominator,
        "tanh": tangent,
    }
