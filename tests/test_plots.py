"""Plots: what is drawn, with which limits, and the words that go with it."""

import base64
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from cnncourse import plots, style
from cnncourse.images import photograph

MATRIX = np.array([[1.0, -2.0, 0.25], [0.0, 4.0, 1 / 3]])


@pytest.fixture(autouse=True)
def fresh_figures():
    with plt.rc_context():
        yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_small_matrices_show_their_numbers_row_by_row():
    assert texts(plots.show_matrix(MATRIX)) == ["1", "-2", "0.25", "0", "4", "0.33"]


def test_a_number_that_rounds_to_nothing_has_no_minus_sign():
    assert texts(plots.show_matrix([[-0.001, 120.0]])) == ["0", "120"]


def test_large_matrices_show_colours_only():
    assert texts(plots.show_matrix(np.zeros((3, 40)))) == []


def test_signed_values_have_zero_in_the_middle_of_the_colours():
    assert plots.show_matrix(MATRIX).images[0].get_clim() == (-4, 4)


def test_a_picture_is_shown_from_black_at_zero_to_white_at_one_however_dark_it_is():
    assert plots.show_image(np.full((4, 6), 0.2)).images[0].get_clim() == (0, 1)


def test_pictures_that_stand_side_by_side_keep_one_scale():
    axes = plots.show_images(np.full((4, 6), 0.2), np.full((4, 6), 0.9), titles=["dark", "bright"])
    assert {ax.images[0].get_clim() for ax in axes} == {(0.0, 1.0)}


def test_not_a_number_is_drawn_and_leaves_the_limits_alone():
    assert plots.show_matrix([[np.nan, 2.0]]).images[0].get_clim() == (0, 2)


def test_a_batch_is_no_picture():
    with pytest.raises(ValueError, match=r"got shape \(8, 3, 5, 7\)"):
        plots.show_image(np.zeros((8, 3, 5, 7)))


def test_titles_and_pictures_must_be_as_many():
    with pytest.raises(ValueError, match="got 1 titles for 2 arrays"):
        plots.show_images(MATRIX, MATRIX, titles=["one"])


def test_the_words_given_become_the_pictures_alternative():
    axes = plots.show_images(
        np.eye(3), titles=["diagonal"], alt="A white diagonal from the top left to the bottom right."
    )
    html = style.figure_html(axes[0].get_figure())
    assert 'alt="A white diagonal from the top left to the bottom right."' in html


def test_words_are_escaped_so_that_they_cannot_break_the_page():
    ax = plots.describe(plots.show_matrix(MATRIX), 'Values "greater" than <zero> stand out.')
    assert 'alt="Values &quot;greater&quot; than &lt;zero&gt; stand out."' in style.figure_html(ax.get_figure())


def test_without_words_titles_and_axes_speak():
    ax = plt.subplots()[1]
    ax.set(title="Time", xlabel="kernel side", ylabel="seconds")
    assert style.alternative_text(ax.get_figure()) == "Figure with “Time” (seconds against kernel side)"


def test_too_few_words_are_refused():
    with pytest.raises(ValueError, match="20 characters"):
        plots.describe(plt.subplots()[1], "a plot")


def test_the_picture_inside_the_page_is_shown_at_the_size_of_its_figure():
    html = style.figure_html(plots.show_matrix(MATRIX).get_figure())
    picture = Image.open(io.BytesIO(base64.b64decode(re.search(r"base64,([^\"]+)", html)[1])))
    width = int(re.search(r'width="(\d+)"', html)[1])
    assert width == picture.width * 96 // style.DOTS_PER_INCH
    assert picture.format == "WEBP"


def test_photographs_stay_small_enough_for_a_page_of_many():
    photographs = [photograph(name, grey=False) for name in ("astronaut", "chelsea", "coffee")]
    html = style.figure_html(plots.show_images(*photographs)[0].get_figure())
    assert len(html) < 300_000


def test_the_style_writes_in_twelve_points_or_more_and_changes_nothing_until_it_is_asked_for():
    sizes = ["font.size", "axes.labelsize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize", "axes.titlesize"]
    before = {key: plt.rcParams[key] for key in sizes}
    style.use_style()
    assert min(plt.rcParams[key] for key in sizes) >= 12
    assert before["font.size"] == 10


def test_bytes_are_shown_as_the_brightness_they_mean():
    grey = plots.show_image(np.array([[0, 100]], dtype=np.uint8)).images[0]
    assert grey.get_clim() == (0, 255)
    colour = plots.show_image(np.array([[[0, 100, 255]]], dtype=np.uint8)).images[0]
    assert colour.get_array().tolist() == [[[0, 100, 255]]]


def test_a_mark_frames_whole_pixels_row_before_column():
    ax = plots.mark(plots.show_image(np.zeros((9, 14))), 2, 7, (3, 5), label="here")
    frames = [patch.get_bbox().extents.tolist() for patch in ax.patches]
    assert frames == [[6.5, 1.5, 11.5, 4.5]] * 2
    assert texts(ax) == ["here"]
