"""What one refers to: numbers are those of their targets, and each has an address to cite."""

from __future__ import annotations

import re
from typing import Any

import pytest
from conftest import CHAPTERS, PAGES

# The number that each place prints, and what each link says that leads to one.
READ = r"""(() => {
  const text = (node) => node.textContent.replace(/\s+/g, " ").trim();
  const printed = {};
  for (const place of document.querySelectorAll("article [id]")) {
    const number = place.matches("[id^=equation-]")
      ? place.querySelector(".eqno")?.firstChild
      : place.querySelector(
          ":scope > .admonition-title .caption-number, :scope > figcaption .caption-number,"
          + " :scope > caption .caption-number, :scope > .admonition-title");
    if (number) printed[place.id] = text(number);
  }
  const links = [...document.querySelectorAll("article a[href*='#']:not(.headerlink)")];
  return [printed, links.map((a) => [new URL(a.href).pathname.split("/").pop(),
    decodeURIComponent(a.hash.slice(1)), text(a)])];
})()"""

NUMBERED = re.compile(
    r"\([\d.]+\)|(Theorem|Lemma|Corollary|Proposition|Definition|Remark|Example|Figure|Table"
    r"|Exercise) \d[\d.]*"
)
CITED = ".proof:not([id^=proof-of]), .exercise, figure, .math-wrapper:has(.eqno)"


def test_every_reference_prints_the_number_of_its_target(visit):
    read = {name: visit(name).page.evaluate(READ) for name in PAGES}
    compared, wrong = 0, []
    for name, (_, links) in read.items():
        for page, anchor, said in links:
            number = NUMBERED.match(said)
            if number is None or name == "genindex.html":
                continue
            target = read[page][0].get(anchor, "nothing with a number")
            compared += 1
            if NUMBERED.match(target) is None or not target.startswith(number[0].rstrip(".")):
                wrong.append((name, said, page, anchor, target))
    assert wrong == []
    assert compared > 400


@pytest.mark.parametrize("name", CHAPTERS)
class TestAddress:
    def test_of_everything_that_has_a_number(self, visit, name: str):
        page = visit(name).page
        without = page.evaluate(
            """(cited) => [...document.querySelectorAll(cited)]
              .filter((place) => {
                const link = place.querySelector(".headerlink");
                const id = link && decodeURIComponent(link.hash.slice(1));
                return !id || document.getElementById(id)?.contains(place) === false
                  && place.querySelector(`[id="${id}"]`) === null;
              })
              .map((place) => place.outerHTML.slice(0, 120))""",
            CITED,
        )
        assert without == []
        assert page.locator(CITED).count() > 40

    def test_is_reached_by_keys_and_by_a_finger(self, visit, name: str):
        hidden = """(where) => {
          const link = document.querySelector(`article ${where} .headerlink`);
          link.scrollIntoView();
          link.focus();
          const { opacity, visibility } = getComputedStyle(link);
          const { width, height } = link.getBoundingClientRect();
          const large = width > 8 && height > 15;
          return [document.activeElement === link, opacity, visibility, large];
        }"""
        places = [".proof", ".exercise", "figcaption", ".eqno"]
        page = visit(name).page
        page.keyboard.press("Tab")  # from here on, what has the focus is shown
        seen = {where: page.evaluate(hidden, where) for where in places}
        assert seen == {where: [True, "1", "visible", True] for where in places}
        touched = visit(name, "phone", has_touch=True, is_mobile=True).page
        touched.evaluate("document.documentElement.classList.remove('lazy')")
        shown = """(where) => {
          const link = document.querySelector(`article ${where} .headerlink`);
          const style = getComputedStyle(link);
          return [style.visibility, style.opacity];
        }"""
        seen = {where: touched.evaluate(shown, where) for where in [*places, "h2"]}
        assert seen == {where: ["visible", "1"] for where in [*places, "h2"]}

    def test_number_of_a_formula_leads_to_it(self, visit, name: str):
        page = visit(name).page
        number = page.locator(".eqno").first
        number.scroll_into_view_if_needed()
        before = number.bounding_box()
        number.hover()
        assert number.bounding_box()["width"] == before["width"], "it must not move"
        number.click()
        anchor = page.evaluate("decodeURIComponent(location.hash.slice(1))")
        assert anchor.startswith("equation-")
        assert page.evaluate("(id) => !!document.getElementById(id)", anchor)

    def test_link_of_a_number_covers_nothing_but_the_number(self, visit, name: str):
        page = visit(name).page
        far = page.evaluate(
            """(most) => [...document.querySelectorAll("article .eqno .headerlink")]
              .filter((link) => {
                const [over, number] = [link, link.parentElement]
                  .map((element) => element.getBoundingClientRect());
                return ["left", "right", "top", "bottom"]
                  .some((side) => Math.abs(over[side] - number[side]) > most);
              })
              .map((link) => link.getAttribute("href"))""",
            12,
        )
        assert far == [], "a formula that is clicked on, or marked to copy it, must stay"

    def test_chapter_says_how_it_is_cited(self, visit, name: str):
        page = visit(name, java_script_enabled=False).page
        page.locator("details.cite summary").click()
        said: Any = page.locator("details.cite").inner_text()
        title = page.locator("h1").inner_text().split(". ", 1)[1].rstrip("¶")
        assert f"“{title}”. Chapter {CHAPTERS.index(name) + 1} of Deep Learning" in said
        entry = page.locator("details.cite pre").inner_text()
        assert entry.startswith("@incollection{dlnotes20")
        assert f"title = {{{{{title}}}}}," in entry
        assert entry.count("{") == entry.count("}")
