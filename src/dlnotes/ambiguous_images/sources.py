"""Where probabilities come from: arrays, files, folders of files, iterators, Dask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["batches", "dask_chunks", "is_dask", "take"]


def batches(
    source: Any, size: int, image_axis: int = 1, *, skip: int = 0
) -> Iterator[NDArray[Any]]:
    """Yield a source in arrays of `size` images, the last one fewer.

    Parameters
    ----------
    source : numpy.ndarray, path, or iterable of numpy.ndarray
        As for `dlnotes.ambiguous_images.mine`.
    size : int
        How many images.
    image_axis : {0, 1}
        Where the images are in an array of three axes.
    skip : int
        How many images to leave out at the beginning.

    Yields
    ------
    numpy.ndarray, shape (models, images, classes) or (images, classes)
        The next images; it does not show how the source was cut.

    Raises
    ------
    OSError
        If a file cannot be read.
    TypeError
        If the source is of another kind.
    ValueError
        If an array has another number of axes, or the chunks do not fit together.

    Examples
    --------
    >>> import numpy as np
    >>> chunks = [np.ones((1, 2)), np.ones((4, 2))]
    >>> [len(batch) for batch in batches(chunks, 2)]
    [2, 2, 1]
    """
    waiting: list[NDArray[Any]] = []
    held = 0
    for whole in _chunks(source, image_axis):
        chunk = whole
        if waiting and _kind(chunk) != _kind(waiting[0]):
            msg = (
                "source must give chunks of one dtype, with the same models and classes, got "
                f"{waiting[0].dtype} {waiting[0].shape} and then {chunk.dtype} {chunk.shape}"
            )
            raise ValueError(msg)
        if skip:
            left_out = min(skip, chunk.shape[-2])
            chunk, skip = chunk[..., left_out:, :], skip - left_out
        used = 0
        while held + chunk.shape[-2] - used >= size:
            take = size - held
            waiting.append(chunk[..., used : used + take, :])
            yield _joined(waiting)
            # One empty piece stays behind to compare the next chunk with.
            waiting, held = [chunk[..., :0, :]], 0
            used += take
        # A copy, so that an iterator may fill the same buffer again.
        waiting.append(np.array(chunk[..., used:, :]))
        held += chunk.shape[-2] - used
    if held:
        yield _joined(waiting)


def take(source: Any, indices: Any, image_axis: int = 1) -> NDArray[Any]:
    """Return some images of a source, in one pass.

    Parameters
    ----------
    source : numpy.ndarray, path, or iterable of numpy.ndarray
        As for `dlnotes.ambiguous_images.mine`.
    indices : array_like of int, shape (wanted,)
        Numbers of images, such as `mine` returns them.
    image_axis : {0, 1}
        Where the images are in an array of three axes.

    Returns
    -------
    numpy.ndarray, shape (models, wanted, classes) or (wanted, classes)
        In the order of `indices`.

    Raises
    ------
    IndexError
        If the source does not hold an image.
    ValueError
        If no image is wanted.

    Examples
    --------
    >>> import numpy as np
    >>> take([np.array([[0.0], [1.0]]), np.array([[2.0]])], [2, 0])
    array([[2.],
           [0.]])
    """
    wanted = np.asarray(indices, dtype=np.int64)
    found: dict[int, NDArray[Any]] = {}
    seen = 0
    for batch in batches(source, 1024, image_axis):
        for image in wanted[(wanted >= seen) & (wanted < seen + batch.shape[-2])]:
            found[int(image)] = np.array(batch[..., image - seen, :])
        seen += batch.shape[-2]
    if not wanted.size:
        msg = "indices must name at least one image, got none"
        raise ValueError(msg)
    for image in wanted:
        if int(image) not in found:
            msg = f"indices must be below {seen}, the number of images, got {image}"
            raise IndexError(msg)
    return np.stack([found[int(image)] for image in wanted], axis=-2)


def _kind(chunk: NDArray[Any]) -> tuple[Any, ...]:
    return (chunk.dtype, *chunk.shape[:-2], chunk.shape[-1])


def _joined(pieces: list[NDArray[Any]]) -> NDArray[Any]:
    full = [piece for piece in pieces if piece.shape[-2]]
    return full[0] if len(full) == 1 else np.concatenate(full, axis=-2)


def _chunks(source: Any, image_axis: int) -> Iterator[NDArray[Any]]:
    """Yield the chunks of the source, images on the last axis but one."""
    if isinstance(source, np.ndarray):
        pieces: Iterable[Any] = [source]
    elif isinstance(source, str | Path):
        pieces = _opened(Path(source))
    elif isinstance(source, Iterable) and not isinstance(source, (bytes, Mapping)):
        pieces = source
    else:
        msg = f"source must be an array, a path, or an iterable of arrays, got {source!r}"
        raise TypeError(msg)
    for piece in pieces:
        if not isinstance(piece, np.ndarray):
            msg = f"source must give numpy arrays, got {type(piece).__name__}: {piece!r:.80}"
            raise TypeError(msg)
        if piece.ndim not in (2, 3):
            msg = (
                "source must give arrays of shape (images, classes) or (models, images, "
                f"classes), got shape {piece.shape}"
            )
            raise ValueError(msg)
        yield piece.swapaxes(0, 1) if piece.ndim == 3 and image_axis == 0 else piece


def _opened(path: Path) -> Iterator[NDArray[Any]]:
    """Yield the arrays of a .npy file or of a folder of them, as memory maps."""
    if path.suffix == ".npz":
        yield from _unpacked(path)
        return
    files = sorted(path.glob("*.npy")) if path.is_dir() else [path]
    if not files:
        msg = f"source must be a folder of .npy files, {str(path)!r} holds none"
        raise ValueError(msg)
    for file in files:
        try:
            yield np.load(file, mmap_mode="r", allow_pickle=False)
        except ValueError as error:
            msg = f"source must be a whole .npy file, {str(file)!r} is not: {error}"
            raise ValueError(msg) from error


def _unpacked(path: Path) -> Iterator[NDArray[Any]]:
    """Yield the array "probabilities" of a .npz file in pieces, images on the first axis."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive, archive.open("probabilities.npy") as member:
            np.lib.format.read_magic(member)
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(member)
            if fortran or dtype.hasobject or len(shape) not in (2, 3):
                msg = f"it holds {dtype} of shape {shape}"
                raise ValueError(msg)
            left, size = shape[0], int(np.prod(shape[1:])) * dtype.itemsize
            while left:
                count = min(left, max(1, 2**24 // size))
                raw = member.read(count * size)
                if len(raw) < count * size:
                    msg = f"it is cut short, {left} images are missing"
                    raise ValueError(msg)
                yield np.frombuffer(raw, dtype).reshape(count, *shape[1:])
                left -= count
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        msg = f"source must be a .npz file with probabilities, {str(path)!r} is not: {error}"
        raise ValueError(msg) from error


def is_dask(source: Any) -> bool:
    """Say whether a source is an array of Dask, without loading Dask.

    Parameters
    ----------
    source : object
        Anything.

    Returns
    -------
    bool
        Whether it is a collection of Dask.

    Examples
    --------
    >>> is_dask([1, 2])
    False
    """
    return hasattr(source, "__dask_graph__") and hasattr(source, "chunks")


def dask_chunks(source: Any, size: int, image_axis: int = 1) -> list[tuple[int, Any]]:
    """Cut an array of Dask into chunks of whole batches.

    Parameters
    ----------
    source : dask.array.Array
        Of the shape (models, images, classes) or (images, classes).
    size : int
        Images in a batch.
    image_axis : {0, 1}
        Where the images are in an array of three axes.

    Returns
    -------
    list of (int, dask.delayed.Delayed)
        The number of the first image of each chunk, and the chunk: all its models and classes,
        images on the last axis but one.

    Raises
    ------
    ValueError
        If the array has another number of axes, or chunks of unknown size.

    Examples
    --------
    >>> import dask.array
    >>> chunks = dask_chunks(dask.array.ones((10, 2), chunks=(3, 1)), size=4)
    >>> [first for first, _ in chunks]
    [0, 4, 8]
    """
    if source.ndim not in (2, 3):
        msg = (
            "source must be of shape (images, classes) or (models, images, classes), "
            f"got shape {source.shape}"
        )
        raise ValueError(msg)
    if source.ndim == 3 and image_axis == 0:
        source = source.swapaxes(0, 1)
    if any(np.isnan(length) for lengths in source.chunks for length in lengths):
        msg = "source must have chunks of known size; call its compute_chunk_sizes() first"
        raise ValueError(msg)
    axis = source.ndim - 2
    typical = max(source.chunks[axis], default=size)
    lengths: dict[int, int] = dict.fromkeys(range(source.ndim), -1)
    lengths[axis] = size * max(1, round(typical / size))
    whole = source.rechunk(lengths)
    firsts = np.concatenate([[0], np.cumsum(whole.chunks[axis])])[:-1]
    return list(zip(firsts.astype(int).tolist(), whole.to_delayed().ravel(), strict=True))
