"""What the filter explorer computes and says; static/gabor.js, edges.js and matching.js compute the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.convolution import correlate
from cnncourse.detectors import gabor_energy, gradient, match, peaks
from cnncourse.edges import direction_colours, zero_crossings
from cnncourse.kernels import LAPLACIAN, gabor, gaussian

Array = NDArray[np.float64]
LEAST_STEP = 0.5  # of the usual Laplacian: smaller steps across zero are noise
FULL = 0.6  # of the strongest edge: its direction's colour is full from there on
DETECTORS = {
    "gabor": "Stripes (Gabor)",
    "edges": "Edges (Sobel)",
    "laplacian": "Laplacian",
    "patch": "A patch of the picture",
}
SEARCHES = {"sum": "plain sum", "centred": "centred sum", "likeness": "likeness (normalised)"}


def arrays(image: ArrayLike, detector: str, **settings: Any) -> dict[str, Array]:
    """Compute all that the explorer shows.

    Parameters
    ----------
    image : array, shape (height, width)
        The picture.
    detector : {"gabor", "edges", "laplacian", "patch"}
        What is looked for.
    **settings
        ``orientation``, ``frequency`` and ``sigma`` of a Gabor filter; ``blur`` before edges and Laplacian; ``patch``
        (row, column, height, width), ``search`` and ``count`` of the search for a patch.

    Returns
    -------
    dict of str to array
        ``kernel``, ``answer`` and ``energy``; or ``right``, ``down``, ``magnitude`` and ``directions`` in colour; or
        ``answer`` and ``crossings``; or ``patch``, ``answer`` and ``places`` (rows and columns of the best ones).

    Raises
    ------
    ValueError
        If a Gabor filter reaches farther than the picture, or the patch is even grey and its likeness is asked for.

    Examples
    --------
    >>> arrays([[0, 0, 8, 8]], "edges", blur=0)["right"]
    array([[0., 4., 4., 0.]])
    """
    picture = np.asarray(image, dtype=float)
    detect: dict[str, Callable[..., dict[str, Array]]] = {
        "gabor": _gabor,
        "edges": _edges,
        "laplacian": _laplacian,
        "patch": _patch,
    }
    return detect[detector](picture, **settings)


def _gabor(image: Array, orientation: float, frequency: float, sigma: float) -> dict[str, Array]:
    kernel = gabor(orientation, frequency, sigma=sigma)
    side = kernel.shape[0]
    if side // 2 >= min(image.shape):
        raise ValueError(
            f"a filter of {side} × {side} needs a picture of at least {side // 2 + 1} × {side // 2 + 1} to mirror at "
            f"its border, got {image.shape[0]} × {image.shape[1]}; raise the frequency, or make the filter narrower"
        )
    answer = correlate(image, kernel, padding=side // 2, mode="reflect")
    return {"kernel": kernel, "answer": answer, "energy": gabor_energy(image, orientation, frequency, sigma=sigma)}


def _blurred(image: Array, blur: float) -> Array:
    if blur == 0:
        return image
    bell = gaussian(blur)
    return correlate(image, bell, padding=bell.shape[0] // 2, mode="replicate")


def _edges(image: Array, blur: float) -> dict[str, Array]:
    change = gradient(_blurred(image, blur))
    colours = direction_colours(change.right, change.down, limit=FULL * float(change.magnitude.max()))
    return {"right": change.right, "down": change.down, "magnitude": change.magnitude, "directions": colours}


def _laplacian(image: Array, blur: float) -> dict[str, Array]:
    answer = correlate(_blurred(image, blur), LAPLACIAN, padding=1, mode="replicate")
    crossings = zero_crossings(answer, least=LEAST_STEP * float(np.sqrt(np.mean(answer**2))))
    return {"answer": answer, "crossings": crossings.astype(float)}


def _patch(image: Array, patch: Sequence[int], search: str, count: int) -> dict[str, Array]:
    row, column, height, width = patch
    cut = image[row : row + height, column : column + width]
    if search == "likeness":
        answer = match(image, cut)
    else:
        answer = correlate(image, cut - cut.mean() if search == "centred" else cut)
    found = peaks(answer, count=count, apart=max(1, min(height, width) // 2))
    return {"patch": cut, "answer": answer, "places": found.astype(float)}


def inside(frame: Sequence[int], shape: tuple[int, int]) -> list[int]:
    """Make a frame small enough for the picture and move it in."""
    sides = [min(side, room) for side, room in zip(frame[2:], shape, strict=True)]
    corner = [min(at, room - side) for at, room, side in zip(frame[:2], shape, sides, strict=True)]
    return [*corner, *sides]


def in_words(detector: str, settings: dict[str, Any], shown: dict[str, Array]) -> str:
    if detector == "gabor":
        width = 1 / settings["frequency"]
        return (
            f"Stripes at {settings['orientation']:g}°, one every {width:.3g} pixels; "
            f"mean energy {shown['energy'].mean():.4f}."
        )
    if detector == "edges":
        return f"Blur {settings['blur']:g}; the strongest edge changes by {shown['magnitude'].max():.3f} a pixel."
    if detector == "laplacian":
        return f"Blur {settings['blur']:g}; {int(shown['crossings'].sum()):,} pixels at a zero crossing."
    row, column, height, width = settings["patch"]
    best = [f"{shown['answer'][int(r), int(c)]:.2f}" for r, c in shown["places"]]
    return (
        f"The patch of {height} × {width} pixels from row {row}, column {column}, looked for by its "
        f"{SEARCHES[settings['search']]}; the best places answer {', '.join(best)}."
    )
