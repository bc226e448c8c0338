"""Figures of the chapter on back-propagation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from dlnotes.figures.layered import lay_out
from dlnotes.figures.style import (
    BLUE,
    CYCLE,
    GREY,
    GRID,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    PURPLE,
    WIDTH,
    Figure,
    label_line,
    subplots,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import ArrayLike

    from dlnotes.backpropagation import Edge, Step, Trace
    from dlnotes.figures.data import Row

__all__ = [
    "error_by_step",
    "graph",
    "operation_counts",
    "signal_sizes",
    "tangents",
    "triangular_system",
]

_SPACE = 0.48  # inches between two layers
_GAP = 0.22  # inches between two boxes
_LINE = 0.195  # inches from line to line in a box
_LEVEL = 0.13  # of the lower labels above a box, in inches
_BETWEEN = 0.1  # from value to adjoint
_SIZE = 8.2  # of the text in the graph, in points
_DASHES = ("-", "--", "-.", (0, (1, 1.2)), (0, (5, 1, 1, 1, 1, 1)), (0, (7, 2)))


def _number(value: float, digits: int = 4) -> str:
    return f"{value:.{digits}g}".replace("-", "−")


def _plain(text: str) -> str:
    return text.replace("**", "^").replace("*", "·").replace("-", "−")


def _width(text: str) -> float:
    """Width of a text of the size used in the graph, in inches."""
    return float(TextPath((0, 0), text, size=_SIZE).get_extents().width) / 72 if text else 0.0


_LONGEST = 14  # characters of a formula on an edge
_MANY = 16  # nodes from which on the edges have numbers alone


def _label(edge: Edge, *, formulas: bool) -> str:
    formula = _plain(str(edge.symbolic_partial))
    number = _number(edge.partial, 4 if formulas else 3)
    shown = formulas and formula != number and len(formula) <= _LONGEST
    return f"{formula} = {number}" if shown and "Heaviside" not in formula else number


@dataclass(frozen=True)
class _Arrival:
    """Where an edge arrives at a box, counted from its middle, and its label there."""

    port: float
    label: str
    height: float  # of the label above the box


def _arrivals(edges: Sequence[Edge], box: float, labels: Sequence[str]) -> list[_Arrival]:
    """Part the edges into a box; labels that would touch stand one above the other."""
    count = len(edges)
    step = min(0.5 * box, box / count) if count > 1 else 0.0
    found: list[_Arrival] = []
    for k, label in enumerate(labels):
        reach = (_width(labels[k - 1]) + _width(label)) / 2 + 0.1 if k else 0.0
        level = (found[-1].height > _LEVEL) if k and reach <= step else k % 2
        port = step * (k - (count - 1) / 2)
        found.append(_Arrival(port, label, _LEVEL * (1 + 1.15 * level)))
    return found


_Line = tuple[tuple[str, str], ...]  # pieces of text, each with its colour


def _lines(step: Step, *, adjoints: bool, few: bool) -> tuple[_Line, ...]:
    """Return what stands in the box of a step; in a large graph the boxes are narrow."""
    given = step.operation in ("variable", "constant")
    title = step.name if given else f"{step.name} = {_plain(step.formula)}"
    digits = 4 if few else 3
    value = (f"↓ {_number(step.value, digits)}", BLUE)
    adjoint = (f"↑ {_number(step.adjoint, digits)}", ORANGE)
    if not adjoints:
        return ((title, INK),), (value,)
    if few:
        return ((title, INK),), (value, adjoint)
    return ((title, INK),), (value,), (adjoint,)


def _line_width(line: _Line) -> float:
    return sum(_width(text) for text, _ in line) + _BETWEEN * (len(line) - 1)


def _sorted_by_origin(
    arrivals: Mapping[Edge, _Arrival], routes: Mapping[Edge, list[tuple[float, float]]]
) -> dict[Edge, _Arrival]:
    """Let the edges into a box arrive in the order in which they come."""
    boxes: dict[str, list[Edge]] = {}
    for edge in arrivals:
        boxes.setdefault(edge.target, []).append(edge)
    found: dict[Edge, _Arrival] = {}
    for edges in boxes.values():
        coming = sorted(edges, key=lambda e: routes[e][-2][0])
        for edge, place in zip(coming, (arrivals[e] for e in edges), strict=True):
            found[edge] = replace(place, label=arrivals[edge].label)
    return found


def _rows(trace: Trace, *, adjoints: bool, partials: bool) -> Iterator[Row]:
    """Return the numbers in the graph: those of each node, and those on each edge."""
    for step in trace.steps:
        given = step.operation in ("variable", "constant")
        title = step.name if given else f"{step.name} = {step.formula}"
        yield ("nodes", title, "value", "", "", step.value)
        if adjoints:
            yield ("nodes", title, "adjoint", "", "", step.adjoint)
    if partials:
        for edge in (edge for step in trace.steps for edge in step.edges):
            way = f"{edge.source} to {edge.target}"
            yield ("edges", way, "partial derivative", "", "", edge.partial)


def graph(
    trace: Trace,
    *,
    adjoints: bool = True,
    partials: bool = True,
    width: float | None = WIDTH,
) -> Figure:
    """Draw an expression as a graph from its variables down to its value.

    Parameters
    ----------
    trace : Trace
        The worked expression.
    adjoints : bool, optional
        Write the adjoint of each node beside its value.
    partials : bool, optional
        Write the local partial derivative on each edge.
    width : float or None, optional
        The greatest width in inches; a wider picture is made smaller as a whole. By default
        that of the text; with None the picture is as wide as it needs to be.

    Returns
    -------
    Figure
        Each node has its name and formula, its value after a downward arrow and its adjoint
        after an upward one.

    Raises
    ------
    ModuleNotFoundError
        If igraph is not installed, which finds the layout.
    """
    edges = [edge for step in trace.steps for edge in step.edges]
    few = len(trace.steps) <= _MANY
    lines = {s.name: _lines(s, adjoints=adjoints, few=few) for s in trace.steps}
    widths = {
        name: max(0.55, 0.2 + max(map(_line_width, inside))) for name, inside in lines.items()
    }
    height = _LINE * len(next(iter(lines.values()))) + 0.03
    row = height + _SPACE
    arrivals: dict[Edge, _Arrival] = {}
    room = dict(widths)
    for step in trace.steps:
        labels = [_label(edge, formulas=few) if partials else "" for edge in step.edges]
        found = _arrivals(step.edges, widths[step.name], labels)
        arrivals.update(zip(step.edges, found, strict=True))
        # A box also needs room for what stands on the edges that arrive there.
        reach = [abs(a.port) + _width(a.label) / 2 + 0.04 for a in found]
        room[step.name] = max([widths[step.name], *(2 * r for r in reach)])
    layout = lay_out(room, [(e.source, e.target) for e in edges], gap=_GAP)
    places = {name: (x, -row * layer) for name, (x, layer) in layout.places.items()}
    routes = {
        edge: [(x, -row * layer) for x, layer in route]
        for edge, route in zip(edges, layout.routes, strict=True)
    }
    xs = [x for route in routes.values() for x, _ in route]
    left = min([*xs, *(places[n][0] - widths[n] / 2 for n in places)]) - 0.05
    right = max([*xs, *(places[n][0] + widths[n] / 2 for n in places)]) + 0.05
    rows = round(-min(y for _, y in places.values()) / row) + 1
    # No wider than the content, so that it need not shrink on a narrow screen.
    inches = max(right - left, 2.5)
    scale = min(1.0, (width or inches) / inches)
    fig, ax = subplots(width=scale * inches, height=scale * (row * (rows - 1) + height + 0.16))
    middle = (left + right) / 2
    ax.set_xlim(middle - inches / 2, middle + inches / 2)
    ax.set_ylim(-row * (rows - 1) - height / 2 - 0.06, height / 2 + 0.06)
    ax.axis("off")
    size = _SIZE * scale
    for edge, arrival in _sorted_by_origin(arrivals, routes).items():
        points = routes[edge]
        points[0] = (points[0][0], points[0][1] - height / 2)
        points[-1] = (points[-1][0] + arrival.port, points[-1][1] + height / 2)
        end_x, end_y = points[-1]
        # The last stretch is straight, and the label stands on it.
        above = arrival.height + 0.07 if arrival.label else 0.1
        points.insert(len(points) - 1, (end_x, end_y + above))
        vertices, codes = [points[0]], [Path.MOVETO]
        for (from_x, from_y), (to_x, to_y) in pairwise(points[:-1]):
            half = (from_y + to_y) / 2
            vertices += [(from_x, half), (to_x, half), (to_x, to_y)]
            codes += [Path.CURVE4] * 3
        arrow = FancyArrowPatch(
            path=Path([*vertices, points[-1]], [*codes, Path.LINETO]),
            arrowstyle="-|>",
            mutation_scale=9 * scale,
            color=GREY,
            linewidth=1.0 * scale,
            shrinkA=0,
            shrinkB=0,
            zorder=1,
        )
        ax.add_patch(arrow)
        if arrival.label:
            ax.text(
                end_x,
                end_y + arrival.height,
                arrival.label,
                ha="center",
                va="center",
                fontsize=0.92 * size,
                color=PURPLE,
                zorder=2,
                bbox={"boxstyle": "square,pad=0.1", "fc": PAPER, "ec": "none"},
            )
    for step in trace.steps:
        x, y = places[step.name]
        leaf = step.operation in ("variable", "constant")
        box = widths[step.name]
        ax.add_patch(
            FancyBboxPatch(
                (x - box / 2, y - height / 2),
                box,
                height,
                boxstyle="round,pad=0,rounding_size=0.07",
                facecolor=PAPER,
                edgecolor=INK if leaf or step is trace.steps[-1] else MUTED,
                linewidth=1.3 * scale if leaf or step is trace.steps[-1] else 0.8 * scale,
                zorder=3,
            )
        )
        inside = lines[step.name]
        for k, line in enumerate(inside):
            start = x - _line_width(line) / 2
            for text, color in line:
                ax.text(
                    start + _width(text) / 2,
                    y + _LINE * ((len(inside) - 1) / 2 - k),
                    text,
                    ha="center",
                    va="center",
                    fontsize=size,
                    color=color,
                    zorder=4,
                )
                start += _width(text) + _BETWEEN
    fig.rows = tuple(_rows(trace, adjoints=adjoints, partials=partials))
    return fig


def tangents(
    f: Callable[[Any], Any],
    at: float,
    slopes: Mapping[str, float],
    *,
    reach: float,
    xlabel: str,
) -> Figure:
    """Draw a function of one variable with lines of claimed slopes through one of its points.

    Parameters
    ----------
    f : callable
        The function, of an array.
    at : float
        Where the lines touch.
    slopes : mapping of str to float
        A label and a slope for each line.
    reach : float
        How far to draw on both sides.
    xlabel : str
        Label of the horizontal axis.

    Returns
    -------
    Figure
        The curve and the lines.
    """
    fig, ax = subplots(height=2.9)
    x = np.linspace(at - reach, at + reach, 201)
    ax.plot(x, f(x), color=INK, linewidth=2.2)
    low, high = float(np.min(f(x))), float(np.max(f(x)))
    pad = 0.35 * (high - low)
    for (label, slope), color, dash in zip(slopes.items(), CYCLE, _DASHES, strict=False):
        line = f(at) + slope * (x - at)
        ax.plot(x, line, color=color, linestyle=dash)
        shown = (line > low - pad) & (line < high + 0.7 * pad)
        end = x[shown][-1]
        label_line(ax, end + 0.04 * reach, f(at) + slope * (end - at), label, color=color)
    ax.plot([at], [f(at)], "o", color=INK, markeredgecolor=PAPER, zorder=5)
    ax.set_ylim(low - pad, high + pad)
    ax.set(xlabel=xlabel, ylabel="z")
    return fig


def operation_counts(
    inputs: Sequence[int], value: Sequence[int], reverse: Sequence[int], forward: Sequence[int]
) -> Figure:
    """Draw how many operations a gradient costs as the number of variables grows.

    Parameters
    ----------
    inputs : sequence of int
        Numbers of variables.
    value, reverse, forward : sequence of int
        Operations for the value, and for the gradient by either sweep.

    Returns
    -------
    Figure
        Three lines on logarithmic axes.
    """
    fig, ax = subplots(height=3.0)
    lines = (("forward mode", forward), ("reverse mode", reverse), ("value alone", value))
    for (label, counts), color, dash in zip(lines, (ORANGE, BLUE, GREY), _DASHES, strict=False):
        ax.loglog(inputs, counts, color=color, linestyle=dash)
        label_line(ax, inputs[-1] * 1.08, counts[-1], label, color=color)
    ax.set_xlim(inputs[0], inputs[-1] * 3.2)
    ax.set(xlabel="number of variables", ylabel="elementary operations")
    return fig


def error_by_step(
    steps: ArrayLike, errors: Mapping[str, ArrayLike], *, best: Mapping[str, float]
) -> Figure:
    """Draw the error of difference quotients against their step.

    Parameters
    ----------
    steps : array_like
        The steps.
    errors : mapping of str to array_like
        Relative errors by the name of the scheme; zeros are drawn at 1e-17.
    best : mapping of str to float
        A step to mark on the curve of a scheme.

    Returns
    -------
    Figure
        One curve a scheme on logarithmic axes.
    """
    fig, ax = subplots(height=3.5)
    steps = np.asarray(steps)
    for (label, values), color, dash in zip(errors.items(), CYCLE, _DASHES, strict=False):
        floor = np.maximum(np.asarray(values), 1e-17)
        ax.loglog(steps, floor, color=color, linestyle=dash, label=label)
        if label in best:
            ax.axvline(best[label], color=color, linestyle=dash, linewidth=0.8, alpha=0.7)
    ax.legend(loc="upper left", frameon=False)
    ax.set(xlabel="step h", ylabel="relative error", ylim=(3e-18, 1e4))
    return fig


def signal_sizes(profiles: Mapping[str, tuple[ArrayLike, ArrayLike]]) -> Figure:
    """Draw the size of activations and of adjoints through the layers of a network.

    Parameters
    ----------
    profiles : mapping of str to pair of array_like
        For each network its label, the root mean square of the activations of layers 1, 2, …
        and that of the deltas.

    Returns
    -------
    Figure
        Two panels with a logarithmic vertical axis and one legend.
    """
    fig, axes = subplots(ncols=2, height=3.4, sharey=True)
    titles = ("Activations: read left to right", "Deltas: read right to left")
    for ax, which, title in zip(axes, (0, 1), titles, strict=True):
        for (label, pair), color, dash in zip(profiles.items(), CYCLE, _DASHES, strict=False):
            values = np.asarray(pair[which])
            layers = np.arange(1, len(values) + 1)
            ax.semilogy(layers, values, color=color, linestyle=dash, label=label)
        ax.set_xlabel("layer")
        ax.set_title(title, fontsize=9)
    axes[0].set_ylabel("root mean square")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    return fig


def triangular_system(trace: Trace) -> Figure:
    """Draw the matrix of the linear system that the adjoints solve.

    Parameters
    ----------
    trace : Trace
        The worked expression.

    Returns
    -------
    Figure
        The matrix, the vector of adjoints and the right-hand side; zeros are left empty.
    """
    names = [step.name for step in trace.steps]
    n = len(names)
    matrix = np.eye(n) - trace.local_matrix().T
    fig, ax = subplots(height=0.3 * (n + 1.6))
    columns = [*range(n), n + 1, n + 2.9]
    right = np.zeros(n)
    right[-1] = 1
    solution = [step.adjoint for step in trace.steps]
    for row in range(n):
        ax.plot([-0.5, n - 0.5], [row + 0.5] * 2, color=GRID, linewidth=0.6, linestyle="-")
        ax.plot([row + 0.5] * 2, [-0.5, n - 0.5], color=GRID, linewidth=0.6, linestyle="-")
        for column in range(n):
            entry = matrix[row, column]
            if entry:
                color = MUTED if row == column else PURPLE
                ax.text(
                    column,
                    row,
                    _number(entry),
                    ha="center",
                    va="center",
                    fontsize=7.4,
                    color=color,
                )
        ax.text(-0.75, row, names[row], ha="right", va="center", fontsize=8, color=INK)
        ax.text(
            columns[n],
            row,
            _number(solution[row]),
            ha="center",
            va="center",
            fontsize=7.4,
            color=ORANGE,
        )
        ax.text(
            columns[n + 1],
            row,
            _number(right[row]),
            ha="center",
            va="center",
            fontsize=7.4,
            color=INK,
        )
    for column in range(n):
        ax.text(column, -0.9, names[column], ha="center", va="center", fontsize=8, color=INK)
    ax.text(columns[n], -0.9, "adjoint", ha="center", va="center", fontsize=8, color=ORANGE)
    ax.text(columns[n + 1], -0.9, "seed", ha="center", va="center", fontsize=8, color=INK)
    ax.text(
        (columns[n] + columns[n + 1]) / 2, (n - 1) / 2, "=", ha="center", va="center", color=INK
    )
    ax.plot(
        [-0.5, n - 0.5, n - 0.5, -0.5, -0.5],
        [-0.5, -0.5, n - 0.5, n - 0.5, -0.5],
        color=MUTED,
        linewidth=0.8,
    )
    ax.set_xlim(-1.6, n + 3.8)
    ax.set_ylim(n - 0.4, -1.4)
    ax.axis("off")
    return fig
