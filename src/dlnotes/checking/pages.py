r"""Reading the directives of a MyST page without Sphinx.

What a page may contain (fences of backticks or colons, nested as MyST allows):

``{notation}``
    Lines of the format of `dlnotes.checking.entries`; extends the page's vocabulary.

    .. code-block:: text

        ```{notation}
        x : real -- the input
        \sigma(x) := \frac{1}{1 + \exp(-x)} -- logistic sigmoid @ dlnotes.activations.sigmoid
        assume : a < b
        ```

``{definition}``
    A display that defines: rows ``name = expression``. It extends the vocabulary from there
    on, so that what the page defines is what the checker means. Ranges of indices and kinds of
    parameters stand in ``:for:``; ``:computed-by: dotted.name`` ties what is defined to the
    function that computes it (of several rows one name each, with commas; ``-`` for none).

    .. code-block:: text

        ```{definition} eq-activations-softmax
        :for: k = 1..K
        s_k = \frac{\exp(z_k)}{\sum_{j=1}^{K} \exp(z_j)}
        ```

``{derivation} label``
    A chain of relations, each step checked. The justification of a row is the comment at its
    end; ``:with:`` declares local names, parted by ``;``.

    .. code-block:: text

        ```{derivation} sigmoid-derivative
        \sigma'(x) &= \frac{\exp(-x)}{(1 + \exp(-x))^2}  % chain rule
        \\ &= \sigma(x)(1 - \sigma(x))                    % definition of sigma
        ```

``{prf:theorem}``, ``{prf:lemma}``, ``{prf:corollary}``, ``{prf:proposition}``
    With ``:label:``; the display inside (``{math}``) is the statement. Displays inside
    ``{prf:definition}`` define.

``{erratum} label``
    A formula that was printed wrong: ``:wrong:`` must be refuted and ``:right:`` proved, in
    the vocabulary of ``:names:`` (lines parted by ``;``) and of nothing else.

    .. code-block:: text

        ```{erratum} softsign-square
        :names: x : positive; g(x) := \frac{x}{1 + |x|}
        :wrong: g'(x) = 1 - g(x)^2
        :right: g'(x) = (1 - |g(x)|)^2
        The story of the error, for the reader.
        ```

``{math}`` with ``:cited: key``
    Taken from a reference, not checked.

Any other display is an error that names file and line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dlnotes.checking.directives import Directive, directives, justifications, rows
from dlnotes.checking.statements import Statement
from dlnotes.checking.vocabulary import Vocabulary, VocabularyError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "THEOREMS",
    "Directive",
    "Display",
    "Erratum",
    "Page",
    "PageError",
    "directives",
    "justifications",
    "make_erratum",
    "read_page",
    "rows",
]

THEOREMS = ("prf:theorem", "prf:lemma", "prf:corollary", "prf:proposition")


class PageError(ValueError):
    """A page that cannot be accounted for; names file and line."""


@dataclass(frozen=True)
class Display:
    """A display equation of a page and what it is."""

    kind: str
    label: str
    line: int
    tex: str
    reference: str = ""


@dataclass(frozen=True)
class Erratum:
    """A formula that was printed wrong, and how it should have read."""

    label: str
    wrong: Statement
    right: Statement
    line: int


@dataclass
class Page:
    """What was read from a page.

    ``displays`` holds every display equation with its kind: ``derivation``, ``theorem``,
    ``definition``, ``erratum``, ``cited``. ``statements`` are those to be proved; of each of
    the ``errata`` the wrong form is to be refuted and the right one proved.
    """

    path: str
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    statements: list[Statement] = field(default_factory=list)
    displays: list[Display] = field(default_factory=list)
    errata: list[Erratum] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return how many displays there are of each kind."""
        out: dict[str, int] = {}
        for d in self.displays:
            out[d.kind] = out.get(d.kind, 0) + 1
        return out


def _theorem_of(d: Directive) -> Directive | None:
    for parent in reversed(d.parents):
        if parent.name in THEOREMS:
            return parent
        if parent.name in ("prf:proof", "solution", "exercise", "prf:example", "prf:remark"):
            return None
    return None


