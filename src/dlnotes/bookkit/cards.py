"""The picture that is shown where the address of a page is passed on.

One a page: its title, the book's, and the one drawing that stands for the book, a smooth step
with its slope below it. It is drawn at build time in the font of the formulas.
"""

from __future__ import annotations

import io
from textwrap import wrap
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from dlnotes.bookkit.mathfont import font_file
from dlnotes.figures.style import BLUE, INK, MUTED, ORANGE, PAPER

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SIZE", "card_picture", "lines_of"]

SIZE = (1200, 630)
"""Width and height in pixels, as those who show such pictures ask for."""

_DPI = 100
_LINE = 30  # letters


def lines_of(title: str) -> list[str]:
    """Break a title where it divides best.

    Parameters
    ----------
    title : str
        The title of a page.

    Returns
    -------
    list of str
        One line or two; dots say that there would be more.

    Examples
    --------
    >>> lines_of("Deep Learning: Theoretical Aspects")
    ['Deep Learning:', 'Theoretical Aspects']
    >>> lines_of("A title that goes on and on, until no more of it fits into two lines")
    ['A title that goes on and on,', 'until no more of it fits into…']
    """
    if len(title) <= _LINE - 4:
        return [title]
    head, colon, rest = title.partition(": ")
    lines = [
        part
        for line in ((f"{head}:", rest) if colon else (title,))
        for part in wrap(line, _LINE)
    ]
    return lines if len(lines) < 3 else [lines[0], f"{lines[1].rstrip(' ,:;')}…"]


def card_picture(title: str, book: str) -> bytes:
    """Draw the picture of a page.

    Parameters
    ----------
    title : str
        The title of the page.
    book : str
        The title of the book.

    Returns
    -------
    bytes
        A PNG of the size `SIZE`; the same titles give the same bytes.

    Examples
    --------
    >>> card_picture("Convolution", "A book")[1:4]
    b'PNG'
    """
    font: Path = font_file()
    with mpl.rc_context({"path.simplify": False, "text.parse_math": False}):
        figure = Figure(figsize=(SIZE[0] / _DPI, SIZE[1] / _DPI), dpi=_DPI, facecolor=PAPER)
        curves = figure.add_axes((0.0, 0.0, 1.0, 0.46), facecolor="none")
        x = np.linspace(-7, 7, 600)
        step = 1 / (1 + np.exp(-x))
        curves.plot(x, step, color=BLUE, linewidth=7)
        curves.plot(x, 4 * step * (1 - step), color=ORANGE, linewidth=4, dashes=(3, 1.4))
        curves.set(xlim=(-7, 7), ylim=(-0.1, 1.25))
        curves.axis("off")
        lines = lines_of(title)
        if title != book:
            size = 64 if len(lines) == 1 else 54
            figure.text(
                *(0.065, 0.85, book),
                color=MUTED,
                va="baseline",
                font=FontProperties(fname=font, size=27),
            )
            place = 0.68
        else:
            size, place = 58, 0.77
        # Every first line stands on the same height, whether or not letters hang below it.
        for k, line in enumerate(lines):
            figure.text(
                *(0.062, place - k * 1.2 * size * _DPI / 72 / SIZE[1], line),
                color=INK,
                va="baseline",
                font=FontProperties(fname=font, size=size),
            )
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
