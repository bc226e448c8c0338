"""What a reader may look up: sections, theorems, equations, figures, functions.

This list knows names and numbers, and where each thing stands; the script of the search page
compares them with what was typed, typing errors and all, and so it does with the text of the
pages (`texts`). Sphinx's own search forgives nothing and finds pages only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes

from dlnotes.bookkit.environments import without_brackets
from dlnotes.bookkit.gathering import gather, keep
from dlnotes.bookkit.joining import OF_ONE_PAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

__all__ = ["names_in", "setup"]

Name = tuple[str, str, str]
"""What it is called, of which kind it is, and its anchor on the page."""


def names_in(doctree: nodes.document) -> list[Name]:
    """Return the named things of a page.

    Parameters
    ----------
    doctree : docutils.nodes.document
        The page, with every reference resolved.

    Returns
    -------
    list of (str, str, str)
        Name, kind, anchor.

    Examples
    --------
    >>> from docutils.utils import new_document
    >>> page = new_document("page")
    >>> page += nodes.section("", nodes.title("", "The sigmoid"), ids=["the-sigmoid"])
    >>> names_in(page)
    [('The sigmoid', 'section', 'the-sigmoid')]
    """
    return list(_names(doctree))


def _names(doctree: nodes.document) -> Iterator[Name]:
    node: Any
    for node in doctree.findall(nodes.Element):
        ids = node.get("ids", ())
        if not ids:
            continue
        if isinstance(node, nodes.section) and isinstance(node[0], nodes.title):
            yield _words(node[0]), "section", ids[0]
        elif "realtype" in node and isinstance(node[0], nodes.title):
            name = without_brackets(_words(node[0]))
            if name:
                yield name, node["realtype"], ids[0]
        elif isinstance(node, nodes.math_block) and node.get("label"):
            yield _spoken(node["label"]), "equation", ids[0]
        elif isinstance(node, nodes.figure) and node.get("names"):
            yield _spoken(node["names"][0]), "figure", ids[0]
        elif node.tagname == "desc_signature" and node.get("fullname"):
            yield ids[0].removeprefix("dlnotes."), "function", ids[0]
        elif "exercise" in node.get("classes", ()) and isinstance(node[0], nodes.title):
            name = without_brackets(_words(node[0]))
            if name:
                yield name, "exercise", ids[0]


def _words(node: nodes.Element) -> str:
    """Return the text of a title without the marks for links that it carries on a page."""
    parts = [
        text for text in node.findall(nodes.Text) if not isinstance(text.parent, nodes.raw)
    ]
    return " ".join("".join(parts).split())


def _spoken(label: str) -> str:
    """Return a label as words: ``eq-activations-sigmoid`` is the sigmoid of its chapter."""
    return " ".join(label.split("-")[2:]).replace("_", " ") or label


def _numbers(app: Sphinx, docname: str) -> dict[str, str]:
    """Return the numbers of what stands on a page, by anchor."""
    env = app.env
    found = {
        anchor: n
        for of in env.toc_fignumbers.get(docname, {}).values()
        for anchor, n in of.items()
    }
    found |= {a.lstrip("#"): n for a, n in env.toc_secnumbers.get(docname, {}).items()}
    return {anchor: ".".join(map(str, number)) for anchor, number in found.items()}


def _collect(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    if app.builder.format == "html":
        numbers = _numbers(app, docname)
        if title := next(doctree.findall(nodes.section), None):
            numbers[title["ids"][0]] = numbers.get("", "")  # the chapter's
        page, uri = app.env.titles[docname].astext(), app.builder.get_target_uri(docname)
        rows = (
            (name, kind, numbers.get(anchor, ""), page, f"{uri}#{anchor}")
            for name, kind, anchor in names_in(doctree)
        )
        keep(app, "names", docname, rows)


def _write(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        gather(app, "names", "bookNames")


def _our_own(app: Sphinx) -> None:
    """Have Sphinx write no index of words, which nobody would ask."""
    if app.builder.name == "html":
        app.builder.search = False  # type: ignore[attr-defined]
        pages = app.config.html_additional_pages
        app.config.html_additional_pages = {**pages, "search": "search.html"}


def _scripts(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    if page == "search":
        for script in ("names.js", "texts.js", "search.js"):
            app.add_js_file(script, priority=OF_ONE_PAGE, defer="defer")


def setup(app: Sphinx) -> None:
    """Collect names while pages are written.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("builder-inited", _our_own)
    app.connect("doctree-resolved", _collect, priority=350)
    app.connect("html-page-context", _scripts)
    app.connect("build-finished", _write)
