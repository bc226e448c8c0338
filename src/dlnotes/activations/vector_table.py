"""What the libraries call the functions of a whole vector, and the axis that they take.

The entries are data: tests compare them with the signatures of the installed libraries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlnotes.activations._markdown import LIBRARIES, as_table, as_text, as_use
from dlnotes.activations.parts import Framework

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["VECTOR_ENTRIES", "VectorEntry", "vector_table"]

_ALL = {"axis": "all"}  # what no axis means there


@dataclass(frozen=True)
class VectorEntry:
    """A function of a vector as the libraries have it.

    Parameters
    ----------
    formula : str
        Entry number j of the value, or the value, in Markdown with TeX.
    frameworks : tuple of Framework, optional
        The libraries' names and their default axes; None where the axis has to be given.
    """

    formula: str
    frameworks: tuple[Framework, ...] = ()


def _last(library: str, name: str, parameter: str = "axis") -> Framework:
    return Framework(library, name, {parameter: -1})


#: The functions of a vector under the names of this package.
VECTOR_ENTRIES: Mapping[str, VectorEntry] = {
    "softmax": VectorEntry(
        r"$e^{z_j} / \textstyle\sum_k e^{z_k}$",
        (
            Framework("torch", "softmax", {"dim": None}),
            _last("jax", "softmax"),
            _last("keras", "softmax"),
            _last("onnx", "Softmax"),
        ),
    ),
    "softmin": VectorEntry(
        r"$e^{-z_j} / \textstyle\sum_k e^{-z_k}$",
        (Framework("torch", "softmin", {"dim": None}),),
    ),
    "softmax2d": VectorEntry("softmax over the channels", (Framework("torch", "Softmax2d"),)),
    "log_softmax": VectorEntry(
        r"$z_j - \log\textstyle\sum_k e^{z_k}$",
        (
            Framework("torch", "log_softmax", {"dim": None}),
            _last("jax", "log_softmax"),
            _last("keras", "log_softmax"),
            _last("onnx", "LogSoftmax"),
        ),
    ),
    "logsumexp": VectorEntry(
        r"$\log\textstyle\sum_k e^{z_k}$",
        (
            Framework("torch", "logsumexp", {"dim": None}),
            Framework("jax", "logsumexp", fixed=_ALL),
            Framework("onnx", "ReduceLogSumExp", fixed=_ALL),
        ),
    ),
    "logmeanexp": VectorEntry(
        r"$\log\tfrac{1}{K}\textstyle\sum_k e^{z_k}$",
        (Framework("jax", "logmeanexp", fixed=_ALL),),
    ),
    "sparsemax": VectorEntry(
        "the nearest point of the simplex", (_last("keras", "sparsemax"),)
    ),
    "hardmax": VectorEntry(
        "1 at the first of the largest, 0 elsewhere", (_last("onnx", "Hardmax"),)
    ),
    "glu": VectorEntry(
        r"$a \odot \sigma(b),\; z=(a,b)$",
        (_last("torch", "glu", "dim"), _last("jax", "glu"), _last("keras", "glu")),
    ),
    "swiglu": VectorEntry(r"$\operatorname{silu}(a) \odot b$", (Framework("onnx", "SwiGLU"),)),
    "geglu": VectorEntry(r"$\operatorname{gelu}(a) \odot b$"),
    "reglu": VectorEntry(r"$\operatorname{relu}(a) \odot b$"),
}


def vector_table() -> str:
    """Write the table of the functions of a whole vector in the libraries.

    Returns
    -------
    str
        A Markdown table: name, formula, and what each library calls it, with its default axis.
        Here the axis is the last one if nothing else is said; another default is in bold.

    Examples
    --------
    >>> from dlnotes.activations import vector_table
    >>> vector_table().splitlines()[3].split("|")[3].strip()
    'softmin (**dim to be given**)'
    """
    header = ("name", "formula", *LIBRARIES.values())
    return as_table(header, (_row(name, entry) for name, entry in VECTOR_ENTRIES.items()))


def _row(name: str, entry: VectorEntry) -> list[str]:
    cells = dict.fromkeys(LIBRARIES, "")
    for framework in entry.frameworks:
        cells[framework.library] = _use(framework)
    return [as_text(name), entry.formula, *cells.values()]


def _use(framework: Framework) -> str:
    shown = [
        f"{name} = {value:g}" if value is not None else f"**{name} to be given**"
        for name, value in (framework.defaults or {}).items()
    ]
    shown += [f"**{name} = {value}**" for name, value in (framework.fixed or {}).items()]
    return as_use(framework.name, shown)
