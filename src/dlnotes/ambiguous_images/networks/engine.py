"""A network made fast: written as an ONNX model and run by ONNX Runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from dlnotes.ambiguous_images.networks.graphs import Graph, Node

__all__ = ["as_onnx", "start"]

_OPSET = 17  # of 2022: any ONNX Runtime of the last years runs it
_KINDS = {
    "convolution": "Conv",
    "relu": "Relu",
    "relu6": "Clip",
    "add": "Add",
    "concatenate": "Concat",
    "max_pool": "MaxPool",
    "mean": "ReduceMean",
    "dense": "Gemm",
}


def as_onnx(graph: Graph) -> bytes:
    """Write a network as an ONNX model.

    Parameters
    ----------
    graph : Graph
        The network, with its batch norms folded.

    Returns
    -------
    bytes
        A model with the input "pictures" and the outputs of the graph, checked by the package
        ``onnx``.

    Raises
    ------
    ImportError
        If the package ``onnx`` is not installed.
    ValueError
        If the graph holds a batch norm.

    Examples
    --------
    >>> from dlnotes.ambiguous_images.networks.graphs import Graph
    >>> graph = Graph(side=2)
    >>> x = graph.add("batch_norm", "pictures")
    >>> as_onnx(graph)
    Traceback (most recent call last):
    ...
    ValueError: graph must have its batch norms folded, 'batch_norm 1' is one
    """
    for node in graph.nodes:
        if node.kind == "batch_norm":
            msg = f"graph must have its batch norms folded, {node.output!r} is one"
            raise ValueError(msg)
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    constants = [
        numpy_helper.from_array(np.array(value, np.float32), name)
        for name, value in (("zero", 0), ("six", 6))
    ]
    nodes = []
    for node in graph.nodes:
        names = [f"{node.output}, weights {i}" for i in range(len(node.weights))]
        constants += [
            numpy_helper.from_array(np.ascontiguousarray(weight, dtype=np.float32), name)
            for name, weight in zip(names, node.weights, strict=True)
        ]
        if node.kind == "relu6":
            names = ["zero", "six"]
        nodes.append(
            helper.make_node(
                _KINDS[node.kind], [*node.inputs, *names], [node.output], **_attributes(node)
            )
        )
    for name, source in graph.outputs.items():
        nodes.append(helper.make_node("Identity", [source], [name]))
    shape: list[str | int | None] = ["images", 3, graph.side, graph.side]
    model = helper.make_model(
        helper.make_graph(
            nodes,
            "network",
            [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, shape)],
            [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, ["images", None])
                for name in graph.outputs
            ],
            constants,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=8,
    )
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def _attributes(node: Node) -> dict[str, Any]:
    match node.kind:
        case "convolution":
            return {
                "kernel_shape": node.weights[0].shape[2:],
                "strides": (node.stride, node.stride),
                "pads": node.pads,
                "group": node.groups,
            }
        case "max_pool":
            return {"kernel_shape": (node.window,) * 2, "strides": (node.stride,) * 2}
        case "mean":
            return {"axes": (2, 3), "keepdims": 0}
        case "concatenate":
            return {"axis": 1}
        case "dense":
            return {"transB": 1}
        case _:
            return {}


def start(model: bytes, *, threads: int = 1) -> Any:
    """Start ONNX Runtime on a model.

    Parameters
    ----------
    model : bytes
        What `as_onnx` returned.
    threads : int
        How many threads one call may use. They sleep while they wait: threads that spin would
        take the processor from whoever else works on the machine.

    Returns
    -------
    onnxruntime.InferenceSession
        Ready to run.

    Raises
    ------
    ImportError
        If the package ``onnxruntime`` is not installed.

    Examples
    --------
    >>> start(b"no model")
    Traceback (most recent call last):
    ...
    ValueError: model must be an ONNX model, got 8 bytes that ONNX Runtime cannot read
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # errors only: what is fatal is raised
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its own exception types have no common public base
        msg = (
            f"model must be an ONNX model, got {len(model)} bytes that ONNX Runtime cannot read"
        )
        raise ValueError(msg) from error
