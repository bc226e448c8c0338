"""One style sheet for all pages, and the place where the first screen ends."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from docutils import nodes
from docutils.utils import new_document
from sphinx.errors import ExtensionError

from dlnotes.bookkit import sheets
from dlnotes.bookkit.building import repository
from dlnotes.bookkit.first_screen import SCREEN, end_of_first_screen

if TYPE_CHECKING:
    from pathlib import Path

BOOK = repository() / "book" / "static"


def page_with(folder: Path, **rules: str) -> dict[str, Any]:
    """Write style sheets as a build copies them; return what a page is told of them."""
    (folder / "_static").mkdir(exist_ok=True)
    for name, text in rules.items():
        (folder / "_static" / f"{name}.css").write_text(text, "utf-8")
    return {"css_files": [SimpleNamespace(filename=f"_static/{name}.css") for name in rules]}


def join(folder: Path, *contexts: dict[str, Any]) -> str:
    app = SimpleNamespace(outdir=folder, builder=SimpleNamespace(format="html"))
    for page, context in zip(("one", "other"), contexts, strict=False):
        sheets._refer(app, page, "page.html", context, None)
    sheets._join(app, None)
    return (folder / "_static" / sheets.TOGETHER).read_text("utf-8")


class TestSheets:
    def test_the_last_rule_still_counts_most(self, tmp_path: Path):
        context = page_with(tmp_path, theme="p { margin: 0 }", book="p { margin: 1em }")
        text = join(tmp_path, context)
        assert text.index("margin: 0") < text.index("margin: 1em")
        assert context["css_files"] == ["_static/sheets.css"]

    def test_a_changed_sheet_is_joined_anew(self, tmp_path: Path):
        join(tmp_path, page_with(tmp_path, book="p { margin: 0 }"))
        assert "1em" in join(tmp_path, page_with(tmp_path, book="p { margin: 1em }"))

    @pytest.mark.parametrize(
        "rule",
        [
            "@import 'more.css';",
            "p { background: url(dot.png) }",
            'p { cursor: url( "hand.svg") }',
        ],
    )
    def test_what_needs_a_file_beside_it_is_refused(self, tmp_path: Path, rule: str):
        with pytest.raises(
            ExtensionError, match=r"theme\.css cannot be joined .*(more|dot|hand)"
        ):
            join(tmp_path, page_with(tmp_path, theme=rule))

    def test_what_brings_its_content_along_is_not(self, tmp_path: Path):
        rule = "p { background: url( 'data:image/svg+xml,<svg/>'); clip-path: url(#round) }"
        assert rule in join(tmp_path, page_with(tmp_path, theme=rule))

    def test_a_page_that_wants_another_style_is_refused(self, tmp_path: Path):
        pages = [
            page_with(tmp_path, theme="p {}"),
            page_with(tmp_path, theme="p {}", more="b {}"),
        ]
        with pytest.raises(ExtensionError, match=r"share one .* but other differs .*more\.css"):
            join(tmp_path, *pages)


class TestFirstScreen:
    def test_it_ends_after_a_whole_block(self):
        page = new_document("page")
        row = nodes.row(
            "", *(nodes.entry("", nodes.paragraph("", "word " * 100)) for _ in "ab")
        )
        table = nodes.table(
            "", nodes.tgroup("", nodes.tbody("", *(row.deepcopy() for _ in "abcd")))
        )
        after = nodes.paragraph("", "word " * 300)
        page += nodes.section("", nodes.title("", "A table"), table, after, ids=["a"])
        assert len(table.astext()) < SCREEN
        assert end_of_first_screen(page) is after

    def test_a_long_table_is_not_cut(self):
        page = new_document("page")
        entry = nodes.entry("", nodes.paragraph("", "word " * SCREEN))
        table = nodes.table("", nodes.tgroup("", nodes.tbody("", nodes.row("", entry))))
        page += nodes.section("", table, nodes.paragraph("", "word"), ids=["a"])
        assert end_of_first_screen(page) is table

    def test_a_short_page_has_none(self):
        page = new_document("page")
        page += nodes.paragraph("", "word")
        assert end_of_first_screen(page) is None


def test_every_height_that_a_part_keeps_has_a_rule(site: Path):
    """A part whose class says nothing to the style sheet would keep no room at all."""
    kept = {
        height
        for page in site.glob("*.html")
        for height in re.findall(r'class="[^"]*\bhigh-(\d+)', page.read_text("utf-8"))
    }
    rules = dict(
        re.findall(r"\.high-(\d+) \{ --usual: (\d+)rem; \}", (BOOK / "book.css").read_text())
    )
    assert all(height == rule for height, rule in rules.items())
    assert len(kept) > 10
    assert kept - set(rules) == set()
