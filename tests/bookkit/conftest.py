"""One build of the book, shared by the tests that read its pages."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from dlnotes.bookkit.building import build_html, repository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of the website, built now (or brought up to date) without a warning."""
    root = repository()
    assert build_html(root) == 0, "the book does not build: its warnings are above"
    return root / "_build" / "html"


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, BeautifulSoup]:
    """Return every page of the website, parsed, by its path."""
    return {
        str(file.relative_to(site)): BeautifulSoup(file.read_text("utf-8"), "html5lib")
        for file in sorted(site.glob("**/*.html"))
    }


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return a checkout with the book's own settings and a book of one page."""
    real = repository()
    shutil.copy(real / "conf.py", tmp_path)
    shutil.copy(real / "constraints.txt", tmp_path)
    book = tmp_path / "book"
    (tmp_path / "src" / "dlnotes").mkdir(parents=True)
    (tmp_path / "proofs").mkdir()
    for folder in ("static", "templates"):
        shutil.copytree(real / "book" / folder, book / folder)
    (book / "references.bib").touch()
    (book / "index.md").write_text("# Tiny\n\nA page with $x^2$.\n")
    return tmp_path
