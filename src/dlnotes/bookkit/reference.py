"""What the reference of the package leaves out: what a reader of it has no use for.

The value of a registry is a page of printed objects, where its entry should say what the
registry is for; and the fields of a named tuple stand in the section on its attributes already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]


def _without_values(app: Sphinx, doctree: nodes.document) -> None:
    """Drop `` = mappingproxy(…)`` from the names of data; autodoc cannot for whole modules."""
    for entry in doctree.findall(addnodes.desc):
        if entry["objtype"] in ("data", "attribute"):
            for note in list(entry[0].findall(addnodes.desc_annotation)):
                if note.astext().lstrip().startswith("="):
                    note.parent.remove(note)


def _bare_marks(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Show ``*`` and ``/`` in signatures as they are; LaTeX would print what they stand for."""
    if app.builder.format == "latex":
        for mark in list(doctree.findall(nodes.abbreviation)):
            if isinstance(mark.parent, addnodes.desc_sig_operator):
                mark.replace_self(mark.children)


def _without_fields(
    app: Sphinx, what: str, name: str, thing: Any, skip: bool, options: Any
) -> bool | None:
    """Skip the fields of named tuples: "Alias for field number 0" says nothing."""
    return True if type(thing).__name__ == "_tuplegetter" else None


def setup(app: Sphinx) -> None:
    """Leave out values, fields and explanations of marks.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("doctree-read", _without_values)
    app.connect("doctree-resolved", _bare_marks)
    app.connect("autodoc-skip-member", _without_fields)
