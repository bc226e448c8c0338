"""One-sided derivatives at kinks, and the interval of slopes between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlnotes._arguments import FloatArray, as_floats
from dlnotes.activations.formula import Formula
from dlnotes.activations.parts import OneSided, Subdifferential

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Cornered"]


class Cornered(Formula):
    """A formula that can be evaluated, and whose derivatives may jump at its kinks.

    Examples
    --------
    >>> from dlnotes.activations import relu
    >>> from dlnotes.activations.corners import Cornered
    >>> isinstance(relu, Cornered)
    True
    """

    if TYPE_CHECKING:

        def derivative(
            self, x: npt.ArrayLike, /, order: int = 1, **parameters: float
        ) -> FloatArray:
            """Evaluate a derivative, as the class derived from this one does."""

    def one_sided(self, x: npt.ArrayLike, /, order: int = 1, **parameters: float) -> OneSided:
        """Evaluate the derivative from the left and from the right.

        Parameters
        ----------
        x : array_like
            Real numbers of any shape.
        order : int, default: 1
            1 or 2.
        **parameters : float
            The function's own parameters, by name.

        Returns
        -------
        OneSided
            The two one-sided derivatives and the one that `derivative` returns.

        Raises
        ------
        TypeError, ValueError
            As for `derivative`.

        Examples
        --------
        >>> from dlnotes.activations import relu
        >>> sides = relu.one_sided(0.0)
        >>> float(sides.left), float(sides.right), float(sides.chosen)
        (0.0, 1.0, 0.0)
        """
        chosen = self.derivative(x, order, **parameters)
        values = self._values(parameters)
        left, right = np.array(chosen), np.array(chosen)
        points = as_floats(x, "x", half=True)
        for at in self._kinks(values):
            here = points == float(at)
            if here.any():
                left[here] = self._limit(order, at, -1, values)
                right[here] = self._limit(order, at, +1, values)
        return OneSided(left[()], right[()], chosen)

    def subdifferential(self, x: npt.ArrayLike, /, **parameters: float) -> Subdifferential:
        """Evaluate the Clarke subdifferential, which at a kink is an interval.

        Parameters
        ----------
        x : array_like
            Real numbers of any shape.
        **parameters : float
            The function's own parameters, by name.

        Returns
        -------
        Subdifferential
            Its ends: the smaller and the larger of the one-sided derivatives. NaN where the
            function jumps.

        Raises
        ------
        TypeError, ValueError
            As for a call.

        Examples
        --------
        >>> from dlnotes.activations import relu
        >>> interval = relu.subdifferential([-1.0, 0.0])
        >>> interval.lower.tolist(), interval.upper.tolist()
        ([0.0, 0.0], [0.0, 1.0])
        """
        sides = self.one_sided(x, 1, **parameters)
        lower, upper = np.minimum(sides.left, sides.right), np.maximum(sides.left, sides.right)
        points = as_floats(x, "x", half=True)
        for at, (_, _, jumps) in self._jumps(self._values(parameters)).items():
            lower, upper = (
                np.where(jumps & (points == at), np.nan, end).astype(points.dtype)
                for end in (lower, upper)
            )
        return Subdifferential(lower[()], upper[()])
