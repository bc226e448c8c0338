"""A chapter as a browser prints it: nothing beside the paper, nothing folded, nothing moves."""

from __future__ import annotations

import pytest
from conftest import CHAPTERS

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


@pytest.mark.parametrize("page", CHAPTERS)
class TestPaper:
    @pytest.fixture
    def paper(self, visit, page: str):
        """Return the page as it is when the browser lays it out for the printer."""
        visited = visit(page)
        visited.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        visited.page.emulate_media(media="print")
        visited.page.set_viewport_size({"width": PAPER, "height": 1000})
        return visited.page

    def test_nothing_sticks_out(self, paper):
        assert paper.evaluate(TOO_WIDE) == []
        assert paper.evaluate(COLLIDING) == []

    def test_what_is_folded_is_open_and_what_moves_is_left_out(self, paper):
        for hidden in ("summary", ".explorable .controls", ".sidebar-drawer", ".headerlink"):
            for node in paper.locator(hidden).all():
                assert not node.is_visible(), hidden
        for shown in (".explorable > .still", "div.solution", "details pre"):
            for node in paper.locator(shown).all():
                assert node.is_visible(), shown
