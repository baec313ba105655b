"""The network behind a digit pad: a LeNet-5, which the page can run itself, or any other, asked in the kernel."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnncourse.lenet import SHAPES, SIDE, check_weights, run, softmax
from cnncourse.widgets._base import SettingError
from cnncourse.widgets._own_function import OwnFunctionError

if TYPE_CHECKING:
    from torch import Tensor, nn

Array = NDArray[np.float64]
CLASSES = 10
SIDES = (28, 32, 16, 20, 24, 8)  # pixels; heights and widths that are tried, the usual ones first
MOST_LAYERS, MOST_MAPS = 3, 16  # that are shown


@dataclass(frozen=True)
class NetworkReading:
    """What a network made of a picture.

    Attributes
    ----------
    probabilities : array, shape (10,), in [0, 1]
        One for each digit.
    layers : list of (str, array)
        Title, and maps of shape (count, height, width), of its first convolutions.
    """

    probabilities: Array
    layers: list[tuple[str, Array]]


def require_network(model: Any) -> nn.Module | None:
    """Return a network as it is, or say that something is none."""
    if model is None:
        return None
    from torch import nn

    if not isinstance(model, nn.Module):
        raise ValueError(f"expected model as a network, an nn.Module, got {type(model).__name__}")
    return model


def weights_of(weights: Any, model: nn.Module | None) -> dict[str, NDArray[np.float32]] | None:
    """Return the weights that the page runs: those given, or those of a model that is a LeNet-5; None for others."""
    if model is not None:
        if weights is not None:
            raise ValueError("expected weights or a model, got both; a model brings its own weights")
        return lenet_weights(model)
    if weights is None or isinstance(weights, str):
        from cnncourse.weights import weights_arrays

        weights = weights_arrays(weights or "lenet5")
    return check_weights(weights)


def size_of(model: nn.Module | None, known: Any, size: int | Sequence[int] | None) -> tuple[int, int]:
    """Return the size of the pictures that a network takes: the one given, or one found by trying."""
    if model is None or known is not None:
        if size is not None and read_size(size) != (SIDE, SIDE):
            raise SettingError(f"a LeNet-5 takes pictures of 28 × 28 pixels, got size {size!r}")
        return SIDE, SIDE
    return find_size(model) if size is None else read_size(size)


def lenet_weights(model: nn.Module) -> dict[str, NDArray[np.float32]] | None:
    """Return the weights of a network that computes what a LeNet-5 does; None if it is another one.

    The shapes of its parameters must be those of a LeNet-5, in order, and so must be its answers to eight pictures: a
    network may have the same weights and other activations.

    Parameters
    ----------
    model : Module
        Any network.

    Returns
    -------
    dict of str to array, or None
        As `cnncourse.lenet.run` takes them.
    """
    numbers = [_numbers(value) for value in model.state_dict().values()]
    if [array.shape for array in numbers] != list(SHAPES.values()):
        return None
    try:
        weights = check_weights(dict(zip(SHAPES, numbers, strict=True)))
        pictures = np.random.default_rng(0).random((8, 28, 28)) * np.linspace(0.1, 1, 8)[:, None, None]
        expected = run(weights, pictures).probabilities
        answers = [ask(model, picture).probabilities for picture in pictures]
    except (ValueError, OwnFunctionError):
        return None
    return weights if np.allclose(answers, expected, atol=1e-4) else None


def read_size(size: int | Sequence[int]) -> tuple[int, int]:
    """Read the size of a picture, given as one side or as height and width.

    Raises
    ------
    SettingError
        If it is neither.
    """
    sides = list(size) if isinstance(size, Sequence) else [size, size]
    if len(sides) != 2 or not all(isinstance(side, int | np.integer) and 1 <= side <= 256 for side in sides):
        raise SettingError(f"expected size as (height, width), whole pixels up to 256, got {size!r}")
    return int(sides[0]), int(sides[1])


def find_size(model: nn.Module) -> tuple[int, int]:
    """Find a size of pictures that a network takes, by trying; 28 × 28 if none of the usual ones fits."""
    for side in SIDES:
        with suppress(Exception):
            _forward(model, _batch(model, np.full((side, side), 0.5)))
            return side, side
    return 28, 28


def ask(model: nn.Module, picture: Array) -> NetworkReading:
    """Let a network read one picture; it is left in the mode in which it was.

    Parameters
    ----------
    model : Module
        Any network. If its first convolution takes more than one channel, each is given the same grey picture.
    picture : array, shape (height, width), in [0, 1]
        Light ink on black.

    Returns
    -------
    NetworkReading
        Its probabilities (by a softmax, unless it ends in one), and the answers of its convolutions.

    Raises
    ------
    OwnFunctionError
        If the network fails, is interrupted, or returns anything but ten finite numbers.
    """
    from cnncourse.activations import record

    images, entered = _batch(model, picture), list[str]()  # (1, channels, height, width)
    try:
        with _listening(model, entered), record(model, _convolutions(model)) as recorded:
            output = _forward(model, images)
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        raise _fault(error, entered) from error
    layers = [(f"Layer {name}", _numbers(maps[0, :MOST_MAPS])) for name, maps in recorded.items()]
    return NetworkReading(_probabilities(output), layers)


def _forward(model: nn.Module, images: Tensor) -> Any:
    import torch

    from cnncourse.activations import evaluating

    with torch.no_grad(), evaluating(model):
        return model(images)


def _numbers(tensor: Tensor) -> Array:
    return tensor.detach().cpu().double().numpy()


@contextmanager
def _listening(model: nn.Module, entered: list[str]) -> Iterator[None]:
    """Note each layer that is called, with what arrives there; the last one is where a fault happened."""

    def hook(layer: nn.Module, inputs: Any) -> None:
        shapes = " and ".join(str(tuple(given.shape)) for given in inputs if hasattr(given, "shape"))
        entered.append(f"layer {names[layer]!r}, {layer}, was given shape {shapes}")

    names = {layer: name for name, layer in model.named_modules() if name and not any(layer.children())}
    handles = [layer.register_forward_pre_hook(hook) for layer in names]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _convolutions(model: nn.Module) -> list[str]:
    """Name the first layers with kernels: weights of shape (filters, channels, height, width), whatever their class."""
    weights = {name: getattr(layer, "weight", None) for name, layer in model.named_modules()}
    return [name for name, weight in weights.items() if getattr(weight, "ndim", 0) == 4][:MOST_LAYERS]


def _batch(model: nn.Module, picture: Array) -> Tensor:
    import torch

    first = next((layer for layer in model.modules() if isinstance(layer, torch.nn.Conv2d)), None)
    like = next(model.parameters(), torch.zeros(()))
    image = torch.as_tensor(picture, dtype=like.dtype, device=like.device)
    return image.expand(1, first.in_channels if first else 1, *picture.shape)


def _probabilities(output: Any) -> Array:
    from torch import Tensor

    if not isinstance(output, Tensor):
        raise OwnFunctionError(f"it returned {type(output).__name__}; expected a tensor of shape (1, {CLASSES})")
    if tuple(output.shape) != (1, CLASSES):
        raise OwnFunctionError(
            f"it returned shape {tuple(output.shape)} for one picture; expected (1, {CLASSES}), a number for each digit"
        )
    numbers = _numbers(output[0])
    if not np.isfinite(numbers).all():
        raise OwnFunctionError("it returned numbers that are not finite (NaN or infinite); did its training diverge?")
    shares = (numbers >= 0).all() and abs(numbers.sum() - 1) < 1e-3  # it ends in a softmax of its own
    return numbers if shares else softmax(numbers)


def _fault(error: BaseException, entered: Sequence[str]) -> OwnFunctionError:
    """Put what a network raised into words: with the last line outside of PyTorch, or else with the last layer."""
    import torch

    message = "you interrupted it" if isinstance(error, KeyboardInterrupt) else str(error)
    frames = traceback.extract_tb(error.__traceback__)[2:]  # behind `ask` and `_forward`
    own = [frame for frame in frames if not Path(frame.filename).is_relative_to(Path(torch.__file__).parent)]
    if own:
        line, source = own[-1].lineno or 0, (own[-1].line or "").strip()
        return OwnFunctionError(message, kind=type(error).__name__, line=line, source=source)
    where = f"{entered[-1]}: " if entered else ""
    return OwnFunctionError(f"{where}{message}", kind=type(error).__name__)
