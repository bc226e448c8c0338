"""What the chapter says about its photographs in words, held to what the networks said.

The stored answers are compared with the networks themselves elsewhere, so that these tests
need no network. A sentence that changes takes its test along: each is quoted here.
"""

from __future__ import annotations

import numpy as np
import pytest

from dlnotes import ambiguous_images as ai
from dlnotes.ambiguous_images import imagenet
from dlnotes.ambiguous_images.networks import find_pictures
from dlnotes.ambiguous_images.recordings import Recording

SCORES = (
    *("predictive_entropy", "least_confidence", "margin", "mutual_information"),
    *("variation_ratio", "rao_quadratic_entropy", "top_pair_confusion", "far_pair_confusion"),
)
PAIRS = ("top_pair_confusion", "far_pair_confusion")
TRAPS = ("scenes", "clutter", "blanks")


class Chapter:
    """The chapter's text and the arrays that its cells make from the stored answers."""

    def __init__(self, root) -> None:
        self.text = " ".join((root / "book/ambiguous_images.md").read_text("utf-8").split())
        self.files = find_pictures(root / "book/photographs")
        self.titles = [file.stem for file in self.files]
        recording = Recording(root / "book/photographs/predictions.npz")
        self.answers = {
            kind: recording._stored(kind).probabilities
            for kind in ("photographs", "look-alikes", *TRAPS)
        }
        self.photo = self.answers["photographs"]
        self.names = np.array(imagenet.class_names())
        self.distance = imagenet.class_distance()

    def says(self, sentence: str) -> bool:
        return sentence in self.text

    def score(self, name: str, kind: str) -> np.ndarray:
        known = ai.SCORES[name]
        far = name in ("rao_quadratic_entropy", "far_pair_confusion")
        values = known.function(
            self.answers[kind], **({"distance": self.distance} if far else {})
        )
        return values if known.largest else -values

    def area(self, name: str, *kinds: str) -> float:
        own = self.score(name, "look-alikes")
        values = np.concatenate([own, *(self.score(name, kind) for kind in kinds)])
        return ai.area_under_roc(values, np.arange(len(values)) < len(own))


@pytest.fixture(scope="module")
def chapter(root) -> Chapter:
    return Chapter(root)


class TestFinds:
    @pytest.mark.parametrize(
        ("words", "title", "name"),
        [
            ("a Sun that is taken for a baguette", "sun", "baguette"),
            ("a Saturn for a spaghetti squash", "saturn", "spaghetti squash"),
            ("a Great Pyramid for a thatched roof", "greatPyramid", "thatched roof"),
        ],
    )
    def test_what_is_taken_for_what(self, chapter, words, title, name):
        assert chapter.says(words)
        places = [i for i, found in enumerate(chapter.titles) if title in found]
        best = chapter.names[chapter.photo[:, places].argmax(axis=2)]
        assert name in best, best

    def test_most_of_what_the_query_finds_are_planets(self, chapter):
        assert chapter.says("Eight photographs in two rows, most of them planets")
        food = imagenet.classes_below("n00021265", "n07555863", "n13134947")
        things = np.setdiff1d(imagenet.classes_below("n00021939"), food)
        found = ai.mine(
            chapter.photo, "group_confusion", top=8, group_a=food, group_b=things
        ).indices
        assert sum(chapter.files[i].parts[0] == "planets" for i in found) > 4
        assert "cup" in {chapter.titles[i] for i in found}

    def test_what_the_margin_finds(self, chapter):
        # The fifth place is a close race, which another machine may decide otherwise.
        assert chapter.says("by margin two shoals of fish, a domed building and a tape measure")
        found = ai.mine(chapter.photo, "margin", top=4).indices
        titles = [chapter.titles[i].rstrip("0123456789") for i in found]
        assert sorted(titles) == ["fish", "fish", "measuringTape", "usCapitol"]

    def test_the_first_far_pair_is_a_scene_with_fishes(self, chapter):
        assert chapter.says("In the first, fishes in front of a reef, both answers are right")
        assert chapter.says("the letter opener or scabbard, which is a pair of tweezers")
        found = ai.mine(
            chapter.photo, "far_pair_confusion", top=8, distance=chapter.distance
        ).indices
        assert chapter.files[found[0]].parts[0] == "fishes"
        pairs = chapter.names[ai.most_confused_pair(chapter.photo[:, found], chapter.distance)]
        tweezers = [i for i, place in enumerate(found) if "tweezer" in chapter.titles[place]]
        assert sorted(pairs[tweezers[0]]) == ["letter opener", "scabbard"]


