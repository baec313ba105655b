"""What moves a unit most: for every unit of a layer the pictures, and the part of each that it saw (lesson 07)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cnncourse.activations import run_until
from cnncourse.receptive_field import Fields, locate

BATCH = 256


@dataclass(frozen=True)
class TopImage:
    """One of the pictures that a unit answered most strongly.

    Attributes
    ----------
    image : int
        Its place among the pictures.
    value : float
        The unit's largest value on it.
    place : (int, int) or None
        Row and column of that value in the feature map; None for a unit without a map.
    box : (slice, slice)
        Rows and columns of the picture that this value sees.
    """

    image: int
    value: float
    place: tuple[int, int] | None
    box: tuple[slice, slice]


def top_images(model: nn.Module, images: Tensor, layer: str, *, count: int = 9) -> list[list[TopImage]]:
    """Find for every unit of a layer the pictures to which it answers most strongly (lesson 07).

    Parameters
    ----------
    model : Module
        Any network; it is asked in evaluation mode and left as it was.
    images : Tensor, shape (n, channels, height, width)
        The pictures to choose from.
    layer : str
        Name of the layer. A unit is one of its feature maps, wherever on the map; or one number of a dense layer.
    count : int
        How many pictures a unit; fewer if there are fewer.

    Returns
    -------
    list of list of TopImage
        For each unit its pictures, the strongest first; of equal ones the earlier picture first, and within a picture
        the first place in reading order.

    Raises
    ------
    ValueError
        If there is no such layer, the pictures do not fit the network, or `count` is below 1.

    References
    ----------
    R. Girshick, J. Donahue, T. Darrell, J. Malik, "Rich feature hierarchies for accurate object detection and semantic
    segmentation", 2013, arXiv:1311.2524, section 3.1.

    Examples
    --------
    A layer that shows the picture itself: the unit's favourite is the brightest pixel of all.

    >>> pictures = torch.zeros(3, 1, 4, 5)
    >>> pictures[1, 0, 2, 3] = 0.5
    >>> top_images(nn.Sequential(nn.Identity()), pictures, "0", count=1)
    [[TopImage(image=1, value=0.5, place=(2, 3), box=(slice(2, 3, None), slice(3, 4, None)))]]
    """
    if count < 1 or images.ndim != 4 or not len(images):
        raise ValueError(
            "expected pictures of shape (n, channels, height, width) and a count of 1 or more, "
            f"got shape {tuple(images.shape)} and {count}"
        )
    fields = locate(model, layer, (images.shape[1], images.shape[2], images.shape[3]))
    values, places = _strongest(model, images, layer)  # (n, units) each
    order = values.argsort(dim=0, descending=True, stable=True)[:count]  # (count, units)
    return [
        [_top_image(int(image), values[image, unit], places[image, unit], fields) for image in order[:, unit]]
        for unit in range(values.shape[1])
    ]


def _strongest(model: nn.Module, images: Tensor, layer: str) -> tuple[Tensor, Tensor]:
    """For each picture and unit the largest value on the map, and where it stands in reading order."""
    values, places = [], []
    for some in images.split(BATCH):
        with torch.no_grad():
            given = run_until(model, layer, some.clone())  # (batch, units, rows, columns) or (batch, units)
        best = given.reshape(*given.shape[:2], -1).max(dim=2)  # on every map: (batch, units)
        values.append(best.values)
        places.append(best.indices)
    return torch.cat(values), torch.cat(places)


def _top_image(image: int, value: Tensor, place: Tensor, fields: Fields) -> TopImage:
    if len(fields.shape) != 3:
        return TopImage(image, float(value), None, fields.box(0, 0))
    row, column = divmod(int(place), fields.shape[2])
    return TopImage(image, float(value), (row, column), fields.box(row, column))


def crop(images: Tensor, top: TopImage) -> Tensor:
    """Cut out of its picture what the unit saw, shape (channels, rows, columns); at a border it is smaller."""
    rows, columns = top.box
    return images[top.image, :, rows, columns]
