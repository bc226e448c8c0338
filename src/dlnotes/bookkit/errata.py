"""``{erratum}``: a formula that was printed wrong, what it should have been, and a point.

The wrong form stays on the page and in the tests for good: if the checker ever fails to refute
it, the build stops.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from dlnotes.checking.derivations import check
from dlnotes.checking.pages import PageError, make_erratum
from dlnotes.checking.vocabulary import VocabularyError

if TYPE_CHECKING:
    from docutils.nodes import Node
    from sphinx.application import Sphinx

__all__ = ["setup"]


class ErratumDirective(SphinxDirective):
    """Show both forms and the counterexample that the checker finds now."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {
        "names": directives.unchanged,
        "wrong": directives.unchanged_required,
        "right": directives.unchanged_required,
    }

    def run(self) -> list[Node]:
        """Return the story, the wrong form with its counterexample, and the right form."""
        try:
            erratum = make_erratum(self.arguments[0], self.options)
            verdict = check(erratum.wrong).verdict
        except (PageError, VocabularyError, ValueError) as error:
            raise self.error(str(error)) from error
        return [
            nodes.target("", "", ids=[erratum.label], names=[erratum.label]),
            *self.parse_content_to_nodes(),
            _said("What was written:"),
            _display(erratum.wrong.tex, "erratum-wrong"),
            nodes.literal_block("", str(verdict), language="none"),
            _said("What is right:"),
            _display(erratum.right.tex, "erratum-right"),
        ]


def _said(text: str) -> nodes.paragraph:
    return nodes.paragraph(text, text)


def _display(tex: str, kind: str) -> nodes.math_block:
    return nodes.math_block(
        tex, tex, checked_source=tex, classes=[kind], number=None, label=None, nowrap=False
    )


def setup(app: Sphinx) -> None:
    """Register the directive.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.add_directive("erratum", ErratumDirective)
