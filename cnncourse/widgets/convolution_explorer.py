"""Convolution, a window at a time: products, their sum, and the output cell that they fill (lesson 02)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from cnncourse.convolution import MODES, Mode, output_size, pad
from cnncourse.kernels import KERNELS
from cnncourse.widgets._base import SettingError, Whole, join_modules, join_styles
from cnncourse.widgets._convolution_step import Step, arrays, look, read_kernel
from cnncourse.widgets._own_answers import AnsweringExplorer
from cnncourse.widgets._own_function import call_own, options_taken, takes_words
from cnncourse.widgets._pictures import read_picture
from cnncourse.widgets._still import Panel

__all__ = ["ConvolutionExplorer", "Step", "arrays", "explore"]

Array = NDArray[np.float64]
LIMIT = 65_536  # pixels that a page can convolve anew while a slider is dragged
SETTINGS = ("stride", "padding", "mode", "value")
SMALL = 400  # places; up to here the output starts empty and fills as the window walks


class ConvolutionExplorer(AnsweringExplorer):
    """A window that walks over a picture, with its products, their sum and the output cell; drawn in the page.

    Kernel, stride, padding and mode are changed in the page or from Python (``explorer.stride = 2``), and either side
    follows the other. What cannot work explains itself in the explorer.

    Parameters
    ----------
    image : path or array, shape (height, width), (height, width, 3) or (height, width, 4)
        A small matrix, whose numbers are shown, or a photograph. Colour is turned into brightness.
    kernel : array, shape (kernel height, kernel width), or the name of one in `cnncourse.kernels.KERNELS`
        The weights, used as they stand.
    stride, padding, mode
        As in `cnncourse.convolution.correlate`.
    convolve : callable, optional
        The learner's own ``convolve(image, kernel)``. It runs in the kernel after every change, and its answer, or its
        fault with the line, is shown in place of the course's. It is given those of ``stride``, ``padding``, ``mode``
        and ``value`` that it takes; without ``padding`` it is given the padded picture.

    Attributes
    ----------
    stride, padding, mode, value, kernel, image
        What is shown; assign to change it.
    position : (int, int)
        Row and column of the output cell whose window is shown.

    Raises
    ------
    ValueError
        If picture, kernel or a setting are not what they should be.

    Examples
    --------
    >>> explorer = ConvolutionExplorer([[0, 1, 2], [3, 4, 5]], [[1, -1]])
    >>> explorer.output
    array([[-1., -1.],
           [-1., -1.]])
    """

    _esm = join_modules("convolution_explorer.js")
    _css = join_styles("explorer.css", "convolution_explorer.css")

    kernel = traitlets.Any().tag(sync=True, to_json=lambda array, _: array.tolist(), from_json=lambda rows, _: rows)
    stride = Whole(1, least=1, why="a kernel that does not move by whole pixels has no next place").tag(sync=True)
    padding = Whole(0, least=0, why="padding counts the pixels added at each end").tag(sync=True)
    mode = traitlets.Unicode("zeros").tag(sync=True)
    value = traitlets.Float(0.0).tag(sync=True)
    position = traitlets.Tuple(traitlets.Int(), traitlets.Int(), default_value=(0, 0)).tag(sync=True)
    reveal = traitlets.Bool(False, help="fill in the output as the window walks").tag(sync=True)
    presets = traitlets.Dict().tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    takes = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self,
        image: Any,
        kernel: ArrayLike | str,
        *,
        stride: int = 1,
        padding: int = 0,
        mode: Mode = "zeros",
        convolve: Callable[..., Any] | None = None,
    ) -> None:
        picture = read_picture(image, grey=True, limit=LIMIT)
        self._function = convolve
        taken = list(SETTINGS) if convolve is None else options_taken(convolve, SETTINGS)
        super().__init__(
            image=picture.values,
            kernel=KERNELS[kernel] if isinstance(kernel, str) and kernel in KERNELS else kernel,
            stride=stride,
            padding=padding,
            mode=mode,
            presets={name: weights.tolist() for name, weights in KERNELS.items()},
            note=" ".join(filter(None, [picture.note, takes_words(convolve, taken)])),
            own=convolve is not None,
            takes=taken,
            reveal=picture.values.size <= SMALL,
        )
        if picture.values.size > SMALL:  # a corner of a photograph is rarely worth a look
            self.position = tuple(size // 2 for size in picture.values.shape)
        self._refresh()
        watched = ["image", "kernel", *SETTINGS, "question", "position"]
        self.observe(lambda change: self._refresh(), watched)

    @property
    def settings(self) -> dict[str, Any]:
        """Stride, padding, mode and value, as `cnncourse.convolution.correlate` takes them."""
        return {name: getattr(self, name) for name in SETTINGS}

    @property
    def output(self) -> Array:
        """The whole output, by the learner's function if there is one.

        Raises ``ValueError`` if the settings do not fit, and `OwnFunctionError` if the function fails.
        """
        if self._function is None:
            return arrays(self.image, self.kernel, **self.settings)["output"]
        return self.own_output()

    @traitlets.validate("image")
    def _check_image(self, proposal: Any) -> Array:
        return read_picture(proposal["value"], grey=True, limit=LIMIT).values

    @traitlets.validate("kernel")
    def _check_kernel(self, proposal: Any) -> Array:
        return read_kernel(proposal["value"])

    @traitlets.validate("stride")
    def _check_stride(self, proposal: Any) -> int:
        stride: int = proposal["value"]
        if self.own and "stride" not in self.takes and stride != 1:
            raise SettingError(f"your function takes no stride, got stride {stride}; give it a parameter of that name")
        return stride

    @traitlets.validate("mode")
    def _check_mode(self, proposal: Any) -> str:
        if proposal["value"] not in MODES:
            raise SettingError(f"expected a padding mode out of {', '.join(MODES)}, got {proposal['value']!r}")
        return str(proposal["value"])

    def own_settings(self) -> dict[str, Any]:
        """Return what an answer depends on, as the page writes it."""
        return {**self.settings, "kernel": self.kernel.tolist(), "image_id": self.image_id}

    def own_output(self) -> Array:
        """Run the learner's function with those settings that it takes."""
        assert self._function is not None
        taken = {name: value for name, value in self.settings.items() if name in self.takes}
        frame = {name: getattr(self, name) for name in ("padding", "mode", "value")}
        image = self.image if "padding" in taken else pad(self.image, **frame)
        stride = self.stride if "stride" in taken else 1
        rows, columns = (
            output_size(size, weights, stride=stride, padding=self.padding)
            for size, weights in zip(self.image.shape, self.kernel.shape, strict=True)
        )
        return call_own(self._function, image, self.kernel, expected=(rows, columns), options=taken)

    def _refresh(self) -> None:
        with self.hold_sync():  # one message to the page
            if self._function is not None:
                self.answer_page()
            self.description = self._in_words()

    def _in_words(self) -> str:
        high, wide = self.image.shape
        setting = (
            f"A kernel of {self.kernel.shape[0]} × {self.kernel.shape[1]} on a picture of {high} × {wide}, "
            f"stride {self.stride}, padding {self.padding} ({self.mode})"
        )
        try:
            seen = look(self.image, self.kernel, self.position, **self.settings)
        except ValueError as error:
            return f"{setting}: {error}."
        (rows, columns), (row, column) = seen["places"], seen["place"]
        place = f"The window shown is that of output[{row}, {column}] = {seen['total']:.4g}"
        return f"{setting}, gives an output of {rows} × {columns}. {place}."

    def panels(self) -> Sequence[Panel]:
        """Return picture, kernel and output for the still picture."""
        kernel = Panel("Kernel", self.kernel, signed=True)
        try:
            step = arrays(self.image, self.kernel, self.position, **self.settings)
        except ValueError:
            return [Panel("Picture", self.image), kernel]
        output = step["output"]
        row, column = (min(at, n - 1) for at, n in zip(self.position, output.shape, strict=True))
        window = (row * self.stride, column * self.stride, *self.kernel.shape)
        signed = bool(np.nanmin(output) < 0) if not np.isnan(output).all() else False
        return [
            Panel("Picture", step["padded"], mark=window),
            kernel,
            Panel("Output", output, signed=signed, mark=(row, column, 1, 1)),
        ]


def explore(
    image: Any, kernel: ArrayLike | str = "identity", *, convolve: Callable[..., Any] | None = None, **settings: Any
) -> ConvolutionExplorer:
    """Explore your own convolution: ``explore(image, kernel, convolve=my_convolve)``.

    Parameters
    ----------
    image, kernel, convolve
        As in `ConvolutionExplorer`.
    **settings
        ``stride``, ``padding`` and ``mode``.

    Returns
    -------
    ConvolutionExplorer
        Put it last in a cell to see it.
    """
    return ConvolutionExplorer(image, kernel, convolve=convolve, **settings)
