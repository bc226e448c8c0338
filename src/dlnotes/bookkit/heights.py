"""How high each part of a page will be, guessed before any browser has laid it out.

A section that is far from the window can wait as a whole, and a theorem, a formula or a cell
that is far in a section that is near, if the page knows meanwhile how much room to keep for it
(``book.css``, ``.lazy``). The guess must not be low: what is in one part would then count as
lying over the next. It is therefore made for a narrow phone and rounded up to one of a few
heights, each of which has a rule in the style sheet; where a window is wider the page seems too
long, until the reader does anything and all is laid out.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["guessed_height", "setup"]

LETTER = 1 / 15
"""Height of a letter of running text in units of the page's letter size (rem): a line is
1.7 high, and on the narrowest of phones some 30 letters stand on it, fewer in an exercise."""

COLUMN = 2.5
"""How much higher running text is in a column of a table."""

BETWEEN = 1.5
"""Room between one block and the next."""

LINE = {"code": 1.5, "formula": 5.0, "table": 4.0}
"""Height of a line that scrolls in its box instead of breaking, and of a row of what is drawn
as a table."""

PICTURE = 24.0
"""Height of a picture, which is as wide as the page and hardly ever higher than wide."""


def guessed_height(block: nodes.Element) -> float:
    r"""Return how high a block will be on a narrow phone, guessed rather high.

    Parameters
    ----------
    block : docutils.nodes.Element
        A section of a page, or anything in it.

    Returns
    -------
    float
        Height in units of the page's letter size (rem).

    Examples
    --------
    >>> guessed_height(nodes.section("", nodes.paragraph("", "word " * 90)))
    31.5
    >>> guessed_height(nodes.literal_block("", "a = 1\nb = 2"))
    4.5
    """
    if isinstance(block, nodes.literal_block):
        return LINE["code"] * len(block.astext().splitlines()) + BETWEEN
    if isinstance(block, nodes.math_block):
        return LINE["formula"] * (1 + block.astext().count(r"\\")) + BETWEEN
    if isinstance(block, nodes.image | nodes.raw):
        return max(PICTURE, LINE["table"] * block.astext().count("<tr")) + BETWEEN
    if isinstance(block, nodes.TextElement):
        rows = block.astext().count(r"\\")  # of a matrix in a line
        return LETTER * len(block.astext()) + LINE["code"] * rows + BETWEEN
    parts = [part for part in block.children if isinstance(part, nodes.Element)]
    height = sum(guessed_height(part) for part in parts)
    if isinstance(block, nodes.row):  # its entries below each other, or in narrow columns
        letters = max(len(entry.astext()) for entry in parts)
        height = max(height, COLUMN * LETTER * letters + BETWEEN)
    return height


def _rounded(height: float) -> int:
    """Return the next higher power of two, or three quarters of it where that is enough."""
    power = 1 << math.ceil(math.log2(max(height, 4)))
    return power if height > power * 3 / 4 else power * 3 // 4


def _waits(block: nodes.Element) -> bool:
    """Return whether a part of a section may wait: not running text, nor what is folded anyway.

    A theorem or an exercise is an admonition, a cell or the box of a formula a container.
    """
    boxes = nodes.section | nodes.Admonition | nodes.container
    inside = isinstance(block.parent, nodes.section)  # not the page, nor what an exercise holds
    return inside and isinstance(block, boxes) and "dropdown" not in block["classes"]


def _kept(block: nodes.Element) -> int:
    """Return the height to keep for a part: no less than what is kept for the parts of it."""
    if not isinstance(block, nodes.section):
        return _rounded(guessed_height(block))
    parts = [part for part in block.children if isinstance(part, nodes.Element)]
    return _rounded(sum(_kept(p) if _waits(p) else guessed_height(p) for p in parts))


def _tell(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Let each part that may wait carry its height as a class."""
    if app.builder.format != "html":
        return
    for block in filter(_waits, doctree.findall(nodes.Element)):
        block["classes"].append(f"high-{_kept(block)}")


def setup(app: Sphinx) -> None:
    """Tell the height of each part of a page, before anything is folded.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("doctree-resolved", _tell, priority=390)
