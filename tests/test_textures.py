"""Telling textures apart: pieces, nearest means and confusions by hand, scikit-learn as oracle."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import confusion_matrix
from sklearn.neighbors import NearestCentroid

from cnncourse.detectors import texture_features
from cnncourse.images import photograph
from cnncourse.kernels import gabor_bank
from cnncourse.textures import confusion, halves, nearest_mean, tiles

NAMES = ["brick", "grass", "gravel"]


def test_pieces_are_cut_row_by_row_and_the_rest_stays_out():
    picture = np.arange(5 * 7).reshape(5, 7)
    pieces = tiles(picture, 2)
    assert pieces.shape == (6, 2, 2)
    assert_array_equal(pieces[0], [[0, 1], [7, 8]])
    assert_array_equal(pieces[2], [[4, 5], [11, 12]])
    assert_array_equal(pieces[3], [[14, 15], [21, 22]])


@pytest.mark.parametrize(("shape", "side"), [((4, 6), 5), ((4, 6), 0), ((4, 6, 3), 2)])
def test_a_side_that_does_not_fit_or_a_colour_picture_is_refused(shape: tuple[int, ...], side: int):
    with pytest.raises(ValueError, match=r"a side that fits into it, got shape"):
        tiles(np.zeros(shape), side)


def test_the_nearest_mean_is_that_of_scikit_learn_on_scaled_features():
    rng = np.random.default_rng(4)
    examples = {name: rng.normal(at, [1, 50], size=(20, 2)) for at, name in enumerate(NAMES)}
    things = rng.normal(1, [2, 60], size=(40, 2))
    everything = np.concatenate([*examples.values()])
    spread = everything.std(axis=0)
    oracle = NearestCentroid().fit(everything / spread, np.repeat(NAMES, 20))
    assert nearest_mean(things, examples) == oracle.predict(things / spread).tolist()


def test_a_feature_that_never_varies_does_no_harm():
    assert nearest_mean([[7, 1]], {"low": [[7, 0], [7, 1]], "high": [[7, 8], [7, 9]]}) == ["low"]


def test_confusions_are_counted_as_scikit_learn_does():
    rng = np.random.default_rng(5)
    truth, answers = rng.choice(NAMES, 50).tolist(), rng.choice(NAMES, 50).tolist()
    assert_array_equal(confusion(truth, answers, NAMES), confusion_matrix(truth, answers, labels=NAMES))


def test_energies_tell_unseen_pieces_of_three_textures_apart():
    bank = gabor_bank(orientations=4, frequencies=(0.06, 0.12, 0.24))
    pieces = {name: tiles(photograph(name)[:256], 64) for name in NAMES}
    features = {n: np.array([texture_features(p, bank) / p.std() for p in pieces[n]]) for n in NAMES}
    left = np.arange(32) % 8 < 4
    named = nearest_mean(np.concatenate([features[n][~left] for n in NAMES]), {n: features[n][left] for n in NAMES})
    assert np.mean(np.array(named) == np.repeat(NAMES, 16)) >= 0.9


def test_twice_the_contrast_gives_twice_the_energies():
    bank = gabor_bank(orientations=2, frequencies=(0.12,))
    piece = photograph("gravel")[:40, :56]
    assert_allclose(texture_features(2 * piece, bank), 2 * texture_features(piece, bank))


def test_halves_are_those_of_the_picture_the_pieces_came_from():
    picture = np.repeat(np.repeat([[1, 2], [3, 4]], 4, axis=0), 6, axis=1)  # 8 × 12: four quarters
    pieces = tiles(picture, 2).mean(axis=(1, 2))  # 4 rows of 6 pieces
    found = {name: sorted(set(pieces[chosen])) for name, chosen in halves(4, 6).items()}
    assert found == {"left": [1, 3], "right": [2, 4], "upper": [1, 2], "lower": [3, 4]}


def test_what_cannot_be_halved_is_refused():
    with pytest.raises(ValueError, match="expected even numbers of rows and columns, got 3 and 4"):
        halves(3, 4)
