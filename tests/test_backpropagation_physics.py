"""The partial derivatives of a hundred formulas of physics, against SymPy."""

from __future__ import annotations

import re

import pytest
import sympy
from numpy.testing import assert_allclose
from sympy.parsing.sympy_parser import parse_expr

from dlnotes.backpropagation import compile_gradient, parse, trace
from physics_formulas import FORMULAS, point_of

FUNCTIONS = {"arcsin": sympy.asin, "ln": sympy.log}


def by_sympy(text):
    """Read a formula with SymPy's own parser; return it with its symbols by name."""
    words = set(re.findall(r"[A-Za-z]\w*", text))
    names = {w for w in words if not re.search(rf"\b{w}\(", text) and w != "pi"}
    symbols = {name: sympy.Symbol(name) for name in names}
    local = {**symbols, **FUNCTIONS}
    return parse_expr(text.replace("^", "**"), local_dict=local), symbols


def test_there_are_a_hundred():
    assert len(FORMULAS) == 100
    assert len(set(FORMULAS.values())) == 100


@pytest.mark.parametrize("number", FORMULAS)
def test_partials_agree_with_sympy(number):
    text = FORMULAS[number]
    formula, symbols = by_sympy(text)
    graph = parse(text)
    assert set(graph.variables) == set(symbols)
    f = compile_gradient(graph)
    assert f.variables == graph.variables
    for draw in range(3):
        at = point_of(number, graph.variables, draw)
        exact = {symbols[name]: sympy.Float(value, 40) for name, value in at.items()}
        t = trace(graph, at=at)
        value, partials = f(*at.values())
        assert_allclose(t.value, float(formula.evalf(30, subs=exact)), rtol=1e-13)
        assert_allclose(value, t.value, rtol=1e-13)
        for name, compiled in zip(graph.variables, partials, strict=True):
            slope = float(sympy.diff(formula, symbols[name]).evalf(30, subs=exact))
            assert_allclose(t.gradient[name], slope, rtol=1e-12)
            assert_allclose(t.jvp({name: 1.0}), slope, rtol=1e-12)
            assert_allclose(compiled, slope, rtol=1e-12)
            ours = sympy.sympify(t.symbolic_gradient[name]).evalf(30, subs=exact)
            assert_allclose(float(ours), slope, rtol=1e-14)
