"""What lies outside the picture: five boundaries and the names libraries have for them."""

from __future__ import annotations

from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from dlnotes.convolution._arguments import Pair, as_image, as_pair

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from dlnotes._arguments import FloatArray

__all__ = ["BOUNDARIES", "boundary_name", "pad"]

# Each library's own names. `reflect` is the trap: NumPy, PyTorch and TensorFlow leave the
# edge pixel out when they reflect, scipy.ndimage and OpenCV repeat it.
_LIBRARIES: dict[str, dict[str, tuple[str, ...]]] = {
    "numpy": {
        "constant": ("constant",),
        "edge": ("edge",),
        "reflect": ("reflect",),
        "symmetric": ("symmetric",),
        "wrap": ("wrap",),
    },
    "ndimage": {
        "constant": ("constant", "grid-constant"),
        "edge": ("nearest",),
        "reflect": ("mirror",),
        "symmetric": ("reflect", "grid-mirror"),
        "wrap": ("wrap", "grid-wrap"),
    },
    "signal": {"constant": ("fill",), "symmetric": ("symm",), "wrap": ("wrap",)},
    "torch": {
        "constant": ("constant", "zeros"),
        "edge": ("replicate",),
        "reflect": ("reflect",),
        "wrap": ("circular",),
    },
    "cv2": {
        "constant": ("border_constant", "constant"),
        "edge": ("border_replicate", "replicate"),
        "reflect": ("border_reflect_101", "reflect_101", "border_reflect101", "border_default"),
        "symmetric": ("border_reflect", "reflect"),
        "wrap": ("border_wrap", "wrap"),
    },
}


def _collect() -> dict[str, str]:
    names = {"zero": "constant"}
    for library, table in _LIBRARIES.items():
        for canonical, aliases in table.items():
            for alias in aliases:
                names[f"{library}.{alias}"] = canonical
                # NumPy comes first, so that a bare name never changes NumPy's meaning.
                names.setdefault(alias, canonical)
    return names


#: Every accepted name of a boundary, mapped to NumPy's name for the same thing.
BOUNDARIES: Mapping[str, str] = MappingProxyType(_collect())


def boundary_name(boundary: str) -> str:
    """Return NumPy's name for a boundary that any of five libraries has a name for.

    A bare name means what :func:`numpy.pad` means by it, and where NumPy does not know it,
    what the library that has it means. A name may be qualified by its library, which
    settles the one real conflict: ``"reflect"`` and ``"torch.reflect"`` leave the edge
    pixel out, ``"ndimage.reflect"`` and ``"cv2.BORDER_REFLECT"`` repeat it and are called
    ``"symmetric"`` here.

    Parameters
    ----------
    boundary : str
        A key of `BOUNDARIES`, in any case.

    Returns
    -------
    str
        ``"constant"``, ``"edge"``, ``"reflect"``, ``"symmetric"`` or ``"wrap"``.

    Raises
    ------
    TypeError
        If `boundary` is not a string.
    ValueError
        If no library has that name; the nearest names are suggested.

    Examples
    --------
    >>> boundary_name("circular"), boundary_name("nearest"), boundary_name("mirror")
    ('wrap', 'edge', 'reflect')
    >>> boundary_name("reflect"), boundary_name("ndimage.reflect")
    ('reflect', 'symmetric')
    """
    key = _as_text(boundary).lower()
    if key in BOUNDARIES:
        return BOUNDARIES[key]
    near = get_close_matches(key, BOUNDARIES, n=3, cutoff=0.5)
    if not near:
        near = list(_LIBRARIES["numpy"])
    choices = ", ".join(repr(name) for name in near)
    msg = f"boundary={boundary!r} is not known; the nearest names are {choices}"
    raise ValueError(msg)


