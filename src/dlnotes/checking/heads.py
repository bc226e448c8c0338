r"""The left side of a notation line: the name, its parameters, its indices."""

from __future__ import annotations

from dlnotes.checking.tex.tokens import ACCENTS, INFIX, Token

__all__ = [
    "VocabularyError",
    "operator_of",
    "outside",
    "pattern",
    "slot_order",
    "split_head",
    "split_places",
    "text",
]


class VocabularyError(ValueError):
    """A line of a notation block that cannot be read; quotes the line."""


def text(tokens: list[Token]) -> str:
    """Return the canonical text of tokens."""
    return "".join(t.text for t in tokens)


def outside(tokens: list[Token]) -> list[Token]:
    """Return the tokens that stand outside of braces."""
    depth, out = 0, []
    for token in tokens:
        depth -= token.text == "}"
        if depth == 0:
            out.append(token)
        depth += token.text == "{"
    return out


def places(tokens: list[Token]) -> tuple[str, ...]:
    """Return the letters of a subscript ``_{a,b}``."""
    return tuple(t.text for t in tokens[2:-1] if t.text != ",")


def split_places(tokens: list[Token]) -> tuple[list[Token], tuple[str, ...]]:
    r"""Split ``\tilde{k}_{a,b}`` into the name and the letters of its entries."""
    depth, at = 0, None
    for j, token in enumerate(tokens):
        depth += token.text == "{"
        depth -= token.text == "}"
        if token.text == "_" and depth == 0:
            at = j
    if at is None:
        return tokens, ()
    return tokens[:at], places(tokens[at:])


def operator_of(
    tokens: list[Token], known: set[str]
) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    r"""Read ``(u * v)_n`` or ``\hat{u}_q``; u and v are declared behind the definition."""
    texts = [t.text for t in tokens]
    if texts[:1] == ["("] and ")" in texts:
        close = texts.index(")")
        inner = texts[1:close]
        for sign in INFIX:
            if sign in inner:
                at = inner.index(sign)
                params = ("".join(inner[:at]), "".join(inner[at + 1 :]))
                if set(params) <= known and close + 1 < len(texts):
                    return sign, params, places(tokens[close + 1 :])
    if len(texts) > 4 and texts[0] in ACCENTS and texts[1] == "{":
        close = texts.index("}")
        param = "".join(texts[2:close])
        if param in known and texts[close + 1 : close + 2] == ["_"]:
            return texts[0], (param,), places(tokens[close + 1 :])
    return None


def split_head(
    tokens: list[Token], line: str
) -> tuple[list[Token], tuple[str, ...], tuple[str, ...]]:
    """Split a head into name, parameters and the indices of a vector-valued function."""
    depth, opening = 0, None
    for j, token in enumerate(tokens):
        if token.text == "{":
            depth += 1
        elif token.text == "}":
            depth -= 1
        elif token.text in ("(", "[") and depth == 0 and j > 0:
            opening = j
            break
    if opening is None:
        return tokens, (), ()
    close = max(j for j, t in enumerate(tokens) if t.text in (")", "]"))
    params: list[str] = [""]
    for token in tokens[opening + 1 : close]:
        if token.text in (",", ";", "|", r"\|"):
            params.append("")
        else:
            params[-1] += token.text
    component: tuple[str, ...] = ()
    rest = tokens[close + 1 :]
    if rest:
        if rest[0].text != "_":
            msg = f"cannot read what follows the arguments in {line.strip()!r}"
            raise VocabularyError(msg)
        component = tuple(t.text for t in rest[2:-1] if t.text != ",")
    if not all(params):
        msg = f"empty parameter in {line.strip()!r}"
        raise VocabularyError(msg)
    return tokens[:opening], tuple(params), component


def slot_order(tokens: list[Token], names: set[str]) -> list[str]:
    """Return the indices in the order in which they stand in the head."""
    depth, out = 0, []
    for token in tokens:
        depth += token.text == "{"
        depth -= token.text == "}"
        if depth and token.text in names:
            out.append(token.text)
    return out


def pattern(tokens: list[Token], names: set[str]) -> tuple[str | int, ...]:
    """Literal tokens, and an integer for so many indices that stand side by side."""
    out: list[str | int] = []
    depth = 0
    for token in tokens:
        depth += token.text == "{"
        if depth and token.text in names:
            if out and isinstance(out[-1], int):
                out[-1] += 1
            elif len(out) > 1 and out[-1] == "," and isinstance(out[-2], int):
                out.pop()
                out[-1] += 1  # type: ignore[operator]
            else:
                out.append(1)
        else:
            out.append(token.text)
        depth -= token.text == "}"
    return tuple(out)
