"""What a published copy has and a private one does not: canonical links, cards, a sitemap.

``BOOK_BASE_URL`` says where the copy will be read. Without it the pages name no address at all,
and work from a disk and below any path.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup", "sitemap", "zip_site"]


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
    urls = [
        f"<url><loc>{escape(base.rstrip('/'))}/{escape(page)}</loc></url>" for page in pages
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    space = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return "\n".join([head, space, *urls, "</urlset>", ""])


def zip_site(root: Path) -> Path:
    """Pack the website into one file that reads the same wherever it is unpacked.

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
    if not (site / "index.html").is_file():
        msg = f"no book in {site}: build it with make book"
        raise FileNotFoundError(msg)
    name = "deep-learning-theoretical-aspects"
    packed = shutil.make_archive(str(root / "_build" / name), "zip", site)
    return Path(packed)


def _write_sitemap(app: Sphinx, exception: Exception | None) -> None:
    base = app.config.html_baseurl
    if exception is None and app.builder.format == "html" and base:
        pages = [app.builder.get_target_uri(docname) for docname in sorted(app.env.found_docs)]
        (Path(app.outdir) / "sitemap.xml").write_text(sitemap(base, pages), encoding="utf-8")


def _social_card(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Say what stands at an address to those who pass the address on."""
    if not app.config.html_baseurl or doctree is None:
        return
    words = next(
        (p.astext() for p in doctree.findall(nodes.paragraph) if len(p.astext()) > 80), ""
    )
    address = f"{app.config.html_baseurl.rstrip('/')}/{app.builder.get_target_uri(page)}"
    card = {
        "og:type": "article",
        "og:site_name": app.config.project,
        "og:title": app.env.titles[page].astext(),
        "og:description": shorten(" ".join(words.split()), 200, placeholder="…"),
        "og:url": address,
    }
    context["metatags"] = context.get("metatags", "") + "".join(
        f'<meta property="{name}" content="{escape(said, {chr(34): "&quot;"})}">\n'
        for name, said in card.items()
    )


def setup(app: Sphinx) -> None:
    """Write the sitemap and the cards of a published copy.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("html-page-context", _social_card)
    app.connect("build-finished", _write_sitemap)
