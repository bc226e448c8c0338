"""Figures of the chapter on convolution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes import convolution
from dlnotes.figures.style import (
    BLUE,
    DIVERGING,
    GREEN,
    GREY,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    SEQUENTIAL,
    WIDTH,
    Figure,
    label_line,
    show_image,
    subplots,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "boundaries",
    "edge_profile",
    "gallery",
    "learning",
    "matrices",
    "portrait",
    "responses",
    "shift_direction",
    "sliding_window",
    "targets",
    "zone_plate",
]

# Text that stands on an image keeps its colour in dark mode, as the image does. Pure black is
# not used for it: the page takes that for the colour of its own text.
_ON_LIGHT, _ON_DARK = "#101010", "#ffffff"


def sliding_window(image: ArrayLike, kernel: ArrayLike, position: tuple[int, int]) -> Figure:
    """Show one step of a correlation: window, kernel and the output pixel they give.

    Parameters
    ----------
    image : array_like, shape (rows, columns)
        A small image of integers.
    kernel : array_like, shape (3, 3)
        The kernel.
    position : pair of int
        The output pixel to explain, not on the border.

    Returns
    -------
    Figure
        Three tables of numbers: the image with its window, the kernel, the output.
    """
    pixels, weights = np.asarray(image, dtype=float), np.asarray(kernel, dtype=float)
    output = convolution.correlate(pixels, weights)
    figure, axes = subplots(
        1, 3, height=2.6, width_ratios=[pixels.shape[1], 3, pixels.shape[1]]
    )
    i, j = position
    limit = np.abs(output).max()
    _numbers(axes[0], pixels, cmap="gray", vmin=-pixels.max(), vmax=pixels.max() * 1.3)
    _numbers(axes[1], weights, cmap=DIVERGING, vmin=-2 * limit, vmax=2 * limit)
    _numbers(axes[2], output, cmap=DIVERGING, vmin=-limit, vmax=limit)
    _frame(axes[0], j - 1.5, i - 1.5, 3)
    _frame(axes[1], -0.5, -0.5, 3)
    _frame(axes[2], j - 0.5, i - 0.5, 1)
    for ax, title in zip(axes, ("Image and window", "Kernel", "Output"), strict=True):
        ax.set_title(title, loc="center")
    return figure


def portrait(image: ArrayLike, kernel: ArrayLike) -> Figure:
    """Show what correlation with a kernel does to a photograph, to a pixel and to waves.

    Parameters
    ----------
    image : array_like, shape (rows, columns)
        Grey values between 0 and 1.
    kernel : array_like, shape (h, w)
        The kernel.

    Returns
    -------
    Figure
        Input, output and difference on common scales; impulse response; gain over the
        frequency plane and along its horizontal axis.
    """
    pixels, weights = np.asarray(image, dtype=float), np.asarray(kernel, dtype=float)
    output = convolution.correlate(pixels, weights, boundary="symmetric")
    figure, axes = subplots(2, 3, height=4.7)
    show_image(axes[0, 0], pixels, vmin=0, vmax=1, title="Input, 0 to 1")
    if weights.sum() > 0.5:
        show_image(axes[0, 1], output, vmin=0, vmax=1, title="Output, 0 to 1")
        change = "Change, −0.5 to 0.5"
        show_image(
            axes[0, 2], output - pixels, cmap=DIVERGING, vmin=-0.5, vmax=0.5, title=change
        )
    else:
        signed: dict[str, Any] = {"cmap": DIVERGING, "vmin": -2, "vmax": 2}
        show_image(axes[0, 1], output, **signed, title="Output, −2 to 2")
        size = np.abs(output)
        show_image(axes[0, 2], size, vmin=0, vmax=2, title="Its size, 0 to 2")

    spot = convolution.correlate(convolution.impulse((5, 5)), weights)
    limit = np.abs(spot).max()
    _numbers(axes[1, 0], spot, cmap=DIVERGING, vmin=-1.6 * limit, vmax=1.6 * limit)
    axes[1, 0].set_title("Impulse response", loc="center", fontsize=8.5)

    axis = np.linspace(-np.pi, np.pi, 65)
    gain = np.abs(convolution.frequency_response(weights, axis[:, np.newaxis], axis))
    _gain_map(figure, axes[1, 1], gain)
    section = axes[1, 2]
    response = convolution.frequency_response(weights, 0.0, axis)
    section.axhline(0, color=MUTED, linewidth=0.7)
    section.plot(axis, response.real, color=BLUE, linestyle="-")
    section.plot(axis, response.imag, color=ORANGE, linestyle="--")
    top = max(float(np.abs(response).max()), 1.0)
    bottom = min(float(response.real.min()), float(response.imag.min()))
    section.set_ylim(bottom - 0.1 * top, 1.1 * top)
    _radians(section)
    section.set(xlabel="v, at u = 0")
    section.set_title("Re H solid, Im H dashed", loc="center", fontsize=8.5)
    return figure


def targets(kernels: Mapping[str, ArrayLike], size: int = 96) -> Figure:
    """Show synthetic pictures under several kernels, one row a picture.

    Parameters
    ----------
    kernels : mapping of str to array_like
        Column titles and kernels.
    size : int
        Side of the zone plate in pixels.

    Returns
    -------
    Figure
        Signed outputs of kernels whose weights sum to zero are blue to orange, the others
        grey from 0 to 1.
    """
    pictures = {
        "Impulse": convolution.impulse((9, 9)),
        "Edge": convolution.step_edge((16, 16), np.pi / 6),
        "Checkerboard": convolution.checkerboard((9, 9)),
        "Zone plate": convolution.zone_plate(size),
    }
    columns = len(kernels) + 1
    figure, axes = subplots(
        len(pictures), columns, height=WIDTH / columns * len(pictures) + 0.25
    )
    for row, (label, picture) in zip(axes, pictures.items(), strict=True):
        show_image(row[0], picture, vmin=0, vmax=1)
        row[0].set_ylabel(label, fontsize=8.5)
        for ax, kernel in zip(row[1:], kernels.values(), strict=True):
            weights = np.asarray(kernel, dtype=float)
            output = convolution.correlate(picture, weights, boundary="symmetric")
            if abs(weights.sum()) < 0.5:
                limit = 8 if label == "Impulse" else 4
                show_image(ax, output, cmap=DIVERGING, vmin=-limit, vmax=limit)
            else:
                show_image(ax, output, vmin=0, vmax=1)
    for ax, title in zip(axes[0], ("Input", *kernels), strict=True):
        ax.set_title(title, loc="center", fontsize=8.5)
    return figure


def shift_direction(image: ArrayLike, kernel: ArrayLike) -> Figure:
    """Show an image beside its correlation and its convolution with the same kernel.

    Parameters
    ----------
    image : array_like, shape (rows, columns)
        A small picture of values between 0 and 1.
    kernel : array_like, shape (h, w)
        The kernel.

    Returns
    -------
    Figure
        Three pictures on a common scale; a dashed line marks the same column in each.
    """
    pixels = np.asarray(image, dtype=float)
    pictures = {
        "Input": pixels,
        "Correlation: moved to the left": convolution.correlate(pixels, kernel),
        "Convolution: moved to the right": convolution.convolve(pixels, kernel),
    }
    figure, axes = subplots(1, 3, height=2.6)
    middle = pixels.shape[1] // 2
    for ax, (title, picture) in zip(axes, pictures.items(), strict=True):
        show_image(ax, picture, vmin=0, vmax=1, title=title)
        ax.axvline(middle, color=ORANGE, linestyle="--", linewidth=1.4)
    return figure


def edge_profile(width: float = 2.0) -> Figure:
    """Show a blurred edge with its first and second derivative along a row.

    Parameters
    ----------
    width : float
        Standard deviation of the blur in pixels.

    Returns
    -------
    Figure
        Three small charts on one axis: grey value, Sobel over eight, outline.
    """
    j = np.arange(-10, 11)
    profile = 1 / (1 + np.exp(-1.702 * j / width))
    image = np.tile(profile, (3, 1))
    slope = convolution.correlate(image, convolution.KERNELS["sobel_x"], boundary="edge")[1] / 8
    bend = convolution.correlate(image, convolution.KERNELS["outline"], boundary="edge")[1]
    figure, axes = subplots(3, 1, height=4.0, sharex=True)
    rows = (
        ("Grey value", profile, BLUE, "o"),
        ("Sobel / 8", slope, GREEN, "s"),
        ("k3", bend, ORANGE, "D"),
    )
    for ax, (label, values, colour, marker) in zip(axes, rows, strict=True):
        ax.axvline(0, color=MUTED, linestyle=":", linewidth=1)
        ax.axhline(0, color=MUTED, linewidth=0.7)
        ax.plot(j, values, color=colour, linestyle="-", marker=marker, markersize=3.5)
        ax.set_ylabel(label)
    axes[2].set_xlabel("Pixels from the edge")
    axes[2].set_xlim(-10.3, 10.3)
    axes[2].set_xticks(range(-10, 11, 5))
    return figure


def responses() -> Figure:
    """Show the closed-form responses of five kernels along a row's frequencies.

    Returns
    -------
    Figure
        Two charts: low-pass kernels with the reversal of the mean shaded, and derivatives
        beside the ideal ones.
    """
    v = np.linspace(0, np.pi, 200)
    figure, (low, high) = subplots(1, 2, height=2.9)
    box, binomial = (1 + 2 * np.cos(v)) / 3, np.cos(v / 2) ** 2
    low.axhline(0, color=MUTED, linewidth=0.7)
    low.fill_between(v, box, 0, where=box < 0, color=ORANGE, alpha=0.25, linewidth=0)
    low.plot(v, box, color=ORANGE, linestyle="-")
    low.plot(v, binomial, color=BLUE, linestyle="--")
    label_line(low, 0.28, 0.36, "mean", color=ORANGE)
    label_line(low, 1.6, 0.58, "binomial", color=BLUE)
    label_line(low, 1.55, -0.27, "reversed", color=INK, fontsize=8.5)
    low.set(ylim=(-0.45, 1.05), ylabel="Response", title="Blurs")

    high.plot(v, v**2, color=GREY, linestyle=":")
    high.plot(v, 2 - 2 * np.cos(v), color=BLUE, linestyle="-")
    high.plot(v, v, color=GREY, linestyle=":")
    high.plot(v, np.sin(v), color=GREEN, linestyle="--")
    label_line(high, 1.62, 4.6, "v²", color=GREY)
    label_line(high, 2.5, 4.15, "k3 / 3", color=BLUE)
    label_line(high, 2.85, 2.3, "v", color=GREY)
    label_line(high, 1.85, 0.25, "Sobel / 8", color=GREEN)
    high.set(ylim=(-0.2, 6), title="Derivatives: kernel and ideal")
    for ax in (low, high):
        ax.set_xticks([0, np.pi / 3, 2 * np.pi / 3, np.pi], ["0", "π/3", "2π/3", "π"])
        ax.set_xlim(0, 1.03 * np.pi)
        ax.set_xlabel("Frequency v (radians a pixel)")
    return figure


def zone_plate(size: int = 160) -> Figure:
    """Show the zone plate and its 3 by 3 mean, with the frequency that the mean removes.

    Parameters
    ----------
    size : int
        Side of the zone plate in pixels.

    Returns
    -------
    Figure
        Two pictures on a common scale; dashed lines mark the frequencies of period three.
    """
    plate = convolution.zone_plate(size)
    mean = convolution.correlate(plate, np.full((3, 3), 1 / 9), boundary="symmetric")
    figure, axes = subplots(1, 2, height=3.6)
    show_image(axes[0], plate, vmin=0, vmax=1, title="Zone plate")
    show_image(axes[1], mean, vmin=0, vmax=1, title="Its 3 by 3 mean")
    for place in (size / 2 - size / 3, size / 2 + size / 3):
        axes[1].axvline(place, color=ORANGE, linestyle="--", linewidth=1.3)
        axes[1].axhline(place, color=ORANGE, linestyle="--", linewidth=1.3)
    return figure


def matrices(kernel: ArrayLike, side: int) -> Figure:
    """Show the matrix of a correlation with zeros outside and on the cyclic grid.

    Parameters
    ----------
    kernel : array_like, shape (h, w)
        The kernel.
    side : int
        Rows and columns of the image.

    Returns
    -------
    Figure
        Two matrices on a common scale, with lines between the blocks.
    """
    figure, axes = subplots(1, 2, height=3.55)
    limit = np.abs(np.asarray(kernel, dtype=float)).max()
    for ax, boundary, title in zip(
        axes,
        ("constant", "wrap"),
        ("Zeros outside: Toeplitz blocks", "Wrapped: circulant blocks"),
        strict=True,
    ):
        matrix = convolution.toeplitz_matrix(kernel, (side, side), boundary)
        show_image(ax, matrix, cmap=DIVERGING, vmin=-limit, vmax=limit, title=title)
        for edge in np.arange(0, side * side + 1, side) - 0.5:
            ax.axhline(edge, color=GREY, linewidth=0.5)
            ax.axvline(edge, color=GREY, linewidth=0.5)
    return figure


def boundaries(signal: Sequence[float], width: int) -> Figure:
    """Show one row of pixels extended by each of the five boundaries.

    Parameters
    ----------
    signal : sequence of float
        The row.
    width : int
        Pixels to add on each side.

    Returns
    -------
    Figure
        Five small charts; the row itself in filled bars, its extension in open ones.
    """
    row = np.asarray(signal, dtype=float)[np.newaxis]
    names = ("constant", "edge", "reflect", "symmetric", "wrap")
    figure, axes = subplots(len(names), 1, height=4.6, sharex=True)
    places = np.arange(-width, row.shape[1] + width)
    inside = (places >= 0) & (places < row.shape[1])
    for ax, name in zip(axes, names, strict=True):
        values = convolution.pad(row, ((0, 0), (width, width)), boundary=name)[0]
        ax.bar(places[inside], values[inside], color=BLUE, width=0.8)
        ax.bar(
            places[~inside],
            values[~inside],
            facecolor="none",
            edgecolor=ORANGE,
            linewidth=1.2,
            width=0.8,
        )
        for edge in (-0.5, row.shape[1] - 0.5):
            ax.axvline(edge, color=MUTED, linestyle=":", linewidth=1)
        ax.set(yticks=[], ylim=(0, 1.1 * row.max()))
        ax.grid(visible=False)
        ax.set_ylabel(name, rotation=0, ha="right", va="center")
    axes[-1].set_xlabel("Pixel")
    return figure


def learning(
    losses: Mapping[str, ArrayLike], kernels: Sequence[ArrayLike], steps: Sequence[int]
) -> Figure:
    """Show a kernel as it is learned, and the loss on different inputs.

    Parameters
    ----------
    losses : mapping of str to array_like, shape (steps + 1,)
        The loss at each step, by the name of the training image; at most four.
    kernels : sequence of array_like, shape (h, w)
        Snapshots of one kernel.
    steps : sequence of int
        The steps of the snapshots.

    Returns
    -------
    Figure
        Snapshots above on a common scale, losses below on a logarithmic scale.
    """
    figure, axes = subplots(2, len(kernels), height=4.6, height_ratios=[1, 1.9])
    top = np.abs(np.asarray(kernels, dtype=float)).max()
    for ax, kernel, step in zip(axes[0], kernels, steps, strict=True):
        _numbers(ax, kernel, cmap=DIVERGING, vmin=-1.4 * top, vmax=1.4 * top)
        ax.set_title(f"Step {step}", loc="center", fontsize=8.5)
    chart = axes[1, 0]
    chart.set_subplotspec(chart.get_gridspec()[1, :])
    for ax in axes[1, 1:]:
        ax.remove()
    styles = zip((BLUE, ORANGE, GREEN, PURPLE), ("-", "--", "-.", ":"), strict=True)
    for (name, curve), (colour, dash) in zip(losses.items(), styles, strict=False):
        values = np.asarray(curve, dtype=float)
        # Below this only rounding is left, and zero has no logarithm.
        settled = np.flatnonzero(values < 1e-20)
        last = int(settled[0]) if settled.size else len(values) - 1
        chart.semilogy(values[: last + 1], color=colour, linestyle=dash)
        early = last < len(values) // 2
        label_line(
            chart,
            last,
            values[last] if early else 6 * values[last],
            f"  {name}" if early else name,
            color=colour,
            ha="left" if early else "right",
            va="bottom",
        )
    chart.set(xlabel="Step of gradient descent", ylabel="Loss")
    return figure


def gallery(image: ArrayLike, names: Sequence[str]) -> Figure:
    """Show a photograph under kernels of the gallery, four in a row.

    Parameters
    ----------
    image : array_like, shape (rows, columns)
        Grey values between 0 and 1.
    names : sequence of str
        Keys of :data:`dlnotes.convolution.KERNELS`; a multiple of four.

    Returns
    -------
    Figure
        Kernels whose weights sum to one are drawn from 0 to 1; the others are divided by
        the sum of their positive weights, doubled, and drawn from -0.5 to 0.5.
    """
    rows = len(names) // 4
    figure, axes = subplots(rows, 4, height=rows * (WIDTH / 4 + 0.12))
    for ax, name in zip(axes.flat, names, strict=True):
        kernel = convolution.KERNELS[name].array
        output = convolution.correlate(image, kernel, boundary="symmetric")
        if kernel.sum() > 0.5:
            show_image(ax, output, vmin=0, vmax=1, title=name)
        else:
            scaled = 2 * output / kernel[kernel > 0].sum()
            show_image(ax, scaled, cmap=DIVERGING, vmin=-0.5, vmax=0.5, title=name)
    figure.rows = tuple(
        (name, "weight", "pixel", column, row, weight)
        for name in names
        for (row, column), weight in np.ndenumerate(convolution.KERNELS[name].array)
    )
    return figure


def _numbers(
    ax: Axes, array: ArrayLike, *, cmap: Any, vmin: float, vmax: float, digits: int = 2
) -> None:
    """Draw a small array as coloured squares with its numbers in them."""
    values = np.asarray(array, dtype=float)
    drawn = show_image(ax, values, cmap=cmap, vmin=vmin, vmax=vmax)
    size = 8.0 if max(values.shape) <= 5 else 7.0
    colours = drawn.to_rgba(values)
    for (i, j), value in np.ndenumerate(values):
        light = colours[i, j, :3] @ [0.3, 0.59, 0.11] > 0.5
        text = f"{round(float(value), digits) + 0.0:g}".replace("-", "−")
        colour = _ON_LIGHT if light else _ON_DARK
        ax.text(j, i, text, color=colour, ha="center", va="center", fontsize=size)


def _frame(ax: Axes, x: float, y: float, side: float) -> None:
    across, down = [x, x + side, x + side, x, x], [y, y, y + side, y + side, y]
    ax.plot(across, down, color=ORANGE, linestyle="-", linewidth=2.2, clip_on=False)


def _gain_map(figure: Figure, ax: Axes, gain: NDArray[np.float64]) -> None:
    extent = (-np.pi, np.pi, np.pi, -np.pi)
    top = max(float(gain.max()), 1.0)
    image = ax.imshow(gain, extent=extent, cmap=SEQUENTIAL, vmin=0, vmax=top)
    ax.grid(visible=False)
    _radians(ax)
    ax.set_yticks([-np.pi, 0, np.pi], ["−π", "0", "π"])
    ax.set(xlabel="v, along a row", ylabel="u, down a column")
    ax.set_title("Gain |H(u, v)|", loc="center", fontsize=8.5)
    bar = figure.colorbar(image, ax=ax, shrink=0.8, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=8.5, labelcolor=INK, color=MUTED)


def _radians(ax: Axes) -> None:
    ax.set_xticks([-np.pi, 0, np.pi], ["−π", "0", "π"])
    ax.set_xlim(-np.pi, np.pi)
    ax.tick_params(labelsize=8.5, labelcolor=INK, color=MUTED)
