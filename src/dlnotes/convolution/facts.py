"""What can be measured of a kernel: moments, symmetry, rank, and what it does to waves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dlnotes.convolution._arguments import as_kernel
from dlnotes.convolution.spectra import frequency_response

if TYPE_CHECKING:
    import numpy.typing as npt

    from dlnotes._arguments import FloatArray

__all__ = ["KernelFacts", "measure"]

# A grid of frequencies that contains 0, pi/2, 2 pi/3 and pi.
_FREQUENCIES = np.linspace(-np.pi, np.pi, 49)


@dataclass(frozen=True)
class KernelFacts:
    """Measured properties of a kernel, those of correlation.

    Attributes
    ----------
    shape : pair of int
        Rows and columns.
    anchor : pair of int
        The kernel's index that lies on the output pixel, ``(h // 2, w // 2)``.
    gain : float
        Sum of the weights: what a constant image is multiplied by.
    absolute : float
        Sum of their magnitudes: the largest possible output for pixels between -1 and 1.
    noise_gain : float
        Sum of their squares: what the variance of white noise is multiplied by.
    centre : pair of float
        Where the kernel's mass lies relative to the anchor, in (rows, columns): the centroid of
        the weights if they do not cancel, of their magnitudes otherwise.
    derivative_order : int or None
        Lowest order of a moment that does not vanish: 0 for a blur, 1 for a slope, 2 for a
        Laplacian; None for a kernel of zeros.
    moments : tuple of float
        The moments of that order about `centre`, each divided by its factorials so that they
        are the factors of the derivatives: ``(down, right)`` for order 1, ``(down twice, once
        each, right twice)`` for order 2.
    rank : int
        Rank as a matrix.
    separable : bool
        Whether the rank is one.
    symmetry : tuple of str
        Which motions of the kernel's support leave it unchanged (``"half turn"``,
        ``"quarter turn"``, ``"left-right"``, ``"up-down"``, ``"diagonal"``) or only change
        its sign (the same names with ``"odd "`` in front).
    signs : str
        ``"positive"``, ``"negative"``, ``"mixed"`` or ``"zero"``.
    band : str
        ``"low-pass"``, ``"high-pass"``, ``"band-pass"``, ``"all-pass"``, ``"boost"`` (what is
        fine is amplified, what is coarse is kept) or ``"mixed"``.
    peak_gain : float
        Largest modulus of the frequency response.
    """

    shape: tuple[int, int]
    anchor: tuple[int, int]
    gain: float
    absolute: float
    noise_gain: float
    centre: tuple[float, float]
    derivative_order: int | None
    moments: tuple[float, ...]
    rank: int
    separable: bool
    symmetry: tuple[str, ...]
    signs: str
    band: str
    peak_gain: float


def measure(kernel: npt.ArrayLike, *, tolerance: float = 1e-6) -> KernelFacts:
    """Measure a kernel.

    Parameters
    ----------
    kernel : array_like, shape (h, w)
        The weights.
    tolerance : float
        What counts as zero: a weight or a moment as a fraction of the sum of magnitudes, a
        singular value as a fraction of the largest.

    Returns
    -------
    KernelFacts
        The facts.

    Raises
    ------
    TypeError, ValueError
        If the kernel is not a finite table of numbers.

    Examples
    --------
    >>> facts = measure([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    >>> facts.derivative_order, facts.moments, facts.separable
    (1, (0.0, 8.0), True)
    """
    weights = as_kernel(kernel).astype(np.float64)
    shape = (weights.shape[0], weights.shape[1])
    anchor = (shape[0] // 2, shape[1] // 2)
    absolute = float(np.abs(weights).sum())
    gain = float(weights.sum())
    if absolute == 0:
        nowhere = (0.0, 0.0)
        return KernelFacts(
            shape, anchor, 0.0, 0.0, 0.0, nowhere, None, (), 0, False, (), "zero", "mixed", 0.0
        )
    centre = _centre(weights, gain, absolute)
    order, moments = _lowest_moments(weights, anchor, centre, tolerance)
    values = np.linalg.svd(weights / absolute, compute_uv=False)
    rank = int(np.sum(values > max(tolerance, 1e-12) * values[0]))
    low, high = weights.min() < -tolerance * absolute, weights.max() > tolerance * absolute
    signs = "mixed" if low and high else "positive" if high else "negative"
    band, peak = _band(weights, gain, absolute, tolerance)
    with np.errstate(over="ignore", under="ignore"):
        noise_gain = float((weights**2).sum())
    return KernelFacts(
        shape=shape,
        anchor=anchor,
        gain=gain,
        absolute=absolute,
        noise_gain=noise_gain,
        centre=centre,
        derivative_order=order,
        moments=moments,
        rank=rank,
        separable=rank == 1,
        symmetry=_symmetry(weights, tolerance),
        signs=signs,
        band=band,
        peak_gain=peak,
    )


def trimmed(weights: FloatArray, tolerance: float = 0.0) -> tuple[FloatArray, tuple[int, int]]:
    """Return the kernel without its margins of zeros, and the index where the rest begins."""
    kept = np.abs(weights) > tolerance * np.abs(weights).max()
    if not kept.any():
        return weights[:1, :1], (0, 0)
    rows, columns = np.flatnonzero(kept.any(axis=1)), np.flatnonzero(kept.any(axis=0))
    inside = weights[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return inside, (int(rows[0]), int(columns[0]))


def _centre(weights: FloatArray, gain: float, absolute: float) -> tuple[float, float]:
    mass = weights / gain if abs(gain) > 0.5 * absolute else np.abs(weights) / absolute
    a, b = np.ogrid[: weights.shape[0], : weights.shape[1]]
    down = float((mass * (a - weights.shape[0] // 2)).sum())
    right = float((mass * (b - weights.shape[1] // 2)).sum())
    return round(down, 12) + 0.0, round(right, 12) + 0.0


def _lowest_moments(
    weights: FloatArray, anchor: tuple[int, int], centre: tuple[float, float], tolerance: float
) -> tuple[int, tuple[float, ...]]:
    a = np.arange(weights.shape[0]) - anchor[0] - centre[0]
    b = np.arange(weights.shape[1]) - anchor[1] - centre[1]
    reach = np.hypot(a[:, np.newaxis], b)
    for order in range(sum(weights.shape)):
        # Moments of one order are compared with what they would be without cancellation.
        scale = float((np.abs(weights) * reach**order).sum())
        factorials = 1.0
        for n in range(2, order + 1):
            factorials *= n
        raw = [
            float(a ** (order - q) @ weights @ b**q) * _binomial(order, q) / factorials
            for q in range(order + 1)
        ]
        if max(map(abs, raw)) * factorials > max(tolerance, 1e-12) * scale:
            limit = max(tolerance, 1e-12) * scale / factorials
            return order, tuple(0.0 if abs(m) <= limit else m for m in raw)
    return sum(weights.shape), ()


def _binomial(n: int, k: int) -> float:
    value = 1.0
    for i in range(k):
        value = value * (n - i) / (i + 1)
    return value


def _symmetry(weights: FloatArray, tolerance: float) -> tuple[str, ...]:
    inside, _ = trimmed(weights, tolerance)
    limit = max(tolerance, 1e-12) * np.abs(inside).max()
    motions = {
        "half turn": inside[::-1, ::-1],
        "left-right": inside[:, ::-1],
        "up-down": inside[::-1],
        "diagonal": inside.T,
        "quarter turn": np.rot90(inside),
    }
    found = []
    for name, moved in motions.items():
        if moved.shape == inside.shape:
            if np.abs(moved - inside).max() <= limit:
                found.append(name)
            elif np.abs(moved + inside).max() <= limit:
                found.append(f"odd {name}")
    return tuple(found)


def _band(
    weights: FloatArray, gain: float, absolute: float, tolerance: float
) -> tuple[str, float]:
    u = _FREQUENCIES[:, np.newaxis]
    size = np.abs(frequency_response(weights, u, _FREQUENCIES))
    peak = float(size.max())
    still = abs(gain)
    rim = max(float(size[0].max()), float(size[:, 0].max()))
    if float(size.min()) > (1 - 10 * max(tolerance, 1e-9)) * peak:
        return "all-pass", peak
    if still <= max(tolerance, 1e-3) * absolute:
        return ("high-pass" if rim > 0.9 * peak else "band-pass"), peak
    if still > 0.97 * peak:
        return "low-pass", peak
    # The response at the coarsest waves against that everywhere else.
    if float(size.min()) > 0.97 * still:
        return "boost", peak
    return "mixed", peak
