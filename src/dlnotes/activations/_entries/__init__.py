"""The entries of the registry, a module a family, and nothing that follows from another.

To add a function, write its kernels (value, first and second derivative, stable) in the module
of its family in `dlnotes.activations._kernels` and one entry in the module of that name here.
The tests, the reference table and the gallery take it up without being told.
"""

from __future__ import annotations

__all__: list[str] = []
