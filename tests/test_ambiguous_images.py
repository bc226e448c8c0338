"""Scores, search and judgement of ambiguous images, against independent engines."""

import importlib
import inspect
import itertools
import warnings

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.spatial.distance import jensenshannon
from sklearn.metrics import roc_auc_score

from dlnotes import ambiguous_images as ai
from dlnotes.figures import ambiguous_images as chapter

SUBMODULES = (
    "ensembles",
    "evaluation",
    "hierarchy",
    "mining",
    "neighbours",
    "pairs",
    "uncertainty",
)
SINGLE = (ai.predictive_entropy, ai.least_confidence, ai.margin, ai.top_pair_confusion)
SEVERAL = (
    ai.expected_entropy,
    ai.mutual_information,
    ai.jensen_shannon,
    ai.variation_ratio,
)


def random_predictions(shape, seed=0, zeros=0.3, dtype=np.float64):
    """Rows with exact zeros among them, as forests and nearest neighbours give."""
    rng = np.random.default_rng(seed)
    raw = rng.gamma(0.4, size=shape) + 1e-12
    raw[rng.random(shape) < zeros] = 0.0
    raw[..., 0] += raw.sum(axis=-1) == 0.0
    return (raw / raw.sum(axis=-1, keepdims=True)).astype(dtype)


def exact_entropy(row):
    with mpmath.workdps(50):
        return -sum(mpmath.mpf(float(x)) * mpmath.log(float(x)) for x in row if x > 0)


@st.composite
def predictions(draw, min_models=2, max_models=4, min_images=0):
    models = draw(st.integers(min_models, max_models))
    images = draw(st.integers(min_images, 6))
    classes = draw(st.integers(2, 6))
    raw = draw(
        hnp.arrays(
            np.float64,
            (models, images, classes),
            elements=st.sampled_from([0.0, 1e-300, 1e-9, 0.1, 0.5, 1.0, 3.0]),
        )
    )
    raw[..., 0] += raw.sum(axis=-1) < 1e-6
    return raw / raw.sum(axis=-1, keepdims=True)


class TestPublicNames:
    def test_all_is_the_union_of_the_modules(self):
        names = {"SCORES"}
        for module in SUBMODULES:
            names |= set(importlib.import_module(f"dlnotes.ambiguous_images.{module}").__all__)
        assert set(ai.__all__) == names
        assert list(ai.__all__) == sorted(ai.__all__, key=lambda n: (not n.isupper(), n))

    @pytest.mark.parametrize("name", [n for n in ai.__all__ if n != "SCORES"])
    def test_docstring_has_parameters_and_examples(self, name):
        text = inspect.getdoc(getattr(ai, name))
        assert "Parameters\n----------" in text
        assert "Examples\n--------" in text

    def test_registry_holds_every_score(self):
        for name, score in ai.SCORES.items():
            assert score.function is getattr(ai, name)
            assert score.finds


class TestBoundary:
    """Bad probabilities are refused by every score with the argument and the value."""

    @pytest.mark.parametrize("score", SINGLE + SEVERAL)
    def test_logits_are_not_silently_softmaxed(self, score):
        p = np.full((2, 3, 4), 0.25)
        p[1, 2] = [3.0, 1.0, 0.5, 0.0]
        with pytest.raises(
            ValueError, match=r"probabilities must sum to 1 .*4\.5.*model 1, im"
        ):
            score(p)

    @pytest.mark.parametrize("score", SINGLE + SEVERAL)
    def test_negative_is_named(self, score):
        p = np.full((2, 3, 2), 0.5)
        p[0, 1] = [1.25, -0.25]
        with pytest.raises(
            ValueError, match=r"negative, got -0\.25 at model 0, image 1, class"
        ):
            score(p)

    @pytest.mark.parametrize("score", SINGLE + SEVERAL)
    @pytest.mark.parametrize(("value", "word"), [(np.nan, "NaN"), (np.inf, "infinite")])
    def test_not_finite_is_named_without_warning(self, score, value, word):
        p = np.full((2, 3, 2), 0.5)
        p[1, 0, 1] = value
        with pytest.raises(
            ValueError, match=f"probabilities is {word} at model 1, image 0, cl"
        ):
            score(p)

    def test_infinities_of_both_signs_do_not_warn(self):
        with pytest.raises(ValueError, match="infinite"):
            ai.predictive_entropy([[np.inf, -np.inf]])

    def test_image_number_counts_across_blocks(self):
        p = np.full((3000, 200), 1 / 200)
        p[2345] = 0.0
        with pytest.raises(ValueError, match="the sum 0 at model 0, image 2345"):
            ai.margin(p)

    @pytest.mark.parametrize("score", SEVERAL)
    @pytest.mark.parametrize("p", [np.full((3, 2), 0.5), np.full((1, 3, 2), 0.5)])
    def test_one_model_where_several_are_needed(self, score, p):
        with pytest.raises(ValueError, match="two models or more"):
            score(p)

    @pytest.mark.parametrize("shape", [(2,), (1, 2, 3, 2), ()])
    def test_wrong_number_of_axes(self, shape):
        with pytest.raises(ValueError, match="must have shape"):
            ai.predictive_entropy(np.full(shape, 0.5))

    @pytest.mark.parametrize("shape", [(3, 1), (0, 3, 2), (3, 0)])
    def test_no_model_or_no_choice(self, shape):
        with pytest.raises(ValueError, match="at least one model and two classes"):
            ai.predictive_entropy(np.ones(shape))

    @pytest.mark.parametrize("bad", [["a", "b"], [[1j, 1]], [[None, 1]]])
    def test_wrong_type(self, bad):
        with pytest.raises(
            TypeError, match="probabilities must be a rectangular array of real numbers"
        ):
            ai.predictive_entropy(bad)

    def test_tolerance_admits_rounding_of_float32_and_no_more(self):
        ai.predictive_entropy([[0.5, 0.50005]])
        with pytest.raises(ValueError, match="sum to 1"):
            ai.predictive_entropy([[0.5, 0.5002]])


