"""Reading TeX strictly: tokens, tree, reader."""

from dlnotes.checking.tex.nodes import Node
from dlnotes.checking.tex.reader import read, read_expression
from dlnotes.checking.tex.tokens import TexError, Token, canonical, tokenize

__all__ = ["Node", "TexError", "Token", "canonical", "read", "read_expression", "tokenize"]
