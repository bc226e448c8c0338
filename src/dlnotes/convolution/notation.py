"""Kernels as people write them: rows between brackets, semicolons or line ends."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["KernelSyntaxError", "parse_kernel"]

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?:/\d+(?:\.\d*)?)?")
_FACTOR = re.compile(r"\s*([*/])\s*(\d+(?:\.\d*)?|\.\d+)\s*$")


class KernelSyntaxError(ValueError):
    """Text that is no kernel. The message shows the place.

    Attributes
    ----------
    text : str
        What was read.
    position : int
        Index of the character at which reading stopped.

    Examples
    --------
    >>> from dlnotes.convolution import parse_kernel
    >>> try:
    ...     parse_kernel("1 2 one")
    ... except KernelSyntaxError as error:
    ...     print(error.position)
    4
    """

    def __init__(self, reason: str, text: str, position: int) -> None:
        before = text[:position].rsplit("\n", 1)[-1]
        line = text.split("\n")[text[:position].count("\n")]
        # A long line is shown around the place.
        start = max(0, len(before) - 50)
        shown = line[start : start + 72]
        super().__init__(f"{reason}\n  {shown}\n  {' ' * (len(before) - start)}^")
        self.text = text
        self.position = position


def parse_kernel(text: object) -> npt.NDArray[np.float64]:
    """Read a kernel that is written as text.

    Parameters
    ----------
    text : str
        Rows of numbers or fractions with spaces or commas between them, and semicolons, line
        ends or brackets between the rows: ``"0 0 0; 0 0 1; 0 0 0"`` and
        ``"[[0, 0, 0], [0, 0, 1], [0, 0, 0]]"`` are the same. A factor may follow, as in
        ``"1 2 1; 2 4 2; 1 2 1 / 16"``.

    Returns
    -------
    ndarray, shape (h, w)
        The weights.

    Raises
    ------
    TypeError
        If `text` is not a string.
    KernelSyntaxError
        If it is no table of numbers; the message points at the place.

    Examples
    --------
    >>> parse_kernel("1 2 1; 2 4 2; 1 2 1 / 16")
    array([[0.0625, 0.125 , 0.0625],
           [0.125 , 0.25  , 0.125 ],
           [0.0625, 0.125 , 0.0625]])
    >>> parse_kernel("[ [-1-1 -1], [-1 8 -1], [-1 -1 -1] ]")
    Traceback (most recent call last):
    ...
    dlnotes.convolution.notation.KernelSyntaxError: there is no space between -1 and -1...
    """
    if not isinstance(text, str):
        msg = f"text={text!r} must be a string such as '0 0 0; 0 0 1; 0 0 0'"
        raise TypeError(msg)
    body = text.replace("\N{MINUS SIGN}", "-")
    tail = _FACTOR.search(body)
    # "1/2" at the very end is a fraction; a factor has a space or a bracket before it.
    spaced = tail is not None and (
        tail.start(1) > tail.start() or body[: tail.start()].endswith("]")
    )
    if tail is None or not spaced:
        return np.array(_rows(body, len(body)), dtype=np.float64)
    weights = np.array(_rows(body, tail.start()), dtype=np.float64)
    number = float(tail.group(2))
    if tail.group(1) == "*":
        return weights * number
    if number == 0:
        reason = "a kernel cannot be divided by zero"
        raise KernelSyntaxError(reason, body, tail.start(2))
    return weights / number


def _rows(text: str, end: int) -> list[list[float]]:
    """Read the rows one after the other."""
    rows: list[list[float]] = []
    row: list[float] = []
    depth = start = position = 0
    brackets: list[int] = []

    def close() -> None:
        nonlocal row
        if row:
            if rows and len(row) != len(rows[0]):
                reason = (
                    f"this row has {len(row)} weights and the first has {len(rows[0])}: "
                    "all rows must be equally long"
                )
                raise KernelSyntaxError(reason, text, start)
            rows.append(row)
            row = []

    previous: re.Match[str] | None = None
    while position < end:
        character = text[position]
        number = _NUMBER.match(text, position, end)
        if number:
            if previous is not None and previous.end() == position:
                reason = (
                    f"there is no space between {previous.group()} and {number.group()}: "
                    f"is it one weight or two? Write {previous.group()} {number.group()} "
                    "for two"
                )
                raise KernelSyntaxError(reason, text, position)
            if not row:
                start = position
            row.append(_value(number, text))
            previous, position = number, number.end()
            continue
        previous = None
        if character in " \t,":
            position += 1
            continue
        if character == "[":
            close()
            depth += 1
            brackets.append(position)
            if depth > 2:
                reason = "a kernel has two axes: one bracket less"
                raise KernelSyntaxError(reason, text, position)
        elif character == "]":
            close()
            depth -= 1
            if depth < 0:
                reason = "this bracket was never opened"
                raise KernelSyntaxError(reason, text, position)
            brackets.pop()
        elif character in ";\n":
            close()
        else:
            reason = f"{character!r} is no part of a kernel: numbers, commas, ; and [ ] are"
            raise KernelSyntaxError(reason, text, position)
        position += 1
    close()
    if brackets:
        reason = "this bracket is never closed"
        raise KernelSyntaxError(reason, text, brackets[-1])
    if not rows:
        reason = "there is no number in it"
        raise KernelSyntaxError(reason, text, min(end, len(text)))
    return rows


def _value(number: re.Match[str], text: str) -> float:
    top, _, bottom = number.group().partition("/")
    if not bottom:
        value = float(top)
    elif float(bottom) == 0:
        reason = "a weight cannot be divided by zero"
        raise KernelSyntaxError(reason, text, number.start())
    else:
        value = float(Fraction(top) / Fraction(bottom))
    if not np.isfinite(value):
        reason = "this number is too large for float64"
        raise KernelSyntaxError(reason, text, number.start())
    return value
