"""The website as one page, and what Chromium prints of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from dlnotes.bookkit import paper, printing
from dlnotes.bookkit.building import repository
from dlnotes.bookkit.printing import assemble, browser, outline_of, print_page, reading_order

if TYPE_CHECKING:
    from pathlib import Path

PAGES = ["index.html", "slopes.html"]
# Whom Chromium would ask by itself, whatever it prints: the time, its updates, its user.
CHROMIUMS_OWN = {None, "clients2.google.com", "update.googleapis.com", "accounts.google.com"}
INDEX = """<html><head><title>A book: in two pages</title>
<link rel="stylesheet" href="_static/book.css?v=1"></head><body>
<div class="sidebar-tree"><ul><li><a href="slopes.html">Slopes</a></li></ul></div>
<article><section id="a-book"><h1>A book<a class="headerlink" href="#a-book">¶</a></h1>
<p>See <a href="slopes.html#why">why</a>, <a href="#a-book">here</a>,
<a href="downloads/x.csv">data</a>, <a href="https://example.org/">elsewhere</a>.</p></section>
</article><footer><div class="copyright">Copyright, some people</div></footer></body></html>"""
SLOPES = """<html><head><title>1. Slopes</title></head><body><article>
<section id="slopes"><h1>1. Slopes</h1><script>alert(1)</script>
<p class="chapter-tools">Download</p>
<section id="why"><h2>1.1. Why</h2><p>Because.</p>
<details class="fold"><summary>Show the proof</summary><p id="proof">It is so.</p></details>
<svg viewbox="0 0 9 9" aria-labelledby="t u"><title id="t">A line</title>
<g clip-path="url(#c)"><use xlink:href="#g"></use></g></svg>
<div class="math"><div class="math-scroll"><math display="block">WIDE<mtext>END</mtext></math>
</div><span class="eqno">(1.1)</span></div></section></section></article></body></html>"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "html"
    shutil.copytree(repository() / "book" / "static", folder / "_static")
    (folder / "index.html").write_text(INDEX)
    wide = "<mi>x</mi><mo>+</mo>" * 120
    (folder / "slopes.html").write_text(SLOPES.replace("WIDE", wide))
    return folder


def parsed(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "html5lib")


class TestAssemble:
    def test_order_is_that_of_the_navigation(self):
        assert reading_order(INDEX) == PAGES

    def test_links_lead_to_places_in_the_page(self, site: Path):
        page = parsed(assemble(site, PAGES))
        for link in page.select("a[href^='#']"):
            assert page.select_one(f"[id='{link['href'][1:]}']"), link
        assert page.find("a", string="why")["href"] == "#slopes--why"
        assert page.find("a", string="elsewhere")["href"] == "https://example.org/"
        assert not page.find("a", string="data")  # words only: there is no such place

    def test_names_of_two_pages_do_not_meet(self, site: Path):
        page = parsed(assemble(site, PAGES))
        drawing = page.select_one("svg")
        assert drawing["aria-labelledby"] == "slopes--t slopes--u"
        assert drawing.select_one("g")["clip-path"] == "url(#slopes--c)"
        assert drawing["viewBox"] == "0 0 9 9"
        ids = [node["id"] for node in page.select("[id]")]
        assert len(ids) == len(set(ids))

    def test_what_is_for_the_screen_is_gone_and_what_is_folded_is_open(self, site: Path):
        page = parsed(assemble(site, PAGES))
        assert not page.select("details, summary, .chapter-tools, .headerlink")
        assert "It is so." in page.get_text()
        assert "alert" not in str(page)

    def test_asks_for_files_of_the_website_only(self, site: Path):
        page = parsed(assemble(site, PAGES))
        wanted = [node["href"] for node in page.select("link[href]")]
        wanted += [node["src"] for node in page.select("[src]")]
        assert wanted == [(site / "_static" / n).as_uri() for n in ("book.css", "print.js")]

    def test_contents_takes_headings_of_the_same_words_in_their_order(self, site: Path):
        outline = [("Contents", 2), ("About this book", 3), ("1. Slopes", 4), ("1.1. Why", 5)]
        page = parsed(assemble(site, PAGES, [*outline, ("1.1. Why", 9)]))
        rows = [row.get_text(" ") for row in page.select(".paper-contents li")]
        assert rows == ["About this book 3", "1. Slopes 4", "1.1. Why 5"]

    def test_heading_that_the_outline_lacks_costs_no_other_its_number(self, site: Path):
        page = parsed(assemble(site, PAGES, [("About this book", 3), ("1.1. Why", 5)]))
        rows = [row.get_text(" ").strip() for row in page.select(".paper-contents li")]
        assert rows == ["About this book 3", "1. Slopes", "1.1. Why 5"]

    def test_doubled_heading_is_read_once(self):
        headings = ["5.6. Any kernel, named", "Code"]
        said = ["5.6. 5.6. Any kernel, namedAny kernel, named", "CodeCode", "Code", "Other"]
        read = [printing._as_written(words, headings) for words in said]
        assert read == [*headings, "Code", "Other"]

    def test_page_of_something_else_is_refused(self, site: Path):
        (site / "other.html").write_text("<p>No article</p>")
        with pytest.raises(ValueError, match=r"other\.html has no <article>"):
            assemble(site, ["other.html"])


