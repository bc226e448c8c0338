"""The house style: one look for every figure, on the web and on paper.

Figures are made without pyplot, so making one changes no global state. A figure shows itself in
a notebook as SVG for the web and as PDF for print. The colours below are the only ones a figure
uses for text, lines and marks: on the web the page replaces each by a variable of its style
sheet, which is how the same figure reads on a light and on a dark page.
"""

from __future__ import annotations

import base64
import io
import logging
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.figure
import numpy as np
from cycler import cycler
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.transforms import Bbox

from dlnotes.figures.data import Row, figure_data

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage
    from matplotlib.text import Text
    from numpy.typing import ArrayLike

__all__ = [
    "BLUE",
    "COLOURS",
    "CYCLE",
    "DIVERGING",
    "GREEN",
    "GREY",
    "GRID",
    "INK",
    "MUTED",
    "ORANGE",
    "PAPER",
    "PURPLE",
    "RED",
    "SEQUENTIAL",
    "WIDTH",
    "Figure",
    "label_line",
    "show_image",
    "subplots",
]

# Writing a PDF makes fontTools remark on the dates inside Matplotlib's own fonts.
logging.getLogger("fontTools").setLevel(logging.ERROR)

INK = "#1b1b1f"
MUTED = "#5f6670"
GRID = "#d9dce1"
PAPER = "#fefefe"
BLUE = "#0072b2"
ORANGE = "#d55e00"
GREEN = "#00846a"
RED = "#a5123e"
PURPLE = "#8e5aa8"
GREY = "#6b7178"

COLOURS: Mapping[str, str] = {
    "ink": INK,
    "muted": MUTED,
    "grid": GRID,
    "paper": PAPER,
    "blue": BLUE,
    "orange": ORANGE,
    "green": GREEN,
    "red": RED,
    "purple": PURPLE,
    "grey": GREY,
}
"""Name and light-page value of each colour; the page's style sheet has `--figure-NAME`."""

CYCLE = (BLUE, ORANGE, GREEN, PURPLE, RED, GREY)
"""Series colours in order. Lines also differ in dash, so that colour is never the only sign."""

_DASHES = ("-", "--", "-.", (0, (1, 1.2)), (0, (5, 1, 1, 1, 1, 1)), (0, (7, 2)))

SEQUENTIAL = "cividis"
"""Colormap for magnitudes: perceptually uniform, the same to colour-blind readers."""

DIVERGING = LinearSegmentedColormap.from_list("dlnotes-diverging", [BLUE, "#f4f4f4", ORANGE])
"""Colormap for signed numbers: blue below zero, orange above, near-white at zero."""

WIDTH = 6.8
"""Width of the text in inches: figures are drawn at the size at which they are read."""

_MARGIN = 3 / 72
"""Inches that stay free above and below what is drawn."""

# Typed as Any because Matplotlib types the keys as one very long Literal.
_RC: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": MUTED,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 9,
    "axes.linewidth": 0.7,
    "axes.prop_cycle": cycler(color=CYCLE) + cycler(linestyle=_DASHES),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 9.5,
    "axes.titleweight": "normal",
    "figure.facecolor": "none",
    "figure.constrained_layout.use": True,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "legend.edgecolor": "none",
    "legend.facecolor": "none",
    "legend.fontsize": 8.5,
    "legend.framealpha": 0.0,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "mathtext.fontset": "dejavusans",
    "pdf.fonttype": 42,
    "savefig.facecolor": "none",
    "svg.fonttype": "path",
    "svg.hashsalt": "dlnotes",
    "text.color": INK,
    "xtick.color": MUTED,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 8.5,
    "ytick.color": MUTED,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 8.5,
}


