"""Which affine maps a linear network of given widths can represent: those of low rank."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from dlnotes._arguments import as_integer
from dlnotes.linear_networks.affine import Affine, require_affine

__all__ = ["factorise", "maximal_rank"]


def _as_widths(widths: Iterable[int]) -> tuple[int, ...]:
    try:
        sizes = tuple(widths)
    except TypeError as error:
        msg = f"widths must be a sequence of integers, got {widths!r}"
        raise TypeError(msg) from error
    sizes = tuple(as_integer(width, f"widths[{i}]", least=1) for i, width in enumerate(sizes))
    if len(sizes) < 2:
        msg = f"widths must name at least the input and the output width, got {sizes}"
        raise ValueError(msg)
    return sizes


def maximal_rank(widths: Iterable[int]) -> int:
    """Return the largest rank that a linear network of these widths can have.

    Parameters
    ----------
    widths : iterable of int
        The number of inputs, of units in each hidden layer, and of outputs.

    Returns
    -------
    int
        The smallest width. The bound is attained, see `factorise`.

    Raises
    ------
    TypeError
        If a width is not an integer.
    ValueError
        If there are fewer than two widths or one is below 1.

    Examples
    --------
    >>> maximal_rank([784, 256, 32, 256, 784])
    32
    """
    return min(_as_widths(widths))


def factorise(affine: Affine, widths: Iterable[int]) -> list[Affine]:
    r"""Write an affine map as a linear network of prescribed widths.

    Parameters
    ----------
    affine : Affine
        The map to represent.
    widths : iterable of int
        The number of inputs, of units in each hidden layer, and of outputs. The first
        and the last must be those of `affine`.

    Returns
    -------
    list of Affine
        One layer for each step from a width to the next; `collapse` gives `affine`
        back, up to rounding. Only the last layer has a bias.

    Raises
    ------
    TypeError
        If `affine` is not an `Affine` or a width is not an integer.
    ValueError
        If the first or the last width does not fit, or the rank of `affine` is larger
        than the smallest width: then no such network exists.

    Notes
    -----
    With the singular value decomposition :math:`W = U S V^\top` of rank :math:`r` and
    :math:`N` layers, the first layer is :math:`S^{1/N} V^\top`, the last
    :math:`U S^{1/N}`, those between :math:`S^{1/N}`, each padded with zeros to its
    width. The layers are *balanced*: each has the same nonzero singular values.

    Examples
    --------
    >>> plane = Affine([[1, 0, 0], [0, 2, 0], [0, 0, 0]], [0, 0, 7])
    >>> layers = factorise(plane, [3, 2, 5, 3])
    >>> [layer.weight.shape for layer in layers]
    [(2, 3), (5, 2), (3, 5)]
    >>> from dlnotes.linear_networks import collapse
    >>> bool(np.allclose(collapse(layers).weight, plane.weight))
    True
    """
    require_affine("affine", affine)
    sizes = _as_widths(widths)
    if sizes[0] != affine.in_features or sizes[-1] != affine.out_features:
        msg = (
            f"widths must start with {affine.in_features} and end with "
            f"{affine.out_features}, the features of affine, got {sizes}"
        )
        raise ValueError(msg)
    rank, bottleneck = affine.rank, min(sizes)
    if rank > bottleneck:
        msg = (
            f"affine has rank {rank}, but a linear network of widths {sizes} "
            f"cannot exceed rank {bottleneck}"
        )
        raise ValueError(msg)
    depth = len(sizes) - 1
    if depth == 1:
        return [affine]

    u, s, vt = np.linalg.svd(affine.weight, full_matrices=False)
    share = s[:rank] ** (1 / depth)
    layers = []
    for index, (n_in, n_out) in enumerate(pairwise(sizes)):
        weight = np.zeros((n_out, n_in), dtype=affine.dtype)
        if index == 0:
            weight[:rank] = share[:, None] * vt[:rank]
        elif index == depth - 1:
            weight[:, :rank] = u[:, :rank] * share
        else:
            weight[:rank, :rank] = np.diag(share)
        layers.append(Affine(weight, affine.bias if index == depth - 1 else None))
    return layers
