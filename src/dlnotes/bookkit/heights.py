"""How high each section of a page will be, guessed before any browser has laid it out.

A section that is far from the window can wait as a whole, with everything in it, if the page
knows meanwhile how much room to keep for it (``book.css``, ``.lazy``). The guess must not be
low: what is in the section would then count as lying over the next one. It is therefore made
for a narrow phone and rounded up to a power of two; where a window is wider the page seems too
long, until the reader does anything and all is laid out.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["guessed_height", "setup"]

LETTER = 1 / 16
"""Height of a letter of running text in units of the page's letter size (rem): a line is
1.7 high, and on the narrowest of phones some 30 letters stand on it."""

BETWEEN = 1.5
"""Room between one block and the next."""

LINE = {"code": 1.5, "formula": 4.0}
"""Height of a line that scrolls in its box instead of breaking."""

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
    >>> guessed_height(nodes.section("", nodes.paragraph("", "word " * 100)))
    32.75
    >>> guessed_height(nodes.literal_block("", "a = 1\nb = 2"))
    4.5
    """
    if isinstance(block, nodes.literal_block):
        return LINE["code"] * len(block.astext().splitlines()) + BETWEEN
    if isinstance(block, nodes.math_block):
        return LINE["formula"] * (1 + block.astext().count(r"\\")) + BETWEEN
    if isinstance(block, nodes.image | nodes.raw):
        return PICTURE + BETWEEN
    if isinstance(block, nodes.TextElement):
        return LETTER * len(block.astext()) + BETWEEN
    parts = (part for part in block.children if isinstance(part, nodes.Element))
    return sum(guessed_height(part) for part in parts)


def _tell(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Let each section carry its height as a class, a power of two."""
    if app.builder.format != "html":
        return
    for section in doctree.findall(nodes.section):
        if not isinstance(section.parent, nodes.section):
            continue  # the whole page, or what an exercise holds
        power = math.ceil(math.log2(max(guessed_height(section), 1)))
        section["classes"].append(f"high-{2**power}")


def setup(app: Sphinx) -> None:
    """Tell the height of each section, before anything is folded.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("doctree-resolved", _tell, priority=390)
