"""What the filter explorer computes and says; static/gabor.js, edges.js, corners.js and matching.js do the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.convolution import correlate
from cnncourse.detectors import gabor_energy, gradient, harris, match, peaks, structure_tensor
from cnncourse.edges import direction_colours, zero_crossings
from cnncourse.kernels import LAPLACIAN, gabor, gaussian
from cnncourse.widgets._still import Panel

Array = NDArray[np.float64]
LEAST_STEP = 0.5  # of the usual Laplacian: smaller steps across zero are noise
FULL = 0.6  # of the strongest edge: its direction's colour is full from there on
APART = 5  # pixels: corners nearer than this to a stronger one are the same corner
LEAST_CORNER = 0.01  # of the strongest response: less is not marked
DETECTORS = {
    "gabor": "Stripes (Gabor)",
    "edges": "Edges (Sobel)",
    "laplacian": "Laplacian",
    "corners": "Corners (Harris)",
    "patch": "A patch of the picture",
}
SEARCHES = {"sum": "plain sum", "centred": "centred sum", "likeness": "likeness (normalised)"}


def arrays(image: ArrayLike, detector: str, **settings: Any) -> dict[str, Array]:
    """Compute all that the explorer shows.

    Parameters
    ----------
    image : array, shape (height, width)
        The picture.
    detector : {"gabor", "edges", "laplacian", "corners", "patch"}
        What is looked for.
    **settings
        ``orientation``, ``frequency`` and ``sigma`` of a Gabor filter; ``blur`` before edges and Laplacian; ``window``,
        ``sensitivity`` and ``corners`` (how many) of Harris's detector; ``patch`` (row, column, height, width),
        ``search`` and ``count`` of the search for a patch.

    Returns
    -------
    dict of str to array
        ``kernel``, ``answer`` and ``energy``; or ``right``, ``down``, ``magnitude`` and ``directions`` in colour; or
        ``answer`` and ``crossings``; or ``response``, the eigenvalues ``small`` and ``large``, and ``places`` (rows and
        columns of the strongest corners); or ``patch``, ``answer`` and ``places`` of the best ones.

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
        "corners": _corners,
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


def _corners(image: Array, window: float, sensitivity: float, corners: int) -> dict[str, Array]:
    across, mixed, down = structure_tensor(image, sigma=window)
    middle, reach = (across + down) / 2, np.hypot((across - down) / 2, mixed)  # of the two eigenvalues
    response = harris(image, sigma=window, sensitivity=sensitivity)
    clear = np.where(response > max(0.0, LEAST_CORNER * response.max()), response, np.nan)
    found = peaks(clear, count=corners, apart=APART)
    return {"response": response, "small": middle - reach, "large": middle + reach, "places": found.astype(float)}


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
    if detector == "corners":
        count, (row, column) = len(shown["places"]), [*shown["places"], (0, 0)][0]
        first = f", the strongest at row {row:g}, column {column:g}" if count else ""
        return (
            f"Window of {settings['window']:g} pixels, sensitivity {settings['sensitivity']:g}; "
            f"{count} corner{'s' * (count != 1)} marked{first}."
        )
    row, column, height, width = settings["patch"]
    best = [f"{shown['answer'][int(r), int(c)]:.2f}" for r, c in shown["places"]]
    return (
        f"The patch of {height} × {width} pixels from row {row}, column {column}, looked for by its "
        f"{SEARCHES[settings['search']]}; the best places answer {', '.join(best)}."
    )


def own_words(fault: dict[str, Any] | None, answer: Array | None) -> str:
    """Say what a learner's own function answered, or what went wrong in it.

    Examples
    --------
    >>> own_words(None, np.array([[-1.5, 2.0]]))
    'It answers from -1.5 to 2.'
    """
    if fault is not None:
        where = f" in line {fault['line']}" if fault["line"] else ""
        kind = f"{fault['kind']}: " if fault["kind"] else ""
        return f"It failed{where}: {kind}{fault['message']}."
    if answer is None or np.isnan(answer).all():
        return "No answer is a number."
    return f"It answers from {np.nanmin(answer):.4g} to {np.nanmax(answer):.4g}."


def still_panels(detector: str, shown: dict[str, Array]) -> list[Panel]:
    """Return the answers of one of the course's detectors for the still picture."""

    def up_to_one(name: str) -> Array:
        return shown[name] / (shown[name].max() or 1.0)

    if detector == "edges":
        return [Panel("Magnitude", up_to_one("magnitude")), Panel("Direction", shown["directions"])]
    if detector == "laplacian":
        return [Panel("Answer", shown["answer"], signed=True), Panel("Zero crossings", 1 - shown["crossings"])]
    if detector == "corners":
        most = 0.1 * np.abs(shown["response"]).max()
        response = np.clip(shown["response"], -most, most)
        return [Panel("Response", response, signed=True), Panel("Smaller eigenvalue", up_to_one("small"))]
    answer = Panel("Answer", shown["answer"], signed=True)
    if detector == "gabor":
        return [Panel("Filter", shown["kernel"], signed=True), answer, Panel("Energy", up_to_one("energy"))]
    return [Panel("Patch", shown["patch"]), answer]
