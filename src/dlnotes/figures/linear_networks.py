"""Figures of the chapter on linear networks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import NullFormatter, ScalarFormatter
from numpy.typing import ArrayLike, NDArray

from dlnotes import linear_networks as ln
from dlnotes.figures import style

__all__ = [
    "bottleneck",
    "convergence",
    "grid_through_layers",
    "interpolant",
    "learning_curves",
    "polynomials_stay_away",
    "xor_unfolded",
]

_SMALL: dict[str, Any] = {"fontsize": 8, "color": style.INK}
_MARKERS = ("o", "s", "^", "D", "v", "P")


def grid_through_layers(layers: Sequence[ln.Affine], *, lines: int = 9) -> style.Figure:
    """Draw a grid as it passes through layers: without, and with, a rectifier after each.

    Parameters
    ----------
    layers : sequence of Affine
        Layers from two features to two features.
    lines : int
        Grid lines in each direction.

    Returns
    -------
    Figure
        Two rows of panels: affine layers above, the same layers rectified below.
    """
    at = np.linspace(-1, 1, lines)
    along = np.linspace(-1, 1, 101)
    strands = [np.column_stack([along, np.full_like(along, a)]) for a in at]
    strands += [strand[:, ::-1] for strand in strands]
    bundle = np.array(strands)

    fig, axes = style.subplots(2, len(layers) + 1, height=3.9)
    for row, rectify in zip(axes, (False, True), strict=True):
        values: NDArray[Any] = bundle
        for index, ax in enumerate(row):
            if index:
                values = layers[index - 1](values)
                if rectify:
                    values = np.maximum(values, 0)
            for number, strand in enumerate(values):
                first_way = number < lines
                ax.plot(
                    *strand.T,
                    color=style.BLUE if first_way else style.ORANGE,
                    linestyle="-" if first_way else (0, (3, 1.5)),
                    linewidth=0.9,
                )
            ax.set_aspect("equal", adjustable="datalim")
            ax.set(xticks=[], yticks=[])
            ax.margins(0.12)
            if not rectify:
                ax.set_title("input" if index == 0 else f"after layer {index}")
        row[0].set_ylabel("rectified" if rectify else "affine only")
    return fig


def bottleneck(
    images: ArrayLike, reconstructions: Mapping[int, ArrayLike], *, errors: Mapping[int, float]
) -> style.Figure:
    """Draw images above what linear networks of several narrowest widths make of them.

    Parameters
    ----------
    images : array_like, shape (count, height, width)
        The originals.
    reconstructions : mapping of int to array_like, shape (count, height, width)
        For each narrowest width, the outputs.
    errors : mapping of int to float
        For each narrowest width, the share of the variance that is lost.

    Returns
    -------
    Figure
        A row of originals, then a row for each width, with the share lost beside it.
    """
    originals = np.asarray(images)
    rows = {"input": originals} | {
        f"width {width}\n{errors[width]:.0%} lost": np.asarray(pictures)
        for width, pictures in reconstructions.items()
    }
    fig, axes = style.subplots(len(rows), len(originals), height=0.66 * len(rows))
    for row, (label, pictures) in zip(axes, rows.items(), strict=True):
        for ax, picture in zip(row, pictures, strict=True):
            style.show_image(ax, picture, vmin=0, vmax=originals.max(), cmap="gray_r")
        row[0].set_ylabel(label, rotation=0, ha="right", va="center", labelpad=8, fontsize=8.5)
    return fig


def learning_curves(
    times: ArrayLike,
    theory: Mapping[str, ArrayLike],
    measured: Mapping[str, ArrayLike],
    singular_values: ArrayLike,
) -> style.Figure:
    """Draw how strongly each mode is learned over time: exact curves, and descent as marks.

    Parameters
    ----------
    times : array_like, shape (steps,)
        Times of the steps.
    theory, measured : mapping of str to array_like, shape (steps, modes)
        One panel for each name: the exact strengths, and those of gradient descent.
    singular_values : array_like, shape (modes,)
        Where each curve ends.

    Returns
    -------
    Figure
        One panel a network, sharing both axes.
    """
    t = np.asarray(times)
    values = np.asarray(singular_values)
    fig, axes = style.subplots(1, len(theory), height=2.9, sharex=True, sharey=True)
    for ax, (name, curves) in zip(np.atleast_1d(axes), theory.items(), strict=True):
        marks = np.asarray(measured[name])
        for mode, s in enumerate(values):
            colour = style.CYCLE[mode % len(style.CYCLE)]
            ax.plot(t, np.asarray(curves)[:, mode], color=colour, linestyle="-")
            start = mode * len(t) // (16 * len(values))
            ax.plot(
                t[start :: len(t) // 16],
                marks[start :: len(t) // 16, mode],
                color=colour,
                linestyle="none",
                marker=_MARKERS[mode % len(_MARKERS)],
                markeredgecolor=style.PAPER,
                markeredgewidth=0.6,
            )
            style.label_line(
                ax, t[-1], s, f" $s_{mode + 1}$", color=colour, va="center", clip_on=False
            )
        ax.set_title(name)
        ax.set_xlabel("time $t/\\tau$")
    np.atleast_1d(axes)[0].set_ylabel("strength of the mode")
    return fig


def xor_unfolded(network: ln.ReluNetwork) -> style.Figure:
    """Draw exclusive or in the plane of the inputs, and in the plane of the hidden units.

    Parameters
    ----------
    network : ReluNetwork
        A network with two inputs, two hidden units and one output that computes it.

    Returns
    -------
    Figure
        Left the four corners with the level lines of the output; right the same four
        points as the hidden units see them, with the line that separates them.
    """
    hidden, output = network.layers
    fig, (left, right) = style.subplots(1, 2, height=3.0)
    axis = np.linspace(-0.35, 1.35, 201)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1)
    levels = left.contour(
        axis,
        axis,
        network(grid)[..., 0],
        levels=[0.0, 0.25, 0.5, 0.75],
        colors=[style.GREY, style.MUTED, style.INK, style.MUTED],
        linewidths=[0.8, 0.8, 1.6, 0.8],
        linestyles=["-", ":", "-", ":"],
    )
    left.clabel(levels, levels=[0.5], fmt="output 0.5", fontsize=7.5)
    codes = np.maximum(hidden(ln.XOR_INPUTS), 0)
    for ax, points in ((left, ln.XOR_INPUTS), (right, codes)):
        for point, target in zip(points, ln.XOR_TARGETS, strict=True):
            ax.plot(
                *point,
                marker="o" if target else "s",
                markersize=10,
                color=style.BLUE if target else style.ORANGE,
                markeredgecolor=style.PAPER,
                linestyle="none",
                zorder=3,
            )
        ax.set_aspect("equal")
    for point in ln.XOR_INPUTS:
        text = f"{point[0]:.0f} xor {point[1]:.0f} = {int(point[0]) ^ int(point[1])}"
        left.annotate(text, point, (0, 9), textcoords="offset points", ha="center", **_SMALL)
    for code, text, offset, align in (
        (codes[0], "(0, 0)", (9, -3), "left"),
        (codes[1], "(0, 1) and (1, 0)\ntogether", (9, -9), "left"),
        (codes[3], "(1, 1)", (-4, 9), "center"),
    ):
        right.annotate(text, code, offset, textcoords="offset points", ha=align, **_SMALL)
    # The line on which the output layer gives one half.
    v, c = output.weight[0], output.bias[0]
    h = np.array([-0.3, 2.4])
    right.plot(h, (0.5 - c - v[0] * h) / v[1], color=style.INK, linestyle="-", linewidth=1.4)
    style.label_line(right, 1.72, 0.48, "output 0.5", fontsize=7.5)
    left.set(
        xlabel="first input", ylabel="second input", xlim=(-0.35, 1.35), ylim=(-0.35, 1.35)
    )
    right.set(xlabel="first hidden unit", ylabel="second hidden unit")
    right.set(xlim=(-0.3, 2.4), ylim=(-0.4, 1.4))
    left.set_title("inputs: no line separates")
    right.set_title("hidden units: one line does")
    return fig


def polynomials_stay_away(
    widths: Sequence[int], errors: Mapping[str, Sequence[float]]
) -> style.Figure:
    """Draw the worst error against the width of the hidden layer, a curve an activation.

    Parameters
    ----------
    widths : sequence of int
        Numbers of hidden units.
    errors : mapping of str to sequence of float
        For each activation, the worst error at each width.

    Returns
    -------
    Figure
        Both axes logarithmic; a line marks the error of the zero function.
    """
    fig, ax = style.subplots(height=3.1)
    ax.axhline(1, color=style.INK, linewidth=0.9, linestyle=":")
    ax.text(widths[-1], 4.5, "dotted: error of the zero function", ha="right", **_SMALL)
    for number, (name, values) in enumerate(errors.items()):
        colour = style.CYCLE[number]
        ax.plot(widths, values, color=colour, marker=_MARKERS[number])
        # Curves that end close together get their labels above and below.
        above = any(1 / 4 < values[-1] / other[-1] < 1 for other in errors.values())
        style.label_line(
            ax,
            widths[-1] * 1.1,
            values[-1],
            name,
            color=colour,
            va="top" if above else "center_baseline",
        )
    ax.set(xscale="log", yscale="log", xlabel="hidden units", ylabel="largest error")
    ax.set_xlim(widths[0] * 0.9, widths[-1] * 2.2)
    ax.set_ylim(top=12)
    _plain_ticks(ax, widths)
    return fig


def interpolant(f: Callable[[Any], Any], knots: ArrayLike) -> style.Figure:
    """Draw a function, its interpolating rectifier network, and the units that make it up.

    Parameters
    ----------
    f : callable
        The function of one variable.
    knots : array_like
        The knots.

    Returns
    -------
    Figure
        Left the function and the network, right the contribution of every hidden unit.
    """
    points = np.asarray(knots, dtype=float)
    network = ln.piecewise_linear_interpolant(f, points)
    hidden, output = network.layers
    x = np.linspace(points[0], points[-1], 401)
    fig, (left, right) = style.subplots(1, 2, height=2.8, sharex=True)
    left.plot(x, f(x), color=style.GREY, linestyle="-", linewidth=3, alpha=0.5)
    left.plot(x, network(x[:, None])[:, 0], color=style.BLUE, linestyle="-")
    left.plot(points, f(points), "o", color=style.BLUE, markeredgecolor=style.PAPER)
    left.set_title(f"a function and {len(points) - 1} rectified units")
    units = output.weight[0] * np.maximum(hidden(x[:, None]), 0)
    for number, unit in enumerate(units.T):
        right.plot(x, unit, linewidth=1.3, color=style.CYCLE[number % len(style.CYCLE)])
    right.set_title("what each unit adds")
    for ax in (left, right):
        ax.set_xlabel("$x$")
    return fig


def convergence(
    pieces: Sequence[int], curves: Mapping[str, tuple[Sequence[float], Sequence[float]]]
) -> style.Figure:
    """Draw measured interpolation errors over the proven bounds.

    Parameters
    ----------
    pieces : sequence of int
        Numbers of hidden units.
    curves : mapping of str to pair of sequences of float
        For each label, the measured errors and the bounds.

    Returns
    -------
    Figure
        Both axes logarithmic: marks for the errors, lines for the bounds.
    """
    fig, ax = style.subplots(height=3.2)
    for number, (name, (errors, bounds)) in enumerate(curves.items()):
        colour = style.CYCLE[number]
        ax.plot(pieces, bounds, color=colour, linestyle="-", linewidth=1.2)
        ax.plot(
            pieces,
            errors,
            color=colour,
            linestyle="none",
            marker=_MARKERS[number],
            markeredgecolor=style.PAPER,
        )
        style.label_line(ax, pieces[-1] * 1.12, bounds[-1], name, color=colour, va="center")
    ax.set(xscale="log", yscale="log", xlabel="hidden units", ylabel="largest error")
    ax.set_xlim(pieces[0] * 0.85, pieces[-1] * 4)
    _plain_ticks(ax, pieces)
    return fig


def _plain_ticks(ax: Any, values: Sequence[int]) -> None:
    """Label a logarithmic axis with the numbers that were measured."""
    ax.set_xticks(list(values))
    ax.xaxis.set_major_formatter(ScalarFormatter())
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.minorticks_off()
