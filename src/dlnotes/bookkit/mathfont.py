"""The font of the formulas: STIX Two Math, cut down to the characters that the book uses.

The whole font weighs several hundred kilobytes. The pages are read for the characters inside
their formulas after they are written, and the font is cut to those and to what the layout of
mathematics needs of its own (stretched brackets, radicals, script forms).
"""

from __future__ import annotations

import base64
import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from fontTools import subset
from fontTools.ttLib import TTFont

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["characters_in_formulas", "cut_font", "font_file", "setup", "style_sheet"]

STYLE = "math-font.css"
_MATH = re.compile(r"<math.*?</math>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_REFERENCE = re.compile(r"&#x([0-9A-Fa-f]+);|&(amp|lt|gt|quot);")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}
# Digits and letters weigh little and spare a rebuild when a formula gains one; invisible
# operators and accents that a browser may add are kept as well.
_ALWAYS = "".join(chr(c) for c in range(0x20, 0x7F)) + "−′″‴√∑∏∫⟨⟩‖⏞⏟→ˆ˜¯⃗·×±≤≥≠∞∂∇"


def characters_in_formulas(html: str) -> set[str]:
    """Return the characters that stand inside the formulas of a page.

    Parameters
    ----------
    html : str
        A page.

    Returns
    -------
    set of str
        Characters; those in italics stand as the mathematical italic that is drawn.

    Examples
    --------
    >>> sorted(characters_in_formulas("<p>no</p><math><mi>x</mi><mo>&lt;</mo></math>"))
    ['<', 'x', '𝑥']
    """
    found: set[str] = set()
    for formula in _MATH.findall(html):
        text = _TAG.sub("", formula)
        text = _REFERENCE.sub(
            lambda m: chr(int(m[1], 16)) if m[1] else _NAMED[m[2]],
            text,
        )
        found.update(text)
    return found | {_italic(c) for c in found}


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


def cut_font(characters: set[str], target: Path) -> None:
    """Write STIX Two Math with only the given characters, as WOFF2.

    Parameters
    ----------
    characters : set of str
        The characters to keep.
    target : pathlib.Path
        The file to write.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cut_font({"x"}, Path(folder) / "x.woff2")
    ...     (Path(folder) / "x.woff2").read_bytes()[:4]
    b'wOF2'
    """
    options = subset.Options()
    options.layout_features = ["ssty", "dtls", "flac", "kern", "mark", "mkmk", "ccmp"]
    options.flavor = "woff2"
    options.drop_tables += ["DSIG"]
    options.recalc_timestamp = False  # the same characters give the same file
    font = TTFont(font_file(), recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(characters | set(_ALWAYS))))
    cutter.subset(font)
    subset.save_font(font, str(target), options)


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
    characters: set[str] = set()
    for page in sorted(out.glob("**/*.html")):
        characters |= characters_in_formulas(page.read_text(encoding="utf-8"))
    target = out / "_static" / STYLE
    target.parent.mkdir(parents=True, exist_ok=True)
    remembered = target.with_suffix(".characters")
    wanted = "".join(sorted(characters))
    known = remembered.read_text(encoding="utf-8") if remembered.exists() else None
    if target.exists() and known == wanted:
        return
    font = target.with_suffix(".woff2")
    cut_font(characters, font)
    target.write_text(style_sheet(font.read_bytes()), encoding="utf-8")
    font.unlink()
    remembered.write_text(wanted, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Cut the font after the pages are written.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("build-finished", _write_font)
