"""Images that look like something else: scores, search and judgement.

Every score takes probabilities of shape (models, images, classes), or (images, classes) for one
model, and returns one number an image. `uncertainty` looks at one vector of probabilities,
`ensembles` at the differences between models, `pairs` at two classes or groups, `hierarchy` at
how far apart classes are; `mining` runs any of them over `sources` of any size; `neighbours`
searches feature space; `evaluation` says how well a ranking does. `networks` and `imagenet` are
what the chapter runs: three networks and their thousand classes.
"""

from dlnotes.ambiguous_images.ensembles import (
    apply_temperature,
    expected_entropy,
    geometric_mean_prediction,
    jensen_shannon,
    kl_divergence,
    mean_prediction,
    mutual_information,
    variation_ratio,
)
from dlnotes.ambiguous_images.evaluation import (
    area_under_roc,
    blend,
    bootstrap_interval,
    precision_at,
    side_by_side,
)
from dlnotes.ambiguous_images.hierarchy import (
    far_pair_confusion,
    hierarchy_distance,
    most_confused_pair,
    rao_quadratic_entropy,
)
from dlnotes.ambiguous_images.mining import (
    SCORES,
    MiningResult,
    Score,
    mine,
    mine_several,
)
from dlnotes.ambiguous_images.neighbours import NeighbourPairs, neighbours_across_classes
from dlnotes.ambiguous_images.pairs import (
    class_pair_confusion,
    group_confusion,
    top_pair_confusion,
)
from dlnotes.ambiguous_images.uncertainty import least_confidence, margin, predictive_entropy

__all__ = [
    "SCORES",
    "MiningResult",
    "NeighbourPairs",
    "Score",
    "apply_temperature",
    "area_under_roc",
    "blend",
    "bootstrap_interval",
    "class_pair_confusion",
    "expected_entropy",
    "far_pair_confusion",
    "geometric_mean_prediction",
    "group_confusion",
    "hierarchy_distance",
    "jensen_shannon",
    "kl_divergence",
    "least_confidence",
    "margin",
    "mean_prediction",
    "mine",
    "mine_several",
    "most_confused_pair",
    "mutual_information",
    "neighbours_across_classes",
    "precision_at",
    "predictive_entropy",
    "rao_quadratic_entropy",
    "side_by_side",
    "top_pair_confusion",
    "variation_ratio",
]
