"""A convolutional network as a list of operations, and two things to do with it.

`fold_batch_norms` takes the normalisations into the convolutions before them; `run` computes
the network with NumPy, slowly and plainly, which is what the fast engine is checked against.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["Graph", "Node", "fold_batch_norms", "run"]


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One operation on arrays of shape (images, channels, height, width).

    Parameters
    ----------
    kind : str
        "convolution", "batch_norm", "relu", "relu6", "add", "concatenate", "max_pool", "mean"
        (over height and width, which it removes) or "dense".
    inputs : tuple of str
        Names of what it reads.
    output : str
        Name of what it writes.
    weights : tuple of numpy.ndarray
        Of a convolution: kernel (out, in / groups, height, width) and bias; of a dense layer:
        matrix (out, in) and bias; of a batch norm: scale and shift of each channel.
    stride : int
        Step of a convolution or a pooling, the same in both directions.
    pads : tuple of int
        Zeros put around before a convolution: top, left, bottom, right.
    groups : int
        1, or as many as there are channels, each of which then has its own kernel.
    window : int
        Side of the window of a pooling.

    Examples
    --------
    >>> Node("relu", ("x",), "y").groups
    1
    """

    kind: str
    inputs: tuple[str, ...]
    output: str
    weights: tuple[NDArray[Any], ...] = ()
    stride: int = 1
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)
    groups: int = 1
    window: int = 1


@dataclass(slots=True)
class Graph:
    """A network: its input, its operations in order, and the names of its outputs.

    Parameters
    ----------
    side : int
        Height and width of the pictures that it takes.
    nodes : list of Node
        Each reads what the input "pictures" or an earlier node has written.
    outputs : dict of str to str
        What is returned, and by which name it is known among the nodes.

    Examples
    --------
    >>> graph = Graph(side=2)
    >>> graph.add("mean", "pictures")
    'mean 1'
    >>> len(graph.nodes)
    1
    """

    side: int
    nodes: list[Node] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, *inputs: str, **settings: Any) -> str:
        """Append an operation and return the name of what it writes.

        Parameters
        ----------
        kind : str
            What it does.
        *inputs : str
            Names of what it reads.
        **settings : object
            The other fields of `Node`.

        Returns
        -------
        str
            The name of its output.

        Examples
        --------
        >>> Graph(side=2).add("relu", "pictures")
        'relu 1'
        """
        output = f"{kind} {len(self.nodes) + 1}"
        self.nodes.append(Node(kind, inputs, output, **settings))
        return output


def fold_batch_norms(graph: Graph) -> Graph:
    r"""Take each batch norm into the convolution whose output it reads.

    At inference a batch norm is :math:`x \mapsto s x + t` with one :math:`s` and :math:`t` a
    channel, and an affine map after an affine map is one affine map.

    Parameters
    ----------
    graph : Graph
        A network; a convolution before a batch norm is read by nothing else.

    Returns
    -------
    Graph
        The same function, without batch norms.

    Raises
    ------
    ValueError
        If a batch norm does not stand behind a convolution of its own.

    Examples
    --------
    >>> import numpy as np
    >>> graph = Graph(side=1)
    >>> kernel, bias = np.full((1, 1, 1, 1), 2.0), np.zeros(1)
    >>> x = graph.add("convolution", "pictures", weights=(kernel, bias))
    >>> x = graph.add("batch_norm", x, weights=(np.array([10.0]), np.array([1.0])))
    >>> graph.outputs["logits"] = x
    >>> folded = fold_batch_norms(graph)
    >>> [node.kind for node in folded.nodes], folded.nodes[0].weights[0].item()
    (['convolution'], 20.0)
    """
    readers: dict[str, int] = {}
    for node in graph.nodes:
        for name in node.inputs:
            readers[name] = readers.get(name, 0) + 1
    done: dict[str, Node] = {}
    for node in graph.nodes:
        if node.kind != "batch_norm":
            done[node.output] = node
            continue
        before = done.pop(node.inputs[0], None)
        if before is None or before.kind != "convolution" or readers[before.output] != 1:
            msg = f"{node.output!r} must read a convolution that nothing else reads"
            raise ValueError(msg)
        (kernel, bias), (scale, shift) = before.weights, node.weights
        done[node.output] = replace(
            before,
            output=node.output,
            weights=(
                kernel * scale[:, np.newaxis, np.newaxis, np.newaxis],
                bias * scale + shift,
            ),
        )
    return Graph(graph.side, list(done.values()), dict(graph.outputs))


