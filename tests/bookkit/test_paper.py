"""What the log of LaTeX is searched for."""

from __future__ import annotations

import subprocess
from types import SimpleNamespace

import pytest

from dlnotes.bookkit import paper
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
