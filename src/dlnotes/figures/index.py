"""The picture on the first page: one small panel a chapter, each computed by its module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlnotes.activations import ACTIVATIONS
from dlnotes.convolution import KERNELS, correlate
from dlnotes.figures.style import (
    BLUE,
    DIVERGING,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    PURPLE,
    Figure,
    show_image,
    subplots,
)
from dlnotes.linear_networks import XOR_INPUTS, XOR_TARGETS, relu_xor_network

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["cover"]


def cover(digits: NDArray[np.float64], photograph: NDArray[np.float64]) -> Figure:
    """Draw the five questions of the book side by side.

    Parameters
    ----------
    digits : numpy.ndarray, shape (9, height, width)
        Nine pictures of digits for the panel on ambiguous images.
    photograph : numpy.ndarray, shape (height, width)
        A grey photograph, values 0 to 1, for the panel on convolution.

    Returns
    -------
    Figure
        Five panels.

    Examples
    --------
    >>> cover(np.zeros((9, 8, 8)), np.zeros((40, 40)))
    <Figure size 680x175 with 5 Axes>
    """
    figure, axes = subplots(ncols=5, height=1.75)
    _exclusive_or(axes[0])
    _slopes(axes[1])
    _adjoints(axes[2])
    framed = np.pad(digits, ((0, 0), (1, 1), (1, 1)))
    show_image(axes[3], np.block([list(framed[i : i + 3]) for i in (0, 3, 6)]), cmap="gray_r")
    _half_filtered(axes[4], photograph)
    questions = (
        "Can depth help?",
        "How steep?",
        "Who is to blame?",
        "4 or 9?",
        "What is left?",
    )
    for number, (ax, question) in enumerate(zip(axes, questions, strict=True), start=1):
        ax.set_title(f"{number}  {question}", loc="left", fontsize=8)
    return figure


def _exclusive_or(ax: Axes) -> None:
    side = np.linspace(-0.5, 1.5, 81)
    plane = np.stack(np.meshgrid(side, side), axis=-1)
    score = relu_xor_network()(plane.reshape(-1, 2)).reshape(81, 81)
    show_image(ax, np.clip(score, 0, 1)[::-1] - 0.5, cmap=DIVERGING, vmin=-1, vmax=1)
    scale = 80 / 2
    for point, target in zip(XOR_INPUTS, XOR_TARGETS.ravel(), strict=True):
        x, y = (point + 0.5) * scale
        marker = "s" if target else "o"
        ax.plot(x, 80 - y, marker, color=ORANGE if target else BLUE, mec=PAPER, ms=7)


def _slopes(ax: Axes) -> None:
    x = np.linspace(-4, 4, 201)
    for name, colour in (
        ("sigmoid", BLUE),
        ("tanh", ORANGE),
        ("gelu", GREEN),
        ("relu", PURPLE),
    ):
        ax.plot(x, ACTIVATIONS[name].derivative(x), color=colour, lw=1.4)
    ax.set(xticks=[], yticks=[0, 1], box_aspect=1)
    ax.tick_params(labelsize=7)


def _adjoints(ax: Axes) -> None:
    """Draw z = x1 (x2 - 4) at x1 = 2, x2 = 5: value above, adjoint below each node."""
    x1, x2 = 2, 5
    difference = x2 - 4
    nodes = {
        "$x_1$": (0.1, 0.78, x1, difference),
        "$x_2$": (0.1, 0.22, x2, x1),
        "−4": (0.48, 0.22, difference, x1),
        "×": (0.86, 0.5, x1 * difference, 1),
    }
    for start, end in (("$x_1$", "×"), ("$x_2$", "−4"), ("−4", "×")):
        (x0, y0, *_), (x, y, *_) = nodes[start], nodes[end]
        ax.plot([x0, x], [y0, y], color=MUTED, lw=0.9, ls="-", zorder=1)
    for label, (x, y, value, adjoint) in nodes.items():
        ax.plot(x, y, "o", ms=17, mfc=PAPER, mec=INK, mew=0.8, zorder=2)
        ax.text(x, y, label, ha="center", va="center", fontsize=7.5)
        ax.text(x, y + 0.17, f"{value}", ha="center", va="center", fontsize=7, color=BLUE)
        ax.text(x, y - 0.17, f"{adjoint}", ha="center", va="center", fontsize=7, color=ORANGE)
    ax.set(xlim=(-0.05, 1.02), ylim=(-0.05, 1.05), box_aspect=1, xticks=[], yticks=[])
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _half_filtered(ax: Axes, photograph: NDArray[np.float64]) -> None:
    edges = np.abs(correlate(photograph, KERNELS["outline"].array, boundary="edge"))
    height, width = photograph.shape
    beyond = np.arange(width) > np.arange(height)[::-1, None] * width / height
    show_image(ax, np.where(beyond, np.clip(0.7 * edges, 0, 1), photograph), vmin=0, vmax=1)
