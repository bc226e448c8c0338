"""Machine proofs of the chapter on backpropagation."""

from dlnotes.checking import formal

formal(
    "thm-backpropagation-reverse",
    file="backpropagation.v",
    theorem="reverse_accumulation_is_gradient",
    digest="1ff41d5b5643057e",
)
