"""Where the first screen of a page ends, said in the page itself.

A browser draws what it has read of a page, and a table of which it has read a half changes its
columns with every row that comes. The page is therefore not shown before its first screen is
read to the end (``page.html`` waits for what is written here), and at once then. No script is
waited for: each runs when the page has been read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["end_of_first_screen", "setup"]

SCREEN = 5000
"""Letters that fill any window: twice what a desktop shows of a page without figures."""


def end_of_first_screen(doctree: nodes.document) -> nodes.Element | None:
    """Return the block with which the first screen of a page ends.

    Parameters
    ----------
    doctree : docutils.nodes.document
        The page.

    Returns
    -------
    docutils.nodes.Element or None
        A block of a section, never a part of a table or of a list; none if the whole page is
        no longer than a screen.

    Examples
    --------
    >>> from docutils.utils import new_document
    >>> page = new_document("page")
    >>> page += [nodes.paragraph("", "word " * 900), nodes.paragraph("", "word " * 900)]
    >>> end_of_first_screen(page) is page[1]
    True
    """
    letters = 0
    for node in doctree.findall(nodes.Element):
        if isinstance(node.parent, nodes.section | nodes.document) and not isinstance(
            node, nodes.section
        ):
            letters += len(node.astext())
            if letters >= SCREEN:
                return node
    return None


def _mark(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    if app.builder.format == "html" and (last := end_of_first_screen(doctree)) is not None:
        script = nodes.raw("", "<script>firstScreenRead()</script>", format="html")
        last.parent.insert(last.parent.index(last) + 1, script)


def setup(app: Sphinx) -> None:
    """Mark the pages, before anything is folded.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("doctree-resolved", _mark, priority=400)
