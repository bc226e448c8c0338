"""Correlation and convolution of images with small kernels.

`correlate` and `convolve` filter; `conv2d` and `conv_transpose2d` do it with channels, as
networks have them. `identify` says what any kernel does; `KERNELS` is a gallery of kernels;
`toeplitz_matrix`, `im2col`, `separable_factors` and `frequency_response` look at a kernel as
a matrix, as windows, as a product and as a filter of waves; `correlate_gradients` is
back-propagation through a correlation.

Images are arrays whose last two axes are rows and columns. float32 stays float32, float64
stays float64, and integers are promoted to float64 and never wrap.
"""

from collections.abc import Mapping

from dlnotes.convolution import boundaries, gallery
from dlnotes.convolution.boundaries import boundary_name, pad
from dlnotes.convolution.facts import KernelFacts, measure
from dlnotes.convolution.filtering import convolve, correlate, output_shape
from dlnotes.convolution.gallery import Kernel
from dlnotes.convolution.gradients import (
    CorrelationGradients,
    KernelFit,
    correlate_gradients,
    fit_kernel,
)
from dlnotes.convolution.identification import identify
from dlnotes.convolution.layers import (
    Conv2dGradients,
    conv2d,
    conv2d_gradients,
    conv_transpose2d,
)
from dlnotes.convolution.matrices import im2col, separable_factors, toeplitz_matrix
from dlnotes.convolution.notation import KernelSyntaxError, parse_kernel
from dlnotes.convolution.report import NO_DESCRIPTION, KernelReport
from dlnotes.convolution.spectra import frequency_response
from dlnotes.convolution.targets import checkerboard, impulse, step_edge, zone_plate

__all__ = [
    "BOUNDARIES",
    "KERNELS",
    "NO_DESCRIPTION",
    "Conv2dGradients",
    "CorrelationGradients",
    "Kernel",
    "KernelFacts",
    "KernelFit",
    "KernelReport",
    "KernelSyntaxError",
    "boundary_name",
    "checkerboard",
    "conv2d",
    "conv2d_gradients",
    "conv_transpose2d",
    "convolve",
    "correlate",
    "correlate_gradients",
    "fit_kernel",
    "frequency_response",
    "identify",
    "im2col",
    "impulse",
    "measure",
    "output_shape",
    "pad",
    "parse_kernel",
    "separable_factors",
    "step_edge",
    "toeplitz_matrix",
    "zone_plate",
]

#: Every accepted name of a boundary, mapped to NumPy's name for the same thing: bare names
#: such as ``"circular"`` and names with their library in front such as ``"ndimage.reflect"``.
BOUNDARIES: Mapping[str, str] = boundaries.BOUNDARIES

#: Small kernels by name. The effects are those of correlation; convolution turns the kernel
#: by half a turn, which reverses shifts and the signs of slopes and leaves the others alone.
KERNELS: Mapping[str, Kernel] = gallery.KERNELS
