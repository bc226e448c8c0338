"""What makes a page good to read, search and take along, piece by piece."""

from __future__ import annotations

import ast
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import nbformat
import pytest
from docutils import nodes
from docutils.utils import new_document

from dlnotes.bookkit.downloads import minutes_to_read, python_of, to_take_along, without_outputs
from dlnotes.bookkit.names import names_in
from dlnotes.bookkit.publishing import check_address, sitemap, zip_site
from dlnotes.bookkit.texts import texts_in

if TYPE_CHECKING:
    from pathlib import Path

NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "source": ["# Words\n"]},
        {
            "cell_type": "code",
            "source": ["x = 1\n", "x"],
            "outputs": [{"data": "1"}],
            "execution_count": 7,
        },
        {"cell_type": "code", "source": "y = x", "outputs": [], "execution_count": 8},
    ],
    "metadata": {"kernelspec": {"name": "python3"}},
}


class TestDownloads:
    def test_clean_notebook_keeps_all_but_what_running_it_made(self):
        clean = without_outputs(NOTEBOOK)
        assert [cell["source"] for cell in clean["cells"]] == [
            cell["source"] for cell in NOTEBOOK["cells"]
        ]
        assert [cell.get("outputs") for cell in clean["cells"]] == [None, [], []]
        assert [cell.get("execution_count") for cell in clean["cells"]] == [None, None, None]
        assert clean["metadata"] == NOTEBOOK["metadata"]
        assert NOTEBOOK["cells"][1]["outputs"], "the original stays as it is"

    def test_cells_are_named_by_what_stands_in_them(self):
        def named(*sources: str) -> list[str]:
            cells = [nbformat.v4.new_code_cell(source) for source in sources]
            notebook = to_take_along(nbformat.v4.new_notebook(cells=cells))
            nbformat.validate(notebook)
            return [cell["id"] for cell in notebook["cells"]]

        before = named("x = 1", "x", "x")
        assert named("x = 1", "x", "x") == before
        assert len({*before}) == 3
        assert named("x", "x = 1") == [before[1], before[0]]

    def test_script_is_python_and_has_every_cell(self):
        script = python_of(NOTEBOOK)
        assert script.count("# %%") == 2
        names = [n.id for n in ast.walk(ast.parse(script)) if isinstance(n, ast.Name)]
        assert set(names) == {"x", "y"}

    def test_formulas_take_time_to_read(self):
        page = new_document("page")
        page += nodes.paragraph("", "word " * 1000)
        assert minutes_to_read(page) == 5
        page += [nodes.math_block("x", "x") for _ in range(12)]
        assert minutes_to_read(page) == 10


class TestNames:
    @pytest.fixture
    def page(self) -> nodes.document:
        page = new_document("page")
        section = nodes.section("", nodes.title("", "The sigmoid"), ids=["the-sigmoid"])
        claim = nodes.admonition(
            "",
            nodes.title(
                "", " (The slope is bounded)", nodes.raw("", "<a>¶</a>", format="html")
            ),
            ids=["thm-a-bound"],
            realtype="theorem",
        )
        display = nodes.math_block("x", "x", label="eq-activations-sigmoid-slope")
        display["ids"] = ["equation-eq-activations-sigmoid-slope"]
        section += [claim, display]
        page += section
        return page

    def test_theorems_equations_and_sections_are_named(self, page: nodes.document):
        assert names_in(page) == [
            ("The sigmoid", "section", "the-sigmoid"),
            ("The slope is bounded", "theorem", "thm-a-bound"),
            ("sigmoid slope", "equation", "equation-eq-activations-sigmoid-slope"),
        ]

    def test_things_without_an_anchor_are_left_out(self):
        page = new_document("page")
        page += nodes.section("", nodes.title("", "Nowhere"))
        assert names_in(page) == []


class TestTexts:
    def test_each_section_says_what_stands_in_it_and_not_below(self):
        page = new_document("page")
        inner = nodes.section("", nodes.title("", "Inside"), ids=["inside"])
        inner += nodes.paragraph("", "What is within.")
        outer = nodes.section("", nodes.title("", "Outside"), ids=["outside"])
        outer += [
            nodes.paragraph("", "A ", nodes.strong("", "bold"), nodes.Text(" word.")),
            nodes.literal_block("", "import numpy"),
            nodes.math_block("", "x = y"),
            nodes.raw("", "<p>markup</p>", format="html"),
            nodes.bullet_list("", nodes.list_item("", nodes.paragraph("", "An item."))),
            inner,
        ]
        page += outer
        assert texts_in(page) == [
            ("Outside", "outside", "A bold word. An item."),
            ("Inside", "inside", "What is within."),
        ]

    def test_what_an_exercise_holds_is_called_after_what_has_a_name(self):
        """The boxes of exercises and theorems hold a section that has no title."""
        page = new_document("page")
        outer = nodes.section("", nodes.title("", "Exercises"), ids=["exercises"])
        for name in ("(A limit)", ""):
            held = nodes.section("", nodes.paragraph("", "Show it."), ids=["held"])
            outer += nodes.admonition("", nodes.title("", name), held, ids=["box"])
        page += outer
        assert texts_in(page) == [
            ("Exercises", "exercises", "Show it."),
            ("A limit", "box", "Show it."),
        ]


class TestPublishing:
    @pytest.mark.parametrize(
        "base",
        [
            "example.org",
            "ftp://example.org/",
            "https://",
            "https://a.org/ b",
            "https://a.org/?q=1",
            "https://a.org/#top",
            "https://a.org:port/",
            "https://a.org:99999/",
            "https://[a.org/",
            "https://me@a.org/",
            "https://a.org/book/index.html",
            'https://a.org/"><b>',
            "https://a.org/\\book",
            "https://a.org/ ",
            "/book/",
        ],
    )
    def test_address_that_is_none_is_refused(self, base: str):
        with pytest.raises(
            ValueError, match=r"such as https://example.org/book/, got "
        ) as caught:
            check_address(base)
        assert repr(base) in str(caught.value)

    @pytest.mark.parametrize("base", ["", "https://example.org", "http://localhost:8000/book/"])
    def test_address_that_is_one_is_taken(self, base: str):
        check_address(base)

    def test_sitemap_is_xml_and_escapes(self):
        tree = ElementTree.fromstring(sitemap("https://example.org/a&b/", ["index.html"]))
        assert [loc.text for loc in tree.iter() if loc.tag.endswith("loc")] == [
            "https://example.org/a&b/index.html"
        ]

    def test_zip_holds_the_site(self, tmp_path: Path):
        site = tmp_path / "_build" / "html" / "_static"
        site.mkdir(parents=True)
        (site / "book.css").write_text("p {}")
        (site.parent / "index.html").write_text("<p>")
        packed = zip_site(tmp_path)
        names = set(zipfile.ZipFile(packed).namelist())
        assert names == {f"{packed.stem}/{name}" for name in ("index.html", "_static/book.css")}

    def test_nothing_to_zip_says_so(self, tmp_path: Path):
        with pytest.raises(FileNotFoundError, match="build it with make book"):
            zip_site(tmp_path)
