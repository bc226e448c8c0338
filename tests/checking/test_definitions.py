"""Displayed definitions: what they extend, and the functions that they are tied to."""

import numpy as np
import pytest

from dlnotes.checking.ledger import entry_failures
from dlnotes.checking.pages import read_page
from dlnotes.checking.vocabulary import Vocabulary, VocabularyError

PAGE = r"""
# Page

```{notation}
x : real -- a number
K : integer >= 2 -- number of classes
```

```{definition} eq-sigma
:computed-by: scipy.special.expit
\sigma(x) = \frac{1}{1 + \exp(-x)}
```

```{definition} eq-softmax
:for: z : vector K, j = 1..K
:computed-by: scipy.special.softmax
\operatorname{softmax}(z)_j = \frac{\exp(z_j)}{\sum_{k=1}^{K} \exp(z_k)}
```
"""


def resolver(dotted):
    softmax = lambda z: np.exp(z) / np.sum(np.exp(z))  # noqa: E731
    return {
        "scipy.special.expit": lambda x: 1 / (1 + np.exp(-x)),
        "scipy.special.softmax": softmax,
        "wrong": lambda x: 1 / (1 + np.exp(x)),
    }[dotted]


class TestComputedBy:
    def test_definitions_are_compared_with_their_functions(self):
        page = read_page("page.md", PAGE)
        assert page.vocabulary.entries[r"\sigma"].python == "scipy.special.expit"
        assert entry_failures(page, resolver) == []

    def test_a_function_that_differs_is_reported(self):
        page = read_page("page.md", PAGE.replace("scipy.special.expit", "wrong"))
        (problem,) = entry_failures(page, resolver)
        assert "the notation says" in problem

    def test_rows_have_a_name_each(self):
        vocabulary = Vocabulary.parse("x : real")
        tex = r"\begin{aligned} f(x) &= x^2 \\ g(x) &= x^3 \end{aligned}"
        out = vocabulary.define(tex, "", "-, numpy.cbrt")
        assert out.entries["f"].python is None
        assert out.entries["g"].python == "numpy.cbrt"

    def test_another_number_of_names_is_refused(self):
        vocabulary = Vocabulary.parse("x : real")
        with pytest.raises(VocabularyError, match="2 function names for 1 definitions"):
            vocabulary.define("f(x) = x^2", "", "numpy.square, numpy.cbrt")
