"""One build of the book, shared by the tests that read its pages."""

from __future__ import annotations

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
