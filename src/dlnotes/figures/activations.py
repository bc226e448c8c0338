"""Figures of the chapter on activation functions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes import activations
from dlnotes.figures.style import (
    BLUE,
    CYCLE,
    DIVERGING,
    GREEN,
    GREY,
    INK,
    MUTED,
    ORANGE,
    WIDTH,
    Figure,
    label_line,
    subplots,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

__all__ = [
    "accuracy",
    "corner",
    "depth",
    "gallery",
    "jacobian",
    "losses",
    "sigmoid_slope",
    "silence",
    "temperature",
]

_DASHES: tuple[Any, ...] = (
    "-", "--", "-.", (0, (1, 1.2)), (0, (5, 1, 1, 1, 1, 1)), (0, (7, 2)), (0, (3, 3)),
)  # fmt: skip
_POINTS = 401
_TITLE: dict[str, Any] = {"loc": "left", "fontsize": 9.5}
_LEGEND: dict[str, Any] = {"frameon": False, "fontsize": 8.5}


def gallery(
    names: Sequence[str], *, reach: float = 4.0, height: tuple[float, float] = (-1.2, 1.5)
) -> Figure:
    """Draw activation functions with their first and second derivatives on equal axes.

    Parameters
    ----------
    names : sequence of str
        Names from the registry; one panel each, three or four to a row.
    reach : float, default: 4.0
        The panels show arguments from minus `reach` to `reach`.
    height : tuple of float, default: (-1.2, 1.5)
        Lowest and highest value shown.

    Returns
    -------
    Figure
        Solid lines are functions, dashed lines first and dotted lines second derivatives; a gap
        marks a jump.

    Examples
    --------
    >>> from dlnotes.figures.activations import gallery
    >>> len(gallery(["sigmoid", "tanh"]).axes)
    2
    """
    columns = 3 if len(names) in (5, 6) else min(4, len(names))
    rows = -(-len(names) // columns)
    figure, axes = subplots(
        rows, columns, height=2.0 * rows + 0.3, sharex=True, sharey=True, squeeze=False
    )
    for axis, name in zip(axes.flat, names, strict=False):
        _panel(axis, activations.ACTIVATIONS[name], reach)
    for axis in axes.flat[len(names) :]:
        axis.set_visible(False)
    for axis in axes.flat[max(0, len(names) - columns) : len(names)]:
        axis.set_xlabel("$x$")
        axis.tick_params(labelbottom=True)
    ends = [np.ceil(height[0]), np.floor(height[1])]
    axes[0, 0].set(
        ylim=height, xlim=(-reach, reach), xticks=[-reach, -reach / 2, 0, reach / 2, reach],
        yticks=np.arange(ends[0], ends[1] + 1),
    )  # fmt: skip
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside upper right", ncols=3, handlelength=2.6, **_LEGEND
    )
    return figure


def _panel(axis: Axes, entry: activations.Activation, reach: float) -> None:
    x = np.linspace(-reach, reach, _POINTS)
    curves = [np.array(entry.derivative(x, order)) for order in range(3)]
    facts = entry.facts
    for at in entry.corners():  # a jump is not a steep line
        for curve in curves[0 if at in facts.jumps else 1 :]:
            curve[np.argmin(np.abs(x - at))] = np.nan
    for at, sides in facts.kinks.items():
        ends = [side for side in sides if np.isfinite(side)]
        axis.plot([at] * len(ends), ends, "o", label="_kink", color=ORANGE, markersize=3)
    for curve, color, dash, label in zip(
        curves, (BLUE, ORANGE, GREEN), _DASHES[0:2] + _DASHES[3:4],
        ("function", "slope", "second derivative"), strict=True,
    ):  # fmt: skip
        axis.plot(x, curve, color=color, linestyle=dash, label=label, linewidth=1.6)
    axis.set_title(entry.name, **_TITLE)


def sigmoid_slope() -> Figure:
    """Draw the sigmoid, its derivative, and the two exponentials between which that runs.

    Returns
    -------
    Figure
        Left the two functions, right the derivative on a logarithmic axis.

    Examples
    --------
    >>> from dlnotes.figures.activations import sigmoid_slope
    >>> len(sigmoid_slope().axes)
    2
    """
    figure, (left, right) = subplots(1, 2, height=2.6)
    x = np.linspace(-8, 8, _POINTS)
    left.plot(x, activations.sigmoid(x), color=BLUE, linestyle="-")
    left.plot(x, activations.sigmoid.derivative(x), color=ORANGE, linestyle="--")
    near = np.abs(x) <= 2
    left.plot(x[near], 0.5 + x[near] / 4, color=MUTED, linestyle=":", linewidth=1.2)
    label_line(left, 2.6, 0.82, r"$\sigma(x)$", color=BLUE, va="top")
    label_line(left, 1.6, 0.19, "its slope", color=ORANGE)
    label_line(left, -3.0, 0.36, "slope 1/4", color=MUTED, ha="right")
    left.set(xlabel="$x$")
    bound = np.exp(-np.abs(x))
    right.fill_between(x, bound / 4, bound, color=GREY, alpha=0.25, linewidth=0)
    right.plot(x, activations.sigmoid.derivative(x), color=ORANGE, linestyle="--")
    right.set(yscale="log", xlabel="$x$")
    label_line(right, -7.4, 0.2, r"$e^{-|x|}$ above", color=MUTED)
    label_line(right, 1.2, 3.2e-4, r"$e^{-|x|}/4$ below", color=MUTED, ha="center")
    return figure


def corner(slopes: Sequence[float]) -> Figure:
    """Draw the rectifier with lines that touch it at its corner, and its generalised slope.

    Parameters
    ----------
    slopes : sequence of float
        Slopes of the lines through the corner.

    Returns
    -------
    Figure
        Left function and lines, right the set of slopes at every point.

    Examples
    --------
    >>> from dlnotes.figures.activations import corner
    >>> len(corner([0.0, 0.5, 1.0]).axes)
    2
    """
    figure, (left, right) = subplots(1, 2, height=2.5)
    x = np.linspace(-2, 2, 401)
    for slope in slopes:
        left.plot(x, slope * x, color=GREY, linestyle=":", linewidth=1.1)
    left.plot(x, activations.relu(x), color=BLUE, linestyle="-")
    label_line(left, 0.55, 1.25, r"$\mathrm{relu}(x)$", color=BLUE, ha="right")
    label_line(
        left, 0.1, -0.55, "lines through the corner\nthat stay below", color=MUTED, va="top"
    )
    left.set(xlabel="$x$", ylim=(-1.6, 2.1))
    for start, stop, level in ((-2, 0, 0), (0, 2, 1)):
        right.plot([start, stop], [level, level], color=BLUE, linestyle="-")
    right.plot([0, 0], [0, 1], color=ORANGE, linestyle="-", linewidth=3)
    right.plot([0], [0], "o", color=INK)
    label_line(right, 0.12, 0.5, "at 0: every slope\nfrom 0 to 1", color=ORANGE, va="center")
    label_line(right, 0.12, 0.03, "what programs return", color=INK, va="bottom")
    right.set(xlabel="$x$", ylabel="slopes at $x$", ylim=(-0.12, 1.2))
    return figure


def jacobian(scores: ArrayLike) -> Figure:
    """Draw a softmax and its Jacobian as a table of numbers and colours.

    Parameters
    ----------
    scores : array_like, shape (K,)
        The scores.

    Returns
    -------
    Figure
        Left the shares, right the Jacobian with its entries written in.

    Examples
    --------
    >>> from dlnotes.figures.activations import jacobian
    >>> len(jacobian([1.0, 0.0, -1.0]).axes)
    2
    """
    shares = activations.softmax(scores)
    matrix = activations.softmax.jacobian(scores)
    size = len(shares)
    figure, (left, right) = subplots(1, 2, height=2.8, width_ratios=(1.0, 1.25))
    left.barh(np.arange(size), shares, color=BLUE, height=0.6)
    for row, share in enumerate(shares):
        label_line(left, share + 0.015, row, f"{share:.3f}", va="center")
    left.set(xlabel="share", ylabel="$j$", xlim=(0, float(shares.max()) * 1.25))
    left.set_yticks(np.arange(size), [str(row + 1) for row in range(size)])
    left.invert_yaxis()
    left.grid(visible=False)
    limit = float(np.abs(matrix).max())
    right.imshow(matrix, cmap=DIVERGING, vmin=-limit, vmax=limit)
    for row in range(size):
        for column in range(size):
            # dark text on the pale middle, white on the saturated ends, in both modes
            strong = abs(matrix[row, column]) > 0.8 * limit
            right.text(
                column, row, f"{matrix[row, column]:+.3f}", ha="center", va="center",
                color="#ffffff" if strong else "#000000", fontsize=8.5,
            )  # fmt: skip
    right.set(xlabel="$i$", ylabel="$j$")
    ticks = [str(index + 1) for index in range(size)]
    right.set_xticks(np.arange(size), ticks)
    right.set_yticks(np.arange(size), ticks)
    right.grid(visible=False)
    for side in ("left", "bottom"):
        right.spines[side].set_visible(False)
    return figure


def temperature(scores: ArrayLike, temperatures: ArrayLike) -> Figure:
    """Draw the shares of a softmax against its temperature.

    Parameters
    ----------
    scores : array_like, shape (K,)
        The scores.
    temperatures : array_like, shape (n,)
        Positive numbers in increasing order.

    Returns
    -------
    Figure
        One line a score, on a logarithmic temperature axis.

    Examples
    --------
    >>> from dlnotes.figures.activations import temperature
    >>> len(temperature([1.0, 0.0], [0.1, 1.0, 10.0]).axes)
    1
    """
    z, t = np.asarray(scores, dtype=float), np.asarray(temperatures, dtype=float)
    shares = activations.softmax(z / t[:, None])
    figure, axis = subplots(height=2.7)
    order = np.argsort(-z)
    for place, index in enumerate(order):
        axis.plot(
            t, shares[:, index], color=CYCLE[place], linestyle=_DASHES[place],
            label=f"$z_{index + 1}={z[index]:g}$",
        )  # fmt: skip
    axis.legend(loc="upper right", handlelength=2.6, **_LEGEND)
    axis.axhline(1 / len(z), color=MUTED, linestyle=":", linewidth=1)
    label_line(axis, t[0], 1 / len(z) + 0.02, "equal shares", color=MUTED)
    axis.set(xscale="log", xlabel=r"temperature $\tau$", ylabel="share", ylim=(-0.03, 1.05))
    return figure


def depth(
    lines: Mapping[str, ArrayLike], *, backward: bool = True, floor: float = 1e-12
) -> Figure:
    """Draw gradient norms against depth on a logarithmic axis.

    Parameters
    ----------
    lines : mapping of str to array_like
        For each line its label and the norms from the input to the output.
    backward : bool, default: True
        Whether the output is drawn at the left.
    floor : float, default: 1e-12
        Lowest norm shown.

    Returns
    -------
    Figure
        One line an entry, labelled at its end.

    Examples
    --------
    >>> from dlnotes.figures.activations import depth
    >>> len(depth({"relu": [0.1, 0.5, 1.0]}).axes)
    1
    """
    figure, axis = subplots(height=3.4)
    for place, (label, norms) in enumerate(lines.items()):
        values = np.asarray(norms, dtype=float)[:: -1 if backward else 1]
        axis.plot(
            values, color=CYCLE[place % len(CYCLE)], linestyle=_DASHES[place % len(_DASHES)],
            linewidth=1.6, label=label,
        )  # fmt: skip
    axis.set(
        yscale="log", xlabel="layers passed on the way back", ylabel="norm of the gradient"
    )
    low, high = axis.get_ylim()
    axis.set(xlim=(0, None), ylim=(max(low, floor), high))
    figure.legend(loc="outside right upper", handlelength=2.8, **_LEGEND)
    return figure


def losses(trials: Mapping[str, activations.Trial]) -> Figure:
    """Draw how the loss falls for networks with different activation functions.

    Parameters
    ----------
    trials : mapping of str to Trial
        For each line its label and what was recorded.

    Returns
    -------
    Figure
        Cross-entropy against the number of steps, on a logarithmic axis.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations import Trial
    >>> from dlnotes.figures.activations import losses
    >>> len(losses({"tanh": Trial(np.ones(3), 0.5, np.zeros(3))}).axes)
    1
    """
    figure, axis = subplots(height=3.2)
    for place, (label, trial) in enumerate(trials.items()):
        axis.plot(
            trial.losses, color=CYCLE[place % len(CYCLE)],
            linestyle=_DASHES[place % len(_DASHES)], linewidth=1.6, label=label,
        )  # fmt: skip
    axis.axhline(math.log(3), color=MUTED, linestyle=":", linewidth=1)
    axis.set(
        yscale="log", xlabel="step", ylabel="cross-entropy", xlim=(0, None), ylim=(1e-4, 3)
    )
    label_line(axis, 2, math.log(3) * 1.15, "guessing", color=MUTED)
    figure.legend(loc="outside right upper", handlelength=2.8, **_LEGEND)
    return figure


def silence(trials: Mapping[str, activations.Trial], rough: int) -> Figure:
    """Draw the share of silent units and the loss while networks learn.

    Parameters
    ----------
    trials : mapping of str to Trial
        For each line its label and what was recorded.
    rough : int
        Number of steps, at the beginning, that were taken with a large learning rate.

    Returns
    -------
    Figure
        Left the share of silent units, right the loss; the rough steps are shaded.

    Examples
    --------
    >>> import numpy as np
    >>> from dlnotes.activations import Trial
    >>> from dlnotes.figures.activations import silence
    >>> len(silence({"relu": Trial(np.ones(3), 0.5, np.zeros(3))}, 1).axes)
    2
    """
    figure, (left, right) = subplots(1, 2, height=2.8, sharex=True)
    for axis in (left, right):
        axis.axvspan(0, rough, color=GREY, alpha=0.2, linewidth=0)
    for place, (label, trial) in enumerate(trials.items()):
        style: dict[str, Any] = {"color": CYCLE[place], "linestyle": _DASHES[place]}
        left.plot(trial.silent, label=label, **style)
        right.plot(trial.losses, label=label, **style)
    left.set(xlabel="step", ylabel="share of silent units", ylim=(-0.03, 1), xlim=(0, None))
    right.set(xlabel="step", ylabel="cross-entropy", yscale="log")
    right.legend(loc="lower left", handlelength=2.6, **_LEGEND)
    label_line(left, rough + 3, 0.93, "large steps end here", color=MUTED)
    return figure


def accuracy(x: ArrayLike, errors: Mapping[str, Mapping[str, ArrayLike]]) -> Figure:
    """Draw relative errors of several ways to compute the same number.

    Parameters
    ----------
    x : array_like, shape (n,)
        Arguments.
    errors : mapping of str to mapping of str to array_like
        For each panel its title; in it, for each line its label and the relative errors.

    Returns
    -------
    Figure
        One panel an entry on a logarithmic axis; errors of zero are drawn at the bottom.

    Examples
    --------
    >>> from dlnotes.figures.activations import accuracy
    >>> len(accuracy([1.0, 2.0], {"sigmoid": {"naive": [0.0, 1e-3]}}).axes)
    1
    """
    figure, axes = subplots(1, len(errors), height=2.8, width=WIDTH, sharey=True, squeeze=False)
    styles = ((ORANGE, "--"), (GREEN, "-."), (BLUE, "-"))
    for axis, (title, lines) in zip(axes[0], errors.items(), strict=True):
        for (label, values), (color, dash) in zip(
            lines.items(), styles[-len(lines) :], strict=True
        ):
            shown = np.maximum(np.asarray(values, dtype=float), 1e-17)
            axis.plot(x, shown, color=color, linestyle=dash, label=label, linewidth=1.4)
        axis.set(yscale="log", xlabel="$x$", ylim=(5e-18, 30))
        axis.set_title(title, **_TITLE)
    axes[0, 0].set_ylabel("relative error")
    axes[0, -1].legend(loc="upper left", **_LEGEND)
    return figure
