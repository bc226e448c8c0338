"""The registry: activation functions by name, with advice for names that it does not have."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from dlnotes.activations._entries.algebraic import ALGEBRAIC
from dlnotes.activations._entries.exponential import EXPONENTIAL
from dlnotes.activations._entries.gaussian import GAUSSIAN
from dlnotes.activations._entries.lines import LINES
from dlnotes.activations._entries.logistic import LOGISTIC
from dlnotes.activations.activation import Activation

__all__ = ["ACTIVATIONS", "Registry", "UnknownActivationError"]


class UnknownActivationError(KeyError):
    """No activation function of that name; the message suggests the nearest ones."""

    def __str__(self) -> str:
        return str(self.args[0])


class Registry(Mapping[str, Activation]):
    """Activation functions by name.

    Parameters
    ----------
    *entries : Activation
        Each is found under its name and under its aliases; iteration gives the names.

    Raises
    ------
    ValueError
        If two entries claim the same name.

    Examples
    --------
    >>> from dlnotes.activations import ACTIVATIONS
    >>> ACTIVATIONS["swish"].name
    'silu'
    >>> ACTIVATIONS["sofplus"]
    Traceback (most recent call last):
    ...
    dlnotes.activations.catalogue.UnknownActivationError: no activation is called 'sofplus'; \
the nearest names are softplus, squareplus, sparse_plus
    """

    def __init__(self, *entries: Activation) -> None:
        self._entries = {entry.name: entry for entry in entries}
        self._names = dict(self._entries)
        for entry in entries:
            for alias in entry.aliases:
                if alias in self._names:
                    msg = f"the name {alias!r} is taken twice; give each alias to one entry"
                    raise ValueError(msg)
                self._names[alias] = entry
        if len(self._entries) != len(entries):
            msg = f"names must differ, got {[entry.name for entry in entries]}"
            raise ValueError(msg)

    def __getitem__(self, name: object) -> Activation:
        if not isinstance(name, str):
            msg = f"an activation is looked up by its name, a str, not by {name!r}"
            raise TypeError(msg)
        if name in self._names:
            return self._names[name]
        near = difflib.get_close_matches(name.lower(), self._names, n=3, cutoff=0.5)
        advice = "the nearest names are" if near else "the names are"
        msg = f"no activation is called {name!r}; {advice} {', '.join(near or self._entries)}"
        raise UnknownActivationError(msg)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<Registry of {len(self)} activations: {', '.join(self)}>"


#: Every activation function of the book, by name.
ACTIVATIONS = Registry(*LINES, *LOGISTIC, *GAUSSIAN, *EXPONENTIAL, *ALGEBRAIC)
