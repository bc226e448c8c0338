"""The two families of networks of the chapter, built from their weights.

M. Tan and Q. V. Le, "EfficientNet: rethinking model scaling for convolutional neural networks",
ICML 2019, 6105-6114; the Lite variants leave out squeeze-and-excitation, use ReLU6, and do not
scale the first and the last stage. F. N. Iandola et al., "SqueezeNet: AlexNet-level accuracy
with 50x fewer parameters and <0.5MB model size", arXiv:1602.07360 (2016), in its version 1.1.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes.ambiguous_images.networks.graphs import Graph

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["efficientnet_lite", "squeezenet"]

_STAGES = ((1, 1), (2, 2), (2, 2), (3, 2), (3, 1), (4, 2), (1, 1))  # blocks and first stride
_EPSILON = 1e-3  # of the batch norms, TensorFlow's


def efficientnet_lite(
    weights: Mapping[str, NDArray[Any]], *, side: int, depth: float = 1.0
) -> Graph:
    """Build an EfficientNet-Lite; its width is read off the weights.

    Parameters
    ----------
    weights : mapping of str to numpy.ndarray
        Under the names of the PyTorch implementation, such as ``_blocks.0._bn1.weight``.
    side : int
        Height and width of the pictures.
    depth : float
        Factor of the number of blocks in the five stages in the middle.

    Returns
    -------
    Graph
        With the outputs "logits" and "features", the input of the last layer.

    Raises
    ------
    ValueError
        If a weight is missing, or some are left over: then `depth` is not that of the weights.

    Examples
    --------
    >>> efficientnet_lite({}, side=224)
    Traceback (most recent call last):
    ...
    ValueError: weights must hold '_conv_stem.weight', got 0 arrays without it
    """
    graph = Graph(side)
    used: set[str] = set()

    def take(name: str) -> NDArray[Any]:
        if name not in weights:
            msg = f"weights must hold {name!r}, got {len(weights)} arrays without it"
            raise ValueError(msg)
        used.add(name)
        return weights[name]

    def convolution(
        x: str, size: int, layer: str, norm: str, *, stride: int = 1, active: bool = True
    ) -> tuple[str, int]:
        kernel = take(f"{layer}.weight")
        scale = take(f"{norm}.weight") / np.sqrt(take(f"{norm}.running_var") + _EPSILON)
        shift = take(f"{norm}.bias") - take(f"{norm}.running_mean") * scale
        out, pads = _same(size, kernel.shape[2], stride)
        groups = kernel.shape[0] if layer.endswith("_depthwise_conv") else 1
        bias = np.zeros(kernel.shape[0], kernel.dtype)
        x = graph.add(
            "convolution", x, weights=(kernel, bias), stride=stride, pads=pads, groups=groups
        )
        x = graph.add("batch_norm", x, weights=(scale, shift))
        return graph.add("relu6", x) if active else x, out

    x, size = convolution("pictures", side, "_conv_stem", "_bn0", stride=2)
    block = 0
    for stage, (blocks, first_stride) in enumerate(_STAGES):
        ends = stage in (0, len(_STAGES) - 1)
        for position in range(blocks if ends else math.ceil(blocks * depth)):
            name = f"_blocks.{block}."
            before = x
            if stage > 0:  # the first stage has nothing to expand
                x, size = convolution(x, size, f"{name}_expand_conv", f"{name}_bn0")
            stride = first_stride if position == 0 else 1
            x, size = convolution(
                x, size, f"{name}_depthwise_conv", f"{name}_bn1", stride=stride
            )
            x, size = convolution(x, size, f"{name}_project_conv", f"{name}_bn2", active=False)
            if position > 0:
                x = graph.add("add", x, before)
            block += 1
    x, size = convolution(x, size, "_conv_head", "_bn1")
    features = graph.add("mean", x)
    logits = graph.add("dense", features, weights=(take("_fc.weight"), take("_fc.bias")))
    left = {name for name in weights if not name.endswith("num_batches_tracked")} - used
    if left:
        msg = f"weights must fit depth={depth!r}, which has no place for {min(left)!r}"
        raise ValueError(msg)
    graph.outputs.update(logits=logits, features=features)
    return graph


def _same(size: int, window: int, stride: int) -> tuple[int, tuple[int, int, int, int]]:
    """TensorFlow's padding "same": of an odd number of zeros the larger half is at the end."""
    out = -(-size // stride)
    zeros = max((out - 1) * stride + window - size, 0)
    before = zeros // 2
    return out, (before, before, zeros - before, zeros - before)


def squeezenet(weights: Mapping[str, Any], *, side: int = 227) -> Graph:
    """Build SqueezeNet 1.1.

    Parameters
    ----------
    weights : mapping of str to (kernel, bias)
        Under the names of Keras; kernels have the shape (height, width, in, out).
    side : int
        Height and width of the pictures.

    Returns
    -------
    Graph
        With the outputs "logits" and "features", the mean over the picture of what the last
        convolution reads.

    Raises
    ------
    ValueError
        If a weight is missing.

    Examples
    --------
    >>> squeezenet({})
    Traceback (most recent call last):
    ...
    ValueError: weights must hold 'conv1', got none of that name
    """
    graph = Graph(side)

    def convolution(x: str, name: str, *, stride: int = 1, pad: int = 0) -> str:
        if name not in weights:
            msg = f"weights must hold {name!r}, got none of that name"
            raise ValueError(msg)
        kernel, bias = weights[name]
        kernel = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
        return graph.add(
            "convolution", x, weights=(kernel, bias), stride=stride, pads=(pad,) * 4
        )

    def fire(x: str, number: int) -> str:
        squeezed = graph.add("relu", convolution(x, f"fire{number}/squeeze1x1"))
        small = graph.add("relu", convolution(squeezed, f"fire{number}/expand1x1"))
        large = graph.add("relu", convolution(squeezed, f"fire{number}/expand3x3", pad=1))
        return graph.add("concatenate", small, large)

    x = graph.add("relu", convolution("pictures", "conv1", stride=2))
    for numbers in ((2, 3), (4, 5), (6, 7, 8, 9)):
        x = graph.add("max_pool", x, window=3, stride=2)
        for number in numbers:
            x = fire(x, number)
    features = graph.add("mean", x)
    logits = graph.add("mean", graph.add("relu", convolution(x, "conv10")))
    graph.outputs.update(logits=logits, features=features)
    return graph