def pad(
    image: npt.ArrayLike,
    widths: tuple[Pair, Pair],
    *,
    boundary: str = "constant",
    fill_value: float = 0.0,
) -> FloatArray:
    """Extend an image beyond its four edges.

    Parameters
    ----------
    image : array_like, shape (..., rows, columns)
        The image; leading axes are carried along.
    widths : pair of pairs of int
        Pixels to add ``((above, below), (left, right))``, none negative. They may exceed
        the image's own size: reflections then reflect again and wrapping wraps again.
    boundary : str
        A key of `BOUNDARIES`. For the row ``1 2 3 4`` and width 3 they read

        - ``constant``: ``0 0 0 | 1 2 3 4 | 0 0 0``
        - ``edge``: ``1 1 1 | 1 2 3 4 | 4 4 4``
        - ``reflect``: ``4 3 2 | 1 2 3 4 | 3 2 1``
        - ``symmetric``: ``3 2 1 | 1 2 3 4 | 4 3 2``
        - ``wrap``: ``2 3 4 | 1 2 3 4 | 1 2 3``
    fill_value : float
        What lies outside under ``constant``.

    Returns
    -------
    ndarray, shape (..., above + rows + below, left + columns + right)
        The extended image, floating.

    Raises
    ------
    TypeError, ValueError
        As :func:`dlnotes.convolution.correlate`.

    Examples
    --------
    >>> pad([[1, 2, 3, 4]], ((0, 0), (3, 3)), boundary="reflect")
    array([[4., 3., 2., 1., 2., 3., 4., 3., 2., 1.]])
    >>> pad([[1, 2, 3, 4]], ((0, 0), (3, 3)), boundary="ndimage.reflect")
    array([[3., 2., 1., 1., 2., 3., 4., 4., 3., 2.]])
    """
    array = as_image(image)
    vertical, horizontal = _as_widths(widths)
    name = boundary_name(boundary)
    rows = source_indices(array.shape[-2], vertical, name)
    columns = source_indices(array.shape[-1], horizontal, name)
    return gather(array, rows, columns, as_fill_value(fill_value, name))


def _as_text(boundary: object) -> str:
    if not isinstance(boundary, str):
        msg = f"boundary={boundary!r} must be a string such as 'constant' or 'wrap'"
        raise TypeError(msg)
    return boundary


def _as_widths(widths: object) -> tuple[Pair, Pair]:
    if not isinstance(widths, (tuple, list)) or len(widths) != 2:
        msg = f"widths={widths!r} must be ((above, below), (left, right))"
        raise ValueError(msg)
    return as_pair(widths[0], "widths", least=0), as_pair(widths[1], "widths", least=0)


def as_fill_value(fill_value: float, boundary: str) -> float:
    """Return the fill value as a float and refuse one that would go unused."""
    try:
        value = float(fill_value)
    except (TypeError, ValueError) as error:
        msg = f"fill_value={fill_value!r} must be a real number"
        raise TypeError(msg) from error
    if value != 0 and boundary != "constant":
        msg = f"fill_value={fill_value!r} is only used by boundary='constant', not {boundary!r}"
        raise ValueError(msg)
    return value


def source_indices(size: int, widths: Pair, boundary: str) -> npt.NDArray[np.intp]:
    """Return for each pixel of an extended axis the pixel it copies, or -1 for none."""
    wanted = np.arange(-widths[0], size + widths[1])
    if boundary == "constant":
        return np.where((wanted >= 0) & (wanted < size), wanted, -1)
    if boundary == "edge":
        return np.clip(wanted, 0, size - 1)
    if boundary == "wrap":
        return wanted % size
    if boundary == "symmetric":
        folded = wanted % (2 * size)
        return np.minimum(folded, 2 * size - 1 - folded)
    period = max(2 * (size - 1), 1)  # a single pixel reflects to itself
    folded = wanted % period
    return np.minimum(folded, period - folded) if size > 1 else np.zeros_like(wanted)


def gather(
    array: FloatArray,
    rows: npt.NDArray[np.intp],
    columns: npt.NDArray[np.intp],
    fill_value: float,
) -> FloatArray:
    """Copy the pixels that the two index vectors name; -1 gives `fill_value`."""
    extended = array[..., rows[:, np.newaxis], columns]
    extended[..., rows < 0, :] = fill_value
    extended[..., columns < 0] = fill_value
    return extended


def scatter(
    extended: FloatArray,
    rows: npt.NDArray[np.intp],
    columns: npt.NDArray[np.intp],
    shape: Pair,
) -> FloatArray:
    """Add every extended pixel to the pixel it was copied from: the transpose of `gather`."""
    inside_rows, inside_columns = rows >= 0, columns >= 0
    total = np.zeros(extended.shape[:-2] + shape, dtype=extended.dtype)
    kept = extended[..., inside_rows, :][..., inside_columns]
    # The two pixel axes go first, so that two index arrays name the targets.
    flat = np.moveaxis(total, (-2, -1), (0, 1))
    target = np.ix_(rows[inside_rows], columns[inside_columns])
    np.add.at(flat, target, np.moveaxis(kept, (-2, -1), (0, 1)))
    return total
