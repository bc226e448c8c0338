"""The numbers behind a figure, read from what it draws.

A figure is made of lines, points, bars, areas and images, and each of them still holds the
numbers that it was drawn from. They are collected into one table in long form, a row for each
number that one sees, so that the table and the picture cannot differ. What is written into a
figure, and not drawn to a scale, comes with the figure as rows of its own: see `Figure.rows`.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import (
    FillBetweenPolyCollection,
    LineCollection,
    PathCollection,
    QuadMesh,
)
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["LARGEST_IMAGE", "Row", "figure_data"]

_HEADER = ("panel", "series", "kind", "x", "y", "value")

LARGEST_IMAGE = 4096
"""Pixels of the largest image whose values are listed; a photograph is its own data."""

Row = tuple[str, str, str, Any, Any, Any]
"""Panel, series, kind, x, y and value; a number, or an empty string where there is none."""


def figure_data(figure: Figure) -> str:
    """Return the numbers that a figure draws, as CSV in long form.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure.

    Returns
    -------
    str
        Rows of panel, series, kind, x, y and value; empty where nothing is drawn from numbers.
        The value is the colour of a point or a pixel, where it stands for a number. Series
        carry their label, or the text of their colour beside them.

    Examples
    --------
    >>> from dlnotes.figures import subplots
    >>> figure, ax = subplots()
    >>> _ = ax.plot([0, 1], [0.5, 0.25], label="error")
    >>> print(figure_data(figure))
    panel,series,kind,x,y,value
    1,error,line,0,0.5,
    1,error,line,1,0.25,
    <BLANKLINE>
    """
    drawn: list[Row] = [*getattr(figure, "rows", ())]
    drawn += [row for number, ax in enumerate(figure.axes, 1) for row in _rows(ax, number)]
    if not drawn:
        return ""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADER)
    writer.writerows(tuple(_number(cell) for cell in row) for row in drawn)
    return text.getvalue()


def _number(cell: Any) -> str:
    return cell if isinstance(cell, str) else f"{float(cell):.9g}"


def _rows(ax: Axes, number: int) -> Iterator[Row]:
    panel = " ".join((ax.get_title() or ax.get_title(loc="left")).split()) or str(number)
    for place, line in enumerate(ax.lines, 1):
        name = _name(ax, line, f"line {place}")
        for x, y in zip(*map(_numbers, line.get_data()), strict=True):
            yield (panel, name, "line", x, y, "")
    for place, patch in enumerate(ax.patches, 1):
        if isinstance(patch, Rectangle) and patch.get_transform().contains_branch(ax.transData):
            middle = patch.get_x() + patch.get_width() / 2
            top = patch.get_y() + patch.get_height()
            yield (panel, _name(ax, patch, f"bar {place}"), "bar", middle, top, "")
    for place, collection in enumerate(ax.collections, 1):
        yield from _collection_rows(panel, _name(ax, collection, f"set {place}"), collection)
    for place, image in enumerate(ax.images, 1):
        values: Any = image.get_array()
        if values is not None and values.ndim == 2 and values.size <= LARGEST_IMAGE:
            yield from _pixel_rows(panel, _name(ax, image, f"image {place}"), values)


def _collection_rows(panel: str, name: str, collection: Any) -> Iterator[Row]:
    if isinstance(collection, PathCollection):
        values = collection.get_array()
        points: Any = collection.get_offsets()
        known: Any = [""] * len(points)
        if values is not None and len(values) == len(points):
            known = _numbers(values)
        for x, y, value in zip(*map(_numbers, np.transpose(points)), known, strict=True):
            yield (panel, name, "point", x, y, value)
    elif isinstance(collection, LineCollection):
        for segment in collection.get_segments():
            for x, y in np.asarray(segment)[:, :2]:
                yield (panel, name, "segment", x, y, "")
    elif isinstance(collection, QuadMesh):
        values = np.ma.asarray(collection.get_array())
        if values.ndim == 2 and values.size <= LARGEST_IMAGE:
            yield from _pixel_rows(panel, name, values)
    elif isinstance(collection, FillBetweenPolyCollection):
        for path in collection.get_paths():
            vertices: Any = path.vertices
            for x, y in vertices:
                yield (panel, name, "area", x, y, "")


def _pixel_rows(panel: str, name: str, values: Any) -> Iterator[Row]:
    for (row, column), value in np.ndenumerate(np.ma.filled(values.astype(float), np.nan)):
        yield (panel, name, "pixel", column, row, value)


def _numbers(values: Any) -> list[float]:
    """Return numbers in a row, those that are masked as not-a-number."""
    filled: Any = np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)
    return [float(value) for value in filled.ravel()]


def _name(ax: Axes, artist: Artist, otherwise: str) -> str:
    """Return the label of an artist, or the one text of its colour in the same panel."""
    label = str(artist.get_label())
    if label and not label.startswith("_"):
        return label
    read: Any = getattr(artist, "get_color", getattr(artist, "get_facecolor", None))
    try:
        wanted = to_hex(read())
    except (TypeError, ValueError):  # many colours at once, or none
        return otherwise
    beside = {
        " ".join(text.get_text().split())
        for text in ax.texts
        if text.get_text() and to_hex(text.get_color()) == wanted
    }
    others = [line for line in ax.lines if line is not artist]
    alone = all(to_hex(line.get_color()) != wanted for line in others)
    return beside.pop() if len(beside) == 1 and alone else otherwise
