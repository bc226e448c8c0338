"""Machine proofs of the chapter on backpropagation."""

from dlnotes.checking import formal

formal(
    "thm-backpropagation-reverse",
    file="backpropagation.v",
    theorem="reverse_accumulation_is_gradient",
    digest="c1a1766a4a221218",
)
