"""Figures in the page: SVG drawn in the page's own colours, and never without alternative text.

An SVG in an ``<img>`` cannot follow the colour scheme that the reader chose. Figures of the
house style are therefore put into the page itself, each colour replaced by a variable of the
style sheet (``--figure-blue`` …), with the alternative text as the accessible name.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from PIL import Image
from sphinx.util import logging

from dlnotes.figures.style import COLOURS

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["MINIMUM_ALT", "inline_svg", "setup"]

logger = logging.getLogger(__name__)

MINIMUM_ALT = 40
"""Characters that an alternative text needs to be one: a file name or a title is shorter."""

_VARIABLES = {value: f"var(--figure-{name},{value})" for name, value in COLOURS.items()}
_VARIABLES["#000000"] = _VARIABLES[COLOURS["ink"]]
_COLOUR = re.compile("|".join(_VARIABLES), re.IGNORECASE)
_ID = re.compile(r'(\bid="|url\(#|href="#)([^")]+)')
# Matplotlib names an image by its content, and a figure may show the same image twice.
_IMAGE_ID = re.compile(r'(<image\b[^>]*?)\sid="[^"]*"')
_PNG = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=\s]+)")
_COLOURS_OF_A_DRAWING = 1024
_DEFAULT_STYLE = re.compile(r"<style[^>]*>.*?</style>", re.DOTALL)


def inline_svg(svg: str, alt: str) -> str:
    """Return an SVG file as an element that can stand in a page.

    Parameters
    ----------
    svg : str
        The file, as Matplotlib writes it.
    alt : str
        The alternative text.

    Returns
    -------
    str
        One ``<svg>`` element: its ids are unique to the figure, its colours are variables, its
        size follows the page.

    Raises
    ------
    ValueError
        If `svg` holds no ``<svg>`` element.

    Examples
    --------
    >>> svg = '<svg width="9pt" height="5pt" viewBox="0 0 9 5"><g id="a" fill="#0072b2"/></svg>'
    >>> print(inline_svg(svg, "A blue group."))  # doctest: +ELLIPSIS
    <svg class="figure" role="img" aria-label="A blue group." ... viewBox="0 0 9 5"><g id=...
    """
    start = svg.find("<svg")
    if start < 0:
        msg = f"svg must hold an <svg> element, got {svg[:60]!r}"
        raise ValueError(msg)
    body = svg[start:]
    prefix = "f" + hashlib.sha256(svg.encode()).hexdigest()[:8] + "-"
    opening, _, rest = body.partition(">")
    width = _number(opening, "width")
    view_box = re.search(r'viewBox="[^"]*"', opening)
    rest = re.sub(r"<metadata>.*?</metadata>", "", rest, count=1, flags=re.DOTALL)
    # Matplotlib's only rule rounds joins and caps; in a page it would reach every other figure.
    rest = _DEFAULT_STYLE.sub("", rest, count=1)
    rest = _IMAGE_ID.sub(r"\1", rest)
    rest = _ID.sub(lambda m: f"{m[1]}{prefix}{m[2]}", rest)
    rest = _COLOUR.sub(lambda m: _VARIABLES[m[0].lower()], rest)
    rest = _PNG.sub(lambda m: _as_webp(m[1]), rest)
    rest = re.sub(r">\s+<", "><", rest)
    return (
        f'<svg class="figure" role="img" aria-label="{html.escape(alt)}" '
        # What Matplotlib draws in black carries no fill of its own: it takes the ink's.
        f'style="width:{width:.0f}pt;fill:{_VARIABLES["#000000"]};'
        'stroke-linejoin:round;stroke-linecap:butt" '
        f"{view_box[0] if view_box else ''}>{rest.strip()}"
    )


def _as_webp(encoded_png: str) -> str:
    """Return a drawing as the same pixels in lossless WebP, a photograph in one a tenth of it.

    What has more colours than any map of colours, and nothing see-through, is a photograph.
    """
    image = Image.open(io.BytesIO(base64.b64decode(encoded_png)))
    packed = io.BytesIO()
    flat = image.convert("RGB")
    opaque = image.convert("RGBA").getchannel("A").getextrema() == (255, 255)
    if opaque and flat.getcolors(_COLOURS_OF_A_DRAWING) is None:
        flat.save(packed, "WEBP", quality=80, method=6)
    else:
        image.save(packed, "WEBP", lossless=True, exact=True, quality=100, method=6)
    return f"data:image/webp;base64,{base64.b64encode(packed.getvalue()).decode()}"


def _number(tag: str, attribute: str) -> float:
    match = re.search(rf'\b{attribute}="([0-9.]+)', tag)
    return float(match[1]) if match else 0.0


def _check_and_inline(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for image in list(doctree.findall(nodes.image)):
        alt = " ".join(image.get("alt", "").split())
        if len(alt) < MINIMUM_ALT:
            logger.warning(
                "figure needs alternative text of at least %d characters that says what is "
                "seen, got %r",
                MINIMUM_ALT,
                alt,
                location=image,
                type="bookkit",
                subtype="alt",
            )
        file = Path(app.srcdir) / image["uri"]
        if app.builder.format == "html" and file.suffix == ".svg":
            element = inline_svg(file.read_text(encoding="utf-8"), alt)
            image.replace_self(nodes.raw("", element, format="html"))


def setup(app: Sphinx) -> None:
    """Put figures into pages, and refuse one without alternative text.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("doctree-resolved", _check_and_inline)
