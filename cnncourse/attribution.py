"""Which pixels an answer rests on: gradients, gradients under noise, occlusion and Grad-CAM (lesson 07).

Each method takes a network, pictures and the classes asked about, and gives one map a picture, 0 or more, larger where
a pixel counts for more; occlusion also gives negative values, where a pixel speaks against the class. Whether such a
map may be trusted is the matter of `cnncourse.map_checks`.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnncourse._asking import Targets, chosen_classes, input_gradients
from cnncourse.activations import evaluating, record

BATCH = 256  # pictures in one pass: as many as keep two cores busy, in a few megabytes


def gradient_saliency(model: nn.Module, images: Tensor, targets: Targets = None) -> Tensor:
    """Ask of each pixel how fast the class's logit changes with it (lesson 07).

    Parameters
    ----------
    model : Module
        Gives logits, shape (n, classes). It is asked in evaluation mode and left as it was.
    images : Tensor, shape (n, channels, height, width)
        The pictures, as the network takes them.
    targets : int, sequence of int or Tensor of shape (n,), optional
        The classes asked about, one for all or one each; by default those that the network names.

    Returns
    -------
    Tensor, shape (n, height, width), 0 or more
        The largest absolute derivative over the channels [1]_.

    Raises
    ------
    ValueError
        If the pictures do not fit the network, or there is no such class.

    References
    ----------
    .. [1] K. Simonyan, A. Vedaldi, A. Zisserman, "Deep inside convolutional networks: visualising image classification
       models and saliency maps", 2013, arXiv:1312.6034.

    Examples
    --------
    A network that adds up 3 times the left pixel and −5 times the right one:

    >>> network = nn.Sequential(nn.Flatten(), nn.Linear(2, 1, bias=False))
    >>> network[1].weight.data = torch.tensor([[3.0, -5.0]])
    >>> gradient_saliency(network, torch.zeros(1, 1, 1, 2))
    tensor([[[3., 5.]]])
    """
    targets = chosen_classes(model, images, targets)
    return input_gradients(model, images, targets).abs().amax(dim=1)  # (n, height, width)


def smooth_grad(
    model: nn.Module,
    images: Tensor,
    targets: Targets = None,
    *,
    samples: int = 25,
    noise: float = 0.15,
    seed: int = 0,
) -> Tensor:
    """Average the gradient over noisy copies of each picture, then take its size (lesson 07).

    Parameters
    ----------
    model, images, targets
        As in `gradient_saliency`.
    samples : int
        Noisy copies a picture.
    noise : float, grey values
        Standard deviation of the noise; 0.1 to 0.2 of the pictures' range is advised [1]_.
    seed : int
        Of the noise; the same seed gives the same map.

    Returns
    -------
    Tensor, shape (n, height, width), 0 or more
        The largest absolute mean derivative over the channels.

    Raises
    ------
    ValueError
        As in `gradient_saliency`, or if there are no samples.

    References
    ----------
    .. [1] D. Smilkov et al., "SmoothGrad: removing noise by adding noise", 2017, arXiv:1706.03825.

    Examples
    --------
    Where the gradient is the same everywhere, averaging changes nothing:

    >>> network = nn.Sequential(nn.Flatten(), nn.Linear(6, 2))
    >>> picture = torch.rand(1, 1, 2, 3)
    >>> torch.allclose(smooth_grad(network, picture), gradient_saliency(network, picture))
    True
    """
    if samples < 1 or noise < 0:
        raise ValueError(f"expected one sample or more and noise of 0 or more, got {samples} and {noise}")
    targets = chosen_classes(model, images, targets)
    numbers = torch.Generator().manual_seed(seed)
    total = torch.zeros_like(images)
    for _ in range(samples):
        noisy = images + noise * torch.randn(images.shape[1:], generator=numbers).to(images)  # the same for each
        total += input_gradients(model, noisy, targets)
    return (total / samples).abs().amax(dim=1)  # (n, height, width)


def occlusion(
    model: nn.Module,
    images: Tensor,
    targets: Targets = None,
    *,
    window: int = 5,
    stride: int = 1,
    fill: float = 0.0,
) -> Tensor:
    """Cover one window after the other and note by how much the class's logit falls (lesson 07).

    Parameters
    ----------
    model, images, targets
        As in `gradient_saliency`.
    window : int, pixels
        Side of the square that is covered.
    stride : int, pixels
        Step between two squares. The last ones may stick out of the picture, so that every pixel is covered.
    fill : float, grey value
        What covers.

    Returns
    -------
    Tensor, shape (n, height, width)
        For each pixel the mean fall over all windows that cover it [1]_; negative where covering helps the class.

    Raises
    ------
    ValueError
        As in `gradient_saliency`, or if the window is larger than the picture, or the stride larger than the window.

    References
    ----------
    .. [1] M. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", 2013, arXiv:1311.2901.

    Examples
    --------
    The logit is the sum of the pixels, so covering one takes its value away:

    >>> network = nn.Sequential(nn.Flatten(), nn.Linear(3, 1, bias=False))
    >>> network[1].weight.data = torch.ones(1, 3)
    >>> occlusion(network, torch.tensor([[[[0.2, 0.0, 0.7]]]]), window=1)
    tensor([[[0.2000, 0.0000, 0.7000]]])
    """
    height, width = images.shape[-2:]
    if not 1 <= stride <= window or window > min(height, width):
        raise ValueError(
            f"expected 1 ≤ stride ≤ window ≤ {min(height, width)}, the picture's shorter side; got stride {stride} and "
            f"window {window}"
        )
    targets = chosen_classes(model, images, targets)
    covers = _covers(height, width, window, stride).to(images.device)  # (windows, height, width)
    return torch.stack([_falls(model, one, t, covers, fill) for one, t in zip(images, targets, strict=True)])


def _covers(height: int, width: int, window: int, stride: int) -> Tensor:
    """Mark the pixels that each window covers, shape (windows, height, width)."""
    rows, columns = (
        torch.arange(length)[None] - torch.arange(0, length - window + stride, stride)[:, None]
        for length in (height, width)
    )  # how far each pixel lies behind the first one of each window
    down, right = ((far >= 0) & (far < window) for far in (rows, columns))
    return (down[:, None, :, None] & right[None, :, None, :]).flatten(0, 1)


def _falls(model: nn.Module, image: Tensor, target: Tensor, covers: Tensor, fill: float) -> Tensor:
    with evaluating(model), torch.no_grad():
        whole = model(image[None].clone())[0, target]
        covered = [
            model(torch.where(some[:, None], fill, image))[:, target] for some in covers.split(BATCH)
        ]  # each (windows,)
    falls = whole - torch.cat(covered)
    marks = covers.to(falls.dtype)
    return torch.einsum("w,whx->hx", falls, marks) / marks.sum(dim=0)


def grad_cam(model: nn.Module, images: Tensor, targets: Targets = None, *, layer: str) -> Tensor:
    """Weigh a layer's maps by how much the class gains from each, and add them up (lesson 07).

    Parameters
    ----------
    model, images, targets
        As in `gradient_saliency`.
    layer : str
        Name of a layer that gives feature maps, usually the last one before they are flattened.

    Returns
    -------
    Tensor, shape (n, height, width), 0 or more
        What speaks for the class [1]_, enlarged to the pictures' size; the maps themselves are coarser.

    Raises
    ------
    ValueError
        As in `gradient_saliency`, or if there is no such layer, or it gives no feature maps.

    References
    ----------
    .. [1] R. Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based localization",
       2016, arXiv:1610.02391.
    """
    targets = chosen_classes(model, images, targets)
    with evaluating(model), torch.enable_grad(), record(model, layer, gradients=True) as maps:
        logits = model(images.clone())
        gradients = maps.gradients(logits.gather(1, targets[:, None]).sum())[layer]  # (n, maps, rows, columns)
    if gradients.ndim != 4:
        raise ValueError(
            f"expected feature maps, shape (n, maps, rows, columns); layer {layer!r} gives {tuple(gradients.shape)}; "
            "choose one before the layer that flattens"
        )
    weights = gradients.mean(dim=(2, 3), keepdim=True)
    coarse = functional.relu((weights * maps[layer].detach()).sum(dim=1, keepdim=True))  # (n, 1, rows, columns)
    size = (images.shape[-2], images.shape[-1])
    return functional.interpolate(coarse, size, mode="bilinear", align_corners=False)[:, 0]
