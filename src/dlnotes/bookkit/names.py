"""What a reader may look up by name: sections, theorems, equations, figures, functions.

Sphinx's search knows words. This list knows names, and where each thing stands; the script of
the search page compares them with what was typed, typing errors and all. It lies beside the
pages as a script, because a page that was opened from a disk may load no data in another way.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

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
            name = _words(node[0]).removeprefix("(").removesuffix(")")
            if name:
                yield name, node["realtype"], ids[0]
        elif isinstance(node, nodes.math_block) and node.get("label"):
            yield _spoken(node["label"]), "equation", ids[0]
        elif isinstance(node, nodes.figure) and node.get("names"):
            yield _spoken(node["names"][0]), "figure", ids[0]
        elif node.tagname == "desc_signature" and node.get("fullname"):
            yield ids[0].removeprefix("dlnotes."), "function", ids[0]
        elif "exercise" in node.get("classes", ()) and isinstance(node[0], nodes.title):
            name = _words(node[0]).strip().removeprefix("(").removesuffix(")")
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


def _keep_mathematics_out(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Tell Sphinx's index to pass over formulas."""
    if app.builder.format == "html":
        # Not raw HTML: docutils would wrap what has a class in an element of its own.
        for kind in (nodes.math, nodes.math_block):
            for node in doctree.findall(kind):
                node["classes"] = [*node["classes"], "no-search"]


def _collect(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    if app.builder.format == "html":
        folder = Path(app.doctreedir) / "names"
        folder.mkdir(exist_ok=True)
        # A file a page: pages are written in several processes and not in every build.
        text = json.dumps(names_in(doctree), ensure_ascii=False)
        (folder / f"{docname.replace('/', '.')}.json").write_text(text, encoding="utf-8")


def _write(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    found: list[list[str]] = []
    for docname in sorted(app.env.found_docs):
        file = Path(app.doctreedir) / "names" / f"{docname.replace('/', '.')}.json"
        if file.is_file():
            uri, title = app.builder.get_target_uri(docname), app.env.titles[docname].astext()
            for name, kind, anchor in json.loads(file.read_text(encoding="utf-8")):
                found.append([name, kind, title, f"{uri}#{anchor}"])
    text = (
        f"const bookNames = {json.dumps(found, ensure_ascii=False, separators=(',', ':'))};\n"
    )
    (Path(app.outdir) / "_static" / "names.js").write_text(text, encoding="utf-8")


def _scripts(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    if page == "search":
        for script in ("names.js", "find.js"):
            app.add_js_file(script, defer="defer")


def setup(app: Sphinx) -> None:
    """Collect names while pages are written.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("doctree-resolved", _keep_mathematics_out, priority=900)
    app.connect("doctree-resolved", _collect, priority=350)
    app.connect("html-page-context", _scripts)
    app.connect("build-finished", _write)
