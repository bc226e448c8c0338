"""Searches of any size: however a source is cut or a run is stopped, the result is the same."""

from __future__ import annotations

import dask
import dask.array
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlnotes import ambiguous_images as ai
from dlnotes.ambiguous_images import _checkpoints

NAMES = ("predictive_entropy", "mutual_information", "margin", "top_pair_confusion")


def some(images=300, classes=40, models=3, dtype=np.float32, seed=0):
    rng = np.random.default_rng(seed)
    raw = rng.gamma(0.2, size=(models, images, classes)) + 1e-9
    raw[:, 1] = 1.0  # the most uncertain image, and seven copies of it far apart: ties on top
    raw[:, images // 3 : images // 3 + 5] = 1.0
    raw[:, -2:] = 1.0
    return (raw / raw.sum(-1, keepdims=True)).astype(dtype)


def distance(classes=40):
    d = np.random.default_rng(1).random((classes, classes))
    return np.triu(d, 1) + np.triu(d, 1).T


def same(a, b):
    np.testing.assert_array_equal(a.indices, b.indices)
    np.testing.assert_array_equal(a.scores, b.scores)
    assert a.images_seen == b.images_seen


class TestSeveral:
    @pytest.mark.parametrize("compiled", [False, True])
    def test_equals_the_searches_one_by_one(self, compiled):
        p = some()
        wanted = {
            **{name: {} for name in NAMES},
            "group_confusion": {"group_a": [1, 2], "group_b": [7]},
            "rao_quadratic_entropy": {"distance": distance()},
            "far_pair_confusion": {"distance": distance()},
            "variation_ratio": {},
            "jensen_shannon": {},
        }
        found = ai.mine_several(p, wanted, top=20, compiled=compiled)
        for name, parameters in wanted.items():
            alone = ai.mine(p, name, top=20, compiled=compiled, **parameters)
            same(found[name], alone)

    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_compiled_is_the_same_to_rounding(self, name, dtype):
        p = some(dtype=dtype)
        p[0, 7], p[1, 7], p[2, 7] = 0, 0, 0
        p[:, 7, 3] = 1  # zeros, and a certain class
        plain = ai.mine(p, name, top=300)
        fast = ai.mine(p, name, top=300, compiled=True)
        order, fast_order = np.argsort(plain.indices), np.argsort(fast.indices)
        exact = ai.SCORES[name].function(p.astype(np.float64))
        for result, by in ((plain, order), (fast, fast_order)):
            np.testing.assert_allclose(result.scores[by], exact, atol=1e-6)

    def test_no_score(self):
        for empty in ([], {}, "margin"):
            with pytest.raises(ValueError, match="scores must name at least one"):
                ai.mine_several(some(), empty)

    def test_a_score_that_is_refused_says_where(self):
        p = some()
        p[1, 250] *= 2
        with pytest.raises(ValueError, match="image 50") as caught:
            ai.mine_several(p, NAMES, batch=100)
        assert "images 200 to 299" in caught.value.__notes__[0]


class TestSources:
    @given(
        cuts=st.lists(st.integers(0, 300), max_size=6),
        name=st.sampled_from([*NAMES, "far_pair_confusion", "rao_quadratic_entropy"]),
        top=st.integers(1, 40),
        kind=st.sampled_from(["iterator", "folder", "dask"]),
        batch=st.sampled_from([7, 64]),
    )
    @settings(max_examples=30)
    def test_any_cut_gives_the_full_sort(self, tmp_path_factory, cuts, name, top, kind, batch):
        p = some()
        parameters = {"distance": distance()} if name.startswith(("far", "rao")) else {}
        pieces = np.split(p, sorted(cuts), axis=1)
        if kind == "folder":
            source = tmp_path_factory.mktemp("chunks")
            for i, piece in enumerate(pieces):
                np.save(source / f"{i:03}.npy", piece)
        elif kind == "dask":
            lengths = tuple(piece.shape[1] for piece in pieces)
            source = dask.array.from_array(p, chunks=((3,), lengths, (25, 15)))
        else:
            source = iter(pieces)
        with dask.config.set(scheduler="synchronous"):
            found = ai.mine(source, name, top=top, batch=batch, **parameters)
        same(found, ai.mine(p, name, top=top, batch=batch, **parameters))
        tied = np.diff(found.scores) == 0
        assert (np.diff(found.indices)[tied] > 0).all()  # in the order of the source
        values = ai.SCORES[name].function(p, **parameters)
        signed = -values if ai.SCORES[name].largest else values
        np.testing.assert_allclose(
            values[found.indices],
            np.sort(values[np.argsort(signed, kind="stable")[:top]])[
                :: -1 if ai.SCORES[name].largest else 1
            ],
            rtol=1e-6,
        )

    def test_images_first_on_dask_and_on_disk(self, tmp_path):
        p = some()
        first = np.ascontiguousarray(p.swapaxes(0, 1))
        np.save(tmp_path / "p.npy", first)
        expected = ai.mine(p, "mutual_information", top=9)
        source = dask.array.from_array(first, chunks=(64, 1, 40))
        same(ai.mine(source, "mutual_information", top=9, image_axis=0), expected)
        same(ai.mine(tmp_path / "p.npy", "mutual_information", top=9, image_axis=0), expected)

    def test_dask_scores_the_same_batches(self):
        """A score whose value depends on the place in the batch would show another cut."""

        def by_place(x):
            return x[0, :, 0] + np.arange(x.shape[1])

        source = dask.array.from_array(some(), chunks=((3,), (50, 70, 180), (40,)))
        with dask.config.set(scheduler="synchronous"):
            found = ai.mine(source, by_place, batch=32, top=300)
        same(found, ai.mine(some(), by_place, batch=32, top=300))

    def test_dask_tells_progress_and_refuses_what_it_cannot_cut(self):
        told = []
        ai.mine(dask.array.from_array(some(), chunks=-1), "margin", progress=told.append)
        assert told == [300]
        unknown = dask.array.from_array(some()[0], chunks=50)
        unknown = unknown[unknown[:, 0] > 0]
        with pytest.raises(ValueError, match="compute_chunk_sizes"):
            ai.mine(unknown, "margin")
        with pytest.raises(ValueError, match="got shape"):
            ai.mine(dask.array.ones(5), "margin")

    def test_bad_files(self, tmp_path):
        with pytest.raises(ValueError, match="holds none"):
            ai.mine(tmp_path, "margin")
        whole = tmp_path / "p.npy"
        np.save(whole, some())
        whole.write_bytes(whole.read_bytes()[:5000])
        with pytest.raises(ValueError, match=r"p\.npy' is not"):
            ai.mine(whole, "margin")


class Stopped(Exception):
    pass


class TestCheckpoints:
    @pytest.fixture(autouse=True)
    def always(self, monkeypatch):
        monkeypatch.setattr(_checkpoints, "_SECONDS", 0.0)

    def stop_after(self, count):
        def progress(seen):
            if seen >= count:
                raise Stopped

        return progress

    @pytest.mark.parametrize("stop", [32, 64, 160, 288, 300])
    def test_a_stopped_search_goes_on_and_finds_the_same(self, tmp_path, stop):
        p, note = some(), tmp_path / "note"
        with pytest.raises(Stopped):
            ai.mine(
                p, "margin", top=9, batch=32, checkpoint=note, progress=self.stop_after(stop)
            )
        assert note.exists()
        seen = []
        found = ai.mine(p, "margin", top=9, batch=32, checkpoint=note, progress=seen.append)
        same(found, ai.mine(p, "margin", top=9, batch=32))
        assert all(count > stop for count in seen)  # nothing is scored again
        assert not note.exists()

    def test_an_iterator_goes_on_too(self, tmp_path):
        p, note = some(), tmp_path / "note"
        cut = [p[:, i : i + 50] for i in range(0, 300, 50)]
        with pytest.raises(Stopped):
            ai.mine_several(
                iter(cut), NAMES, batch=32, checkpoint=note, progress=self.stop_after(100)
            )
        found = ai.mine_several(iter(cut), NAMES, batch=32, checkpoint=note)
        for name in NAMES:
            same(found[name], ai.mine(p, name, batch=32))

    @pytest.mark.parametrize(
        "change",
        [{"top": 8}, {"batch": 16}, {"score": "predictive_entropy"}, {"largest": True}],
    )
    def test_of_another_search(self, tmp_path, change):
        note = tmp_path / "note"
        given = {"score": "margin", "top": 9, "batch": 32}
        with pytest.raises(Stopped):
            ai.mine(some(), checkpoint=note, progress=self.stop_after(64), **given)
        with pytest.raises(ValueError, match="must belong to this search"):
            ai.mine(some(), checkpoint=note, **{**given, **change})
        with pytest.raises(ValueError, match="must belong to this search"):
            ai.mine(some(seed=1), checkpoint=note, **given)

    def test_of_other_parameters(self, tmp_path):
        given = {"checkpoint": tmp_path / "note", "batch": 32, "score": "class_pair_confusion"}
        with pytest.raises(Stopped):
            ai.mine(some(), progress=self.stop_after(64), a=1, b=2, **given)
        with pytest.raises(ValueError, match="must belong to this search"):
            ai.mine(some(), a=1, b=3, **given)

    def test_of_another_kind(self, tmp_path):
        (tmp_path / "note").write_text("shopping list")
        with pytest.raises(ValueError, match="cannot be read"):
            ai.mine(some(), "margin", checkpoint=tmp_path / "note")
