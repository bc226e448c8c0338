"""Formulas as MathML, made when the book is built.

The reader's browser gets typeset mathematics: no script runs, nothing is fetched, nothing moves
while the page settles, and a screen reader can speak it.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

__all__ = ["setup", "to_mathml"]

# math-core styles every cell of a table by itself; two classes say the same for all of them.
_ALIGNED = {
    'style="text-align: right;justify-items: end;padding-right: 0;"': 'class="right"',
    'style="text-align: left;justify-items: start;padding-left: 0;"': 'class="left"',
    # The reason of a step, which a narrow page sets below its row.
    '"left"><mspace width="1em"/>': '"left reason"><mspace width="1em"/>',
}

# What must not be parted from a formula by the end of a line: Safari does part them.
_BEFORE = re.compile(r"[(\[“‘]+$")
_AFTER = re.compile(r"^(?:[),.;:!?\]’”]+|-\w+)")

logger = logging.getLogger(__name__)
_converter = LatexToMathML(fancy_error=False)


def to_mathml(tex: str, *, display: bool) -> str:
    r"""Return the MathML of a formula.

    Parameters
    ----------
    tex : str
        The formula in LaTeX, without dollar signs.
    display : bool
        Whether it stands on a line of its own.

    Returns
    -------
    str
        One ``<math>`` element.

    Raises
    ------
    ValueError
        If the formula cannot be converted; the message quotes the formula and says where.

    Examples
    --------
    >>> to_mathml("x^2", display=False)
    '<math><msup><mi>x</mi><mn>2</mn></msup></math>'
    >>> to_mathml(r"\frac{1}", display=False)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: formula '\\frac{1}' cannot be converted to MathML: ...
    """
    try:
        mathml: str = _converter.convert_with_local_state(tex, displaystyle=display)
    except LatexError as error:
        msg = f"formula {tex!r} cannot be converted to MathML: {error}"
        raise ValueError(msg) from error
    for style, name in _ALIGNED.items():
        mathml = mathml.replace(style, name)
    return mathml


def _convert(node: nodes.Element, *, display: bool) -> str:
    try:
        return to_mathml(node.astext(), display=display)
    except ValueError as error:
        logger.warning("%s", error, location=node, type="math", subtype="mathml")
        return html.escape(node.astext())


def _visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(self.starttag(node, "span", "", CLASS="math"))
    before, after = (self.encode(node.get(side, "")) for side in ("before", "after"))
    self.body.append(f"{before}{_convert(node, display=False)}{after}</span>")
    raise nodes.SkipNode


def _visit_display(self: HTML5Translator, node: nodes.math_block) -> None:
    number = get_node_equation_number(self, node) if node["number"] else ""
    # Furo wraps a labelled equation in a <div> that carries the id already.
    ids = node["ids"]
    if isinstance(node.parent, nodes.Element) and ids == node.parent.get("ids"):
        node["ids"] = []
    self.body.append(self.starttag(node, "div", CLASS="math"))
    node["ids"] = ids
    self.body.append(f'<div class="math-scroll">{_convert(node, display=True)}</div>')
    if number:
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def _keep_marks(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Let each formula in a line hold the marks that stand next to it."""
    if app.builder.format != "html":
        return
    for formula in doctree.findall(nodes.math):
        children = formula.parent.children
        place = children.index(formula)
        for side, mark, next_to in (
            ("before", _BEFORE, place - 1),
            ("after", _AFTER, place + 1),
        ):
            text = children[next_to] if 0 <= next_to < len(children) else None
            if isinstance(text, nodes.Text) and (found := mark.search(text)):
                formula[side] = found[0]
                formula.parent[next_to] = nodes.Text(mark.sub("", text))


def setup(app: Sphinx) -> None:
    """Register MathML as a renderer of mathematics.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.connect("doctree-resolved", _keep_marks, priority=900)
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_display, None))
