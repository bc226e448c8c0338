"""The subcommands predict and mine on folders as people have them, and stored predictions."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dlnotes import ambiguous_images as ai
from dlnotes import figures
from dlnotes.__main__ import main
from dlnotes.ambiguous_images import recordings, sources
from dlnotes.ambiguous_images.networks import (
    NETWORKS,
    folders,
    missing_networks,
    predict,
    predict_folder,
    read_picture,
)
from dlnotes.ambiguous_images.recordings import Compact, Recording, compress, expand

runs = pytest.mark.skipif(
    bool(missing_networks()), reason=f"not installed: {', '.join(missing_networks())}"
)


@pytest.fixture
def pictures(root, tmp_path):
    """Five photographs, two files that are broken, and one that is no picture."""
    folder = tmp_path / "pictures"
    shutil.copytree(root / "book/photographs/planets", folder / "planets")
    for name in ("saturn", "sun", "uranus", "venus"):
        (folder / "planets" / f"{name}.webp").unlink()
    noise = np.random.default_rng(0).integers(0, 256, (50, 50, 3)).astype(np.uint8)
    Image.fromarray(noise).save(folder / "cut.png")
    (folder / "cut.png").write_bytes((folder / "cut.png").read_bytes()[:3000])
    (folder / "words.jpg").write_text("not a picture")
    (folder / "notes.txt").write_text("no picture either")
    return folder


@runs
class TestPredictFolder:
    def test_answers_are_those_of_predict_and_broken_files_are_named(self, pictures, tmp_path):
        out = tmp_path / "answers.npz"
        report = predict_folder(pictures, out, ["squeezenet"])
        assert (report.predicted, report.resumed) == (5, 0)
        assert set(report.skipped) == {"cut.png", "words.jpg"}
        with np.load(out, allow_pickle=False) as stored:
            files, found = stored["files"].tolist(), stored["probabilities"]
        read = [read_picture(pictures / name) for name in files]
        expected = predict(read, ["squeezenet"]).probabilities
        np.testing.assert_allclose(found, expected.swapaxes(0, 1), atol=1e-6)
        assert not out.with_name("answers.npz.parts").exists()

    def test_a_killed_run_goes_on(self, pictures, tmp_path, monkeypatch):
        monkeypatch.setattr(folders, "_PART", 2)
        out, asked = tmp_path / "answers.npz", []

        def counted(read, names):
            asked.append(len(read))
            return predict(read, names)

        def killed(done, total):
            if done >= 4:
                raise KeyboardInterrupt

        monkeypatch.setattr(folders, "predict", counted)
        with pytest.raises(KeyboardInterrupt):
            predict_folder(pictures, out, ["squeezenet"], progress=killed)
        assert not out.exists()
        before = len(asked)
        report = predict_folder(pictures, out, ["squeezenet"])
        assert (report.predicted, report.resumed, len(report.skipped)) == (5, 4, 2)
        assert len(asked) - before == 2  # of four parts, two were left
        whole = tmp_path / "whole.npz"
        predict_folder(pictures, whole, ["squeezenet"])
        with np.load(out) as one, np.load(whole) as other:
            np.testing.assert_array_equal(one["probabilities"], other["probabilities"])

    def test_a_changed_folder_starts_anew(self, pictures, tmp_path, monkeypatch):
        monkeypatch.setattr(folders, "_PART", 2)
        out = tmp_path / "answers.npz"

        def killed(done, total):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            predict_folder(pictures, out, ["squeezenet"], progress=killed)
        (pictures / "words.jpg").unlink()
        assert predict_folder(pictures, out, ["squeezenet"]).resumed == 0

    def test_nothing_that_can_be_read(self, tmp_path):
        (tmp_path / "words.jpg").write_text("not a picture")
        with pytest.raises(ValueError, match=r"the first is words\.jpg: cannot identify"):
            predict_folder(tmp_path, tmp_path / "answers.npz", ["squeezenet"])


@runs
class TestCommands:
    def test_from_a_folder_to_a_sheet(self, pictures, tmp_path, capsys):
        out, sheet = tmp_path / "answers.npz", tmp_path / "sheet.png"
        assert main(["predict", str(pictures), "--out", str(out)]) == 0
        said = capsys.readouterr().out.splitlines()
        assert [line.split(":")[0] for line in said[:2]] == [
            "skipped cut.png",
            "skipped words.jpg",
        ]
        assert said[2].startswith("5 pictures predicted, 2 skipped")
        words = ["--score", "mutual-information", "--top", "3"]
        words += ["--sheet", str(sheet)]
        assert main(["mine", str(out), *words]) == 0
        lines = capsys.readouterr().out.splitlines()
        with np.load(out) as stored:
            p, files = stored["probabilities"].swapaxes(0, 1), stored["files"]
        expected = ai.mine(p, "mutual_information", top=3)
        assert [line.split()[1] for line in lines[:3]] == files[expected.indices].tolist()
        assert read_picture(sheet).shape[1] > 500
        moved = pictures.rename(tmp_path / "moved")
        assert main(["mine", str(out), *words]) == 2
        assert "say where they are with --pictures" in capsys.readouterr().err
        sheet.unlink()
        assert main(["mine", str(out), *words, "--pictures", str(moved)]) == 0
        assert sheet.exists()

    def test_queries(self, pictures, tmp_path, capsys):
        out = tmp_path / "answers.npz"
        main(["predict", str(pictures), "--out", str(out), "--networks", "squeezenet"])
        capsys.readouterr()
        query = ["mine", str(out), "--score", "group-confusion", "--top", "1"]
        assert main([*query, "--a", "fig", "lemon", "--b", "n02778669", "gong"]) == 0
        assert "mercury" in capsys.readouterr().out
        for words, message in (
            (["--a", "fig"], "needs --a and --b"),
            (["--a", "apple", "--b", "fig"], "there is granny smith apple"),
            (["--a", "fig", "--b", "xyzzy"], "no class of ImageNet is called 'xyzzy'"),
        ):
            assert main([*query, *words]) == 2
            assert message in capsys.readouterr().err

    def test_bad_input(self, tmp_path, capsys, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "answers.npz").write_text("shopping list")
        for words, message in (
            (["predict", str(tmp_path / "nowhere")], "must be a folder of pictures"),
            (["predict", str(tmp_path), "--networks", "resnet"], "'resnet' is unknown"),
            (["mine", str(tmp_path / "answers.npz")], "must be a file of predict"),
        ):
            if words[0] == "predict":
                Image.new("RGB", (5, 5)).save(tmp_path / "grey.png")
            assert main(words) == 2
            assert message in capsys.readouterr().err
        assert list(tmp_path.glob("*.parts")) == []


class TestPackedSource:
    def test_a_npz_file_is_read_in_pieces(self, tmp_path):
        p = np.random.default_rng(0).dirichlet(np.ones(6), size=(50, 3)).astype(np.float32)
        np.savez(tmp_path / "p.npz", files=np.arange(50).astype(str), probabilities=p)
        found = ai.mine(tmp_path / "p.npz", "margin", image_axis=0, top=7)
        expected = ai.mine(p, "margin", image_axis=0, top=7)
        np.testing.assert_array_equal(found.indices, expected.indices)
        taken = sources.take(tmp_path / "p.npz", found.indices, image_axis=0)
        np.testing.assert_array_equal(taken, p[found.indices].swapaxes(0, 1))
        with pytest.raises(IndexError, match="below 50"):
            sources.take(p, [50], image_axis=0)

    def test_another_file(self, tmp_path):
        np.savez(tmp_path / "p.npz", other=np.ones(3))
        with pytest.raises(ValueError, match=r"must be a \.npz file with probabilities"):
            ai.mine(tmp_path / "p.npz", "margin")


class TestCompact:
    @given(st.integers(1, 12), st.integers(0, 2**32 - 1))
    def test_what_is_kept_survives_to_sixteen_bits(self, kept, seed):
        p = np.random.default_rng(seed).dirichlet(np.full(12, 0.3), size=8)
        back = expand(compress(p, kept), 12)
        np.testing.assert_allclose(back.sum(-1), 1, atol=1e-6)
        order = np.argsort(-p, axis=-1, kind="stable")[..., :kept]
        np.testing.assert_allclose(
            np.take_along_axis(back, order, -1),
            np.take_along_axis(p, order, -1),
            rtol=3e-3,
            atol=1e-6,
        )
        entropy = ai.predictive_entropy
        assert (entropy(back) >= entropy(p) - 0.02).all()

    def test_bad_input(self):
        with pytest.raises(ValueError, match="kept=5"):
            compress([[0.5, 0.5]], kept=5)
        with pytest.raises(ValueError, match="sum to 1"):
            compress([[2.0, 0.5]], kept=1)
        assert Compact._fields == ("classes", "values", "rest")


@runs
class TestRecording:
    @pytest.fixture
    def stored(self, root, monkeypatch):
        monkeypatch.setattr(recordings, "missing_networks", lambda: ["ndf"])
        return Recording(root / "book/photographs/predictions.npz")

    def test_the_stored_answers_are_those_of_the_networks(self, root, stored):
        folder = root / "book/photographs"
        files = sorted(
            (p.relative_to(folder) for p in folder.rglob("*.webp")), key=lambda p: p.parts
        )
        some = slice(None, None, 12)
        found = stored.ask("photographs", [np.zeros((1, 1, 3), np.uint8)] * len(files))
        fresh = predict([read_picture(folder / file) for file in files[some]])
        kept = expand(compress(fresh.probabilities))
        np.testing.assert_allclose(found.probabilities[:, some], kept, atol=2e-3)
        for old, new in zip(found.features, fresh.features, strict=True):
            np.testing.assert_allclose(
                old[some] @ old[some].T, new @ new.T, rtol=1e-2, atol=1e-2
            )

    def test_the_answers_about_fruit_are_those_of_the_networks(self, root, stored):
        files = sorted((root / "book/fruit").glob("*.webp"))
        files += sorted((root / "book/photographs/planets").glob("*.webp"))
        pictures = [read_picture(file) for file in files]
        found, fresh = stored.ask("fruit and planets", pictures), predict(pictures)
        kept = expand(compress(fresh.probabilities))
        np.testing.assert_allclose(found.probabilities, kept, atol=2e-3)
        for old, new in zip(found.features, fresh.features, strict=True):
            np.testing.assert_allclose(old @ old.T, new @ new.T, rtol=1e-2, atol=1e-2)

    def test_it_says_where_the_answers_come_from(self, stored):
        assert "Not installed here: ndf" in stored.sentence
        assert "32 most likely classes" in stored.sentence
        with pytest.raises(ValueError, match=r"'other' are not in predictions\.npz, and ndf"):
            stored.ask("other", [])
        stored.missing = []
        assert all(network.title in stored.sentence for network in NETWORKS.values())


class TestOtherLibraries:
    """cleanlab, baal and modAL on the same predictions, as recorded."""

    @pytest.fixture
    def recorded(self, root):
        return json.loads((root / "tests/recorded/ambiguity_scores.json").read_text())

    def test_scores_agree(self, recorded):
        p = np.array(recorded["predictions"])
        baal, modal, cleanlab = recorded["baal"], recorded["modAL"], recorded["cleanlab"]
        by_kl = np.max([ai.kl_divergence(q, ai.mean_prediction(p)) for q in p], axis=0)
        votes = np.eye(p.shape[2])[p.argmax(axis=2)]
        for found, expected in (
            (ai.mutual_information(p), baal["BALD"]),
            (ai.jensen_shannon(p), baal["BALD"]),
            (ai.predictive_entropy(p), baal["Entropy"]),
            (ai.margin(p), baal["Margin"]),
            (ai.predictive_entropy(p), modal["consensus_entropy"]),
            (ai.margin(p), modal["classifier_margin"]),
            (ai.least_confidence(p), modal["classifier_uncertainty"]),
            (by_kl, modal["KL_max_disagreement"]),
            (ai.predictive_entropy(votes), modal["vote_entropy"]),
            (ai.predictive_entropy(p) / np.log(5), cleanlab["get_normalized_entropy"]),
        ):
            np.testing.assert_allclose(found, expected, atol=1e-10, rtol=0)


class TestFigures:
    def test_answer_sheet_counts(self):
        picture, p = np.zeros((2, 4, 4, 3), np.uint8), np.full((3, 2, 4), 0.25)
        figure = figures.ambiguous_images.answer_sheet(
            picture, p, ["a", "b", "c", "a class of a very long name"], titles=["x", "y"]
        )
        assert [len(ax.texts) for ax in figure.axes[:2]] == [3, 3]
        assert [ax.get_title() for ax in figure.axes[:2]] == ["x", "y"]
        with pytest.raises(ValueError, match="images must have shape"):
            figures.ambiguous_images.answer_sheet(picture[:1], p, "abcd")
        with pytest.raises(ValueError, match="titles must have one line"):
            figures.ambiguous_images.answer_sheet(picture, p, "abcd", titles=["x"])

    def test_long_names_take_two_lines(self):
        names = ["spaghetti squash", "chambered nautilus"]
        figure = figures.ambiguous_images.contact_sheet(
            np.zeros((1, 4, 4, 3)), [[0.6, 0.4]], class_names=names
        )
        assert figure.axes[0].get_title() == "spaghetti squash or\nchambered nautilus?"

    def test_strips_take_photographs(self):
        figure = figures.ambiguous_images.image_strips(
            {"one": np.zeros((2, 4, 4, 3), np.uint8)}, {"one": ["a", "b\nc"]}
        )
        (row,) = figure.axes
        assert len(row.images) == 2
        assert [text.get_text() for text in row.texts] == ["a", "b\nc", "one"]
        with pytest.raises(ValueError, match=r"got \(2, 4, 4, 2\)"):
            figures.ambiguous_images.image_strips({"one": np.zeros((2, 4, 4, 2))})
