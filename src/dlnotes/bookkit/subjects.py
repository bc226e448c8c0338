"""``{subject}``: a word of the text that the index leads to.

``{subject}`mode` `` shows "mode" and enters it into the index, and so into the search, with
this very place; ``{subject}`whitened <whitened inputs>` `` shows the one and enters the other.
The place has the name of what is entered, not a number, and so there is one for it on a page:
the one where the reader learns what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import ReferenceRole

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]


class SubjectRole(ReferenceRole):
    """Enter a subject into the index."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the words, and before them the place and its entry."""
        place = f"subject-{nodes.make_id(self.target)}"
        entry = addnodes.index(entries=[("single", self.target, place, "", None)])
        target = nodes.target("", "", ids=[place], names=[place])
        self.inliner.document.note_explicit_target(target)
        return [entry, target, nodes.Text(self.title)], []


def setup(app: Sphinx) -> None:
    """Register the role.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.add_role("subject", SubjectRole())
