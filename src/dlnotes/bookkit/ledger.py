"""The ledger: every claim of the book, how it was verified, by what, and what it rests on.

Pages show a line under each claim (`claim_badge`); the page with the ``{ledger}`` directive
shows all of them; ``claims.json`` beside the pages says the same to programs.
"""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from dlnotes.bookkit.claims import claim_badge, claims_of
from dlnotes.bookkit.graph import dependency_graph
from dlnotes.bookkit.pictures import inline_svg
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
    parts: list[Node] = [_counts(app.env, pages), _totals(pages)]
    for name, content in pages:
        if content["claims"]:
            section = nodes.section("", ids=[f"ledger-{name}"], names=[f"ledger-{name}"])
            section += nodes.title("", app.env.titles[name].astext())
            section += _claims_table(app, docname, name, content)
            section += _graph(app, name, content)
            parts.append(section)
    return parts


def _totals(pages: list[tuple[str, dict[str, Any]]]) -> nodes.paragraph:
    claims = [claim for _, content in pages for claim in content["claims"]]
    attacked = [claim["mutants"] for claim in claims if claim["mutants"]]
    made, killed = (sum(m[k] for m in attacked) for k in ("made", "killed"))
    tiers = Counter(c["verdict"]["tier"] for c in claims if c["verdict"]["kind"] == "proved")
    known = ", ".join(f"{n} {tier}" for tier, n in sorted(tiers.items()))
    engines = sorted({engine for c in claims for engine in c["verdict"]["engines"]})
    waiting = sum(c["verdict"]["detail"] == NOT_COMPILED for c in claims)
    text = (
        f"{len(claims)} claims: {known}. {killed} of {made} mutants refuted. "
        f"{sum(c['seconds'] for c in claims):.0f} seconds of checking."
    )
    if waiting:
        text += f" {waiting} formal proofs were not compiled in this build."
    text += f" Engines: {', '.join(engines)}."
    return nodes.paragraph(text, text)


def _counts(env: BuildEnvironment, pages: list[tuple[str, dict[str, Any]]]) -> nodes.table:
    rows = [
        [env.titles[name].astext(), *(str(content["displays"].get(k, 0)) for k in _KINDS)]
        for name, content in pages
    ]
    total = ["The book", *(str(sum(c["displays"].get(k, 0) for _, c in pages)) for k in _KINDS)]
    head = [
        "Displays on the page",
        *(_PLURALS.get(kind, kind) for kind in _KINDS),
    ]
    return _table(head, [[[nodes.Text(cell)] for cell in row] for row in [*rows, total]])


def _claims_table(app: Sphinx, here: str, name: str, content: dict[str, Any]) -> nodes.table:
    rows: list[list[list[Node]]] = []
    for claim in content["claims"]:
        label, verdict, mutants = claim["label"], claim["verdict"], claim["mutants"]
        link: Node = nodes.Text(_short(label, name))
        if app.builder.format == "html":
            anchor = (
                label if claim["kind"] != "derivation" else nodes.make_id(f"equation-{label}")
            )
            uri = f"{app.builder.get_relative_uri(here, name)}#{anchor}"
            link = nodes.reference("", _short(label, name), internal=True, refuri=uri)
        rows.append(
            [
                [link],
                [nodes.Text(claim["kind"])],
                [
                    nodes.Text(
                        verdict["tier"] if verdict["kind"] == "proved" else "not compiled"
                    )
                ],
                [nodes.Text(", ".join(_engine(e) for e in verdict["engines"]))],
                [nodes.Text(f"{mutants['killed']}/{mutants['made']}" if mutants else "none")],
                [nodes.Text(_axioms(verdict))],
                [nodes.Text(", ".join(_short(used, name) for used in _used(claim, content)))],
                [nodes.Text(f"{claim['seconds']:.2f}")],
            ]
        )
    head = ["Claim", "Kind", "Tier", "Engines", "Mutants refuted", "Axioms", "Uses", "Seconds"]
    table = _table(head, rows)
    table["classes"].append("ledger")
    for line, one in zip(table.findall(nodes.row), [None, *content["claims"]], strict=True):
        if one is not None:  # the first row is the head
            line["ids"] = [f"claim-{one['label']}"]
            line["classes"] = [f"tier-{one['verdict']['tier']}"]
    return table


def _graph(app: Sphinx, name: str, content: dict[str, Any]) -> list[Node]:
    """Return the picture of what rests on what; the column "Uses" says the same in words."""
    known = {claim["label"] for claim in content["claims"]}
    uses = {
        _short(claim["label"], name): [
            _short(u, name) for u in _used(claim, content) if u in known
        ]
        for claim in content["claims"]
    }
    if app.builder.format != "html" or not any(uses.values()):
        return []
    spoken = "; ".join(
        f"{claim} uses {', '.join(used)}" for claim, used in uses.items() if used
    )
    svg = dependency_graph(uses).to_bytes("svg").decode()
    title = app.env.titles[name].astext()
    caption = (
        f"What rests on what in the chapter “{title}”: an arrow leads to the claim that uses."
    )
    figure = (
        f"<figure>{inline_svg(svg, f'Graph of dependencies. {spoken}.')}"
        f"<figcaption>{html.escape(caption)}</figcaption></figure>"
    )
    return [nodes.raw("", figure, format="html")]


def _short(label: str, name: str) -> str:
    """Return a label without its kind and chapter, which are the same for all."""
    return label.partition("-")[2].removeprefix(name).removeprefix("-") or label


def _used(claim: dict[str, Any], content: dict[str, Any]) -> list[str]:
    """Return what a claim uses: what its proof on the page refers to, and what proofs/ says."""
    found = {*content["uses"].get(claim["label"], []), *claim["uses"]} - {claim["label"]}
    return sorted(found)


def _engine(name_and_version: str) -> str:
    """Return the name by which readers know an engine; the versions stand above, once."""
    inner = re.search(r"\(([^)]+)\)", name_and_version)
    name = name_and_version.split()[0]
    return inner[1] if inner and name == "python-flint" else name


def _axioms(verdict: dict[str, Any]) -> str:
    if verdict["tier"] != "formal" or verdict["kind"] != "proved":
        return ""
    return ", ".join(axiom.rpartition(".")[2] for axiom in verdict["axioms"]) or "none"


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
        app.add_js_file("ledger.js", defer="defer")


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
