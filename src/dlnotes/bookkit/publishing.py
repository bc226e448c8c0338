"""What only a published copy has: canonical links, cards, a sitemap, a page for no address.

``BOOK_BASE_URL`` says where the copy will be read. Without it the pages name no address at all,
and work from a disk and below any path.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from docutils import nodes

from dlnotes.bookkit.building import check_built
from dlnotes.bookkit.cards import SIZE, card_picture

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["check_address", "description", "published_at", "setup", "sitemap", "zip_site"]

_CARDS = "_static/cards"
_WRITTEN = re.compile(r"[\w%.~:/\[\]!$&'()*+,;=@-]+", re.ASCII)  # what an address may contain


def published_at(base: str, page: str) -> str:
    """Return where a page of a published copy is read.

    Parameters
    ----------
    base : str
        Where the copy is, with or without a slash at the end.
    page : str
        The file of the page.

    Returns
    -------
    str
        The address.

    Examples
    --------
    >>> published_at("https://example.org/book/", "index.html")
    'https://example.org/book/index.html'
    """
    return f"{base.rstrip('/')}/{page}"


def check_address(base: str) -> None:
    """Refuse an address at which no copy of the book can be read.

    Parameters
    ----------
    base : str
        The value of ``BOOK_BASE_URL``; an empty one says that nothing is published.

    Raises
    ------
    ValueError
        If it is not the whole address of a folder on the web.

    Examples
    --------
    >>> check_address("https://example.org/book/")
    >>> check_address("example.org")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: BOOK_BASE_URL must be the whole address ... got 'example.org'
    """
    if base and not _is_folder(base):
        msg = (
            "BOOK_BASE_URL must be the whole address of a folder, such as "
            f"https://example.org/book/, got {base!r}"
        )
        raise ValueError(msg)


def _is_folder(address: str) -> bool:
    """Say whether a text is the whole address of a folder on the web."""
    try:
        parts = urlsplit(address)
        port = parts.port  # refused if it is no number of a port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and port != 0
        and not (parts.query or parts.fragment or parts.username)
        and not parts.path.endswith((".html", ".htm"))
        and _WRITTEN.fullmatch(address) is not None
    )


def sitemap(base: str, pages: list[str]) -> str:
    """Return a sitemap.

    Parameters
    ----------
    base : str
        The address of the book.
    pages : list of str
        Paths of its pages.

    Returns
    -------
    str
        The XML.

    Examples
    --------
    >>> print(sitemap("https://example.org/book", ["index.html"]).splitlines()[2])
    <url><loc>https://example.org/book/index.html</loc></url>
    """
    urls = [f"<url><loc>{escape(published_at(base, page))}</loc></url>" for page in pages]
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    space = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return "\n".join([head, space, *urls, "</urlset>", ""])


def zip_site(root: Path) -> Path:
    """Pack the website into one file that reads the same wherever it is unpacked.

    All is in one folder, so that unpacking it scatters nothing among other files.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    FileNotFoundError
        If the book has not been built.
    """
    site = root / "_build" / "html"
    check_built(site)
    name = "deep-learning-theoretical-aspects"
    packed = root / "_build" / f"{name}.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(site.rglob("*")):
            if file.is_file():
                archive.write(file, f"{name}/{file.relative_to(site).as_posix()}")
    return packed


def _for_wrong_addresses(app: Sphinx) -> None:
    """Give a published copy the page that hosts show where there is none."""
    if app.builder.name == "html" and app.config.html_baseurl:
        pages = app.config.html_additional_pages
        app.config.html_additional_pages = {**pages, "404": "404.html"}


def _write_sitemap(app: Sphinx, exception: Exception | None) -> None:
    base = app.config.html_baseurl
    if exception is None and app.builder.format == "html" and base:
        pages = [app.builder.get_target_uri(docname) for docname in sorted(app.env.found_docs)]
        (Path(app.outdir) / "sitemap.xml").write_text(sitemap(base, pages), encoding="utf-8")


def description(doctree: nodes.document | None, title: str, book: str) -> str:
    """Say in a sentence or two what a page is about: its first paragraph, cut to fit.

    Parameters
    ----------
    doctree : docutils.nodes.document or None
        The page; an index or a search page has none.
    title : str
        Its title, used where it has no paragraph that says enough.
    book : str
        The title of the book.

    Returns
    -------
    str
        At most 200 characters.

    Examples
    --------
    >>> description(None, "Search", "A book")
    'Search: a page of A book.'
    """
    paragraphs = () if doctree is None else doctree.findall(nodes.paragraph)
    words = next((p.astext() for p in paragraphs if len(p.astext()) > 80), "")
    if not words:
        return f"{title}: a page of {book}."
    return shorten(" ".join(words.split()), 200, placeholder="…")


def _meta(attribute: str, values: dict[str, str]) -> str:
    return "".join(
        f'<meta {attribute}="{name}" content="{escape(said, {chr(34): "&quot;"})}">\n'
        for name, said in values.items()
    )


def _describe(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Say what a page is about, and, where it has an address, to those who pass that on."""
    book, base = app.config.project, app.config.html_baseurl
    named = app.env.titles.get(page)
    title = named.astext() if named else context.get("title") or book
    said = description(doctree, title, book)
    tags = _meta("name", {"description": said})
    if base and doctree is not None:
        card = {
            "og:type": "article",
            "og:site_name": book,
            "og:title": title,
            "og:description": said,
            "og:url": published_at(base, app.builder.get_target_uri(page)),
            "og:image": published_at(base, f"{_CARDS}/{page}.png"),
            "og:image:width": str(SIZE[0]),
            "og:image:height": str(SIZE[1]),
            "og:image:alt": f"{title}, in {book}",
        }
        tags += _meta("property", card) + _meta("name", {"twitter:card": "summary_large_image"})
    context["metatags"] = context.get("metatags", "") + tags


def _draw_cards(app: Sphinx, exception: Exception | None) -> None:
    """Draw the picture of each page, of a published copy alone."""
    if exception is not None or app.builder.format != "html" or not app.config.html_baseurl:
        return
    for page in sorted(app.env.found_docs):
        file = Path(app.outdir) / _CARDS / f"{page}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(card_picture(app.env.titles[page].astext(), app.config.project))


def setup(app: Sphinx) -> None:
    """Describe every page, and give a published copy what it has besides.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("builder-inited", _for_wrong_addresses)
    app.connect("html-page-context", _describe)
    app.connect("build-finished", _write_sitemap)
    app.connect("build-finished", _draw_cards)
