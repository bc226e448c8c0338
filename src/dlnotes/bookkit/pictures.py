"""Figures in the page: SVG drawn in the page's own colours, and never without alternative text.

The numbers behind a figure travel inside its SVG; they become a CSV file with a link to it.

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
from typing import TYPE_CHECKING, Any

from docutils import nodes
from PIL import Image
from scour.scour import sanitizeOptions, scourString
from sphinx.util import logging

from dlnotes.bookkit.sharing import share
from dlnotes.figures.style import COLOURS

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["MINIMUM_ALT", "data_in", "inline_svg", "link_to_data", "setup"]

logger = logging.getLogger(__name__)

MINIMUM_ALT = 40
"""Characters that an alternative text needs to be one: a file name or a title is shorter."""

LARGEST_EXACT = 4096
"""Pixels up to which an image is kept exactly: there, a reader looks at single ones."""

_VARIABLES = {value: f"var(--figure-{name},{value})" for name, value in COLOURS.items()}
_VARIABLES["#000000"] = _VARIABLES[COLOURS["ink"]]
_COLOUR = re.compile("|".join(_VARIABLES), re.IGNORECASE)
_ID = re.compile(r'(\bid="|url\(#|href="#)([^")]+)')
# Matplotlib names an image by its content, and a figure may show the same image twice.
_IMAGE_ID = re.compile(r'(<image\b[^>]*?)\sid="[^"]*"')
_PNG = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=\s]+)")
_DATA = re.compile(r"<dc:description>(.*?)</dc:description>", re.DOTALL)
_PATH = re.compile(r'(?<=\s)(?:d|x|y|points)="[^"]*"|translate\([^)]*\)')
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_SCOUR = sanitizeOptions()
"""Short paths, no idle groups or names; colours and styles stay as they are written."""
vars(_SCOUR).update(
    indent_type="none",
    newlines=False,
    strip_xml_prolog=True,
    remove_metadata=True,
    strip_ids=True,  # that nothing refers to
    strip_comments=True,
    simple_colors=False,
    style_to_xml=False,
    digits=7,  # that count: two decimals of any place in a figure
    quiet=True,
)
_OUTLINE = re.compile(r'\bid="([^"]+)"')
_USE = re.compile(r'<use\b[^>]*\bxlink:href="#([^"]+)"/>')
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
    >>> line = '<path d="M 1 1 L 8.004 1" stroke="#0072b2"/>'
    >>> svg = f'<svg width="9pt" height="5pt" viewBox="0 0 9 5">{line}</svg>'
    >>> print(inline_svg(svg, "A blue line."))  # doctest: +ELLIPSIS
    <svg class="figure" role="img" aria-label="A blue line." ...><path d="m1 1h7" ...
    """
    start = svg.find("<svg")
    if start < 0:
        msg = f"svg must hold an <svg> element, got {svg[:60]!r}"
        raise ValueError(msg)
    opening = svg[start:].partition(">")[0]
    prefix = "f" + hashlib.sha256(svg.encode()).hexdigest()[:8] + "-"
    width = _number(opening, "width")
    view_box = re.search(r'viewBox="[^"]*"', opening)
    # Matplotlib's only rule rounds joins and caps; in a page it would reach every other figure.
    body = _IMAGE_ID.sub(r"\1", _DEFAULT_STYLE.sub("", svg[start:], count=1))
    rest = scourString(_PATH.sub(_round, body), _SCOUR).partition(">")[2]
    # The outline of a space is empty: it is gone, and so must be what refers to it.
    outlines = set(_OUTLINE.findall(rest))
    rest = _USE.sub(lambda use: use[0] if use[1] in outlines else "", rest)
    rest = _ID.sub(lambda m: f"{m[1]}{prefix}{m[2]}", rest)
    rest = _COLOUR.sub(lambda m: _VARIABLES[m[0].lower()], rest)
    rest = _PNG.sub(lambda m: _as_webp(m[1]), rest)
    return (
        f'<svg class="figure" role="img" aria-label="{html.escape(alt)}" '
        # What Matplotlib draws in black carries no fill of its own: it takes the ink's.
        f'style="width:{width:.0f}pt;fill:{_VARIABLES["#000000"]};'
        'stroke-linejoin:round;stroke-linecap:butt" '
        f"{view_box[0] if view_box else ''}>{rest.strip()}"
    )


def _as_webp(encoded_png: str) -> str:
    """Return an image as WebP: every pixel of a small one, a photograph as the eye sees it."""
    image = Image.open(io.BytesIO(base64.b64decode(encoded_png)))
    exact = _webp(image, lossless=True, exact=True, quality=100)
    if image.width * image.height > LARGEST_EXACT:
        close = _webp(image.convert("RGB") if _is_opaque(image) else image, quality=40)
        if len(close) < 0.9 * len(exact):  # a drawing packs well without loss
            exact = close
    return f"data:image/webp;base64,{base64.b64encode(exact).decode()}"


def _webp(image: Image.Image, **options: Any) -> bytes:
    packed = io.BytesIO()
    image.save(packed, "WEBP", method=6, **options)
    return packed.getvalue()


def _is_opaque(image: Image.Image) -> bool:
    return "A" not in image.getbands() or image.getchannel("A").getextrema() == (255, 255)


def _round(match: re.Match[str]) -> str:
    """Return a path or a place with two decimals: any line is wider than a hundredth."""
    return _LONG_NUMBER.sub(
        lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), match[0]
    )


def data_in(svg: str) -> str:
    """Return the CSV that an SVG of the house style carries, or an empty string.

    Parameters
    ----------
    svg : str
        The file.

    Returns
    -------
    str
        Rows as `dlnotes.figures.data.figure_data` writes them.

    Examples
    --------
    >>> data_in("<svg><metadata><dc:description>x,y</dc:description></metadata></svg>")
    'x,y'
    """
    found = _DATA.search(svg)
    return html.unescape(found[1]) if found else ""


def _number(tag: str, attribute: str) -> float:
    match = re.search(rf'\b{attribute}="([0-9.]+)', tag)
    return float(match[1]) if match else 0.0


def _check_and_inline(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    given: set[str] = set()
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
            svg = file.read_text(encoding="utf-8")
            figure = image.parent
            if isinstance(figure, nodes.figure) and figure["ids"] and (data := data_in(svg)):
                figure += link_to_data(app, docname, figure["ids"][0], data)
            element = share(inline_svg(svg, alt), given)
            image.replace_self(nodes.raw("", element, format="html"))


def link_to_data(app: Sphinx, docname: str, name: str, data: str) -> nodes.raw:
    """Write the data of a figure beside the pages, and return the link to it.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    docname : str
        The page of the figure.
    name : str
        The anchor of the figure, which becomes the name of the file.
    data : str
        Its data, as CSV.

    Returns
    -------
    docutils.nodes.raw
        A paragraph of HTML with the link in it.
    """
    file = Path(app.outdir) / "figures" / f"{name}.csv"
    file.parent.mkdir(exist_ok=True)
    file.write_text(data, encoding="utf-8")
    uri = "../" * docname.count("/") + f"figures/{name}.csv"
    size = max(1, round(len(data) / 1024))
    link = f'<a href="{uri}" download>Data of this figure (CSV, {size} kB)</a>'
    return nodes.raw("", f'<p class="figure-data">{link}</p>', format="html")


def setup(app: Sphinx) -> None:
    """Put figures into pages, and refuse one without alternative text.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("doctree-resolved", _check_and_inline)
