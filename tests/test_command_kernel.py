"""``python -m dlnotes kernel``, from the words to the picture."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from PIL import Image

from dlnotes.__main__ import main
from dlnotes.convolution import correlate


def run(capsys, *words):
    status = main(["kernel", *words])
    return status, capsys.readouterr().out


def refused(capsys, *words):
    assert main(["kernel", *words]) == 2
    return capsys.readouterr().err


@pytest.fixture
def picture(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (9, 11), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "in.png")
    return pixels


class TestReport:
    def test_prints_the_sentence_first(self, capsys):
        status, out = run(capsys, "0 0 0; 0 0 1; 0 0 0")
        assert status == 0
        assert out.startswith("Shifts the image one pixel to the left under correlation")
        assert "derivative order" in out

    def test_takes_names_of_the_gallery(self, capsys):
        assert "Sobel" in run(capsys, "sobel_x")[1]

    def test_minus_sign_after_two_dashes(self, capsys):
        assert "Laplacian" in run(capsys, "--", "-1 -1 -1; -1 8 -1; -1 -1 -1")[1]

    def test_the_row_of_the_notes_is_pointed_at(self, capsys):
        err = refused(capsys, "[ [-1-1 -1], [-1 8 -1], [-1 -1 -1] ]")
        assert "no space between -1 and -1" in err
        lines = err.splitlines()
        assert lines[-1].index("^") == lines[-2].index("-1 -1]")


class TestPicture:
    def test_is_filtered_as_correlate_does(self, capsys, picture, tmp_path):
        out = tmp_path / "out.png"
        run(
            capsys,
            "1 1 1; 1 1 1; 1 1 1 / 9",
            "--image",
            str(tmp_path / "in.png"),
            "--out",
            str(out),
        )
        expected = np.rint(correlate(picture, np.ones((3, 3)) / 9, boundary="symmetric"))
        np.testing.assert_allclose(np.asarray(Image.open(out)), expected, atol=1)

    def test_colours_are_kept(self, capsys, tmp_path):
        colours = np.random.default_rng(1).integers(0, 256, (6, 5, 3), dtype=np.uint8)
        Image.fromarray(colours).save(tmp_path / "in.png")
        run(
            capsys,
            "0 0 1",
            "--operation",
            "convolve",
            "--boundary",
            "wrap",
            "--image",
            str(tmp_path / "in.png"),
            "--out",
            str(tmp_path / "out.png"),
        )
        moved = np.asarray(Image.open(tmp_path / "out.png"))
        np.testing.assert_array_equal(moved, np.roll(colours, 1, axis=1))

    def test_flat_areas_of_a_derivative_are_grey(self, capsys, tmp_path):
        Image.fromarray(np.full((5, 5), 200, np.uint8)).save(tmp_path / "in.png")
        run(
            capsys,
            "sobel_x",
            "--image",
            str(tmp_path / "in.png"),
            "--out",
            str(tmp_path / "out.png"),
        )
        assert set(np.unique(np.asarray(Image.open(tmp_path / "out.png")))) == {128}

    @pytest.mark.usefixtures("picture")
    def test_failed_writing_leaves_what_was_there(self, capsys, tmp_path):
        out = tmp_path / "out.nonsense"
        out.write_text("kept")
        err = refused(capsys, "1", "--image", str(tmp_path / "in.png"), "--out", str(out))
        assert "--out" in err
        assert out.read_text() == "kept"
        assert sorted(p.name for p in tmp_path.iterdir()) == ["in.png", "out.nonsense"]

    def test_missing_and_unreadable_pictures(self, capsys, tmp_path):
        (tmp_path / "text.png").write_text("no picture")
        for name, said in (("none.png", "No such file"), ("text.png", "not a picture")):
            err = refused(capsys, "1", "--image", str(tmp_path / name), "--out", "x.png")
            assert said in err

    def test_the_two_go_together(self, capsys):
        assert "--out is missing" in refused(capsys, "1", "--image", "x.png")
        assert "--image is missing" in refused(capsys, "1", "--out", "x.png")

    @pytest.mark.usefixtures("picture")
    def test_unknown_boundary(self, capsys, tmp_path):
        err = refused(
            capsys,
            "1",
            "--boundary",
            "cirular",
            "--image",
            str(tmp_path / "in.png"),
            "--out",
            str(tmp_path / "o.png"),
        )
        assert "'circular'" in err

    def test_without_pillow(self, capsys, monkeypatch):
        monkeypatch.setitem(sys.modules, "PIL", None)
        err = refused(capsys, "1", "--image", "x.png", "--out", "y.png")
        assert "needs Pillow" in err
        assert "dlnotes[images]" in err
