"""Figures inside pages."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from dlnotes import figures
from dlnotes.bookkit.pictures import inline_svg


def drawing() -> str:
    figure, ax = figures.subplots(width=2, height=1)
    ax.plot([0, 1], [0, 1], marker="o")
    ax.set(xlabel="x")
    return figure.to_bytes("svg").decode()


class TestInlineSvg:
    def test_is_well_formed(self):
        element = inline_svg(drawing(), 'Say "hello" & <wave>.')
        parsed = ElementTree.fromstring(element.replace("xlink:href", "href"))
        assert parsed.get("aria-label") == 'Say "hello" & <wave>.'
        assert parsed.get("role") == "img"

    def test_colours_become_variables(self):
        element = inline_svg(drawing(), "A line.")
        assert "var(--figure-blue,#0072b2)" in element
        outside = re.sub(r"var\([^)]*\)", "", element)
        assert figures.BLUE not in outside
        assert figures.INK not in outside

    def test_black_follows_the_ink(self):
        figure, ax = figures.subplots(width=2, height=1)
        ax.text(0.5, 0.5, "default", color="black")
        ax.plot([0, 1], [0, 1], color="black")
        element = inline_svg(figure.to_bytes("svg").decode(), "A black line.")
        assert "fill:var(--figure-ink" in element.partition(">")[0]
        assert "#000000" not in element

    def test_ids_do_not_meet_those_of_another_figure(self):
        other, ax = figures.subplots(width=2, height=1)
        ax.plot([0, 1], [1, 0], marker="o")
        ids = [
            set(re.findall(r'\bid="([^"]+)"', inline_svg(svg, "A line.")))
            for svg in (drawing(), other.to_bytes("svg").decode())
        ]
        assert ids[0]
        assert not ids[0] & ids[1]

    def test_references_follow_their_ids(self):
        element = inline_svg(drawing(), "A line.")
        ids = set(re.findall(r'\bid="([^"]+)"', element))
        references = set(re.findall(r'(?:url\(#|href="#)([^")]+)', element))
        assert references
        assert references <= ids

    def test_style_rules_do_not_leak_into_the_page(self):
        assert "<style" not in inline_svg(drawing(), "A line.")

    def test_text_that_is_no_svg_is_refused(self):
        with pytest.raises(ValueError, match="svg must hold an <svg> element, got 'hello'"):
            inline_svg("hello", "A line.")
