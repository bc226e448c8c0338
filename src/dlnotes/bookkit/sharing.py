"""What the figures of a page have in common stands in the page once.

Matplotlib writes the outline of every letter into every figure, and a photograph into every
figure that shows it. In a page they may stand in the first figure that needs them, under a name
made of their content, and the others refer to that: a fifth of a chapter is saved.
"""

from __future__ import annotations

import hashlib
import re

__all__ = ["share"]

_DEFINITIONS = re.compile(r"<defs>(.*?)</defs>", re.DOTALL)
_PATH = re.compile(r'<path id="([^"]+)"([^>]*)/>', re.DOTALL)
_IMAGE = re.compile(r"<image\b([^>]*)/>", re.DOTALL)
_TRANSFORM = re.compile(r'\s*\btransform="[^"]*"')
_REFERENCE = re.compile(r'((?:url\(|href=")#)([^")]+)')
# Matplotlib repeats the style of a dot for every dot.
_DOTS = re.compile(
    r'<use x="[^"]*" y="[^"]*" style="([^"]*)" xlink:href="([^"]+)"/>'
    r'(?:<use x="[^"]*" y="[^"]*" style="\1" xlink:href="\2"/>)+'
)
_PLACE = re.compile(r'(?<=\b[xy]=")-?\d+\.\d{2,}')
_ID = re.compile(r'\s\bid="([^"]+)"')


def share(svg: str, given: set[str]) -> str:
    """Leave out of a figure what figures before it have given to the page.

    Parameters
    ----------
    svg : str
        An ``<svg>`` element as it stands in the page.
    given : set of str
        Names of the outlines and images that the page has already; grows by those of `svg`.

    Returns
    -------
    str
        The element, which looks the same in that page and nowhere else. Names that nothing
        refers to any more are left out too.

    Notes
    -----
    Clip paths are not shared: browsers do not find one in a figure that is folded away.

    Examples
    --------
    >>> letter = '<svg><defs><path id="a" d="M 0 0 L 9 9"/></defs><use href="#a"/></svg>'
    >>> given = set()
    >>> print(share(letter, given))
    <svg><defs><path id="s5e962233" d="M 0 0 L 9 9"/></defs><use href="#s5e962233"/></svg>
    >>> print(share(letter, given))
    <svg><use href="#s5e962233"/></svg>
    """
    names: dict[str, str] = {}

    def define(content: str, element: str) -> str:
        """Return the element under the name of its content, or nothing if the page has it."""
        name = _name(content)
        if name in given:
            return ""
        given.add(name)
        return element.format(name=name, content=content)

    def outline(match: re.Match[str]) -> str:
        names[match[1]] = _name(match[2])
        return define(match[2], '<path id="{name}"{content}/>')

    def definitions(match: re.Match[str]) -> str:
        return f"<defs>{_PATH.sub(outline, match[1])}</defs>"

    def image(match: re.Match[str]) -> str:
        place = _TRANSFORM.search(match[1])
        content = _TRANSFORM.sub("", _ID.sub("", match[1]))
        here = f'<use xlink:href="#{_name(content)}"{place[0] if place else ""}/>'
        given_here = define(content, '<image id="{name}"{content}/>')
        return f"<defs>{given_here}</defs>{here}"

    svg = _DOTS.sub(_styled_once, svg)
    svg = _DEFINITIONS.sub(definitions, svg)
    svg = _REFERENCE.sub(lambda m: m[1] + names.get(m[2], m[2]), svg)
    svg = _IMAGE.sub(image, svg)
    svg = svg.replace("<defs></defs>", "")
    needed = given | {m[2] for m in _REFERENCE.finditer(svg)}
    return _ID.sub(lambda m: m[0] if m[1] in needed else "", svg)


def _styled_once(match: re.Match[str]) -> str:
    """Return dots of one style as a group, their places to a tenth of a point."""
    dots = match[0].replace(f' style="{match[1]}"', "")
    dots = _PLACE.sub(lambda number: f"{float(number[0]):.1f}", dots)
    return f'<g style="{match[1]}">{dots}</g>'


def _name(content: str) -> str:
    return "s" + hashlib.sha256(content.encode()).hexdigest()[:8]
