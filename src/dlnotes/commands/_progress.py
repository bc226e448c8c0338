"""How far a long command is, on stderr."""

from __future__ import annotations

import sys
import time

_WIDTH = 30
_SECONDS = 10.0  # between two lines where there is no terminal


class Bar:
    """A bar on a terminal; elsewhere a line now and then, and nothing for what is quick.

    Parameters
    ----------
    what : str
        What is counted, such as "pictures".
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self.started = self.told = time.monotonic()
        self.terminal = sys.stderr.isatty()

    def __call__(self, done: int, total: int = 0) -> None:
        """Say that `done` of `total` are done."""
        now = time.monotonic()
        last = bool(total) and done >= total
        if self.terminal and (last or now - self.told > 0.1):
            full = round(_WIDTH * done / total) if total else 0
            bar = f"[{'#' * full:{_WIDTH}}] " if total else ""
            left = (now - self.started) * (total - done) / done if total and done else 0.0
            of = f" of {total:,}" if total else ""
            rest = f", {left:.0f} s left" if left else ""
            end = "\n" if last else ""
            sys.stderr.write(f"\r{bar}{done:,}{of} {self.what}{rest}\x1b[K{end}")
            sys.stderr.flush()
            self.told = now
        elif not self.terminal and now - self.told > _SECONDS:
            sys.stderr.write(f"{done:,}{f' of {total:,}' if total else ''} {self.what}\n")
            self.told = now
