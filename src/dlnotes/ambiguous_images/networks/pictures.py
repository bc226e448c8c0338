"""Pictures from files, in whatever form cameras and scanners leave them, as arrays.

What reading a picture can do wrong without a sound: a photograph taken on its side, inks taken
for lights, sixteen bits cut off at eight, and transparency shown as black.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["EXTENSIONS", "crop", "find_pictures", "read_picture"]

#: What is taken for a picture in a folder.
EXTENSIONS = frozenset(
    {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"}
)


def find_pictures(folder: Path, extensions: Iterable[str] = EXTENSIONS) -> list[Path]:
    """List the pictures in a folder and in the folders in it.

    Parameters
    ----------
    folder : pathlib.Path
        Where to look. What begins with a full stop is left out.
    extensions : iterable of str
        Endings that are taken for pictures, in lower case.

    Returns
    -------
    list of pathlib.Path
        Relative to the folder, in the order of their names, the same on every machine.

    Raises
    ------
    NotADirectoryError
        If there is no such folder.
    ValueError
        If it holds no pictures.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pathlib.Path(folder, "b.PNG").touch()
    ...     pathlib.Path(folder, "notes.txt").touch()
    ...     [path.name for path in find_pictures(pathlib.Path(folder))]
    ['b.PNG']
    """
    if not folder.is_dir():
        msg = f"folder must be a folder of pictures, got {str(folder)!r}"
        raise NotADirectoryError(msg)
    wanted = frozenset(extensions)
    found = sorted(
        (path.relative_to(folder) for path in folder.rglob("*") if path.is_file()),
        key=lambda path: path.parts,
    )
    pictures = [
        path
        for path in found
        if path.suffix.lower() in wanted and not any(part[0] == "." for part in path.parts)
    ]
    if not pictures:
        msg = (
            f"folder must hold pictures, got {str(folder)!r} with {len(found)} files, none of "
            f"which ends in {', '.join(sorted(wanted))}"
        )
        raise ValueError(msg)
    return pictures


def read_picture(file: Path) -> NDArray[np.uint8]:
    """Read a picture as red, green and blue.

    Parameters
    ----------
    file : pathlib.Path
        Grey, palette, RGB or CMYK, of 1, 8 or 16 bits, with or without transparency, which is
        laid on white. Of an animation the first picture is taken.

    Returns
    -------
    numpy.ndarray of uint8, shape (height, width, 3)
        The picture, upright if the camera has noted how it was held.

    Raises
    ------
    ImportError
        If the package Pillow is not installed.
    OSError
        If the file is missing, is no picture, or is cut short.
    ValueError
        If its pixels are of a kind that has no fixed white, such as floating-point numbers, or
        there are too many of them.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "grey.png")
    ...     Image.new("I;16", (1, 1), 65535).save(file)
    ...     read_picture(file)
    array([[[255, 255, 255]]], dtype=uint8)
    """
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of metadata that is not quite right
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(file) as opened:
                opened.load()
                image = ImageOps.exif_transpose(opened)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            msg = f"{file.name} must be of a size that fits into memory: {error}"
            raise ValueError(msg) from error
        except SyntaxError as error:  # what Pillow raises for some broken PNG files
            msg = f"{file.name} cannot be read: {error}"
            raise OSError(msg) from error
        return _as_rgb(image, file)


def _as_rgb(image: Any, file: Path) -> NDArray[np.uint8]:
    from PIL import Image

    if image.mode.startswith("I"):  # Pillow's own conversion cuts 16 bits off at 255
        values = np.asarray(image, dtype=np.int64)
        if values.min() < 0 or values.max() > 65535:
            msg = (
                f"{file.name} must have 8 or 16 bits a channel, got grey values from "
                f"{values.min()} to {values.max()}"
            )
            raise ValueError(msg)
        grey = (values // 257).astype(np.uint8)
        return np.repeat(grey[:, :, np.newaxis], 3, axis=2)
    if image.mode == "F":
        msg = f"{file.name} must have 8 or 16 bits a channel, got floating-point numbers"
        raise ValueError(msg)
    if image.mode in ("LA", "PA", "La", "RGBA", "RGBa") or "transparency" in image.info:
        layers = image.convert("RGBA")
        white = Image.new("RGBA", layers.size, "white")
        white.alpha_composite(layers)
        image = white
    return np.asarray(image.convert("RGB"))


def crop(
    picture: NDArray[np.uint8],
    side: int,
    *,
    share: float = 1.0,
    at: tuple[float, float] = (0.5, 0.5),
) -> NDArray[np.uint8]:
    """Cut a square out of a picture and scale it.

    Parameters
    ----------
    picture : numpy.ndarray of uint8, shape (height, width, 3)
        The picture.
    side : int
        Height and width of what is returned.
    share : float
        Side of the square, as a share of the shorter side of the picture.
    at : tuple of float
        Where in the picture: (0, 0) is the upper left corner, (1, 1) the lower right one.

    Returns
    -------
    numpy.ndarray of uint8, shape (side, side, 3)
        Scaled with bicubic interpolation; where it becomes smaller, over all pixels that fall
        together.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> crop(np.full((3, 5, 3), 7, np.uint8), 2).shape
    (2, 2, 3)
    """
    if not 0.0 < share <= 1.0 or min(at) < 0.0 or max(at) > 1.0:
        msg = f"share must be positive and at most 1, at within [0, 1], got {share=} and {at=}"
        raise ValueError(msg)
    from PIL import Image

    height, width = picture.shape[:2]
    length = share * min(height, width)
    top, left = at[0] * (height - length), at[1] * (width - length)
    image = Image.fromarray(picture)
    box = (left, top, left + length, top + length)
    return np.asarray(image.resize((side, side), Image.Resampling.BICUBIC, box=box))
