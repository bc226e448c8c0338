"""The website as one page, and what Chromium prints of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pikepdf
import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from dlnotes.bookkit import paper, printed, printing
from dlnotes.bookkit.building import repository
from dlnotes.bookkit.printed import dead_links, finish, places_in
from dlnotes.bookkit.printing import assemble, browser, print_page, reading_order

if TYPE_CHECKING:
    from pathlib import Path

PAGES = ["index.html", "slopes.html", "genindex.html"]
# Whom Chromium would ask by itself, whatever it prints: the time, its updates, its user.
CHROMIUMS_OWN = {None, "clients2.google.com", "update.googleapis.com", "accounts.google.com"}
INDEX = """<html><head><title>A book: in two pages</title>
<link rel="stylesheet" href="_static/book.css?v=1"></head><body>
<div class="sidebar-tree"><ul><li><a href="slopes.html">Slopes</a></li></ul></div>
<article><section id="a-book"><h1>A book<a class="headerlink" href="#a-book">¶</a></h1>
<p>See <a href="slopes.html#why">why</a>, <a href="#a-book">here</a>,
<a href="downloads/x.csv">data</a>, <a href="https://example.org/">elsewhere</a>.</p>
<p class="on-screen">Pull it.</p><details class="cite"><p>Cite it.</p></details></section>
</article><footer><div class="copyright">Copyright, some people</div></footer></body></html>"""
SLOPES = """<html><head><title>1. Slopes</title></head><body><article>
<section id="slopes"><h1>1. Slopes</h1><script>alert(1)</script>
<p class="chapter-tools">Download</p>
<section id="why"><h2>1.1. Why</h2><p>Because.</p>
<details class="fold"><summary>Show the proof</summary><p id="proof">It is so.</p></details>
<svg viewbox="0 0 9 9" aria-labelledby="t u"><title id="t">A line</title>
<g clip-path="url(#c)"><use xlink:href="#g"></use></g></svg>
<div class="math"><div class="math-scroll"><math display="block">WIDE<mtext>END</mtext></math>
</div><span class="eqno">(1.1)</span></div><details class="admonition hide" open><summary>Code
</summary><pre>x = 1</pre></details>
<dl class="py function"><dt class="sig" id="book.slope">slope()</dt><dd><p>Steep.</p></dd></dl>
</section></section></article></body></html>"""
LETTERS = """<html><head><title>Index</title></head><body><article>
<section><h1 id="index">Index</h1><p class="genindex-jumpbox"><a href="#S">S</a></p></section>
<section id="S"><h2>S</h2><table class="indextable"><tr><td><ul>
<li><a href="slopes.html#book.slope">slope()</a></li><li><a href="slopes.html#proof">so</a></li>
</ul></td></tr></table></section></article></body></html>"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "html"
    shutil.copytree(repository() / "book" / "static", folder / "_static")
    (folder / "index.html").write_text(INDEX)
    (folder / "genindex.html").write_text(LETTERS)
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
        assert not page.select("details, summary, .chapter-tools, .headerlink, .hide")
        assert "Pull it" not in page.get_text()
        assert "Cite it" not in page.get_text()
        assert "x = 1" in page.get_text()
        assert "It is so." in page.get_text()
        assert "alert" not in str(page)

    def test_asks_for_files_of_the_website_only(self, site: Path):
        page = parsed(assemble(site, PAGES))
        wanted = [node["href"] for node in page.select("link[href]")]
        wanted += [node["src"] for node in page.select("[src]")]
        assert wanted == [(site / "_static" / n).as_uri() for n in ("book.css", "print.js")]

    def test_contents_and_index_say_pages(self, site: Path):
        places = {"index--a-book": 3, "slopes--slopes": 4, "slopes--why": 5, "genindex": 7}
        page = parsed(assemble(site, PAGES, {**places, "slopes--book.slope": 6}))
        rows = [row.get_text(" ") for row in page.select(".paper-contents li")]
        assert rows == ["About this book 3", "1. Slopes 4", "1.1. Why 5", "Index 7"]
        # What the first printing did not find has no number, and costs no other its own.
        entries = [entry.get_text(" ") for entry in page.select(".paper-index li")]
        assert entries == ["slope(), 6", "so"]
        assert page.select_one("#genindex .paper-letter").get_text() == "S"

    def test_doubled_heading_is_read_once(self):
        headings = ["5.6. Any kernel, named", "Code"]
        said = ["5.6. 5.6. Any kernel, namedAny kernel, named", "CodeCode", "Code", "Other"]
        read = [printed.as_written(words, headings) for words in said]
        assert read == [*headings, "Code", "Other"]

    def test_name_of_a_signature_is_an_element_of_its_own(self, site: Path):
        page = parsed(assemble(site, PAGES))
        (signature,) = page.select("dt.sig")
        assert not signature.has_attr("id")
        first = next(iter(signature.children))
        assert (first.name, first["id"], first.get_text()) == ("span", "slopes--book.slope", "")

    @pytest.mark.parametrize(("lines", "short"), [(10, True), (11, False)])
    def test_short_listing_is_marked(self, site: Path, lines: int, short: bool):
        slopes = site / "slopes.html"
        text = slopes.read_text().replace("x = 1", "x = 1\n" * lines)
        slopes.write_text(text)
        (listing,) = parsed(assemble(site, PAGES)).select("pre")
        assert ("short" in listing.get("class", [])) == short

    @pytest.mark.parametrize(("letters", "kept"), [(450, True), (451, False)])
    def test_heading_is_kept_at_a_short_paragraph(self, site: Path, letters: int, kept: bool):
        slopes = site / "slopes.html"
        slopes.write_text(SLOPES.replace("Because.", "x" * letters))
        page = parsed(assemble(site, PAGES))
        (heading,) = page.select("article h2:not(.paper-letter)")
        around = heading.parent
        assert (around.get("class") == ["short"]) == kept
        assert around.get_text().endswith("x" * letters) == kept

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
    def pdf(self, site: Path, tmp_path: Path, monkeypatch) -> Path:
        """Return the PDF; beside it is what the browser noted of its requests."""
        run = subprocess.run

        def noting(command, **options):
            return run([*command, f"--log-net-log={tmp_path / 'net.json'}"], **options)

        monkeypatch.setattr(printing.subprocess, "run", noting)
        page = tmp_path / "book.html"
        page.write_text(assemble(site, PAGES), encoding="utf-8")
        print_page(page, tmp_path / "book.pdf")
        return tmp_path / "book.pdf"

    def test_pdf_is_tagged_named_and_has_an_outline(self, pdf: Path):
        reader = PdfReader(pdf)
        root = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert root["/StructTreeRoot"]["/K"]
        assert root["/Lang"] == "en-GB"
        assert reader.metadata.title == "A book: in two pages"
        assert "/Author" not in reader.metadata
        words = ["Contents", "About this book", "1. Slopes", "1.1. Why", "Index"]
        before = pdf.stat().st_size
        # As it comes out where headings begin pages of a long book.
        with pikepdf.open(pdf, allow_overwriting_input=True) as doubled:
            doubled.Root.Outlines.First.Title = "ContentsContents"
            doubled.save(pdf)
        finish(pdf, words, {"Author": "Somebody", "Subject": "Slopes", "Keywords": "up, down"})
        finished = PdfReader(pdf)
        assert finished.metadata.author == "Somebody"
        assert finished.metadata.subject == "Slopes"
        assert finished.metadata["/Keywords"] == "up, down"
        assert finished.metadata.title == "A book: in two pages"
        assert finished.trailer["/Root"]["/StructTreeRoot"]["/K"]
        assert len(finished.pages) == len(reader.pages) == 5
        assert pdf.stat().st_size < before

        def titles(entries):
            for entry in entries:
                yield from titles(entry) if isinstance(entry, list) else [entry.title]

        assert list(titles(finished.outline)) == words
        width, height = (float(side) / 72 * 25.4 for side in reader.pages[0].mediabox[2:])
        assert (width, height) == pytest.approx((210, 297), abs=0.5)

    def test_places_are_those_of_the_pages(self, pdf: Path):
        places = places_in(pdf)
        names = ("index--a-book", "slopes--why", "slopes--book.slope", "slopes--proof")
        assert [places[name] for name in names] == [3, 4, 4, 4]
        assert places["genindex"] == 5

    def test_dead_link_is_found(self, site: Path, pdf: Path):
        assert dead_links(pdf) == []
        page = pdf.with_name("book.html")
        text = page.read_text("utf-8")
        named = '<span id="slopes--book.slope"'
        assert named in text
        page.write_text(text.replace(named, f"{named} hidden"), encoding="utf-8")
        print_page(page, pdf)
        assert dead_links(pdf) == ["slopes--book.slope"]

    def test_what_is_too_wide_is_made_to_fit(self, pdf: Path):
        places = []

        def note(text, matrix, text_matrix, font, size):
            if "END" in text:
                places.append(text_matrix[4] * matrix[0] + matrix[4])

        page = PdfReader(pdf).pages[3]
        page.extract_text(visitor_text=note)
        (place,) = places
        assert place < (210 - 28) / 25.4 * 72

    @pytest.mark.parametrize(
        ("kind", "whole"),
        [
            ('div class="proof theorem"', True),
            ('div class="proof lemma"', True),
            ('div class="proof definition"', True),
            ('pre class="short"', True),
            ('div class="short"', True),
            ('div class="proof"', False),  # the proof of a theorem may go on on the next page
        ],
    )
    def test_theorem_and_short_listing_stand_on_one_page(
        self, site: Path, tmp_path: Path, kind: str, whole: bool
    ):
        # Wherever on the page it would begin, of which these are some places.
        name, rows = kind.split()[0], 9
        line = "row\n" if name == "pre" else "<p>row</p>"
        box = f"<{kind}>BEGIN {line * rows} END</{name}>"
        filling = '<p style="height: {}mm; margin: 0">before</p>'
        places = [filling.format(height) + box for height in (200, 210, 220, 230, 240)]
        parts = "".join(f'<div style="break-before: page">{part}</div>' for part in places)
        (site / "slopes.html").write_text(SLOPES)  # a wide formula would make all of it smaller
        page = assemble(site, PAGES).replace("Because.</p>", f"Because.</p>{parts}")
        (tmp_path / "book.html").write_text(page, encoding="utf-8")
        print_page(tmp_path / "book.html", tmp_path / "book.pdf")
        texts = [sheet.extract_text() for sheet in PdfReader(tmp_path / "book.pdf").pages]
        begun = [text for text in texts if "BEGIN" in text]
        assert sum(text.count("BEGIN") for text in texts) == len(places)
        assert all("END" in text for text in begun) == whole

    def test_nobody_is_asked(self, pdf: Path):
        noted = json.loads((pdf.parent / "net.json").read_text("utf-8"))
        kinds = {number: name for name, number in noted["constants"]["logEventTypes"].items()}
        assert not [e for e in noted["events"] if kinds[e["type"]] == "TCP_CONNECT_ATTEMPT"]
        asked = {
            urlsplit(e["params"]["url"])
            for e in noted["events"]
            if "url" in e.get("params", {})
        }
        assert asked  # of which Chromium's own are a part
        assert {url.hostname for url in asked if url.scheme != "file"} <= CHROMIUMS_OWN
