"""What a reader finds who types a name, a number, TeX, a question, or a word with an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def search(visit, site: Path) -> Callable[..., Any]:
    """Return a function that types a question into the search, and returns the visit."""

    def ask(typed: str, mode: str = "light") -> Any:
        visited = visit(f"{(site / 'search.html').as_uri()}?q={quote(typed)}", mode)
        visited.page.wait_for_function(
            "document.getElementById('search-said').textContent !== ''"
        )
        return visited

    return ask


def found(visited: Any, where: str = "names") -> list[str]:
    texts: list[str] = visited.page.locator(f".found-{where} li").all_inner_texts()
    return texts


class TestNames:
    @pytest.mark.parametrize(
        ("typed", "name"),
        [
            ("sotfmax", "activations.Softmax function"),
            ("sofmax", "Softmax section"),
            ("jacobain of softmax", "Jacobian of softmax theorem 2."),
            ("lipshitz", "Lipschitz"),
            ("sigmiod", "sigmoid equation"),
            ("identfy", "convolution.identify function"),
            ("backpropogation", "Back-propagation section"),
            ("convlution", "Convolution section 5"),
            ("logsumexp", "Log-sum-exp"),
            ("log sum exp", "activations.LogSumExp function"),
            (r"\operatorname{softmax}", "Softmax section"),
            ("σ", "sigma equation"),
            (r"\sigma", "sigma equation"),
        ],
    )
    def test_are_found_with_typing_errors_and_in_other_spellings(
        self, search, typed: str, name: str
    ):
        visited = search(typed)
        assert [text for text in found(visited) if name in text], found(visited)
        assert visited.said == []
        assert all(url.startswith("file:") for url in visited.asked)

    @pytest.mark.parametrize(
        ("typed", "first"),
        [
            ("softmax", "Softmax section"),
            ("backpropagation", "Back-propagation section 3,"),
            ("convolution theorem", "Convolution theorem theorem"),
            ("theorem 2.13", "theorem 2.13,"),
            ("(3.15)", "equation 3.15,"),
            ("figure 2.1", "figure 2.1,"),
            ("Exercise 1.4", "exercise 1.4,"),
        ],
    )
    def test_what_was_meant_comes_first(self, search, typed: str, first: str):
        names = found(search(typed))
        assert first in names[0], names

    def test_a_number_is_no_typing_error_of_another(self, search):
        assert all("2.13" in text for text in found(search("2.13")))

    @pytest.mark.parametrize("mode", ["light", "phone"])
    def test_lead_to_the_place(self, search, mode: str):
        page = search("softmax", mode).page
        page.locator(".found-names li a").first.click()
        page.wait_for_load_state()
        anchor = page.evaluate("decodeURIComponent(location.hash.slice(1))")
        assert page.evaluate("(id) => !!document.getElementById(id)", anchor)


class TestText:
    @pytest.mark.parametrize(
        ("typed", "title"),
        [
            ("vanishing gradients", "Why the derivatives matter"),
            ("universal aproximation", "The complete answer"),
            ("Mucsanyi", "People decide"),
            ("Mucsányi", "People decide"),
            ("why does the gradient of cross-entropy with softmax not fade", "Cross-entropy"),
        ],
    )
    def test_is_found_to_the_section(self, search, typed: str, title: str):
        visited = search(typed)
        texts = found(visited, "texts")
        assert [text for text in texts if title in text], texts
        page = visited.page
        assert page.locator(".found-texts mark").count() > 0
        link = page.locator(".found-texts li a").first
        link.focus()
        page.keyboard.press("Enter")
        page.wait_for_load_state()
        anchor = page.evaluate("decodeURIComponent(location.hash.slice(1))")
        assert page.evaluate("(id) => !!document.getElementById(id)", anchor)

    def test_formulas_are_not_words(self, site: Path):
        """What is searched knows no TeX and no tags of MathML."""
        words = (site / "_static" / "texts.js").read_text("utf-8")
        assert "softmax" in words
        assert not [w for w in (r"\\frac", r"\\sum", "operatorname", "mfrac") if w in words]


class TestOddQuestions:
    @pytest.mark.parametrize("typed", ["zzzzqqq", "<script>alert(1)</script>", "über Ölung"])
    def test_nothing_found_is_said(self, search, typed: str):
        visited = search(typed)
        said = visited.page.locator("#search-said").inner_text()
        assert said.startswith(f"Nothing in the book is like “{typed}”.")
        assert visited.said == []

    @pytest.mark.parametrize("typed", ["s", "of the", "?", "a" * 3000])
    def test_short_and_long_ones_do_no_harm(self, search, typed: str):
        assert search(typed).said == []

    def test_none_is_no_question(self, visit, site: Path):
        visited = visit(f"{(site / 'search.html').as_uri()}?q=")
        assert visited.page.locator("#search-results > *").count() == 0
        assert visited.said == []

    def test_by_keyboard_on_a_phone(self, visit):
        page = visit("activations.html", "phone").page
        page.goto(page.url.replace("activations", "search"))
        page.locator("#search-again").focus()
        page.keyboard.type("gelu")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search.html?q=gelu")
        page.locator(".found-names li").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
