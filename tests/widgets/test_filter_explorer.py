"""The filter explorer in Python: its arrays, its words, its settings, and what it does with odd pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnncourse.convolution import correlate
from cnncourse.detectors import gabor_energy, gradient, harris, match, structure_tensor
from cnncourse.images import photograph
from cnncourse.kernels import gabor
from cnncourse.widgets import FilterExplorer
from cnncourse.widgets._own_function import OwnFunctionError
from cnncourse.widgets.filter_explorer import LIMIT, arrays

IMAGE = photograph("coins")[30:90, 20:100]


def test_stripes_are_the_courses_own_gabor_filter():
    shown = arrays(IMAGE, "gabor", orientation=30, frequency=0.2, sigma=2.5)
    kernel = gabor(30, 0.2, sigma=2.5)
    assert_array_equal(shown["kernel"], kernel)
    assert_allclose(shown["answer"], correlate(IMAGE, kernel, padding=8, mode="reflect"))
    assert_allclose(shown["energy"], gabor_energy(IMAGE, 30, 0.2, sigma=2.5))


def test_a_width_that_follows_is_that_of_the_bank():
    explorer = FilterExplorer(IMAGE, orientation=60, frequency=0.2)
    assert_array_equal(explorer.shown["kernel"], gabor(60, 0.2))
    explorer.sigma = 1.5
    assert explorer.shown["kernel"].shape == (11, 11)


def test_edges_without_blur_are_the_gradient():
    shown = FilterExplorer(IMAGE, "edges", blur=0).shown
    assert_array_equal(shown["right"], gradient(IMAGE).right)
    assert shown["directions"].shape == (*IMAGE.shape, 3)


def test_a_cut_out_patch_is_found_first_where_it_was_cut():
    explorer = FilterExplorer(IMAGE, "patch", patch=(12, 33, 14, 9), count=3)
    assert_array_equal(explorer.shown["places"][0], [12, 33])
    assert_array_equal(explorer.shown["answer"], match(IMAGE, IMAGE[12:26, 33:42]))
    assert "answer 1.00" in explorer.description


def test_the_plain_sum_prefers_bright_paper():
    page = np.ones((20, 30))
    page[5:9, 4:7] = [[0.2, 0.8, 0.2]] * 4
    explorer = FilterExplorer(page, "patch", patch=(5, 4, 4, 3), search="sum", count=1)
    assert explorer.shown["places"][0].tolist() != [5, 4]
    explorer.search = "likeness"
    assert explorer.shown["places"][0].tolist() == [5, 4]


def test_corners_are_those_of_harris_strongest_first():
    explorer = FilterExplorer(IMAGE, "corners", window=2, sensitivity=0.04, corners=4)
    response = harris(IMAGE, sigma=2, sensitivity=0.04)
    assert_array_equal(explorer.shown["response"], response)
    strengths = [response[int(row), int(column)] for row, column in explorer.shown["places"]]
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[0] == response.max()
    assert "4 corners marked, the strongest at row" in explorer.description


def test_the_two_eigenvalues_are_those_of_the_structure_tensor():
    shown = FilterExplorer(IMAGE, "corners").shown
    xx, xy, yy = (mean[20, 33] for mean in structure_tensor(IMAGE))
    assert_allclose([shown["small"][20, 33], shown["large"][20, 33]], np.linalg.eigvalsh([[xx, xy], [xy, yy]]))


def test_where_nothing_is_a_corner_none_is_marked():
    edge = np.tile([0.0] * 20 + [1.0] * 17, (30, 1))
    explorer = FilterExplorer(edge, "corners")
    assert explorer.shown["places"].shape == (0, 2)
    assert explorer.description.endswith("0 corners marked.")


def test_a_frame_that_hangs_over_is_moved_in():
    explorer = FilterExplorer(IMAGE, "patch", patch=(500, 70, 20, 30))
    assert explorer.settings["patch"] == [40, 50, 20, 30]


def test_an_even_patch_says_what_to_do():
    explorer = FilterExplorer(np.full((30, 30), 0.4), "patch")
    assert "same grey everywhere" in explorer.description
    assert "<img" in explorer.fallback_html()


def test_a_filter_larger_than_the_picture_says_so():
    explorer = FilterExplorer(IMAGE[:12, :15], frequency=0.05)
    assert "needs a picture of at least 35 × 35" in explorer.description
    with pytest.raises(ValueError, match="got 12 × 15; raise the frequency"):
        _ = explorer.shown


@pytest.mark.parametrize("detector", ["gabor", "edges", "laplacian", "corners", "patch"])
def test_every_detector_has_a_still_picture_and_words(detector: str):
    explorer = FilterExplorer(IMAGE, detector)
    assert "<img" in explorer.fallback_html()
    assert f"{IMAGE.shape[0]} × {IMAGE.shape[1]} pixels" in explorer.description


@pytest.mark.parametrize("detector", ["gabor", "edges", "laplacian", "corners", "patch"])
@pytest.mark.parametrize(
    "image",
    [np.array([[0.5]]), np.full((30, 41), np.nan), np.ones((30, 41, 4)), np.zeros((30, 41), dtype=np.uint16)],
    ids=["one pixel", "NaN", "RGBA", "16 bits"],
)
def test_odd_pictures_are_borne(image: np.ndarray, detector: str):
    assert "<img" in FilterExplorer(image, detector).fallback_html()


def test_a_large_photograph_is_made_smaller_and_says_so():
    explorer = FilterExplorer(np.zeros((3000, 4000), dtype=np.uint8))
    assert explorer.image.size <= LIMIT
    assert "3000 × 4000" in explorer.note


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"detector": "circles"}, "detector as one out of gabor, edges, laplacian, corners, patch, got 'circles'"),
        ({"detector": "own"}, "no function of your own to look through"),
        ({"sliders": {"sigma": (1, 2)}}, "expected a function with the sliders sigma, got none"),
        ({"search": "luck"}, "search as one out of sum, centred, likeness"),
        ({"frequency": 0.7}, "frequency from 0.03 to 0.5"),
        ({"blur": -1}, "blur from 0 to 8"),
        ({"sigma": 0}, "sigma from 0.5 to 20"),
        ({"patch": (1, 2, 3)}, "patch as"),
        ({"patch": (0, 0, 3, 99)}, "sides from 1 to 48"),
        ({"count": 0}, "count as a whole number of 1 or more"),
        ({"corners": 0}, "corners as a whole number of 1 or more"),
        ({"window": 0}, "window from 0.5 to 6"),
        ({"sensitivity": 0.25}, "sensitivity from 0.01 to 0.24"),
        ({"angle": 3}, "expected settings out of blur"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_with_what_can(setting: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        FilterExplorer(IMAGE, **setting)


def test_a_refused_setting_leaves_the_last_one_standing():
    explorer = FilterExplorer(IMAGE, frequency=0.2)
    with pytest.raises(ValueError, match="frequency from"):
        explorer.frequency = 3
    assert explorer.frequency == 0.2


# ---- a function of the learner's own --------------------------------------------------------------------------------


def bumps(image: np.ndarray, sigma: float = 1.5, steps: int = 2, quick: bool = True) -> np.ndarray:
    for _ in range(steps):  # refuses anything but a whole number
        image = image - image.mean() / sigma
    return image


def test_an_own_function_is_looked_through_first_and_every_number_gets_a_slider():
    explorer = FilterExplorer(IMAGE, function=bumps, sliders={"steps": (1, 5)})
    assert explorer.detector == "own"
    assert explorer.detectors[0] == ["own", "Your function bumps()"]
    assert [(one["name"], one["least"], one["most"]) for one in explorer.own_sliders] == [
        ("sigma", 0, 6.0),
        ("steps", 1, 5),
    ]
    assert_allclose(explorer.shown["answer"], bumps(IMAGE))
    assert explorer.description.startswith("Your function bumps() on a picture of 60 × 80 pixels. It answers from -")
    assert "<img" in explorer.fallback_html()


def test_moving_a_slider_asks_the_function_anew_and_whole_numbers_stay_whole():
    explorer = FilterExplorer(IMAGE, function=bumps)
    explorer.set_state({"own_values": [3.0, 4.0], "question": {"id": "7", "values": [3.0, 4.0]}})
    assert explorer.answer["id"] == "7"
    assert explorer.answer["settings"]["values"] == [3.0, 4.0]
    assert explorer.settings == {"sigma": 3.0, "steps": 4}
    assert_allclose(explorer.shown["answer"], bumps(IMAGE, 3.0, 4))


def test_one_question_of_the_page_runs_the_function_once_and_a_look_at_edges_never():
    runs = []
    explorer = FilterExplorer(IMAGE, function=lambda image, level=0.5: runs.append(level) or image > level)
    explorer.set_state({"own_values": [0.25], "question": {"id": "8"}})
    assert runs == [0.5, 0.25]
    explorer.detector, explorer.blur = "edges", 3
    explorer.fallback_html()
    assert runs == [0.5, 0.25]
    explorer.detector = "own"
    assert runs == [0.5, 0.25]  # the answer is known


def test_another_picture_is_another_question():
    explorer = FilterExplorer(IMAGE, function=lambda image: image[::-1])
    first = explorer.answer["settings"]["image_id"]
    explorer.image = IMAGE[:40, :50]
    assert explorer.answer["settings"]["image_id"] != first
    assert explorer.answer["output"]["shape"] == [40, 50]


def test_an_answer_may_be_smaller_where_a_window_stays_inside():
    explorer = FilterExplorer(IMAGE, function=lambda image: correlate(image, np.ones((5, 3))))
    assert explorer.answer["output"]["shape"] == [56, 78]


def torn(image: np.ndarray, at: float = 1.0) -> np.ndarray:
    rows = image.shape[0]
    return image[rows if at > 1 else 0 :]


def test_a_fault_is_shown_with_its_line_and_the_explorer_survives():
    explorer = FilterExplorer(IMAGE, function=torn, sliders={"at": (0, 4)})
    assert explorer.answer["fault"] is None
    explorer.own_values = [2.0]
    assert explorer.answer["fault"]["message"].startswith("it returned shape (0, 80); expected (60, 80), or less")
    explorer._function = lambda image, at: image[int(at) * 99]
    explorer.own_values = [3.0]
    assert explorer.answer["fault"]["kind"] == "IndexError"
    assert "It failed in line" in explorer.description
    assert "<img" in explorer.fallback_html()
    explorer.own_values = [0.0]
    assert explorer.answer["fault"]["message"].startswith("it returned shape (80,)")
    explorer.detector = "edges"
    assert "the strongest edge" in explorer.description


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda image: None, "returned nothing; expected an array of shape (60, 80), or less where a window stays"),
        (lambda image: image.T, "columns and rows exchanged"),
        (lambda image: np.pad(image, 1), "more places than a window has"),
        (lambda image: np.stack([image] * 3, axis=-1), "3 dimensions where 2 belong"),
        (lambda image: "edges", "returned str"),
        (lambda image: image.undefined, "no attribute"),
    ],
)
def test_a_wrong_answer_is_told_what_was_expected(function: Any, words: str):
    explorer = FilterExplorer(IMAGE, function=function)
    assert words in explorer.answer["fault"]["message"]
    with pytest.raises(OwnFunctionError):
        _ = explorer.shown


def test_an_answer_without_a_number_says_so():
    explorer = FilterExplorer(IMAGE, function=lambda image: np.full_like(image, np.nan))
    assert explorer.description.endswith("No answer is a number.")
    assert "<img" in explorer.fallback_html()


@pytest.mark.parametrize(
    ("sliders", "message"),
    [
        ({"quick": (0, 1)}, "expected sliders for sigma, steps, got quick"),
        ({"sigma": (2, 4)}, r"ends of sigma as \(least, most\) around its default 1.5"),
        ({"sigma": (0,)}, "ends of sigma"),
        ({"steps": (2, 2)}, "ends of steps"),
    ],
)
def test_ends_that_cannot_be_are_refused(sliders: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        FilterExplorer(IMAGE, function=bumps, sliders=sliders)


def test_own_values_must_fit_the_sliders():
    explorer = FilterExplorer(IMAGE, function=bumps)
    with pytest.raises(ValueError, match=r"one number for each slider \(sigma, steps\), got \[1.0\]"):
        explorer.own_values = [1]
    assert explorer.own_values == [1.5, 2]


def test_a_built_in_function_has_no_sliders():
    assert FilterExplorer(IMAGE, function=np.negative).own_sliders == []
