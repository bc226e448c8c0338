"""Figures of the chapter on back-propagation."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath

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
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import ArrayLike

    from dlnotes.backpropagation import Edge, Step, Trace

__all__ = [
    "error_by_step",
    "graph",
    "operation_counts",
    "signal_sizes",
    "tangents",
    "triangular_system",
]

_COLUMN, _ROW = 1.5, 0.86  # inches from node to node
_BOX_HEIGHT = 0.42
_BETWEEN = 0.1  # from value to adjoint
_SIZE = 8.2  # of the text in the graph, in points
_DASHES = ("-", "--", "-.", (0, (1, 1.2)), (0, (5, 1, 1, 1, 1, 1)), (0, (7, 2)))


def _layers(trace: Trace) -> dict[str, int]:
    """Layer of each node: below all its operands, and a variable just above its first use."""
    layers: dict[str, int] = {}
    for step in trace.steps:
        if step.operation != "variable":
            layers[step.name] = 1 + max(
                (layers.get(e.source, 0) for e in step.edges), default=-1
            )
    for step in trace.steps:
        if step.operation == "variable":
            uses = [
                layers[e.target] for s in trace.steps for e in s.edges if e.source == step.name
            ]
            layers[step.name] = min(uses, default=1) - 1
    return layers


def _spread(wanted: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """Return positions near the wanted ones, in order and at least the gaps apart.

    Neighbours that would overlap are merged into blocks, each at the mean of what its members
    want: the least-squares solution (isotonic regression).
    """
    offsets = np.concatenate([[0.0], np.cumsum(gaps)])
    blocks: list[tuple[float, int]] = []  # mean of wanted minus offset, and size
    for want, offset in zip(wanted, offsets, strict=True):
        mean, size = want - offset, 1
        while blocks and blocks[-1][0] > mean:
            before, count = blocks.pop()
            mean, size = (mean * size + before * count) / (size + count), size + count
        blocks.append((mean, size))
    means = [mean for mean, size in blocks for _ in range(size)]
    return [float(mean + offset) for mean, offset in zip(means, offsets, strict=True)]


def _layout(trace: Trace) -> tuple[dict[Any, tuple[float, float]], dict[Edge, list[Any]]]:
    """Place the nodes in layers; edges over several layers run through invisible nodes."""
    layers = _layers(trace)
    rows: list[list[Any]] = [[] for _ in range(max(layers.values()) + 1)]
    for name, layer in layers.items():
        rows[layer].append(name)
    routes: dict[Edge, list[Any]] = {}
    near: dict[Any, list[Any]] = {name: [] for name in layers}
    for edge in (e for s in trace.steps for e in s.edges):
        route: list[Any] = [edge.source]
        for layer in range(layers[edge.source] + 1, layers[edge.target]):
            bend = (edge.source, edge.target, edge.position, layer)
            rows[layer].append(bend)
            near[bend] = []
            route.append(bend)
        route.append(edge.target)
        for above, below in pairwise(route):
            near[above].append(below)
            near[below].append(above)
        routes[edge] = route
    # Start in the order in which a walk up from the result meets the nodes, then let each node
    # move to the mean of its neighbours, again and again.
    order: dict[Any, int] = {}
    waiting: list[Any] = [trace.steps[-1].name]
    while waiting:
        name = waiting.pop()
        if name not in order:
            order[name] = len(order)
            waiting += [k for k in reversed(near[name]) if k not in order]
    x = {
        name: _COLUMN * k
        for row in rows
        for k, name in enumerate(sorted(row, key=order.__getitem__))
    }
    for sweep in range(24):
        for row in rows if sweep % 2 else rows[::-1]:
            want = {
                k: float(np.mean([x[n] for n in near[k]])) if near[k] else x[k] for k in row
            }
            row.sort(key=lambda k: (want[k], x[k]))
            widths = [_COLUMN if isinstance(k, str) else 0.6 * _COLUMN for k in row]
            gaps = [(a + b) / 2 for a, b in pairwise(widths)]
            x.update(zip(row, _spread([want[k] for k in row], gaps), strict=True))
    places = {name: (x[name], -_ROW * k) for k, row in enumerate(rows) for name in row}
    return places, routes


def _number(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


def _plain(text: str) -> str:
    return text.replace("**", "^").replace("*", "·").replace("-", "−")


def _width(text: str) -> float:
    """Width of a text of the size used in the graph, in inches."""
    return float(TextPath((0, 0), text, size=_SIZE).get_extents().width) / 72 if text else 0.0


def _label(edge: Edge) -> str:
    formula, number = _plain(str(edge.symbolic_partial)), _number(edge.partial)
    return number if formula == number else f"{formula} = {number}"


def _lines(step: Step, adjoints: bool) -> tuple[str, str, str]:
    """Return what stands in the box of a step."""
    given = step.operation in ("variable", "constant")
    title = step.name if given else f"{step.name} = {_plain(step.formula)}"
    adjoint = f"↑ {_number(step.adjoint)}" if adjoints else ""
    return title, f"↓ {_number(step.value)}", adjoint


def graph(trace: Trace, *, adjoints: bool = True, partials: bool = True) -> Figure:
    """Draw an expression as a graph from its variables down to its value.

    Parameters
    ----------
    trace : Trace
        The worked expression.
    adjoints : bool, optional
        Write the adjoint of each node beside its value.
    partials : bool, optional
        Write the local partial derivative on each edge.

    Returns
    -------
    Figure
        Each node has its name and formula, its value after a downward arrow and its adjoint
        after an upward one.
    """
    places, routes = _layout(trace)
    names = [step.name for step in trace.steps]
    lines = {step.name: _lines(step, adjoints) for step in trace.steps}
    widths = {
        name: max(0.6, 0.18 + max(_width(title), _width(value + adjoint) + _BETWEEN))
        for name, (title, value, adjoint) in lines.items()
    }
    left = min(places[name][0] - widths[name] / 2 for name in names) - 0.05
    right = max(places[name][0] + widths[name] / 2 for name in names) + 0.05
    rows = round(-min(y for _, y in places.values()) / _ROW) + 1
    # No wider than the content, so that it need not shrink on a narrow screen.
    inches = max(right - left, 2.5)
    scale = min(1.0, WIDTH / inches)
    fig, ax = subplots(
        width=scale * inches, height=scale * (_ROW * (rows - 1) + _BOX_HEIGHT + 0.16)
    )
    middle = (left + right) / 2
    ax.set_xlim(middle - inches / 2, middle + inches / 2)
    ax.set_ylim(-_ROW * (rows - 1) - _BOX_HEIGHT / 2 - 0.06, _BOX_HEIGHT / 2 + 0.06)
    ax.axis("off")
    size = _SIZE * scale
    twins: dict[tuple[str, str], int] = {}
    arriving = {step.name: {edge: _label(edge) for edge in step.edges} for step in trace.steps}
    for edge, route in routes.items():
        twin = twins[edge.source, edge.target] = twins.get((edge.source, edge.target), -1) + 1
        points = [places[k] for k in route]
        (x0, y0), (x1, y1) = points[0], points[-1]
        side = 0.0
        if sum(e.source == edge.source and e.target == edge.target for e in routes) > 1:
            side = 0.3 * (2 * twin - 1)
        lean = 0.28 * np.sign(points[-2][0] - x1) * min(1.0, abs(points[-2][0] - x1))
        points[0] = (x0 + side, y0 - _BOX_HEIGHT / 2)
        points[-1] = (x1 + (side or lean), y1 + _BOX_HEIGHT / 2)
        vertices, codes = [points[0]], [Path.MOVETO]
        for (ax_, ay), (bx, by) in pairwise(points):
            half = (ay + by) / 2
            vertices += [(ax_, half), (bx, half), (bx, by)]
            codes += [Path.CURVE4] * 3
        arrow = FancyArrowPatch(
            path=Path(vertices, codes),
            arrowstyle="-|>",
            mutation_scale=9 * scale,
            color=GREY,
            linewidth=1.0 * scale,
            shrinkA=0,
            shrinkB=0,
            zorder=1,
        )
        ax.add_patch(arrow)
        if partials:
            label = arriving[edge.target][edge]
            (ax_, ay), (bx, by) = points[-2], points[-1]
            # Where the labels of two edges into one node would touch, one is set higher.
            along = 0.5
            if len(labels := arriving[edge.target]) > 1 and not side:
                room = np.ptp([places[routes[e][-2]][0] for e in labels]) / 2
                if room < sum(_width(text) for text in labels.values()) / 2 + 0.1:
                    along = 0.32 if edge.position else 0.68
            ax.text(
                ax_ + (bx - ax_) * along**2 * (3 - 2 * along) + 1.2 * side,
                ay + (by - ay) * along * (1.5 - 1.5 * along + along**2),
                label,
                ha="center",
                va="center",
                fontsize=0.92 * size,
                color=PURPLE,
                zorder=2,
                bbox={"boxstyle": "square,pad=0.12", "fc": PAPER, "ec": "none"},
            )
    for step in trace.steps:
        x, y = places[step.name]
        leaf = step.operation in ("variable", "constant")
        title, value, adjoint = lines[step.name]
        width = widths[step.name]
        ax.add_patch(
            FancyBboxPatch(
                (x - width / 2, y - _BOX_HEIGHT / 2),
                width,
                _BOX_HEIGHT,
                boxstyle="round,pad=0,rounding_size=0.07",
                facecolor=PAPER,
                edgecolor=INK if leaf or step is trace.steps[-1] else MUTED,
                linewidth=1.3 * scale if leaf or step is trace.steps[-1] else 0.8 * scale,
                zorder=3,
            )
        )
        common = {"va": "center", "fontsize": size, "zorder": 4}
        ax.text(x, y + 0.095, title, ha="center", color=INK, **common)
        start = x - (_width(value + adjoint) + (_BETWEEN if adjoint else 0)) / 2
        ax.text(start, y - 0.1, value, ha="left", color=BLUE, **common)
        start += _width(value) + _BETWEEN
        ax.text(start, y - 0.1, adjoint, ha="left", color=ORANGE, **common)
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
