"""How good a trained network is, beyond one number: what it confuses, how sure it is, what a shift does (lesson 06)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from cnncourse._inference import accuracy, predict_logits
from cnncourse.training import Settings, train

if TYPE_CHECKING:
    from cnncourse.datasets import PictureSet

__all__ = [
    "Calibration", "Mistake", "accuracy", "calibration", "confident_mistakes", "confusion", "learning_curve",
    "predict_logits", "predict_probabilities", "shift_accuracy", "shifted",
]  # fmt: skip

DIRECTIONS = ((-1, 0), (1, 0), (0, -1), (0, 1))  # rows and columns: up, down, left, right


def predict_probabilities(model: nn.Module, images: Tensor) -> Tensor:
    """Turn a network's logits into probabilities by softmax (lesson 06).

    Parameters
    ----------
    model, images
        As for `predict_logits`.

    Returns
    -------
    Tensor, shape (n, classes), in [0, 1]
        Each row sums to 1.

    Examples
    --------
    Equal logits, equal probabilities:

    >>> predict_probabilities(nn.Flatten(), Tensor([[[[7.0, 7.0]]]]))
    tensor([[0.5000, 0.5000]])
    """
    return predict_logits(model, images).softmax(dim=1)


def confusion(labels: ArrayLike, predicted: ArrayLike, *, classes: int = 10) -> NDArray[np.int64]:
    """Count what was taken for what (lesson 06).

    Parameters
    ----------
    labels : array of int, shape (n,)
        What the pictures show.
    predicted : array of int, shape (n,)
        What the network said.
    classes : int
        How many classes there are.

    Returns
    -------
    array of int64, shape (classes, classes)
        A row for each true class, a column for each answer; the right ones on the diagonal.

    Raises
    ------
    ValueError
        If the two are not equally long, or a number is no class.

    Examples
    --------
    A 0 was taken for a 1 once:

    >>> confusion([0, 0, 1], [0, 1, 1], classes=2)
    array([[1, 1],
           [0, 1]])
    """
    truth, said = np.asarray(labels), np.asarray(predicted)
    if truth.shape != said.shape or truth.ndim != 1:
        raise ValueError(f"expected as many answers as labels, one row each, got shapes {said.shape} and {truth.shape}")
    for name, values in (("labels", truth), ("answers", said)):
        if values.size and (values.min() < 0 or values.max() >= classes):
            raise ValueError(
                f"expected {name} from 0 to {classes - 1}, got {values.min()} to {values.max()}; try: classes=..."
            )
    return np.bincount(truth * classes + said, minlength=classes**2).reshape(classes, classes)


class Mistake(NamedTuple):
    """A picture that was named wrongly.

    Attributes
    ----------
    place : int
        Which picture of the set.
    label, predicted : int
        What it shows, and what the network said.
    confidence : float, in [0, 1]
        How probable the network thought its answer.
    """

    place: int
    label: int
    predicted: int
    confidence: float


def confident_mistakes(model: nn.Module, data: PictureSet, count: int = 12) -> list[Mistake]:
    """Find the mistakes that a network was surest of (lesson 06).

    Parameters
    ----------
    model : Module
        Gives logits.
    data : PictureSet
        Pictures and labels.
    count : int
        How many at most.

    Returns
    -------
    list of Mistake
        The surest first; fewer than `count` if it makes fewer mistakes.
    """
    confidence, predicted = predict_probabilities(model, data.images).max(dim=1)
    labels = data.labels.cpu()
    wrong = (predicted != labels).nonzero().flatten()
    surest = wrong[confidence[wrong].argsort(descending=True, stable=True)][:count]
    return [Mistake(int(k), int(labels[k]), int(predicted[k]), float(confidence[k])) for k in surest]


class Calibration(NamedTuple):
    """Whether a network is right as often as it says.

    Attributes
    ----------
    confidence, accuracy : array, shape (bins,), in [0, 1]
        Mean probability of the answers in each bin, and the share of them that is right; NaN where a bin is empty.
    counts : array of int, shape (bins,)
        Answers in each bin; the bins divide [0, 1] evenly.
    error : float, in [0, 1]
        Expected calibration error: how far the two are apart, averaged over all answers.
    """

    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    counts: NDArray[np.int64]
    error: float


def calibration(probabilities: ArrayLike, labels: ArrayLike, *, bins: int = 10) -> Calibration:
    """Compare how sure a network is with how often it is right [1]_ (lesson 06).

    Parameters
    ----------
    probabilities : array, shape (n, classes), in [0, 1]
        From `predict_probabilities`.
    labels : array of int, shape (n,)
        What the pictures show.
    bins : int
        Into how many equal parts to divide the range of confidence.

    Returns
    -------
    Calibration
        The comparison, a bin an entry.

    Raises
    ------
    ValueError
        If the shapes do not fit, or the numbers are no probabilities.

    References
    ----------
    .. [1] C. Guo, G. Pleiss, Y. Sun, K. Weinberger, "On calibration of modern neural networks", ICML 2017.

    Examples
    --------
    Twice 90 % sure, once right: 0.9 against 0.5.

    >>> calibration([[0.9, 0.1], [0.9, 0.1]], [0, 1]).error
    0.4
    """
    shares, truth = np.asarray(probabilities, dtype=float), np.asarray(labels)
    _check_probabilities(shares, truth)
    sure, right = shares.max(axis=1), shares.argmax(axis=1) == truth
    place = np.minimum((sure * bins).astype(int), bins - 1)  # 1.0 belongs to the last bin
    counts = np.bincount(place, minlength=bins)
    sums = [np.bincount(place, weights=values, minlength=bins) for values in (sure, right)]
    with np.errstate(invalid="ignore"):
        confidence, accurate = (values / counts for values in sums)  # NaN for 0 / 0
    return Calibration(confidence, accurate, counts, float(np.abs(sums[0] - sums[1]).sum() / len(truth)))


def _check_probabilities(shares: NDArray[np.float64], labels: NDArray[Any]) -> None:
    if shares.ndim != 2 or labels.shape != shares.shape[:1] or not len(labels):
        raise ValueError(
            f"expected probabilities of shape (n, classes) and n labels, got {shares.shape} and {labels.shape}"
        )
    if shares.min() < 0 or not np.allclose(shares.sum(axis=1), 1, atol=1e-3):
        raise ValueError("expected rows of probabilities that sum to 1; try: logits.softmax(dim=1)")


def shifted(images: Tensor, down: int, right: int) -> Tensor:
    """Move pictures within their frame; what leaves is lost, what enters is background, 0 (lesson 06).

    Parameters
    ----------
    images : Tensor, shape (n, channels, height, width)
        The pictures.
    down, right : int, pixels
        How far; negative is up and left.

    Returns
    -------
    Tensor, same shape

    Examples
    --------
    >>> shifted(Tensor([[[[1, 2, 3]]]]), 0, 1)
    tensor([[[[0., 1., 2.]]]])
    """
    return nn.functional.pad(images, [right, -right, down, -down])


def shift_accuracy(model: nn.Module, data: PictureSet, shifts: Iterable[int] = range(7)) -> NDArray[np.float64]:
    """Measure how often a network is right when the pictures are shifted (lesson 06).

    Parameters
    ----------
    model : Module
        Gives logits.
    data : PictureSet
        Pictures and labels.
    shifts : iterable of int, pixels
        How far to move them: up, down, left and right in turn, and averaged.

    Returns
    -------
    array, shape (shifts,), in [0, 1]
        The accuracies.
    """
    return np.array([_mean_over_directions(model, data, shift) for shift in shifts])


def _mean_over_directions(model: nn.Module, data: PictureSet, shift: int) -> float:
    ways = {(shift * down, shift * right) for down, right in DIRECTIONS}  # one only where nothing is moved
    return float(np.mean([accuracy(model, replace(data, images=shifted(data.images, *way))) for way in ways]))


def learning_curve(
    make_model: Callable[[], nn.Module], data: PictureSet, test: PictureSet, counts: Sequence[int] = (100, 1000, 10000)
) -> dict[int, float]:
    """Train new networks on more and more pictures, and see how well each reads others (lesson 06).

    Parameters
    ----------
    make_model : function
        Makes an untrained network, such as ``lambda: fresh(LeNet5, seed=0)``.
    data : PictureSet
        Where the pictures to learn from are taken.
    test : PictureSet
        What is read in the end.
    counts : sequence of int
        How many pictures; what the set does not have is left out.

    Returns
    -------
    dict of int to float, in [0, 1]
        For each count the accuracy.
    """
    results = {}
    for count in (count for count in counts if count <= len(data)):
        some, model = data.take(count), make_model()
        train(model, some, Settings.for_data(some), progress=False)
        results[count] = accuracy(model, test)
    return results
