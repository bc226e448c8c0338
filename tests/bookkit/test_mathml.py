"""Formulas as MathML, and their font."""

from __future__ import annotations

from io import BytesIO

import pytest
from bs4 import NavigableString
from fontTools.ttLib import TTFont

from dlnotes.bookkit.mathfont import characters_in_formulas, cut_font
from dlnotes.bookkit.mathml import to_mathml


class TestToMathml:
    def test_display_and_inline_differ(self):
        assert 'display="block"' in to_mathml("x", display=True)
        assert 'display="block"' not in to_mathml("x", display=False)

    @pytest.mark.parametrize(
        "tex", [r"\frac{1}", r"\nosuchcommand", "{x", r"\begin{aligned} x"]
    )
    def test_broken_tex_is_quoted(self, tex):
        with pytest.raises(ValueError, match="cannot be converted to MathML") as caught:
            to_mathml(tex, display=False)
        assert repr(tex) in str(caught.value)


class TestCutFont:
    def test_keeps_what_is_asked_for_and_little_else(self, tmp_path):
        target = tmp_path / "font.woff2"
        cut_font({"𝜎", "∮"}, target)
        font = TTFont(BytesIO(target.read_bytes()))
        assert {ord("𝜎"), ord("∮")} <= set(font.getBestCmap())
        assert ord("Ж") not in font.getBestCmap()
        assert "MATH" in font

    def test_same_characters_give_the_same_bytes(self, tmp_path):
        first, second = tmp_path / "a.woff2", tmp_path / "b.woff2"
        cut_font({"x", "y"}, first)
        cut_font({"y", "x"}, second)
        assert first.read_bytes() == second.read_bytes()

    def test_text_outside_formulas_does_not_count(self):
        assert characters_in_formulas("<p>Ж</p><math><mi>a</mi></math><p>Ы</p>") == {"a", "𝑎"}

    def test_character_references_are_read(self):
        assert "𝔼" in characters_in_formulas("<math><mi>&#x1D53C;</mi></math>")


class TestMarks:
    """Safari ends a line before the comma behind a formula, unless the comma is held."""

    def test_are_held_by_the_formula_next_to_them(self, pages):
        held, loose = 0, []
        for name, page in pages.items():
            for formula in page.select("span.math"):
                held += formula.text != formula.math.text
                before, after = formula.previous_sibling, formula.next_sibling
                if isinstance(before, NavigableString) and before.endswith(
                    ("(", "[", "“", "‘")
                ):
                    loose.append((name, before[-20:]))
                if isinstance(after, NavigableString) and after[:1] in set(",.;:!?)]’”-"):
                    loose.append((name, after[:20]))
        assert loose == []
        assert held > 1000
