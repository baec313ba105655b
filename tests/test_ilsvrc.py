"""Tests of what is known about ImageNet's contest."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cnncourse.ilsvrc import human, sizes, winners


def test_every_year_of_the_contest_has_its_winner_and_a_source():
    assert [one.year for one in winners()] == list(range(2010, 2018))
    assert all(
        one.team and one.method and ("doi:" in one.source or "arXiv:" in one.source or "image-net" in one.source)
        for one in winners()
    )


def test_the_error_falls_every_year():
    assert all(after.error < before.error for before, after in pairwise(winners()))


def test_networks_win_from_2012_on_and_all_of_them_vote():
    assert {one.year for one in winners() if one.layers} == set(range(2012, 2018))
    assert all(one.ensemble == bool(one.layers) for one in winners())


def test_2012_is_told_with_and_without_more_pictures_and_with_the_best_without_a_network():
    (one,) = [one for one in winners() if one.year == 2012]
    assert (one.error, one.with_more_pictures, one.best_without_network) == (16.4, 15.3, 26.2)
    assert one.networks == 5


def test_networks_pass_the_person_in_2015():
    assert next(one.year for one in winners() if one.error < human().error) == 2015


def test_the_second_person_made_more_mistakes_on_fewer_pictures():
    assert human().other_error > human().error
    assert human().other_pictures < human().pictures < sizes().test_pictures
    assert "section 6.4" in human().source


@pytest.mark.parametrize(
    ("name", "value"), [("validation_pictures", 50_000), ("test_pictures", 100_000), ("classes", 1000)]
)
def test_the_sizes_are_those_of_the_contest(name: str, value: int):
    assert getattr(sizes(), name) == value
