"""How to cite: the book, a chapter, and a theorem or a formula by an address that stays."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from docutils import nodes

from dlnotes.bookkit.publishing import published_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx.application import Sphinx

__all__ = ["bibtex", "setup"]

_HOW = (
    "Every section, theorem, formula, figure and exercise has an address of its own, which "
    "stays when others come before it: the mark ¶ beside its heading, or the number of the "
    "formula, is a link to it. Cite a theorem by its name and that address: its number may "
    "change."
)


def bibtex(kind: str, key: str, fields: Mapping[str, str]) -> str:
    r"""Return an entry for a list of references.

    Parameters
    ----------
    kind : str
        Such as ``"book"`` or ``"incollection"``.
    key : str
        The name under which it is cited.
    fields : mapping of str to str
        What the entry says; empty fields are left out.

    Returns
    -------
    str
        The entry, in the notation of BibTeX.

    Examples
    --------
    >>> print(bibtex("book", "us2026", {"title": "R & D", "year": "2026", "url": ""}))
    @book{us2026,
      title = {{R \& D}},
      year = {2026},
    }
    """
    lines = [f"  {name} = {_braced(name, said)}," for name, said in fields.items() if said]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"])


def _braced(name: str, said: str) -> str:
    if name == "url":
        return f"{{{said}}}"
    said = re.sub(r"([&%#_$])", r"\\\1", said)
    # A name or a title in a second pair stays as it is written.
    return f"{{{{{said}}}}}" if name in ("author", "title", "booktitle") else f"{{{said}}}"


def _offer(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Say below the title of the book and of each chapter how it is cited."""
    number = app.env.toc_secnumbers.get(docname, {}).get("")
    if app.builder.format != "html" or not (number or docname == app.config.root_doc):
        return
    config = app.config
    year = config.copyright[:4]
    version = f"Version {config.release}"
    address = published_at(config.html_baseurl, app.builder.get_target_uri(docname))
    url = address if config.html_baseurl else ""
    book = config.project
    if number:
        title, place = app.env.titles[docname].astext(), str(number[0])
        said = f"{config.author}. “{title}”. Chapter {place} of <cite>{escape(book)}</cite>"
        kind, key = "incollection", f"dlnotes{year}{docname}"
        fields = {"author": config.author, "title": title, "booktitle": book, "chapter": place}
    else:
        said = f"{config.author}. <cite>{escape(book)}</cite>"
        kind, key = "book", f"dlnotes{year}"
        fields = {"author": config.author, "title": book}
    fields |= {"year": year, "note": version, "url": url}
    link = f", <a href='{escape(url)}'>{escape(url)}</a>" if url else ""
    entry = escape(bibtex(kind, key, fields), quote=False)
    html = (
        f'<details class="cite"><summary>Cite this {"chapter" if number else "book"}</summary>'
        f"<p>{said}. {version}, {year}{link}.</p>"
        f'<div class="highlight"><pre>{entry}\n</pre></div>'
        f"<p>{_HOW}</p></details>"
    )
    heading = next(doctree.findall(nodes.title))
    tools = heading.parent.index(heading) + 1
    if isinstance(heading.parent[tools], nodes.raw):  # what can be taken along
        tools += 1
    heading.parent.insert(tools, nodes.raw("", html, format="html"))


def setup(app: Sphinx) -> None:
    """Offer how to cite, below what `downloads` offers.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("doctree-resolved", _offer, priority=510)
