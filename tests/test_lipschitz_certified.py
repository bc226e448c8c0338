"""The Lipschitz constants of the registry, against certified ones over all reals."""

from __future__ import annotations

import pytest
import sympy as sp
from flint import arb

from dlnotes.checking.engines.intervals import certify_lipschitz

activations = pytest.importorskip(
    "dlnotes.activations", reason="the activations of the book are not in this checkout"
)


@pytest.mark.parametrize("name", list(activations.ACTIVATIONS))
def test_constant_is_the_certified_one(name):
    activation = activations.ACTIVATIONS[name]
    expression = activation.expression
    defaults = {p.symbol: sp.Rational(p.default) for p in activation.parameters}
    expression = expression.subs(defaults)
    (symbol,) = expression.free_symbols
    found = certify_lipschitz(expression, symbol)
    stated = arb(activation.facts.lipschitz)
    assert abs(found.value - stated) < arb("1e-14"), f"{name}: {found.value.str(20)}"
