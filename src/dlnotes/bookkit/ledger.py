"""The ledger: every claim of the book, how it was verified, by what, and what it rests on.

Pages show a line under each claim (`claim_badge`); the page with the ``{ledger}`` directive
shows all of them; ``claims.json`` beside the pages says the same to programs.
"""

from __future__ import annotations

import html
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from dlnotes.bookkit.claims import claim_badge, claims_of
from dlnotes.bookkit.entries import (
    ASIDE,
    anchor,
    axioms,
    engine,
    entry,
    name_of,
    short,
    used,
)
from dlnotes.bookkit.graph import dependency_graph
from dlnotes.bookkit.joining import OF_ONE_PAGE
from dlnotes.bookkit.pictures import data_in, inline_svg, link_to_data
from dlnotes.checking.engines.rocq import NOT_COMPILED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docutils.nodes import Node
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

__all__ = ["ledger", "setup"]

_PAGE = "ledger"
_PLURALS = {
    "theorem": "theorems",
    "derivation": "derivations",
    "definition": "definitions",
    "erratum": "errata",
}
_KINDS = ("theorem", "derivation", "definition", "erratum", "cited", "unclassified")


class ledger(nodes.General, nodes.Element):
    """Where the ledger stands; replaced when every page has been read."""


class LedgerDirective(SphinxDirective):
    """``{ledger}``: the place of the ledger on its page."""

    def run(self) -> list[Node]:
        """Return the placeholder."""
        return [ledger("")]


def _summary(claim: dict[str, Any]) -> str:
    """Return in a few words how a claim was verified."""
    verdict, mutants = claim["verdict"], claim["mutants"]
    if not claim["passed"]:
        return "not verified"
    parts = [verdict["tier"] if verdict["kind"] == "proved" else verdict["detail"]]
    if claim["steps"] > 1:
        parts.append(f"{claim['steps']} steps")
    if mutants:
        parts.append(f"{mutants['killed']} of {mutants['made']} mutants refuted")
    return " · ".join(parts)


def _show_badge(app: Sphinx, badge: claim_badge, docname: str) -> Node:
    text = nodes.Text(_summary(badge["claim"]))
    if app.builder.format == "html":
        uri = app.builder.get_relative_uri(docname, _PAGE) + f"#claim-{badge['label']}"
        shown: Node = nodes.reference("", "", text, internal=True, refuri=uri)
    elif app.builder.format == "latex":
        said = _summary(badge["claim"]).replace("·", r"$\cdot$")
        return nodes.raw("", f"\\bookverdict{{{said}}}", format="latex")
    else:
        shown = nodes.emphasis("", "", text)
    tier = badge["claim"]["verdict"]["tier"]
    return nodes.paragraph("", "", shown, classes=["claim", f"claim-{tier}"])


def _fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for badge in list(doctree.findall(claim_badge)):
        badge.replace_self(_show_badge(app, badge, docname))
    for place in list(doctree.findall(ledger)):
        place.replace_self(_ledger_nodes(app, docname))


def _pages(env: BuildEnvironment) -> list[tuple[str, dict[str, Any]]]:
    """Return the pages with displays, in the order of the book."""
    order = {name: place for place, name in enumerate(env.toctree_includes.get("index", []))}
    found = [(d, c) for d, c in claims_of(env).items() if c["displays"]]
    return sorted(found, key=lambda item: (order.get(item[0], len(order)), item[0]))


def _ledger_nodes(app: Sphinx, docname: str) -> list[Node]:
    pages = _pages(app.env)
    parts: list[Node] = [_accounted(pages), _counts(app.env, pages), _totals(pages)]
    for name, content in pages:
        if content["claims"]:
            section = nodes.section("", ids=[f"ledger-{name}"], names=[f"ledger-{name}"])
            section += nodes.title("", app.env.titles[name].astext())
            if app.builder.format == "html":
                section += _claims_list(app, docname, name, content)
                section += _graph(app, name, content)
            else:
                section += _claims_table(app, name, content)
            parts.append(section)
    return parts