class TestDtype:
    @pytest.mark.parametrize("score", SINGLE + SEVERAL)
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_floats_are_kept(self, score, dtype):
        assert score(random_predictions((3, 5, 4), dtype=dtype)).dtype == dtype

    @pytest.mark.parametrize("score", SINGLE + SEVERAL)
    def test_integers_are_promoted(self, score):
        one_hot = np.eye(4, dtype=np.uint8)[[[0, 1, 2], [0, 1, 2]]]
        assert score(one_hot).dtype == np.float64

    @pytest.mark.parametrize(
        "name", ["predictive_entropy", "expected_entropy", "jensen_shannon"]
    )
    def test_float32_sums_over_1000_classes_are_accurate(self, name):
        p = random_predictions((3, 40, 1000), zeros=0.0, dtype=np.float32)
        score = getattr(ai, name)
        exact = score(p.astype(np.float64) / p.sum(axis=-1, keepdims=True, dtype=np.float64))
        np.testing.assert_allclose(score(p), exact, rtol=1e-6)

    def test_input_is_not_changed(self):
        p = random_predictions((2, 5, 4))
        before = p.copy()
        for score in SINGLE + SEVERAL:
            score(p)
        np.testing.assert_array_equal(p, before)
        single = p[0].copy()
        ai.margin(single)
        np.testing.assert_array_equal(single, before[0])

    @pytest.mark.parametrize("score", SINGLE + SEVERAL)
    def test_no_images_no_scores(self, score):
        assert score(np.empty((2, 0, 3))).shape == (0,)


class TestPredictiveEntropy:
    def test_against_mpmath_at_50_digits(self):
        p = random_predictions((3, 30, 7))
        expected = [float(exact_entropy(row)) for row in p.mean(axis=0)]
        np.testing.assert_allclose(ai.predictive_entropy(p), expected, rtol=1e-14, atol=1e-15)

    def test_zero_log_zero_is_exactly_zero(self):
        value = ai.predictive_entropy([[0.0, 1.0, 0.0]])
        assert value[0] == 0.0
        assert not np.signbit(value[0])

    def test_tiny_probability_is_not_lost(self):
        value = ai.predictive_entropy([[1.0, 1e-300]])
        np.testing.assert_allclose(value, [float(exact_entropy([1e-300]))], rtol=1e-14)

    @given(predictions(min_models=1))
    def test_bounds(self, p):
        h = ai.predictive_entropy(p)
        assert (h >= 0).all()
        assert (h <= np.log(p.shape[2]) * (1 + 1e-14)).all()

    def test_uniform_attains_the_bound(self):
        np.testing.assert_allclose(
            ai.predictive_entropy(np.full((1, 1000), 1e-3)), np.log(1000), rtol=1e-14
        )

    def test_blocks_do_not_show(self):
        p = random_predictions((2, 700, 1000), dtype=np.float32)
        whole = ai.predictive_entropy(p)
        parts = [ai.predictive_entropy(p[:, i : i + 1])[0] for i in (0, 131, 699)]
        np.testing.assert_array_equal(whole[[0, 131, 699]], parts)


class TestLeastConfidence:
    @given(predictions(min_models=1))
    def test_against_the_definition(self, p):
        np.testing.assert_allclose(
            ai.least_confidence(p), 1 - p.mean(axis=0).max(axis=-1), atol=1e-15
        )


class TestMargin:
    @given(predictions(min_models=1))
    def test_against_a_full_sort(self, p):
        ranked = np.sort(p.mean(axis=0), axis=-1)
        np.testing.assert_allclose(ai.margin(p), ranked[:, -1] - ranked[:, -2], atol=1e-15)

    @given(predictions(min_models=1))
    def test_bounds_by_the_largest_probability(self, p):
        classes = p.shape[2]
        largest = 1 - ai.least_confidence(p)
        value = ai.margin(p)
        assert (value >= np.maximum(0, 2 * largest - 1) - 1e-12).all()
        assert (value <= (classes * largest - 1) / (classes - 1) + 1e-12).all()

    def test_tie_is_zero(self):
        assert ai.margin([[0.4, 0.2, 0.4]])[0] == 0.0


class TestMeanPrediction:
    @given(predictions(min_models=1))
    def test_against_numpy(self, p):
        np.testing.assert_allclose(ai.mean_prediction(p), p.mean(axis=0), rtol=1e-15)

    def test_one_model_is_copied(self):
        p = random_predictions((4, 3))
        out = ai.mean_prediction(p)
        np.testing.assert_array_equal(out, p)
        assert not np.shares_memory(out, p)


class TestGeometricMeanPrediction:
    def test_is_the_softmax_of_the_mean_logits(self):
        logits = np.random.default_rng(1).normal(size=(3, 20, 5))
        p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
        mean = np.exp(logits.mean(axis=0))
        np.testing.assert_allclose(
            ai.geometric_mean_prediction(p), mean / mean.sum(axis=-1, keepdims=True), rtol=1e-13
        )

    def test_a_zero_is_a_veto(self):
        out = ai.geometric_mean_prediction([[[0.0, 0.5, 0.5]], [[0.98, 0.01, 0.01]]])
        np.testing.assert_allclose(out, [[0.0, 0.5, 0.5]], rtol=1e-15)

    def test_no_class_left_is_refused_with_the_image(self):
        p = np.full((2, 1500, 100), 0.01)
        p[0, 1400], p[1, 1400] = np.eye(100)[:2]
        with pytest.raises(ValueError, match="image 1400 leave no class"):
            ai.geometric_mean_prediction(p)

    @given(predictions())
    def test_minimises_the_reverse_divergence(self, p):
        p = (p + 0.01) / (p + 0.01).sum(axis=-1, keepdims=True)
        best = ai.geometric_mean_prediction(p)
        other = ai.mean_prediction(p)
        cost = lambda q: ai.kl_divergence(q[np.newaxis], p).mean(axis=0)  # noqa: E731
        assert (cost(best) <= cost(other) + 1e-12).all()


class TestApplyTemperature:
    def test_is_a_softmax_of_divided_logits(self):
        logits = np.random.default_rng(2).normal(size=(6, 4))
        p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
        cooled = np.exp(logits / 0.3)
        np.testing.assert_allclose(
            ai.apply_temperature(p, 0.3), cooled / cooled.sum(-1, keepdims=True), rtol=1e-13
        )

    @given(predictions(min_models=1), st.sampled_from([1e-300, 1e-3, 1.0, 7.0, 1e300]))
    def test_rows_stay_distributions_and_zeros_stay(self, p, temperature):
        out = ai.apply_temperature(p, temperature)
        np.testing.assert_allclose(out.sum(axis=-1), 1.0, rtol=1e-14)
        assert (out[p == 0] == 0).all()
        ai.mean_prediction(out)

    @pytest.mark.parametrize("bad", [0, -1.0, np.nan, np.inf])
    def test_bad_temperature(self, bad):
        with pytest.raises(
            ValueError, match="temperature must be positive and finite, got temp"
        ):
            ai.apply_temperature([0.5, 0.5], bad)

    def test_keeps_float32(self):
        assert ai.apply_temperature(np.float32([0.5, 0.5]), 2).dtype == np.float32

    def test_rows_are_checked(self):
        with pytest.raises(ValueError, match="sum to 1"):
            ai.apply_temperature([2.0, 3.0], 1.0)
        with pytest.raises(ValueError, match="two classes or more"):
            ai.apply_temperature([1.0], 1.0)


