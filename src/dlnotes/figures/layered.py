"""Layered layout of a directed graph of boxes, after Sugiyama.

The library igraph orders the nodes of each layer so that few edges cross, gives them places,
and routes long edges between the boxes. It takes all boxes for equally wide; what is done here
is to make room for the width that each has.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Layout", "lay_out", "layers_of", "spread"]

_BEND = 0.12  # width that an edge needs on its way past the boxes of a layer
_SWEEPS = 40


@dataclass(frozen=True)
class Layout:
    """Where to draw the nodes and edges of a graph.

    Attributes
    ----------
    places : dict
        Horizontal place and layer, counted from the top, of each node.
    routes : list of list
        For each edge the places that it passes, both ends included; one in each layer.
    """

    places: dict[Any, tuple[float, int]]
    routes: list[list[tuple[float, int]]]


def layers_of(nodes: Sequence[Any], edges: Sequence[tuple[Any, Any]]) -> dict[Any, int]:
    """Return the layer of each node: one below its lowest operand.

    Parameters
    ----------
    nodes : sequence
        The nodes, in topological order.
    edges : sequence of pair
        From node to node.

    Returns
    -------
    dict
        The layers, from 0. What has no operand stands just above its first use.

    Examples
    --------
    >>> layers_of("abcd", [("a", "b"), ("b", "d"), ("c", "d")])
    {'a': 0, 'b': 1, 'c': 1, 'd': 2}
    """
    above: dict[Any, list[Any]] = {node: [] for node in nodes}
    below: dict[Any, list[Any]] = {node: [] for node in nodes}
    for source, target in edges:
        above[target].append(source)
        below[source].append(target)
    layers: dict[Any, int] = {}
    for node in nodes:
        layers[node] = 1 + max((layers[k] for k in above[node]), default=-1)
    for node in nodes:
        if not above[node]:
            layers[node] = min((layers[k] for k in below[node]), default=1) - 1
    return layers


def spread(wanted: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """Return positions near the wanted ones, in order and at least the gaps apart.

    Parameters
    ----------
    wanted : sequence of float
        Where each would like to be.
    gaps : sequence of float
        The least distance between each and the next, one fewer.

    Returns
    -------
    list of float
        The least-squares solution. Neighbours that would overlap are merged into blocks, each
        at the mean of what its members want (isotonic regression).

    Examples
    --------
    >>> spread([0.0, 0.0, 5.0], [1.0, 1.0])
    [-0.5, 0.5, 5.0]
    """
    offsets = np.concatenate([[0.0], np.cumsum(gaps)])
    blocks: list[tuple[float, int]] = []  # mean of wanted minus offset, and size
    for want, offset in zip(wanted, offsets, strict=True):
        mean, size = want - offset, 1
        while blocks and blocks[-1][0] > mean:
            before, count = blocks.pop()
            mean, size = (mean * size + before * count) / (size + count), size + count
        blocks.append((mean, size))
    means = [mean for mean, size in blocks for _ in range(size)]
    return [float(mean + offset) for mean, offset in zip(means, offsets, strict=True)]


def lay_out(
    widths: Mapping[Any, float], edges: Sequence[tuple[Any, Any]], *, gap: float
) -> Layout:
    """Place the nodes of a directed acyclic graph in layers.

    Parameters
    ----------
    widths : mapping
        The nodes in topological order, each with the width of its box.
    edges : sequence of pair
        From node to node; an edge may be there twice.
    gap : float
        The least distance between two boxes of a layer.

    Returns
    -------
    Layout
        No two boxes of a layer overlap, and no edge passes through a box.

    Raises
    ------
    ModuleNotFoundError
        If igraph is not installed.

    Examples
    --------
    >>> layout = lay_out({"x": 1.0, "z": 2.0}, [("x", "z")], gap=0.5)
    >>> [layer for _, layer in layout.places.values()]
    [0, 1]
    """
    import igraph  # only pictures of graphs need it

    nodes = list(widths)
    number = {node: k for k, node in enumerate(nodes)}
    layers = layers_of(nodes, edges)
    graph = igraph.Graph(
        n=len(nodes), edges=[(number[a], number[b]) for a, b in edges], directed=True
    )
    column = gap + max(widths.values())
    found = graph.layout_sugiyama(layers=[layers[node] for node in nodes], hgap=column)
    # Each row holds boxes and the bends of edges that pass it, in igraph's order.
    x: dict[Any, float] = {node: found[number[node]][0] for node in nodes}
    size: dict[Any, float] = dict(widths)
    rows: dict[int, list[Any]] = {}
    for node in nodes:
        rows.setdefault(layers[node], []).append(node)
    chains: list[list[Any]] = []
    for k, (source, target) in enumerate(edges):
        chain: list[Any] = [source]
        between = range(layers[source] + 1, layers[target])
        for layer, (place, _) in zip(between, _bends(found, k), strict=True):
            bend = (k, layer)
            x[bend], size[bend] = place, _BEND
            rows[layer].append(bend)
            chain.append(bend)
        chains.append([*chain, target])
    near: dict[Any, list[Any]] = {key: [] for key in x}
    for chain in chains:
        for a, b in pairwise(chain):
            near[a].append(b)
            near[b].append(a)
    for row in rows.values():
        row.sort(key=x.__getitem__)
    for sweep in range(_SWEEPS):
        for layer in sorted(rows, reverse=bool(sweep % 2)):
            row = rows[layer]
            # A bend listens to its edge alone, so that long edges become straight.
            want = [float(np.mean([x[n] for n in near[k]])) if near[k] else x[k] for k in row]
            gaps = [(size[a] + size[b]) / 2 + gap for a, b in pairwise(row)]
            x.update(zip(row, spread(want, gaps), strict=True))
    places = {node: (x[node], layers[node]) for node in nodes}
    routes = []
    for chain in chains:
        first = layers[chain[0]]
        routes.append([(x[key], first + k) for k, key in enumerate(chain)])
    return Layout(places, routes)


def _bends(found: Any, edge: int) -> list[tuple[float, float]]:
    """Return the control points of an edge from top to bottom."""
    return sorted(((px, py) for px, py in found.edge_routing[edge]), key=lambda p: p[1])
