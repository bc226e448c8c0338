"""Where other libraries lose digits: their values as recorded, ours, and the true ones.

The values of the peers are data, taken once from the versions named in `VERSIONS`; a test takes
them again wherever the libraries are installed. Ours and the true ones are computed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import mpmath
import sympy as sp

from dlnotes.activations.catalogue import ACTIVATIONS
from dlnotes.activations.pieces import X

__all__ = ["RECORDED", "VERSIONS", "Comparison", "Recorded", "compare_with_peers"]

#: The versions whose values are recorded.
VERSIONS = {"torch": "2.13.0", "jax": "0.10.2", "scipy": "1.17.1"}

_DIGITS = 50


@dataclass(frozen=True)
class Recorded:
    """What the libraries return for one argument, in double precision.

    Parameters
    ----------
    function : str
        The registry's name.
    x : float
        The argument.
    torch, jax, scipy : float or None
        Their values; None where the library does not have the function.
    """

    function: str
    x: float
    torch: float | None = None
    jax: float | None = None
    scipy: float | None = None


@dataclass(frozen=True)
class Comparison:
    """One row of the comparison with other libraries.

    Parameters
    ----------
    function : str
        The registry's name.
    x : float
        The argument.
    ours : float
        What this package returns.
    torch, jax, scipy : float or None
        What they return, as recorded; None where the library does not have the function.
    true : str
        The value to twenty-five digits, computed with more.
    """

    function: str
    x: float
    ours: float
    torch: float | None
    jax: float | None
    scipy: float | None
    true: str

    def ulps(self, library: str) -> float | None:
        """Return the error of a value in units in the last place of the true one.

        Parameters
        ----------
        library : {"ours", "torch", "jax", "scipy"}
            Whose value.

        Returns
        -------
        float or None
            The error; None if there is no value.
        """
        value = getattr(self, library)
        if value is None:
            return None
        with mpmath.workdps(_DIGITS):
            true = mpmath.mpf(self.true)
            return float(abs(mpmath.mpf(value) - true) / math.ulp(float(true)))


#: Arguments at which at least one library is far off.
RECORDED: tuple[Recorded, ...] = (
    Recorded(
        "gelu", -6.0, -5.919525869479969e-09, -5.919525870226166e-09, -5.919525870226167e-09
    ),
    Recorded(
        "gelu", -8.0, -4.884981308350689e-15, -4.976768459417392e-15, -4.976768459417392e-15
    ),
    Recorded("gelu", -10.0, -0.0, -7.619853024160472e-23, -7.61985302416047e-23),
    Recorded("gelu", -37.0, -0.0, -2.1184613523338515e-298, -2.118461352333853e-298),
    Recorded("gelu_tanh", -6.0, -8.43964897967453e-11, -8.439682286365269e-11),
    Recorded("gelu_tanh", -8.0, -0.0, -0.0),
    Recorded("sigmoid", -709.0, 1.216780750623423e-308, 0.0, 1.216780750623423e-308),
    Recorded("sigmoid", -720.0, 0.0, 0.0, 0.0),
    Recorded("silu", -720.0, -0.0, -0.0),
    Recorded("tanhshrink", 1e-08, 0.0),
    Recorded("tanhshrink", 0.0001, 3.333333365189081e-13),
    Recorded("softplus", 20.5, 20.5, 20.500000001250154, 20.500000001250154),
    Recorded("softplus", -720.0, 2.0322308024e-313, 0.0, 2.0322308024e-313),
    Recorded("log_sigmoid", 720.0, -2.03223080237e-313, -0.0, -2.0322308024e-313),
    Recorded("squareplus", -10000.0, jax=9.999999929277692e-05),
    Recorded("squareplus", -100000000.0, jax=7.450580596923828e-09),
)


def compare_with_peers() -> tuple[Comparison, ...]:
    """Put our values, those of other libraries and the true ones side by side.

    Returns
    -------
    tuple of Comparison
        One for each entry of `RECORDED`.

    Examples
    --------
    >>> from dlnotes.activations import compare_with_peers
    >>> max(row.ulps("ours") for row in compare_with_peers()) < 3
    True
    """
    return tuple(_compared(row) for row in RECORDED)


def _compared(row: Recorded) -> Comparison:
    entry = ACTIVATIONS[row.function]
    function = sp.lambdify(X, entry.expression.subs(entry.substitution()), modules="mpmath")
    with mpmath.workdps(_digits(abs(row.x))):
        true = mpmath.nstr(function(mpmath.mpf(row.x)), 25)
    return Comparison(
        row.function, row.x, float(entry(row.x)), row.torch, row.jax, row.scipy, true
    )


def _digits(size: float) -> int:
    """Return digits enough that 1 + e^-size and 1 - erf(size) lose nothing."""
    if size > 1e3:
        return 2 * _DIGITS  # only quotients and roots are asked for so far out
    return 2 * _DIGITS + int(size + (size**2 if size < 41 else 0))