class TestExpectedEntropy:
    def test_against_mpmath(self):
        p = random_predictions((3, 20, 6))
        expected = [float(sum(exact_entropy(p[m, i]) for m in range(3)) / 3) for i in range(20)]
        np.testing.assert_allclose(ai.expected_entropy(p), expected, rtol=1e-13, atol=1e-15)


class TestMutualInformation:
    def test_against_the_definition_for_joint_variables(self):
        # I(class; model) from the joint distribution of model and class, in 50 digits.
        p = random_predictions((3, 15, 5))
        for i, value in enumerate(ai.mutual_information(p)):
            with mpmath.workdps(50):
                joint = [[mpmath.mpf(float(x)) / 3 for x in p[m, i]] for m in range(3)]
                column = [sum(joint[m][k] for m in range(3)) for k in range(5)]
                exact = sum(
                    x * mpmath.log(x / (column[k] * sum(joint[m])))
                    for m in range(3)
                    for k, x in enumerate(joint[m])
                    if x > 0
                )
            assert value == pytest.approx(float(exact), rel=1e-12, abs=1e-15)

    @given(predictions())
    def test_bounds(self, p):
        value = ai.mutual_information(p)
        assert (value >= 0).all()
        ceiling = np.minimum(ai.predictive_entropy(p), np.log(p.shape[0]))
        assert (value <= ceiling + 1e-12).all()

    @given(predictions(min_models=1, max_models=1))
    def test_models_that_agree_give_zero(self, p):
        np.testing.assert_allclose(
            ai.mutual_information(np.repeat(p, 3, axis=0)), 0, atol=1e-14
        )

    def test_rounding_never_shows_as_a_negative(self):
        p = random_predictions((1, 2000, 7), zeros=0.0)
        assert (ai.mutual_information(np.repeat(p, 3, axis=0)) >= 0).all()

    def test_models_that_exclude_each_other_give_log_models(self):
        p = np.eye(4)[:, np.newaxis, :]
        np.testing.assert_allclose(ai.mutual_information(p), np.log(4), rtol=1e-15)


class TestJensenShannon:
    @given(predictions())
    def test_equals_the_mutual_information(self, p):
        np.testing.assert_allclose(
            ai.jensen_shannon(p), ai.mutual_information(p), rtol=1e-9, atol=1e-13
        )

    def test_two_models_against_scipy(self):
        p = random_predictions((2, 30, 6))
        np.testing.assert_allclose(
            ai.jensen_shannon(p),
            jensenshannon(p[0], p[1], axis=-1) ** 2,
            rtol=1e-10,
            atol=1e-15,
        )

    @given(predictions(min_models=2, max_models=2))
    def test_two_models_at_most_log_2(self, p):
        assert (ai.jensen_shannon(p) <= np.log(2) * (1 + 1e-14)).all()

    def test_nearly_equal_models_keep_relative_accuracy(self):
        p = np.array([[[0.5, 0.5]], [[0.5 + 1e-6, 0.5 - 1e-6]]])
        with mpmath.workdps(50):
            rows = [[mpmath.mpf(float(x)) for x in p[m, 0]] for m in range(2)]
            mean = [(rows[0][k] + rows[1][k]) / 2 for k in range(2)]
            exact = sum(
                rows[m][k] * mpmath.log(rows[m][k] / mean[k]) / 2
                for m in range(2)
                for k in range(2)
            )
        assert ai.jensen_shannon(p)[0] == pytest.approx(float(exact), rel=1e-3)

    @given(predictions(), st.integers(0, 2**31))
    def test_weights_against_the_entropy_form(self, p, seed):
        weights = np.random.default_rng(seed).dirichlet(np.full(p.shape[0], 0.5))
        weights /= weights.sum()
        mixed = ai.predictive_entropy(np.einsum("m,mnk->nk", weights, p))
        own = sum(w * ai.predictive_entropy(row) for w, row in zip(weights, p, strict=True))
        np.testing.assert_allclose(
            ai.jensen_shannon(p, weights=weights), mixed - own, rtol=1e-9, atol=1e-12
        )

    def test_model_of_weight_zero_is_ignored(self):
        p = np.eye(3)[:, np.newaxis, :]
        value = ai.jensen_shannon(p, weights=[0.5, 0.5, 0.0])
        np.testing.assert_allclose(value, np.log(2), rtol=1e-15)

    @pytest.mark.parametrize(
        ("weights", "message"),
        [
            ([1.0], r"weights must have shape \(2,\)"),
            ([0.5, 0.6], "weights must sum to 1"),
            ([1.5, -0.5], "weights must not be negative"),
        ],
    )
    def test_bad_weights(self, weights, message):
        with pytest.raises(ValueError, match=message):
            ai.jensen_shannon(np.full((2, 1, 2), 0.5), weights=weights)


class TestKLDivergence:
    def test_against_mpmath(self):
        p, q = random_predictions((2, 20, 5))
        q = (q + 0.01) / (q + 0.01).sum(axis=-1, keepdims=True)
        with mpmath.workdps(50):
            expected = [
                float(
                    sum(
                        mpmath.mpf(float(a)) * mpmath.log(mpmath.mpf(float(a)) / float(b))
                        for a, b in zip(r, s, strict=True)
                        if a > 0
                    )
                )
                for r, s in zip(p, q, strict=True)
            ]
        np.testing.assert_allclose(ai.kl_divergence(p, q), expected, rtol=1e-12, atol=1e-15)

    @given(predictions(min_models=2, max_models=2))
    def test_gibbs_inequality(self, p):
        assert (ai.kl_divergence(p[0], p[1]) >= 0).all()
        np.testing.assert_array_equal(ai.kl_divergence(p[0], p[0]), 0.0)

    def test_excluded_class_is_infinite_and_zero_log_zero_is_zero(self):
        value = ai.kl_divergence([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]], [[1, 0, 0], [1, 0, 0]])
        np.testing.assert_array_equal(value, [np.inf, 0.0])

    def test_one_row_broadcasts(self):
        assert ai.kl_divergence([0.5, 0.5], np.full((4, 2), 0.5)).shape == (4,)

    def test_shapes_that_do_not_fit(self):
        with pytest.raises(ValueError, match="same classes"):
            ai.kl_divergence([0.5, 0.5], [1.0, 0.0, 0.0])
        with pytest.raises(ValueError, match="shapes that broadcast"):
            ai.kl_divergence(np.full((2, 2), 0.5), np.full((3, 2), 0.5))

    def test_second_argument_is_named(self):
        with pytest.raises(ValueError, match="q must sum to 1"):
            ai.kl_divergence([0.5, 0.5], [0.5, 0.6])


