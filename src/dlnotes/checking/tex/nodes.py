r"""The syntax tree: one kind of node, told apart by its ``kind``.

Terms
-----
``num`` (value: the literal), ``const`` (``\pi``, ``e``, ``\infty``, ``\mathrm{i}``), ``bound``
(value: name), ``name`` (value: vocabulary key; args: indices), ``function`` (a bare function
name), ``neg``, ``add``, ``mul``, ``div``, ``pow``, ``root`` (order, body), ``fact``,
``transpose``, ``apply`` (value: (key, primes); args: indices then arguments, see ``split``),
``call`` (value: built-in name; args), ``nth`` (derivative of a function by position),
``big`` (value: (operator, variable); args: lo, hi, condition, body), ``over`` (the same over a
set), ``integral`` (value: variable; args: lo, hi, body), ``limit`` (value: (variable,
direction); args: target, body), ``deriv`` (value: (partial, orders); args: body, variables),
``grad`` (value: order; args: body, variable), ``matrix`` (value: columns), ``cases`` (args:
value, condition, ...), ``abs``, ``norm`` (value: p), ``inner``, ``floor``, ``ceil``,
``component`` (args: body, indices), ``hadamard``, ``kron``, ``mod``, ``indicator``,
``expect`` and ``var`` (value: tuple of (variable, distribution)), ``at`` (evaluation bar).

Sets
----
``interval`` (value: closed ends), ``finite``, ``reals``, ``setname``.

Formulas
--------
``chain`` (value: relations; args: terms), ``and``, ``implies``, ``iff``, ``forall``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Node"]


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the tree; two nodes are equal when they say the same, wherever they stand."""

    kind: str
    args: tuple[Node, ...] = ()
    value: Any = None
    span: tuple[int, int] = field(default=(0, 0), compare=False)
    _hash: int = field(default=0, init=False, compare=False, repr=False)

    def __hash__(self) -> int:
        """Return the hash of what the node says; worked out once, since trees are keys."""
        if not self._hash:
            object.__setattr__(self, "_hash", hash((self.kind, self.args, self.value)) or 1)
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave the hash behind: that of a text differs from one process to the next."""
        return Node, (self.kind, self.args, self.value, self.span)

    def walk(self) -> Iterator[Node]:
        """Yield the node and everything below it, outermost first."""
        yield self
        for arg in self.args:
            yield from arg.walk()

    def source(self, text: str) -> str:
        """Return the part of `text` that the node was read from."""
        return text[self.span[0] : self.span[1]]
