"""The command line: ``python -m dlnotes SUBCOMMAND``.

What a subcommand does stands in its module in `dlnotes.commands`, which is loaded only when
that subcommand is asked for. To add one, write the module and a line in `SUBCOMMANDS`. A module
has three names:

- ``DESCRIPTION``, what the help says above the arguments;
- ``add_arguments(parser)``, which declares the arguments with `argparse`;
- ``run(options)``, which does the work and returns the exit status: 0 if all went well, 1 if
  the answer to what was asked is "no". For wrong input it raises a `CommandError`, which is
  shown in one line, with the status 2; any other error is a fault of the program and shows its
  traceback.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from typing import TYPE_CHECKING

from dlnotes import __version__
from dlnotes.commands import CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["SUBCOMMANDS", "main"]

SUBCOMMANDS: Mapping[str, tuple[str, str]] = {
    "backprop": (
        "dlnotes.commands.backprop",
        "work an expression forwards and backwards, every step shown",
    ),
    "kernel": (
        "dlnotes.commands.kernel",
        "say what a convolution kernel does, and apply it to a picture",
    ),
    "predict": (
        "dlnotes.commands.predict",
        "ask three networks of ImageNet about every picture in a folder",
    ),
    "mine": (
        "dlnotes.commands.mine",
        "find the pictures that look like something else among the answers",
    ),
}
"""Each subcommand with the module that does it and one line on what it does."""


def _parser(chosen: str) -> argparse.ArgumentParser:
    """Return the parser. Of the subcommands only the chosen one is loaded and has arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m dlnotes",
        description="The package behind the book Deep Learning: Theoretical Aspects.",
        epilog="python -m dlnotes SUBCOMMAND --help says more about one of them.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"dlnotes {__version__}")
    parts = parser.add_subparsers(dest="subcommand", metavar="SUBCOMMAND", required=True)
    for name, (module, summary) in SUBCOMMANDS.items():
        part = parts.add_parser(name, help=summary, allow_abbrev=False)
        part.formatter_class = argparse.RawDescriptionHelpFormatter
        if name == chosen:
            command = importlib.import_module(module)
            part.description = command.DESCRIPTION
            command.add_arguments(part)
            part.set_defaults(run=command.run, prog=part.prog)
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Run a subcommand.

    Parameters
    ----------
    words : sequence of str, optional
        The words of the command line after the program; by default those of this process.

    Returns
    -------
    int
        0 if all went well, 1 if the answer is "no", 2 for wrong input, after a message on
        stderr.

    Raises
    ------
    SystemExit
        With status 2 where the words are none that the program knows; with 0 after the help.

    Examples
    --------
    >>> from dlnotes.__main__ import main
    >>> main(["backprop", "x*y", "--check", "dz/dx = y"])
    dz/dx = y: right
    0
    """
    words = sys.argv[1:] if words is None else list(words)
    # The subcommand is the first word that is no option of the program itself.
    chosen = next((word for word in words if not word.startswith("-")), "")
    options = _parser(chosen).parse_args(words)
    status = 0
    try:
        status = options.run(options)
        sys.stdout.flush()
    except CommandError as error:
        print(f"{options.prog}: error: {error}", file=sys.stderr)
        status = 2
    except BrokenPipeError:
        # Whoever read the output has gone, as `head` does: not an error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status


if __name__ == "__main__":
    sys.exit(main())
