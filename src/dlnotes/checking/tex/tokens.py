r"""From TeX to tokens that remember where they came from.

The stream is brought into one canonical shape before anything is read: every script and every
argument of a font or accent command is braced (``x_1`` reads as ``x_{1}``, ``\hat y`` as
``\hat{y}``, ``\frac12`` as ``\frac{1}{2}``), a subscript stands before primes and these before
a superscript, spacing and size commands are gone. Spans always point into the original text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["INFIX", "TexError", "Token", "canonical", "tokenize"]

_TOKEN = re.compile(
    r"(?P<space>\s+|%[^\n]*(?:\n|$)|~)"
    r"|(?P<env>\\(?:begin|end)\s*\{[a-zA-Z]+\*?\})"
    r"|(?P<word>\\(?:operatorname\*?|mathrm|text|textrm|mathsf|mathtt|textbf)\s*\{[^{}]*\})"
    r"|(?P<cmd>\\(?:[A-Za-z]+|.))"
    r"|(?P<num>\d+(?:\.\d+)?)"
    r"|(?P<letter>[A-Za-z])"
    r"|(?P<punct>[-+*/^_=<>&()\[\]{}'|!,;:.])",
    re.DOTALL,
)
_SIZES = {
    *(rf"\{b}{s}" for b in ("big", "Big", "bigg", "Bigg") for s in ("", "l", "r", "m")),
    r"\left",
    r"\right",
    r"\middle",
}
_SPACING = {
    r"\,",
    r"\;",
    r"\:",
    r"\!",
    r"\ ",
    r"\>",
    r"\quad",
    r"\qquad",
    r"\displaystyle",
    r"\textstyle",
    r"\limits",
    r"\nolimits",
    r"\notag",
    r"\thinspace",
}
_SYNONYMS = {
    r"\leq": r"\le",
    r"\geq": r"\ge",
    r"\neq": r"\ne",
    r"\lbrace": r"\{",
    r"\rbrace": r"\}",
    r"\dfrac": r"\frac",
    r"\tfrac": r"\frac",
    r"\ln": r"\log",
    r"\mid": "|",
    r"\implies": r"\Rightarrow",
    r"\Leftrightarrow": r"\iff",
    r"\lbrack": "[",
    r"\rbrack": "]",
    r"\rightarrow": r"\to",
    r"\vert": "|",
    r"\Vert": r"\|",
    r"\wedge": r"\land",
    r"\hadamard": r"\odot",
    r"\intercal": r"\top",
    r"\overline": r"\bar",
    r"\widehat": r"\hat",
    r"\widetilde": r"\tilde",
    r"\bold": r"\mathbf",
    r"\bm": r"\boldsymbol",
    r"\lt": "<",
    r"\gt": ">",
    r"\ast": "*",
}
ACCENTS = frozenset(
    rf"\{a}"
    for a in [
        "hat",
        "tilde",
        "bar",
        "vec",
        "dot",
        "ddot",
        "mathbf",
        "boldsymbol",
        "mathcal",
        "mathbb",
        "mathfrak",
        "mathscr",
        "mathit",
    ]
)
"""Commands of one argument that make part of a name."""
INFIX = frozenset({"*", r"\star"})
"""Signs that a head such as ``(u * v)_n`` makes an operator of."""
_TWO = {r"\frac", r"\binom"}


class TexError(ValueError):
    """TeX that cannot be read: says what, where (with a caret) and what would be right.

    Parameters
    ----------
    message
        What is wrong.
    text
        The TeX.
    position
        Offset into `text`.
    hint
        What would be right.
    """

    def __init__(self, message: str, text: str, position: int, hint: str = "") -> None:
        self.message, self.text, self.position, self.hint = message, text, position, hint
        start = text.rfind("\n", 0, position) + 1
        end = text.find("\n", position)
        line = text[start:] if end < 0 else text[start:end]
        self.line = text.count("\n", 0, position) + 1
        self.column = position - start + 1
        shown = f"{message} (line {self.line}, column {self.column})\n    {line}\n    "
        shown += " " * (position - start) + "^"
        super().__init__(f"{shown}\n  hint: {hint}" if hint else shown)


class Token(NamedTuple):
    """One token: its canonical text, its kind and its span in the original TeX."""

    text: str
    kind: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    r"""Split `text` into raw tokens, ending with one of kind ``end``.

    Raises
    ------
    TexError
        For a character outside the subset.

    Examples
    --------
    >>> [t.text for t in tokenize(r"\left(x+1\right)")]
    ['(', 'x', '+', '1', ')', '']
    """
    out: list[Token] = []
    position, size, size_start = 0, None, 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            msg = f"unknown character {text[position]!r}"
            raise TexError(
                msg, text, position, "only ASCII TeX is read; write Greek as \\alpha"
            )
        position = match.end()
        kind = str(match.lastgroup)
        raw = match.group()
        if kind == "space" or raw in _SPACING:
            continue
        if raw in _SIZES:
            size, size_start = raw, match.start()
            continue
        value = _SYNONYMS.get(raw, raw)
        if kind == "word":
            inner = raw[raw.index("{") + 1 : -1].strip()
            value = rf"\operatorname{{{inner}}}"
        elif kind == "env":
            value = re.sub(r"\s", "", raw)
        start = match.start() if size is None else size_start
        if size is not None:
            opening = size.endswith("l") or size == r"\left"
            closing = size.endswith("r") or size == r"\right"
            if value == "." and (opening or closing):
                value = r"\left." if size == r"\left" else r"\right."
            elif value == "|" and opening:
                value = r"\lvert"
            elif value == "|" and closing:
                value = r"\rvert"
            elif value == r"\|" and opening:
                value = r"\lVert"
            elif value == r"\|" and closing:
                value = r"\rVert"
            size = None
        out.append(Token(value, kind, start, match.end()))
    out.append(Token("", "end", len(text), len(text)))
    return out


class _Canon:
    """Bring raw tokens into canonical shape (see the module's docstring)."""

    def __init__(self, text: str) -> None:
        self.text, self.raw, self.i = text, tokenize(text), 0

    def run(self) -> list[Token]:
        out = self.items(closing=None)
        out.append(self.raw[-1])
        return out

    def items(self, closing: Token | None) -> list[Token]:
        out: list[Token] = []
        while True:
            token = self.raw[self.i]
            if token.kind == "end":
                if closing is not None:
                    msg = "this '{' is never closed"
                    raise TexError(msg, self.text, closing.start)
                return out
            if token.text == "}":
                if closing is None:
                    msg = "this '}' closes nothing"
                    raise TexError(msg, self.text, token.start)
                return out
            out += self.unit()

    def unit(self) -> list[Token]:
        """One item with its scripts in canonical order."""
        token = self.raw[self.i]
        base: list[Token] = []
        if token.text not in ("_", "^", "'"):
            base = self.bare()
        sub: list[Token] = []
        sup: list[Token] = []
        primes: list[Token] = []
        while self.raw[self.i].text in ("_", "^", "'"):
            mark = self.raw[self.i]
            self.i += 1
            if mark.text == "'":
                primes.append(mark)
                continue
            group = self.argument(mark)
            names = [t.text for t in group[1:-1]]
            if mark.text == "^" and names and set(names) == {r"\prime"}:
                primes += [Token("'", "punct", t.start, t.end) for t in group[1:-1]]
            elif mark.text == "_":
                if sub:
                    msg = "two subscripts"
                    raise TexError(msg, self.text, mark.start, "use {a,b}")
                sub = [mark, *group]
            else:
                if sup:
                    msg = "two superscripts"
                    raise TexError(msg, self.text, mark.start, "use brackets")
                sup = [mark, *group]
        return base + sub + primes + sup

    def bare(self) -> list[Token]:
        token = self.raw[self.i]
        self.i += 1
        if token.text == "{":
            inner = self.items(token)
            closing = self.raw[self.i]
            self.i += 1
            return [token, *inner, closing]
        if token.text in ACCENTS:
            return [token, *self.argument(token)]
        if token.text in _TWO:
            return [token, *self.argument(token), *self.argument(token)]
        if token.text == r"\sqrt":
            order: list[Token] = []
            if self.raw[self.i].text == "[":
                while self.raw[self.i].text != "]":
                    if self.raw[self.i].kind == "end":
                        msg = "this '[' is never closed"
                        raise TexError(msg, self.text, token.end)
                    order.append(self.raw[self.i])
                    self.i += 1
                order.append(self.raw[self.i])
                self.i += 1
            return [token, *order, *self.argument(token)]
        return [token]

    def argument(self, owner: Token) -> list[Token]:
        """Return the argument of `owner`, braced."""
        token = self.raw[self.i]
        if token.text == "{":
            return self.bare()
        if token.kind == "end" or token.text in ("}", "&", r"\\", "_", "^"):
            msg = f"{owner.text} needs an argument"
            raise TexError(msg, self.text, owner.start, f"write {owner.text}{{...}}")
        if token.kind == "num" and len(token.text) > 1:
            if owner.text not in _TWO or "." in token.text:
                msg_0 = f"{owner.text}{token.text} shows only the first digit in the script"
                raise TexError(
                    msg_0,
                    self.text,
                    token.start,
                    f"write {owner.text}{{{token.text}}}",
                )
            first = Token(token.text[0], "num", token.start, token.start + 1)
            self.raw[self.i] = Token(token.text[1:], "num", token.start + 1, token.end)
            inner = [first]
        else:
            inner = self.bare()
        a, b = inner[0].start, inner[-1].end
        return [Token("{", "punct", a, a), *inner, Token("}", "punct", b, b)]


def canonical(text: str) -> list[Token]:
    r"""Return the canonical tokens of `text`, the last of kind ``end``.

    Examples
    --------
    >>> "".join(t.text for t in canonical(r"x^2_1 + \hat y"))
    'x_{1}^{2}+\\hat{y}'
    """
    return _Canon(text).run()
