"""One style sheet and one script for all pages, and where the first screen ends."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from docutils import nodes
from docutils.utils import new_document
from sphinx.builders.html._assets import _JavaScript
from sphinx.errors import ExtensionError

from dlnotes.bookkit import joining
from dlnotes.bookkit.building import repository
from dlnotes.bookkit.first_screen import SCREEN, end_of_first_screen
from dlnotes.bookkit.pruning import names_in_page, prune

if TYPE_CHECKING:
    from pathlib import Path

BOOK = repository() / "book" / "static"


def page_with(folder: Path, **rules: str) -> dict[str, Any]:
    """Write style sheets as a build copies them; return what a page is told of them."""
    (folder / "_static").mkdir(exist_ok=True)
    for name, text in rules.items():
        (folder / "_static" / f"{name}.css").write_text(text, "utf-8")
    return {"css_files": [SimpleNamespace(filename=f"_static/{name}.css") for name in rules]}


def page_running(folder: Path, *scripts: tuple[str, int, str]) -> dict[str, Any]:
    """Write scripts with their priorities; return what a page is told of them."""
    (folder / "_static").mkdir(exist_ok=True)
    for name, _, text in scripts:
        (folder / "_static" / f"{name}.js").write_text(text, "utf-8")
    return {
        "script_files": [
            _JavaScript(f"_static/{name}.js", priority=priority, defer="defer")
            for name, priority, _ in scripts
        ]
    }


def join(folder: Path, *contexts: dict[str, Any], kind: str = joining.SHEETS) -> str:
    app = SimpleNamespace(outdir=folder, builder=SimpleNamespace(format="html"))
    for page, context in zip(("one", "other"), contexts, strict=False):
        joining._refer(app, page, "page.html", context, None)
    joining._join(app, None)
    return (folder / "_static" / kind).read_text("utf-8")


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

    def test_what_cannot_be_read_is_refused_with_its_place(self, tmp_path: Path):
        with pytest.raises(ExtensionError, match=r"theme\.css cannot .*: line 2, column 1:"):
            join(tmp_path, page_with(tmp_path, theme="p { margin: 0 }\n} b { margin: 0 }"))

    def test_what_brings_its_content_along_is_not(self, tmp_path: Path):
        rule = "background: url( 'data:image/svg+xml,<svg/>'); clip-path: url(#round)"
        text = join(tmp_path, page_with(tmp_path, theme=f"p {{ {rule} }}"))
        assert "data:image/svg+xml,<svg/>" in text
        assert "url(#round)" in text

    def test_a_page_that_wants_another_style_is_refused(self, tmp_path: Path):
        pages = [
            page_with(tmp_path, theme="p {}"),
            page_with(tmp_path, theme="p {}", more="b {}"),
        ]
        with pytest.raises(ExtensionError, match=r"share one .* but other differs .*more\.css"):
            join(tmp_path, *pages)

    def test_a_class_counts_where_a_page_or_a_script_has_it(self, tmp_path: Path):
        context = page_with(tmp_path, book="".join(f".{c} {{ top: 0 }}" for c in "abcd"))
        (tmp_path / "one.html").write_text('<p class="x a">c</p>', "utf-8")
        (tmp_path / "_static" / "own.js").write_text("p.classList.add('b')", "utf-8")
        (tmp_path / "_static" / "texts.js").write_text("bookTexts = 'd'", "utf-8")
        assert join(tmp_path, context) == ".a{top: 0}\n.b{top: 0}"


class TestAddress:
    def test_is_another_for_another_content(self, tmp_path: Path):
        page = tmp_path / "one.html"
        page.write_text('<link href="_static/sheets.css"><p>"sheets.css"</p>', "utf-8")
        told = []
        for rule in ("p { top: 0 }", "p { top: 1px }", "p { top: 1px }"):
            join(tmp_path, page_with(tmp_path, book=rule))
            told.append(page.read_text("utf-8"))
        assert re.fullmatch(
            r'<link href="_static/sheets\.css\?v=\w{8}"><p>"sheets.css"</p>', told[0]
        )
        assert told[0] != told[1] == told[2]


class TestPrune:
    @pytest.mark.parametrize(
        ("rule", "left"),
        [
            ("p, .a, .c { top: 0 }", "p,.a{top: 0}"),
            (".a .b > p { top: 0 }", ".a .b > p{top: 0}"),
            (".a .c > p { top: 0 }", ""),
            (".a.c { top: 0 }", ""),
            ("#b .a { top: 0 }", "#b .a{top: 0}"),
            ("#c { top: 0 }", ""),
            (".a:not(.c) { top: 0 }", ".a:not(.c){top: 0}"),
            ("p:is(.c, .d) { top: 0 }", "p:is(.c, .d){top: 0}"),
            ("[class~=c] { top: 0 }", "[class~=c]{top: 0}"),
            ("p { color: #ccc; /* .c */ }", "p{color: #ccc;}"),
            ("@media print { .c { top: 0 } }", ""),
            ("@media print { .c { top: 0 } p { top: 0 } }", "@media print{\np{top: 0}\n}"),
            (
                "@supports (top: 0) { @media print { .a { top: 0 } } }",
                "@supports (top: 0){\n@media print{\n.a{top: 0}\n}\n}",
            ),
            ("@keyframes c { to { top: 0 } }", "@keyframes c { to { top: 0 } }"),
            ("/*! MIT */ /* why */ p { top: 0 }", "/*! MIT */\np{top: 0}"),
            ("p { content: 'a  /* b */' }", 'p{content: "a  /* b */"}'),
        ],
    )
    def test_keeps_what_may_be_used(self, rule: str, left: str):
        assert prune(rule, {"a", "b"}) == left


class TestNames:
    def test_of_elements_and_in_scripts(self):
        page = '<p class="a b" data-id="c" id="d">e</p><script>f("g-h")</script>'
        assert names_in_page(page) >= {"a", "b", "d", "f", "g-h"}
        assert "e" not in names_in_page(page)


class TestScripts:
    def test_run_in_the_order_of_their_priority(self, tmp_path: Path):
        page = page_running(tmp_path, ("b", 500, "later"), ("a", 200, "first"))
        text = join(tmp_path, page, kind=joining.SCRIPTS)
        assert text == "// _static/a.js\nfirst\n;\n// _static/b.js\nlater\n;"
        assert [str(one.filename) for one in page["script_files"]] == ["_static/scripts.js"]
        assert page["script_files"][0].attributes == {"defer": "defer"}

    def test_those_of_an_index_of_words_are_left_out(self, tmp_path: Path):
        page = page_running(tmp_path, ("doctools", 200, "words"), ("a", 500, "first"))
        assert "words" not in join(tmp_path, page, kind=joining.SCRIPTS)

    def test_a_page_may_have_its_own(self, tmp_path: Path):
        common = ("a", 500, "first")
        own = page_running(tmp_path, common, ("own", joining.OF_ONE_PAGE, "mine"))
        text = join(tmp_path, page_running(tmp_path, common), own, kind=joining.SCRIPTS)
        assert "mine" not in text
        names = [str(one.filename) for one in own["script_files"]]
        assert names == ["_static/scripts.js", "_static/own.js"]

    def test_one_of_a_page_among_those_of_all_is_refused(self, tmp_path: Path):
        common = ("a", 500, "first")
        more = page_running(tmp_path, common, ("own", 500, "mine"))
        with pytest.raises(ExtensionError, match=r"other differs .*own\.js.* priority 900"):
            join(tmp_path, page_running(tmp_path, common), more)

    def test_maps_of_sources_that_are_not_there_are_not_asked_for(self):
        text = joining.join_scripts({"a.js": "x()\n//# sourceMappingURL=a.js.map"})
        assert text == "// a.js\nx()\n;"


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