class TestVariationRatio:
    @given(predictions())
    def test_against_counting(self, p):
        votes = p.argmax(axis=-1)
        expected = [1 - np.bincount(v).max() / p.shape[0] for v in votes.T]
        np.testing.assert_allclose(ai.variation_ratio(p), expected, atol=1e-15)

    def test_bound_with_fewer_classes_than_models(self):
        p = np.eye(2)[[0, 1, 0, 1, 0]][:, np.newaxis, :]
        assert ai.variation_ratio(p)[0] == pytest.approx(2 / 5)


class TestClassPairConfusion:
    @given(predictions(min_models=1))
    def test_bounded_by_one_and_by_the_top_pair(self, p):
        value = ai.class_pair_confusion(p, 1, 0)
        assert (value >= 0).all()
        assert (value <= ai.top_pair_confusion(p)).all()
        np.testing.assert_array_equal(value, ai.class_pair_confusion(p, 0, 1))

    def test_half_and_half_is_one(self):
        assert ai.class_pair_confusion([[0.0, 0.5, 0.5]], 2, 1)[0] == 1.0

    @pytest.mark.parametrize(
        ("a", "b", "error", "message"),
        [
            (0, 3, ValueError, "b must be at least 0 and at most 2, got b=3"),
            (-1, 1, ValueError, "a must be at least 0 and at most 2, got a=-1"),
            (1, 1, ValueError, "two different classes, got a=1 and b=1"),
            (0.0, 1, TypeError, "a must be an integer, got 0.0"),
            (True, 1, TypeError, "a must be an integer, got True"),
        ],
    )
    def test_bad_classes(self, a, b, error, message):
        with pytest.raises(error, match=message):
            ai.class_pair_confusion([[0.5, 0.25, 0.25]], a, b)


class TestTopPairConfusion:
    @given(predictions(min_models=1))
    def test_is_the_largest_over_all_pairs(self, p):
        classes = p.shape[2]
        brute = np.max(
            [ai.class_pair_confusion(p, a, b) for a in range(classes) for b in range(a)], axis=0
        )
        np.testing.assert_allclose(ai.top_pair_confusion(p), brute, rtol=1e-15)


class TestGroupConfusion:
    def test_groups_of_one_are_a_pair(self):
        p = random_predictions((2, 9, 4))
        np.testing.assert_allclose(
            ai.group_confusion(p, [3], [1]), ai.class_pair_confusion(p, 3, 1), rtol=1e-15
        )

    def test_mask_and_list_agree(self):
        p = random_predictions((2, 9, 4))
        mask = np.array([True, False, True, False])
        np.testing.assert_array_equal(
            ai.group_confusion(p, mask, ~mask), ai.group_confusion(p, [2, 0], [1, 3])
        )

    @given(predictions(min_models=1))
    def test_at_most_one(self, p):
        assert (ai.group_confusion(p, [0], range(1, p.shape[2])) <= 1 + 1e-12).all()

    @pytest.mark.parametrize(
        ("a", "b", "error", "message"),
        [
            ([], [1], ValueError, "group_a must list at least one class"),
            ([0, 1], [1, 2], ValueError, "must not overlap, both hold the class 1"),
            ([0], [3], ValueError, "group_b must be at least 0 and at most 2, got group_b=3"),
            ([0, 0], [1], ValueError, "each class once"),
            ([0.5], [1], TypeError, "group_a must hold integers"),
            ([True, False], [1], ValueError, r"as a mask must have shape \(3,\)"),
        ],
    )
    def test_bad_groups(self, a, b, error, message):
        with pytest.raises(error, match=message):
            ai.group_confusion([[0.5, 0.25, 0.25]], a, b)


def random_distance(classes, seed=0):
    raw = np.random.default_rng(seed).random((classes, classes))
    matrix = raw + raw.T
    np.fill_diagonal(matrix, 0.0)
    return matrix


class TestRaoQuadraticEntropy:
    def test_against_the_double_sum(self):
        p, d = random_predictions((3, 8, 5)), random_distance(5)
        brute = [
            sum(d[i, j] * row[i] * row[j] for i in range(5) for j in range(5))
            for row in p.mean(axis=0)
        ]
        np.testing.assert_allclose(ai.rao_quadratic_entropy(p, d), brute, rtol=1e-13)

    @given(predictions(min_models=1))
    def test_bound_and_gini_simpson(self, p):
        classes = p.shape[2]
        d = 1.0 - np.eye(classes)
        value = ai.rao_quadratic_entropy(p, d)
        np.testing.assert_allclose(
            value, 1 - (p.mean(axis=0) ** 2).sum(axis=-1), rtol=1e-12, atol=1e-14
        )
        assert (value <= 1 - 1 / classes + 1e-12).all()

    def test_two_groups_give_half_the_group_confusion(self):
        p = random_predictions((2, 9, 5))
        group = np.array([0, 0, 1, 1, 1])
        d = (group[:, np.newaxis] != group).astype(float)
        np.testing.assert_allclose(
            2 * ai.rao_quadratic_entropy(p, d),
            ai.group_confusion(p, [0, 1], [2, 3, 4]),
            rtol=1e-12,
        )

    @pytest.mark.parametrize(
        ("d", "message"),
        [
            (np.zeros((3, 3)), r"distance must have shape \(2, 2\), got \(3, 3\)"),
            ([[0, 1], [2, 0]], r"symmetric, got 1 at \(0, 1\) and 2 at \(1, 0\)"),
            ([[0, -1], [-1, 0]], "not negative, got -1"),
            ([[0, np.nan], [np.nan, 0]], "finite and not negative, got nan"),
            ([[1, 1], [1, 0]], "to itself must be 0, got 1 at"),
        ],
    )
    def test_bad_distance(self, d, message):
        with pytest.raises(ValueError, match=message):
            ai.rao_quadratic_entropy([[0.5, 0.5]], d)


def all_pairs(p, d):
    mean = p.mean(axis=0)
    return 4 * (mean[:, :, np.newaxis] * mean[:, np.newaxis, :] * d).reshape(len(mean), -1)


