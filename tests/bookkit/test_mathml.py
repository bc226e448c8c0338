"""Formulas as MathML, and their font."""

from __future__ import annotations

from io import BytesIO

import pytest
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
