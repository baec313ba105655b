"""The doctor's findings as a table: what matters first, nothing of a person's folders, readable without colours."""

from cnncourse.checkup import Checkup
from cnncourse.doctor import ADVICE, MISSING, OK, Row

WELL = [
    Row("Python", "3.12.1", OK),
    Row("numpy", "2.4.6", OK),
    Row("scipy", "1.17.1", OK),
    Row("cache", "/home/jane doe/.cache/cnncourse", OK),
    Row("digits", "bundled, real: 1 file, whole", OK),
    Row("MNIST", "expected MNIST/raw/x; came your cache", ADVICE, "`cnncourse data fetch mnist` (12 MB)"),
]
ILL = [*WELL, Row("torch", "not installed", MISSING, 'python -m pip install "torch>=2.15"')]


def test_what_is_well_with_the_packages_is_one_line():
    packages = Checkup(WELL).groups()["Packages"]
    assert packages == [Row("2 packages", "installed; among them numpy 2.4.6", OK)]


def test_every_finding_has_its_group():
    groups = Checkup(ILL).groups()
    assert [row.name for row in groups["This machine"]] == ["Python", "cache"]
    assert [row.name for row in groups["Pictures and data"]] == ["digits", "MNIST"]
    assert [row.name for row in groups["Packages"]] == ["torch", "2 packages"]


def test_the_verdict_names_what_is_missing_and_forgives_advice():
    assert Checkup(WELL).verdict == "The course can run here."
    assert Checkup(ILL).verdict == "Missing: torch. See below."


def test_advice_stands_beside_what_it_mends():
    assert 'torch: not installed; python -m pip install "torch>=2.15"' in repr(Checkup(ILL))
    html = Checkup(ILL)._repr_html_()
    assert "not installed; python -m pip install &quot;torch&gt;=2.15&quot;" in html
    assert "<code>cnncourse data fetch mnist</code> (12 MB)" in html


def test_folders_lose_what_they_say_of_a_person():
    for told in (repr(Checkup(WELL)), Checkup(WELL)._repr_html_()):
        assert "jane" not in told
        assert "/cnncourse" in told


def test_folders_of_windows_too():
    checkup = Checkup([Row("lessons", r"C:\Users\jane\course\notebooks", OK)])
    assert "lessons: …/notebooks" in repr(checkup)


def test_the_signs_have_words():
    html = Checkup(ILL)._repr_html_()
    for words in ("well", "could be better", "missing"):
        assert f'aria-label="{words}"' in html
