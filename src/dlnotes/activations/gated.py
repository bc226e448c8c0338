"""Gated linear units: one half of a vector, multiplied by a function of the other half."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlnotes.activations._kernels.logistic import gated_by_sigmoid
from dlnotes.activations.catalogue import ACTIVATIONS
from dlnotes.activations.vector import VectorFunction

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from dlnotes._arguments import FloatArray
    from dlnotes.activations.activation import Activation
    from dlnotes.activations.precise import Array

__all__ = ["Gated", "geglu", "glu", "reglu", "swiglu"]


class Gated(VectorFunction):
    r"""Multiply one half of a vector by an activation function of the other half.

    Parameters
    ----------
    name : str
        What it is called.
    gate : Activation
        The function of the gate.
    first : bool, default: False
        Whether the gate is the first half; otherwise it is the second.
    product : callable, optional
        Takes the other half and the gate, and multiplies by the function of the gate at once,
        where that is quicker than one after the other.

    Notes
    -----
    The gated linear unit of Dauphin et al. [1]_ and of the libraries is
    :math:`a \odot \sigma(b)` for a vector :math:`(a, b)`. Shazeer's variants [2]_ put another
    function in the place of :math:`\sigma`; their gate is written first, as in
    :math:`\operatorname{SiLU}(a) \odot b`, and so does ONNX name its inputs. Shapes: ``2 n``
    along the axis in, ``n`` out; the Jacobian is ``(..., n, 2 n)``.

    References
    ----------
    .. [1] Y. N. Dauphin, A. Fan, M. Auli and D. Grangier, "Language modeling with gated
       convolutional networks", *ICML*, 2017.
    .. [2] Noam Shazeer, "GLU variants improve Transformer", arXiv:2002.05202, 2020.

    Examples
    --------
    >>> from dlnotes.activations import glu, reglu
    >>> glu([3.0, 0.0]), reglu([-3.0, 5.0, 1.0, 2.0])
    (array([1.5]), array([ 0., 10.]))
    """

    def __init__(
        self,
        name: str,
        gate: Activation,
        *,
        first: bool = False,
        product: Callable[[Array, Array], Array] | None = None,
    ) -> None:
        super().__init__(name)
        self.gate, self.first, self.product = gate, first, product

    def _read(self, x: npt.ArrayLike, axis: int) -> tuple[FloatArray, Array, int]:
        array, rows, axis = super()._read(x, axis)
        if rows.shape[-1] % 2:
            msg = f"axis {axis} of x has length {rows.shape[-1]}; give an even one, two halves"
            raise ValueError(msg)
        return array, rows, axis

    def _shape(self, array: FloatArray, axis: int) -> tuple[int, ...]:
        return (*array.shape[:axis], array.shape[axis] // 2, *array.shape[axis + 1 :])

    def _halves(self, rows: Array) -> tuple[Array, Array]:
        """Return the half that is multiplied, and the gate."""
        half = rows.shape[-1] // 2
        a, b = rows[..., :half], rows[..., half:]
        return (b, a) if self.first else (a, b)

    def _join(self, linear: Array, gate: Array) -> Array:
        parts = (gate, linear) if self.first else (linear, gate)
        return np.concatenate(parts, axis=-1)

    def _value(self, rows: Array) -> Array:
        linear, gate = self._halves(rows)
        if not gate.size:
            return gate
        if self.product is not None:
            return self.product(linear, gate)
        # copies without gaps, which are walked through in one go
        out = self.gate.on_blocks()(gate.reshape(-1))
        out *= linear.reshape(-1)
        return out.reshape(gate.shape)

    def _slopes(self, rows: Array) -> tuple[Array, Array]:
        """Return the derivatives of each value by its linear part and by its gate."""
        linear, gate = self._halves(rows)
        return np.asarray(self.gate(gate)), np.asarray(linear * self.gate.derivative(gate))

    def _jacobian(self, rows: Array) -> Array:
        half = rows.shape[-1] // 2
        index = np.arange(half)
        by_linear, by_gate = np.zeros((2, *rows.shape[:-1], half, half))
        by_linear[..., index, index], by_gate[..., index, index] = self._slopes(rows)
        return self._join(by_linear, by_gate)

    def _vjp(self, rows: Array, v: Array) -> Array:
        by_linear, by_gate = self._slopes(rows)
        return self._join(v * by_linear, v * by_gate)


glu = Gated("glu", ACTIVATIONS["sigmoid"], product=gated_by_sigmoid)
swiglu = Gated("swiglu", ACTIVATIONS["silu"], first=True)
geglu = Gated("geglu", ACTIVATIONS["gelu"], first=True)
reglu = Gated("reglu", ACTIVATIONS["relu"], first=True)
