"""Read the chapters as the build reads them, and run their cells without a kernel."""

from __future__ import annotations

import ast
import contextlib
import io
import logging
import traceback
import warnings
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from markdown_it.renderer import RendererHTML
from matplotlib.figure import Figure
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

if TYPE_CHECKING:
    from collections.abc import Iterator

BOOK = Path(__file__).resolve().parents[1] / "book"

_CONFIG = MdParserConfig(enable_extensions={"dollarmath", "colon_fence", "deflist"})
_PARSER = create_md_parser(_CONFIG, RendererHTML)

# Directives whose content is not Markdown: nothing is looked for inside.
_VERBATIM = {
    "code-cell",
    "raw-cell",
    "math",
    "code",
    "code-block",
    "literalinclude",
    "eval-rst",
}


@dataclass(frozen=True)
class Cell:
    """A code cell: its source, its options, and the line of the chapter where it starts."""

    source: str
    options: dict[str, Any]
    line: int

    @property
    def tags(self) -> list[str]:
        return list(self.options.get("tags", []))

    @property
    def picture(self) -> dict[str, Any]:
        """The options that put a figure on the page."""
        return dict(self.options.get("mystnb") or {})


@dataclass(frozen=True)
class Directive:
    """A directive: its name, argument, options and content, and its line in the chapter."""

    name: str
    argument: str
    options: dict[str, str]
    content: str
    line: int


@dataclass(frozen=True)
class Chapter:
    """A page of the book."""

    path: Path
    text: str = field(repr=False)

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def runs(self) -> bool:
        """Whether the build executes this page."""
        return is_myst_markdown_notebook(self.text)

    @cached_property
    def cells(self) -> list[Cell]:
        notebook = read_myst_markdown_notebook(
            self.text, config=_CONFIG, add_source_map=True, path=self.path
        )
        lines = self.text.splitlines()
        found = []
        for cell, fence in zip(notebook.cells, notebook.metadata["source_map"], strict=True):
            if cell.cell_type != "code":
                continue
            body = cell.source.splitlines()
            start = next(
                (i for i in range(fence, len(lines)) if lines[i : i + len(body)] == body), fence
            )
            found.append(Cell(cell.source, dict(cell.metadata), start + 1))
        return found

    @cached_property
    def directives(self) -> list[Directive]:
        return list(_directives(self.text, 0))

    @cached_property
    def headings(self) -> list[tuple[int, str, int]]:
        """Level, text and line of every heading."""
        tokens = _PARSER.parse(self.text)
        return [
            (int(opening.tag[1:]), inline.content, (opening.map or [0])[0] + 1)
            for opening, inline in pairwise(tokens)
            if opening.type == "heading_open"
        ]

    @cached_property
    def prose(self) -> list[tuple[int, str]]:
        """The numbered lines of the page outside its code cells."""
        hidden: set[int] = set()
        for directive in self.directives:
            if directive.name in {"code-cell", "raw-cell"}:
                length = directive.content.count("\n") + 2
                hidden.update(range(directive.line, directive.line + length))
        lines = enumerate(self.text.splitlines(), start=1)
        return [(number, line) for number, line in lines if number not in hidden]


def _directives(text: str, above: int) -> Iterator[Directive]:
    for token in _PARSER.parse(text):
        if token.type not in {"fence", "colon_fence"} or not token.info.startswith("{"):
            continue
        name, _, argument = token.info[1:].partition("}")
        line = above + (token.map or [0])[0] + 1
        options, content, skipped = _options(token.content)
        yield Directive(name, argument.strip(), options, content, line)
        if name not in _VERBATIM:
            yield from _directives(content, line + skipped)


def _options(content: str) -> tuple[dict[str, str], str, int]:
    """Split the content of a directive into its options, the rest, and the lines before it."""
    lines = content.splitlines()
    if lines and lines[0].strip() == "---":
        end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)
        return yaml.safe_load("\n".join(lines[1:end])) or {}, content, 0
    options: dict[str, str] = {}
    skipped = 0
    for line in lines:
        key, colon, value = line.lstrip(":").partition(":")
        if not line.startswith(":") or not colon:
            break
        options[key.strip()] = value.strip()
        skipped += 1
    return options, "\n".join(lines[skipped:]), skipped


