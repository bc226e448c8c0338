"""What trace writes as TeX goes through the book's checker, and wrong steps are refuted."""

from __future__ import annotations

import re

import pytest
import sympy
from hypothesis import assume, given, settings

from dlnotes.activations import ACTIVATIONS
from dlnotes.backpropagation import DomainError, parse, trace
from dlnotes.backpropagation.typesetting import name_parts, typeset
from dlnotes.checking import Kind, Statement
from dlnotes.checking.derivations import check
from dlnotes.checking.vocabulary import Vocabulary
from physics_formulas import FORMULAS
from test_backpropagation import coordinates, expressions
from test_backpropagation_physics import point_of

SWEEPS = ("forward", "reverse")
BEYOND_ONE = {"acosh": 1.6}

TEXTS = [
    "x1 + 5*x2 - 3*x3^2",
    "x1*(x2-4) + exp(x3^2)/(5*x4^2)",
    "x1*(x2-4) + exp(x3^2)/5*x4^2",
    "1/x3 + exp((x1+5*(x2+3))^2)",
    "x*x",
    "(x*y + sin(x))*exp(x*y) + y*sin(x)",
    "max(x, y)*abs(x)",
    "abs(x)^y",
    "relu(x)*y - x",
    "sign(x)*x - abs(y)^1.5",
    "atan2(x, alpha)",
    "hypot(x, y)/-2",
    "(1/3)*sqrt(m_e)^-1*x",
    "log(x)/log10(y)",
    "log2(x) + min(x, y)",
    "tanh(x)*sigmoid(y)",
    "asin(x) + acos(y)*atan(x)",
    "asinh(x)*atanh(y)",
    "acosh(x)*y",
    "cbrt(x)*erf(y)",
    "expm1(x)*log1p(y)",
    "tan(x)/y^x",
    "x/(y + exp(x)*x)/exp(y)",
    "2^x*pi - x^-3 + (x - y)^0",
    "a - (b - c) - -(d*e)",
]


def verdict(derivation):
    names = Vocabulary.parse("\n".join(derivation.names))
    return check(Statement("traced", str(derivation), names)).verdict


def point(graph):
    return {name: 0.3 + 0.2 * k for k, name in enumerate(graph.variables)}


class TestThroughTheChecker:
    @pytest.mark.parametrize("sweep", SWEEPS)
    @pytest.mark.parametrize("text", TEXTS)
    def test_every_step_is_proved(self, text, sweep):
        graph = parse(text)
        at = point(graph) | ({"x": 1.6} if "acosh" in text else {})
        assert verdict(trace(graph, at=at).to_latex(sweep)).kind is Kind.PROVED

    @pytest.mark.parametrize("name", ACTIVATIONS)
    def test_every_activation_function(self, name):
        t = trace(f"y*{name}(x)", at={"x": 0.3, "y": 2.0})
        for sweep in SWEEPS:
            assert verdict(t.to_latex(sweep)).kind is Kind.PROVED

    @pytest.mark.parametrize("number", list(FORMULAS)[::4])
    def test_physics(self, number):
        graph = parse(FORMULAS[number])
        t = trace(graph, at=point_of(number, graph.variables, 0))
        assert verdict(t.to_latex()).kind is Kind.PROVED

    @settings(max_examples=25, deadline=None)
    @given(expressions(depth=3), coordinates)
    def test_random_expressions_are_never_refuted(self, pair, place):
        graph = parse(pair[0])
        try:
            t = trace(graph, at=dict.fromkeys(graph.variables, place))
        except DomainError:
            assume(False)
        assume(graph.variables)
        assert verdict(t.to_latex()).kind is not Kind.REFUTED

    @pytest.mark.parametrize(
        ("text", "right", "wrong"),
        [
            ("x1*(x2-4) + exp(x3^2)/(5*x4^2)", r"(-\frac{v_4}{v_6^2})", r"\frac{v_4}{v_6^2}"),
            ("x1*(x2-4) + exp(x3^2)/(5*x4^2)", r"\cdot 2 x_3", r"\cdot x_3"),
            ("1/x3 + exp((x1+5*(x2+3))^2)", r"\bar{v}_3 \cdot 5", r"\bar{v}_3 \cdot 25"),
            ("tanh(x)*sigmoid(y)", "1 - v_1^2", "1 - v_1"),
            ("gelu(x)*y", r"\bar{v}_1 ", r"2 \bar{v}_1 "),
            ("max(x, y)*abs(x)", r"&= \bar{v}_1", r"&= -\bar{v}_1"),
        ],
    )
    def test_wrong_steps_are_refuted_with_a_point(self, text, right, wrong):
        graph = parse(text)
        derivation = trace(graph, at=point(graph)).to_latex()
        rows = tuple(row.replace(right, wrong, 1) for row in derivation.rows)
        assert rows != derivation.rows
        found = verdict(type(derivation)(derivation.names, rows))
        assert found.kind is Kind.REFUTED
        assert found.counterexample is not None


