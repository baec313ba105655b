"""Tests of the convolution explorer's Python side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.signal import correlate2d

from cnncourse.kernels import HORIZONTAL_LINES, KERNELS, read_matrix
from cnncourse.widgets import ConvolutionExplorer, explore
from cnncourse.widgets._own_function import OwnFunctionError
from cnncourse.widgets.convolution_explorer import arrays

IMAGE = read_matrix("33210 00131 31223 20022")
KERNEL = read_matrix("012 220")


def slide(image: np.ndarray, kernel: np.ndarray, stride: int = 1) -> np.ndarray:
    return correlate2d(image, kernel, mode="valid")[::stride, ::stride]


def test_arrays_hold_window_products_and_sum_of_the_place():
    step = arrays(IMAGE, KERNEL, (1, 2), stride=1, padding=0)
    assert_array_equal(step["window"], [[1, 3, 1], [2, 2, 3]])
    assert_array_equal(step["products"], [[0, 3, 2], [4, 4, 0]])
    assert step["total"] == 13 == step["output"][1, 2]


def test_arrays_agree_with_scipy_under_stride_and_padding():
    step = arrays(IMAGE, KERNEL, (2, 1), stride=2, padding=1)
    assert_array_equal(step["output"], correlate2d(np.pad(IMAGE, 1), KERNEL, mode="valid")[::2, ::2])
    assert step["total"] == step["output"][2, 1]


def test_a_place_outside_becomes_the_nearest():
    assert arrays(IMAGE, KERNEL, (99, -3))["total"] == arrays(IMAGE, KERNEL, (2, 0))["total"]


def test_settings_can_be_changed_from_python():
    explorer = ConvolutionExplorer(IMAGE, KERNEL)
    explorer.stride, explorer.padding, explorer.mode, explorer.position = 2, 1, "replicate", (1, 1)
    assert_array_equal(explorer.output, slide(np.pad(IMAGE, 1, mode="edge"), KERNEL, 2))
    assert "stride 2, padding 1 (replicate)" in explorer.description
    assert "output[1, 1]" in explorer.description


def test_a_kernel_may_be_named():
    assert_array_equal(ConvolutionExplorer(IMAGE, "Laplacian").kernel, KERNELS["Laplacian"])


def test_the_picture_given_is_neither_kept_nor_changed():
    image = IMAGE.copy()
    explorer = ConvolutionExplorer(image, KERNEL)
    image[:] = 9
    assert explorer.image[0, 3] == 1


def test_a_kernel_larger_than_the_picture_is_explained_and_not_raised():
    explorer = ConvolutionExplorer(IMAGE, np.ones((7, 7)))
    assert "does not fit" in explorer.description
    assert "text/html" in explorer._repr_mimebundle_()[0]
    explorer.padding = 2
    assert "gives an output of 2 × 3" in explorer.description


@pytest.mark.parametrize("stride", [0, -1, 1.5, True, "2"])
def test_a_stride_that_is_no_whole_step_is_refused_with_advice(stride: Any):
    with pytest.raises(ValueError, match=r"whole number of 1 or more, got .*next place"):
        ConvolutionExplorer(IMAGE, KERNEL, stride=stride)


def test_a_refused_setting_leaves_the_explorer_as_it_was():
    explorer = ConvolutionExplorer(IMAGE, KERNEL, stride=2)
    with pytest.raises(ValueError, match="whole number"):
        explorer.stride = 0
    with pytest.raises(ValueError, match="mirror"):
        explorer.mode = "mirror"
    assert (explorer.stride, explorer.mode) == (2, "zeros")


@pytest.mark.parametrize(
    ("kernel", "advice"),
    [
        (np.ones(3), r"2 dimensions .* got shape \(3,\)"),
        (np.ones((0, 3)), "got shape"),
        ([[np.nan]], "finite"),
        ("sobel", "Sobel, left to right"),
        (np.ones((2, 2), dtype=complex), "real numbers"),
    ],
)
def test_what_is_no_kernel_is_refused_with_advice(kernel: Any, advice: str):
    with pytest.raises(ValueError, match=advice):
        ConvolutionExplorer(IMAGE, kernel)


@pytest.mark.parametrize(
    "image",
    [np.zeros((1, 1)), np.full((3, 4), np.nan), np.ones((3, 4, 4), dtype=np.uint8), np.eye(5, 6, dtype=np.uint16)],
)
def test_unusual_pictures_are_shown(image: np.ndarray):
    explorer = ConvolutionExplorer(image, [[1, -1]], padding=1)
    assert "gives an output" in explorer.description
    assert "text/html" in explorer._repr_mimebundle_()[0]


def test_a_photograph_of_12_million_pixels_is_made_smaller():
    explorer = ConvolutionExplorer(np.zeros((4000, 3000), dtype=np.uint8), HORIZONTAL_LINES)
    assert explorer.image.size <= 65_536
    assert "4000 × 3000" in explorer.note


# ---- a learner's own function ------------------------------------------------------------------------------


def test_an_own_function_answers_after_every_change():
    explorer = explore(IMAGE, KERNEL, convolve=slide)
    assert_array_equal(explorer.output, slide(IMAGE, KERNEL))
    explorer.stride = 2
    assert explorer.answer["settings"]["stride"] == 2
    assert explorer.answer["output"]["shape"] == [2, 2]


def test_a_function_without_padding_is_given_the_padded_picture():
    explorer = explore(IMAGE, KERNEL, convolve=slide, padding=1)
    assert_array_equal(explorer.output, slide(np.pad(IMAGE, 1), KERNEL))
    assert "given the padded picture" in explorer.note


def test_a_stride_is_refused_where_the_function_takes_none():
    explorer = explore(IMAGE, KERNEL, convolve=lambda image, kernel: slide(image, kernel))
    with pytest.raises(ValueError, match="takes no stride"):
        explorer.stride = 2


def test_one_question_of_the_page_runs_the_function_once():
    runs = []
    explorer = explore(IMAGE, KERNEL, convolve=lambda image, kernel: runs.append(1) or slide(image, kernel))
    state = {"stride": 1, "kernel": [[1.0, 2.0]], "question": {"id": "7"}}
    explorer.set_state(state)
    assert len(runs) == 2  # once at the start, once for the page
    assert explorer.answer["id"] == "7"
    assert explorer.answer["settings"]["kernel"] == [[1, 2]]


def failing(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    rows = image.shape[0]
    return image[rows]


def test_a_fault_is_shown_with_its_line_and_the_explorer_survives():
    explorer = explore(IMAGE, KERNEL, convolve=failing)
    fault = explorer.answer["fault"]
    assert fault["kind"] == "IndexError"
    assert fault["line"] == failing.__code__.co_firstlineno + 2
    assert fault["source"] == "return image[rows]"
    assert fault["name"] == "failing"
    explorer.kernel = [[1.0]]
    assert explorer.answer["settings"]["kernel"] == [[1]]


def interrupted(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda image, kernel: None, "returned nothing"),
        (lambda image, kernel: image, r"returned shape \(4, 5\); expected \(3, 3\)"),
        (lambda image, kernel: slide(image, kernel)[:-1], "very bottom"),
        (lambda image, kernel: slide(image, kernel).ravel(), "1 dimensions where 2"),
        (lambda image, kernel: "blurred", "returned str"),
        (lambda image, kernel: slide(image, kernel) * 1j, "complex"),
        (lambda image, kernel: [[1], [1, 2]], "different lengths"),
        (lambda image, kernel: kernel.missing, "no attribute"),
        (interrupted, "you interrupted it"),
    ],
)
def test_a_wrong_answer_is_told_what_was_expected(function: Any, words: str):
    explorer = explore(IMAGE, KERNEL, convolve=function)
    with pytest.raises(OwnFunctionError, match=words):
        _ = explorer.output
    assert explorer.answer["output"] is None


def test_a_function_cannot_change_what_is_shown():
    def greedy(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
        image[:] = 0
        return slide(image, kernel)

    assert_array_equal(explore(IMAGE, KERNEL, convolve=greedy).image, IMAGE)
