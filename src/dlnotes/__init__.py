"""The tested package behind the book *Deep Learning: Theoretical Aspects*.

One module a chapter, each of the same name: `linear_networks`, `activations`,
`backpropagation`, `ambiguous_images`, `convolution`; and `figures`, the house
style of every picture in the book.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
