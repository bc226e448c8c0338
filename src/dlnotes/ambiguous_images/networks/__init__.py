"""Three networks of ImageNet that run anywhere: without a download, without PyTorch.

Their weights come in packages of their own. `weights` reads them without running anybody's
code, `architectures` builds the networks as `graphs`, `engine` makes them fast, `pictures`
reads what they look at, `catalogue` knows which network wants what, and `folders` asks about
all pictures of a folder.
"""

from dlnotes.ambiguous_images.networks.catalogue import (
    NETWORKS,
    Answers,
    Network,
    missing_networks,
    predict,
    weight_file,
)
from dlnotes.ambiguous_images.networks.folders import FolderReport, predict_folder
from dlnotes.ambiguous_images.networks.pictures import crop, find_pictures, read_picture

__all__ = [
    "NETWORKS",
    "Answers",
    "FolderReport",
    "Network",
    "crop",
    "find_pictures",
    "missing_networks",
    "predict",
    "predict_folder",
    "read_picture",
    "weight_file",
]
