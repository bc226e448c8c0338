"""The build keeps what was there when it fails, and forgets cells that went stale."""

from __future__ import annotations

import shutil
import struct
from typing import TYPE_CHECKING

import pytest

from dlnotes.bookkit import building, paper
from dlnotes.bookkit.__main__ import main
from dlnotes.bookkit.building import build_html, execution_cache, execution_digest, run_sphinx

if TYPE_CHECKING:
    from pathlib import Path


class TestBuildHtml:
    def test_success_publishes(self, tiny, capfd):
        assert build_html(tiny) == 0
        assert "<math>" in (tiny / "_build" / "html" / "index.html").read_text("utf-8")
        out, _ = capfd.readouterr()
        assert str(tiny / "_build" / "html" / "index.html") in out

    def test_failure_keeps_the_last_good_book_and_fails_again(self, tiny, capfd):
        assert build_html(tiny) == 0
        good = (tiny / "_build" / "html" / "index.html").read_bytes()
        (tiny / "book" / "index.md").write_text("# Tiny\n\n{ref}`nowhere` and $\\frac{1}$\n")
        for _ in range(2):  # a second attempt must not take the warnings for dealt with
            assert build_html(tiny) != 0
            assert (tiny / "_build" / "html" / "index.html").read_bytes() == good
            _, err = capfd.readouterr()
            assert "nowhere" in err
            assert "frac{1}" in err
            assert "the last good book is still there" in err

    def test_two_fresh_builds_are_identical(self, tiny):
        assert build_html(tiny) == 0
        first = {
            file.relative_to(tiny): file.read_bytes()
            for file in (tiny / "_build" / "html").glob("**/*")
            if file.is_file()
        }
        shutil.rmtree(tiny / "_build")
        assert build_html(tiny) == 0
        for name, content in first.items():
            assert (tiny / name).read_bytes() == content, name


class TestExecutionDigest:
    @pytest.mark.parametrize("changed", ["constraints.txt", "topic.py", "bookkit/repairs.py"])
    def test_changed_package_or_pin_drops_the_cells(self, tiny, changed):
        if changed.endswith(".py"):
            changed = f"src/dlnotes/{changed}"
        (tiny / changed).parent.mkdir(exist_ok=True)
        before = execution_cache(tiny)
        before.mkdir(parents=True)
        with (tiny / changed).open("a") as file:
            file.write("# changed\n")
        assert execution_digest(tiny) != before.name
        building._drop_stale_cells(tiny)
        assert not before.exists()

    @pytest.mark.parametrize("folder", ["photographs", "fruit"])
    def test_new_pictures_drop_the_cells(self, tiny, folder):
        before = execution_digest(tiny)
        (tiny / "book" / folder).mkdir()
        (tiny / "book" / folder / "one.webp").write_bytes(b"a picture")
        assert execution_digest(tiny) != before

    def test_changed_text_keeps_the_cells(self, tiny):
        before = execution_cache(tiny)
        before.mkdir(parents=True)
        (tiny / "book" / "index.md").write_text("# Other\n")
        building._drop_stale_cells(tiny)
        assert before.exists()


class TestCommand:
    def test_unknown_format_is_refused(self, capsys):
        with pytest.raises(SystemExit) as caught:
            main(["docx"])
        assert caught.value.code == 2
        assert "invalid choice: 'docx'" in capsys.readouterr().err

    def test_pdf_without_latex_says_what_to_install(self, tiny, monkeypatch, capsys):
        monkeypatch.setattr(shutil, "which", lambda name: None)
        assert paper.build_pdf(tiny) == 1
        err = capsys.readouterr().err
        assert "needs lualatex and latexmk" in err
        assert "apt install" in err
        assert err.count("\n") == 1


class TestPublished:
    @pytest.mark.parametrize("builder", ["html", "zip"])
    def test_says_at_once_that_its_address_is_none(self, builder, monkeypatch, capsys):
        monkeypatch.setenv("BOOK_BASE_URL", "example.org/book")
        assert main([builder]) == 1
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert "BOOK_BASE_URL must be the whole address of a folder" in said
        assert "got 'example.org/book'" in said

    @pytest.mark.parametrize("base", ["", "https://example.org/book/"])
    def test_names_its_address_when_it_has_one(self, tiny: Path, monkeypatch, base: str):
        monkeypatch.setenv("BOOK_BASE_URL", base)
        words = (
            "A page of some length, so that there is something to say where it is passed on. "
        )
        (tiny / "book" / "index.md").write_text(f"# Tiny & small\n\n{words * 2}\n")
        status, folder = run_sphinx(tiny, "html")
        assert status == 0
        page = (folder / "index.html").read_text("utf-8")
        said = ('rel="canonical"', 'property="og:url"', "https://example.org/book/index.html")
        assert [words in page for words in said] == [bool(base)] * 3
        assert ('content="Tiny &amp; small"' in page) == bool(base)
        assert 'name="description" content="A page of some length' in page
        assert (folder / "sitemap.xml").exists() == bool(base)
        assert (folder / "404.html").exists() == bool(base)
        picture = folder / "_static" / "cards" / "index.png"
        assert picture.exists() == bool(base)
        if base:
            head = picture.read_bytes()[:24]  # signature, then width and height of the picture
            assert struct.unpack(">8s8x2I", head) == (b"\x89PNG\r\n\x1a\n", 1200, 630)
            assert "https://example.org/book/_static/cards/index.png" in page
            nowhere = (folder / "404.html").read_text("utf-8")
            before, start, _ = nowhere.partition(
                '<base href="https://example.org/book/404.html">'
            )
            assert start
            # it is shown at any depth: nothing may be asked for before this is said
            assert "href=" not in before
            assert "src=" not in before
            assert '<a href="search.html">' in nowhere
            assert "404.html" not in (folder / "sitemap.xml").read_text("utf-8")
            assert 'name="twitter:card" content="summary_large_image"' in page
