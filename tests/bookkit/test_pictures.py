"""Figures inside pages."""

from __future__ import annotations

import base64
import re
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from dlnotes import figures
from dlnotes.bookkit.pictures import data_in, inline_svg
from dlnotes.bookkit.sharing import share


def embedded(svg: str, kind: str) -> bytes:
    found = re.search(rf"data:image/{kind};base64,([A-Za-z0-9+/=\s]+)", svg)
    assert found is not None
    return base64.b64decode(found[1])


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

    def test_the_same_image_twice_has_no_id_twice(self):
        figure, axes = figures.subplots(ncols=2, width=2, height=1)
        for ax in axes:
            figures.show_image(ax, [[0, 1], [1, 0]])
        ids = re.findall(r'\bid="([^"]+)"', inline_svg(figure.to_bytes("svg").decode(), "Two."))
        assert len(ids) == len(set(ids))

    def test_references_follow_their_ids(self):
        element = inline_svg(drawing(), "A line.")
        ids = set(re.findall(r'\bid="([^"]+)"', element))
        references = set(re.findall(r'(?:url\(#|href="#)([^")]+)', element))
        assert references
        assert references <= ids

    def test_style_rules_do_not_leak_into_the_page(self):
        assert "<style" not in inline_svg(drawing(), "A line.")

    def test_photographs_lose_most_of_their_weight_and_little_else(self):
        across = np.linspace(0, 6, 200)
        smooth = np.sin(across) * np.cos(across[:, None]) / 2 + 0.5
        smooth += np.random.default_rng(0).normal(0, 0.02, smooth.shape)
        figure, ax = figures.subplots(width=3, height=3)
        figures.show_image(ax, smooth, vmin=0, vmax=1)
        svg = figure.to_bytes("svg").decode()
        before, after = embedded(svg, "png"), embedded(inline_svg(svg, "Hills."), "webp")
        assert len(after) < len(before) / 4
        shown = [
            np.asarray(Image.open(BytesIO(b)).convert("L"), float) for b in (before, after)
        ]
        assert np.abs(shown[0] - shown[1]).mean() < 6

    def test_paths_have_two_decimals(self):
        element = inline_svg(drawing(), "A line.")
        paths = re.findall(r'\sd="([^"]*)"', element)
        assert paths
        assert not [path for path in paths if re.search(r"\.\d{3}", path)]

    def test_data_travel_inside_the_picture(self):
        assert data_in(drawing()).splitlines()[:2] == [
            "panel,series,kind,x,y,value",
            "1,line 1,line,0,0,",
        ]
        assert "panel,series" not in inline_svg(drawing(), "A line.")

    def test_small_images_keep_every_pixel_and_lose_weight(self):
        pixels = np.random.default_rng(0).integers(0, 256, (64, 64)) // 32 / 8
        figure, ax = figures.subplots(width=2, height=2)
        figures.show_image(ax, pixels, vmin=0, vmax=1)
        svg = figure.to_bytes("svg").decode()
        element = inline_svg(svg, "Noise.")
        before, after = embedded(svg, "png"), embedded(element, "webp")
        assert len(after) < len(before)
        shown = [np.asarray(Image.open(BytesIO(b)).convert("RGBA")) for b in (before, after)]
        np.testing.assert_array_equal(*shown)

    def test_text_that_is_no_svg_is_refused(self):
        with pytest.raises(ValueError, match="svg must hold an <svg> element, got 'hello'"):
            inline_svg("hello", "A line.")


class TestShare:
    """Several figures of one page, as `share` leaves them."""

    def page(self, *svgs: str) -> list[str]:
        given: set[str] = set()
        return [share(inline_svg(svg, "A figure."), given) for svg in svgs]

    def test_the_second_figure_refers_to_the_letters_of_the_first(self):
        first, second = self.page(drawing(), drawing())
        assert "<defs>" in first
        assert "<path id=" not in second
        assert len(second) < 0.8 * len(first)

    def test_every_name_stands_once_and_every_reference_leads_somewhere(self):
        other, ax = figures.subplots(width=2, height=1)
        ax.scatter([0, 1, 2], [1, 2, 1], s=9)
        ax.set(title="More letters")
        page = "".join(self.page(drawing(), other.to_bytes("svg").decode()))
        ids = re.findall(r'\bid="([^"]+)"', page)
        references = set(re.findall(r'(?:url\(#|href="#)([^")]+)', page))
        assert len(ids) == len(set(ids))
        assert references == set(ids)

    def test_a_photograph_stands_once_and_keeps_its_places(self):
        figure, axes = figures.subplots(ncols=2, width=2, height=1)
        for ax in axes:
            figures.show_image(ax, [[0, 1], [1, 0]])
        svg = figure.to_bytes("svg").decode()
        page = "".join(self.page(svg, svg))
        assert page.count("data:image") == 1
        places = re.findall(r'<use xlink:href="#\w+" transform="(matrix[^"]+)"', page)
        assert len(places) == 4
        assert len(set(places)) == 2
        for place in set(places):
            assert place in inline_svg(svg, "A figure.")

    def test_dots_are_where_they_were(self):
        figure, ax = figures.subplots(width=2, height=2)
        ax.scatter(*np.random.default_rng(0).random((2, 50)), s=4, color=figures.GREY)
        svg = figure.to_bytes("svg").decode()
        (element,) = self.page(svg)
        place = re.compile(r'<use xlink:href="[^"]+" x="([^"]+)" y="([^"]+)"')
        before, after = (
            np.array(place.findall(text), dtype=float)
            for text in (inline_svg(svg, "A figure."), element)
        )
        np.testing.assert_allclose(after, before, rtol=0, atol=0.0501)
        assert element.count("var(--figure-grey") < 5

    def test_is_well_formed(self):
        for element in self.page(drawing(), drawing()):
            ElementTree.fromstring(element.replace("xlink:href", "href"))
