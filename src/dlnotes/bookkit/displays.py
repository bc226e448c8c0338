r"""Directives for displays that are checked: ``{derivation}``, ``{definition}``, ``{math}``.

They only show. What is checked is read from the page's own text by `dlnotes.checking.pages`;
the rows that these directives show come from the same functions, and `dlnotes.bookkit.claims`
refuses a page on which a display is shown that was not read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.directives.patches import MathDirective

from dlnotes.checking.pages import justifications, rows

if TYPE_CHECKING:
    from docutils.nodes import Node
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.writers.latex import LaTeXTranslator
    from sphinx.writers.text import TextTranslator

__all__ = ["aligned", "plain", "setup"]

_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_DOLLARS = re.compile(r"\$([^$]+)\$")


def aligned(tex: str) -> str:
    r"""Return the TeX that shows a chain of relations, its justifications in a last column.

    Parameters
    ----------
    tex : str
        Rows as an author writes them; the comment at the end of a row is its justification.

    Returns
    -------
    str
        The same rows without comments, as an ``aligned`` environment where there are several.

    Examples
    --------
    >>> aligned("a &= b")
    'a = b'
    >>> print(aligned("a &= b % by $x > 0$\n\\\\ &= c"))
    \begin{aligned}
    a &= b && \quad\text{by }x > 0\text{} \\
    &= c && {}
    \end{aligned}
    """
    reasons = justifications(tex)
    shown = [_COMMENT.sub("", row).strip() for row in rows(tex)]
    if len(shown) == 1 and not any(reasons):
        return _without_marks(shown[0])
    if any(reasons):
        shown = [f"{row} && {_reason(why)}" for row, why in zip(shown, reasons, strict=True)]
    return "\n".join([r"\begin{aligned}", " \\\\\n".join(shown), r"\end{aligned}"])


def _without_marks(row: str) -> str:
    """Drop the alignment marks of a row, but not those inside its matrices and cases."""
    depth, kept = 0, ""
    for piece in re.split(r"(\\begin\{[a-z]+\*?\}|\\end\{[a-z]+\*?\}|&)", row):
        depth += piece.startswith(r"\begin") - piece.startswith(r"\end")
        kept += "" if piece == "&" and depth == 0 else piece
    return kept


def _reason(text: str) -> str:
    if not text:
        return "{}"
    return r"\quad\text{" + _DOLLARS.sub(lambda m: "}" + m[1] + r"\text{", text) + "}"


class _Checked(MathDirective):
    """A display equation whose argument is its label."""

    optional_arguments = 1
    final_argument_whitespace = False
    option_spec: ClassVar = {
        "label": directives.unchanged,
        "class": directives.class_option,
        "computed-by": directives.unchanged,
        "for": directives.unchanged,
        "with": directives.unchanged,
    }

    def run(self) -> list[Node]:
        source = "\n".join(self.content)
        if self.arguments:
            self.options["label"] = self.arguments.pop()
        self.content = StringList(aligned(source).splitlines(), source="")
        shown = super().run()
        for node in shown:
            if isinstance(node, nodes.math_block):
                node["checked_source"] = source
                if any(justifications(source)):
                    node["classes"].append("derivation")
        return shown


class Derivation(_Checked):
    """A chain of relations, each of which is checked."""


class Definition(_Checked):
    """A display that gives names their meaning."""


class Math(MathDirective):
    """Sphinx's own, with ``:cited:`` for a display that is taken from a reference."""

    option_spec: ClassVar = {**MathDirective.option_spec, "cited": directives.unchanged}


def plain(tex: str) -> str:
    r"""Return the rows of a display as plain text: its TeX, reasons in brackets at the ends.

    Parameters
    ----------
    tex : str
        Rows as an author writes them.

    Returns
    -------
    str
        One row a line.

    Examples
    --------
    >>> print(plain("a &= b % by $x > 0$\n\\\\ &= c"))
    a = b   [by $x > 0$]
      = c
    """
    lines: list[str] = []
    for row, why in zip(rows(tex), justifications(tex), strict=True):
        shown = " ".join(_without_marks(_COMMENT.sub("", row)).split())
        lines.append(("  " if lines else "") + shown + (f"   [{why}]" if why else ""))
    return "\n".join(lines)


# Chains of a dozen rows or more, with no rows inside a row: they may break between pages.
_LONG = re.compile(
    r"\\begin\{aligned\}((?:(?!\\begin|\\\\).)*(?:\\\\(?:(?!\\begin|\\\\).)*){11,})\\end\{aligned\}",
    re.DOTALL,
)


def _number_of(env: BuildEnvironment, node: nodes.math_block) -> str:
    """Return the number of an equation, the same in every format."""
    if not node["number"]:
        return ""
    numbers = env.toc_fignumbers.get(node["docname"], {})
    number = numbers.get("displaymath", {}).get(node["ids"][0], (node["number"],))
    return ".".join(map(str, number))


def _visit_latex(self: LaTeXTranslator, node: nodes.math_block) -> None:
    number, label = _number_of(self.builder.env, node), ""
    if number:
        label = f"equation:{node['docname']}:{node['label']}"
    # A blank line would end the argument's paragraph, and mathematics has none.
    tex = "\n".join(line for line in node.astext().splitlines() if line.strip())
    kind = "bookdisplay"
    if (long := _LONG.fullmatch(tex.strip())) and number:
        kind, tex = "booklong", long[1]
    self.body.append(f"\n\\{kind}{{{number}}}{{{label}}}{{{tex}}}\n")
    raise nodes.SkipNode


def _visit_text(self: TextTranslator, node: nodes.math_block) -> None:
    self.new_state()
    text = plain(node.get("checked_source", node.astext()))
    if number := _number_of(self.builder.env, node):
        text += f"   ({number})"
    self.add_text(text)
    self.end_state(wrap=False)
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the directives, and how displays stand on paper and in plain text.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.add_directive("derivation", Derivation)
    app.add_directive("definition", Definition)
    app.add_directive("math", Math, override=True)
    app.add_node(
        nodes.math_block, override=True, latex=(_visit_latex, None), text=(_visit_text, None)
    )
