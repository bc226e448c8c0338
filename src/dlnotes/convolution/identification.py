"""What does this kernel do? The families compete; facts decide where none of them fits."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from dlnotes.convolution._arguments import as_kernel
from dlnotes.convolution.compositions import products, sums
from dlnotes.convolution.facts import KernelFacts, measure, trimmed
from dlnotes.convolution.families import families
from dlnotes.convolution.fitting import Match, distance
from dlnotes.convolution.report import NO_DESCRIPTION, KernelReport
from dlnotes.convolution.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from dlnotes._arguments import FloatArray

__all__ = ["identify"]

# Below this a difference is rounding; printed kernels have few digits, so the second is larger.
_ROUNDING, _EXACT = 1e-6, 2e-3
# Scores as near as this tell nothing apart.
_TIE = 1e-3


def identify(kernel: npt.ArrayLike) -> KernelReport:
    """Say what a kernel computes.

    The kernel is compared with every family of the gallery, scaled, placed and, where the
    family has parameters, fitted; with convolutions and sums of two of them; and where
    nothing is near, its moments and its symmetry decide. A name is given only where the
    kernel is nearer to it than noise could put it by chance.

    Parameters
    ----------
    kernel : array_like, shape (h, w)
        The weights.

    Returns
    -------
    KernelReport
        ``.name``, ``.family``, ``.sentence`` and the measured facts. ``.confidence`` is
        ``"exact"``, ``"approximate"`` or ``"none"``.

    Raises
    ------
    TypeError, ValueError
        If the kernel is not a finite table of numbers.

    Examples
    --------
    >>> identify([[0, 0, 0], [0, 0, 1], [0, 0, 0]]).sentence
    'Shifts the image one pixel to the left under correlation, to the right under convolution.'
    >>> report = identify([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
    >>> report.name, report.derivative_order, report.separable
    ('Laplacian (8-neighbour)', 2, False)
    >>> identify([[3, -1, 4], [1, -5, 9], [-2, 6, 5]]).name
    'no simple description'
    """
    weights: FloatArray = as_kernel(kernel).astype(np.float64)
    facts = measure(weights)
    if facts.derivative_order is None:
        return _report(weights, facts, Match("zero", "zero", weights), 0.0, "exact")
    scale = float(np.abs(weights).max())
    # Exact zeros round a kernel say nothing about it; an infinity of them would not either.
    inside, (i, j) = trimmed(weights / scale, 1e-12)
    match, residual = _choose(weights / scale, inside, (i, j))
    if match is not None:
        certain = residual <= _EXACT
        fitted = match._replace(array=match.array * scale)
        clean = measure(
            fitted.array if not certain else weights, tolerance=max(1e-6, 0.01 * residual)
        )
        return _report(weights, clean, fitted, residual, "exact" if certain else "approximate")
    generic = _by_facts(weights, facts)
    if generic is not None:
        return _report(weights, facts, generic, 0.0, "approximate")
    nothing = Match(NO_DESCRIPTION, _kind(facts), weights)
    return _report(weights, facts, nothing, 0.0, "none")


def _choose(
    weights: FloatArray, inside: FloatArray, corner: tuple[int, int]
) -> tuple[Match | None, float]:
    """Return the best match of the kernel and its distance; simpler is better.

    The matches are ranked by the Bayesian information criterion, in which a fitted number
    has to pay for itself by lowering the distance. Distances below rounding count alike, and
    of one kernel under two names the first is taken: rounding, which no two processors do
    alike, may not decide between them.
    """
    embedded = []
    for match in families(inside):
        embedded.append(_embed(match, weights, corner))
        if match.freedom == 1 and distance(inside, match.array) < 1e-9:
            break  # nothing can be nearer with fewer fitted numbers
    if inside.shape[0] in (1,) or inside.shape[1] in (1,):
        embedded += _lines_in_the_plane(weights, embedded)
    best = _best(weights, embedded)
    if best is not None and best[1] <= _ROUNDING * 10:
        return best
    exact = chain(products(inside), sums(inside))
    composed = _best(weights, [_embed(match, weights, corner) for match in exact])
    return composed or best or (None, np.inf)


def _best(weights: FloatArray, matches: Iterable[Match]) -> tuple[Match, float] | None:
    n = weights.size
    found: list[tuple[float, float, Match]] = []
    for match in matches:
        residual = distance(weights, match.array)
        spare = n - match.freedom
        if residual > _tolerance(n, match.freedom):
            continue
        floor = max(residual, _ROUNDING)
        score = n * np.log(floor**2) + match.freedom * (np.log(n) + 2)
        if spare < 0:
            continue
        found.append((score, residual, match))
    if not found:
        return None
    least = min(score for score, _, _ in found)
    return next((match, residual) for score, residual, match in found if score < least + _TIE)


def _tolerance(n: int, freedom: int) -> float:
    """How far a kernel of n weights may lie from a family with some fitted numbers.

    The fewer weights are left over to contradict the family, the nearer it has to be: of all
    directions in a space of few dimensions many pass near a given one.
    """
    spare = n - freedom
    if spare >= 20:
        return 0.2
    if spare >= 6:
        return 0.13
    if spare >= 3:
        return 0.05
    return {2: 0.03, 1: 0.01}.get(spare, _ROUNDING)


def _embed(match: Match, weights: FloatArray, corner: tuple[int, int]) -> Match:
    """Put a match of the kernel's inside back between its margins."""
    if match.array.shape == weights.shape:
        return match
    array = np.zeros_like(weights)
    (h, w), (i, j) = match.array.shape, corner
    array[i : i + h, j : j + w] = match.array
    if match.name in ("identity", "shift"):
        spot = np.unravel_index(np.abs(array).argmax(), array.shape)
        at_home = spot == (array.shape[0] // 2, array.shape[1] // 2)
        name = "identity" if at_home else "shift"
        match = match._replace(name=name, family=name)
    return match._replace(array=array)


def _lines_in_the_plane(weights: FloatArray, matches: list[Match]) -> list[Match]:
    """Call a row of equal weights inside a square kernel what it is drawn as: motion blur."""
    if min(weights.shape) < 3:
        return []
    return [
        match._replace(name="motion blur", aliases=("box blur", *match.aliases), freedom=0)
        for match in matches
        if match.name == "box blur" and max(match.details.values()) > 2
    ]


def _kind(facts: KernelFacts) -> str:
    """Return the broadest true thing about a kernel that has no name."""
    if facts.derivative_order == 0:
        return "weighted mean" if facts.signs in ("positive", "negative") else "mixed"
    return {1: "first derivative", 2: "second derivative"}.get(
        facts.derivative_order or 0, "higher derivative"
    )


def _by_facts(weights: FloatArray, facts: KernelFacts) -> Match | None:
    """Name what moments and symmetry leave no doubt about, though no family is near."""
    inside, _ = trimmed(weights, 1e-9)
    if inside.size < 3:
        return None
    even, odd = "half turn" in facts.symmetry, "odd half turn" in facts.symmetry
    if facts.derivative_order == 0 and facts.signs in ("positive", "negative") and even:
        return Match("blur", "smoothing", weights) if _falls_outwards(inside) else None
    if facts.derivative_order == 0 and even and facts.band == "boost":
        spot = np.unravel_index(np.abs(inside).argmax(), inside.shape)
        if all(n // 2 == s for n, s in zip(inside.shape, spot, strict=True)):
            return Match(
                "sharpen", "sharpening", weights, aliases=("unsharp mask", "high boost")
            )
    if facts.derivative_order == 1 and odd and _splits(inside):
        return Match("first derivative", "first derivative", weights, aliases=("gradient",))
    if facts.derivative_order == 2 and even and _rings(inside):
        down, mixed, right = facts.moments
        if abs(down - right) < 1e-6 * abs(down + right) and abs(mixed) < 1e-6 * abs(down):
            return Match("Laplacian", "Laplacian", weights, aliases=("high-pass",))
        return Match("second derivative", "second derivative", weights)
    return None


def _falls_outwards(inside: FloatArray) -> bool:
    """Whether the weights never grow on the way out from the middle, along any line."""
    size = np.abs(inside)
    h, w = size.shape
    limit = 1e-9 * size.max()
    down, right = np.diff(size, axis=0), np.diff(size, axis=1)
    return bool(
        (down[: (h - 1) // 2] >= -limit).all()
        and (down[h // 2 :] <= limit).all()
        and (right[:, : (w - 1) // 2] >= -limit).all()
        and (right[:, w // 2 :] <= limit).all()
    )


def _splits(inside: FloatArray) -> bool:
    """Whether one line through the middle parts the positive weights from the negative."""
    h, w = inside.shape
    a, b = np.arange(h)[:, np.newaxis] - (h - 1) / 2, np.arange(w) - (w - 1) / 2
    side = a * (inside * a).sum() + b * (inside * b).sum()
    agree = inside * np.sign(side)
    agree[np.abs(side) < 1e-9 * np.abs(side).max()] = 0
    return float(agree[agree < 0].sum()) > -0.03 * float(np.abs(inside).sum())


def _rings(inside: FloatArray) -> bool:
    """Whether the middle has one sign and all that is farther out the other."""
    h, w = inside.shape
    if h % 2 == 0 or w % 2 == 0 or inside.size < 5:
        return False
    own = inside[h // 2, w // 2]
    others = np.sign(own) * np.delete(inside.ravel(), inside.size // 2)
    return bool(own != 0 and (others <= 1e-9 * abs(own)).all())


def _report(
    weights: FloatArray, facts: KernelFacts, match: Match, residual: float, confidence: str
) -> KernelReport:
    return KernelReport(
        kernel=weights,
        name=match.name,
        family=match.family,
        aliases=tuple(dict.fromkeys(a for a in match.aliases if a != match.name)),
        sentence=sentence(match, facts, confidence, residual),
        confidence=confidence,
        residual=residual,
        details=dict(match.details),
        facts=facts,
    )
