"""What readers move in the pages: for each drawing its title, its scripts and its data.

The data are sampled from the topics when a page is built, so that no formula of the package is
written a second time in JavaScript where a table of its values will do. Where the reader's own
input has to be computed (an expression, a kernel, three logits), the script computes, and tests
hold it to the package's numbers.

`EXPLORABLES` is the registry. The directive ``{explorable}`` of `dlnotes.bookkit` reads it; the
scripts are in ``book/static/explorables``.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from dlnotes.explorables import (
    activations,
    ambiguous_images,
    backpropagation,
    convolution,
    softmax,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["EXPLORABLES", "Explorable"]


@dataclass(frozen=True)
class Explorable:
    """One drawing that can be moved.

    Parameters
    ----------
    name : str
        What the directive calls it; also its script's word for it.
    title : str
        What it is called for readers who hear the page.
    scripts : tuple of str
        Files below ``book/static/explorables``, in the order in which they are loaded.
    data : callable
        Returns what the scripts are given: anything that JSON has.
    heights : pair of float
        Room to keep on the page before the script has drawn, in rem: on a wide page and on a
        narrow one. Nothing moves when the drawing appears.
    files : callable, optional
        Returns files by name that the script loads when the reader asks for them, from a
        folder of the explorable's name beside the scripts.

    Examples
    --------
    >>> EXPLORABLES["activations"].scripts
    ('activations.js',)
    """

    name: str
    title: str
    scripts: tuple[str, ...]
    data: Callable[[], Any]
    heights: tuple[float, float]
    files: Callable[[], Mapping[str, bytes]] | None = None


_ENTRIES = (
    Explorable(
        "activations",
        "Activation explorer",
        ("activations.js",),
        activations.data,
        (33, 57),
    ),
    Explorable(
        "backpropagation",
        "Back-propagation stepper",
        ("expressions.js", "backpropagation.js"),
        backpropagation.data,
        (38.25, 59),
    ),
    Explorable(
        "convolution",
        "Kernel playground",
        ("kernels.js", "convolution.js"),
        convolution.data,
        (31, 58),
    ),
    Explorable(
        "softmax",
        "Softmax explorer",
        ("softmax.js",),
        softmax.data,
        (32.5, 55.5),
    ),
    Explorable(
        "ambiguous_images",
        "Ensemble explorer",
        ("ambiguous_images.js",),
        ambiguous_images.data,
        (31, 53),
        ambiguous_images.pictures,
    ),
)

EXPLORABLES: Mapping[str, Explorable] = MappingProxyType({e.name: e for e in _ENTRIES})
"""Every explorable by name."""
