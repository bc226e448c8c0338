"""Figures of the chapter on ambiguous images."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Rectangle

from dlnotes import ambiguous_images
from dlnotes.figures.style import (
    BLUE,
    GREEN,
    GREY,
    GRID,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    SEQUENTIAL,
    WIDTH,
    Figure,
    label_line,
    subplots,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "answer_sheet",
    "contact_sheet",
    "disagreement_scatter",
    "image_strips",
    "interval_plot",
    "simplex_scores",
    "temperature_curves",
]

_HEIGHT = math.sqrt(3) / 2  # of an equilateral triangle with sides of length 1
_LONG_NAME = 6  # letters of a class: two longer ones take two lines above a picture


def simplex_scores(pixels: int = 150) -> Figure:
    """Draw four scores over all predictions for three classes.

    Parameters
    ----------
    pixels : int
        Width of each panel in pixels.

    Returns
    -------
    Figure
        Four triangles. A corner is a certain class, the centre the uniform prediction; each
        score is divided by its maximum, and rings mark where that is attained.

    Raises
    ------
    ValueError
        If `pixels` is less than 10.

    Examples
    --------
    >>> len(simplex_scores(pixels=20).axes)
    5
    """
    if pixels < 10:
        msg = f"pixels must be at least 10, got pixels={pixels!r}"
        raise ValueError(msg)
    x, y = np.meshgrid(
        (np.arange(pixels) + 0.5) / pixels,
        (np.arange(round(pixels * _HEIGHT)) + 0.5) / pixels,
    )
    top = y / _HEIGHT
    right = x - top / 2
    points = np.stack([1.0 - right - top, right, top], axis=-1)
    inside = (points >= 0.0).all(axis=-1)
    rows = points[inside]
    middle = (0.5, _HEIGHT / 3)
    halfway = ((0.5, 0.0), (0.25, _HEIGHT / 2), (0.75, _HEIGHT / 2))
    panels: tuple[tuple[str, Any, tuple[tuple[float, float], ...]], ...] = (
        ("Entropy", ambiguous_images.predictive_entropy(rows), (middle,)),
        ("Least confidence", ambiguous_images.least_confidence(rows), (middle,)),
        ("1 − margin", 1.0 - ambiguous_images.margin(rows), ()),
        ("Best pair: 4 × 1st × 2nd", ambiguous_images.top_pair_confusion(rows), halfway),
    )
    figure, axes = subplots(ncols=4, height=2.35)
    for ax, (title, values, best) in zip(axes, panels, strict=True):
        panel = np.full(x.shape, np.nan)
        panel[inside] = values / values.max()
        image = ax.imshow(
            panel,
            origin="lower",
            extent=(0, 1, 0, _HEIGHT),
            cmap=SEQUENTIAL,
            vmin=0,
            vmax=1,
            interpolation="none",
        )
        ax.set_axis_off()
        ax.text(0.5, 1.06, title, color=INK, fontsize=8.5, ha="center", va="bottom")
        for name, (u, v) in zip("abc", ((-0.06, 0), (1.06, 0), (0.5, 0.93)), strict=True):
            ax.text(u, v, name, color=INK, fontsize=8.5, ha="center", va="center")
        for u, v in best:
            ax.plot(u, v, "o", ms=8, mfc="none", mec=INK, mew=1.6)
        if not best:  # the ties between the two best classes: three lines from the centre
            for u, v in halfway:
                ax.plot([middle[0], u], [middle[1], v], color=INK, lw=1.4, ls="-")
        ax.set(xlim=(-0.12, 1.12), ylim=(-0.08, 1.22))
    bar = figure.colorbar(image, ax=axes, orientation="horizontal", shrink=0.4, aspect=30)
    bar.set_label("share of the score's maximum", color=INK, fontsize=8.5)
    bar.ax.tick_params(labelsize=8, color=MUTED, labelcolor=INK)
    bar.outline.set_visible(False)
    return figure


def disagreement_scatter(
    probabilities: ArrayLike, marked: Mapping[str, int] | None = None
) -> Figure:
    """Plot the entropy of the average against the average of the entropies.

    Parameters
    ----------
    probabilities : array_like, shape (models, images, classes)
        Rows that sum to 1; two models or more.
    marked : mapping from str to int, optional
        Images to mark, by the text to write beside each.

    Returns
    -------
    Figure
        One dot an image. The height of a dot above the diagonal is its mutual information.

    Raises
    ------
    ValueError
        If the probabilities are refused by the scores.

    Examples
    --------
    >>> figure = disagreement_scatter([[[0.9, 0.1]], [[0.2, 0.8]]], {"this": 0})
    >>> figure.axes[0].get_xlabel()
    'mean entropy of the models (nats)'
    """
    total = ambiguous_images.predictive_entropy(probabilities)
    own = ambiguous_images.expected_entropy(probabilities)
    limit = 1.08 * float(total.max())
    figure, ax = subplots(height=3.7)
    ax.scatter(own, total, s=7, color=GREY, alpha=0.45, lw=0)
    ax.plot([0, limit], [0, limit], color=INK, lw=1, ls="--")
    label_line(ax, 0.82 * limit, 0.79 * limit, "no disagreement", ha="left", va="top")
    for text, image in (marked or {}).items():
        u, v = float(own[image]), float(total[image])
        ax.plot([u, u], [u, v], color=ORANGE, lw=1.6, ls="-")
        ax.plot(u, v, "o", color=ORANGE, mec=PAPER, mew=0.8)
        low = v - u < 0.05 * limit  # close to the diagonal, where the room is below it
        ax.annotate(
            text,
            (u, v),
            (8, -8) if low else (-4, 6),
            textcoords="offset points",
            ha="left" if low or u < 0.2 * limit else "center",
            color=INK,
            fontsize=8.5,
        )
    ax.set(
        xlabel="mean entropy of the models (nats)",
        ylabel="entropy of their average (nats)",
        xlim=(0, limit),
        ylim=(0, limit),
    )
    return figure


def contact_sheet(
    images: ArrayLike,
    probabilities: ArrayLike,
    *,
    class_names: Sequence[str] | None = None,
    notes: Sequence[str] | None = None,
    pairs: ArrayLike | None = None,
    columns: int = 6,
    vmax: float | None = None,
) -> Figure:
    """Lay images out with the question that each one poses and what each model answers.

    Parameters
    ----------
    images : array_like, shape (images, height, width) or (images, height, width, 3)
        The images, in the order in which they are to be read.
    probabilities : array_like, shape (models, images, classes) or (images, classes)
        What the models say about these images.
    class_names : sequence of str, optional
        Names of the classes; by default their numbers.
    notes : sequence of str, optional
        A short line under each image, such as its label.
    pairs : array_like of int, shape (images, 2) or (2,), optional
        The two classes of each image, or of all; by default the two most likely ones.
    columns : int
        How many images in a row.
    vmax : float, optional
        Value shown as the darkest ink; by default the largest of all images.

    Returns
    -------
    Figure
        Above each image its two classes. Below it one bar a model: from the left the
        probability of the first class, from the right that of the second; what is left empty
        belongs to other classes.

    Raises
    ------
    ValueError
        If the counts do not agree or the probabilities are refused by the scores.

    Examples
    --------
    >>> figure = contact_sheet([[[0, 1], [1, 0]]], [[0.6, 0.4]])
    >>> figure.axes[0].get_title()
    '0 or 1?'
    """
    pictures = np.asarray(images)
    answers = np.asarray(probabilities)
    best = ambiguous_images.most_confused_pair(answers)
    count = len(best)
    if answers.ndim == 2:
        answers = answers[np.newaxis]
    if pictures.ndim not in (3, 4) or len(pictures) != count:
        msg = (
            f"images must have shape ({count}, height, width) or "
            f"({count}, height, width, 3) as probabilities has, got {pictures.shape}"
        )
        raise ValueError(msg)
    if notes is not None and len(notes) != count:
        msg = f"notes must have one line an image, {count}, got {len(notes)}"
        raise ValueError(msg)
    asked = best if pairs is None else np.asarray(pairs)
    if asked.shape not in ((2,), (count, 2)):
        msg = f"pairs must have shape ({count}, 2) or (2,), got {asked.shape}"
        raise ValueError(msg)
    asked = np.broadcast_to(asked, (count, 2))
    if columns < 1:
        msg = f"columns must be at least 1, got columns={columns!r}"
        raise ValueError(msg)
    names = class_names if class_names is not None else range(answers.shape[2])
    across = min(columns, max(count, 1))
    down = max(math.ceil(count / across), 1)
    models = answers.shape[0]
    cell = WIDTH / columns
    tall = 1.38 + 0.11 * models + (0.14 if notes is not None else 0.0)
    tall += 0.1 if class_names is not None else 0.0
    figure, grid = subplots(
        down, across, width=cell * across, height=cell * down * tall, squeeze=False
    )
    darkest = float(pictures.max()) if vmax is None else vmax
    for ax in grid.flat[count:]:
        ax.set_axis_off()
    for position, (ax, (a, b)) in enumerate(zip(grid.flat, asked, strict=False)):
        _tile(ax, pictures[position], darkest)
        short = class_names is None or max(len(names[a]), len(names[b])) < _LONG_NAME
        middle = " " if short else "\n"
        question = f"{names[a]} or{middle}{names[b]}?"
        size = 9.0 if class_names is None else 7.5  # the same for all names
        ax.set_title(question, loc="center", fontsize=size, linespacing=1.05)
        for model in range(models):
            low = -0.12 * (model + 1)
            shares = answers[model, position, a], answers[model, position, b]
            ax.add_patch(Rectangle((0, low), 1, 0.09, fc="none", ec=MUTED, lw=0.5))
            ax.add_patch(Rectangle((0, low), shares[0], 0.09, fc=BLUE, lw=0))
            ax.add_patch(Rectangle((1 - shares[1], low), shares[1], 0.09, fc=ORANGE, lw=0))
        bottom = -0.12 * models - 0.04
        if notes is not None:
            ax.text(
                0.5,
                bottom - 0.02,
                notes[position],
                ha="center",
                va="top",
                fontsize=8,
                color=INK,
            )
            bottom -= 0.16
        ax.set(xlim=(-0.02, 1.02), ylim=(bottom, 1.01))
    return figure


def answer_sheet(
    images: ArrayLike,
    probabilities: ArrayLike,
    class_names: Sequence[str],
    *,
    titles: Sequence[str] | None = None,
    columns: int = 5,
) -> Figure:
    """Lay photographs out, below each the most likely class of each model.

    Parameters
    ----------
    images : array_like, shape (images, height, width, 3)
        Squares, in the order in which they are to be read.
    probabilities : array_like, shape (models, images, classes)
        What the models say about these images.
    class_names : sequence of str
        Names of the classes.
    titles : sequence of str, optional
        A short line above each image.
    columns : int
        How many images in a row.

    Returns
    -------
    Figure
        Below each image one bar a model, as long as its best class is likely, with the name of
        that class and the probability in percent.

    Raises
    ------
    ValueError
        If the counts do not agree.

    Examples
    --------
    >>> picture = [[[0, 0, 0], [255, 255, 255]], [[9, 9, 9], [5, 5, 5]]]
    >>> figure = answer_sheet([picture], [[[0.75, 0.25]]], ["fig", "gong"], columns=1)
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['fig 75']
    """
    pictures, answers = np.asarray(images), np.asarray(probabilities)
    if answers.ndim != 3 or pictures.ndim != 4 or len(pictures) != answers.shape[1]:
        msg = (
            "images must have shape (images, height, width, 3) and probabilities (models, "
            f"images, classes), got {pictures.shape} and {answers.shape}"
        )
        raise ValueError(msg)
    models, count, _ = answers.shape
    if titles is not None and len(titles) != count:
        msg = f"titles must have one line an image, {count}, got {len(titles)}"
        raise ValueError(msg)
    down = math.ceil(count / columns)
    cell, line = WIDTH / columns, 0.16  # a line of text, in widths of a picture
    tall = 1.1 + line * models + (0.16 if titles is not None else 0.0)
    figure, grid = subplots(down, columns, height=cell * down * tall, squeeze=False)
    for ax in grid.flat[count:]:
        ax.set_axis_off()
    for position, ax in enumerate(grid.flat[:count]):
        _tile(ax, pictures[position], 255.0)
        if titles is not None:
            ax.set_title(titles[position], loc="center", fontsize=8, pad=3)
        for model in range(models):
            low = -line * (model + 1)
            best = int(answers[model, position].argmax())
            share = float(answers[model, position, best])
            ax.add_patch(Rectangle((0, low), share, line - 0.03, fc=GRID, ec=MUTED, lw=0.4))
            ax.text(
                0.02,
                low + line / 2 - 0.02,
                f"{_shortened(class_names[best])} {100 * share:.0f}",
                fontsize=6.8,
                color=INK,
                va="center",
                clip_on=True,
            )
        ax.set(xlim=(-0.02, 1.02), ylim=(-line * models - 0.03, 1.01))
    return figure


def _shortened(name: str, letters: int = 19) -> str:
    """Leave out what a name says in brackets, and what does not fit below a picture."""
    name = name.partition(" (")[0]
    return name if len(name) <= letters else name[: letters - 1].rstrip() + "…"


_GAP = 0.2  # between two images of a strip, in sides of an image


def _tile(ax: Axes, picture: NDArray[Any], darkest: float, left: float = 0.0) -> None:
    """Draw an image on a unit square of an axes; grey images as ink on paper."""
    cmap = "gray" if picture.ndim == 3 else "gray_r"
    ax.imshow(
        picture,
        cmap=cmap,
        vmin=0,
        vmax=darkest,
        extent=(left, left + 1, 0, 1),
        interpolation="none",
    )
    ax.add_patch(Rectangle((left, 0), 1, 1, fc="none", ec=MUTED, lw=0.6))
    ax.set_axis_off()


def image_strips(
    rows: Mapping[str, ArrayLike],
    captions: Mapping[str, Sequence[str]] | None = None,
    *,
    vmax: float | None = None,
) -> Figure:
    """Draw rows of images, each row with its name at the left.

    Parameters
    ----------
    rows : mapping from str to array_like, shape (images, height, width[, 3])
        The images of each row, grey or red, green and blue; rows may differ in length.
    captions : mapping from str to sequence of str, optional
        For a row, a caption above each of its images.
    vmax : float, optional
        Value shown as the darkest ink; by default the largest of all images.

    Returns
    -------
    Figure
        The strips, one below the other.

    Raises
    ------
    ValueError
        If there are no rows, or a row is not a stack of images.

    Examples
    --------
    >>> figure = image_strips({"first": [[[0, 1]]], "second": [[[1, 0]]]})
    >>> len(figure.axes)
    2
    """
    stacks = {name: np.asarray(stack) for name, stack in rows.items()}
    for name, stack in stacks.items():
        if stack.ndim not in (3, 4) or (stack.ndim == 4 and stack.shape[3] != 3):
            msg = (
                f"rows[{name!r}] must have shape (images, height, width) or (images, height, "
                f"width, 3), got {stack.shape}"
            )
            raise ValueError(msg)
    if not stacks:
        msg = "rows must hold at least one strip, it is empty"
        raise ValueError(msg)
    longest = max(len(stack) for stack in stacks.values())
    darkest = max(float(stack.max()) for stack in stacks.values()) if vmax is None else vmax
    side = (WIDTH - 1.4) / longest
    written = [text for line in (captions or {}).values() for text in line]
    # A line of a caption is about a ninth of an inch high.
    above = 0.11 / side * max((text.count("\n") + 1 for text in written), default=0)
    # one axes a row: an axes for each image takes longer to lay out than the image to draw
    figure, grid = subplots(
        len(stacks), 1, height=len(stacks) * side * (1.1 + 1.3 * above), squeeze=False
    )
    for ax, (name, stack) in zip(grid[:, 0], stacks.items(), strict=True):
        texts = captions[name] if captions and name in captions else [""] * len(stack)
        for position, (picture, text) in enumerate(zip(stack, texts, strict=True)):
            left = position * (1 + _GAP)
            _tile(ax, picture, darkest, left)
            ax.text(left + 0.5, 1.05, text, ha="center", va="bottom", fontsize=7.5, color=INK)
        ax.text(-0.15, 0.5, name, ha="right", va="center", fontsize=8.5, color=INK)
        ax.set(
            xlim=(-0.02, longest * (1 + _GAP) - _GAP + 0.02),
            ylim=(-0.02, 1.08 + above if written else 1.02),
            anchor="W",
        )
    return figure


def interval_plot(
    results: Mapping[str, Mapping[str, tuple[float, float, float]]], *, xlabel: str
) -> Figure:
    """Plot values with their intervals, one line for each score and one mark for each question.

    Parameters
    ----------
    results : mapping from str to mapping from str to (value, low, high)
        For each score, for each question, the value and its interval.
    xlabel : str
        What the value is.

    Returns
    -------
    Figure
        Dots with whiskers; a dashed line at 1/2, where a ranking knows nothing.

    Raises
    ------
    ValueError
        If `results` is empty or asks more than three questions.

    Examples
    --------
    >>> figure = interval_plot({"margin": {"ordinary": (0.8, 0.7, 0.9)}}, xlabel="AUROC")
    >>> figure.axes[0].get_xlabel()
    'AUROC'
    """
    questions = list(next(iter(results.values()))) if results else []
    styles = (("o", BLUE), ("s", ORANGE), ("^", GREEN))
    if not 1 <= len(questions) <= len(styles):
        msg = f"results must answer one to three questions, got {len(questions)}"
        raise ValueError(msg)
    figure, ax = subplots(height=0.62 + 0.34 * len(results) + 0.2)
    for row, values in enumerate(results.values()):
        for place, question in enumerate(questions):
            value, low, high = values[question]
            y = row + 0.22 * (place - (len(questions) - 1) / 2)
            marker, color = styles[place]
            ax.plot([low, high], [y, y], color=color, lw=1.4, ls="-")
            ax.plot(
                value,
                y,
                marker,
                color=color,
                ms=5.5,
                ls="none",
                label=question if row == 0 else None,
            )
    ax.axvline(0.5, color=INK, lw=1, ls="--")
    ax.set_yticks(range(len(results)), list(results))
    ax.set(xlabel=xlabel, xlim=(-0.02, 1.02), ylim=(len(results) - 0.5, -0.5))
    ax.grid(visible=False, axis="y")
    for row in range(len(results) - 1):
        ax.axhline(row + 0.5, color=GRID, lw=0.6)
    figure.legend(
        loc="outside upper center",
        ncols=len(questions),
        frameon=False,
        fontsize=8.5,
        labelcolor=INK,
    )
    return figure


def temperature_curves(rows: Mapping[str, ArrayLike], temperatures: ArrayLike) -> Figure:
    """Plot the entropy of predictions against the temperature applied to them.

    Parameters
    ----------
    rows : mapping from str to array_like, shape (classes,)
        Predictions, by name.
    temperatures : array_like, shape (steps,)
        Positive, in increasing order.

    Returns
    -------
    Figure
        One line a prediction, labelled at its right end.

    Raises
    ------
    ValueError
        If a temperature is not positive or a row is not a probability distribution.

    Examples
    --------
    >>> figure = temperature_curves({"tie": [0.5, 0.5, 0.0]}, [0.5, 1.0, 2.0])
    >>> figure.axes[0].get_xscale()
    'log'
    """
    steps = np.asarray(temperatures, dtype=np.float64)
    figure, ax = subplots(height=2.9)
    for name, row in rows.items():
        curve = [
            float(
                ambiguous_images.predictive_entropy(
                    ambiguous_images.apply_temperature(row, float(step))[np.newaxis]
                )[0]
            )
            for step in steps
        ]
        (line,) = ax.plot(steps, curve)
        label_line(ax, steps[-1] * 1.04, curve[-1], name, color=line.get_color(), va="center")
    ax.set_xscale("log")
    ax.axvline(1.0, color=MUTED, lw=0.8, ls=":")
    ax.set(xlabel="temperature $T$", ylabel="entropy (nats)", xlim=(steps[0], steps[-1] * 1.9))
    ticks = [step for step in (0.25, 0.5, 1.0, 2.0, 4.0, 8.0) if steps[0] <= step <= steps[-1]]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    return figure
