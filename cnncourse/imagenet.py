"""Networks that have seen ImageNet: GoogLeNet, SqueezeNet, VGG-19, where their weights are at hand (lesson 08).

They take pictures in [0, 1], as the networks of the course do. Weights are looked for in the folder in which PyTorch
keeps what it has downloaded, and downloaded only when that is asked for.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's colours, as torchvision has them


class Large(NamedTuple):
    """A network of torchvision: its name, file, the layers to dream with, and how many pixels it was trained on."""

    title: str
    file: str
    layers: tuple[str, ...]
    options: dict[str, Any]


# The letters in the name of a file are the first ones of its SHA-256.
NETWORKS = {
    "googlenet": Large(
        "GoogLeNet",
        "googlenet-1378be20.pth",
        tuple(f"network.{name}" for name in ("conv2", "inception3b", "inception4a", "inception4c", "inception4d")),
        # Its weights come from another framework: it undoes the usual scaling, and they fill two heads not used here.
        {"transform_input": True, "aux_logits": True, "init_weights": False},
    ),
    "squeezenet1_1": Large(
        "SqueezeNet 1.1",
        "squeezenet1_1-b8a52dc0.pth",
        tuple(f"network.features.{place}" for place in (3, 6, 8, 10, 12)),
        {},
    ),
    "vgg19": Large(
        "VGG-19",
        "vgg19-dcbb9e9d.pth",
        tuple(f"network.features.{place}" for place in (0, 5, 10, 19)),
        {"init_weights": False},
    ),
}
ADDRESS = "https://download.pytorch.org/models/"


class Scaled(nn.Module):
    """A network behind the scaling of colours that it was trained with, so that it takes pictures in [0, 1].

    Its layers are named ``network.…``.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None], persistent=False)
        self.register_buffer("deviation", torch.tensor(DEVIATION)[:, None, None], persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits for pictures in [0, 1], shape (n, 3, height, width)."""
        logits: Tensor = self.network((images - self.mean) / self.deviation)
        return logits


def untrained(name: str) -> Scaled:
    """Build one of `NETWORKS` with random weights.

    Parameters
    ----------
    name : {"googlenet", "squeezenet1_1", "vgg19"}
        Which.

    Returns
    -------
    Scaled
        In evaluation mode.

    Raises
    ------
    ValueError
        If there is none of this name.
    """
    if name not in NETWORKS:
        raise ValueError(f"expected a network out of {', '.join(NETWORKS)}, got {name!r}")
    import torchvision

    return Scaled(getattr(torchvision.models, name)(weights=None, **NETWORKS[name].options)).eval()


def find_network(name: str = "googlenet", *, fetch: bool = False) -> Scaled | None:
    """Give a network trained on ImageNet, if its weights are at hand.

    Parameters
    ----------
    name : {"googlenet", "squeezenet1_1", "vgg19"}
        Which.
    fetch : bool
        Whether to download them if they are not: 50, 5 and 550 megabytes.

    Returns
    -------
    Scaled or None
        In evaluation mode; None without weights, and `why_not` says what to do.

    Raises
    ------
    ValueError
        If there is none of this name, or the file is not the one that it should be.
    OSError
        If the download fails.
    """
    if name not in NETWORKS:
        raise ValueError(f"expected a network out of {', '.join(NETWORKS)}, got {name!r}")
    file = weights_file(name)
    if fetch and not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        torch.hub.download_url_to_file(ADDRESS + file.name, str(file), hash_prefix=_prefix(file.name))
    if not file.exists():
        return None
    _check(file)
    model = untrained(name)
    # weights_only: the file may build tensors and nothing else, and runs no code.
    model.network.load_state_dict(torch.load(file, map_location="cpu", weights_only=True))
    return model


def why_not(name: str = "googlenet") -> str:
    """Say in one line what to do when `find_network` finds no weights."""
    title = NETWORKS[name].title
    return f"No weights of {title} on this machine; with a network, find_network({name!r}, fetch=True) fetches them."


def categories(name: str = "googlenet") -> list[str]:
    """List the thousand classes, in the order of the logits."""
    import torchvision

    names: list[str] = torchvision.models.get_model_weights(name).DEFAULT.meta["categories"]
    return names


def weights_file(name: str) -> Path:
    """Tell where PyTorch keeps the weights."""
    return Path(torch.hub.get_dir()) / "checkpoints" / NETWORKS[name].file


def _prefix(file: str) -> str:
    return file.removesuffix(".pth").rpartition("-")[2]


def _check(file: Path) -> None:
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if not found.startswith(_prefix(file.name)):
        raise ValueError(
            f"{file.name} is not what its name says: its SHA-256 begins with {found[:8]}, not {_prefix(file.name)}; "
            "delete it and fetch it again"
        )
