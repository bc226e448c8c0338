"""One build of the book, shared by the tests that read its pages."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from dlnotes.bookkit.building import build_html, repository

if TYPE_CHECKING:
    from collections.abc import Callable


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


def _checkout(root: Path) -> Path:
    """Put the book's own settings into a folder, and the folders that they speak of."""
    real = repository()
    for name in ("conf.py", "constraints.txt"):
        shutil.copy(real / name, root)
    (root / "src" / "dlnotes").mkdir(parents=True)
    (root / "proofs").mkdir(exist_ok=True)
    for folder in ("static", "templates", "paper"):
        shutil.copytree(real / "book" / folder, root / "book" / folder)
    return root


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return a checkout with the book's own settings and a book of one page."""
    root = _checkout(tmp_path)
    (root / "book" / "references.bib").touch()
    (root / "book" / "index.md").write_text("# Tiny\n\nA page with $x^2$.\n")
    return root


@pytest.fixture(scope="session")
def small_book() -> Callable[[Path], Path]:
    """Return a function that makes a checkout of a book of six pages, one of everything."""

    def copy_to(folder: Path) -> Path:
        shutil.copytree(Path(__file__).parent / "small", folder, dirs_exist_ok=True)
        return _checkout(folder)

    return copy_to