class TestFarPairConfusion:
    @pytest.mark.parametrize("classes", [2, 5, 16, 17, 60])
    @pytest.mark.parametrize("zeros", [0.0, 0.5, 0.97])
    def test_pruned_search_equals_all_pairs(self, classes, zeros):
        p, d = random_predictions((2, 40, classes), zeros=zeros), random_distance(classes)
        np.testing.assert_allclose(
            ai.far_pair_confusion(p, d), all_pairs(p, d).max(axis=1), rtol=1e-13
        )

    def test_pair_among_the_unlikely_classes_is_found(self):
        # Thirty near classes carry most of the mass; only the last two are far apart.
        p = np.r_[np.full(30, 0.03), 0.05, 0.05][np.newaxis]
        p = np.r_[p[0, :30] * 1.2, 0.01, 0.01]
        p = (p / p.sum())[np.newaxis]
        d = np.zeros((32, 32))
        d[30, 31] = d[31, 30] = 1.0
        np.testing.assert_allclose(ai.far_pair_confusion(p, d), 4 * p[0, 30] ** 2, rtol=1e-13)
        np.testing.assert_array_equal(ai.most_confused_pair(p, d), [[30, 31]])

    def test_equal_distances_give_the_top_pair(self):
        p = random_predictions((3, 30, 40))
        np.testing.assert_allclose(
            ai.far_pair_confusion(p, 1.0 - np.eye(40)), ai.top_pair_confusion(p), rtol=1e-13
        )


class TestMostConfusedPair:
    def test_order_and_ties(self):
        pairs = ai.most_confused_pair([[0.1, 0.6, 0.3], [0.4, 0.2, 0.4], [0.25, 0.25, 0.5]])
        np.testing.assert_array_equal(pairs, [[1, 2], [0, 2], [2, 0]])
        assert pairs.dtype == np.int64

    def test_a_certain_prediction_still_names_two_classes(self):
        np.testing.assert_array_equal(
            ai.most_confused_pair(np.eye(3)), [[0, 1], [1, 0], [2, 0]]
        )

    @pytest.mark.parametrize("classes", [4, 30])
    def test_attains_the_far_pair_score(self, classes):
        p, d = random_predictions((2, 50, classes), zeros=0.0), random_distance(classes)
        i, j = ai.most_confused_pair(p, d).T
        mean = p.mean(axis=0)
        rows = np.arange(50)
        np.testing.assert_allclose(
            4 * mean[rows, i] * mean[rows, j] * d[i, j], ai.far_pair_confusion(p, d), rtol=1e-13
        )
        assert (mean[rows, i] >= mean[rows, j]).all()


class TestHierarchyDistance:
    def test_wu_and_palmer_by_hand(self):
        d = ai.hierarchy_distance(
            [("thing", "animal", "dog", "pug"), ("thing", "animal", "cat"), ("thing", "food")]
        )
        np.testing.assert_allclose(
            d, [[0, 1 - 4 / 7, 1 - 2 / 6], [1 - 4 / 7, 0, 1 - 2 / 5], [1 - 2 / 6, 1 - 2 / 5, 0]]
        )

    @pytest.mark.parametrize(
        ("paths", "error", "message"),
        [
            (["dog", "cat"], TypeError, r"paths\[0\] must be a sequence of names, got 'dog'"),
            ([("a",), 3], TypeError, r"paths\[1\] must be a sequence"),
            ([("a",), ()], ValueError, r"paths\[1\] must hold at least"),
            ([("a",)], ValueError, "two classes or more, got 1"),
            ([("a", "b"), ("a", "b")], ValueError, "must differ"),
        ],
    )
    def test_bad_paths(self, paths, error, message):
        with pytest.raises(error, match=message):
            ai.hierarchy_distance(paths)


