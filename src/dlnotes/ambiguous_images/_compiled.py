"""The same block, its average and its entropies made by numba in one walk over the numbers.

Nearly all of the time of an entropy is the logarithm. A processor takes eight or sixteen at a
time if it is written without branches, as here: of a positive float32 the exponent and the
mantissa are cut out of the bits, so that x = 2^e m with m between the roots of 1/2 and 2, and
log m = 2 (s + s^3/3 + s^5/5 + ...) with s = (m - 1)/(m + 1), at most 0.172. After s^9 the rest
is below 1e-9. A zero gives some finite number, which is multiplied by the zero.
"""

from __future__ import annotations

from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from dlnotes.ambiguous_images._blocks import Block

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROOT = 0x3F3504F3  # the bits of the float32 nearest to the root of 1/2
_MANTISSA = 0x007FFFFF


@cache
def _kernel() -> Any:
    try:
        import numba
    except ImportError as error:
        msg = "compiled=True needs numba, which the extra 'numba' of dlnotes installs"
        raise ImportError(msg) from error
    root, mantissa, log2 = np.int32(_ROOT), np.int32(_MANTISSA), np.float32(np.log(2.0))
    one, two = np.float32(1), np.float32(2)
    c3, c5, c7, c9 = (np.float32(1 / n) for n in (3, 5, 7, 9))

    # Under Python's rules each division would first ask whether it divides by zero.
    rules = {"fastmath": {"reassoc", "contract", "nsz"}, "error_model": "numpy", "nogil": True}
    compiled: Any = partial(numba.njit, **rules)

    @compiled(inline="always")  # type: ignore[untyped-decorator]
    def entropy(row: Any, bits: Any, small: Any, small_bits: Any) -> Any:
        for k in range(bits.size):
            # numba's integers grow to 64 bits by themselves, and then half as many fit
            small_bits[k] = np.int32(np.int32(np.int32(bits[k] - root) & mantissa) + root)
        total = 0.0
        for k in range(bits.size):
            exponent = np.float32(np.int32(np.int32(bits[k] - root) >> np.int32(23)))
            s = (small[k] - one) / (small[k] + one)
            z = s * s
            log = exponent * log2 + two * s * (one + z * (c3 + z * (c5 + z * (c7 + z * c9))))
            total -= np.float64(log * row[k])
        return max(total, 0.0)

    @compiled()  # type: ignore[untyped-decorator]
    def walk(rows: Any, mean: Any, entropies: Any) -> None:
        models, images, count = rows.shape
        small_bits = np.empty(count, np.int32)
        small = small_bits.view(np.float32)
        share = one / np.float32(models)
        for image in range(images):
            own = 0.0
            for model in range(models):
                row = rows[model, image]
                own += entropy(row, row.view(np.int32), small, small_bits)
            average = mean[image]
            for k in range(count):
                average[k] = rows[0, image, k]
            for model in range(1, models):
                for k in range(count):
                    average[k] += rows[model, image, k]
            for k in range(count):
                average[k] *= share
            entropies[image, 0] = entropy(average, average.view(np.int32), small, small_bits)
            entropies[image, 1] = own / models

    return walk


class CompiledBlock(Block):
    """Checked predictions of some images; of float32 rows the sums are made by numba."""

    @cached_property
    def _walked(self) -> tuple[NDArray[Any], NDArray[np.float64]]:
        _, images, count = self.rows.shape
        mean, entropies = np.empty((images, count), np.float32), np.empty((images, 2))
        _kernel()(self.rows, mean, entropies)
        return mean, entropies

    @cached_property
    def mean(self) -> NDArray[Any]:
        """Average of the models; not to be changed."""
        return self._walked[0] if self.rows.dtype == np.float32 else super().mean

    @cached_property
    def entropy(self) -> NDArray[np.float64]:
        """Entropy of the average."""
        wide = self.rows.dtype != np.float32
        return super().entropy if wide else np.asarray(self._walked[1][:, 0])

    @cached_property
    def own_entropy(self) -> NDArray[np.float64]:
        """Average of the models' entropies."""
        wide = self.rows.dtype != np.float32
        return super().own_entropy if wide else np.asarray(self._walked[1][:, 1])
