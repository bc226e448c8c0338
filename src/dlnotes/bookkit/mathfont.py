"""The font of the formulas: STIX Two Math, cut down to what the book's formulas draw.

The whole font weighs several hundred kilobytes. The pages are read for the characters inside
their formulas after they are written, and the font is cut to those and to what the layout of
mathematics needs of its own (stretched brackets, radicals). Of the script forms, which are a
half of the rest, only those stay that some formula has in a script.
"""

from __future__ import annotations

import base64
import html
import json
import re
import xml.etree.ElementTree as ET
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from fontTools import subset
from fontTools.ttLib import TTFont

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sphinx.application import Sphinx

__all__ = ["characters_in_formulas", "cut_font", "font_file", "setup", "style_sheet"]

STYLE = "math-font.css"
_MATH = re.compile(r"<math.*?</math>", re.DOTALL)
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)\w+;")  # XML knows these five names only
# Digits and letters weigh little and spare a rebuild when a formula gains one; invisible
# operators and accents that a browser may add are kept as well.
_ALWAYS = "".join(chr(c) for c in range(0x20, 0x7F)) + "−′″‴√∑∏∫⟨⟩‖⏞⏟→ˆ˜¯⃗·×±≤≥≠∞∂∇"
_SCRIPTS = {"msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts"}


def characters_in_formulas(page: str) -> dict[str, int]:
    """Return the characters that stand inside the formulas of a page, and in which sizes.

    Parameters
    ----------
    page : str
        HTML, of one page or of several.

    Returns
    -------
    dict of str to int
        For each character how deep it stands at most: 0 on the line, 1 in a script or in a
        fraction within text, 2 in a script of a script. A letter that is set in italics is the
        mathematical italic that is drawn.

    Examples
    --------
    >>> characters_in_formulas(
    ...     "<p>no</p><math><msup><mi>x</mi><mn>2</mn></msup><mo>&lt;</mo></math>"
    ... )
    {'𝑥': 0, '2': 1, '<': 0}
    """
    found: dict[str, int] = {}
    for formula in _MATH.findall(page):
        root = ET.fromstring(_NAMED.sub(lambda name: html.unescape(name[0]), formula))
        for text, depth in _texts(root, 0, root.get("display") == "block"):
            for character in text:
                found[character] = max(min(depth, 2), found.get(character, 0))
    return found


def _texts(element: ET.Element, depth: int, display: bool) -> Iterator[tuple[str, int]]:
    """Walk through a formula as a browser does, for its texts and how deep they stand."""
    tag = element.tag
    display = element.get("displaystyle", str(display).lower()) == "true"
    depth = int(element.get("scriptlevel", depth))
    if tag == "mi" and element.get("mathvariant") != "normal":
        text = (element.text or "").strip()
        yield (_italic(text) if len(text) == 1 else text), depth
    else:
        yield element.text or "", depth
    for place, child in enumerate(element):
        if tag in _SCRIPTS and place:
            yield from _texts(child, depth + 1, False)
        elif tag == "mroot" and place:
            yield from _texts(child, depth + 2, False)
        elif tag == "mfrac":
            yield from _texts(child, depth + (not display), False)
        else:
            yield from _texts(child, depth, display)


def _italic(character: str) -> str:
    """Return the mathematical italic in which browsers draw a one-letter identifier."""
    code = ord(character)
    if character == "h":
        return "ℎ"
    for first, last, italic in (
        (ord("A"), ord("Z"), 0x1D434),
        (ord("a"), ord("z"), 0x1D44E),
        (ord("Α"), ord("Ω"), 0x1D6E2),
        (ord("α"), ord("ω"), 0x1D6FC),
    ):
        if first <= code <= last:
            return chr(italic + code - first)
    return {"∂": "𝜕", "ϵ": "𝜖", "ϑ": "𝜗", "ϕ": "𝜙", "ϱ": "𝜚", "ϖ": "𝜛"}.get(
        character, character
    )


def cut_font(characters: Mapping[str, int], target: Path) -> None:
    """Write STIX Two Math with only the given characters, as WOFF2.

    Parameters
    ----------
    characters : mapping of str to int
        The characters to keep, and how deep in scripts each stands at most, from 0 to 2: so
        many of its script forms are kept.
    target : pathlib.Path
        The file to write.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cut_font({"x": 0}, Path(folder) / "x.woff2")
    ...     (Path(folder) / "x.woff2").read_bytes()[:4]
    b'wOF2'
    """
    options = subset.Options()
    options.layout_features = ["ssty", "dtls", "flac", "kern", "mark", "mkmk", "ccmp"]
    options.flavor = "woff2"
    options.drop_tables += ["DSIG"]
    options.hinting = False  # for screens of few dots and old systems; a quarter of the bytes
    options.recalc_timestamp = False  # the same characters give the same file
    font = TTFont(font_file(), recalcTimestamp=False)
    _keep_script_forms(font, characters)
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted({*characters, *_ALWAYS})))
    cutter.subset(font)
    subset.save_font(font, str(target), options)


def _keep_script_forms(font: TTFont, characters: Mapping[str, int]) -> None:
    """Take out of a font the script forms that are deeper than a character stands."""
    names = font.getBestCmap()
    deep = {names[ord(c)]: depth for c, depth in characters.items() if ord(c) in names}
    table = font["GSUB"].table
    lookups = {
        index
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "ssty"
        for index in record.Feature.LookupListIndex
    }
    for index in lookups:
        for forms in table.LookupList.Lookup[index].SubTable:
            kept = {name: some[: deep.get(name, 0)] for name, some in forms.alternates.items()}
            forms.alternates = {name: some for name, some in kept.items() if some}


def font_file() -> Path:
    """Return the font inside the installed ziamath, found without importing ziamath.

    Returns
    -------
    pathlib.Path
        The whole STIX Two Math.

    Raises
    ------
    FileNotFoundError
        If ziamath is not installed.

    Examples
    --------
    >>> font_file().name
    'STIXTwoMath-Regular.ttf'
    """
    package = find_spec("ziamath")
    if package is None or package.origin is None:
        msg = "ziamath, which ships STIX Two Math, is not installed: install the group 'book'"
        raise FileNotFoundError(msg)
    return Path(package.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"


def style_sheet(font: bytes) -> str:
    r"""Return a style sheet that holds a font.

    A browser paints a page before its fonts arrive and moves the text when they do; for a style
    sheet it waits.

    Parameters
    ----------
    font : bytes
        The font, as WOFF2.

    Returns
    -------
    str
        The rule that names it.

    Examples
    --------
    >>> style_sheet(b"wOF2").startswith("@font-face { font-family: ")
    True
    """
    data = base64.b64encode(font).decode()
    source = f'url("data:font/woff2;base64,{data}") format("woff2")'
    return f'@font-face {{ font-family: "STIX Two Math"; src: {source}; }}\n'


def _write_font(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    pages = (page.read_text("utf-8") for page in out.glob("**/*.html"))
    characters = characters_in_formulas("".join(pages))
    target = out / "_static" / STYLE
    target.parent.mkdir(parents=True, exist_ok=True)
    remembered = target.with_suffix(".characters")
    wanted = json.dumps(characters, sort_keys=True)
    if target.exists() and remembered.exists() and remembered.read_text("utf-8") == wanted:
        return
    font = target.with_suffix(".woff2")
    cut_font(characters, font)
    target.write_text(style_sheet(font.read_bytes()), encoding="utf-8")
    font.unlink()
    remembered.write_text(wanted, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Cut the font after the pages are written; `joining` joins it with the other styles.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.add_css_file(STYLE)
    app.connect("build-finished", _write_font)