def run(graph: Graph, pictures: NDArray[Any]) -> Mapping[str, NDArray[Any]]:
    """Compute a network with NumPy.

    Parameters
    ----------
    graph : Graph
        The network.
    pictures : numpy.ndarray, shape (images, channels, side, side)
        What it takes; the arithmetic is done in its precision.

    Returns
    -------
    dict of str to numpy.ndarray
        The outputs of the network by name.

    Raises
    ------
    ValueError
        If the pictures have the wrong shape.

    Examples
    --------
    >>> import numpy as np
    >>> graph = Graph(side=2)
    >>> graph.outputs["logits"] = graph.add("mean", "pictures")
    >>> run(graph, np.array([[[[1.0, 2.0], [3.0, 6.0]]]]))["logits"]
    array([[3.]])
    """
    if pictures.ndim != 4 or pictures.shape[2:] != (graph.side, graph.side):
        msg = (
            f"pictures must have shape (images, channels, {graph.side}, {graph.side}), "
            f"got {pictures.shape}"
        )
        raise ValueError(msg)
    known = {"pictures": pictures}
    for node in graph.nodes:
        values = [known[name] for name in node.inputs]
        weights = tuple(weight.astype(pictures.dtype) for weight in node.weights)
        known[node.output] = _OPERATIONS[node.kind](node, weights, *values)
    return {name: known[source] for name, source in graph.outputs.items()}


def _convolution(node: Node, weights: Any, x: NDArray[Any]) -> NDArray[Any]:
    """Add up one shifted picture for each tap of the kernel."""
    kernel, bias = weights
    top, left, bottom, right = node.pads
    x = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
    high, wide = kernel.shape[2:]
    rows = (x.shape[2] - high) // node.stride + 1
    columns = (x.shape[3] - wide) // node.stride + 1
    total = np.zeros((x.shape[0], kernel.shape[0], rows, columns), x.dtype)
    for i in range(high):
        for j in range(wide):
            shifted = x[
                :,
                :,
                i : i + node.stride * (rows - 1) + 1 : node.stride,
                j : j + node.stride * (columns - 1) + 1 : node.stride,
            ]
            tap = kernel[:, :, i, j]
            if node.groups == 1:
                flat = shifted.reshape(*shifted.shape[:2], -1)
                total += (tap @ flat).reshape(total.shape)
            else:  # as many groups as channels: each is filtered by itself
                total += tap.reshape(1, -1, 1, 1) * shifted
    return np.asarray(total + bias[:, np.newaxis, np.newaxis])


def _max_pool(node: Node, _: Any, x: NDArray[Any]) -> NDArray[Any]:
    windows = np.lib.stride_tricks.sliding_window_view(x, (node.window, node.window), (2, 3))
    return np.asarray(windows[:, :, :: node.stride, :: node.stride].max(axis=(-2, -1)))


_OPERATIONS: dict[str, Any] = {
    "convolution": _convolution,
    "batch_norm": lambda _, w, x: x * w[0][:, None, None] + w[1][:, None, None],
    "relu": lambda _, w, x: np.maximum(x, 0),
    "relu6": lambda _, w, x: np.clip(x, 0, 6),
    "add": lambda _, w, x, y: x + y,
    "concatenate": lambda _, w, *xs: np.concatenate(xs, axis=1),
    "max_pool": _max_pool,
    "mean": lambda _, w, x: x.mean(axis=(2, 3)),
    "dense": lambda _, w, x: x @ w[0].T + w[1],
}
