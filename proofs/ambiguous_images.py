"""Machine proofs of the chapter on ambiguous images."""

from dlnotes.checking import formal

formal(
    "lem-ambiguous_images-gibbs",
    file="ambiguous_images.v",
    theorem="divergence_nonnegative",
    digest="0404bd52178baaaa",
)
formal(
    "thm-ambiguous_images-entropy",
    file="ambiguous_images.v",
    theorem="entropy_bounds",
    digest="a4673ac9a227ca6b",
)
formal(
    "thm-ambiguous_images-identity",
    file="ambiguous_images.v",
    theorem="mutual_information_divergences",
    digest="43f091d994d5ddce",
)
formal(
    "thm-ambiguous_images-information",
    file="ambiguous_images.v",
    theorem="mutual_information_bounds",
    digest="588be8d52068294d",
)
formal(
    "cor-ambiguous_images-two",
    file="ambiguous_images.v",
    theorem="jensen_shannon_two",
    digest="7fdb8396c69fbc59",
)
