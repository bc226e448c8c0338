"""Words that the index leads to, on the web and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document
from sphinx import addnodes

from dlnotes.bookkit import reference
from dlnotes.bookkit.building import run_sphinx

if TYPE_CHECKING:
    from pathlib import Path

WORDS = "Its *{subject}`slope`* is {subject}`steep <steepness, of a slope>`.\n"


@pytest.fixture
def checkout(small_book, tmp_path: Path) -> Path:
    """Return the settings of the book and one page of it."""
    root: Path = small_book(tmp_path)
    for page in (root / "book").glob("*.md"):
        page.unlink()
    (root / "book" / "index.md").write_text(f"# Tiny\n\n{WORDS}")
    return root


class TestSubject:
    def test_index_leads_to_the_word(self, checkout: Path):
        status, out = run_sphinx(checkout, "html")
        assert status == 0
        page = BeautifulSoup((out / "index.html").read_text("utf-8"), "html5lib")
        assert "Its slope is steep." in page.select_one("article").get_text()
        index = BeautifulSoup((out / "genindex.html").read_text("utf-8"), "html5lib")
        found = {a.get_text(): a["href"] for a in index.select(".indextable a")}
        assert found == {
            "slope": "index.html#subject-slope",
            "steepness, of a slope": "index.html#subject-steepness-of-a-slope",
        }
        for address in found.values():
            assert page.find(id=address.partition("#")[2])

    def test_subject_has_one_place_on_a_page(self, checkout: Path, capfd):
        (checkout / "book" / "index.md").write_text(f"# Tiny\n\n{WORDS}\n{WORDS}")
        status, _ = run_sphinx(checkout, "html")
        assert status != 0
        assert "subject-slope" in capfd.readouterr().err


class TestReference:
    def test_note_has_the_number_that_its_author_gave_it(self):
        page = new_document("page")
        for target in ("R2d7200a042d0-1", "leshno1993multilayer"):
            mark = addnodes.pending_xref("", refdomain="citation", reftarget=target)
            mark += nodes.inline("", f"[{target}]")
            page += mark
        reference._numbered_notes(None, page)
        assert [mark.astext() for mark in page] == ["[1]", "[leshno1993multilayer]"]
