"""What the tables of the chapter share: the libraries' names, and Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LIBRARIES = {"torch": "PyTorch", "jax": "JAX", "keras": "Keras", "onnx": "ONNX"}


def as_table(header: tuple[str, ...], rows: Iterable[list[str]]) -> str:
    """Write a table."""
    lines = [list(header), ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def as_text(name: str) -> str:
    """Write a name, in which an underscore is no emphasis."""
    return name.replace("_", r"\_")


def as_use(name: str, settings: list[str]) -> str:
    """Write what a library calls a function, with its settings."""
    return as_text(name) + (f" ({', '.join(settings)})" if settings else "")
