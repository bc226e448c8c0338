"""The PDF that Chromium has printed: where things came to stand in it, and what is left to do.

Chromium names every place that a link leads to, but no author; it says a heading twice where
that begins a page; and it writes each of the hundred thousand parts that the book has for
readers who listen as an object of its own, which together are more than everything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["as_written", "dead_links", "finish", "places_in"]


def places_in(file: Path) -> dict[str, int]:
    """Return on which page each place stands that a link of a PDF leads to.

    Parameters
    ----------
    file : pathlib.Path
        The PDF.

    Returns
    -------
    dict of str to int
        The page, counted from 1, by the name of the place.
    """
    with pikepdf.open(file) as pdf:
        pages = {page.objgen: number for number, page in enumerate(pdf.pages, 1)}
        return {
            name.removeprefix("/"): pages[place[0].objgen]
            for name, place in _destinations(pdf).items()
        }


def dead_links(file: Path) -> list[str]:
    """Return the places that links of a PDF name and that are nowhere in it.

    Parameters
    ----------
    file : pathlib.Path
        The PDF.

    Returns
    -------
    list of str
        Their names, each once.
    """
    with pikepdf.open(file) as pdf:
        known = _destinations(pdf)
        named: list[str] = []
        for page in pdf.pages:
            links: Any = page.get("/Annots") or ()
            targets = (link.get("/Dest") for link in links)
            named += [str(name) for name in targets if isinstance(name, pikepdf.Name)]
        return [name[1:] for name in dict.fromkeys(named) if name not in known]


def _destinations(pdf: pikepdf.Pdf) -> dict[str, Any]:
    places: Any = pdf.Root.get("/Dests")
    return dict(places.items()) if places is not None else {}


def finish(file: Path, headings: Iterable[str], said: Mapping[str, str]) -> None:
    """Say what the book is, put doubled titles right, show the outline, and pack it.

    Parameters
    ----------
    file : pathlib.Path
        The PDF, which is written anew.
    headings : iterable of str
        The headings of the book as they are written.
    said : mapping of str to str
        What a PDF says of itself and Chromium does not, such as its ``"Author"``.
    """
    with pikepdf.open(file, allow_overwriting_input=True) as pdf:
        for name, words in said.items():
            pdf.docinfo[f"/{name}"] = words
        pdf.Root.PageMode = pikepdf.Name.UseOutlines
        waiting: list[Any] = [pdf.Root.Outlines]
        while waiting:
            node = waiting.pop()
            waiting += [node[key] for key in ("/First", "/Next") if key in node]
            if "/Title" in node:
                node.Title = as_written(str(node.Title), headings)
        pdf.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def as_written(said: str, headings: Iterable[str]) -> str:
    """Return a heading as written: Chromium doubles each run of one that begins a page.

    Parameters
    ----------
    said : str
        What the outline says.
    headings : iterable of str
        The headings as they are written.

    Returns
    -------
    str
        The heading whose letters are there twice, or else what was said.

    Examples
    --------
    >>> as_written("5.6. 5.6. Any kernelAny kernel", ["5.6. Any kernel"])
    '5.6. Any kernel'
    """
    said = " ".join(said.split())
    twice = {"".join(sorted(2 * "".join(words.split()))): words for words in headings}
    return twice.get("".join(sorted("".join(said.split()))), said)
