"""A real browser over the built pages: no network, every script watched."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from dlnotes.bookkit.building import repository
from dlnotes.bookkit.printing import browser as browser_that_prints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ROOT = repository()
SITE = ROOT / "_build" / "html"
BROWSER = browser_that_prints()

# Search, index and their like are pages too.
PAGES = sorted(str(file.relative_to(SITE)) for file in SITE.glob("**/*.html"))

CHAPTERS = [
    "linear_networks.html",
    "activations.html",
    "backpropagation.html",
    "ambiguous_images.html",
    "convolution.html",
]

MODES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}

# Sums what the page moves after it was first painted.
WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@dataclass
class Visit:
    """An open page, and what the browser said and asked for while it opened."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


def missing(reason: str) -> None:
    """Skip for want of something; in continuous integration nothing is passed over: fail."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason} (with CI set, nothing is passed over)", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def something_to_look_at() -> None:
    """Ask for a browser and a book before any test."""
    if BROWSER is None:
        missing("there is no chromium here: apt install chromium")
    if not PAGES:
        missing("the book is not built: make book")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return Debian's Chromium without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def context_for(browser: Any) -> Callable[..., Any]:
    """Return a function that returns the one context with the wanted properties."""
    contexts: dict[str, Any] = {}

    def find(**wanted: Any) -> Any:
        key = repr(sorted(wanted.items()))
        if key not in contexts:
            contexts[key] = browser.new_context(**wanted)
            contexts[key].add_init_script(WATCH_SHIFTS)
        return contexts[key]

    return find


@pytest.fixture
def visit(context_for: Callable[..., Any]) -> Iterator[Callable[..., Visit]]:
    """Return a function that opens a page of the book, or an address, in one of the modes."""
    pages = []

    def open_page(address: str, mode: str = "light", **options: Any) -> Visit:
        wanted = {"offline": True, "reduced_motion": "reduce", **MODES[mode], **options}
        page = context_for(**wanted).new_page()
        pages.append(page)
        page.set_default_timeout(60_000)
        visited = Visit(page)
        page.on("console", lambda message: visited.said.append(message.text))
        page.on("pageerror", lambda error: visited.said.append(str(error)))
        page.on("request", lambda request: visited.asked.append(request.url))
        url = address if "://" in address else (SITE / address).as_uri()
        page.goto(url, wait_until="load")
        return visited

    yield open_page
    for page in pages:
        page.close()


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of the website."""
    return SITE
