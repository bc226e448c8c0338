"""What the pages say, section by section, without formulas and code: the search reads it.

A place in the text is found to the section, or to the function of the reference; with Sphinx's
index it is found to the page, and a chapter is sixty screens long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes

from dlnotes.bookkit.environments import without_brackets
from dlnotes.bookkit.gathering import gather, keep

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup", "texts_in"]

Text = tuple[str, str, str]
"""Title and anchor of a place, and what is said there."""

_UNSAID = (nodes.math_block, nodes.raw, nodes.literal_block, nodes.comment)


def texts_in(doctree: nodes.document) -> list[Text]:
    """Return what each section of a page says, each theorem with a name and each function.

    Parameters
    ----------
    doctree : docutils.nodes.document
        The page, with every reference resolved.

    Returns
    -------
    list of (str, str, str)
        Title, anchor, text. What is said in a place within a place counts there.

    Examples
    --------
    >>> from docutils.utils import new_document
    >>> page = new_document("page")
    >>> section = nodes.section("", nodes.title("", "The sigmoid"), ids=["the-sigmoid"])
    >>> section += nodes.paragraph("", "It is smooth ", nodes.math("", "x"), nodes.Text("."))
    >>> page += section
    >>> texts_in(page)
    [('The sigmoid', 'the-sigmoid', 'It is smooth ….')]
    """
    titles: dict[str, str] = {}
    said: dict[str, list[str]] = {}
    for node in doctree.findall(nodes.TextElement):
        place = _place(node)
        if place is None or isinstance(node.parent, nodes.TextElement):
            continue
        title, anchor = place
        titles.setdefault(anchor, title)
        text = said.setdefault(anchor, [])
        if not isinstance(node, nodes.title):
            text.append(_plain(node))
    return [
        (title, anchor, " ".join(" ".join(said[anchor]).split()))
        for anchor, title in titles.items()
    ]


def _place(node: nodes.Element) -> tuple[str, str] | None:
    """Return title and anchor of the innermost place that has both."""
    around: Any = node.parent
    while around is not None:
        if isinstance(around, addnodes.desc):
            signature: Any = around[0]
            if ids := signature.get("ids"):
                return ids[0].removeprefix("dlnotes."), ids[0]
        elif around.get("ids") and around.children and isinstance(around[0], nodes.title):
            # A theorem is a place if it has a name; what an exercise holds has none of its own.
            title = without_brackets(_plain(around[0]))
            if title:
                return title, around["ids"][0]
        around = around.parent
    return None


def _plain(node: nodes.Node) -> str:
    """Return the text of a node; a formula is a gap, and code is left out."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, nodes.math):
        return "…"
    if isinstance(node, _UNSAID):
        return ""
    return "".join(_plain(child) for child in node.children)


def _collect(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    if app.builder.format == "html":
        page, uri = app.env.titles[docname].astext(), app.builder.get_target_uri(docname)
        found = texts_in(doctree)
        rows = ((title, page, f"{uri}#{anchor}", said) for title, anchor, said in found if said)
        keep(app, "texts", docname, rows)


def _write(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        gather(app, "texts", "bookTexts")


def setup(app: Sphinx) -> None:
    """Collect texts while pages are written.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("doctree-resolved", _collect, priority=350)
    app.connect("build-finished", _write)
