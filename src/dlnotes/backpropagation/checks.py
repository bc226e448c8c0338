"""Derivatives estimated from values alone, to hold a gradient against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from dlnotes._arguments import as_floats

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

__all__ = ["GradientCheck", "finite_difference", "gradient_check"]

Scheme = Literal["forward", "central", "complex"]

# Steps that balance truncation and round-off, as powers of the machine precision; see the
# chapter for the derivation. The complex step has no round-off to balance.
_POWERS = {"forward": 1 / 2, "central": 1 / 3}
_COMPLEX_STEP = 1e-20
_TOLERANCES = {"forward": 1 / 3, "central": 2 / 5, "complex": 4 / 5}


def _scalar(value: object) -> Any:
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in "iubfc":
        msg = f"f(x) must be one number, got {value!r}"
        raise ValueError(msg)
    return array.reshape(())[()]


def finite_difference(
    f: Callable[[Any], Any],
    x: ArrayLike,
    /,
    *,
    step: float | None = None,
    scheme: Scheme = "central",
) -> NDArray[Any]:
    """Estimate the gradient of a scalar function from its values.

    Parameters
    ----------
    f : callable
        Takes an array of the shape of `x` and returns one number.
    x : array_like
        The point, of any shape. float32 is kept, integers become float64.
    step : float, optional
        Size of the step, the same for every component. By default the machine precision to the
        power 1/2 (forward) or 1/3 (central), times the magnitude of the component where that is
        greater than 1; for the complex step ``1e-20``.
    scheme : {"central", "forward", "complex"}, optional
        ``(f(x + h) - f(x - h)) / 2h``, ``(f(x + h) - f(x)) / h`` or ``Im f(x + ih) / h``.

    Returns
    -------
    ndarray
        The estimate, of the shape and dtype of `x`.

    Raises
    ------
    TypeError
        If `x` is not real, or if `f` cannot work with complex numbers and has to.
    ValueError
        If `step` is not positive, `scheme` is unknown, or `f` does not return one number.

    Notes
    -----
    The error of the forward difference is of order h, that of the central difference and of the
    complex step of order h². The first two subtract nearly equal numbers, the complex step does
    not, so that its step can be as small as one likes. It needs `f` to be analytic: ``abs``,
    ``max`` and conjugation break it silently.

    References
    ----------
    .. [1] W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real
       functions", SIAM Review 40(1), 1998, pp. 110-112.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.backpropagation import finite_difference
    >>> finite_difference(lambda x: np.exp(x[0]) * x[1], [0.0, 3.0], scheme="complex")
    array([3., 1.])
    """
    if scheme not in ("forward", "central", "complex"):
        msg = f'scheme must be "central", "forward" or "complex", got {scheme!r}'
        raise ValueError(msg)
    if step is not None and not step > 0:
        msg = f"step must be positive, got {step!r}"
        raise ValueError(msg)
    point = as_floats(x, "x")
    estimate = np.empty_like(point)
    if scheme == "complex":
        h = _COMPLEX_STEP if step is None else step
        for index in np.ndindex(point.shape):
            moved = point.astype(np.result_type(point.dtype, np.complex64))
            moved[index] += 1j * h
            value = _scalar(f(moved))
            if not np.iscomplexobj(value):
                msg = f"f must carry complex numbers through; at a complex x it gave {value!r}"
                raise TypeError(msg)
            estimate[index] = value.imag / h
        return estimate
    start = _scalar(f(point)) if scheme == "forward" else None
    for index in np.ndindex(point.shape):
        h = step if step is not None else _default_step(point[index], scheme)
        right, left = point.copy(), point.copy()
        right[index] += h
        if start is not None:
            rise, run = _scalar(f(right)) - start, right[index] - point[index]
        else:
            left[index] -= h
            rise, run = _scalar(f(right)) - _scalar(f(left)), right[index] - left[index]
        # Divide by the step that was really taken, rounding included. Where the step is lost
        # altogether nothing was measured.
        estimate[index] = rise / run if run > 0 else np.nan
    return estimate


def _default_step(component: Any, scheme: str) -> float:
    precision = float(np.finfo(component.dtype).eps)
    return float(precision ** _POWERS[scheme] * max(1.0, abs(float(component))))


@dataclass(frozen=True)
class GradientCheck:
    """The outcome of `gradient_check`.

    Attributes
    ----------
    gradient : ndarray
        The gradient that was put to the test.
    estimate : ndarray
        What the values of the function say.
    error : float
        Greatest difference of the two, relative to the estimate's magnitude where that is
        greater than 1.
    worst : tuple of int
        Index of the component with that error.
    tolerance : float
        The greatest error that passes.
    passed : bool
        Whether it passed.
    """

    gradient: NDArray[Any]
    estimate: NDArray[Any]
    error: float
    worst: tuple[int, ...]
    tolerance: float

    @property
    def passed(self) -> bool:
        """Whether every component agrees within the tolerance; false if one is NaN."""
        return self.error <= self.tolerance

    def __str__(self) -> str:
        """Say the outcome in one line."""
        where = f"component {self.worst}"
        if self.passed:
            return f"agrees: greatest error {self.error:.1e} at {where}"
        return (
            f"differs at {where}: gradient {self.gradient[self.worst]:.6g}, "
            f"estimate {self.estimate[self.worst]:.6g}"
        )


def gradient_check(
    f: Callable[[Any], Any],
    gradient: Callable[[Any], ArrayLike] | ArrayLike,
    x: ArrayLike,
    /,
    *,
    scheme: Scheme = "central",
    step: float | None = None,
    tolerance: float | None = None,
) -> GradientCheck:
    """Hold a gradient against the values of its function.

    Parameters
    ----------
    f : callable
        Takes an array of the shape of `x` and returns one number.
    gradient : callable or array_like
        The gradient as a function of `x`, or its value at `x`.
    x : array_like
        The point, of any shape.
    scheme : {"central", "forward", "complex"}, optional
        As in `finite_difference`.
    step : float, optional
        As in `finite_difference`.
    tolerance : float, optional
        Greatest error that passes, relative for components above 1. By default the machine
        precision to the power 2/5 (central), 1/3 (forward) or 4/5 (complex): in double
        precision 5e-7, 6e-6 and 3e-13. That leaves room for large higher derivatives.

    Returns
    -------
    GradientCheck
        With both gradients and the component where they differ most.

    Raises
    ------
    TypeError, ValueError
        As in `finite_difference`; also if the gradient has another shape than `x`, or if there
        is nothing to check.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.backpropagation import gradient_check
    >>> print(gradient_check(lambda x: np.sum(x**3), lambda x: 3 * x, [1.0, 3.0]))
    differs at component (1,): gradient 9, estimate 27
    """
    point = as_floats(x, "x")
    if point.size == 0:
        msg = f"x must have at least one component, got shape {point.shape}"
        raise ValueError(msg)
    given = gradient(point) if callable(gradient) else gradient
    claimed = as_floats(given, "gradient")
    if claimed.shape != point.shape:
        msg = f"gradient must have the shape of x, {point.shape}, got {claimed.shape}"
        raise ValueError(msg)
    estimate = finite_difference(f, point, step=step, scheme=scheme)
    if tolerance is None:
        tolerance = float(np.finfo(point.dtype).eps ** _TOLERANCES[scheme])
    errors = np.abs(claimed - estimate) / np.maximum(1.0, np.abs(estimate))
    position = np.unravel_index(int(np.argmax(errors)), errors.shape)
    worst = tuple(int(k) for k in position)
    return GradientCheck(claimed, estimate, float(errors[worst]), worst, tolerance)