class TestText:
    def test_directive_can_be_put_on_a_page(self):
        text = trace("x*y", at={"x": 1, "y": 2}).to_latex().directive("eq-here")
        assert text.splitlines()[0] == "```{derivation} eq-here"
        assert text.splitlines()[1].startswith(":with: x : real; y : real; z := x y;")

    def test_shown_as_aligned_rows(self):
        shown = trace("x*sin(x)", at={"x": 1}).to_latex()._repr_latex_()
        assert shown.startswith(
            "$\\begin{aligned}\n\\bar{v}_1 &= x && \\quad \\text{from }z = x"
        )
        assert "%" not in shown

    def test_no_derivative_at_a_kink(self):
        t = trace("abs(x)", at={"x": 0})
        with pytest.raises(ValueError, match=r"to derive at a kink: z = abs\(0\)"):
            t.to_latex()
        assert t.to_latex("forward").rows == (r"z &= \lvert x \rvert",)

    def test_variable_alone(self):
        t = trace("x", at={"x": 1})
        assert t.to_latex().rows == (r"\bar{x} &= 1",)
        assert all(verdict(t.to_latex(sweep)).kind is Kind.PROVED for sweep in SWEEPS)

    def test_refusals(self):
        with pytest.raises(ValueError, match="no variable in '3'"):
            trace("3", at={}).to_latex()
        with pytest.raises(ValueError, match="got 'sideways'"):
            trace("x", at={"x": 1}).to_latex("sideways")
        with pytest.raises(ValueError, match="look the same in TeX"):
            trace("x1*x_1", at={"x1": 1, "x_1": 2}).to_latex()

    @pytest.mark.parametrize(
        ("name", "parts"),
        [
            ("x", ("x", "")),
            ("x12", ("x", "_{12}")),
            ("alpha", (r"\alpha", "")),
            ("omega0", (r"\omega", "_0")),
            ("v_max", ("v", r"_{\text{max}}")),
            ("mass", (r"\text{mass}", "")),
        ],
    )
    def test_names(self, name, parts):
        assert name_parts(name) == parts

    @pytest.mark.parametrize(
        ("text", "tex"),
        [
            ("(x - 1)*(x + y)/2", r"\frac{(x + y) (x - 1)}{2}"),
            ("-x/(2*y^3)", r"-\frac{x}{2 y^3}"),
            ("x^(y + 1)", "x^{y + 1}"),
            ("(x + y)^2", "(x + y)^2"),
            ("sqrt(x)/3", r"\frac{\sqrt{x}}{3}"),
            ("2*3^x", r"2 \cdot 3^x"),
            ("1 - x", "1 - x"),
            ("(-x)^3 + 1e-7", r"\frac{1}{10000000} - x^3"),
        ],
    )
    def test_typeset(self, text, tex):
        assert typeset(parse(text).symbolic, {}) == tex

    def test_what_has_no_tex_is_named(self):
        with pytest.raises(ValueError, match="no TeX for zeta"):
            typeset(sympy.zeta(sympy.Symbol("x")), {})


class TestChapter:
    def test_generated_display_is_what_trace_writes(self, root):
        page = (root / "book" / "backpropagation.md").read_text(encoding="utf-8")
        shown = re.search(r"```\{derivation\} eq-backpropagation-generated\n.*?```", page, re.S)
        t = trace("z = (x*y + 1)*sigmoid(x*y)", at={"x": 2, "y": -0.5})
        assert shown is not None
        assert shown[0] == t.to_latex().directive("eq-backpropagation-generated")
