"""``python -m dlnotes kernel``: what a kernel does, said and shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes.commands import CommandError
from dlnotes.convolution import KERNELS, convolve, correlate, identify, parse_kernel

if TYPE_CHECKING:
    import argparse

    from dlnotes._arguments import FloatArray

__all__ = ["DESCRIPTION", "add_arguments", "run"]

DESCRIPTION = """\
Say what a convolution kernel does, and apply it to a picture.

A kernel is written as rows: "0 0 0; 0 0 1; 0 0 0", or [[0,0,0],[0,0,1],[0,0,0]], with
fractions and a factor where they help: "1 2 1; 2 4 2; 1 2 1 / 16". A name of the gallery,
such as sobel_x, is a kernel too. One that begins with a minus sign goes after --.

Outputs of kernels whose weights sum to zero are drawn about a middle grey; all others are
cut off at black and white."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        The parser of the subcommand.

    Examples
    --------
    >>> import argparse
    >>> parser = argparse.ArgumentParser()
    >>> add_arguments(parser)
    >>> parser.parse_args(["0 1 0", "--image", "in.png", "--out", "out.png"]).out
    'out.png'
    """
    parser.add_argument("kernel", help='such as "0 0 0; 0 0 1; 0 0 0", or a name: sobel_x')
    parser.add_argument("--image", metavar="FILE", help="a picture to apply the kernel to")
    parser.add_argument("--out", metavar="FILE", help="where the filtered picture goes")
    parser.add_argument(
        "--operation",
        choices=("correlate", "convolve"),
        default="correlate",
        help="convolve turns the kernel by half a turn (default: correlate)",
    )
    parser.add_argument(
        "--boundary",
        default="symmetric",
        metavar="NAME",
        help="what lies outside the picture, under any library's name (default: symmetric)",
    )


def run(options: argparse.Namespace) -> int:
    """Print the report, and filter the picture if there is one.

    Parameters
    ----------
    options : argparse.Namespace
        What the parser read.

    Returns
    -------
    int
        The exit status, 0.

    Raises
    ------
    CommandError
        If the kernel cannot be read, or the picture cannot be read or written.

    Examples
    --------
    >>> from argparse import Namespace
    >>> run(Namespace(kernel="0 1 0", image=None, out=None))  # doctest: +ELLIPSIS
    Leaves the image as it is (identity).
    ...
    """
    if (options.image is None) != (options.out is None):
        missing = "--out" if options.out is None else "--image"
        msg = f"--image and --out go together; {missing} is missing"
        raise CommandError(msg)
    try:
        name = options.kernel.strip()
        weights = KERNELS[name].array if name in KERNELS else parse_kernel(options.kernel)
        report = identify(weights)
        print(report)
        if options.image is not None:
            _filter(options, weights, flat=abs(report.gain) < 1e-6 * report.facts.absolute)
    except ValueError as error:
        raise CommandError(str(error)) from None
    return 0


def _filter(options: argparse.Namespace, weights: FloatArray, *, flat: bool) -> None:
    """Read the picture, filter every channel, write the result under another name first."""
    image_module = _pillow()
    source, target = Path(options.image), Path(options.out)
    try:
        with image_module.open(source) as opened:
            picture = opened.convert(
                "L" if opened.mode in ("1", "L", "I", "F", "I;16") else "RGB"
            )
    except (OSError, ValueError) as error:
        msg = f"--image {options.image}: {_reason(error, 'is not a picture that Pillow reads')}"
        raise CommandError(msg) from None
    pixels = np.asarray(picture, dtype=np.float32)
    channels = np.moveaxis(pixels, 2, 0) if pixels.ndim == 3 else pixels
    apply = convolve if options.operation == "convolve" else correlate
    output = apply(channels, weights, boundary=options.boundary)
    if flat:
        # The largest possible response either way becomes white and black.
        most = float(np.abs(weights).sum()) / 2
        output = 127.5 + output / (2 * most) if most > 0 else output + 127.5
    grey = np.clip(np.rint(output), 0, 255).astype(np.uint8)
    result = image_module.fromarray(np.moveaxis(grey, 0, 2) if grey.ndim == 3 else grey)
    unfinished = target.with_name(f".{target.stem}.unfinished{target.suffix}")
    try:
        result.save(unfinished)
        unfinished.replace(target)
    except (OSError, ValueError) as error:
        unfinished.unlink(missing_ok=True)
        msg = f"--out {options.out}: {_reason(error, 'cannot be written')}"
        raise CommandError(msg) from None
    print(f"\nwrote {options.out}")


def _reason(error: Exception, otherwise: str) -> str:
    return getattr(error, "strerror", None) or f"{otherwise} ({error})"


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError:
        msg = (
            "--image needs Pillow, which is not installed; "
            "install it with: pip install 'dlnotes[images]'"
        )
        raise CommandError(msg) from None
    return Image