class TestMine:
    def full_sort(self, values, top, largest=True):
        key = -values if largest else values
        return np.lexsort((np.arange(len(values)), key))[:top]

    @pytest.mark.parametrize("name", ["predictive_entropy", "margin", "mutual_information"])
    def test_equals_the_full_sort(self, name):
        p = random_predictions((3, 500, 5))
        found = ai.mine(p, name, top=40, batch=64)
        values = getattr(ai, name)(p)
        order = self.full_sort(values, 40, ai.SCORES[name].largest)
        np.testing.assert_array_equal(found.indices, order)
        np.testing.assert_array_equal(found.scores, values[order])
        assert found.images_seen == 500

    @settings(max_examples=60)
    @given(
        cuts=st.lists(st.integers(0, 90), max_size=8),
        batch=st.sampled_from([1, 7, 32, 200]),
        top=st.integers(1, 100),
        score=st.sampled_from(["top_pair_confusion", "variation_ratio", "jensen_shannon"]),
    )
    def test_any_chunking_gives_the_same_bits(self, cuts, batch, top, score):
        p = random_predictions((3, 90, 4), dtype=np.float32)
        edges = [0, *sorted(cuts), 90]
        chunks = [p[:, a:b] for a, b in itertools.pairwise(edges)]
        whole = ai.mine(p, score, top=top, batch=batch)
        cut = ai.mine(iter(chunks), score, top=top, batch=batch)
        np.testing.assert_array_equal(cut.indices, whole.indices)
        np.testing.assert_array_equal(cut.scores, whole.scores)
        np.testing.assert_array_equal(whole.indices, self.full_sort(getattr(ai, score)(p), top))

    def test_matrix_products_too_do_not_depend_on_the_chunks(self):
        p, d = random_predictions((2, 100, 30)), random_distance(30)
        whole = ai.mine(p, "rao_quadratic_entropy", top=100, batch=16, distance=d)
        ones = (p[:, i : i + 1] for i in range(100))
        cut = ai.mine(ones, "rao_quadratic_entropy", top=100, batch=16, distance=d)
        np.testing.assert_array_equal(cut.scores, whole.scores)
        np.testing.assert_array_equal(cut.indices, whole.indices)

    def test_ties_are_in_the_order_of_the_source(self):
        p = np.full((10, 2), 0.5)
        np.testing.assert_array_equal(ai.mine(p, top=4, batch=3).indices, [0, 1, 2, 3])

    def test_memory_map_and_images_first(self, tmp_path):
        p = random_predictions((3, 50, 4))
        np.save(tmp_path / "p.npy", np.ascontiguousarray(p.swapaxes(0, 1)))
        source = np.load(tmp_path / "p.npy", mmap_mode="r")
        found = ai.mine(source, "mutual_information", top=9, image_axis=0, batch=8)
        np.testing.assert_array_equal(
            found.indices, ai.mine(p, "mutual_information", top=9).indices
        )

    def test_generator_may_reuse_its_buffer(self):
        p = random_predictions((2, 40, 3))

        def chunks():
            buffer = np.empty((2, 8, 3))
            for start in range(0, 40, 8):
                buffer[:] = p[:, start : start + 8]
                yield buffer
                buffer[:] = np.nan

        found = ai.mine(chunks(), "predictive_entropy", top=40, batch=11)
        np.testing.assert_array_equal(
            found.scores, ai.mine(p, "predictive_entropy", top=40).scores
        )

    def test_memory_is_bounded_by_batch(self):
        import tracemalloc

        def chunks():
            for seed in range(40):
                yield random_predictions((500, 100), seed=seed)  # 0.4 MB each, 16 MB in all

        tracemalloc.start()
        ai.mine(chunks(), top=10, batch=256)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 5e6

    def test_parameters_go_to_the_score(self):
        p = random_predictions((30, 5))
        found = ai.mine(p, "class_pair_confusion", top=3, a=4, b=2)
        np.testing.assert_array_equal(
            found.indices, self.full_sort(ai.class_pair_confusion(p, 4, 2), 3)
        )

    def test_callable_and_smallest_first(self):
        p = random_predictions((30, 5))
        first = ai.mine(p, lambda x: x[:, 0], top=5, largest=False)
        np.testing.assert_array_equal(first.indices, self.full_sort(p[:, 0], 5, largest=False))

    def test_callable_with_unsigned_counts_does_not_wrap(self):
        p = random_predictions((30, 5))
        found = ai.mine(p, lambda x: (x > 0).sum(axis=1).astype(np.uint8), top=30)
        assert (np.diff(found.scores) <= 0).all()

    def test_more_wanted_than_there_are(self):
        assert ai.mine(random_predictions((3, 4)), top=10).indices.shape == (3,)

    def test_progress_counts_images(self):
        seen = []
        ai.mine(random_predictions((10, 3)), batch=4, progress=seen.append)
        assert seen == [4, 8, 10]

    def test_unknown_score_names_the_nearest(self):
        with pytest.raises(
            ValueError, match=r"score='mutual_info' is unknown.*'mutual_informat"
        ):
            ai.mine(np.full((2, 2), 0.5), "mutual_info")
        with pytest.raises(
            ValueError, match="score='zzz' is unknown; Known scores: predictive"
        ):
            ai.mine(np.full((2, 2), 0.5), "zzz")

    def test_error_in_a_batch_says_which_images(self):
        p = np.full((100, 2), 0.5)
        p[77] = 0.75
        with pytest.raises(ValueError, match=r"sum 1\.5 at model 0, image 13") as caught:
            ai.mine(p, batch=64)
        assert any("images 64 to 99 of the source" in n for n in caught.value.__notes__)

    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            ({"top": 0}, ValueError, "top must be at least 1, got top=0"),
            ({"top": 2.5}, TypeError, "top must be an integer, got 2.5"),
            ({"batch": -3}, ValueError, "batch must be at least 1, got batch=-3"),
            ({"image_axis": 2}, ValueError, "image_axis must be at least 0 and at most 1"),
            ({"score": 3}, TypeError, "score must be a name or a callable, got 3"),
            ({"score": lambda x: x}, ValueError, r"score must return shape \(4,\)"),
            ({"score": lambda x: x[:, 0] * np.nan}, ValueError, "NaN, it did for image 0"),
            ({"source": "preds.npy"}, OSError, "preds"),
            ({"source": 3}, TypeError, "source must be an array, a path, or an iterable"),
            ({"source": [[0.5, 0.5]]}, TypeError, "must give numpy arrays, got list"),
            ({"source": []}, ValueError, "at least one image"),
            ({"source": np.empty((0, 3))}, ValueError, "at least one image"),
            ({"source": np.ones(3)}, ValueError, r"got shape \(3,\)"),
            ({"source": [np.eye(2), np.eye(3)]}, ValueError, "same models and classes"),
            ({"source": [np.eye(2), np.eye(2, dtype="f")]}, ValueError, "of one dtype"),
        ],
    )
    def test_bad_arguments(self, arguments, error, message):
        arguments = {"source": np.full((4, 2), 0.5), **arguments}
        with pytest.raises(error, match=message):
            ai.mine(**arguments)


class TestNeighboursAcrossClasses:
    def brute(self, x, y, metric):
        best = {}
        for i in range(len(x)):
            row = []
            for j in range(len(x)):
                if y[i] != y[j]:
                    gap = np.linalg.norm(x[i] - x[j])
                    if metric == "cosine":
                        gap = 1 - x[i] @ x[j] / np.linalg.norm(x[i]) / np.linalg.norm(x[j])
                    row.append((gap, j))
            gap, j = min(row)
            best[tuple(sorted((i, j)))] = gap
        return sorted(best.items(), key=lambda item: item[1])

    @pytest.mark.parametrize("metric", ["euclidean", "cosine"])
    def test_against_brute_force(self, metric):
        rng = np.random.default_rng(4)
        x, y = rng.normal(size=(40, 3)), rng.integers(0, 4, 40)
        found = ai.neighbours_across_classes(x, y, metric=metric, top=100)
        expected = self.brute(x, y, metric)
        np.testing.assert_array_equal(found.pairs, [pair for pair, _ in expected])
        np.testing.assert_allclose(found.distances, [gap for _, gap in expected], rtol=1e-9)
        np.testing.assert_array_equal(found.classes, y[found.pairs])

    def test_blocks_do_not_show(self, monkeypatch):
        rng = np.random.default_rng(5)
        x, y = rng.integers(0, 9, (60, 2)), rng.integers(0, 3, 60)
        whole = ai.neighbours_across_classes(x, y)
        module = importlib.import_module("dlnotes.ambiguous_images.neighbours")
        monkeypatch.setattr(module, "_BLOCK_VALUES", 130)
        parts = ai.neighbours_across_classes(x, y)
        np.testing.assert_array_equal(whole.pairs, parts.pairs)
        np.testing.assert_array_equal(whole.distances, parts.distances)

    def test_probabilities_as_labels(self):
        p = random_predictions((2, 20, 4))
        x = np.random.default_rng(6).normal(size=(20, 2))
        np.testing.assert_array_equal(
            ai.neighbours_across_classes(x, p).pairs,
            ai.neighbours_across_classes(x, p.mean(axis=0).argmax(axis=1)).pairs,
        )

    def test_only_distant_classes(self):
        d = [[0, 0.5, 1], [0.5, 0, 1], [1, 1, 0]]
        found = ai.neighbours_across_classes(
            [[0.0], [1.0], [5.0]], [0, 1, 2], class_distance=d, at_least=0.75
        )
        np.testing.assert_array_equal(found.pairs, [[1, 2], [0, 2]])

    def test_one_class_has_no_pairs(self):
        assert ai.neighbours_across_classes([[0.0], [1.0]], [3, 3]).pairs.shape == (0, 2)

    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            ({"features": [0.0, 1.0]}, ValueError, "features must have shape"),
            ({"features": [[0.0], [np.nan]]}, ValueError, "finite, got nan for image 1"),
            ({"labels": [0, 1, 2]}, ValueError, "given for 2 images as features is, got 3"),
            ({"labels": [0.0, 1.0]}, TypeError, "labels must be integers"),
            ({"labels": np.zeros((1, 1, 1, 1))}, ValueError, "labels must have shape"),
            ({"metric": "cosin"}, ValueError, "'euclidean' or 'cosine', got metric='cosin'"),
            ({"features": [[0.0], [1]], "metric": "cosine"}, ValueError, "but image 0 is"),
            ({"at_least": -1}, ValueError, "at_least must be finite and not negative"),
            ({"at_least": 2}, ValueError, "at most 1 without class_distance, got at_least=2"),
            ({"class_distance": [[0]]}, ValueError, "between 0 and 0 to use class_distance"),
            ({"top": 0}, ValueError, "top must be at least 1"),
        ],
    )
    def test_bad_arguments(self, arguments, error, message):
        arguments = {"features": [[1.0], [2.0]], "labels": [0, 1], **arguments}
        with pytest.raises(error, match=message):
            ai.neighbours_across_classes(**arguments)


