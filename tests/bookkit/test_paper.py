"""What the log of LaTeX is searched for, and where pages of the book may end."""

from __future__ import annotations

import shutil
import subprocess
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document
from pypdf import PdfReader

from dlnotes.bookkit import binding, displays, notation, paper
from dlnotes.bookkit.building import repository
from dlnotes.bookkit.paper import problems_in


class TestProblemsIn:
    @pytest.mark.parametrize(
        "line",
        [
            r"Overfull \hbox (1.2pt too wide) in paragraph at lines 12--14",
            r"Overfull \vbox (30.0pt too high) has occurred while \output is active",
            "LaTeX Warning: Reference `eq' on page 3 undefined on input line 40.",
            "LaTeX Warning: There were multiply-defined labels.",
            "Package hyperref Warning: Token not allowed in a PDF string",
            "Class sphinxmanual Warning: something",
            "Missing character: There is no ∮ in font TeX Gyre Pagella!",
            "! Undefined control sequence.",
            "warning  (pdf backend): unreferenced destination with name 'nowhere'",
        ],
    )
    def test_finds(self, line: str):
        assert problems_in(f"before\n{line}\nafter\n") == [line]

    @pytest.mark.parametrize(
        "line",
        [
            r"Overfull \hbox (0.9pt too wide) in paragraph at lines 12--14",
            r"Underfull \hbox (badness 10000) in paragraph at lines 12--14",
            "LaTeX Font Info: Font shape declaration has incorrect series value",
        ],
    )
    def test_lets_pass(self, line: str):
        assert problems_in(line) == []


class TestBuildPdf:
    @pytest.fixture
    def typeset(self, tmp_path, monkeypatch):
        """Return a function that builds a PDF whose LaTeX writes the given log."""
        staging = tmp_path / "staging"
        staging.mkdir()
        (staging / "book.pdf").write_bytes(b"%PDF-new")
        monkeypatch.setattr(paper.shutil, "which", lambda name: f"/usr/bin/{name}")
        monkeypatch.setattr(paper, "run_sphinx", lambda root, builder: (0, staging))
        monkeypatch.setattr(paper, "environment", lambda root: {})
        done = SimpleNamespace(returncode=0)
        monkeypatch.setattr(subprocess, "run", lambda *args, **options: done)

        def build(log: str) -> int:
            (staging / "book.log").write_text(log)
            return paper.build_pdf(tmp_path)

        return build

    def test_warning_in_the_log_keeps_the_last_good_book(self, typeset, tmp_path, capsys):
        assert typeset("This is LuaHBTeX\n") == 0
        (book,) = (tmp_path / "_build" / "pdf").glob("*.pdf")
        book.write_bytes(b"%PDF-good")
        assert typeset("LaTeX Warning: Reference `x' undefined\n") == 1
        assert "Reference `x' undefined" in capsys.readouterr().err
        assert book.read_bytes() == b"%PDF-good"


