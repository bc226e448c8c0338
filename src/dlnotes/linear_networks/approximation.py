"""What one hidden layer can approximate, and how fast the error falls with its width."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from dlnotes._arguments import (
    FloatArray,
    as_floats,
    as_integer,
    as_real,
    require_finite,
)
from dlnotes.linear_networks.affine import Affine, ReluNetwork

__all__ = [
    "interpolation_error",
    "lipschitz_error_bound",
    "piecewise_linear_interpolant",
    "random_feature_error",
    "smooth_error_bound",
]

Function: TypeAlias = Callable[[FloatArray], ArrayLike]


def _require_callable(name: str, value: object) -> None:
    if not callable(value):
        msg = f"{name} must be a function of an array, got {value!r}"
        raise TypeError(msg)


def _evaluate(f: Function, points: FloatArray) -> FloatArray:
    _require_callable("f", f)
    values = as_floats(f(points), "f(points)")
    if values.shape != points.shape:
        msg = f"f must give one value a point, got shape {values.shape} for {points.shape}"
        raise ValueError(msg)
    require_finite(values, "f(points)")
    return values


def _as_knots(knots: ArrayLike) -> FloatArray:
    points = as_floats(knots, "knots", ndim=1)
    require_finite(points, "knots")
    if len(points) < 2 or not np.all(np.diff(points) > 0):
        msg = f"knots must be at least two increasing numbers, got {knots!r}"
        raise ValueError(msg)
    return points


def piecewise_linear_interpolant(f: Function, knots: ArrayLike) -> ReluNetwork:
    r"""Return the network with one rectified unit a piece that joins values by lines.

    Parameters
    ----------
    f : callable
        The function of one variable to interpolate; takes and returns an array.
    knots : array_like, shape (n + 1,)
        Increasing points :math:`t_0 < t_1 < \ldots < t_n`.

    Returns
    -------
    ReluNetwork
        Of widths ``(1, n, 1)``:
        :math:`g(x) = f(t_0) + \sum_{k=0}^{n-1} c_k \max(0, x - t_k)` with the changes of
        slope :math:`c_k = m_k - m_{k-1}`, where :math:`m_k` is the slope of piece :math:`k`
        and :math:`m_{-1} = 0`.

    Raises
    ------
    TypeError
        If `f` cannot be called.
    ValueError
        If `knots` do not increase, or `f` is not finite on them.

    See Also
    --------
    lipschitz_error_bound, smooth_error_bound : how far from `f` it can be.

    Notes
    -----
    On :math:`[t_0, t_n]` this is the interpolant. To the left it is constant, to the
    right it continues with the last slope.

    Examples
    --------
    >>> network = piecewise_linear_interpolant(np.abs, [-1.0, 0.0, 2.0])
    >>> network.layers[1].weight
    array([[-1.,  2.]])
    >>> network([[-1.0], [-0.25], [1.5]])[:, 0]
    array([1.  , 0.25, 1.5 ])
    """
    points = _as_knots(knots)
    values = _evaluate(f, points)
    slopes = np.diff(values) / np.diff(points)
    changes = np.diff(slopes, prepend=slopes.dtype.type(0))
    hidden = Affine(np.ones((len(changes), 1), dtype=points.dtype), -points[:-1])
    return ReluNetwork([hidden, Affine(changes[None, :], values[:1])])


def lipschitz_error_bound(lipschitz: float, spacing: float) -> float:
    r"""Bound the error of interpolating a Lipschitz function by lines.

    Parameters
    ----------
    lipschitz : float
        A number :math:`L \ge 0` with :math:`|f(x) - f(y)| \le L |x - y|`.
    spacing : float
        The length :math:`h > 0` of the longest piece.

    Returns
    -------
    float
        :math:`L h / 2`. Attained by :math:`L |x|` on a piece with centre zero.

    Examples
    --------
    >>> lipschitz_error_bound(1.0, 0.5)
    0.25
    """
    return _bound("lipschitz", lipschitz) * as_real(spacing, "spacing", above=0) / 2


def smooth_error_bound(curvature: float, spacing: float) -> float:
    r"""Bound the error of interpolating a twice differentiable function by lines.

    Parameters
    ----------
    curvature : float
        A number :math:`M \ge 0` with :math:`|f''(x)| \le M`.
    spacing : float
        The length :math:`h > 0` of the longest piece.

    Returns
    -------
    float
        :math:`M h^2 / 8`. Attained by :math:`M x^2 / 2`.

    Examples
    --------
    >>> smooth_error_bound(2.0, 0.5)
    0.0625
    """
    return _bound("curvature", curvature) * as_real(spacing, "spacing", above=0) ** 2 / 8


def _bound(name: str, value: float) -> float:
    number = as_real(value, name)
    if number < 0:
        msg = f"{name} must not be negative, got {value!r}"
        raise ValueError(msg)
    return number


def interpolation_error(f: Function, knots: ArrayLike, *, samples: int = 64) -> float:
    """Measure the largest error of the interpolant on a fine grid.

    Parameters
    ----------
    f : callable
        The function of one variable; takes and returns an array.
    knots : array_like, shape (n + 1,)
        Increasing points.
    samples : int, default 64
        Into how many equal parts each piece is cut; even numbers include its middle.

    Returns
    -------
    float
        The largest error at the points of the grid, hence a lower bound of the largest
        error on the whole interval.

    Examples
    --------
    >>> interpolation_error(np.square, [0.0, 1.0, 2.0])
    0.25
    """
    points = _as_knots(knots)
    parts = as_integer(samples, "samples", least=1)
    fractions = np.arange(parts + 1) / parts
    grid = (points[:-1, None] + np.diff(points)[:, None] * fractions).ravel()
    network = piecewise_linear_interpolant(f, points)
    return float(np.max(np.abs(_evaluate(f, grid) - network(grid[:, None])[:, 0])))


def random_feature_error(
    activation: Function,
    f: Function,
    width: int,
    *,
    interval: tuple[float, float] = (-1.0, 1.0),
    scale: float = 4.0,
    samples: int = 2001,
    seed: int = 0,
) -> float:
    r"""Fit the output layer of a network with random hidden units; return its worst error.

    Parameters
    ----------
    activation : callable
        The activation; takes and returns an array.
    f : callable
        The function of one variable to fit.
    width : int
        The number of hidden units.
    interval : tuple of float, default (-1, 1)
        Where to fit.
    scale : float, default 4
        Standard deviation of the hidden weights; the kinks or centres
        :math:`-b_k / w_k` are spread evenly over the interval.
    samples : int, default 2001
        The number of equidistant points that are fitted.
    seed : int, default 0
        Seed of the hidden weights.

    Returns
    -------
    float
        The largest error on the points, after the output weights were fitted by least
        squares. No network of this width that is best on the points does worse on them.

    Examples
    --------
    >>> random_feature_error(np.square, np.square, 3) < 1e-12
    True
    """
    _require_callable("activation", activation)
    units = as_integer(width, "width", least=1)
    left, right = (as_real(end, f"interval[{i}]") for i, end in enumerate(interval))
    if not left < right:
        msg = f"interval must increase, got {interval!r}"
        raise ValueError(msg)
    spread = as_real(scale, "scale", above=0)
    x = np.linspace(left, right, as_integer(samples, "samples", least=1))
    rng = np.random.default_rng(seed)
    slopes = spread * rng.standard_normal(units)
    centres = left + (right - left) * (np.arange(units) + rng.random(units)) / units
    features = _evaluate(activation, slopes * (x[:, None] - centres))
    design = np.column_stack([np.ones_like(x), features])
    targets = _evaluate(f, x)
    coefficients, *_ = np.linalg.lstsq(design, targets)
    return float(np.max(np.abs(design @ coefficients - targets)))