@cache
def read(path: Path) -> Chapter:
    """Return the page at `path`."""
    return Chapter(path, path.read_text(encoding="utf-8"))


def pages() -> list[Chapter]:
    """Return every page of the book."""
    return [read(path) for path in sorted(BOOK.glob("**/*.md"))]


# Running ------------------------------------------------------------------------------------


class CellError(Exception):
    """A cell that does not do what a page needs; the text is for the author."""


def run(chapter: Chapter) -> None:
    """Run the cells of `chapter` in order, as the kernel would; warnings are errors.

    Raises
    ------
    CellError
        Names the chapter, the line of the cell and what happened.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for cell in chapter.cells:
        place = f"{chapter.path.name}, cell at line {cell.line}"
        output, complaints = io.StringIO(), io.StringIO()
        # In a kernel a log message of a library ends on stderr; under pytest it would not.
        log = logging.StreamHandler(complaints)
        log.setLevel(logging.WARNING)
        expected = "raises-exception" in cell.tags
        try:
            with (
                warnings.catch_warnings(),
                contextlib.redirect_stdout(output),
                contextlib.redirect_stderr(complaints),
                contextlib.chdir(chapter.path.parent),  # where a kernel of the build starts
                _listening(log),
            ):
                warnings.simplefilter("error")
                shown = _execute(cell, chapter.path, namespace)
        except Exception as error:
            if expected:
                continue
            msg = f"{place}:\n{_trace(error, chapter.path)}"
            raise CellError(msg) from None
        if expected:
            msg = f"{place}: the tag raises-exception is there, but nothing was raised"
            raise CellError(msg)
        if complaints.getvalue():
            msg = f"{place} wrote to stderr:\n{complaints.getvalue()}"
            raise CellError(msg)
        if isinstance(shown, Figure) and not (
            cell.picture.get("image", {}).get("alt")
            and cell.picture.get("figure", {}).get("caption")
        ):
            msg = f"{place} shows a figure without alt text and caption (mystnb options)"
            raise CellError(msg)


@contextlib.contextmanager
def _listening(handler: logging.Handler) -> Iterator[None]:
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


def _execute(cell: Cell, path: Path, namespace: dict[str, Any]) -> object:
    """Run one cell; display and return its last expression.

    The code is compiled at its place in the chapter, so that a traceback quotes the chapter's
    own lines.
    """
    tree = ast.parse(cell.source, str(path))
    ast.increment_lineno(tree, cell.line - 1)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, str(path), "exec", dont_inherit=True), namespace)
    if last is None or cell.source.rstrip().endswith(";"):
        return None
    value = eval(compile(last, str(path), "eval", dont_inherit=True), namespace)
    display(value)
    return value


def display(value: object) -> None:
    """Make every representation that a page could show of `value`; errors come through.

    IPython's own formatters catch what a representation raises and fall back to another.
    """
    if value is None:
        return
    bundle = getattr(value, "_repr_mimebundle_", None)
    made = bundle() if callable(bundle) and not isinstance(value, type) else None
    for kind in ("html", "svg", "markdown", "latex", "json"):
        method = getattr(value, f"_repr_{kind}_", None)
        if callable(method) and not isinstance(value, type):
            made = method() or made
    if isinstance(value, Figure) and made is None:
        value.savefig(io.BytesIO(), format="svg")
    print(repr(value))


def _trace(error: Exception, path: Path) -> str:
    """Return the traceback from the chapter's own line on."""
    frames = traceback.extract_tb(error.__traceback__)
    first = next((i for i, f in enumerate(frames) if f.filename == str(path)), 0)
    lines = traceback.format_list(frames[first:]) + traceback.format_exception_only(error)
    return "".join(lines)