def _accounted(pages: list[tuple[str, dict[str, Any]]]) -> nodes.paragraph:
    """Return the line that says whether every display is one of the kinds that may stand."""
    totals = Counter[str]()
    for _, content in pages:
        totals.update(content["displays"])
    every = "Every display equation is accounted for"
    if left := totals["unclassified"]:
        every = f"{left} display equations are not accounted for"
    kinds = ", ".join(
        f"{totals[k]} {_PLURALS.get(k, k)}" for k in _KINDS if k != "unclassified"
    )
    text = f"{every}: {sum(totals.values())} in all, of which {kinds}."
    return nodes.paragraph(text, text)


def _totals(pages: list[tuple[str, dict[str, Any]]]) -> nodes.paragraph:
    claims = [claim for _, content in pages for claim in content["claims"]]
    attacked = [claim["mutants"] for claim in claims if claim["mutants"]]
    made, killed = (sum(m[k] for m in attacked) for k in ("made", "killed"))
    tiers = Counter(c["verdict"]["tier"] for c in claims if c["verdict"]["kind"] == "proved")
    known = ", ".join(f"{n} {tier}" for tier, n in sorted(tiers.items()))
    engines = sorted({engine for c in claims for engine in c["verdict"]["engines"]})
    waiting = sum(c["verdict"]["detail"] == NOT_COMPILED for c in claims)
    text = f"{len(claims)} claims: {known}. {killed} of {made} mutants refuted"
    aside = {said: sum(m[key] for m in attacked) for key, said in ASIDE.items()}
    if any(aside.values()):
        counted = ", ".join(f"{count} {said}" for said, count in aside.items() if count)
        text += f"; set aside and counted by themselves: {counted}"
    seconds = sum(c["seconds"] + c["formal_seconds"] for c in claims)
    text += f". {seconds:.0f} seconds of checking."
    if waiting:
        text += f" {waiting} formal proofs were not compiled in this build."
    text += f" Engines: {', '.join(engines)}."
    if names := sorted({axiom for c in claims for axiom in c["verdict"]["axioms"]}):
        text += f" Axioms of formal proofs: {', '.join(n.rpartition('.')[2] for n in names)}."
    return nodes.paragraph(text, text)


def _counts(env: BuildEnvironment, pages: list[tuple[str, dict[str, Any]]]) -> nodes.container:
    """Return the counts by page, in the box in which the theme lets a wide table scroll."""
    rows = [
        [env.titles[name].astext(), *(str(content["displays"].get(k, 0)) for k in _KINDS)]
        for name, content in pages
    ]
    total = ["The book", *(str(sum(c["displays"].get(k, 0) for _, c in pages)) for k in _KINDS)]
    head = ["Page", *(_PLURALS.get(kind, kind).capitalize() for kind in _KINDS)]
    table = _table(head, [[[nodes.Text(cell)] for cell in row] for row in [*rows, total]])
    table["classes"].append("counts")
    return nodes.container("", table, classes=["table-wrapper"])


def _claims_list(app: Sphinx, here: str, name: str, content: dict[str, Any]) -> nodes.raw:
    page = app.builder.get_relative_uri(here, name)
    known = {c["label"] for _, other in _pages(app.env) for c in other["claims"]}
    entries = [
        entry(
            claim,
            name_of(app, claim, name),
            f"{page}#{anchor(claim)}",
            name,
            {label: f"#claim-{label}" for label in used(claim, content) if label in known},
        )
        for claim in content["claims"]
    ]
    return nodes.raw("", f'<ol class="ledger">{"".join(entries)}</ol>', format="html")


