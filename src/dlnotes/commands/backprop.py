"""``python -m dlnotes backprop``: an expression worked forwards and backwards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dlnotes.backpropagation import Reading, check_claim, parse, readings, trace
from dlnotes.commands import CommandError

if TYPE_CHECKING:
    import argparse

    from dlnotes.backpropagation import ClaimCheck, Expression, Trace

__all__ = ["DESCRIPTION", "add_arguments", "run"]

DESCRIPTION = """\
Work an expression at a point: values forwards, adjoints backwards, every step printed. Or hold
a partial derivative that you have found yourself against it. The exit status is 0, or 1 if a
claim is wrong or could not be decided, or 2 if the words cannot be used.

  python -m dlnotes backprop "x1*(x2-4) + exp(x3^2)/(5*x4^2)" --at x1=2 x2=5 x3=1 x4=2
  python -m dlnotes backprop "x1*(x2-4)" --check "dz/dx1 = x2-4" --check "dz/dx2 = x1"

An expression that begins with a minus sign is put in brackets: "(-x^2)"."""


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
    parser.add_argument("expression", help='in ordinary notation; it may begin with "name ="')
    parser.add_argument(
        "--at",
        nargs="+",
        metavar="NAME=VALUE",
        default=[],
        help="the point: a value a variable",
    )
    parser.add_argument(
        "--check",
        action="append",
        metavar="CLAIM",
        default=[],
        help='a claim such as "dz/dx1 = x2-4"; may be given more than once',
    )
    for kind in ("svg", "pdf"):
        parser.add_argument(
            f"--{kind}", type=Path, metavar="FILE", help=f"draw the graph into a {kind.upper()}"
        )
    parser.add_argument("--latex", action="store_true", help="print the steps back as TeX too")


def run(options: argparse.Namespace) -> int:
    """Print the tables, write the pictures, judge the claims.

    Parameters
    ----------
    options : argparse.Namespace
        What the parser read.

    Returns
    -------
    int
        The exit status: 1 if a claim is wrong or undecided, otherwise 0.

    Raises
    ------
    CommandError
        If the expression, the point, a claim or a file cannot be used.

    Examples
    --------
    >>> import argparse
    >>> parser = argparse.ArgumentParser()
    >>> add_arguments(parser)
    >>> run(parser.parse_args(["x*y", "--check", "dz/dx = y", "--check", "dz/dy = y"]))
    dz/dx = y: right
    dz/dy = y: wrong
      at x = 1, y = 2 the claim gives 2, but the derivative is 1
      dz/dy = x
    1
    """
    try:
        graph = parse(options.expression)
        at = _point(options.at)
        wants_point = not options.check or options.svg or options.pdf or options.latex
        status = 0
        if wants_point and graph.variables and not at:
            values = " ".join(f"{name}=VALUE" for name in graph.variables)
            msg = f"the tables are of one point: add --at {values}"
            raise CommandError(msg)
        if at or wants_point:
            worked = trace(graph, at=at)
            _show(graph, worked, options)
        for claim in options.check:
            found = check_claim(options.expression, claim, at=at)
            print(_verdict(claim, found, graph))
            status = max(status, int(found.right is not True))
    except ValueError as error:
        raise CommandError(str(error)) from None
    return status


def _point(words: list[str]) -> dict[str, float]:
    point: dict[str, float] = {}
    # Commas between the values are as natural as blanks.
    for word in " ".join(words).replace(",", " ").split():
        name, sign, text = word.partition("=")
        if not sign or not name:
            msg = f"--at takes values such as x1=2, got {word!r}"
            raise CommandError(msg)
        if name in point:
            msg = f"--at has two values for {name}: {point[name]:g} and {text}"
            raise CommandError(msg)
        try:
            point[name] = float(text)
        except ValueError:
            msg = f"--at needs a number for {name}, got {text!r}"
            raise CommandError(msg) from None
    return point


def _show(graph: Expression, worked: Trace, options: argparse.Namespace) -> None:
    found = readings(graph.source)
    if len(found) > 1:
        print("This expression is read in two ways; worked here is the first:")
        print("\n".join(_reading(reading) for reading in found) + "\n")
    print(f"{worked.table('forward')}\n\n{worked.table('reverse')}\n")
    for name, slope in worked.gradient.items():
        formula = str(worked.symbolic_gradient[name]).replace("**", "^")
        number = f"{slope:.10g}"
        known = "" if formula == number else f"{formula} = "
        print(f"d{graph.name}/d{name} = {known}{number}")
    for kink in worked.kinks:
        print(f"no derivative here, a convention is used: {kink}")
    if options.latex:
        print(f"\n{worked.to_latex()}")
    for kind, path in (("svg", options.svg), ("pdf", options.pdf)):
        if path is not None:
            _draw(worked, kind, path)


def _reading(reading: Reading) -> str:
    return f"  {reading.expression}\n      {reading.rule}"


def _draw(worked: Trace, kind: str, path: Path) -> None:
    from dlnotes import figures  # slow to load, and tables do not need it

    try:
        picture = figures.backpropagation.graph(worked, width=None).to_bytes(kind)
    except ModuleNotFoundError as error:
        msg = f"a picture needs the package {error.name}: pip install {error.name}"
        raise CommandError(msg) from None
    try:
        path.write_bytes(picture)
    except OSError as error:
        msg = f"cannot write {path}: {error.strerror}"
        raise CommandError(msg) from None
    print(f"wrote {path}")


def _verdict(claim: str, found: ClaimCheck, graph: Expression) -> str:
    claim = " ".join(claim.split())
    formula = str(found.formula).replace("**", "^")
    if found.right is None:
        return f"{claim}: undecided, no point was found where both sides have a value"
    if found.right:
        return f"{claim}: right" + ("" if found.proved else ", as far as points can tell")
    where = ", ".join(f"{name} = {value:g}" for name, value in found.point.items())
    lines = [
        f"{claim}: wrong",
        f"  at {where} the claim gives {found.claimed:.6g}, "
        f"but the derivative is {found.actual:.6g}",
        f"  d{graph.name}/d{found.variable} = {formula}",
    ]
    if found.other_reading:
        lines.append(f"  It is right for another reading: {found.other_reading}")
    return "\n".join(lines)
