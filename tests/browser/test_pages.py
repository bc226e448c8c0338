"""What every page promises in a browser, whoever reads it and on what."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import axe
import html5lib
import pytest
from conftest import CHAPTERS, MODES, PAGES, ROOT, SITE

BUDGET = json.loads((Path(__file__).parent / "budget.json").read_text("utf-8"))
PACKED = {".woff2", ".png", ".webp", ".jpg"}
SCREENSHOTS = ROOT / "_build" / "screenshots"
PICTURED = ["index.html", "ledger.html", *CHAPTERS]

STILL = 0.001  # of the window's area times its height: less than a pixel

# The theme lets its column scroll, so that a wide thing in it need not make the window scroll.
OVERHANG = """Math.max(0, document.documentElement.scrollWidth - innerWidth,
  ...[...document.querySelectorAll(".content")].map((box) => box.scrollWidth - box.clientWidth))
"""

# Which boxes scroll sideways, which are reached by keys, and which are near the window.
BOXES = """[...document.querySelectorAll(".math-scroll")]
  .filter((box) => box.checkVisibility())
  .map((box) => [
    box.scrollWidth > box.clientWidth + 1,
    box.tabIndex === 0,
    Math.abs(box.getBoundingClientRect().top) < innerHeight,
  ])"""

JOINED = ["pygments.css", "styles/furo.css", "styles/furo-extensions.css", "mystnb.*.css"]
JOINED += ["copybutton.css", "explorables/explorables.css", "book.css"]
# What the style sheets say of elements of this page, and the joint one does not. Where a rule
# of several selectors has lost some, those that are left have to fit the same elements.
LOST = """([joint, ...sheets]) => {
  const MOVES = /:{1,2}(before|after|marker|hover|focus(-visible)?|active|target|checked)\\b/g;
  // What is kept as it was written says the same with other quotes and spaces.
  const WRITTEN = /["'\\\\\\s]/g;
  const rules = function* (list, around = "") {
    for (const { selectorText, style, cssRules, conditionText } of list)
      if (selectorText)
        yield [around + style.cssText.replace(WRITTEN, ""), selectorText.replace(MOVES, "")];
      else if (cssRules?.length) yield* rules(cssRules, around + conditionText);
  };
  const matching = (selector) => {
    try { return [...document.querySelectorAll(selector)]; } catch { return []; }
  };
  const read = (text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return rules(sheet.cssRules);
  };
  const kept = {};
  for (const [key, selector] of read(joint)) (kept[key] ??= new Set()).add(selector);
  let same = 0;
  const lost = [];
  for (const [key, selector] of sheets.flatMap((text) => [...read(text)])) {
    const those = kept[key] ?? new Set();
    if (those.has(selector)) {
      same++;
      continue;
    }
    const said = new Set([...those].flatMap(matching));
    if (matching(selector).some((element) => !said.has(element))) lost.push(selector);
  }
  return [same, lost];
}"""


def lost_rules(page: Any) -> list[str]:
    """Compare what the joint style sheet says of a page with the sheets that it is made of."""
    static = SITE / "_static"
    sheets = [static / "sheets.css", *(file for name in JOINED for file in static.glob(name))]
    assert len(sheets) == 1 + len(JOINED)
    same, lost = page.evaluate(LOST, [file.read_text("utf-8") for file in sheets])
    assert same > 500, "hardly a rule is the same"
    return [f"the rule for {selector!r} is not in sheets.css" for selector in lost]


def keep_a_picture(page: Any, name: str, mode: str) -> None:
    """Keep what a reader sees first, and a place in the middle, for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    stem = f"{Path(name).stem}-{mode}"
    page.screenshot(path=SCREENSHOTS / f"{stem}.png")
    if page.locator("div.proof").count():
        # not `scroll_into_view_if_needed`: it waits for animations
        page.evaluate("document.querySelector('div.proof').scrollIntoView()")
        page.wait_for_timeout(100)
        page.screenshot(path=SCREENSHOTS / f"{stem}-theorem.png")
        page.evaluate("scrollTo(0, 0)")


def weight(file: Path) -> int:
    """Return the bytes of a file as a server sends it: packed, unless it is packed already."""
    content = file.read_bytes()
    return len(content) if file.suffix in PACKED else len(gzip.compress(content, 9))


def too_heavy(name: str, asked: list[str]) -> list[str]:
    """Compare a page and all that it loads with its budget."""
    files = {unquote(urlsplit(url).path) for url in asked if url.startswith("file")}
    total = sum(weight(Path(file)) for file in files) / 1000
    limit = BUDGET["kilobytes"].get(name, BUDGET["kilobytes"]["*"])
    found = []
    if total > limit:
        found.append(f"weighs {total:.0f} kB, its budget is {limit} kB")
    if len(files) > BUDGET["requests"]:
        found.append(f"asks for {len(files)} files, not {BUDGET['requests']}: {sorted(files)}")
    return found


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PAGES)
def test_page(visit, name: str, mode: str):
    """One look at a page finds nothing wrong: loading one takes longer than to check it."""
    visited = visit(name, mode)
    page = visited.page
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(250)
    shifted = page.evaluate("window.shifted")
    if name in PICTURED:
        keep_a_picture(page, name, mode)
    complaints = [f"the console says: {said}" for said in visited.said]
    complaints += [
        f"asks elsewhere: {url}"
        for url in visited.asked
        if urlsplit(url).scheme not in ("file", "data")
    ]
    if shifted > STILL:
        complaints.append(f"moves by {shifted:.4f} after it was drawn")
    if (wide := page.evaluate(OVERHANG)) > 0:
        complaints.append(f"is {wide} pixels wider than its window")
    boxes = page.evaluate(BOXES)
    if name in CHAPTERS and not boxes:
        complaints.append("has no formula in a box that may scroll")
    complaints += [
        f"a box {'that scrolls is not' if wide else 'that does not scroll is'} reached by keys"
        for wide, reached, near in boxes
        if (wide != reached if near else wide > reached)
    ]
    complaints += too_heavy(name, visited.asked)
    if mode == "phone":  # style sheets hold the rules for all windows
        complaints += lost_rules(page)
    complaints += [": ".join(wrong) for wrong in [*axe.structure(page), *axe.colours(page)]]
    assert complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_html_is_valid(site: Path, name: str):
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse((site / name).read_text("utf-8"))
    assert [(place, code, data) for place, code, data in parser.errors][:5] == []
