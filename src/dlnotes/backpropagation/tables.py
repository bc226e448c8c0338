"""A small table that shows itself as text, as Markdown and as accessible HTML."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

__all__ = ["Table"]

Cell = str | float


def _shown(cell: Cell) -> str:
    return cell if isinstance(cell, str) else f"{cell:.6g}"


@dataclass(frozen=True)
class Table:
    """Rows under named columns; the first column names the row.

    Attributes
    ----------
    columns : tuple of str
        The heads.
    rows : tuple of tuple
        Strings and floats, unrounded; floats are shown to six digits.
    caption : str
        What the table shows.

    Examples
    --------
    >>> from dlnotes.backpropagation import Table
    >>> print(Table(("node", "value"), (("x1", 2.0), ("z", 0.125))))
    node  value
    x1    2
    z     0.125
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""

    def __str__(self) -> str:
        """Return the table as text in aligned columns."""
        lines = [self.columns, *(tuple(_shown(cell) for cell in row) for row in self.rows)]
        widths = [max(len(line[k]) for line in lines) for k in range(len(self.columns))]
        return "\n".join(
            "  ".join(
                cell.ljust(width) for cell, width in zip(line, widths, strict=True)
            ).rstrip()
            for line in lines
        )

    def _repr_markdown_(self) -> str:
        def line(cells: tuple[str, ...]) -> str:
            # An asterisk is a product here, and would be emphasis.
            return "| " + " | ".join(re.sub(r"[|*_\\<]", r"\\\g<0>", c) for c in cells) + " |"

        rows = [tuple(_shown(cell) for cell in row) for row in self.rows]
        return "\n".join(
            [line(self.columns), line(("---",) * len(self.columns)), *map(line, rows)]
        )

    def _repr_html_(self) -> str:
        def cell(value: Cell, tag: str, scope: str = "") -> str:
            scope = f' scope="{scope}"' if scope else ""
            return f"<{tag}{scope}>{html.escape(_shown(value))}</{tag}>"

        head = "".join(cell(name, "th", "col") for name in self.columns)
        body = "\n".join(
            f"<tr>{cell(row[0], 'th', 'row')}{''.join(cell(c, 'td') for c in row[1:])}</tr>"
            for row in self.rows
        )
        caption = f"<caption>{html.escape(self.caption)}</caption>\n" if self.caption else ""
        return (
            f'<table class="docutils align-default">\n{caption}'
            f"<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{body}\n</tbody>\n</table>"
        )
