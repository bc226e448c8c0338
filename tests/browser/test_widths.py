"""Narrow windows, in which nothing is lost, and wide ones, with notes beside the text."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import CHAPTERS, PAGES
from test_pages import OVERHANG

NARROW: dict[str, Any] = {"viewport": {"width": 320, "height": 800}}
WIDE: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
LAID_OUT = "document.documentElement.classList.remove('lazy')"

# How many characters stand in each full line of explanations, in order of size.
LINES = """(() => {
  const lines = [];
  const range = document.createRange();
  const plain = [...document.querySelectorAll("article section > p")]
    .filter((p) => !p.querySelector("math, .margin-note") && p.textContent.length > 300);
  for (const p of plain) {
    const texts = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
    let [at, letters] = [null, 0];
    while (texts.nextNode())
      for (let i = 0; i < texts.currentNode.length; i++) {
        range.setStart(texts.currentNode, i);
        range.setEnd(texts.currentNode, i + 1);
        const box = range.getClientRects()[0];
        if (!box?.width) continue;
        const middle = (box.top + box.bottom) / 2;
        if (at !== null && middle - at > 12) {
          lines.push(letters);
          letters = 0;
        }
        if (at === null || Math.abs(middle - at) > 12) at = middle;
        letters++;
      }
  }
  return lines.sort((a, b) => a - b);
})()"""

# Notes in the margin, and what else stands where one of them does.
COLLISIONS = """(() => {
  const boxes = [...document.querySelectorAll(
    "article :is(p, li, h2, h3, pre, table, svg.figure, .math-wrapper, .margin-note)"
    + ", .toc-tree")];
  return [...document.querySelectorAll(".margin-note")].map((note) => {
    const a = note.getBoundingClientRect();
    const hit = boxes.filter((other) => {
      const b = other.getBoundingClientRect();
      return other !== note && !other.contains(note) && !note.contains(other)
        && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    });
    const around = note.closest("p").getBoundingClientRect();
    return [a.left >= around.right, a.right <= innerWidth,
      hit.map((other) => other.outerHTML.slice(0, 90))];
  });
})()"""


@pytest.mark.parametrize("name", PAGES)
def test_smallest_window_holds_every_page(visit, name: str):
    """320 pixels are a small telephone, and a desktop at four times its size."""
    page = visit(name, **NARROW).page
    page.evaluate(LAID_OUT)
    assert page.evaluate(OVERHANG) == 0


@pytest.mark.parametrize("name", CHAPTERS)
class TestChapter:
    def test_line_of_text_holds_65_to_75_characters(self, visit, name: str):
        page = visit(name, **WIDE).page
        page.evaluate(LAID_OUT)
        lines = page.evaluate(LINES)
        assert len(lines) > 30
        assert 65 <= sum(lines) / len(lines) <= 75
        within = [line for line in lines if 62 <= line <= 78]
        assert len(within) >= 0.8 * len(lines)

    def test_formula_that_is_cut_off_shows_that_more_follows(self, visit, name: str):
        page = visit(name, "phone").page
        page.evaluate(LAID_OUT)
        page.wait_for_timeout(300)
        boxes = page.evaluate(
            """(async () => {
              const wide = [...document.querySelectorAll("article .math-scroll")]
                .filter((box) => box.checkVisibility())
                .filter((box) => box.scrollWidth > box.clientWidth + 1);
              for (const box of wide) {
                box.scrollIntoView();
                // it is measured when it comes near
                for (let frame = 0; frame < 60 && !box.hasAttribute("role"); frame++)
                  await new Promise(requestAnimationFrame);
              }
              return wide.map((box) => getComputedStyle(box).backgroundImage);
            })()"""
        )
        assert len(boxes) > 2
        assert [image for image in boxes if "gradient" not in image] == []

    def test_figure_can_be_enlarged_to_its_own_size(self, visit, name: str):
        page = visit(name, "phone").page
        page.evaluate(LAID_OUT)
        button = page.locator("figure button.enlarge").first
        button.scroll_into_view_if_needed()
        picture = page.locator("figure:has(button.enlarge) svg.figure").first
        before = picture.bounding_box()["width"]
        button.focus()
        page.keyboard.press("Enter")
        assert picture.bounding_box()["width"] > 1.4 * before
        assert page.evaluate(OVERHANG) == 0
        assert page.locator(".figure-scroll").get_attribute("tabindex") == "0"
        page.keyboard.press("Enter")
        assert picture.bounding_box()["width"] == before
        assert page.locator(".figure-scroll").count() == 0

    def test_wide_window_has_nothing_to_enlarge(self, visit, name: str):
        assert visit(name, **WIDE).page.locator("button.enlarge").count() == 0


class TestMarginNotes:
    @pytest.mark.parametrize("name", CHAPTERS[:4])
    def test_stand_beside_the_text_where_there_is_room(self, visit, name: str):
        page = visit(name, **WIDE).page
        page.evaluate(LAID_OUT)
        notes = page.evaluate(COLLISIONS)
        assert notes
        assert notes == [[True, True, []]] * len(notes)

    @pytest.mark.parametrize("width", [390, 1024, 1280])
    def test_are_sentences_of_the_text_where_there_is_none(self, visit, width: int):
        page = visit(CHAPTERS[0], viewport={"width": width, "height": 900}).page
        page.evaluate(LAID_OUT)
        style = "(note) => [getComputedStyle(note).float, getComputedStyle(note).display]"
        for note in page.locator(".margin-note").all():
            assert note.evaluate(style) == ["none", "inline"]
