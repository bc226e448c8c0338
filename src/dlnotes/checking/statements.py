r"""A statement: a display of a page together with the vocabulary that gives it its meaning."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dlnotes.checking.claims import digest_of

if TYPE_CHECKING:
    from dlnotes.checking.tex.nodes import Node
    from dlnotes.checking.vocabulary import Vocabulary

__all__ = ["Relation", "Statement"]


@dataclass(frozen=True)
class Relation:
    r"""One relation of a statement, interpreted: ``left op right``.

    Parameters
    ----------
    left : sympy.Expr or sympy.Matrix
        The left side, in symbols that carry the declared assumptions.
    op : str
        One of ``=  \le  \ge  <  >  \ne  \in``.
    right : sympy.Expr or sympy.Matrix or sympy.Set
        The right side; a set behind ``\in``.
    text : str, optional
        The TeX of both sides.

    Examples
    --------
    >>> import sympy
    >>> Relation(sympy.Symbol("x"), "=", sympy.Integer(0)).op
    '='
    """

    left: Any
    op: str
    right: Any
    text: str = ""


@dataclass(frozen=True)
class Statement:
    r"""What a labelled display says.

    Parameters
    ----------
    label : str
        Its label on the page.
    tex : str
        The display's TeX.
    vocabulary : Vocabulary
        The page's vocabulary at that place.
    kind : str, optional
        ``"derivation"``, ``"theorem"`` (with lemma, corollary, proposition), ...
    page : str, optional
        The page on which it stands.
    line : int, optional
        The line of the page.
    justifications : tuple of str, optional
        The reason of each row.

    Examples
    --------
    >>> from dlnotes.checking.vocabulary import Vocabulary
    >>> statement = Statement("square", "x^2 \\ge 0", Vocabulary.parse("x : real"))
    >>> [(r.left, r.op, r.right) for r in statement.relations]
    [(x**2, '\\ge', 0)]
    """

    label: str
    tex: str
    vocabulary: Vocabulary
    kind: str = "derivation"
    page: str = ""
    line: int = 0
    justifications: tuple[str, ...] = field(default=())

    @property
    def digest(self) -> str:
        """Digest of the TeX, white space apart."""
        return digest_of(self.tex)

    @cached_property
    def formula(self) -> Node:
        """The parsed display; raises `TexError` with a caret where it cannot be read."""
        from dlnotes.checking.tex import read

        return read(self.tex, self.vocabulary)

    @cached_property
    def relations(self) -> list[Relation]:
        r"""The relations ``a op b`` of all rows, as SymPy (general sizes where there are any).

        ``a \le b \le c`` gives two relations. Universal quantifiers of declared names are
        dropped (every statement is for all values in the declared domains).
        """
        from dlnotes.checking.derivations import relations_of

        return relations_of(self)

    def with_tex(self, tex: str) -> Statement:
        """Return the statement with other TeX (used by mutants).

        Parameters
        ----------
        tex : str
            The TeX of a display.
        """
        return Statement(
            self.label,
            tex,
            self.vocabulary,
            self.kind,
            self.page,
            self.line,
            self.justifications,
        )
