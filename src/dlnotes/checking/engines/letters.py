"""Letters, words and forms: products of matrices whose order counts, and their sums."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sympy as sp

from dlnotes.checking.semantics.values import NotGeneral

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = [
    "INVERTIBLE",
    "OWN_TRANSPOSE",
    "Form",
    "Letter",
    "collect",
    "is_positive_definite",
    "opaque_inverse",
    "shorten",
    "spell",
]

OWN_TRANSPOSE = {"symmetric", "positive definite", "diagonal"}
INVERTIBLE = {"invertible", "positive definite"}
"""Adjectives of a declared square matrix."""


@dataclass(frozen=True)
class Letter:
    """A matrix, its transpose, its inverse, or the transpose of its inverse."""

    key: str
    turned: bool = False
    inverted: bool = False
    traits: frozenset[str] = field(default=frozenset(), compare=False)
    inner: Form | None = field(default=None, compare=False, repr=False)

    def transpose(self) -> Letter:
        """Return the letter of the transpose."""
        if self.traits & OWN_TRANSPOSE:
            return self
        if self.inner is not None:
            return opaque_inverse(self.inner.transpose())
        return Letter(self.key, not self.turned, self.inverted, self.traits)

    def inverse(self) -> Letter:
        """Return the letter of the inverse; raises where none is declared."""
        if "orthogonal" in self.traits:
            return self.transpose()
        if not self.traits & INVERTIBLE:
            msg = f"{self.key} is not declared invertible"
            raise NotGeneral(msg)
        return Letter(self.key, self.turned, not self.inverted, self.traits)

    def cancels(self, other: Letter) -> bool:
        """Whether this letter times `other` is the identity."""
        if self.inner is not None or other.inner is not None or self.key != other.key:
            return False
        if "orthogonal" in self.traits:
            return self.turned != other.turned
        return self.turned == other.turned and self.inverted != other.inverted


Word = tuple[Letter, ...]


@dataclass(frozen=True)
class Form:
    """A sum of words with numbers before them; ``shape`` is that of every word."""

    shape: tuple[Any, Any]
    terms: dict[Word, Any]

    def map(self, f: Callable[[Any], Any]) -> Form:
        """Apply `f` to every coefficient."""
        return Form(self.shape, {w: f(c) for w, c in self.terms.items()})

    def transpose(self) -> Form:
        """Return the transpose, word by word."""
        turned = ((tuple(x.transpose() for x in reversed(w)), c) for w, c in self.terms.items())
        return Form((self.shape[1], self.shape[0]), collect(turned))

    def name(self) -> str:
        """Return one text for all ways of writing the same sum."""
        return " + ".join(
            sorted(f"{sp.expand(c)}*{spell(w)}" for w, c in self.terms.items() if c != 0)
        )


def spell(word: Word) -> str:
    """Return a word as text."""
    return " ".join(
        x.key + ("^-1" if x.inverted else "") + ("^T" if x.turned else "") for x in word
    )


def shorten(word: Word) -> Word:
    """Cancel neighbours, and put diagonal neighbours into order."""
    out: list[Letter] = []
    for letter in word:
        out.append(letter)
        k = len(out) - 1
        while k and _commute(out[k - 1], out[k]) and spell((out[k],)) < spell((out[k - 1],)):
            out[k - 1], out[k] = out[k], out[k - 1]
            k -= 1
        for i in range(len(out) - 1):
            if out[i].cancels(out[i + 1]):
                del out[i : i + 2]
                break
    return tuple(out)


def _commute(a: Letter, b: Letter) -> bool:
    return "diagonal" in a.traits and "diagonal" in b.traits


def collect(pairs: Iterable[tuple[Word, Any]]) -> dict[Word, Any]:
    """Add up the coefficients of equal words; words whose coefficient is zero are left out."""
    out: dict[Word, Any] = {}
    for word, c in pairs:
        short = shorten(word)
        out[short] = out.get(short, sp.Integer(0)) + c
    return {w: c for w, c in out.items() if c != 0}


def opaque_inverse(form: Form) -> Letter:
    """Return the inverse of a sum as a letter of its own."""
    own = form.transpose().name() == form.name()
    traits = frozenset({"symmetric"}) if own else frozenset()
    return Letter(f"({form.name()})^-1", traits=traits, inner=form)


def is_positive_definite(form: Form) -> bool:
    r"""Whether the form is a sum of W^T W and W^T P W, one of which is definite."""
    definite = False
    for word, c in form.terms.items():
        half = len(word) // 2
        mirrored = all(x == y.transpose() for x, y in zip(word, reversed(word), strict=True))
        middle = word[half : half + len(word) % 2]
        if not mirrored or not c.is_nonnegative:
            return False
        if middle and "positive definite" not in middle[0].traits:
            return False
        definite = definite or bool(c.is_positive and half == 0)
    return definite
