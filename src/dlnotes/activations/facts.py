"""Facts of an activation function, computed from its values and derivatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy as sp

from dlnotes.activations.pieces import Piece, X

__all__ = ["Facts", "compute_facts"]

Function = Callable[[Any], Any]

# Dense about zero, where activation functions turn, and so wide that also those with extreme
# parameters are straight or flat beyond it.
_GRID = np.sinh(np.linspace(-np.arcsinh(1e4), np.arcsinh(1e4), 16001))


@dataclass(frozen=True)
class Facts:
    """What is known of an activation function at given parameters.

    Parameters
    ----------
    range : tuple of float
        Infimum and supremum of the values; a function that jumps may leave out some between.
    attained : tuple of bool
        Whether each of the two is a value of the function.
    monotone : {"strictly increasing", "nondecreasing", "not monotone"}
        How the values run.
    lipschitz : float
        The smallest Lipschitz constant, which is the supremum of the magnitude of the slope;
        infinite for a function that jumps.
    steepest : float
        A point at which the slope has that magnitude; infinite if it is only approached.
    limits : tuple of float
        Limits of the function at minus and plus infinity.
    slope_limits : tuple of float
        Limits of its derivative there; a zero means that the function saturates on that side.
    kinks : mapping of float to tuple of float
        Where the slope jumps: left and right derivative. Where the function is continuous their
        interval is the Clarke subdifferential.
    jumps : mapping of float to tuple of float
        Where the function itself jumps: its limits from the left and from the right.
    introduced_in : str
        Authors and year of the paper.
    """

    range: tuple[float, float]
    attained: tuple[bool, bool]
    monotone: str
    lipschitz: float
    steepest: float
    limits: tuple[float, float]
    slope_limits: tuple[float, float]
    kinks: Mapping[float, tuple[float, float]]
    jumps: Mapping[float, tuple[float, float]]
    introduced_in: str


def compute_facts(
    functions: tuple[Function, Function, Function],
    pieces: Sequence[Piece],
    slopes: Mapping[float, tuple[float, ...]],
    beside: Mapping[float, tuple[float, float, bool]],
    introduced_in: str,
) -> Facts:
    """Find extremes and limits of a function with its two derivatives.

    Parameters
    ----------
    functions : tuple of callable
        The function, its first and its second derivative, each on arrays.
    pieces : sequence of Piece
        Its formula, cut at the kinks.
    slopes : mapping of float to tuple of float
        Left and right derivative at each kink.
    beside : mapping of float to tuple
        Limits of the function from the left and the right of each kink, and whether it jumps.
    introduced_in : str
        Authors and year.

    Returns
    -------
    Facts
        See there.

    Examples
    --------
    >>> import numpy as np
    >>> import sympy as sp
    >>> from dlnotes.activations.facts import compute_facts
    >>> from dlnotes.activations.pieces import X, cut
    >>> arctan = (np.arctan, lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2)
    >>> with np.errstate(invalid="ignore"):
    ...     facts = compute_facts(arctan, cut(sp.atan(X), []), {}, {}, "an example")
    >>> facts.lipschitz, facts.monotone, facts.attained
    (1.0, 'strictly increasing', (False, False))
    """
    f, slope, bend = functions
    ends = np.array([-np.inf, np.inf])
    limits, slope_limits = f(ends) + 0.0, slope(ends) + 0.0  # no negative zero
    corners = np.array(sorted(slopes), dtype=np.float64)
    jumps = {at: (left, right) for at, (left, right, jumps) in beside.items() if jumps}
    slope_roots = _roots(slope)

    low, low_is_value = _extreme(np.min, f, slope_roots, corners, pieces, limits, beside)
    high, high_is_value = _extreme(np.max, f, slope_roots, corners, pieces, limits, beside)

    one_sided = np.array([slopes[corner] for corner in corners]).reshape(-1, 2)
    lipschitz, steepest = _steepest(slope, bend, pieces, corners, one_sided)
    return Facts(
        range=(low, high),
        attained=(low_is_value, high_is_value),
        monotone=_monotone(f, slope, one_sided, pieces, beside),
        lipschitz=lipschitz,
        steepest=steepest,
        limits=(float(limits[0]), float(limits[1])),
        slope_limits=(float(slope_limits[0]), float(slope_limits[1])),
        kinks={at: (pair[0], pair[1]) for at, pair in slopes.items() if pair[0] != pair[1]},
        jumps=jumps,
        introduced_in=introduced_in,
    )


def _roots(function: Function) -> npt.NDArray[np.float64]:
    """Return every sign change of a function on the grid, bisected to neighbouring doubles."""
    values = np.asarray(function(_GRID))
    change = np.nonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0)[0]
    low, high = _GRID[change], _GRID[change + 1]
    sign = np.sign(values[change])
    for _ in range(64):
        middle = 0.5 * (low + high)
        same = np.sign(function(middle)) == sign
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return np.asarray(0.5 * (low + high))


def _steepest(
    slope: Function,
    bend: Function,
    pieces: Sequence[Piece],
    corners: npt.NDArray[np.float64],
    one_sided: npt.NDArray[np.float64],
) -> tuple[float, float]:
    """Return the supremum of the magnitude of the slope, and where it is, infinity included.

    Candidates are the kinks, the zeros of the second derivative and the straight pieces. A
    slope that only comes closer and closer to its supremum rounds to it somewhere; that is no
    place where it is.
    """
    curvature = np.asarray(bend(_GRID))
    touching = _GRID[1:-1][
        (curvature[1:-1] == 0) & (curvature[:-2] != 0) & (curvature[2:] != 0)
    ]
    straight = [p.nearest_to_zero for p in pieces if not sp.diff(p.formula, X, 2)]
    places = np.concatenate([_roots(bend), touching, straight])
    ends = np.array([-np.inf, np.inf])
    sizes = np.abs(np.concatenate([slope(places), one_sided.T.ravel()]))
    places = np.concatenate([places, corners, corners])
    largest = float(np.max(np.abs(np.concatenate([sizes, slope(_GRID), slope(ends)]))))
    where = places[sizes == largest]
    if where.size == 0:
        where = ends[np.abs(slope(ends)) == largest]
    return largest, float(where[np.argmin(np.abs(where))])


def _extreme(
    pick: Callable[[Any], Any],
    f: Function,
    turning: npt.NDArray[np.float64],
    corners: npt.NDArray[np.float64],
    pieces: Sequence[Piece],
    limits: npt.NDArray[np.float64],
    beside: Mapping[float, tuple[float, float, bool]],
) -> tuple[float, bool]:
    """Return the least or greatest value, and whether it is a value and no mere limit.

    A value on the grid that equals a limit does not count: far out, every saturating function
    rounds to its limit.
    """
    flat = [float(piece.formula) for piece in pieces if X not in piece.formula.free_symbols]
    taken = np.concatenate([f(turning), f(corners), flat])
    approached = np.concatenate([limits, *(sides[:2] for sides in beside.values())])
    everything = np.concatenate([taken, f(_GRID), approached])
    best = float(pick(everything))
    reached = np.isin(best, taken) or best != pick(approached)
    return best, bool(np.isfinite(best) and reached)


def _monotone(
    f: Function,
    slope: Function,
    one_sided: npt.NDArray[np.float64],
    pieces: Sequence[Piece],
    beside: Mapping[float, tuple[float, float, bool]],
) -> str:
    falls = any(
        not left <= f(at) <= right for at, (left, right, jumps) in beside.items() if jumps
    )
    if falls or np.min(slope(_GRID)) < 0 or np.min(one_sided, initial=0.0) < 0:
        return "not monotone"
    flat = any(X not in piece.formula.free_symbols for piece in pieces)
    return "nondecreasing" if flat else "strictly increasing"
