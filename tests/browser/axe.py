"""axe over a page of the book, in seconds instead of minutes.

A chapter has 26,000 elements, and axe's time grows with their square where it looks at
colours and where it is told what to leave out. So nothing is left out by its own means; the
page that it looks at is made small first, in four ways that take nothing from the result:

* a formula becomes its text, in a box of its size, because axe 4.12 reads none in MathML and
  would call a heading with a formula empty; inside a formula there is nothing to operate;
* a drawing keeps its outermost element, which carries its name: what is inside is hidden from a
  screen reader by its role;
* for all but colours, letters in a box of their own, such as the coloured words of code, become
  plain text: no rule asks about an element of a line that has nothing but classes;
* for colours, of elements with the same tags, classes and inline styles all the way up, one
  stays: style sheets cannot tell them apart, but by their place among others, and of rows of
  tables one in an even and one in an odd place stays.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python

__all__ = ["colours", "part", "structure"]

_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")

_WITHOUT_INSIDES = """() => {
  const formulas = [...document.querySelectorAll("math")];
  const boxes = formulas.map((formula) => formula.getBoundingClientRect());
  formulas.forEach((formula, k) => {
    const text = document.createElement("span");
    text.className = "formula-as-text";
    text.textContent = formula.textContent;
    text.style.cssText = `display: inline-block; overflow: clip;
      width: ${boxes[k].width}px; height: ${boxes[k].height}px`;
    formula.replaceWith(text);
  });
  for (const drawing of document.querySelectorAll("svg.figure")) drawing.replaceChildren();
}"""

# Takes the boxes of letters away, and keeps what is needed to put them back.
_LETTERS = """() => {
  const plain = (element) =>
    /^(SPAN|EM|STRONG|CODE|I|B|SUB|SUP)$/.test(element.tagName)
    && [...element.attributes].every(({ name }) => name === "class" || name === "style");
  window.taken = [];
  const walk = (element) => {
    const inside = [...element.children].map(walk).every(Boolean);
    if (inside && element.children.length && !element.closest("svg, math, head, select")) {
      window.taken.push([element, [...element.childNodes]]);
      element.replaceChildren(element.textContent);
    }
    return inside && plain(element);
  };
  walk(document.body);
}"""

_LETTERS_BACK = """() => {
  for (const [element, nodes] of window.taken.reverse()) element.replaceChildren(...nodes);
}"""

# Leaves a part of the page, and what it stands in.
_ALONE = """(selector) => {
  const keep = document.querySelector(selector);
  for (let at = keep; at !== document.body; at = at.parentNode)
    for (const other of [...at.parentNode.children]) if (other !== at) other.remove();
}"""

_ONE_OF_EACH = """() => {
  const seen = new Set();
  for (const text of document.querySelectorAll(".formula-as-text"))
    text.removeAttribute("style");
  const walk = (element, above) => {
    const siblings = [...element.parentNode.children];
    const row = element.tagName === "TR" ? siblings.indexOf(element) % 2 : "";
    const classes = [...element.classList].sort().join(".");
    const style = element.getAttribute("style") ?? "";
    const chain = `${above}>${element.tagName}.${classes}${row}${style}`;
    let all = seen.has(chain);
    seen.add(chain);
    for (const child of [...element.children]) all = walk(child, chain) && all;
    if (all) element.remove();
    return all;
  };
  walk(document.body, "");
}"""

_RUN = """([place, rules]) => axe.run(place, {
  resultTypes: ["violations"], elementRef: false, iframes: false, ...rules,
}).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
  nodes.map(({ target, failureSummary }) => [id, target.join(" "), failureSummary])))"""


# Whether text stands out from what is behind it, and a link from the text around it.
_COLOURS = ["color-contrast", "link-in-text-block"]


def _run(page: Any, rules: dict[str, Any], place: str = "html") -> list[list[str]]:
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(_AXE)
    found: list[list[str]] = page.evaluate(_RUN, [place, rules])
    return found


def _make_small(page: Any) -> None:
    if page.evaluate("!document.querySelector('.formula-as-text')"):
        page.evaluate(_WITHOUT_INSIDES)


def structure(page: Any) -> list[list[str]]:
    """Return what axe finds wrong besides colours; the page is no longer what it was."""
    _make_small(page)
    page.evaluate(_LETTERS)
    found = _run(page, {"rules": {rule: {"enabled": False} for rule in _COLOURS}})
    page.evaluate(_LETTERS_BACK)
    return found


def _by_day_and_night(page: Any, rules: dict[str, Any], place: str = "html") -> list[list[str]]:
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += [[*finding, scheme] for finding in _run(page, rules, place)]
    return found


def colours(page: Any) -> list[list[str]]:
    """Return what stands out too little, light or dark; the page is no longer what it was."""
    _make_small(page)
    page.evaluate(_ONE_OF_EACH)
    return _by_day_and_night(page, {"runOnly": {"type": "rule", "values": _COLOURS}})


def part(page: Any, selector: str) -> list[list[str]]:
    """Return what is wrong in a part of the page, light or dark; only that part is left."""
    page.evaluate(_ALONE, selector)
    return _by_day_and_night(page, {}, selector)
