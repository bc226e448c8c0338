r"""Numeric forms of the activation functions: value, first and second derivative.

A kernel takes a block of numbers, a one-dimensional array in single or double precision short
enough to stay in the cache, and returns a new array of that precision. It is right at both
infinities, passes NaN on, and loses no digits in the tails. Four ideas serve nearly all:

- only :math:`e^{-|x|}` is ever computed where the other sign could overflow;
- a difference such as :math:`1-\sigma(x)` is never formed: its closed form is used;
- a tail :math:`a\,e^{-|x|}` is multiplied up as :math:`(a\,h)\,h` with
  :math:`h=e^{-|x|/2}`, so that gradual underflow does not eat the digits of the product;
- what is only needed far out is computed only there, by `dlnotes.activations.precise.patch`.

A choice between two branches is written with minimum and maximum where that can be done,
since these are several times faster than a selection by a mask.

Where a derivative passes through zero at a point that is no round number, see
`dlnotes.activations.crossings`.
"""

from __future__ import annotations

__all__: list[str] = []
