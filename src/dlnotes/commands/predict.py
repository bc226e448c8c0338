"""``python -m dlnotes predict``: the networks' answers about a folder of pictures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dlnotes.ambiguous_images.networks import NETWORKS, predict_folder
from dlnotes.commands import CommandError
from dlnotes.commands._progress import Bar

if TYPE_CHECKING:
    import argparse

__all__ = ["DESCRIPTION", "add_arguments", "run"]

DESCRIPTION = """\
Ask networks of ImageNet about every picture in a folder and in the folders in it, and write
their probabilities for the 1000 classes into a file for the subcommand mine. A run that was
stopped goes on when it is started again. Pictures that cannot be read are named and skipped."""


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
    >>> parser.parse_args(["holidays"]).out
    PosixPath('predictions.npz')
    """
    parser.add_argument("folder", type=Path, help="where the pictures are")
    parser.add_argument(
        "--out", type=Path, default=Path("predictions.npz"), help="file to write (%(default)s)"
    )
    parser.add_argument(
        "--networks",
        nargs="+",
        default=list(NETWORKS),
        metavar="NAME",
        help=f"which of {', '.join(NETWORKS)} (all)",
    )


def run(options: argparse.Namespace) -> int:
    """Predict, and say what was skipped.

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
        If the folder cannot be used or the networks are not installed.

    Examples
    --------
    >>> from argparse import Namespace
    >>> run(Namespace(folder=Path("nowhere"), out=Path("x.npz"), networks=["squeezenet"]))
    Traceback (most recent call last):
    ...
    dlnotes.commands.CommandError: folder must be a folder of pictures, got 'nowhere'
    """
    try:
        report = predict_folder(
            options.folder, options.out, options.networks, progress=Bar("pictures")
        )
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; the same command goes on from here\n")
        return 130
    except (ImportError, OSError, ValueError) as error:
        raise CommandError(str(error)) from None
    if report.resumed:
        print(f"{report.resumed} pictures were done before")
    for name, reason in report.skipped.items():
        print(f"skipped {name}: {reason}")
    print(
        f"{report.predicted} pictures predicted, {len(report.skipped)} skipped: {options.out}"
    )
    return 0
