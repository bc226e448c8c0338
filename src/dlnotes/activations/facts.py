"""Facts of an activation function, computed from its values and derivatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Facts", "compute_facts"]

Function = Callable[[Any], Any]

# Dense about zero, where activation functions turn; beyond 30 each is a straight line or flat
# to all digits.
_GRID = np.sinh(np.linspace(-np.arcsinh(30.0), np.arcsinh(30.0), 8001))


@dataclass(frozen=True)
class Facts:
    """What is known of an activation function at given parameters.

    Parameters
    ----------
    range : tuple of float
        Infimum and supremum of the values.
    attained : tuple of bool
        Whether each of the two is a value of the function.
    monotone : {"strictly increasing", "nondecreasing", "not monotone"}
        How the values run.
    lipschitz : float
        The smallest Lipschitz constant, which is the supremum of the magnitude of the slope.
    steepest : float
        A point at which the slope has that magnitude; infinite if it is only approached.
    limits : tuple of float
        Limits of the function at minus and plus infinity.
    slope_limits : tuple of float
        Limits of its derivative there; a zero means that the function saturates on that side.
    kinks : mapping of float to tuple of float
        Where the slope jumps: left and right derivative. Their interval is the Clarke
        subdifferential.
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
    introduced_in: str


def _roots(function: Function) -> npt.NDArray[np.float64]:
    """Return every sign change of a function on the grid, bisected to neighbouring doubles."""
    values = np.asarray(function(_GRID))
    change = np.nonzero(values[:-1] * values[1:] < 0)[0]
    low, high = _GRID[change], _GRID[change + 1]
    sign = np.sign(values[change])
    for _ in range(64):
        middle = 0.5 * (low + high)
        same = np.sign(function(middle)) == sign
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return np.asarray(0.5 * (low + high))


def compute_facts(
    functions: tuple[Function, Function, Function],
    jumps: Mapping[float, tuple[float, float]],
    introduced_in: str,
) -> Facts:
    """Find extremes and limits of a function with its two derivatives.

    Parameters
    ----------
    functions : tuple of callable
        The function, its first and its second derivative, each on arrays.
    jumps : mapping of float to tuple of float
        Points where the slope jumps, with left and right derivative.
    introduced_in : str
        Authors and year.

    Returns
    -------
    Facts
        See there.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations.facts import compute_facts
    >>> arctan = (np.arctan, lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2)
    >>> with np.errstate(invalid="ignore"):
    ...     facts = compute_facts(arctan, {}, "an example")
    >>> facts.lipschitz, facts.monotone, facts.attained
    (1.0, 'strictly increasing', (False, False))
    """
    f, slope, bend = functions
    ends = np.array([-np.inf, np.inf])
    limits, slope_limits = f(ends) + 0.0, slope(ends) + 0.0  # no negative zero
    corners = np.array(sorted(jumps), dtype=np.float64)

    places = np.concatenate([_GRID, _roots(slope), corners])
    values, slopes = f(places), slope(places)

    extremes: list[float] = []
    attained: list[bool] = []
    for pick in (np.min, np.max):
        inside, outside = float(pick(values)), float(pick(limits))
        at_the_end = outside == pick([inside, outside])
        # A limit is a value only if the function is flat where it reaches it: far out, every
        # saturating function rounds to its limit, but its slope is not yet zero.
        reached = bool(np.any((values == outside) & (slopes == 0.0)))
        extremes.append(outside if at_the_end else inside)
        attained.append(bool(np.isfinite(extremes[-1])) and (not at_the_end or reached))

    one_sided = np.array([jumps[corner] for corner in corners]).reshape(-1, 2)
    turning = np.concatenate([_roots(bend), _GRID, ends, corners, corners])
    sizes = np.abs(
        np.concatenate([slope(turning[: -2 * corners.size or None]), one_sided.T.ravel()])
    )
    lipschitz = float(np.max(sizes))
    where = turning[sizes == lipschitz]
    steepest = float(where[np.argmin(np.abs(where))])

    lowest = min(float(np.min(slopes)), float(np.min(one_sided, initial=np.inf)))
    if lowest < 0:
        monotone = "not monotone"
    else:
        monotone = "strictly increasing" if lowest > 0 else "nondecreasing"
    return Facts(
        range=(extremes[0], extremes[1]),
        attained=(attained[0], attained[1]),
        monotone=monotone,
        lipschitz=lipschitz,
        steepest=steepest,
        limits=(float(limits[0]), float(limits[1])),
        slope_limits=(float(slope_limits[0]), float(slope_limits[1])),
        kinks=dict(jumps),
        introduced_in=introduced_in,
    )
