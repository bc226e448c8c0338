"""A chapter as a browser prints it: nothing beside the paper, nothing folded, nothing moves."""

from __future__ import annotations

import re

import pytest
from conftest import CHAPTERS

from dlnotes.bookkit.building import repository

PAPER = round(154 / 25.4 * 96)  # the width of the text on paper, in pixels
# What sticks out to the right, by its kind and by how many pixels.
TOO_WIDE = """() => {
  const edge = document.querySelector("article").getBoundingClientRect().right;
  return [...document.querySelectorAll(
    "article :is(.math-scroll > math, table, pre, svg.figure, p, img)"
  )].filter((box) => box.checkVisibility())
    .filter((box) => box.getBoundingClientRect().right > edge + 1)
    .map((box) => [box.localName, Math.round(box.getBoundingClientRect().right - edge),
                   box.textContent.slice(0, 60)]);
}"""
# A formula must not reach into its number either.
COLLIDING = """() => [...document.querySelectorAll("article div.math")].filter((box) => {
  const [formula, number] = [box.querySelector("math"), box.querySelector(".eqno")];
  return formula && number && formula.checkVisibility() &&
    formula.getBoundingClientRect().right > number.getBoundingClientRect().right - 20;
}).map((box) => box.id)"""


# What of some kinds of boxes can be seen, one answer for each.
SEEN = """(kinds) => kinds.flatMap((kind) =>
  [...document.querySelectorAll(kind)].map((box) => [kind, box.checkVisibility()]))"""
ON_SCREEN = [
    "summary",
    "details.cite",
    ".explorable .controls",
    ".sidebar-drawer",
    ".headerlink",
]
# The colours of the rules beside what is claimed, and beside what is argued or asked.
RULES = """() => {
  const claims = ":is(.theorem, .lemma, .corollary, .proposition, .definition)";
  const colours = (kind) => [...new Set([...document.querySelectorAll(kind)]
    .map((box) => getComputedStyle(box).borderLeftColor))];
  return [colours(`div.proof${claims}`),
          colours(`div:is(.proof:not(${claims}), .exercise, .solution):not(.remark)`)];
}"""
ON_PAPER = [".explorable > .still", "div.solution", "details:not(.cite) pre"]


@pytest.mark.parametrize("name", CHAPTERS)
def test_paper(visit, name: str):
    """One look at a chapter as the browser lays it out for the printer."""
    page = visit(name).page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 1000})
    assert page.locator("article details:not([open])").count() == 0
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate(COLLIDING) == []
    assert [kind for kind, seen in page.evaluate(SEEN, ON_SCREEN) if seen] == []
    assert [kind for kind, seen in page.evaluate(SEEN, ON_PAPER) if not seen] == []
    assert page.evaluate(SEEN, ON_PAPER) != []
    assert page.evaluate(RULES) == [
        [colour_of_latex("bookblue")],
        [colour_of_latex("bookgrey")],
    ]


def colour_of_latex(name: str) -> str:
    """Return a colour of the typeset book, as a browser says it."""
    style = (repository() / "book" / "paper" / "dlnotes.sty").read_text("utf-8")
    (digits,) = re.findall(rf"\\definecolor{{{name}}}{{HTML}}{{(\w+)}}", style)
    red, green, blue = bytes.fromhex(digits)
    return f"rgb({red}, {green}, {blue})"
