"""Figures of the book: the house style, and one module of figures a chapter.

A figure is made by a function that takes data or parameters and returns a `Figure`; it draws
nothing on the screen and changes no global state. The modules of the chapters are loaded when
they are first used: ``figures.convolution`` needs no import of its own.
"""

from importlib import import_module
from types import ModuleType

from dlnotes.figures.style import (
    BLUE,
    COLOURS,
    CYCLE,
    DIVERGING,
    GREEN,
    GREY,
    GRID,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    PURPLE,
    RED,
    SEQUENTIAL,
    WIDTH,
    Figure,
    label_line,
    show_image,
    subplots,
)

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

_CHAPTERS = (
    "activations",
    "ambiguous_images",
    "backpropagation",
    "convolution",
    "index",
    "linear_networks",
)


def __getattr__(name: str) -> ModuleType:
    if name in _CHAPTERS:
        return import_module(f"dlnotes.figures.{name}")
    msg = f"module 'dlnotes.figures' has no attribute {name!r}"
    raise AttributeError(msg)