class TestPages:
    """Where a page may end."""

    @staticmethod
    def tex_of(*content: nodes.Node) -> list[str]:
        """Return what stands before each part of a section: TeX as it is, else the kind."""
        page = new_document("page")
        page += content
        binding._headings_not_alone(page)
        binding._listings_whole(page)
        return [n.astext() if isinstance(n, nodes.raw) else n.tagname for n in page]

    def test_what_is_for_the_screen_is_left_out(self):
        kept, gone = nodes.paragraph("", "Read."), nodes.paragraph("", "Pull.")
        kept += nodes.inline("", " Click.", classes=["on-screen"])
        gone["classes"] = ["on-screen"]
        book = nodes.section("", kept, gone)
        binding._without_screen(book)
        assert book.astext() == "Read."

    def test_short_listing_stays_whole_with_its_heading(self):
        three, thirty = "a\nb\nc", "a\n" * 30
        listing = nodes.doctest_block(three, three)
        kept = self.tex_of(nodes.paragraph(), nodes.rubric("", "Examples"), listing)
        assert kept == ["paragraph", r"\bookkeep{5}", "rubric", "doctest_block"]
        long = nodes.literal_block(thirty, thirty)
        assert self.tex_of(long) == [r"\bookkeep{6}", "literal_block"]

    def test_heading_has_room_for_what_breaks_late(self):
        plain = nodes.section("", nodes.title("", "A"), nodes.paragraph("", "Words"))
        late = nodes.section("", nodes.title("", "B"), nodes.table(), ids=["b"])
        # The name stays at its section: LaTeX would have it twice.
        kept = self.tex_of(plain, nodes.target(refid="b"), late)
        assert kept == ["section", r"\bookroom{13\baselineskip}", "target", "section"]

    def test_heading_keeps_the_name_that_is_in_the_section_before(self):
        inner = nodes.section("", nodes.title(), nodes.paragraph(), nodes.target(refid="b"))
        before = nodes.section("", nodes.title(), inner)
        late = nodes.section("", nodes.title("", "B"), nodes.table(), ids=["b"])
        assert self.tex_of(before, late) == ["section", "section"]
        kept = [part.tagname for part in inner]
        assert kept == ["title", "paragraph", "raw", "target"]

    @pytest.mark.parametrize(
        ("rows", "inside", "breaks"),
        [(13, "x", True), (3, "x", False), (13, r"\begin{cases} x \\ y \end{cases}", False)],
    )
    def test_long_derivation_may_go_on_on_the_next_page(self, rows, inside, breaks):
        body = " \\\\\n".join([f"a &= {inside} && \\quad\\text{{why}}"] * rows)
        chain = rf"\begin{{aligned}}{body}\end{{aligned}}"
        found = displays._LONG.fullmatch(chain)
        assert (found is not None) == breaks
        if found:
            assert found[1] == body

    @pytest.mark.parametrize(("rows", "breaks"), [(3, False), (8, False), (9, True)])
    def test_long_table_of_notation_may_go_on_on_the_next_page(self, rows: int, breaks: bool):
        page = new_document("page")
        cell = [nodes.Text("x")]
        page += notation._table([[cell, [nodes.Text("a")], [nodes.Text("real")]]] * rows)
        app = SimpleNamespace(builder=SimpleNamespace(format="latex"))
        notation._columns_on_paper(app, page, "page")
        (table,) = page.findall(nodes.table)
        assert ("longtable" in table["classes"]) == breaks

    def test_columns_of_notation_follow_the_longest_symbol(self):
        widths = [notation._shares(length)[0] for length in (3, 20, 60)]
        assert widths == sorted(widths)
        assert all(sum(notation._shares(length)) == 100 for length in (3, 20, 60))


# What Sphinx's class loads before our own style, and a theorem at several places of a page.
_PAGE = r"""
\documentclass{report}
\usepackage{amsmath,fancyhdr,longtable,titlesec,hyperref}
\newcommand{\sphinxstyletheadfamily}{}\newcommand{\sphinxstyleindexlettergroup}[1]{}
\usepackage{dlnotes}
\newcommand{\rows}{BEGIN\par row\par row\par row\par row\par row\par row\par END}
\newcommand{\place}[2]{\clearpage\hbox{}\vskip\dimexpr\textheight-#1\baselineskip\relax#2}
\begin{document}
PLACES
\end{document}
"""


def typeset(folder, body: str) -> tuple[list[str], str]:
    """Return the texts of the pages, and what LaTeX said in its last run."""
    shutil.copy(repository() / "book" / "paper" / "dlnotes.sty", folder)
    (folder / "page.tex").write_text(_PAGE.replace("PLACES", body), encoding="utf-8")
    command = ["lualatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    for _ in range(2):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:]
    return [page.extract_text() for page in PdfReader(folder / "page.pdf").pages], done.stdout


needs_latex = pytest.mark.skipif(
    shutil.which("lualatex") is None,
    reason=f"there is no lualatex here: apt install {' '.join(paper.APT_PACKAGES)}",
)


@needs_latex
@pytest.mark.parametrize(
    ("begin", "end", "whole"),
    [
        (r"\begin{bookclaim}{theorem}{Theorem 1.1}{t}{ (Title)}", r"\end{bookclaim}", True),
        # The proof of a theorem may go on on the next page.
        (r"\begin{bookproof}", r"\end{bookproof}", False),
    ],
)
def test_theorem_stands_on_one_page(tmp_path, begin: str, end: str, whole: bool):
    rooms = (6, 8, 10)  # lines that are left on the page, fewer than the theorem has
    places = "\n".join(rf"\place{{{room}}}{{{begin}\rows{end}}}" for room in rooms)
    texts, _ = typeset(tmp_path, places)
    begun = [text for text in texts if "BEGIN" in text]
    assert len(begun) == len(rooms)
    assert all("END" in text for text in begun) == whole


@needs_latex
def test_long_table_takes_no_number(tmp_path):
    said = r"\sphinxtablecontinued{\tablename\ \thetable{} \textendash{} continued}"
    long = rf"\begin{{longtable}}{{l}}\endfirsthead{said}\\\endhead a\\\pagebreak b\\"
    short = r"\begin{table}[h]\caption{Words}x\end{table}"
    texts, log = typeset(tmp_path, rf"\chapter{{A}}{long}\end{{longtable}}{short}")
    assert "continued" in texts[-1]
    assert texts[-1].count("Table") == 1
    assert "Table 1.1. Words" in texts[-1]
    assert "duplicate" not in log
