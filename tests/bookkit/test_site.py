"""What a reader is promised of every page, read from the pages themselves."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag

from dlnotes.bookkit.pictures import MINIMUM_ALT

if TYPE_CHECKING:
    from pathlib import Path

CHAPTERS = [
    "linear_networks",
    "activations",
    "backpropagation",
    "ambiguous_images",
    "convolution",
]

Pages = dict[str, BeautifulSoup]


def anchors(page: BeautifulSoup) -> set[str]:
    return {tag["id"] for tag in page.find_all(id=True)}


def fetched(page: BeautifulSoup) -> list[str]:
    """Return the address of everything that a browser loads without being asked."""
    loads = [tag.get("src") for tag in page.find_all(["script", "img", "iframe", "source"])]
    loads += [
        tag.get("href")
        for tag in page.find_all("link")
        if {"stylesheet", "icon", "preload", "prefetch"} & set(tag.get("rel", []))
    ]
    return [address for address in loads if address]


class TestWholeSite:
    def test_every_chapter_is_there(self, pages: Pages):
        assert {f"{name}.html" for name in CHAPTERS} <= set(pages)
        assert {"index.html", "notation.html", "api.html", "references.html"} <= set(pages)

    def test_links_within_the_book_resolve(self, site: Path, pages: Pages):
        known = {name: anchors(page) for name, page in pages.items()}
        broken = []
        for name, page in pages.items():
            for link in page.find_all("a", href=True):
                parts = urlsplit(link["href"])
                if parts.scheme or parts.netloc:
                    continue
                folder = (site / name).parent
                target = (folder / unquote(parts.path)).resolve() if parts.path else site / name
                if not target.is_file():
                    broken.append(f"{name}: {link['href']}")
                    continue
                other = str(target.relative_to(site))
                anchor = unquote(parts.fragment)
                if anchor and other in known and anchor not in known[other]:
                    broken.append(f"{name}: {link['href']}")
        assert not broken

    def test_nothing_is_fetched_from_elsewhere(self, site: Path, pages: Pages):
        outside = [
            f"{name}: {address}"
            for name, page in pages.items()
            for address in fetched(page)
            if urlsplit(address).netloc
        ]
        assert not outside
        for sheet in site.glob("_static/**/*.css"):
            # A data: address holds its content and may name a namespace; it fetches nothing.
            addresses = re.findall(
                r"url\(\s*['\"]?(?!data:)([^'\")]+)", sheet.read_text("utf-8")
            )
            assert not [a for a in addresses if urlsplit(a).netloc], sheet

    def test_ids_are_unique_on_a_page(self, pages: Pages):
        repeated = {
            name: [
                i for i, n in Counter(t["id"] for t in page.find_all(id=True)).items() if n > 1
            ]
            for name, page in pages.items()
        }
        assert not {name: ids for name, ids in repeated.items() if ids}

    def test_mathematics_needs_no_script(self, pages: Pages):
        for name, page in pages.items():
            scripts = " ".join(str(script) for script in page.find_all("script"))
            assert "mathjax" not in scripts.lower(), name
            assert "katex" not in scripts.lower(), name


@pytest.mark.parametrize("chapter", CHAPTERS)
class TestChapter:
    @pytest.fixture
    def article(self, pages: Pages, chapter: str) -> Tag:
        article = pages[f"{chapter}.html"].find("article")
        assert isinstance(article, Tag)
        return article

    def test_formulas_are_typeset(self, article: Tag):
        assert len(article.find_all("math")) > 20
        raw = article.find_all(string=re.compile(r"\\(frac|begin|left|operatorname)\b"))
        # What a cell prints may be TeX, as what a trace writes for the checker is.
        assert [text for text in raw if text.find_parent("pre") is None] == []

    def test_figures_have_alternative_text_and_caption(self, article: Tag):
        figures = article.find_all("figure")
        assert figures
        for figure in figures:
            picture = figure.find("svg") or figure.find("img")
            text = picture.get("aria-label") or picture.get("alt") or ""
            assert len(text) >= MINIMUM_ALT, figure.get("id")
            caption = figure.find("figcaption").get_text(" ", strip=True)
            assert len(caption) > len("Figure 1.1 ") + 20, figure.get("id")
            assert text not in caption, "the caption says what to see, the text what is seen"

    def test_no_picture_stands_outside_a_figure(self, article: Tag):
        pictures = article.select("svg.figure, img")
        assert [p for p in pictures if not p.find_parent("figure")] == []

    def test_headings_nest(self, article: Tag):
        levels = [int(h.name[1]) for h in article.find_all(re.compile("^h[1-6]$"))]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))

    def test_every_exercise_has_a_folded_solution(self, article: Tag):
        exercises = article.select("div.exercise")
        solutions = article.select("details div.solution")
        assert len(exercises) >= 5
        assert len(solutions) == len(exercises)

    def test_no_cell_shows_an_error(self, article: Tag):
        assert not article.select(".output.stderr, .output.traceback")
