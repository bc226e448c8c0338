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
    def cut(self, characters: dict[str, int], target) -> TTFont:
        cut_font(characters, target)
        return TTFont(BytesIO(target.read_bytes()))

    def test_keeps_what_is_asked_for_and_little_else(self, tmp_path):
        font = self.cut({"𝜎": 0, "∮": 0}, tmp_path / "font.woff2")
        assert {ord("𝜎"), ord("∮")} <= set(font.getBestCmap())
        assert ord("Ж") not in font.getBestCmap()
        assert "MATH" in font

    @pytest.mark.parametrize("depth", [0, 1, 2])
    def test_keeps_script_forms_as_deep_as_they_are_used(self, tmp_path, depth):
        font = self.cut({"𝜎": depth, "𝜋": 0}, tmp_path / "font.woff2")
        name = font.getBestCmap()[ord("𝜎")]
        lookups = font["GSUB"].table.LookupList.Lookup
        forms = [
            part.alternates for one in lookups if one.LookupType == 3 for part in one.SubTable
        ]
        assert [len(some[name]) for some in forms if name in some] == [depth][:depth]
        assert not any(font.getBestCmap()[ord("𝜋")] in some for some in forms)

    def test_same_characters_give_the_same_bytes(self, tmp_path):
        first, second = tmp_path / "a.woff2", tmp_path / "b.woff2"
        cut_font({"x": 1, "y": 2}, first)
        cut_font({"y": 2, "x": 1}, second)
        assert first.read_bytes() == second.read_bytes()


class TestCharacters:
    @pytest.mark.parametrize(
        ("formula", "found"),
        [
            ("<mi>a</mi>", {"𝑎": 0}),
            ("<mi mathvariant='normal'>a</mi>", {"a": 0}),
            ("<mi>sin</mi><mo>&ApplyFunction;</mo>", {"s": 0, "i": 0, "n": 0, "\u2061": 0}),
            ("<mi>&#x1D53C;</mi><mo>&lt;</mo>", {"𝔼": 0, "<": 0}),
            ("<msup><mi>x</mi><mn>2</mn></msup>", {"𝑥": 0, "2": 1}),
            (
                "<munderover><mo>∑</mo><msub><mi>i</mi><mn>0</mn></msub><mi>n</mi></munderover>",
                {"∑": 0, "𝑖": 1, "0": 2, "𝑛": 1},
            ),
            ("<msup><mi>x</mi><mi>x</mi></msup><mi>x</mi>", {"𝑥": 1}),
            ("<mroot><mi>x</mi><mn>3</mn></mroot>", {"𝑥": 0, "3": 2}),
            ("<mfrac><mn>1</mn><mn>2</mn></mfrac>", {"1": 1, "2": 1}),
            ("<mfrac displaystyle='true'><mn>1</mn><mn>2</mn></mfrac>", {"1": 0, "2": 0}),
            (
                "<msub><mi>x</mi><mrow scriptlevel='0'><mn>1</mn></mrow></msub>",
                {"𝑥": 0, "1": 0},
            ),
        ],
    )
    def test_are_found_with_their_depth(self, formula, found):
        page = f"<p>Ж</p><math>{formula}</math><p>Ы</p>"
        assert characters_in_formulas(page) == found

    def test_fraction_is_small_within_text_and_in_another(self):
        half = "<mfrac><mn>1</mn><mfrac><mn>2</mn><mn>3</mn></mfrac></mfrac>"
        found = {"1": 0, "2": 1, "3": 1}
        assert characters_in_formulas(f"<math display='block'>{half}</math>") == found
        assert characters_in_formulas(f"<math>{half}</math>") == {"1": 1, "2": 2, "3": 2}


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
