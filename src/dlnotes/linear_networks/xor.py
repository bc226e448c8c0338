"""Exclusive or: out of reach of every affine map, within reach of two rectified units."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dlnotes._arguments import FloatArray
from dlnotes.linear_networks.affine import Affine, ReluNetwork

__all__ = [
    "XOR_INPUTS",
    "XOR_TARGETS",
    "InfeasibilityCertificate",
    "best_affine_fit_of_xor",
    "relu_xor_network",
    "xor_is_not_affine",
]


def _constant(values: list[list[int]] | list[int]) -> FloatArray:
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


#: The four corners of the unit square, shape (4, 2), read-only.
XOR_INPUTS: FloatArray = _constant([[0, 0], [0, 1], [1, 0], [1, 1]])

#: Exclusive or at the four corners, shape (4,), read-only.
XOR_TARGETS: FloatArray = _constant([0, 1, 1, 0])


@dataclass(frozen=True)
class InfeasibilityCertificate:
    r"""A proof, checkable by hand, that some linear inequalities have no solution.

    Row :math:`i` stands for :math:`\sum_j r_{ij} v_j > 0` where `strict` holds, and
    for :math:`\ge 0` where it does not. Nonnegative multiples of the rows that add up
    to zero, a strict row among them, say :math:`0 > 0`: a contradiction (Farkas).

    Parameters
    ----------
    unknowns : tuple of str
        Names of the unknowns :math:`v_j`.
    rows : tuple of tuples of Fraction
        Coefficients :math:`r_{ij}`.
    strict : tuple of bool
        Whether row :math:`i` is a strict inequality.
    multipliers : tuple of Fraction
        The factor of each row.

    Examples
    --------
    >>> one, zero = Fraction(1), Fraction(0)
    >>> both = InfeasibilityCertificate(("v",), ((one,), (-one,)), (True, False), (one, one))
    >>> both.verify()
    True
    """

    unknowns: tuple[str, ...]
    rows: tuple[tuple[Fraction, ...], ...]
    strict: tuple[bool, ...]
    multipliers: tuple[Fraction, ...]

    @property
    def combination(self) -> tuple[Fraction, ...]:
        """The coefficients of the sum of the rows, each times its multiplier."""
        return tuple(
            sum(
                (m * row[j] for m, row in zip(self.multipliers, self.rows, strict=True)),
                start=Fraction(0),
            )
            for j in range(len(self.unknowns))
        )

    def verify(self) -> bool:
        """Check the contradiction in exact arithmetic.

        Returns
        -------
        bool
            True if no multiplier is negative, a strict row is used, and the rows add up
            to zero.
        """
        nonnegative = all(m >= 0 for m in self.multipliers)
        uses_strict = any(
            s and m > 0 for s, m in zip(self.strict, self.multipliers, strict=True)
        )
        return nonnegative and uses_strict and not any(self.combination)

    def __str__(self) -> str:
        lines = []
        for multiplier, row, strict in zip(
            self.multipliers, self.rows, self.strict, strict=True
        ):
            relation = "> 0" if strict else ">= 0"
            lines.append(f"{multiplier} * ({self._format(row)} {relation})")
        relation = "> 0" if any(self.strict) else ">= 0"
        lines.append(f"sum: {self._format(self.combination)} {relation}")
        return "\n".join(lines)

    def _format(self, row: tuple[Fraction, ...]) -> str:
        text = ""
        for coefficient, name in zip(row, self.unknowns, strict=True):
            if coefficient == 0:
                continue
            sign = "-" if coefficient < 0 else "+"
            size = "" if abs(coefficient) == 1 else f"{abs(coefficient)} "
            # The first term carries its sign without a space, and no plus.
            joint = sign.replace("+", "") if not text else f" {sign} "
            text += f"{joint}{size}{name}"
        return text or "0"


def xor_is_not_affine() -> InfeasibilityCertificate:
    r"""Return the certificate that no affine score separates exclusive or.

    Returns
    -------
    InfeasibilityCertificate
        Four inequalities in :math:`w_1, w_2, b`, one a corner: the score
        :math:`w_1 x_1 + w_2 x_2 + b` is positive where exclusive or is true and not
        positive where it is false. Added up with the multipliers they read
        :math:`0 > 0`.

    Notes
    -----
    A threshold other than zero changes nothing: it moves into :math:`b`.

    References
    ----------
    Minsky and Papert, *Perceptrons*, MIT Press, 1969.

    Examples
    --------
    >>> print(xor_is_not_affine())
    1 * (-b >= 0)
    1 * (w2 + b > 0)
    1 * (w1 + b > 0)
    1 * (-w1 - w2 - b >= 0)
    sum: 0 > 0
    >>> xor_is_not_affine().verify()
    True
    """
    rows = []
    strict = []
    for (x1, x2), target in zip(XOR_INPUTS, XOR_TARGETS, strict=True):
        sign = 1 if target else -1
        rows.append((Fraction(sign * int(x1)), Fraction(sign * int(x2)), Fraction(sign)))
        strict.append(bool(target))
    return InfeasibilityCertificate(
        unknowns=("w1", "w2", "b"),
        rows=tuple(rows),
        strict=tuple(strict),
        multipliers=(Fraction(1),) * 4,
    )


def best_affine_fit_of_xor() -> Affine:
    """Return the affine map with the least squared error on exclusive or.

    Returns
    -------
    Affine
        The constant one half. Its mean squared error is one quarter, the variance of
        the targets: the inputs explain nothing.

    Notes
    -----
    The two centred inputs and the constant are orthogonal on the four corners, so each
    coefficient is one quotient of inner products. All of them are dyadic fractions:
    the result is exact.

    Examples
    --------
    >>> best_affine_fit_of_xor()
    Affine([[0.0, 0.0]], [0.5])
    """
    centre = XOR_INPUTS.mean(axis=0)
    columns = XOR_INPUTS - centre
    weight = columns.T @ XOR_TARGETS / np.sum(columns**2, axis=0)
    bias = XOR_TARGETS.mean() - weight @ centre
    return Affine(weight[None, :], [bias])


def relu_xor_network() -> ReluNetwork:
    r"""Return a network with two rectified units that computes exclusive or.

    Returns
    -------
    ReluNetwork
        :math:`\max(0, s) - 2 \max(0, s - 1)` of the sum :math:`s = x_1 + x_2`.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, MIT Press, 2016, section 6.1.

    Examples
    --------
    >>> relu_xor_network()(XOR_INPUTS)[:, 0]
    array([0., 1., 1., 0.])
    """
    return ReluNetwork([Affine([[1, 1], [1, 1]], [0, -1]), Affine([[1, -2]])])
