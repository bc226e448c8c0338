"""What every page promises in a browser."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from urllib.parse import unquote, urlsplit

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import MODES, PAGES

CHAPTERS = [
    "linear_networks.html",
    "activations.html",
    "backpropagation.html",
    "ambiguous_images.html",
    "convolution.html",
]
BUDGET = json.loads((Path(__file__).parent / "budget.json").read_text("utf-8"))


def weight(file: Path) -> int:
    """Return the bytes of a file as a server sends it: packed, unless it is packed already."""
    content = file.read_bytes()
    packed = file.suffix in {".woff2", ".png", ".webp", ".jpg"}
    return len(content) if packed else len(gzip.compress(content, 9))


# Inside a formula or a drawing there is nothing to operate and no text of its own; the name of
# a drawing is on its outermost element, which is looked at. Thousands of elements are not.
OUTSIDE = {"exclude": [["math > *"], ["svg.figure > *"]]}


def is_mistaken(rule: str, html: str) -> bool:
    """Tell whether axe 4.12 takes a formula for nothing: it reads no text in MathML."""
    return rule in {"empty-table-header", "empty-heading", "link-name"} and "<math" in html


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PAGES)
def test_no_accessibility_violation(visit, name: str, mode: str):
    page = visit(name, mode).page
    options = {"resultTypes": ["violations"]}
    found = Axe().run(page, context=OUTSIDE, options=options).response["violations"]
    assert [
        (rule["id"], node["target"], node.get("failureSummary", "")[:200])
        for rule in found
        for node in rule["nodes"]
        if not is_mistaken(rule["id"], node["html"])
    ] == []


@pytest.mark.parametrize("mode", ["light", "phone"])
@pytest.mark.parametrize("name", PAGES)
class TestLoading:
    def test_is_quiet_still_and_alone(self, visit, name: str, mode: str):
        """No message, nothing asked of a network, nothing that moves once it is drawn."""
        visited = visit(name, mode)
        visited.page.evaluate("document.fonts.ready")
        visited.page.wait_for_timeout(200)
        assert visited.said == []
        assert [
            url for url in visited.asked if urlsplit(url).scheme not in ("file", "data")
        ] == []
        assert visited.page.evaluate("window.shifted") < 0.01

    def test_is_no_wider_than_its_window(self, visit, name: str, mode: str):
        page = visit(name, mode).page
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0


@pytest.mark.parametrize("name", PAGES)
class TestFile:
    def test_html_is_valid(self, site: Path, name: str):
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        parser.parse((site / name).read_text("utf-8"))
        assert [(place, code, data) for place, code, data in parser.errors][:5] == []

    def test_keeps_to_its_budget(self, site: Path, visit, name: str):
        """The page and all that it loads, packed as servers send it, in kilobytes."""
        visited = visit(name)
        files = {unquote(urlsplit(url).path) for url in visited.asked if url.startswith("file")}
        total = sum(weight(Path(file)) for file in files if Path(file).is_file()) / 1000
        limit = BUDGET.get(name, BUDGET["*"])
        assert total <= limit, f"{name} weighs {total:.0f} kB, its budget is {limit} kB"


@pytest.mark.parametrize("name", CHAPTERS)
class TestChapter:
    def test_keyboard_reaches_the_text_first(self, visit, name: str):
        page = visit(name).page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to content"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        inside = "!!document.activeElement.closest('.content, #furo-main-content, article')"
        assert page.evaluate(inside)

    @pytest.mark.parametrize("mode", MODES)
    def test_every_box_that_scrolls_can_be_reached_and_no_other(self, visit, name, mode):
        page = visit(name, mode).page
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(300)
        boxes = page.evaluate(
            """[...document.querySelectorAll(".math-scroll")]
            .filter((box) => box.checkVisibility())
            .map((box) => [box.scrollWidth > box.clientWidth + 1, box.tabIndex === 0])"""
        )
        assert boxes
        assert [wide for wide, _ in boxes] == [reached for _, reached in boxes]

    def test_reads_without_scripts(self, visit, name: str):
        page = visit(name, java_script_enabled=False).page
        assert page.locator("article math").count() > 20
        box = page.locator("article math").first.bounding_box()
        assert box["width"] > 0
        folded = page.locator("details.fold").first
        folded.locator("summary").click()
        assert folded.locator(":scope > *").nth(1).is_visible()

    def test_explanations_are_as_wide_as_eyes_like(self, visit, name: str):
        """A line of text holds 65 to 75 characters on a wide screen."""
        page = visit(name).page
        per_line = page.evaluate(
            """(() => {
              const long = [...document.querySelectorAll("article section > p")]
                .filter((p) => !p.querySelector("math") && p.textContent.length > 300);
              const lines = (p) => p.getBoundingClientRect().height
                / parseFloat(getComputedStyle(p).lineHeight);
              const full = long.map((p) => p.textContent.length / lines(p));
              return full.reduce((a, b) => a + b, 0) / full.length;
            })()"""
        )
        assert 62 <= per_line <= 75