@st.composite
def rankings(draw):
    scores = draw(st.lists(st.integers(0, 5), min_size=2, max_size=30))
    truth = draw(st.lists(st.booleans(), min_size=len(scores), max_size=len(scores)))
    truth[0], truth[1] = True, False
    return np.array(scores, dtype=float), np.array(truth)


class TestAreaUnderRoc:
    @given(rankings())
    def test_against_scikit_learn_with_ties(self, ranking):
        scores, truth = ranking
        assert ai.area_under_roc(scores, truth) == pytest.approx(roc_auc_score(truth, scores))

    @given(rankings())
    def test_reversal(self, ranking):
        scores, truth = ranking
        total = ai.area_under_roc(scores, truth) + ai.area_under_roc(-scores, truth)
        assert total == pytest.approx(1.0)

    def test_infinite_scores_are_ranked(self):
        assert ai.area_under_roc([np.inf, 1.0, -np.inf], [True, True, False]) == 1.0

    @pytest.mark.parametrize(
        ("scores", "truth", "error", "message"),
        [
            ([1, 2], [0, 1], TypeError, "positive must be boolean"),
            ([1, 2], [True, True], ValueError, "both kinds of image, got 2 of 2"),
            ([1, 2, 3], [True, False], ValueError, "must both have shape"),
            ([1, np.nan], [True, False], ValueError, "NaN, image 1 is"),
        ],
    )
    def test_bad_arguments(self, scores, truth, error, message):
        with pytest.raises(error, match=message):
            ai.area_under_roc(scores, truth)


class TestPrecisionAt:
    def test_ties_are_in_order(self):
        assert ai.precision_at([1, 1, 1], [True, False, False], 1) == 1.0
        assert ai.precision_at([1, 1, 1], [False, True, False], 1) == 0.0
        truth = np.arange(1000) < 100
        scores = np.arange(1000) % 2 * 1.0
        assert ai.precision_at(scores, truth, 50) == 1.0

    @given(rankings())
    def test_all_is_the_share_of_positives(self, ranking):
        scores, truth = ranking
        assert ai.precision_at(scores, truth, len(scores)) == pytest.approx(truth.mean())

    def test_too_many(self):
        with pytest.raises(ValueError, match="top must be at least 1 and at most 2, got top=3"):
            ai.precision_at([1, 2], [True, False], 3)


class TestBootstrapInterval:
    def test_same_seed_same_interval(self):
        scores = np.random.default_rng(7).normal(size=60)
        truth = np.arange(60) < 20
        first = ai.bootstrap_interval(ai.area_under_roc, scores, truth, resamples=50)
        assert first == ai.bootstrap_interval(ai.area_under_roc, scores, truth, resamples=50)

    def test_covers_the_truth_about_as_often_as_it_says(self):
        rng = np.random.default_rng(8)
        truth = np.arange(80) < 40
        exact = 0.7602499389065233  # P(x > y) for x ~ N(1, 1) and y ~ N(0, 1): Phi(1/sqrt(2))
        hits = 0
        for seed in range(60):
            scores = rng.normal(size=80) + truth
            low, high = ai.bootstrap_interval(
                ai.area_under_roc, scores, truth, resamples=100, seed=seed
            )
            hits += low <= exact <= high
        assert hits >= 48  # 95 % of 60 is 57; fewer than 48 has probability below 1e-4

    @given(
        hnp.arrays(np.float64, st.integers(6, 40), elements=st.sampled_from([0.0, 0.5, 1.0])),
        st.integers(1, 5),
    )
    def test_table_of_comparisons_says_the_same_as_drawing_one_by_one(self, scores, count):
        truth = np.arange(scores.size) < count
        both = [
            ai.bootstrap_interval(statistic, scores, truth, resamples=20)
            for statistic in (ai.area_under_roc, lambda *drawn: ai.area_under_roc(*drawn))
        ]
        np.testing.assert_allclose(*both, rtol=0, atol=1e-12)

    @pytest.mark.parametrize(("name", "value"), [("level", 1.0), ("resamples", 0)])
    def test_bad_numbers(self, name, value):
        with pytest.raises(ValueError, match=f"{name}.*{value}"):
            ai.bootstrap_interval(ai.area_under_roc, [1, 2], [True, False], **{name: value})


class TestBlend:
    def test_ends_and_middle(self):
        a, b = np.zeros((2, 4)), np.full((2, 4), 8.0)
        for weight in (0.0, 0.5, 1.0):
            np.testing.assert_array_equal(ai.blend(a, b, weight), np.full((2, 4), 8 * weight))

    def test_integers_do_not_wrap(self):
        bright = np.full((1, 2), 200, dtype=np.uint8)
        np.testing.assert_array_equal(ai.blend(bright, bright), [[200.0, 200.0]])

    def test_bad_arguments(self):
        with pytest.raises(
            ValueError, match=r"weight must lie between 0 and 1, got weight=1\.5"
        ):
            ai.blend([1.0], [1.0], 1.5)
        with pytest.raises(ValueError, match="first and second must have one shape"):
            ai.blend([1.0], [1.0, 2.0])


