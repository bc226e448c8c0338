"""Style sheets without the rules that no page of the book uses.

The theme and the extensions bring rules for everything that any book might have, and a page is
not shown before all of them have come. A rule goes if it asks for a class or a name that stands
in no page and in no script.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import tinycss2
from tinycss2.ast import Comment, HashToken, IdentToken, LiteralToken, WhitespaceToken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

__all__ = ["names_in_page", "names_in_script", "prune"]

_NAMED = re.compile(r'\b(?:class|id)="([^"]*)"')
_SCRIPT = re.compile(r"<script[^>]*>(.*?)</script>", re.DOTALL)
_WORD = re.compile(r"[\w-]+")
_CONDITIONAL = {"media", "supports", "layer", "container"}  # rules that hold other rules


def names_in_page(page: str) -> set[str]:
    """Return the classes and names of the elements of a page, and the words of its scripts.

    Parameters
    ----------
    page : str
        HTML.

    Returns
    -------
    set of str
        What a selector may ask for.

    Examples
    --------
    >>> sorted(names_in_page('<p class="a b" id="c">d</p><script>say("e")</script>'))
    ['a', 'b', 'c', 'e', 'say']
    """
    named = {name for value in _NAMED.findall(page) for name in value.split()}
    return named.union(*map(names_in_script, _SCRIPT.findall(page)))


def names_in_script(script: str) -> set[str]:
    """Return the words of a script, among which are the classes that it gives to elements.

    Parameters
    ----------
    script : str
        JavaScript.

    Returns
    -------
    set of str
        Its words. A class that a script puts together from parts is not among them.

    Examples
    --------
    >>> sorted(names_in_script('box.classList.add("is-wide")'))
    ['add', 'box', 'classList', 'is-wide']
    """
    return set(_WORD.findall(script))


def prune(sheet: str, names: AbstractSet[str]) -> str:
    """Return the rules of a style sheet that may say something about one of the names.

    Parameters
    ----------
    sheet : str
        CSS.
    names : set of str
        Classes and names that elements have or may get.

    Returns
    -------
    str
        The same rules in the same order, one to a line, without those that ask for another
        class or name, and without comments, but for those that a licence wants kept
        (``/*! ... */``). What stands inside ``:is()`` and its like takes nothing away.

    Raises
    ------
    ValueError
        If the sheet cannot be read; the message says where.

    Examples
    --------
    >>> print(prune(".a, .b p { margin: 0 } @media print { .c { top: 0 } }", {"a"}))
    .a{margin: 0}
    """
    return "\n".join(_rules(tinycss2.parse_stylesheet(sheet), names))


def _rules(rules: Iterable[Any], names: AbstractSet[str]) -> Iterator[str]:
    for rule in rules:
        for part in (rule, *(getattr(rule, "prelude", None) or [])):
            if part.type == "error":
                msg = f"line {part.source_line}, column {part.source_column}: {part.message}"
                raise ValueError(msg)
        if rule.type == "comment" and rule.value.startswith("!"):
            yield rule.serialize()
        elif rule.type == "qualified-rule":
            kept = [one for one in _between_commas(rule.prelude) if _asked_for(one) <= names]
            if kept:
                yield f"{','.join(map(_tight, kept))}{{{_tight(rule.content)}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in _CONDITIONAL and rule.content:
            inner = list(_rules(tinycss2.parse_rule_list(rule.content), names))
            if inner:
                condition = _tight(rule.prelude)
                yield "\n".join([f"@{rule.at_keyword} {condition}{{", *inner, "}"])
        elif rule.type == "at-rule":
            yield rule.serialize()


def _between_commas(prelude: list[Any]) -> list[list[Any]]:
    """Return the selectors of a rule."""
    selectors: list[list[Any]] = [[]]
    for token in prelude:
        if isinstance(token, LiteralToken) and token.value == ",":
            selectors.append([])
        else:
            selectors[-1].append(token)
    return selectors


def _asked_for(selector: list[Any]) -> set[str]:
    """Return the classes and names that an element, or one around or before it, must have."""
    return {
        after.value
        for token, after in pairwise(selector)
        if isinstance(token, LiteralToken) and token.value == "."
        if isinstance(after, IdentToken)
    } | {token.value for token in selector if isinstance(token, HashToken)}


def _tight(tokens: list[Any]) -> str:
    """Write tokens with one space where there were several, and without comments."""
    plain = [token for token in tokens if not isinstance(token, Comment)]
    for token in plain:
        if isinstance(token, WhitespaceToken):
            token.value = " "
    return str(tinycss2.serialize(plain)).strip()
