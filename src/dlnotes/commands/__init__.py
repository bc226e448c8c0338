"""The subcommands of ``python -m dlnotes``, one module each: thin over the topics.

A topic computes and a figure draws; a command reads words, calls them and prints. See
`dlnotes.__main__` for what a module here consists of.
"""

from __future__ import annotations

__all__ = ["CommandError"]


class CommandError(Exception):
    """Wrong input to a command: the message is shown, and the status is 2."""
