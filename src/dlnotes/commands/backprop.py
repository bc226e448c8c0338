"""``python -m dlnotes backprop``: an expression worked forwards and backwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlnotes.backpropagation import trace
from dlnotes.commands import CommandError

if TYPE_CHECKING:
    import argparse

__all__ = ["DESCRIPTION", "add_arguments", "run"]

DESCRIPTION = "Work an expression forwards and backwards at a point, and print every step."


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
    >>> parser.parse_args(["x^2", "--at", "x=3"]).at
    ['x=3']
    """
    parser.add_argument("expression", help='such as "x1*(x2-4) + exp(x3^2)/(5*x4^2)"')
    parser.add_argument("--at", nargs="+", metavar="NAME=VALUE", default=[], help="the point")


def run(options: argparse.Namespace) -> int:
    """Print the table.

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
        If the expression or the point cannot be used.

    Examples
    --------
    >>> from argparse import Namespace
    >>> run(Namespace(expression="x^2", at=["x=3"]))
    node  computation  value  adjoint
    x     x            3      6
    z     x^2          9      1
    0
    """
    try:
        at = {k: float(v) for k, _, v in (word.partition("=") for word in options.at)}
        print(trace(options.expression, at=at).table())
    except ValueError as error:
        raise CommandError(str(error)) from None
    return 0