def read_page(path: Path | str, text: str | None = None) -> Page:
    """Read a page: its vocabulary, its statements, and what every display is.

    Errors are collected in ``Page.errors`` (file, line and reason), so that one run shows all.

    Parameters
    ----------
    path
        The file; also how the page is named in messages.
    text
        Its text, when it is not to be read from the file.
    """
    if text is None:
        from pathlib import Path as FilePath

        text = FilePath(path).read_text(encoding="utf-8")
    page = Page(str(path))
    seen: dict[str, int] = {}
    for d in directives(text):
        try:
            _take(page, d)
        except (VocabularyError, ValueError) as error:
            page.errors.append(f"{page.path}:{d.line}: {error}")
        label = d.label
        if label and d.name in ("derivation", "math", "definition", *THEOREMS):
            if label in seen:
                page.errors.append(
                    f"{page.path}:{d.line}: label {label!r} is used on line {seen[label]} too"
                )
            seen[label] = d.line
    stated = {s.label for s in page.statements}
    for d in directives(text):
        if d.name in THEOREMS and d.label not in stated:
            page.errors.append(
                f"{page.path}:{d.line}: {d.name} {d.label!r} states no display"
                if d.label
                else f"{page.path}:{d.line}: this {d.name} has no :label:"
            )
    return page


def _take(page: Page, d: Directive) -> None:
    if d.name == "notation":
        page.vocabulary = Vocabulary.parse(d.body, page.vocabulary)
    elif d.name == "definition" or (
        d.name == "math" and any(p.name == "prf:definition" for p in d.parents)
    ):
        page.displays.append(Display("definition", d.label, d.line, d.body))
        page.vocabulary = page.vocabulary.define(
            d.body, d.options.get("for", ""), d.options.get("computed-by", "")
        )
    elif d.name == "derivation":
        if not d.label:
            msg = "a derivation has a label: ```{derivation} some-label"
            raise PageError(msg)
        vocabulary = page.vocabulary
        if d.options.get("with"):
            vocabulary = Vocabulary.parse(
                "\n".join(x.strip() for x in d.options["with"].split(";")), vocabulary
            )
        page.displays.append(Display("derivation", d.label, d.line, d.body))
        page.statements.append(
            Statement(
                d.label,
                d.body,
                vocabulary,
                "derivation",
                page.path,
                d.line,
                justifications(d.body),
            )
        )
    elif d.name == "erratum":
        erratum = make_erratum(d.label, d.options, page.path, d.line)
        page.errata.append(erratum)
        for form in (erratum.wrong, erratum.right):
            page.displays.append(Display("erratum", form.label, d.line, form.tex))
    elif d.name == "math":
        theorem = _theorem_of(d)
        if d.options.get("cited"):
            page.displays.append(Display("cited", d.label, d.line, d.body, d.options["cited"]))
        elif theorem is not None:
            page.displays.append(Display("theorem", theorem.label, d.line, d.body))
            if any(s.label == theorem.label for s in page.statements):
                msg = f"{theorem.name} {theorem.label!r} states a second display"
                raise PageError(msg)
            page.statements.append(
                Statement(theorem.label, d.body, page.vocabulary, "theorem", page.path, d.line)
            )
        else:
            _unclassified(page, d)
    elif d.name == "$$":
        _unclassified(page, d)


def make_erratum(label: str, options: dict[str, str], path: str = "", line: int = 0) -> Erratum:
    """Return the erratum that the options of an ``{erratum}`` describe.

    Raises
    ------
    PageError
        When the label or one of the two forms is missing.
    """
    missing = [name for name in ("wrong", "right") if not options.get(name)]
    if missing or not label:
        msg = f"an erratum has a label, :wrong: and :right:; missing: {missing or 'label'}"
        raise PageError(msg)
    names = "\n".join(part.strip() for part in options.get("names", "").split(";"))
    vocabulary = Vocabulary.parse(names)
    wrong, right = (
        Statement(f"{label}-{form}", options[form], vocabulary, "erratum", path, line)
        for form in ("wrong", "right")
    )
    return Erratum(label, wrong, right, line)


def _unclassified(page: Page, d: Directive) -> None:
    first = next((x.strip() for x in d.body.splitlines() if x.strip()), "")
    page.displays.append(Display("unclassified", d.label, d.line, d.body))
    msg = (
        f"unclassified display {first[:50]!r}: write {{derivation}}, {{definition}}, a "
        "theorem's {math}, or :cited: with a reference"
    )
    raise PageError(msg)
