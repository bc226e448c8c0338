"""Machine proofs of the chapter on convolution."""

from dlnotes.checking import formal

formal(
    "prop-convolution-flip",
    file="convolution.v",
    theorem="correlate_is_convolve_flip",
    digest="a3b77e0bad5a931f",
)
formal(
    "thm-convolution-equivariance",
    file="convolution.v",
    theorem="convolve_translate",
    digest="eaf31ab3a82fc68c",
)
formal(
    "thm-convolution-converse",
    file="convolution.v",
    theorem="equivariant_is_convolution",
    digest="3c11e1c56fa72013",
)
formal(
    "thm-convolution-algebra",
    file="convolution.v",
    theorem="convolve_associative",
    digest="2ec5b463f520c3b6",
)
formal(
    "prop-convolution-correlation-algebra",
    file="convolution.v",
    theorem="correlate_twice",
    digest="3ef63b0be6ec8d48",
)
formal(
    "thm-convolution-dft",
    file="convolution.v",
    theorem="dft_convolve",
    digest="516692a6ffbbe019",
)
formal(
    "thm-convolution-gradients",
    file="convolution.v",
    theorem="correlate_adjoint",
    digest="c4ab7f217a7565b0",
)
