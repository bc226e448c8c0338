"""Ask which score agrees with people: CIFAR-10H, about fifty votes for each of 10,000 pictures.

Run from the root of the repository:

    python benchmarks/cifar10h.py cifar10h-probs.npy predictions.npy

The votes are not part of this repository, since their licence, CC BY-NC-SA 4.0, forbids
commercial use: download ``cifar10h-probs.npy`` from the repository "cifar-10h" of the authors
(J. C. Peterson, R. M. Battleday, T. L. Griffiths and O. Russakovsky, "Human uncertainty makes
classification more robust", ICCV 2019) and give its path first. The second file holds the
probabilities of your own models for the 10,000 test pictures of CIFAR-10 in their order, shape
(models, 10000, 10). Printed is the rank correlation of each score with the entropy of the
votes, with an interval from resampling the pictures. No result of it is quoted in the book.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from dlnotes.ambiguous_images import SCORES, predictive_entropy

WITHOUT_PARAMETERS = (
    *("predictive_entropy", "least_confidence", "margin", "expected_entropy"),
    *("mutual_information", "variation_ratio", "top_pair_confusion"),
)


def read(path, ndim):
    file = Path(path)
    if not file.is_file():
        sys.exit(f"{path} is not there.\n\n{__doc__}")
    array = np.load(file, allow_pickle=False)
    if array.ndim != ndim or array.shape[-1] != 10:
        sys.exit(f"{path} must have {ndim} axes, the last of 10 classes, got {array.shape}")
    return array


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


def main(votes_path, predictions_path):
    votes, predictions = read(votes_path, 2), read(predictions_path, 3)
    if predictions.shape[1] != len(votes):
        sys.exit(f"{len(votes)} pictures have votes, {predictions.shape[1]} have predictions")
    for name, (value, low, high) in correlations(votes, predictions).items():
        print(f"{name:22}{value:6.3f}   95 % interval {low:.3f} to {high:.3f}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
