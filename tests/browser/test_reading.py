"""What a reader does: walk by keyboard, look ahead, search, sort, take along, read offline."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from conftest import CHAPTERS
from serving import serving
from test_widths import LAID_OUT

from dlnotes.bookkit.building import repository
from dlnotes.bookkit.publishing import zip_site

if TYPE_CHECKING:
    from collections.abc import Iterator


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

    def test_keyboard_walks_on_and_shows_where_it_is(self, visit, name: str):
        """Each of the next stops is new, can be seen, and has an outline."""
        page = visit(name).page
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        stops = []
        for _ in range(25):
            page.keyboard.press("Tab")
            stops.append(
                page.evaluate(
                    """(() => {
                      const at = document.activeElement;
                      window.stops ??= [];
                      const again = window.stops.includes(at);
                      window.stops.push(at);
                      const style = getComputedStyle(at);
                      const marked = style.outlineStyle !== "none"
                        || style.boxShadow !== "none";
                      return [at.tagName, again, at.checkVisibility(), marked];
                    })()"""
                )
            )
        assert [stop for stop in stops if stop[1:] != [False, True, True]] == []

    def test_reads_without_scripts(self, visit, name: str):
        page = visit(name, java_script_enabled=False).page
        assert page.locator("article math").count() > 20
        box = page.locator("article math").first.bounding_box()
        assert box["width"] > 0
        assert page.locator("article h1").is_visible()
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


class TestPreviews:
    @pytest.fixture
    def page(self, visit):
        """Return a page laid out: else a link may move away from below a mouse at rest."""
        page = visit("activations.html").page
        page.evaluate(LAID_OUT)
        return page

    @pytest.mark.parametrize("kind", ["#equation-", "#thm-"])
    def test_show_what_a_link_leads_to(self, page, kind: str):
        link = page.locator(f'article p a.reference[href^="{kind}"]').first
        link.hover()
        shown = page.locator("#preview")
        shown.wait_for(state="visible")
        assert shown.locator("math").count() >= 1
        assert link.get_attribute("aria-describedby") == "preview"
        page.keyboard.press("Escape")
        assert shown.is_hidden()

    def test_a_mouse_gets_from_the_link_into_the_box(self, page):
        """And through the gap between them, slowly, to scroll it or to mark what it says."""
        link = page.locator('article p a.reference[href^="#thm-"]').first
        link.hover()
        shown = page.locator("#preview")
        shown.wait_for(state="visible")
        at, box = link.bounding_box(), shown.bounding_box()
        x = at["x"] + at["width"] / 2
        page.mouse.move(x, at["y"] + at["height"] / 2)
        below = box["y"] > at["y"]
        gap = at["y"] + at["height"] + 3 if below else at["y"] - 3
        for y in (gap, box["y"] + (10 if below else box["height"] - 10)):
            page.mouse.move(x, y)
            page.wait_for_timeout(120)
        page.wait_for_timeout(600)
        assert shown.is_visible()
        page.mouse.move(5, 5)
        shown.wait_for(state="hidden")

    def test_come_with_focus_and_go_with_it(self, page):
        link = page.locator('article p a.reference[href^="#thm-"]').first
        link.focus()
        page.locator("#preview").wait_for(state="visible")
        link.blur()
        page.locator("#preview").wait_for(state="hidden")


class TestCopying:
    """What is marked can be pasted, and read where it is pasted."""

    copied = """(select) => {
      const range = document.createRange();
      const place = document.querySelector(select);
      range.selectNodeContents(place.closest(".math-wrapper, p") ?? place);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      const sent = new DataTransfer();
      const event = new ClipboardEvent("copy", { clipboardData: sent, bubbles: true,
        cancelable: true });
      (document.activeElement ?? document.body).dispatchEvent(event);
      return sent.getData("text/plain");
    }"""

    def test_formulas_are_lines(self, visit):
        page = visit("activations.html").page
        page.evaluate("document.documentElement.classList.remove('lazy')")
        answer = page.evaluate(self.copied, "#the-short-answer > p")
        assert "is its own ingredient: σ′(x) = σ(x)(1 − σ(x)), never" in answer
        assert "∂s_j/∂z_i = s_j(δ_ji − s_i). The" in answer
        assert page.evaluate(self.copied, "#equation-eq-activations-sigmoid-symmetry") == (
            "σ(−x) = 1/(1 + exp(x))    [definition of σ]\n"
            "= (exp(−x))/(exp(−x) + 1)    [times exp(−x) above and below]\n"
            "= 1 − 1/(1 + exp(−x))    [exp(−x) = (1 + exp(−x)) − 1]\n"
            "= 1 − σ(x)    [definition of σ]\n"
            "(2.2)"
        )
        theorem = page.evaluate(self.copied, "#thm-activations-sigmoid-bound")
        assert "\n\n0 < σ′(x) ≤ 1/4\n(2.5)\n\nand it equals" in theorem

    @pytest.mark.parametrize("name", CHAPTERS)
    def test_every_formula_of_a_page(self, visit, name: str):
        """None is left as browsers write it, a sign a line, and none stops the copying."""
        visited = visit(name)
        text = visited.page.evaluate(self.copied, "article")
        assert visited.said == []
        alone = [line.strip() for line in text.split("\n") if line.strip() in {*"=−+≤∑′"}]
        assert alone == []
        assert "\u2061" not in text
        assert "_(" in text
        assert "^" in text

    def test_button_on_code_is_there_for_a_finger(self, visit):
        page = visit("activations.html", "phone", has_touch=True, is_mobile=True).page
        button = "getComputedStyle(document.querySelector('.copybtn')).opacity"
        assert page.evaluate(button) == "1"


class TestDrawers:
    """Where there is no room for them, the contents wait beside the window until asked for."""

    inside = "!!document.activeElement.closest('aside')"
    opens = "document.activeElement.closest('label')?.htmlFor"

    def test_keyboard_leads_to_nothing_in_one_that_is_shut(self, visit):
        page = visit("activations.html", "phone").page
        seen = []
        for _ in range(12):
            page.keyboard.press("Tab")
            seen.append(page.evaluate(f"[{self.opens}, {self.inside}]"))
        assert {box for box, _ in seen} >= {"__navigation", "__toc"}
        assert not [box for box, inside in seen if inside]

    @pytest.mark.parametrize("mode", ["light", "phone"])
    def test_a_slash_leads_to_the_search(self, visit, mode: str):
        visited = visit("activations.html", mode)
        page = visited.page
        page.keyboard.press("/")
        page.wait_for_function("document.activeElement.matches('.sidebar-search')")
        page.keyboard.type("a/b")
        assert page.locator(".sidebar-search").input_value() == "a/b"
        assert visited.said == []

    @pytest.mark.parametrize(
        ("box", "drawer"), [("__navigation", ".sidebar-drawer"), ("__toc", ".toc-drawer")]
    )
    def test_keyboard_opens_and_shuts_one(self, visit, box: str, drawer: str):
        page = visit("activations.html", "phone").page
        at = "document.activeElement"
        for _ in range(6):
            page.keyboard.press("Tab")
            if page.evaluate(self.opens) == box:
                break
        assert page.evaluate(f"getComputedStyle({at}).outlineStyle") == "solid"
        assert page.evaluate(f"{at}.getAttribute('aria-expanded')") == "false"
        page.keyboard.press("Space")
        page.wait_for_function(
            "(drawer) => { const at = document.querySelector(drawer).getBoundingClientRect();"
            "return at.left >= 0 && at.right <= innerWidth + 1; }",
            arg=drawer,
        )
        assert page.evaluate(f"{at}.getAttribute('aria-expanded')") == "true"
        page.locator(f"{drawer} a:visible").first.focus()
        assert page.evaluate(self.inside)
        page.keyboard.press("Escape")
        assert page.evaluate(self.opens) == box
        page.wait_for_function(
            "(drawer) => !document.querySelector(drawer + ' a')"
            ".checkVisibility({ visibilityProperty: true })",
            arg=drawer,
        )

    @pytest.mark.parametrize(
        ("box", "drawer", "beside"),
        [("__navigation", ".sidebar-drawer", 370), ("__toc", ".toc-drawer", 20)],
    )
    def test_a_finger_opens_and_shuts_one(self, visit, box: str, drawer: str, beside: int):
        page = visit("activations.html", "phone").page
        page.locator(f"label[for='{box}'] > .icon:visible").click()
        link = page.locator(f"{drawer} a:visible").first
        link.wait_for()
        page.mouse.click(beside, 600)
        link.wait_for(state="hidden")

    def test_without_scripts_the_contents_are_within_reach(self, visit):
        page = visit("activations.html", "phone", java_script_enabled=False).page
        page.locator(".sidebar-drawer .sidebar-tree a").first.wait_for(state="visible")


class TestLayingOut:
    """The far parts of a page are laid out late, and nobody can tell."""

    far = "equation-eq-activations-normaliser-derivative"
    lazy = "document.documentElement.classList.contains('lazy')"
    laid_out = """(id) => document.getElementById(id).closest(".math-wrapper").firstElementChild
      .checkVisibility({ contentVisibilityAuto: true })"""
    top = "(id) => Math.round(document.getElementById(id).getBoundingClientRect().top)"

    @pytest.mark.parametrize("mode", ["light", "phone"])
    def test_waits_for_the_reader_and_moves_nothing_then(self, visit, mode: str):
        page = visit("activations.html", mode).page
        assert page.evaluate(self.lazy)
        assert not page.evaluate(self.laid_out, self.far)
        page.mouse.move(200, 300)
        page.mouse.wheel(0, 3000)
        page.wait_for_function("scrollY > 2900")
        page.evaluate("window.seen = document.elementFromPoint(200, 500)")
        seen = "window.seen.getBoundingClientRect().top"
        before = page.evaluate(seen)
        page.wait_for_function(f"!{self.lazy}")
        assert page.evaluate(self.laid_out, self.far)
        assert page.evaluate(seen) == pytest.approx(before, abs=2)

    @pytest.mark.parametrize("name", CHAPTERS)
    def test_asks_little_of_a_phone_at_first(self, visit, name: str):
        """Of the elements of a chapter one in ten at most is laid out when it has loaded."""
        page = visit(name, "phone").page
        page.wait_for_timeout(300)
        laid_out, of = page.evaluate(
            """(() => {
              const all = [...document.querySelectorAll("article *")];
              const now = (one) => one.checkVisibility({ contentVisibilityAuto: true });
              return [all.filter(now).length, all.length];
            })()"""
        )
        assert 100 < laid_out < of / 10

    @pytest.mark.parametrize("name", CHAPTERS)
    def test_what_waits_keeps_room_enough(self, visit, name: str):
        """On the narrowest of phones, where it is highest; not thrice as much as on any."""
        page = visit(name, "phone").page
        page.set_viewport_size({"width": 320, "height": 700})
        page.evaluate("document.documentElement.classList.remove('lazy')")
        seen = page.evaluate(
            """[...document.querySelectorAll("article [class*='high-']")].map((part) => [
              part.tagName,
              part.id || part.textContent.trim().slice(0, 60),
              part.getBoundingClientRect().height / 16,
              Number(/high-([0-9]+)/.exec(part.className)[1]),
            ])"""
        )
        for kind, fewest in {"SECTION": 10, "DIV": 80}.items():
            parts = [part for tag, *part in seen if tag == kind]
            assert len(parts) > fewest
            assert [part for part in parts if part[1] > part[2]] == []
            assert sum(kept for *_, kept in parts) < 3 * sum(real for _, real, _ in parts)

    @pytest.mark.parametrize("name", CHAPTERS)
    def test_no_script_keeps_the_page_waiting(self, visit, name: str):
        assert visit(name).page.locator("script[src]:not([defer])").count() == 0

    @pytest.mark.parametrize("mode", ["light", "phone"])
    def test_a_link_from_elsewhere_leads_to_the_place(self, visit, site: Path, mode: str):
        page = visit(f"{(site / 'activations.html').as_uri()}#{self.far}", mode).page
        page.wait_for_function("scrollY > 1000")
        assert 0 <= page.evaluate(self.top, self.far) < 150

    @pytest.mark.parametrize("mode", ["light", "phone"])
    def test_a_link_inside_leads_to_the_place(self, visit, mode: str):
        page = visit("activations.html", mode).page
        # the first thing that a reader does: no movement of the mouse before it
        page.evaluate(
            """(id) => { const link = document.createElement("a"); link.href = "#" + id;
            document.querySelector("article").prepend(link); link.click(); }""",
            self.far,
        )
        page.wait_for_function("scrollY > 1000")
        assert 0 <= page.evaluate(self.top, self.far) < 150
        assert not page.evaluate(self.lazy)

    def test_a_page_loaded_again_is_where_it_was(self, visit):
        page = visit("activations.html").page
        page.mouse.wheel(0, 20_000)
        page.wait_for_function(f"scrollY > 19000 && !{self.lazy}")
        before = page.evaluate(self.top, self.far)
        page.reload()
        page.wait_for_function("scrollY > 19000")
        page.wait_for_timeout(300)
        assert page.evaluate(self.top, self.far) == pytest.approx(before, abs=40)

    def test_a_box_that_the_keyboard_comes_to_keeps_the_focus(self, visit):
        """A narrow formula counts as one that scrolls, until it is near enough to measure."""
        page = visit("activations.html").page
        page.evaluate(
            "(id) => document.getElementById(id).closest('.math-wrapper')"
            ".querySelector('.math-scroll').focus()",
            self.far,
        )
        page.wait_for_timeout(500)
        assert page.evaluate("document.activeElement.matches('.math-scroll')")
        page.keyboard.press("Tab")
        assert (
            page.evaluate(
                "(id) => document.getElementById(id).closest('.math-wrapper')"
                ".querySelector('.math-scroll').tabIndex",
                self.far,
            )
            == -1
        )

    def test_all_is_laid_out_before_printing(self, visit):
        page = visit("activations.html").page
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate(self.laid_out, self.far)

    def test_all_is_laid_out_where_scripts_are_off(self, visit):
        page = visit("activations.html", java_script_enabled=False).page
        assert "lazy" not in (page.locator("html").get_attribute("class") or "")


class TestTables:
    def test_sort_by_a_click_and_back_by_another(self, visit):
        page = visit("activations.html").page
        table = page.locator("table.sortable").first
        names = table.locator("tbody tr td:first-child")
        table.scroll_into_view_if_needed()
        page.wait_for_function("!document.documentElement.classList.contains('lazy')")
        before = names.all_inner_texts()
        button = table.locator("thead button").first
        button.click()
        assert names.all_inner_texts() == sorted(before, key=str.casefold)
        button.click()
        assert names.all_inner_texts() == sorted(before, key=str.casefold, reverse=True)
        assert table.locator("th").first.get_attribute("aria-sort") == "descending"


class TestDownloads:
    @pytest.mark.parametrize("name", CHAPTERS)
    def test_are_there(self, visit, name: str):
        page = visit(name).page
        links = page.locator(".chapter-tools a[download], .figure-data a[download]")
        addresses = links.evaluate_all("(all) => all.map((a) => a.href)")
        assert len(addresses) >= 4
        files = [Path(address.removeprefix("file://")) for address in addresses]
        assert [file for file in files if not file.is_file() or not file.stat().st_size] == []

    @pytest.mark.parametrize("name", CHAPTERS)
    def test_hold_what_they_promise(self, site: Path, name: str):
        chapter = site / "downloads" / name.removesuffix(".html")
        ran, clean = (
            json.loads(Path(f"{chapter}{end}").read_text("utf-8"))["cells"]
            for end in (".ipynb", "-clean.ipynb")
        )
        code = [cell for cell in ran if cell["cell_type"] == "code"]
        assert [cell for cell in code if cell["execution_count"] is None] == []
        shown = [output for cell in code for output in cell["outputs"]]
        figures = sum("image/svg+xml" in output.get("data", {}) for output in shown)
        page = BeautifulSoup((site / name).read_text("utf-8"), "html5lib")
        assert figures == len(page.select(".cell_output svg.figure, .cell_output + figure"))
        kinds = {kind for output in shown for kind in output.get("data", {})}
        assert kinds <= {"image/svg+xml", "text/plain", "text/html", "text/markdown"}
        again = [cell for cell in clean if cell["cell_type"] == "code"]
        assert [cell["source"] for cell in again] == [cell["source"] for cell in code]
        assert [cell for cell in again if cell["outputs"] or cell["execution_count"]] == []
        compile(Path(f"{chapter}.py").read_text("utf-8"), f"{chapter.name}.py", "exec")


@pytest.fixture(scope="module")
def below_a_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the packed book, unpacked and served below a path."""
    root = tmp_path_factory.mktemp("served")
    file = zip_site(repository())
    with zipfile.ZipFile(file) as packed:
        packed.extractall(root / "somewhere")

    with serving(root) as address:
        yield f"{address}/somewhere/{file.stem}/"


@pytest.mark.enable_socket  # a server of its own, on this machine
class TestPublished:
    def test_works_below_a_path(self, visit, below_a_path: str):
        visited = visit(f"{below_a_path}activations.html", offline=False)
        visited.page.evaluate("document.fonts.ready")
        assert visited.said == []
        assert [u for u in visited.asked if not u.startswith((below_a_path, "data:"))] == []
        assert visited.page.evaluate("window.shifted") < 0.001
        assert visited.page.evaluate("document.fonts.check('1em \"STIX Two Math\"')")

    def test_previews_come_from_other_pages(self, visit, below_a_path: str):
        """Served, a link to another page shows what is there; from a disk it cannot."""
        page = visit(f"{below_a_path}ledger.html", offline=False).page
        page.locator('ol.ledger .name a[href*=".html#thm-"]').first.focus()
        page.locator("#preview").wait_for(state="visible")
        assert page.locator("#preview math").count() >= 1

    def test_search_works_below_a_path(self, visit, below_a_path: str):
        page = visit(f"{below_a_path}search.html?q=sotfmax", offline=False).page
        page.locator(".found-names li a").first.click()
        page.wait_for_load_state()
        assert page.url.startswith(below_a_path)
