"""The ``{notation}`` block: a table for the reader, the very vocabulary of the checker."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.util.docutils import SphinxDirective

from dlnotes.checking.entries import VocabularyError, parse_entry
from dlnotes.checking.vocabulary import logical_lines

if TYPE_CHECKING:
    from docutils.nodes import Node
    from sphinx.application import Sphinx

__all__ = ["setup"]

_SHORT_SYMBOL = 12
_LONG_TABLE = 9  # rows, with the headings; a hole before a shorter one is small
_MARKS = re.compile(r"\\[A-Za-z]+ ?|[{}_^]")  # commands are a letter or none on paper
_HEADINGS = ("Symbol", "Meaning", "As the checker reads it")


class Notation(SphinxDirective):
    """Show the lines of the block as a table."""

    has_content = True

    def run(self) -> list[Node]:
        """Return the table, with an error where a line cannot be read."""
        try:
            rows = [self._row(line) for line in logical_lines("\n".join(self.content))]
        except VocabularyError as error:
            raise self.error(str(error)) from error
        return [_table(rows)]

    def _row(self, line: str) -> list[list[Node]]:
        first, _, rest = line.partition(":")
        if first.strip() == "forget":
            text, _, gloss = rest.partition(" -- ")
            return [
                [_math(", ".join(text.split()))],
                self._prose(gloss.strip()),
                [nodes.Text("declared anew")],
            ]
        if first.strip() in ("assume", "convention"):
            text, _, gloss = rest.partition(" -- ")
            word = {"assume": "assumed", "convention": "convention"}[first.strip()]
            symbol = _math(text.strip()) if word == "assumed" else nodes.Text(text.strip())
            return [[symbol], self._prose(gloss.strip()), [nodes.Text(word)]]
        entry = parse_entry(line)
        meaning: list[Node] = self._prose(entry.gloss)
        if entry.python:
            meaning += [nodes.Text(" — " if meaning else ""), _function(entry.python)]
        body = entry.body
        if body is None:
            declared = line.partition(" -- ")[0].partition(" @ ")[0]
            for mark in (" ~ ", " : "):
                if mark in declared:
                    declared = declared.partition(mark)[2].strip()
                    break
            return [[_math(entry.head)], meaning, [nodes.literal("", declared)]]
        if body.startswith("sympy:"):
            return [[_math(entry.head)], meaning, [nodes.literal("", body)]]
        ranges = ", ".join(
            f"{i} = {a}..{b}" if a != "in" else f"{i} in {b}" for i, a, b in entry.slots
        )
        kinds = ", ".join(f"{name} : {kind}" for name, kind in entry.param_kinds)
        known = ", ".join(part for part in (kinds, ranges, entry.signal) if part)
        shown: list[Node] = [nodes.Text("definition")] + (
            [nodes.Text(", "), nodes.literal("", known)] if known else []
        )
        return [[_math(f"{entry.head} = {body}")], meaning, shown]

    def _prose(self, text: str) -> list[Node]:
        found, messages = self.parse_inline(text) if text else ([], [])
        return [*found, *messages]


def _math(tex: str) -> nodes.math:
    return nodes.math(tex, tex)


def _function(dotted: str) -> pending_xref:
    """Return the name of a function, linked to the part of the reference that has it."""
    shown = nodes.literal("", dotted, classes=["xref", "py", "py-func"])
    module = dotted.rpartition(".")[0]
    return pending_xref(
        "", shown, refdomain="py", reftype="mod", reftarget=module, refexplicit=True
    )


def _table(rows: list[list[list[Node]]]) -> nodes.table:
    def row(cells: list[list[Node]]) -> nodes.row:
        return nodes.row(
            "", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells)
        )

    head: list[list[Node]] = [[nodes.Text(title)] for title in _HEADINGS]
    group = nodes.tgroup(
        "",
        *(nodes.colspec(colwidth=width) for width in (30, 45, 25)),
        nodes.thead("", row(head)),
        nodes.tbody("", *(row(cells) for cells in rows)),
        cols=3,
    )
    return nodes.table("", group, classes=["notation"])


def _columns_on_paper(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give formulas, which do not break, their room; LaTeX would share it out evenly."""
    if app.builder.format != "latex":
        return
    for table in doctree.findall(nodes.table):
        if "notation" in table["classes"]:
            table["classes"].append("colwidths-given")
            rows = list(table.findall(nodes.row))
            if len(rows) > _LONG_TABLE:  # it may go on on the next page
                table["classes"].append("longtable")
            cells = [row[0] for row in rows]
            shares = _shares(max(len(_MARKS.sub("x", cell.astext())) for cell in cells))
            for column, share in zip(table.findall(nodes.colspec), shares, strict=True):
                column["colwidth"] = share


def _shares(longest: int) -> tuple[int, int, int]:
    """Return how wide the columns are, in hundredths, for symbols of so many characters."""
    if longest <= _SHORT_SYMBOL:
        return 14, 50, 36
    return (26, 42, 32) if longest <= 2 * _SHORT_SYMBOL else (38, 34, 28)


def setup(app: Sphinx) -> None:
    """Register the directive.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.add_directive("notation", Notation)
    app.connect("doctree-resolved", _columns_on_paper)