class TestFruit:
    """Slices of fruit first, then the Sun and the planets, as the chapter asks about them."""

    @pytest.fixture
    def said(self, root):
        said = Recording(root / "book/photographs/predictions.npz")._stored("fruit and planets")
        files = find_pictures(root / "book/fruit")
        names = [file.stem for file in files]
        planets = [p.stem for p in find_pictures(root / "book/photographs/planets")]
        return names + planets, said

    def share(self, said, *groups):
        classes = imagenet.classes_below(*groups)
        return ai.mean_prediction(said.probabilities)[:, classes].sum(axis=1)

    def test_names_below_both_kinds(self, chapter, said):
        assert chapter.says(
            "Spaghetti squash, chambered nautilus and orange stand below both kinds."
        )
        best = chapter.names[said[1].probabilities.argmax(axis=2)]
        both = set(best[:, :9].ravel()) & set(best[:, 9:].ravel())
        assert both == {"spaghetti squash", "chambered nautilus", "orange"}

    def test_bars(self, chapter, said):
        assert chapter.says("Below the slices stand lemon and orange with long bars.")
        assert chapter.says(
            "Below the planets stand gong, swimming cap and others, mostly with short bars."
        )
        named = set(chapter.names[said[1].probabilities[:, 9:].argmax(axis=2)].ravel())
        assert {"gong", "swimming cap"} < named
        best = said[1].probabilities.max(axis=2)
        assert np.median(best[:, :9]) > 0.7
        assert np.median(best[:, 9:]) < 0.3

    def test_the_sun_is_something_to_eat(self, chapter, said):
        names, answers = said
        sun = names.index("sun")
        eaten = self.share(answers, "n00021265", "n07555863", "n13134947")
        assert chapter.says("The Sun gets more belief in something to eat than")
        assert eaten[sun] == eaten[9:].max() > eaten[:9].min()
        assert chapter.says("most of it as a baguette")
        mean = ai.mean_prediction(answers.probabilities)[sun]
        assert mean[chapter.names.tolist().index("baguette")] > eaten[sun] / 2
        assert chapter.says("one of the networks calls it an orange")
        assert (
            chapter.names[answers.probabilities[:, sun].argmax(axis=1)] == "orange"
        ).sum() == 1

    def test_a_narrower_group_keeps_them_apart(self, chapter, said):
        assert chapter.says("The narrower question keeps them apart")
        names, answers = said
        grown = self.share(answers, "n13134947")
        assert grown[:9].min() > grown[9:].max()
        assert chapter.says("which is Mercury's, for a fig")
        most = 9 + int(grown[9:].argmax())
        assert names[most] == "mercury"
        fruit = imagenet.classes_below("n13134947")
        mean = ai.mean_prediction(answers.probabilities)[most, fruit]
        assert chapter.names[fruit[mean.argmax()]] == "fig"

    def test_pairs(self, chapter, said):
        assert chapter.says(
            "The first pair is a red grapefruit and the Sun; limes stand above Mercury and "
            "Mars, a grapefruit above Venus."
        )
        names, answers = said
        close = ai.neighbours_across_classes(
            answers.features[1], np.repeat([0, 1], 9), metric="cosine", top=6
        )
        pairs = [(names[a].rstrip("1234"), names[b]) for a, b in close.pairs]
        assert pairs[0] == ("grapefruit", "sun")
        assert {("lime", "mercury"), ("lime", "mars"), ("grapefruit", "venus")} < set(pairs)
        assert all(place < 9 for place in close.pairs[:, 0])


class TestAgreement:
    def test_siblings_agree_more_than_strangers(self, chapter):
        assert chapter.says("The siblings agree with each other far more often than with the")
        said = chapter.photo.argmax(axis=2)
        alike = [(said[i] == said[j]).mean() for i, j in ((0, 1), (0, 2), (1, 2))]
        assert alike[0] > 1.3 * max(alike[1:])


class TestJudgement:
    def test_the_scores_of_a_pair_do_not_fall_for_the_traps(self, chapter):
        assert chapter.says(
            "Entropy and mutual information prefer clutter, blanks and scenes to look-alikes, "
            "and the two scores of a pair do not"
        )
        for traps in (("scenes",), ("clutter", "blanks")):
            for name in ("predictive_entropy", "mutual_information", "rao_quadratic_entropy"):
                assert chapter.area(name, *traps) < 0.5
            for name in PAIRS:
                assert chapter.area(name, *traps) > 0.75

    def test_among_photographs_no_score_is_far_from_chance(self, chapter):
        assert chapter.says(
            "Among the photographs themselves no score finds the look-alikes much better than "
            "chance"
        )
        for name in SCORES:
            assert 0.4 < chapter.area(name, "photographs") < 0.7

    def test_the_first_fifty(self, chapter):
        assert chapter.says(
            "whoever looks at the first fifty pictures by entropy sees next to none of what "
            "was planted"
        )
        assert chapter.says("here it is among the last")
        hits = {}
        for name in SCORES:
            values = np.concatenate([chapter.score(name, kind) for kind in chapter.answers])
            planted = np.repeat(
                [kind == "look-alikes" for kind in chapter.answers],
                [p.shape[1] for p in chapter.answers.values()],
            )
            hits[name] = 50 * ai.precision_at(values, planted, 50)
        assert hits["predictive_entropy"] <= 2
        assert hits["mutual_information"] <= sorted(hits.values())[3]
        assert all(hits[name] > hits["mutual_information"] for name in PAIRS)
