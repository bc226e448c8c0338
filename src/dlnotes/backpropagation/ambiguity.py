"""Expressions that people read in two ways, and both ways written out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from dlnotes.backpropagation.parsing import parse

__all__ = ["Reading", "readings"]

_USUAL = {
    "slash": "* and / bind equally, from left to right (Python, C, NumPy, most languages)",
    "minus": "the power binds more tightly than the sign (Python, mathematics)",
    "tower": "powers group to the right (Python, mathematics)",
}
_OTHER = {
    "slash": "all that follows the slash is below the line (a habit of handwriting)",
    "minus": "the sign belongs to the base (spreadsheets)",
    "tower": "powers group to the left (MATLAB, spreadsheets)",
}
_PLAIN = "nothing in it is read in two ways"


@dataclass(frozen=True)
class Reading:
    """One way to read an expression.

    Attributes
    ----------
    expression : str
        The expression with brackets that leave no choice.
    rule : str
        The rule by which it is read so.
    conventional : bool
        Whether `parse` reads it so.
    """

    expression: str
    rule: str
    conventional: bool


def readings(expression: str) -> tuple[Reading, ...]:
    """Return the ways in which people read an expression, brackets written out.

    Parameters
    ----------
    expression : str
        In ordinary notation, see `parse`.

    Returns
    -------
    tuple of Reading
        The conventional reading first; then, for each doubtful place, the reading that differs
        from it there. One reading means that nothing is in doubt.

    Raises
    ------
    ExpressionError
        If `expression` cannot be read at all.

    Notes
    -----
    Three habits are known: a product after a slash (``a / b*c``), a sign before a power
    (``-x^2``) and a tower of powers (``a^b^c``).

    Examples
    --------
    >>> from dlnotes.backpropagation import readings
    >>> for reading in readings("exp(x3^2) / 5*x4^2"):
    ...     print(reading.expression)
    (exp(x3^2) / 5)*x4^2
    exp(x3^2) / (5*x4^2)
    """
    graph = parse(expression)
    usual = [place.usual for place in graph.places]
    rules = list(dict.fromkeys(_USUAL[place.kind] for place in graph.places))
    found = [Reading(_bracketed(expression, usual), "; ".join(rules) or _PLAIN, True)]
    for k, place in enumerate(graph.places):
        spans = [*usual[:k], place.other, *usual[k + 1 :]]
        found.append(Reading(_bracketed(expression, spans), _OTHER[place.kind], False))
    return tuple(found)


def _bracketed(source: str, spans: list[tuple[int, int]]) -> str:
    """Put brackets around the spans."""
    opened = [start for start, _ in spans]
    closed = [stop for _, stop in spans]
    cuts = sorted({0, len(source), *opened, *closed})
    text = ")" * closed.count(0)
    for left, right in pairwise(cuts):
        text += "(" * opened.count(left) + source[left:right] + ")" * closed.count(right)
    return text