class TestWithoutBrowser:
    def test_command_says_in_one_line_what_to_install(self, tmp_path: Path):
        command = [sys.executable, "-m", "dlnotes.bookkit", "pdf-print"]
        environment = {"PATH": str(tmp_path)}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert "apt install chromium" in line

    def test_printing_refuses(self, tmp_path: Path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(FileNotFoundError, match="apt install chromium"):
            print_page(tmp_path / "page.html", tmp_path / "page.pdf")

    def test_browser_that_prints_nothing_is_quoted(self, tmp_path: Path, monkeypatch):
        broken = tmp_path / "chromium"
        broken.write_text("#!/bin/sh\necho no display >&2\nexit 3\n")
        broken.chmod(0o755)
        monkeypatch.setattr(printing, "browser", lambda: str(broken))
        with pytest.raises(RuntimeError, match=r"status 3\): no display"):
            print_page(tmp_path / "page.html", tmp_path / "page.pdf")

    def test_without_latex_there_is_another_way(self, tmp_path: Path, monkeypatch, capsys):
        monkeypatch.setenv("PATH", str(tmp_path))
        assert paper.build_pdf(tmp_path) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert "apt install" in line
        assert "texlive-luatex" in line
        assert "make pdf-print" in line


@pytest.mark.skipif(browser() is None, reason="there is no chromium here: apt install chromium")
class TestPrinted:
    @pytest.fixture
    def printed(self, site: Path, tmp_path: Path, monkeypatch) -> Path:
        """Return the PDF; beside it is what the browser noted of its requests."""
        run = subprocess.run

        def noting(command, **options):
            return run([*command, f"--log-net-log={tmp_path / 'net.json'}"], **options)

        monkeypatch.setattr(printing.subprocess, "run", noting)
        page = tmp_path / "book.html"
        page.write_text(assemble(site, PAGES), encoding="utf-8")
        print_page(page, tmp_path / "book.pdf")
        return tmp_path / "book.pdf"

    def test_pdf_is_tagged_named_and_has_an_outline(self, printed: Path):
        reader = PdfReader(printed)
        root = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert root["/StructTreeRoot"]["/K"]
        assert root["/Lang"] == "en-GB"
        assert reader.metadata.title == "A book: in two pages"
        words = ["Contents", "About this book", "1. Slopes", "1.1. Why"]
        assert outline_of(printed) == list(zip(words, (2, 3, 4, 4), strict=True))
        printing._finish(printed, words, "Somebody")
        finished = PdfReader(printed)
        assert (finished.metadata.author, len(finished.pages)) == (
            "Somebody",
            len(reader.pages),
        )
        width, height = (float(side) / 72 * 25.4 for side in reader.pages[0].mediabox[2:])
        assert (width, height) == pytest.approx((210, 297), abs=0.5)

    def test_what_is_too_wide_is_made_to_fit(self, printed: Path):
        places = []

        def note(text, matrix, text_matrix, font, size):
            if "END" in text:
                places.append(text_matrix[4] * matrix[0] + matrix[4])

        page = PdfReader(printed).pages[3]
        page.extract_text(visitor_text=note)
        (place,) = places
        assert place < (210 - 28) / 25.4 * 72

    def test_nobody_is_asked(self, printed: Path):
        noted = json.loads((printed.parent / "net.json").read_text("utf-8"))
        kinds = {number: name for name, number in noted["constants"]["logEventTypes"].items()}
        assert not [e for e in noted["events"] if kinds[e["type"]] == "TCP_CONNECT_ATTEMPT"]
        asked = {
            urlsplit(e["params"]["url"])
            for e in noted["events"]
            if "url" in e.get("params", {})
        }
        assert asked  # of which Chromium's own are a part
        assert {url.hostname for url in asked if url.scheme != "file"} <= CHROMIUMS_OWN
