"""What readers move: the directive, what it puts on a page, and what it weighs."""

from __future__ import annotations

import gzip
import json
import math
from functools import cache
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from dlnotes.bookkit.building import repository, run_sphinx
from dlnotes.bookkit.explorables import as_script_data
from dlnotes.explorables import EXPLORABLES

if TYPE_CHECKING:
    from pathlib import Path

SCRIPTS = repository() / "book" / "static" / "explorables"
SHARED = ("common.js", "explorables.css")  # every page with an explorable loads these
LIMIT = 25_000  # bytes of each, packed as servers send them, the shared ones included


@cache
def script_data(name: str) -> str:
    """Return what the page of an explorable holds for its script, made once for all tests."""
    return as_script_data(EXPLORABLES[name].data())


def packed(content: bytes) -> int:
    return len(gzip.compress(content, 9))


FIGURE = (
    "```{figure} still.svg\n:name: fig-still\n"
    ":alt: One straight line that falls from one corner to the other.\n\nStill.\n```\n\n"
)
EXPLORABLE = "```{explorable} activations\nIt stands still in {numref}`fig-still`.\n```\n\n"


@pytest.fixture(scope="module")
def checkout(small_book, tmp_path_factory) -> Path:
    """Return the settings of the book and two pages, one with an explorable."""
    root: Path = small_book(tmp_path_factory.mktemp("explorables"))
    for page in (root / "book").glob("*.md"):
        page.unlink()
    (root / "book" / "still.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9pt" height="5pt" '
        'viewBox="0 0 9 5"><path d="M0 0L9 5" stroke="#0072b2"/></svg>'
    )
    (root / "book" / "other.md").write_text("# Other\n\nNothing to move.\n")
    return root


def build(root: Path, text: str, builder: str = "html") -> tuple[int, Path]:
    contents = "```{toctree}\nother\n```\n\n"
    (root / "book" / "index.md").write_text(f"# Tiny\n\n{FIGURE}{text}{contents}")
    return run_sphinx(root, builder)


@pytest.fixture(scope="module")
def folder(checkout: Path) -> Path:
    status, folder = build(checkout, EXPLORABLE)
    assert status == 0
    return folder


@pytest.fixture(scope="module")
def page(folder: Path) -> BeautifulSoup:
    return BeautifulSoup((folder / "index.html").read_text("utf-8"), "html5lib")


class TestDirective:
    """In a build of its own."""

    def test_page_has_box_data_and_stand_in(self, page: BeautifulSoup):
        (box,) = page.select("div.explorable")
        assert box["id"] == "explorable-activations"
        assert box["aria-label"] == EXPLORABLES["activations"].title
        data = json.loads(box.select_one("script[type='application/json']").string)
        assert data == json.loads(script_data("activations"))
        assert "It stands still in Fig" in box.select_one(".still").get_text()
        assert box.select_one(".still a[href='#fig-still']")

    def test_scripts_are_loaded_in_order_and_named_by_content(self, page: BeautifulSoup):
        scripts = page.select("script[src*='explorables/']")
        names = [tag["src"].partition("?v=")[0].rpartition("/")[2] for tag in scripts]
        assert names == ["common.js", *EXPLORABLES["activations"].scripts]
        assert all(len(tag["src"].partition("?v=")[2]) == 8 for tag in scripts)
        assert all(tag.has_attr("defer") for tag in scripts)

    def test_the_style_is_in_the_sheet_of_all_pages(self, page: BeautifulSoup, folder: Path):
        assert ".explorable" in (folder / "_static" / "sheets.css").read_text("utf-8")

    def test_other_pages_load_nothing_of_it(self, folder: Path):
        assert "explorables" not in (folder / "other.html").read_text("utf-8")

    def test_plain_text_has_the_stand_in_only(self, checkout: Path):
        status, folder = build(checkout, EXPLORABLE, "text")
        assert status == 0
        said = (folder / "index.txt").read_text("utf-8")
        assert "It stands still in Fig" in said
        assert "pieces" not in said

    def test_faults_are_told(self, checkout: Path, capfd):
        faults = {
            EXPLORABLE.replace("activations", "activatons"): (
                "there is no explorable 'activatons'; did you mean activations"
            ),
            "```{explorable} activations\nSee the figure.\n```\n\n": (
                "the explorable 'activations' needs a sentence for readers without scripts "
                "that refers to a figure with {numref}"
            ),
            "```{explorable}\n```\n\n": "1 argument(s) required, 0 supplied",
            2 * EXPLORABLE: 'Duplicate explicit target name: "explorable-activations"',
        }
        status, _ = build(checkout, "".join(faults))
        assert status != 0
        told = capfd.readouterr().err
        assert [said for said in faults.values() if said not in told] == []

    def test_no_tag_ends_in_the_data(self):
        text = as_script_data(["</script><script>alert(1)</script>", "<!--"])
        assert "<" not in text
        assert json.loads(text) == ["</script><script>alert(1)</script>", "<!--"]
        with pytest.raises(ValueError, match="not JSON compliant"):
            as_script_data(math.inf)


@pytest.mark.parametrize("name", EXPLORABLES)
class TestEntry:
    def test_keeps_to_its_weight(self, name: str):
        files = [*SHARED, *EXPLORABLES[name].scripts]
        scripts = sum(packed((SCRIPTS / file).read_bytes()) for file in files)
        data = packed(script_data(name).encode())
        print(f"{name}: {scripts} bytes of scripts, {data} of data, {scripts + data} in all")
        assert scripts + data <= LIMIT

    def test_scripts_are_strict_and_ask_for_nothing(self, name: str):
        for file in ("common.js", *EXPLORABLES[name].scripts):
            text = (SCRIPTS / file).read_text("utf-8")
            assert '"use strict";\n' in text
            for word in ("fetch(", "XMLHttpRequest", "import ", "//cdn", "eval(", "innerHTML"):
                assert word not in text

    def test_chapter_shows_it(self, name: str):
        pages = (repository() / "book").glob("*.md")
        assert sum(f"```{{explorable}} {name}\n" in p.read_text("utf-8") for p in pages) == 1
