"""Show the website that was built, on this machine only: ``make serve PORT=8080``."""

from __future__ import annotations

import errno
import functools
import os
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from dlnotes.bookkit.building import check_built

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["port_of", "serve", "server_of"]

_HOST = "localhost"


class _Fresh(SimpleHTTPRequestHandler):
    """Files as they are now: after another build the browser must not show the last one."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *values: object) -> None:
        """Say only what could not be served."""
        if len(values) > 1 and str(values[1]) >= "400":
            super().log_message(format, *values)


def port_of(text: str) -> int:
    """Read a port.

    Parameters
    ----------
    text : str
        The value of ``PORT``; an empty one says that the usual port will do.

    Returns
    -------
    int
        The port.

    Raises
    ------
    ValueError
        If it is not a whole number from 1 to 65535.

    Examples
    --------
    >>> port_of("")
    8000
    >>> port_of("80 80")
    Traceback (most recent call last):
    ...
    ValueError: PORT must be a whole number from 1 to 65535, such as 8080, got '80 80'
    """
    whole = (text or "8000").strip()
    if not (whole.isascii() and whole.isdigit() and 1 <= int(whole) <= 65535):
        msg = f"PORT must be a whole number from 1 to 65535, such as 8080, got {text!r}"
        raise ValueError(msg)
    return int(whole)


def server_of(site: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of a folder, which does not run yet.

    Parameters
    ----------
    site : pathlib.Path
        The folder of the website.
    port : int
        Where it listens, on this machine only; 0 takes one that is free.

    Returns
    -------
    http.server.ThreadingHTTPServer
        The server.

    Raises
    ------
    FileNotFoundError
        If there is no website in the folder.
    OSError
        If the port cannot be had, for instance since another server has it.
    """
    check_built(site)
    try:
        return ThreadingHTTPServer(
            (_HOST, port), functools.partial(_Fresh, directory=str(site))
        )
    except OSError as error:
        why = {
            errno.EADDRINUSE: "another program listens there",
            errno.EACCES: "ports below 1024 are for the system",
        }.get(error.errno or 0, str(error))
        other = 8080 if port != 8080 else 8081
        msg = f"port {port} cannot be had, since {why}: take another, make serve PORT={other}"
        raise OSError(msg) from error


def serve(root: Path) -> int:
    """Serve ``_build/html`` until Ctrl-C.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.

    Returns
    -------
    int
        0, or 1 after a line that says why there is nothing to show.
    """
    try:
        server = server_of(root / "_build" / "html", port_of(os.environ.get("PORT", "")))
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    with server:
        print(f"The book: http://{_HOST}:{server.server_port}/ (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0
