"""What the reference of the package leaves out: what a reader of it has no use for.

The value of a registry is a page of printed objects, where its entry should say what the
registry is for; and the fields of a named tuple stand in the section on its attributes already.
The notes of a docstring are called by their numbers, as its author wrote them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]

# What numpydoc calls note 1 of a docstring, so that it is not note 1 of another.
_NOTE = re.compile(r"R[0-9a-f]{12}-(.+)")


def _without_values(app: Sphinx, doctree: nodes.document) -> None:
    """Drop `` = mappingproxy(…)`` from the names of data; autodoc cannot for whole modules."""
    for entry in doctree.findall(addnodes.desc):
        if entry["objtype"] in ("data", "attribute"):
            for note in list(entry[0].findall(addnodes.desc_annotation)):
                if note.astext().lstrip().startswith("="):
                    note.parent.remove(note)


def _numbered_notes(app: Sphinx, doctree: nodes.document) -> None:
    """Show "[1]" where a docstring has it; numpydoc does so only in pages that are reST."""
    for mark in doctree.findall(addnodes.pending_xref):
        if mark.get("refdomain") == "citation" and (note := _NOTE.fullmatch(mark["reftarget"])):
            mark.children = []
            mark += nodes.inline("", f"[{note[1]}]")


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
    """Leave out values, fields and explanations of marks, and number the notes.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("doctree-read", _without_values)
    app.connect("doctree-read", _numbered_notes)
    app.connect("doctree-resolved", _bare_marks)
    app.connect("autodoc-skip-member", _without_fields)