class TestSideBySide:
    def test_mass_of_each_half(self):
        a, b = np.random.default_rng(9).random((2, 5, 8, 8))
        out = ai.side_by_side(a, b)
        np.testing.assert_allclose(out[..., :4].sum(axis=-1), a.sum(axis=-1) / 2)
        np.testing.assert_allclose(out[..., 4:].sum(axis=-1), b.sum(axis=-1) / 2)

    def test_odd_width(self):
        with pytest.raises(ValueError, match="even width, got"):
            ai.side_by_side(np.ones((2, 3)), np.ones((2, 3)))


class TestIdentitiesOfTheChapter:
    """What the chapter proves about two or more of the functions together."""

    @given(predictions(), st.integers(0, 2**31))
    def test_mean_divergence_splits_into_disagreement_and_distance_of_the_mean(self, p, seed):
        q = np.random.default_rng(seed).dirichlet(np.ones(p.shape[2]))
        q = (q + 1e-3) / (q + 1e-3).sum()
        left = ai.kl_divergence(p, q).mean(axis=0)
        right = ai.jensen_shannon(p) + ai.kl_divergence(ai.mean_prediction(p), q)
        np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-12)

    @given(predictions(), st.integers(0, 2**31))
    def test_reverse_divergence_splits_around_the_geometric_mean(self, p, seed):
        p = (p + 0.01) / (p + 0.01).sum(axis=-1, keepdims=True)
        q = np.random.default_rng(seed).dirichlet(np.ones(p.shape[2]))
        q /= q.sum()
        z = np.exp(np.log(p).mean(axis=0)).sum(axis=-1)
        left = ai.kl_divergence(q, p).mean(axis=0)
        right = ai.kl_divergence(q, ai.geometric_mean_prediction(p)) - np.log(z)
        np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-12)
        assert (z <= 1 + 1e-12).all()

    @given(predictions(min_models=1))
    def test_far_pair_is_at_most_twice_rao(self, p):
        d = random_distance(p.shape[2])
        assert (ai.far_pair_confusion(p, d) <= 2 * ai.rao_quadratic_entropy(p, d) + 1e-12).all()

    @given(predictions(min_models=1))
    def test_a_pair_score_bounds_both_probabilities_from_below(self, p):
        a, b = ai.most_confused_pair(p).T
        mean, rows = ai.mean_prediction(p), np.arange(p.shape[1])
        floor = (1 - np.sqrt(np.maximum(1 - ai.top_pair_confusion(p), 0))) / 2
        assert (np.minimum(mean[rows, a], mean[rows, b]) >= floor - 1e-7).all()

    def test_three_models_and_two_classes_reach_what_the_exercise_says(self):
        grid = np.linspace(0, 1, 41)
        x = np.stack(np.meshgrid(grid, grid, grid)).reshape(3, -1)
        value = ai.mutual_information(np.stack([x, 1 - x], axis=-1))
        assert value.max() == pytest.approx(np.log(3) - 2 / 3 * np.log(2), rel=1e-12)

    @given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=8), st.floats(0.05, 20.0))
    def test_two_classes_keep_their_ranking_under_temperature(self, first, temperature):
        p = np.array([[x, 1 - x] for x in first])
        hot = ai.apply_temperature(p, temperature)
        for score in (ai.margin, ai.least_confidence, ai.predictive_entropy):
            before, after = score(p), score(hot)
            i, j = np.nonzero(before[:, np.newaxis] < before - 1e-9)
            assert (after[i] <= after[j] + 1e-9).all()


class TestFigures:
    """The figures draw what they are given, and refuse what does not fit together."""

    def test_contact_sheet_asks_the_question_of_the_best_pair(self):
        p = random_predictions((3, 7, 4))
        figure = chapter.contact_sheet(np.ones((7, 5, 5)), p, columns=3)
        titles = [ax.get_title() for ax in figure.axes if ax.get_title()]
        assert titles == [f"{a} or {b}?" for a, b in ai.most_confused_pair(p)]

    def test_contact_sheet_bars_are_the_probabilities(self):
        figure = chapter.contact_sheet(np.ones((1, 5, 5)), [[0.7, 0.1, 0.2]], pairs=(2, 0))
        widths = [patch.get_width() for patch in figure.axes[0].patches]
        np.testing.assert_allclose(widths, [1, 1, 0.2, 0.7])

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"images": np.ones((3, 5, 5))}, r"images must have shape \(2, height, width\)"),
            ({"notes": ["one"]}, "notes must have one line an image, 2, got 1"),
            ({"pairs": [0, 1, 2]}, r"pairs must have shape \(2, 2\) or \(2,\), got \(3,\)"),
            ({"columns": 0}, "columns must be at least 1, got columns=0"),
            ({"probabilities": [[1.0, 2.0]] * 2}, "must sum to 1"),
        ],
    )
    def test_contact_sheet_refuses(self, arguments, message):
        arguments = {
            "images": np.ones((2, 5, 5)),
            "probabilities": np.full((2, 3), 1 / 3),
            **arguments,
        }
        with pytest.raises(ValueError, match=message):
            chapter.contact_sheet(**arguments)

    def test_scatter_lies_on_or_above_the_diagonal(self):
        figure = chapter.disagreement_scatter(random_predictions((3, 50, 4)))
        own, total = figure.axes[0].collections[0].get_offsets().T
        assert (total >= own - 1e-12).all()

    def test_others_refuse_what_is_empty(self):
        with pytest.raises(ValueError, match="rows must hold at least one strip"):
            chapter.image_strips({})
        with pytest.raises(ValueError, match=r"rows\['a'\] must have shape"):
            chapter.image_strips({"a": np.ones((4, 4))})
        with pytest.raises(ValueError, match="one to three questions, got 0"):
            chapter.interval_plot({}, xlabel="x")
        with pytest.raises(ValueError, match="pixels must be at least 10"):
            chapter.simplex_scores(pixels=3)


def test_extreme_probabilities_raise_no_warning():
    p = np.array([[[1.0, 0.0, 0.0]], [[1 - 1e-300, 1e-300, 5e-324]]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for score in SINGLE + SEVERAL:
            score(p)
            score(p.astype(np.float32))