class Figure(matplotlib.figure.Figure):
    """A Matplotlib figure that shows itself as SVG (web) and PDF (print), reproducibly.

    Parameters
    ----------
    *args, **kwargs
        As for `matplotlib.figure.Figure`.

    Attributes
    ----------
    rows : tuple of tuple
        Rows of its data that nothing in the figure holds, such as numbers that it has as text.

    Examples
    --------
    >>> figure = Figure(figsize=(2, 1))
    >>> sorted(figure._repr_mimebundle_())
    ['application/pdf', 'image/svg+xml', 'text/plain']
    """

    rows: tuple[Row, ...] = ()

    def to_bytes(self, format: str) -> bytes:
        """Return the figure as a file of the given format, the same bytes every time.

        It has the full width, and the height of what is drawn: squares that are as wide as
        they can be leave no empty room above and below, and no title is cut off. Where things
        stand is settled by then, and not worked out again for another format.

        Parameters
        ----------
        format : {"svg", "pdf", "png"}
            The file format.

        Returns
        -------
        bytes
            The whole file.

        Raises
        ------
        ValueError
            If `format` is not one of the three.

        Examples
        --------
        >>> Figure(figsize=(1, 1)).to_bytes("pdf")[:4]
        b'%PDF'
        """
        metadata: dict[str, dict[str, str | None]] = {
            # The numbers travel inside the picture: the page offers them beside it.
            "svg": {"Date": None, "Description": figure_data(self) or None},
            "pdf": {"CreationDate": None, "ModDate": None},
            "png": {"Software": None},
        }
        if format not in metadata:
            msg = f"format must be 'svg', 'pdf' or 'png', got {format!r}"
            raise ValueError(msg)
        buffer = io.BytesIO()
        with mpl.rc_context(_RC):
            self.draw_without_rendering()
            self.set_layout_engine("none")
            drawn = self.get_tightbbox().intervaly
            height = (drawn[0] - _MARGIN, drawn[1] + _MARGIN)
            box = Bbox.from_extents(0, height[0], self.get_figwidth(), height[1])
            self.savefig(buffer, format=format, metadata=metadata[format], bbox_inches=box)
        return buffer.getvalue()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {
            "image/svg+xml": self.to_bytes("svg").decode(),
            "application/pdf": base64.b64encode(self.to_bytes("pdf")).decode(),
            "text/plain": f"<Figure with {len(self.axes)} axes>",
        }


def subplots(
    nrows: int = 1,
    ncols: int = 1,
    *,
    width: float = WIDTH,
    height: float | None = None,
    **kwargs: Any,
) -> tuple[Figure, Any]:
    """Return a new figure in the house style, and its axes.

    Parameters
    ----------
    nrows, ncols : int
        Number of rows and columns of axes.
    width : float
        Width in inches; the default is the width of the text.
    height : float, optional
        Height in inches. By default each axes gets the proportion 8 : 5.
    **kwargs
        Passed to `matplotlib.figure.Figure.subplots` (``sharex``, ``subplot_kw``, …).

    Returns
    -------
    figure : Figure
        The figure; it is not known to pyplot.
    axes : matplotlib.axes.Axes or numpy.ndarray of them
        One axes, or an array of shape (nrows, ncols) squeezed as Matplotlib does.

    Raises
    ------
    ValueError
        If a size or a count is not positive.

    Examples
    --------
    >>> figure, axes = subplots(ncols=2)
    >>> axes.shape
    (2,)
    """
    if height is None:
        height = 0.625 * width * nrows / ncols if ncols > 1 else 0.5 * width * nrows
    for name, value in (
        ("nrows", nrows),
        ("ncols", ncols),
        ("width", width),
        ("height", height),
    ):
        if value <= 0:
            msg = f"{name} must be positive, got {value!r}"
            raise ValueError(msg)
    with mpl.rc_context(_RC):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots(nrows, ncols, **kwargs)
    return figure, axes


def show_image(
    ax: Axes,
    array: ArrayLike,
    *,
    vmin: float | None = None,
    vmax: float | None = None,
    cmap: Any = "gray",
    title: str = "",
) -> AxesImage:
    """Draw an array as an image: one square a number, no ticks, no smoothing.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    array : array_like, shape (height, width) or (height, width, 3)
        The image.
    vmin, vmax : float, optional
        Values shown as the two ends of the colormap; by default the range of the data. Give
        them whenever two images are compared.
    cmap : str or matplotlib.colors.Colormap
        The colormap.
    title : str
        A short title above the image.

    Returns
    -------
    matplotlib.image.AxesImage
        The image, for instance for a colour bar.

    Raises
    ------
    ValueError
        If the array has neither two nor three axes.

    Examples
    --------
    >>> figure, ax = subplots()
    >>> show_image(ax, [[0, 1], [1, 0]]).get_array().shape
    (2, 2)
    """
    pixels = np.asarray(array)
    if pixels.ndim not in (2, 3):
        msg = f"array must have 2 or 3 axes, got shape {pixels.shape}"
        raise ValueError(msg)
    image = ax.imshow(pixels, cmap=cmap, vmin=vmin, vmax=vmax, interpolation="none")
    ax.set(xticks=[], yticks=[])
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    if title:
        ax.set_title(title, loc="center", fontsize=8.5)
    return image


def label_line(
    ax: Axes, x: float, y: float, text: str, *, color: str = INK, **kwargs: Any
) -> Text:
    """Write a label beside a line, which reads faster than a legend.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to write.
    x, y : float
        Position of the label in data coordinates.
    text : str
        The label.
    color : str
        Usually the colour of the line.
    **kwargs
        Passed to `matplotlib.axes.Axes.text`.

    Returns
    -------
    matplotlib.text.Text
        The label.

    Examples
    --------
    >>> figure, ax = subplots()
    >>> label_line(ax, 0.5, 0.5, "sigmoid", color=BLUE).get_text()
    'sigmoid'
    """
    with mpl.rc_context(_RC):
        return ax.text(x, y, text, color=color, **kwargs)
