"""Ask which score agrees with people: CIFAR-10H, about fifty votes for each of 10,000 pictures.

Run from the root of the repository, with votes and networks in the same files,

    python benchmarks/cifar10h.py cifar10h/*.csv

or with networks of your own,

    python benchmarks/cifar10h.py cifar10h-probs.npy predictions.npy

No vote is part of this repository, since their licence, CC BY-NC-SA 4.0, forbids commercial
use. For the first way download the folder ``cifar10h`` of the repository
"GavinKerrigan/conf_matrix_and_calibration" on GitHub, four files of some megabytes, to wherever
you like, and give the paths. Each holds the votes beside what one network says (G. Kerrigan,
P. Smyth and M. Steyvers, "Combining human predictions with model probabilities via confusion
matrices and calibration", NeurIPS 2021). For the second way download ``cifar10h-probs.npy``
from "jcpeterson/cifar-10h", the repository of those who collected the votes (J. C. Peterson,
R. M. Battleday, T. L. Griffiths and O. Russakovsky, "Human uncertainty makes classification
more robust", ICCV 2019); the other file holds probabilities for the 10,000 test pictures of
CIFAR-10 in their order, shape (models, 10000, 10).

Printed is the rank correlation of each score with the entropy of the votes, with an interval
from resampling the pictures. No result of it is quoted in the book.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from dlnotes.ambiguous_images import SCORES, predictive_entropy

CLASSES = 10
WITHOUT_PARAMETERS = (
    *("predictive_entropy", "least_confidence", "margin", "expected_entropy"),
    *("mutual_information", "variation_ratio", "top_pair_confusion"),
)


def present(path):
    """Return a path at which there is a file, or stop and say where to get one."""
    file = Path(path)
    if not file.is_file():
        sys.exit(f"{path} is not there.\n\n{__doc__}")
    return file


def read_array(path, ndim):
    array = np.load(present(path), allow_pickle=False)
    if array.ndim != ndim or array.shape[-1] != CLASSES:
        sys.exit(f"{path} must have {ndim} axes, the last of 10 classes, got {array.shape}")
    return array


def read_table(path):
    """Return votes, probabilities and true classes from one of the comma-separated files.

    Three files begin with the class, from 0; then come ten counts and ten probabilities. The
    oldest, ``human_model_truth_cifar10h.csv``, ends with the class instead, and counts from 1.
    """
    try:
        table = np.loadtxt(present(path), delimiter=",", ndmin=2)
    except ValueError as error:
        sys.exit(f"{path} must hold numbers separated by commas: {error}")
    if table.shape[1] != 2 * CLASSES + 1:
        sys.exit(f"{path} must have 21 columns, got {table.shape[1]}")
    layouts = [
        (table[:, 1:11], table[:, 11:], table[:, 0]),
        (table[:, :10], table[:, 10:20], table[:, 20] - 1),
    ]
    fitting = [layout for layout in layouts if fits(*layout)]
    if len(fitting) != 1:
        sys.exit(
            f"{path} must hold a class, ten counts and ten probabilities in each row, "
            "the class first and from 0, or last and from 1"
        )
    votes, probabilities, labels = fitting[0]
    # they were written with five digits in one file and in single precision in the others
    return votes, probabilities / probabilities.sum(axis=1, keepdims=True), labels.astype(int)


def fits(votes, probabilities, labels):
    """Whether three parts of a table can be what they are taken for."""
    return bool(
        np.all((votes >= 0) & (votes == np.rint(votes)))
        and np.all(votes.sum(axis=1) > 0)
        and np.all(probabilities >= 0)
        and np.all(np.abs(probabilities.sum(axis=1) - 1) < 1e-3)
        and np.all(np.isin(labels, range(CLASSES)))
    )


def read_tables(paths):
    """Return votes, shape (pictures, 10), and the predictions of all files, one model each."""
    tables = [read_table(path) for path in paths]
    votes, _, labels = tables[0]
    for path, (others, _, classes) in zip(paths, tables, strict=True):
        same = others.shape == votes.shape and (others == votes).all()
        if not (same and (classes == labels).all()):
            sys.exit(f"{path} must hold the votes and classes of {paths[0]}, in their order")
    for path, (_, probabilities, _) in zip(paths, tables, strict=True):
        right = (probabilities.argmax(axis=1) == labels).mean()
        print(f"{Path(path).name:36} right for {right:.2%} of the pictures")
    return (
        votes / votes.sum(axis=1, keepdims=True),
        np.stack([probabilities for _, probabilities, _ in tables]),
    )


def correlations(votes, predictions, resamples=200):
    """Return rank correlation and 95 % interval for each score."""
    human = predictive_entropy(votes)
    random = np.random.default_rng(0)
    found = {}
    for name in WITHOUT_PARAMETERS:
        score = SCORES[name]
        values = score.function(predictions) * (1 if score.largest else -1)
        draws = [random.integers(0, len(human), len(human)) for _ in range(resamples)]
        again = [spearmanr(values[draw], human[draw]).statistic for draw in draws]
        found[name] = (spearmanr(values, human).statistic, *np.quantile(again, (0.025, 0.975)))
    return found


def main(paths):
    if all(path.endswith(".csv") for path in paths):
        if len(paths) == 1:
            print("Of one network mutual information is 0 throughout: give several files.")
        votes, predictions = read_tables(paths)
    elif len(paths) == 2:
        votes, predictions = read_array(paths[0], 2), read_array(paths[1], 3)
    else:
        sys.exit(__doc__)
    if predictions.shape[1] != len(votes):
        sys.exit(f"{len(votes)} pictures have votes, {predictions.shape[1]} have predictions")
    for name, (value, low, high) in correlations(votes, predictions).items():
        print(f"{name:22}{value:6.3f}   95 % interval {low:.3f} to {high:.3f}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
