"""One picture in several sizes: the small ones first, and what was dreamt there carried up (lesson 08)."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

Size = tuple[int, int]


def octave_sizes(size: Size, octaves: int, scale: float, *, least: int = 1) -> list[Size]:
    """List the sizes in which a picture is dreamt, the smallest first.

    Parameters
    ----------
    size : (int, int), pixels
        Height and width of the picture.
    octaves : int
        How many sizes, the picture's own included.
    scale : float, above 1
        How much larger each is than the one before.
    least : int, pixels
        Sizes with a shorter side are left out; the picture's own never is.

    Returns
    -------
    list of (int, int), pixels

    Examples
    --------
    >>> octave_sizes((200, 300), 3, 2.0)
    [(50, 75), (100, 150), (200, 300)]
    >>> octave_sizes((200, 300), 3, 2.0, least=60)
    [(100, 150), (200, 300)]
    """
    steps = [scale**-step for step in reversed(range(octaves))]
    sizes = [(round(size[0] * step), round(size[1] * step)) for step in steps]
    return [one for one in sizes if min(one) >= max(1, least) and one != size] + [size]


def resized(pictures: Tensor, size: Size) -> Tensor:
    """Bring pictures to a size: averaged where they become smaller, interpolated by cubics where they grow.

    Parameters
    ----------
    pictures : Tensor, shape (n, channels, height, width)
        The pictures, or differences of pictures.
    size : (int, int), pixels
        Height and width wanted.

    Returns
    -------
    Tensor, shape (n, channels, *size)
    """
    if tuple(pictures.shape[2:]) == size:
        return pictures
    smaller = size[0] < pictures.shape[2]
    mode = "bilinear" if smaller else "bicubic"
    return functional.interpolate(pictures, size, mode=mode, align_corners=False, antialias=smaller)
