"""Three networks of ImageNet that run anywhere: without a download, without PyTorch.

Their weights come in packages of their own. `weights` reads them without running anybody's
code, `architectures` builds the networks as `graphs`, `engine` makes them fast, `pictures`
reads what they look at, and `catalogue` knows which network wants what.
"""

from dlnotes.ambiguous_images.networks.catalogue import (
    NETWORKS,
    Answers,
    Network,
    missing_networks,
    predict,
    weight_file,
)
from dlnotes.ambiguous_images.networks.pictures import crop, find_pictures, read_picture

__all__ = [
    "NETWORKS",
    "Answers",
    "Network",
    "crop",
    "find_pictures",
    "missing_networks",
    "predict",
    "read_picture",
    "weight_file",
]
