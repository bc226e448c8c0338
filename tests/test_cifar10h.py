"""The command for CIFAR-10H reads the published files: their layouts, with made-up numbers."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

FILE = Path(__file__).parents[1] / "benchmarks" / "cifar10h.py"


@pytest.fixture(scope="module")
def command():
    spec = importlib.util.spec_from_file_location("cifar10h", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def made_up():
    """Votes of fifty people, two networks that hesitate where people do, and classes."""
    rng = np.random.default_rng(5)
    doubt = rng.uniform(0.02, 0.9, size=(400, 1))
    labels = rng.integers(0, 10, 400)
    truth = (1 - doubt) * np.eye(10)[labels] + doubt * rng.dirichlet(np.ones(10), 400)
    votes = rng.multinomial(50, truth)
    models = [0.9 * truth + 0.1 * rng.dirichlet(np.ones(10), 400) for _ in range(2)]
    return votes, models, labels


def write(path, votes, probabilities, labels, *, oldest=False):
    """Write like the one kind of file, class first, or the other: class last, five digits."""
    if oldest:
        lines = [
            ",".join([*map(str, row), *(f"{p:.5g}" for p in chances), str(label + 1)])
            for row, chances, label in zip(votes, probabilities, labels, strict=True)
        ]
    else:
        chances = probabilities.astype(np.float32).astype(float)
        table = np.column_stack([labels, votes, chances]).astype(float)
        lines = [",".join(map(repr, row)) for row in table.tolist()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def files(folder, votes, models, labels):
    return [
        write(folder / "resnet-110.csv", votes, models[0], labels),
        write(folder / "human_model_truth_cifar10h.csv", votes, models[1], labels, oldest=True),
    ]


def test_both_layouts_are_told_apart(command, made_up, tmp_path):
    votes, models, labels = made_up
    for path, model in zip(files(tmp_path, *made_up), models, strict=True):
        counts, probabilities, classes = command.read_table(path)
        np.testing.assert_array_equal(counts, votes)
        np.testing.assert_array_equal(classes, labels)
        np.testing.assert_allclose(probabilities, model, rtol=1e-4)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-14)


def test_scores_are_printed_for_all_files_together(command, made_up, tmp_path, capsys):
    command.main(files(tmp_path, *made_up))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:2]] == [
        "resnet-110.csv",
        "human_model_truth_cifar10h.csv",
    ]
    printed = {line.split()[0]: float(line.split()[1]) for line in lines[2:]}
    assert set(printed) == set(command.WITHOUT_PARAMETERS)
    # the networks were made to hesitate where people do
    assert printed["predictive_entropy"] > 0.8


def test_arrays_are_read_as_before(command, made_up, tmp_path, capsys):
    votes, models, _ = made_up
    np.save(tmp_path / "votes.npy", votes / 50)
    np.save(tmp_path / "predictions.npy", np.stack(models))
    command.main([str(tmp_path / "votes.npy"), str(tmp_path / "predictions.npy")])
    from_arrays = capsys.readouterr().out.splitlines()
    command.main(files(tmp_path, *made_up))
    from_tables = capsys.readouterr().out.splitlines()[2:]
    for one, other in zip(from_arrays, from_tables, strict=True):
        assert float(one.split()[1]) == pytest.approx(float(other.split()[1]), abs=2e-3)


class TestBadFiles:
    def stop(self, command, paths, match):
        with pytest.raises(SystemExit, match=match):
            command.main(paths)

    def test_missing_file_says_where_to_get_it(self, command):
        self.stop(command, ["nowhere.csv"], r"nowhere.csv is not there(.|\n)*conf_matrix")

    def test_no_numbers(self, command, tmp_path):
        (tmp_path / "a.csv").write_text("label,votes\n", encoding="utf-8")
        self.stop(command, [str(tmp_path / "a.csv")], "must hold numbers")

    def test_too_few_columns(self, command, tmp_path):
        (tmp_path / "a.csv").write_text("1,2,3\n", encoding="utf-8")
        self.stop(command, [str(tmp_path / "a.csv")], "must have 21 columns, got 3")

    def test_logits_instead_of_probabilities(self, command, made_up, tmp_path):
        votes, models, labels = made_up
        path = write(tmp_path / "a.csv", votes, np.log(models[0] + 1e-9), labels)
        self.stop(command, [path], "a class, ten counts and ten probabilities")

    def test_other_order_of_the_pictures(self, command, made_up, tmp_path):
        votes, models, labels = made_up
        paths = files(tmp_path, *made_up)
        paths.append(write(tmp_path / "b.csv", votes[::-1], models[0][::-1], labels[::-1]))
        self.stop(command, paths, r"b\.csv must hold the votes and classes of .*resnet-110")
