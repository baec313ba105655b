"""Tests of the figures of captioning."""

import numpy as np
from numpy.testing import assert_allclose

from cnncourse.captioning_plots import show_captions, show_looks, show_next_words


def told(axes):
    return np.atleast_1d(np.asarray(axes)).flat[0].get_figure(root=True).text_alternative


def test_under_a_wrong_sentence_stands_the_right_one():
    axes = show_captions(np.zeros((3, 1, 4, 6)), ["a one", "a two", "a six"], ["a one", "a ten", "a six"], columns=2)
    assert [ax.get_title() for ax in axes] == ["✓ a one", "✗ a two", "✓ a six"]
    assert [ax.get_xlabel() for ax in axes] == ["", "is: a ten", ""]
    assert told(axes) == "Scenes with their sentences: a one; a two, wrong, for a ten; a six."


def test_a_scene_is_bright_where_the_decoder_looked():
    looks = np.full((2, 2, 3), 0.02)
    looks[0, 1, 2] = looks[1, 0, 0] = 0.9
    axes = show_looks(np.ones((1, 4, 6)), ["a", "one"], looks)
    assert [ax.get_title() for ax in axes] == ["scene", "“a”", "“one”"]
    first = axes[1].images[0].get_array()
    assert_allclose(first[2:, 4:], 1)
    assert first[:2].max() < 0.4
    assert_allclose(axes[1].lines[0].get_xydata(), [[4.5, 2.5]])  # the middle of that place
    assert told(axes) == "Where the decoder looked. a: bottom right; one: top left."


def test_only_words_that_were_thought_of_have_a_row():
    shares = np.array([[0.995, 0.0, 0.005, 0.0], [0.1, 0.6, 0.004, 0.3], [0.0, 0.0, 0.0, 1.0]])
    ax = show_next_words(["a", "one"], shares, ["a", "one", "of", "face"])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "one", "face"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a", "one"]
    shown = {(text.get_position(), text.get_text()) for text in ax.texts}
    assert shown == {((0, 0), "100%"), ((1, 0), "10%"), ((1, 1), "60%"), ((1, 2), "30%")}
    assert told(ax) == "How sure the decoder was of each word: a 100%, one 60%."
