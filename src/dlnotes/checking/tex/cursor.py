"""The cursor over the canonical tokens that every part of the reader shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from dlnotes.checking.tex.tokens import TexError, canonical

if TYPE_CHECKING:
    from dlnotes.checking.tex.nodes import Node
    from dlnotes.checking.tex.tokens import Token
    from dlnotes.checking.vocabulary import Vocabulary

__all__ = ["RELATIONS", "Cursor"]

RELATIONS = {"=", "<", ">", r"\le", r"\ge", r"\ne", r"\in", r"\subseteq", r"\approx", r"\notin"}
_OPEN = {
    "(": ")",
    "[": "]",
    "{": "}",
    r"\{": r"\}",
    r"\langle": r"\rangle",
    r"\lfloor": r"\rfloor",
    r"\lceil": r"\rceil",
    r"\lvert": r"\rvert",
    r"\lVert": r"\rVert",
}
_CLOSE = set(_OPEN.values())


class Cursor:
    """Position, scope and error reporting.

    Parameters
    ----------
    text
        The TeX.
    vocabulary
        The declared names.
    scope
        Local names (bound variables, parameters) with their roles.
    """

    def __init__(
        self, text: str, vocabulary: Vocabulary, scope: dict[str, str] | None = None
    ) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.tokens = canonical(text)
        self.i = 0
        self.scope: dict[str, str] = dict(scope or {})
        self.bars: list[str] = []
        self.differentials: dict[int, int] = {}
        self.limits: list[int] = []

    @property
    def token(self) -> Token:
        """The token under the cursor."""
        return self.tokens[self.i]

    @property
    def here(self) -> str:
        """Its text."""
        return self.tokens[self.i].text

    def peek(self, ahead: int = 1) -> str:
        """Return the text of the token `ahead` places on."""
        return self.tokens[min(self.i + ahead, len(self.tokens) - 1)].text

    def fail(self, message: str, hint: str = "", at: int | None = None) -> NoReturn:
        """Raise a `TexError` under the token `at` (default: the current one)."""
        token = self.tokens[self.i if at is None else at]
        raise TexError(message, self.text, token.start, hint)

    def take(self, text: str | None = None, hint: str = "") -> Token:
        """Step over the current token, which must read `text` when that is given."""
        token = self.tokens[self.i]
        if text is not None and token.text != text:
            found = repr(token.text) if token.kind != "end" else "the end"
            self.fail(f"expected {text!r}, found {found}", hint)
        if token.kind == "end":
            self.fail("the formula ends too early", hint)
        self.i += 1
        return token

    def span_from(self, first: int) -> tuple[int, int]:
        """Return the span in the text from token `first` to the last one taken."""
        return self.tokens[first].start, self.tokens[max(self.i - 1, first)].end

    def closing(self, i: int) -> int:
        """Return the index of the token that closes the bracket which surrounds `i`."""
        depth = 0
        for j in range(i, len(self.tokens)):
            text = self.tokens[j].text
            if text in _OPEN:
                depth += 1
            elif text in _CLOSE:
                if depth == 0:
                    return j
                depth -= 1
        return self.fail("this bracket is never closed", at=max(i - 1, 0))

    def group_text(self, i: int) -> tuple[str, int]:
        """Return the joined text of the unit at `i` (an atom with its argument) and its end."""
        j = i + 1
        text = self.tokens[i].text
        if self.tokens[i].kind == "cmd" and self.tokens[j].text == "{":
            end = self.closing(j + 1)
            text += "".join(t.text for t in self.tokens[j : end + 1])
            j = end + 1
        return text, j

    def script_text(self, j: int) -> tuple[str, int]:
        """Return the joined text of a script ``_{...}`` at `j`, or nothing."""
        if self.tokens[j].text != "_":
            return "", j
        end = self.closing(j + 2)
        return "".join(t.text for t in self.tokens[j : end + 1]), end + 1

    # What the parts of the reader ask of each other.
    def expr(self) -> Node:
        """Read a sum of terms."""
        raise NotImplementedError

    def term(self) -> Node:
        """Read a product of factors."""
        raise NotImplementedError

    def factor(self) -> Node:
        """Read a factor with its powers."""
        raise NotImplementedError

    def condition(self) -> Node:
        """Read relations joined by commas or a logical and."""
        raise NotImplementedError

    def set_(self) -> Node:
        """Read a set."""
        raise NotImplementedError

    def within(self, end: int, what: str = "expression") -> Node:
        """Read an expression that must end exactly at the token `end`."""
        self.limits.append(end)
        node = self.expr()
        self.limits.pop()
        if self.i != end:
            self.fail(f"unread {self.here!r} in this {what}")
        return node

    def bracketed(self, kind: str) -> None:
        """Enter a bracket: what ``|`` means starts afresh."""
        self.bars.append(kind)

    def leave(self) -> None:
        """Leave a bracket."""
        self.bars.pop()
