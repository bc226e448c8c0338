"""The picture of what rests on what: claims as words, an arrow from a claim to what it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlnotes.figures.style import GRID, INK, MUTED, PAPER, WIDTH, Figure, subplots

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["dependency_graph", "layers"]


def layers(uses: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Sort claims into layers such that each uses only claims of earlier layers.

    Parameters
    ----------
    uses : mapping of str to sequence of str
        What each claim uses.

    Returns
    -------
    list of list of str
        Claims that take part in a use, those that use nothing first.

    Raises
    ------
    ValueError
        If a claim rests on itself, directly or through others.

    Examples
    --------
    >>> layers({"c": ["a", "b"], "b": ["a"], "alone": []})
    [['a'], ['b'], ['c']]
    """
    waiting = {claim: set(used) for claim, used in uses.items() if used}
    for used in list(waiting.values()):
        for claim in used:
            waiting.setdefault(claim, set())
    found: list[list[str]] = []
    while waiting:
        ready = sorted(claim for claim, used in waiting.items() if not used & set(waiting))
        if not ready:
            msg = f"uses must not go round in a circle, got one among {sorted(waiting)}"
            raise ValueError(msg)
        found.append(ready)
        for claim in ready:
            del waiting[claim]
    return found


def dependency_graph(uses: Mapping[str, Sequence[str]]) -> Figure:
    """Draw which claim uses which, from what is used on the left to what uses it on the right.

    Parameters
    ----------
    uses : mapping of str to sequence of str
        What each claim uses; names as they are to be shown.

    Returns
    -------
    Figure
        The graph.

    Examples
    --------
    >>> dependency_graph({"bound": ["slope"]})
    <Figure size 680x80 with 1 Axes>
    """
    columns = layers(uses)
    tallest = max((len(column) for column in columns), default=1)
    figure, ax = subplots(width=WIDTH, height=max(0.8, 0.3 * tallest + 0.2))
    place = {
        claim: (x, -(y + 0.5) / len(column))
        for x, column in enumerate(columns)
        for y, claim in enumerate(column)
    }
    for claim, used in uses.items():
        for other in used:
            ax.annotate(
                "",
                xy=place[claim],
                xytext=place[other],
                arrowprops={"arrowstyle": "->", "color": MUTED, "lw": 0.7, "shrinkB": 14},
            )
    for claim, (x, y) in place.items():
        box = {"boxstyle": "round,pad=0.25", "fc": PAPER, "ec": GRID, "lw": 0.7}
        ax.text(x, y, claim, ha="center", va="center", fontsize=7.5, color=INK, bbox=box)
    ax.set(xlim=(-0.6, len(columns) - 0.4), ylim=(-1.02, 0.02))
    ax.set_axis_off()
    figure.rows = tuple(
        ("claims", f"{claim} uses {other}", "arrow", "", "", 1)
        for claim, used in uses.items()
        for other in used
    )
    return figure
