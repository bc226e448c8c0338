"""One claim of the ledger on a page: a line of facts, its statement, and what it rests on."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes

from dlnotes.bookkit.displays import aligned
from dlnotes.bookkit.mathml import to_mathml

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["ASIDE", "anchor", "axioms", "engine", "entry", "name_of", "short", "used"]

ASIDE = {
    "equivalent": "proved equivalent",
    "weaker": "weaker and still true",
    "untried": "not tried",
}
"""Classes of mutants that do not count as refuted, and how the ledger names them."""


def short(label: str, page: str) -> str:
    """Return a label without its kind and chapter, which are the same for all of a page.

    Parameters
    ----------
    label : str
        The label of a claim.
    page : str
        The page that it stands on.

    Returns
    -------
    str
        What is left.

    Examples
    --------
    >>> short("thm-activations-sigmoid-bound", "activations")
    'sigmoid-bound'
    """
    return label.partition("-")[2].removeprefix(page).removeprefix("-") or label


def anchor(claim: dict[str, Any]) -> str:
    """Return the id under which a claim stands on its page.

    Examples
    --------
    >>> anchor({"kind": "derivation", "label": "eq-a-b"})
    'equation-eq-a-b'
    """
    label: str = claim["label"]
    return label if claim["kind"] != "derivation" else nodes.make_id(f"equation-{label}")


def name_of(app: Sphinx, claim: dict[str, Any], page: str) -> str:
    """Return the name that readers know a claim by, such as "Theorem 2.1" or "(2.4)".

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application; it knows the numbers.
    claim : dict
        The claim, as in ``claims.json``.
    page : str
        The page that it stands on.

    Returns
    -------
    str
        Kind and number.
    """
    numbers = app.env.toc_fignumbers.get(page, {})
    known = getattr(app.env, "proof_list", {}).get(claim["label"])
    if known:
        number = numbers.get(known["countertype"], {}).get(claim["label"], ())
        return f"{known['realtype'].title()} {'.'.join(map(str, number))}".strip()
    number = numbers.get("displaymath", {}).get(anchor(claim), ())
    return f"({'.'.join(map(str, number))})" if number else ""


def engine(name_and_version: str) -> str:
    """Return the name by which readers know an engine; the versions stand above, once.

    Examples
    --------
    >>> engine("python-flint 0.9.0 (Arb)"), engine("SymPy 1.14.0")
    ('Arb', 'SymPy')
    """
    inner = re.search(r"\(([^)]+)\)", name_and_version)
    name = name_and_version.split()[0]
    return inner[1] if inner and name == "python-flint" else name


def axioms(verdict: dict[str, Any]) -> str:
    """Return the axioms of a formal proof, or that there are none; nothing for other tiers.

    Examples
    --------
    >>> axioms({"tier": "formal", "kind": "proved", "axioms": []})
    'none'
    """
    if verdict["tier"] != "formal" or verdict["kind"] != "proved":
        return ""
    return ", ".join(axiom.rpartition(".")[2] for axiom in verdict["axioms"]) or "none"


def used(claim: dict[str, Any], content: dict[str, Any]) -> list[str]:
    """Return what a claim uses: what its proof on the page refers to, and what proofs/ says.

    Examples
    --------
    >>> used({"label": "thm-b", "uses": ["thm-a"]}, {"uses": {"thm-b": ["thm-b", "lem-c"]}})
    ['lem-c', 'thm-a']
    """
    found = {*content["uses"].get(claim["label"], []), *claim["uses"]} - {claim["label"]}
    return sorted(found)


def entry(
    claim: dict[str, Any], name: str, href: str, page: str, rests_on: dict[str, str]
) -> str:
    """Return the HTML of one claim.

    Parameters
    ----------
    claim : dict
        The claim, as in ``claims.json``.
    name : str
        The name that readers know it by.
    href : str
        Where it stands.
    page : str
        The page that it stands on.
    rests_on : dict of str to str
        Label of each claim that it uses, and the link to it in the ledger.

    Returns
    -------
    str
        One ``<li>``.
    """
    verdict, mutants = claim["verdict"], claim["mutants"]
    proved = verdict["kind"] == "proved"
    tier = verdict["tier"] if proved else "not compiled"
    engines = ", ".join(engine(e) for e in verdict["engines"])
    label = short(claim["label"], page)
    facts = {
        "kind": claim["kind"],
        "tier": tier,
        "engines": engines,
        "mutants": _mutants(mutants),
        "seconds": f"{claim['seconds'] + claim['formal_seconds']:.2f} s",
    }
    cells = "".join(f'<span class="{key}">{escape(text)}</span>' for key, text in facts.items())
    statement = to_mathml(aligned(claim["tex"]), display=True)
    shown = f'<div class="math-scroll">{statement}</div>'
    if claim["kind"] == "derivation":
        steps = claim["steps"]
        many = f"{steps} steps" if steps > 1 else "one step"
        shown = f"<details><summary>{many}</summary>{shown}</details>"
    below = []
    if said := axioms(verdict):
        below.append(f"Axioms: {escape(said)}.")
    if rests_on:
        links = ", ".join(
            f'<a href="{escape(uri)}">{escape(short(other, page))}</a>'
            for other, uri in rests_on.items()
        )
        below.append(f"Rests on {links}.")
    rests = f'<p class="rests">{" ".join(below)}</p>' if below else ""
    heading = f'<a href="{escape(href)}">{escape(f"{name} {label}".strip())}</a>'
    return (
        f'<li id="claim-{escape(claim["label"])}" data-kind="{escape(claim["kind"])}" '
        f'data-tier="{escape(tier)}" data-engines="{escape(engines)}">'
        f'<p class="facts"><span class="name">{heading}</span>{cells}</p>{shown}{rests}</li>'
    )


def _mutants(mutants: dict[str, Any] | None) -> str:
    if not mutants:
        return "not attacked"
    text = f"{mutants['killed']} of {mutants['made']} mutants refuted"
    aside = [f"{mutants[key]} {said}" for key, said in ASIDE.items() if mutants.get(key)]
    return f"{text}; aside: {', '.join(aside)}" if aside else text