def _claims_table(app: Sphinx, name: str, content: dict[str, Any]) -> nodes.table:
    rows: list[list[list[Node]]] = []
    for claim in content["claims"]:
        verdict, mutants = claim["verdict"], claim["mutants"]
        cells = [
            f"{name_of(app, claim, name)} {short(claim['label'], name)}".strip(),
            verdict["tier"] if verdict["kind"] == "proved" else "not compiled",
            ", ".join(engine(e) for e in verdict["engines"]),
            f"{mutants['killed']}/{mutants['made']}" if mutants else "none",
            _counted(axioms(verdict)),
            ", ".join(short(other, name) for other in used(claim, content)),
            f"{claim['seconds'] + claim['formal_seconds']:.2f}",
        ]
        rows.append([[nodes.Text(cell)] for cell in cells])
    head = ["Claim", "Tier", "Engines", "Mutants", "Axioms", "Uses", "Seconds"]
    table = _table(head, rows)
    if app.builder.format == "latex":
        table["classes"] += ["colwidths-given", "longtable"]
        shares = (30, 10, 14, 11, 8, 18, 9)
        for column, share in zip(table.findall(nodes.colspec), shares, strict=True):
            column["colwidth"] = share
    return table


def _counted(axioms: str) -> str:
    """Return how many axioms there are: their names, always the same few, stand above once."""
    return axioms if axioms in ("", "none") else str(axioms.count(",") + 1)


def _graph(app: Sphinx, name: str, content: dict[str, Any]) -> list[Node]:
    """Return the picture of what rests on what; the entries say the same in words."""
    known = {claim["label"] for claim in content["claims"]}
    uses = {
        short(claim["label"], name): [
            short(u, name) for u in used(claim, content) if u in known
        ]
        for claim in content["claims"]
    }
    if not any(uses.values()) or app.builder.format != "html":
        return []
    spoken = "; ".join(
        f"{claim} uses {', '.join(others)}" for claim, others in uses.items() if others
    )
    svg = dependency_graph(uses).to_bytes("svg").decode()
    title = app.env.titles[name].astext()
    caption = (
        f"What rests on what in the chapter “{title}”: an arrow leads to the claim that uses."
    )
    anchor = f"fig-ledger-{name}"
    link = f'<a class="headerlink" href="#{anchor}" title="Link to this image">¶</a>'
    figure = (
        f'<figure id="{anchor}">{inline_svg(svg, f"Graph of dependencies. {spoken}.")}'
        f"<figcaption><p>{html.escape(caption)}{link}</p></figcaption>"
        f"{link_to_data(app, _PAGE, anchor, data_in(svg)).astext()}</figure>"
    )
    return [nodes.raw("", figure, format="html")]


def _table(head: list[str], rows: Iterable[list[list[Node]]]) -> nodes.table:
    def row(cells: Iterable[list[Node]]) -> nodes.row:
        return nodes.row(
            "", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells)
        )

    titles: list[list[Node]] = [[nodes.Text(title)] for title in head]
    rows = list(rows)
    widths = [
        max(sum(len(node.astext()) for node in cell) for cell in column)
        for column in zip(titles, *rows, strict=True)
    ]
    group = nodes.tgroup(
        "",
        *(nodes.colspec(colwidth=min(max(width, 1), 40)) for width in widths),
        nodes.thead("", row(titles)),
        nodes.tbody("", *(row(cells) for cells in rows)),
        cols=len(head),
    )
    return nodes.table("", group)


def _always_write(app: Sphinx, env: BuildEnvironment) -> Iterator[str]:
    """Have the ledger written again whenever a page is read: it shows what pages hold."""
    if _PAGE in env.found_docs:
        yield _PAGE


def _write_json(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    pages = _pages(app.env)
    data = {
        "claims": [claim for _, content in pages for claim in content["claims"]],
        "displays": {name: content["displays"] for name, content in pages},
    }
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    (Path(app.outdir) / "claims.json").write_text(text, encoding="utf-8")


def _filters(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Load the script of the filters on the ledger's page, and on no other."""
    if page == _PAGE:
        app.add_js_file("ledger.js", priority=OF_ONE_PAGE, defer="defer")


def setup(app: Sphinx) -> None:
    """Register the ledger.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application.
    """
    app.add_node(claim_badge)
    app.add_node(ledger)
    app.add_directive("ledger", LedgerDirective)
    app.connect("env-updated", _always_write)
    app.connect("doctree-resolved", _fill)
    app.connect("html-page-context", _filters)
    app.connect("build-finished", _write_json)
