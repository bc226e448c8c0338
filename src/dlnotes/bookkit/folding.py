"""Folded proofs and solutions as the browser's own ``<details>``: no script, prints open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]


def _fold(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Wrap whatever carries the class ``dropdown`` in ``<details>``."""
    if app.builder.format != "html":
        return
    folded = [n for n in doctree.findall(nodes.Element) if "dropdown" in n.get("classes", ())]
    for node in folded:
        node["classes"].remove("dropdown")
        label = "proof" if "proof" in node["classes"] else "solution"
        parent, index = node.parent, node.parent.index(node)
        summary = f'<details class="fold"><summary>Show the {label}</summary>'
        parent.insert(index + 1, nodes.raw("", "</details>", format="html"))
        parent.insert(index, nodes.raw("", summary, format="html"))


def setup(app: Sphinx) -> None:
    """Fold what asks to be folded.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("doctree-resolved", _fold)
