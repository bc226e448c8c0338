"""The answer to "what does this kernel do?", for a reader and for a program."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes.convolution.spectra import frequency_response

if TYPE_CHECKING:
    import numpy.typing as npt

    from dlnotes._arguments import FloatArray
    from dlnotes.convolution.facts import KernelFacts

__all__ = ["NO_DESCRIPTION", "KernelReport"]

NO_DESCRIPTION = "no simple description"
"""The name of a kernel that is near to none with a name."""


@dataclass(frozen=True, eq=False)
class KernelReport:
    """What a kernel computes.

    Attributes
    ----------
    kernel : ndarray, shape (h, w)
        The weights.
    name : str
        What practitioners call it, or `NO_DESCRIPTION`.
    family : str
        The kind of thing it does, such as ``"smoothing"`` or ``"first derivative"``.
    aliases : tuple of str
        Other names for it.
    sentence : str
        One plain sentence.
    confidence : str
        ``"exact"``: the kernel is the named one up to its scale, its place and the rounding
        of its digits. ``"approximate"``: it is near, or only the kind is known. ``"none"``.
    residual : float
        Distance to the named kernel, as a fraction of the kernel's norm.
    details : dict of str to float
        Fitted numbers, such as ``sigma`` in pixels or ``angle`` in degrees.
    facts : KernelFacts
        Everything that was measured.
    """

    kernel: FloatArray = field(repr=False)
    name: str
    family: str
    aliases: tuple[str, ...]
    sentence: str
    confidence: str
    residual: float
    details: dict[str, float]
    facts: KernelFacts = field(repr=False)

    @property
    def gain(self) -> float:
        """Sum of the weights: what a constant image is multiplied by."""
        return self.facts.gain

    @property
    def shift(self) -> tuple[float, float]:
        """How far the picture moves (down, right), in pixels, under correlation.

        Convolution turns the kernel about its anchor and moves the picture the other way.
        """
        down, right = self.facts.centre
        return 0.0 - down, 0.0 - right

    @property
    def derivative_order(self) -> int | None:
        """Lowest order of a moment that does not vanish; None for a kernel of zeros."""
        return self.facts.derivative_order

    @property
    def moments(self) -> tuple[float, ...]:
        """Factors of the derivatives of that order, from down to right."""
        return self.facts.moments

    @property
    def separable(self) -> bool:
        """Whether the kernel is a column times a row."""
        return self.facts.separable

    @property
    def rank(self) -> int:
        """Rank as a matrix: how many separable kernels it is the sum of."""
        return self.facts.rank

    @property
    def symmetry(self) -> tuple[str, ...]:
        """Motions that leave the kernel unchanged, or with "odd" change only its sign."""
        return self.facts.symmetry

    @property
    def signs(self) -> str:
        """``"positive"``, ``"negative"``, ``"mixed"`` or ``"zero"``."""
        return self.facts.signs

    @property
    def band(self) -> str:
        """What happens to waves, such as ``"low-pass"``."""
        return self.facts.band

    @property
    def noise_gain(self) -> float:
        """Sum of squared weights: what the variance of white noise is multiplied by."""
        return self.facts.noise_gain

    def frequency_response(
        self, u: npt.ArrayLike, v: npt.ArrayLike
    ) -> npt.NDArray[np.complexfloating[Any, Any]]:
        """Return the factor on the wave of frequencies `u` down and `v` right.

        Parameters
        ----------
        u, v : array_like
            Radians a pixel; broadcast against each other.

        Returns
        -------
        complex ndarray, shape of ``u`` broadcast with ``v``
            As :func:`dlnotes.convolution.frequency_response` under correlation.
        """
        return frequency_response(self.kernel, u, v)

    def __str__(self) -> str:
        facts = self.facts
        corners = self.frequency_response([0.0, 0.0, np.pi, np.pi], [0.0, np.pi, 0.0, np.pi])
        gains = ", ".join(_number(abs(value)) for value in corners)
        order = "none" if facts.derivative_order is None else str(facts.derivative_order)
        if facts.moments and facts.derivative_order:
            order += f", with the factors {_numbers(facts.moments)} from down to right"
        lines = {
            "name": self.name,
            "family": self.family,
            "also called": ", ".join(self.aliases) or "-",
            "confidence": f"{self.confidence} (distance {self.residual:.2g})",
            **{name: _number(value) for name, value in self.details.items()},
            "size": f"{facts.shape[0]} by {facts.shape[1]}, anchor at {facts.anchor}",
            "gain": f"{_number(facts.gain)} (weights {facts.signs})",
            "shift": f"{_numbers(self.shift)} (down, right; under correlation)",
            "derivative order": order,
            "rank": f"{facts.rank} ({'' if facts.separable else 'not '}separable)",
            "symmetry": ", ".join(facts.symmetry) or "none",
            "waves": f"{facts.band}; gain {gains} at (0, 0), (0, π), (π, 0), (π, π)",
            "noise variance": f"times {_number(facts.noise_gain)}",
        }
        width = max(map(len, lines)) + 2
        table = [f"{label:<{width}}{value}" for label, value in lines.items()]
        return "\n".join([self.sentence, "", *table])


def _number(value: float) -> str:
    return f"{round(float(value), 10) + 0.0:.4g}"


def _numbers(values: tuple[float, ...]) -> str:
    return f"({', '.join(map(_number, values))})"
