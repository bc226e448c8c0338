"""The directives of a MyST page, without Sphinx: names, options, bodies, lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Directive", "directives", "justifications", "rows"]

_CONTAINERS = re.compile(r"^\{([A-Za-z][\w:.-]*)\}\s*(.*)$")
_OPTION = re.compile(r"^:([\w-]+):\s*(.*)$")
_OPAQUE = {
    "code-cell",
    "code-block",
    "code",
    "literalinclude",
    "raw",
    "notation",
    "derivation",
    "definition",
    "math",
    "doctest",
    "mermaid",
    "csv-table",
}


@dataclass(frozen=True)
class Directive:
    """A directive of a page, with the directives that surround it."""

    name: str
    argument: str
    options: dict[str, str]
    body: str
    line: int
    parents: tuple[Directive, ...] = ()

    @property
    def label(self) -> str:
        """Its label: the option, else the argument when that is one word."""
        return (
            self.options.get("label")
            or self.options.get("name")
            or (self.argument if self.argument and " " not in self.argument else "")
        )


def _markdown() -> MarkdownIt:
    md = MarkdownIt("commonmark").use(front_matter_plugin).use(colon_fence_plugin)
    return md.use(dollarmath_plugin)


def _split_options(content: str) -> tuple[dict[str, str], str, int]:
    """Return options, body and the number of lines before the body."""
    lines = content.split("\n")
    options: dict[str, str] = {}
    n = 0
    if lines and lines[0].strip() == "---":
        n = 1
        while n < len(lines) and lines[n].strip() != "---":
            key, _, value = lines[n].partition(":")
            options[key.strip()] = value.strip().strip("\"'")
            n += 1
        return options, "\n".join(lines[n + 1 :]), n + 1
    while n < len(lines) and (match := _OPTION.match(lines[n].strip())):
        options[match[1]] = match[2].strip()
        n += 1
    while n < len(lines) and not lines[n].strip():
        n += 1
    return options, "\n".join(lines[n:]), n


def directives(
    text: str, *, offset: int = 0, parents: tuple[Directive, ...] = ()
) -> Iterator[Directive]:
    """Yield every directive of a page in the order of the text, outer ones first.

    A display written as ``$$`` is yielded as a directive named ``$$``.
    """
    for token in _markdown().parse(text):
        first = offset + (token.map[0] if token.map else 0)
        if token.type in ("math_block", "math_block_label"):
            yield Directive("$$", "", {}, token.content, first + 1, parents)
            continue
        if token.type not in ("fence", "colon_fence"):
            continue
        match = _CONTAINERS.match(token.info.strip())
        if match is None:
            continue
        options, body, skipped = _split_options(token.content)
        line = first + 2 + skipped
        found = Directive(match[1], match[2].strip(), options, body, line, parents)
        yield found
        if found.name not in _OPAQUE:
            yield from directives(body, offset=line - 1, parents=(*parents, found))


def justifications(tex: str) -> tuple[str, ...]:
    r"""Return the comment at the end of each row of a derivation, empty where there is none.

    Examples
    --------
    >>> justifications("a &= b % chain rule\n\\\\ &= c")
    ('chain rule', '')
    """
    out: list[str] = []
    for row in rows(tex):
        comments = [c.strip() for c in re.findall(r"(?<!\\)%([^\n]*)", row)]
        out.append(" ".join(c for c in comments if c))
    return tuple(out)


def rows(tex: str) -> list[str]:
    """Return the rows of a display: split at the line breaks outside of environments.

    A comment belongs to the row on whose line it stands.
    """
    found, depth, current = [], 0, ""
    body = re.sub(r"\\(begin|end)\{aligned\}", "", tex)
    for piece in re.split(r"(\\begin\{[a-z]+\*?\}|\\end\{[a-z]+\*?\}|\\\\|%[^\n]*)", body):
        if piece.startswith(r"\begin"):
            depth += 1
        elif piece.startswith(r"\end"):
            depth -= 1
        if piece == r"\\" and depth == 0:
            found.append(current)
            current = ""
        elif piece.startswith("%") and found and not current.strip():
            found[-1] += piece + "\n"
        else:
            current += piece + ("\n" if piece.startswith("%") else "")
    found.append(current)
    return [r for r in found if r.strip()]
