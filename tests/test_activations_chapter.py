"""The chapter on activation functions shows the whole registry; its trials do what they say."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from dlnotes import activations, figures
from dlnotes.activations import (
    ACTIVATIONS,
    FAMILIES,
    VectorFunction,
    depth_factors,
    facts_table,
    families,
    framework_table,
    peer_table,
    reference_table,
    spirals,
    train_on_spirals,
    vector_table,
)

CHAPTER = (Path(__file__).parents[1] / "book" / "activations.md").read_text(encoding="utf-8")


class TestGallery:
    def test_every_entry_is_in_one_family(self):
        members = [name for names in families().values() for name in names]
        assert sorted(members) == sorted(ACTIVATIONS)

    def test_chapter_draws_every_family(self):
        drawn = re.findall(r'figures\.activations\.gallery\(family\["(\w+)"\]', CHAPTER)
        assert sorted(drawn) == sorted(FAMILIES)

    @pytest.mark.parametrize("family", FAMILIES)
    def test_a_figure_has_a_panel_for_each_member_with_three_curves(self, family):
        names = families()[family]
        axes = [a for a in figures.activations.gallery(names).axes if a.get_visible()]
        assert tuple(axis.get_title(loc="left") for axis in axes) == names
        for axis in axes:
            labels = {line.get_label() for line in axis.lines}
            assert {"function", "slope", "second derivative"} <= labels
        assert len({(axis.get_xlim(), axis.get_ylim()) for axis in axes}) == 1


class TestTables:
    @pytest.mark.parametrize("table", [reference_table, framework_table, facts_table])
    def test_every_entry_has_a_row(self, table):
        rows = [row.split("|")[1].strip() for row in table().splitlines()[2:]]
        shown = [row.partition(",")[0].replace("\\_", "_") for row in rows]
        assert shown == list(ACTIVATIONS)

    @pytest.mark.parametrize("kind", ["reference", "framework", "facts", "vector", "peer"])
    def test_chapter_shows_all(self, kind):
        assert f"sortable(activations.{kind}_table()" in CHAPTER

    def test_every_vector_function_has_a_row(self):
        rows = [row.split("|")[1].strip() for row in vector_table().splitlines()[2:]]
        functions = [f for f in vars(activations).values() if isinstance(f, VectorFunction)]
        assert sorted(row.replace("\\_", "_") for row in rows) == sorted(
            f.name for f in functions
        )

    def test_points_and_intervals_that_stay_where_they_are(self):
        cell = facts_table(["threshold"]).splitlines()[2].split("|")[4]
        assert cell.strip() == r"$0$, $(1,\,\infty)$"  # threshold(1) is 0

    def test_a_default_that_differs_is_bold(self):
        cells = framework_table(["leaky_relu"]).splitlines()[2].split("|")
        assert "**negative\\_slope = 0.2**" in cells[5]  # Keras
        assert "**" not in cells[3] + cells[4]  # PyTorch and JAX

    def test_a_library_that_chooses_otherwise_is_named(self):
        assert "(JAX $1$)" in framework_table(["leaky_relu"])
        assert "JAX" not in framework_table(["relu"]).splitlines()[2]

    def test_errors_of_the_package_are_of_the_size_of_rounding(self):
        for row in peer_table().splitlines()[2:]:
            power = re.search(r"10\^\{(-\d+)\}\$ \|$", row)
            assert power is not None, row
            # numbers below the normal ones have fewer digits
            assert int(power[1]) <= (-12 if "-31" in row else -16)


class TestDepthFactors:
    def test_by_simulation(self):
        z = np.random.default_rng(0).standard_normal(400_000)
        for name in ("tanh", "gelu", "selu"):
            entry = ACTIVATIONS[name]
            factors = depth_factors(entry)
            f, slope = entry(z), entry.derivative(z)
            square = np.mean(f**2)
            assert factors.gain == pytest.approx(square**-0.5, rel=0.01)
            assert factors.backward == pytest.approx(
                (np.mean(slope**2) / square) ** 0.5, rel=0.01
            )
            assert factors.drift == pytest.approx(np.mean(z * f * slope) / square, rel=0.01)

    def test_no_continuous_function_has_more_variance_than_squared_slope(self):
        # The inequality behind "lets gradients grow"; a jump has no slope, and may break it.
        for name, entry in ACTIVATIONS.items():
            if entry.facts.jumps:
                continue
            moments = entry.moments()
            variance = moments.square - moments.mean**2
            if name == "identity":
                assert variance == pytest.approx(moments.slope_square, rel=1e-12)
            else:
                assert variance < moments.slope_square * (1 - 1e-3), name

    def test_hardshrink_jumps_and_is_balanced_and_lets_gradients_fade(self):
        hardshrink = ACTIVATIONS["hardshrink"]
        assert hardshrink.facts.jumps
        assert hardshrink.moments().mean == 0
        outside = math.erfc(0.5 / math.sqrt(2))
        density = math.exp(-1 / 8) / math.sqrt(2 * math.pi)
        expected = math.sqrt(outside / (outside + density))
        assert depth_factors(hardshrink).backward == pytest.approx(expected, rel=1e-10)
        assert expected < 1

    def test_drift_is_the_slope_of_the_map_of_the_variance(self):
        nodes, weights = np.polynomial.hermite_e.hermegauss(80)
        weights = weights / weights.sum()
        silu = ACTIVATIONS["silu"]
        squares = [float(weights @ silu(q**0.5 * nodes) ** 2) for q in (1 - 1e-5, 1 + 1e-5)]
        factors = depth_factors(silu)
        slope = (squares[1] - squares[0]) / 2e-5 * factors.gain**2
        assert factors.drift == pytest.approx(slope, rel=1e-6)


class TestTrials:
    def test_spirals_lie_within_their_circle_and_are_labelled_evenly(self):
        x, labels = spirals(20, np.random.default_rng(1))
        assert np.bincount(labels).tolist() == [20, 20, 20]
        assert np.linalg.norm(x, axis=1).max() <= 2 + 1e-12

    def test_a_rate_that_is_not_positive(self):
        with pytest.raises(ValueError, match=r"rates=\[0.1, -1\] must hold"):
            train_on_spirals(
                ACTIVATIONS["relu"], depth=1, width=4, rates=[0.1, -1],
                rng=np.random.default_rng(0),
            )  # fmt: skip

    def test_plain_descent_with_a_small_rate_goes_down(self):
        trial = train_on_spirals(
            ACTIVATIONS["gelu"], depth=1, width=8, rates=np.full(20, 0.05), adaptive=False,
            rng=np.random.default_rng(0),
        )  # fmt: skip
        assert np.all(np.diff(trial.losses) < 0)
        assert trial.losses.shape == trial.silent.shape == (21,)

    def test_silent_units_are_counted(self):
        relu, leaky = (
            train_on_spirals(
                ACTIVATIONS[name], depth=1, width=8, rates=np.full(3, 100.0), adaptive=False,
                rng=np.random.default_rng(0),
            )
            for name in ("relu", "leaky_relu")
        )  # fmt: skip
        assert relu.silent[-1] > relu.silent[0]
        assert leaky.silent.max() == 0.0
