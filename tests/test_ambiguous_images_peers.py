"""The scores beside those of cleanlab, baal and modAL, asked where they are installed.

What they answered once is recorded and compared in every run by test_ambiguous_images_commands.
Here they are asked themselves, about predictions with ties, certainties and exact zeros.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from dlnotes import ambiguous_images as ai

NOT_HERE = "not installed: its recorded outputs stand for it"


def predictions() -> list[np.ndarray]:
    """Return stacks of shape (models, images, classes)."""
    rng = np.random.default_rng(20_261_128)
    stacks = [
        rng.dirichlet(np.full(classes, alpha), size=(models, 60))
        for models, classes, alpha in ((3, 10, 0.1), (5, 4, 1.0), (2, 1000, 0.01), (8, 2, 3.0))
    ]
    for stack in stacks:
        stack[:, 0] = np.eye(stack.shape[2])[0]  # certain, and of one mind
        stack[:, 1] = np.eye(stack.shape[2])[np.arange(len(stack)) % 2]  # certain, and divided
        stack[:, 2] = 1 / stack.shape[2]
        stack[:, 3] = 0
        stack[:, 3, :2] = 0.5
    return stacks


def agree(found, expected) -> None:
    np.testing.assert_allclose(found, expected, atol=1e-10, rtol=0)


@pytest.mark.parametrize("p", predictions(), ids=lambda p: "x".join(map(str, p.shape)))
class TestPeers:
    def test_cleanlab(self, p):
        pytest.importorskip("cleanlab", reason=f"cleanlab is {NOT_HERE}")
        from cleanlab import rank
        from cleanlab.internal.label_quality_utils import get_normalized_entropy

        mean = ai.mean_prediction(p)
        said = mean.argmax(axis=1)
        agree(ai.predictive_entropy(p) / np.log(p.shape[2]), get_normalized_entropy(mean))
        agree(1 - ai.least_confidence(p), rank.get_self_confidence_for_each_label(said, mean))
        by_margin = rank.get_normalized_margin_for_each_label(said, mean)
        agree(ai.margin(p), 2 * by_margin - 1)

    def test_baal(self, p):
        heuristics = pytest.importorskip(
            "baal.active.heuristics", reason=f"baal is {NOT_HERE}", exc_type=ImportError
        )
        turned = p.transpose(1, 2, 0)  # (images, classes, models)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            agree(ai.mutual_information(p), heuristics.BALD().compute_score(turned))
            agree(ai.jensen_shannon(p), heuristics.BALD().compute_score(turned))
            agree(ai.predictive_entropy(p), heuristics.Entropy().compute_score(turned))
            agree(ai.margin(p), heuristics.Margin().compute_score(turned))
            certainty = heuristics.Certainty().compute_score(turned)
        agree(1 - ai.least_confidence(p), np.reshape(certainty, len(turned), order="F"))

    def test_modal(self, p):
        pytest.importorskip("modAL", reason=f"modAL is {NOT_HERE}", exc_type=ImportError)
        from modAL import disagreement, uncertainty

        images = np.zeros((p.shape[1], 1))
        mean = ai.mean_prediction(p)
        committee, one = Committee(p), Committee(p[:1])
        agree(
            ai.predictive_entropy(p),
            disagreement.consensus_entropy(committee, images),
        )
        votes = np.eye(p.shape[2])[p.argmax(axis=2)]
        agree(ai.predictive_entropy(votes), disagreement.vote_entropy(committee, images))
        by_kl = np.max([ai.kl_divergence(q, mean) for q in p], axis=0)
        agree(by_kl, disagreement.KL_max_disagreement(committee, images))
        agree(ai.least_confidence(p[:1]), uncertainty.classifier_uncertainty(one, images))
        agree(ai.margin(p[:1]), uncertainty.classifier_margin(one, images))
        agree(ai.predictive_entropy(p[:1]), uncertainty.classifier_entropy(one, images))


class Committee:
    """What modAL asks of a committee, answered from an array."""

    def __init__(self, p: np.ndarray) -> None:
        self.p = p
        self.classes_ = np.arange(p.shape[2])

    def __len__(self) -> int:
        return len(self.p)

    def __iter__(self):
        return iter(self.p)

    def predict_proba(self, images):
        return self.p.mean(axis=0)

    def vote_proba(self, images):
        return self.p.transpose(1, 0, 2)

    def vote(self, images):
        return self.p.argmax(axis=2).T
