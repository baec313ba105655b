"""Tests of the page of licences: every file of data and every network is on it."""

from __future__ import annotations

from collections.abc import Callable

from cnncourse.datasets import manifest
from cnncourse.publish.licences import BUILT_WITH, licences_page
from cnncourse.weights import weights_card, weights_names
from tests.publish.conftest import Opened


def test_every_file_of_the_manifest_stands_there_with_whose_it_is_and_its_licence() -> None:
    page = licences_page()
    for entry in (entry for entry in manifest() if entry.set != "weights"):
        for told in (f"`{entry.name}`", entry.shows, entry.credit, entry.licence, entry.origin):
            assert told in page, (entry.name, told)


def test_every_trained_network_stands_there_with_its_card() -> None:
    page = licences_page()
    for card in map(weights_card, weights_names()):
        for told in (f"### {card.name}", card.recipe, card.sha256, f"{card.accuracy:.2%}", card.command):
            assert told in page, (card.name, told)


def test_what_builds_the_pages_is_named_with_version_and_licence() -> None:
    rows = [line.split(" | ") for line in licences_page().splitlines() if line.startswith("| ")]
    built = {row[0].strip("| "): row[1:] for row in rows if row[0].strip("| ") in BUILT_WITH}
    assert set(built) == set(BUILT_WITH)
    assert all(version[0].isdigit() and ("BSD" in licence or "MIT" in licence) for version, licence in built.values())


def test_the_page_shows_a_table_for_photographs(open_page: Callable[..., Opened]) -> None:
    assert "Lav Varshney" in open_page("licences.html").page.locator("section#photographs table").inner_text()
