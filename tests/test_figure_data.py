"""The numbers behind a figure, read from what it draws."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from dlnotes import backpropagation, convolution, figures
from dlnotes.figures.data import LARGEST_IMAGE, figure_data


def rows(figure: figures.Figure) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(figure_data(figure))))


@pytest.fixture
def drawn():
    return figures.subplots(width=2, height=1)


class TestFigureData:
    def test_line_comes_back_with_every_digit_that_matters(self, drawn):
        figure, ax = drawn
        x = np.linspace(-3, 3, 50)
        ax.plot(x, np.tanh(x), label="tanh")
        found = rows(figure)
        assert {(row["series"], row["kind"]) for row in found} == {("tanh", "line")}
        np.testing.assert_allclose([float(row["x"]) for row in found], x, rtol=1e-8)
        np.testing.assert_allclose([float(row["y"]) for row in found], np.tanh(x), rtol=1e-8)

    def test_series_is_named_by_the_text_of_its_colour(self, drawn):
        figure, ax = drawn
        ax.plot([0, 1], [0, 1], color=figures.BLUE)
        ax.plot([0, 1], [1, 0], color=figures.ORANGE)
        figures.label_line(ax, 0, 0, "up", color=figures.BLUE)
        assert [row["series"] for row in rows(figure)] == ["up", "up", "line 2", "line 2"]

    def test_two_lines_of_one_colour_are_not_confused(self, drawn):
        figure, ax = drawn
        ax.plot([0, 1], [0, 1], color=figures.BLUE)
        ax.plot([0, 1], [1, 0], color=figures.BLUE)
        figures.label_line(ax, 0, 0, "up", color=figures.BLUE)
        assert {row["series"] for row in rows(figure)} == {"line 1", "line 2"}

    def test_bars_points_and_pixels(self):
        figure, (left, middle, right) = figures.subplots(ncols=3)
        left.bar([1, 2], [3, 4], label="counts")
        middle.scatter([1, 2], [5, 6], c=[0.25, 0.75], label="cloud")
        figures.show_image(right, [[1, 2], [3, 4]], title="tiles")
        found = [(r["panel"], r["kind"], r["x"], r["y"], r["value"]) for r in rows(figure)]
        assert found[:2] == [("1", "bar", "1", "3", ""), ("1", "bar", "2", "4", "")]
        assert found[2:4] == [
            ("2", "point", "1", "5", "0.25"),
            ("2", "point", "2", "6", "0.75"),
        ]
        assert found[4:] == [
            ("tiles", "pixel", x, y, value)
            for y, x, value in (
                ("0", "0", "1"),
                ("0", "1", "2"),
                ("1", "0", "3"),
                ("1", "1", "4"),
            )
        ]

    def test_photograph_is_its_own_data(self, drawn):
        figure, ax = drawn
        side = int(LARGEST_IMAGE**0.5) + 1
        figures.show_image(ax, np.zeros((side, side)))
        assert figure_data(figure) == ""

    def test_numbers_that_stand_in_a_figure_as_text_come_with_it(self):
        trace = backpropagation.trace("z = x*y", at={"x": 2.0, "y": 3.0})
        found = {
            (r["panel"], r["series"], r["kind"]): float(r["value"])
            for r in rows(figures.backpropagation.graph(trace))
        }
        assert found["nodes", "z = x*y", "value"] == 6
        assert found["nodes", "x", "adjoint"] == found["edges", "x to z", "partial derivative"]
        assert found["edges", "x to z", "partial derivative"] == 3
        assert found["edges", "y to z", "partial derivative"] == 2

    def test_gallery_comes_with_the_weights_of_its_kernels(self):
        names = ["identity", "binomial", "sharpen", "sobel_x"]
        found = rows(figures.convolution.gallery(np.zeros((80, 80)), names))
        sobel = [float(r["value"]) for r in found if r["panel"] == "sobel_x"]
        assert sobel == list(convolution.KERNELS["sobel_x"].array.ravel())
