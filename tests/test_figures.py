"""The house style of the figures."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest

from dlnotes import figures


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


class TestStyle:
    @pytest.mark.parametrize("colour", figures.CYCLE)
    def test_series_stand_out_from_the_page(self, colour):
        assert contrast(colour, "#ffffff") >= 3

    @pytest.mark.parametrize("colour", [figures.INK, figures.MUTED])
    def test_text_can_be_read(self, colour):
        assert contrast(colour, "#ffffff") >= 4.5

    def test_same_figure_gives_the_same_bytes(self):
        def draw() -> figures.Figure:
            figure, ax = figures.subplots()
            ax.plot([0, 1], [0, 1])
            return figure

        for kind in ("svg", "pdf"):
            assert draw().to_bytes(kind) == draw().to_bytes(kind)

    @pytest.mark.parametrize("kind", ["svg", "pdf"])
    @pytest.mark.parametrize("height", [1.2, 3.0, 6.0])
    def test_height_is_that_of_what_is_drawn(self, kind, height):
        figure, axes = figures.subplots(ncols=2, height=height)
        for ax in axes:
            figures.show_image(ax, np.eye(4), title="As wide as it is high")
        text = figure.to_bytes(kind).decode("latin-1")
        numbers = (
            r"([\d.]+)pt\W+height=\W+([\d.]+)pt"
            if kind == "svg"
            else r"MediaBox \[ 0 0 ([\d.]+) ([\d.]+)"
        )
        width, got = map(float, re.search(numbers, text).groups())
        assert width == pytest.approx(72 * figures.WIDTH, abs=0.1)
        # Two squares, their titles and the margins, however much room there was.
        if height > 4:
            assert 72 * figures.WIDTH / 2 < got < 72 * figures.WIDTH / 2 + 30
        drawn = figure.get_tightbbox()
        assert got == pytest.approx(72 * (drawn.ymax - drawn.ymin) + 6, abs=0.1)

    def test_unknown_format_is_quoted(self):
        with pytest.raises(ValueError, match="format must be 'svg', 'pdf' or 'png', got 'gif'"):
            figures.subplots()[0].to_bytes("gif")

    @pytest.mark.parametrize("name", ["nrows", "ncols", "width", "height"])
    def test_sizes_must_be_positive(self, name):
        with pytest.raises(ValueError, match=f"{name} must be positive, got 0"):
            figures.subplots(**{name: 0})

    def test_image_with_one_axis_is_refused(self):
        _, ax = figures.subplots()
        with pytest.raises(ValueError, match=r"2 or 3 axes, got shape \(3,\)"):
            figures.show_image(ax, [1, 2, 3])

    def test_lines_differ_in_dash_as_well_as_colour(self):
        _, ax = figures.subplots()
        lines = [ax.plot([0, 1], [0, k])[0] for k in range(len(figures.CYCLE))]
        assert len({str(line._dash_pattern) for line in lines}) == len(lines)
        assert len({line.get_color() for line in lines}) == len(lines)

    def test_nothing_leaks_into_matplotlib(self):
        program = (
            "import matplotlib; before = dict(matplotlib.rcParams)\n"
            "from dlnotes import figures; figures.subplots()[0].to_bytes('svg')\n"
            "assert dict(matplotlib.rcParams) == before\n"
            "import matplotlib.pyplot; assert not matplotlib.pyplot.get_fignums()\n"
        )
        subprocess.run([sys.executable, "-c", program], check=True)

    def test_unknown_chapter_is_an_attribute_error(self):
        with pytest.raises(AttributeError, match="no attribute 'poetry'"):
            figures.poetry  # noqa: B018
