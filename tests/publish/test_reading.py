"""Tests of what a page does for its reader: answers wait, code folds, and wide things can be reached."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.publish.conftest import Opened

Open = Callable[..., Opened]
LESSON = "03_guess.html"
PHONE = {"width": 375, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
SAID, WORDS, LIST = "half is 42.0", "It is forty-two.", "Half of four is two."


@pytest.fixture
def page(open_page: Open) -> Any:
    """The lesson of predictions, with its prompts alive."""
    page = open_page(LESSON, viewport=DESKTOP).page
    page.locator(".explorer-live form").nth(4).wait_for()
    return page


def shows(page: Any, *texts: str) -> bool:
    """Tell whether all these texts can be seen; some seen and some not is a failure of its own."""
    seen = {page.get_by_text(text, exact=True).first.is_visible() for text in texts}
    assert len(seen) == 1, f"of {texts} some are seen and some are not"
    return seen.pop()


def note(page: Any, place: int = 0) -> Any:
    return page.locator(".held-note").nth(place)


def prompt(page: Any, question: str) -> Any:
    return page.locator(".cnn-prompt").filter(has_text=question).first


# --- answers --------------------------------------------------------------------------------------------------------


def test_an_answer_and_the_words_after_it_wait_and_all_else_is_there(page: Any) -> None:
    assert not shows(page, SAID, WORDS, LIST)
    assert note(page).inner_text().split("\n")[0] == "The answer comes after your prediction."
    article = page.locator("article").inner_text()
    assert 'print("half is", half)' in article
    assert "This stays." in article
    assert page.get_by_role("img", name="Four squares, rising").is_visible()


def test_a_held_answer_is_out_of_the_accessibility_tree_too(page: Any) -> None:
    tree = page.locator("article").aria_snapshot()
    assert "The answer comes after your prediction." in tree
    assert not any(text in tree for text in (SAID, WORDS, LIST))


def test_a_committed_prediction_brings_its_answer_and_keeps_the_focus_in_the_prompt(page: Any) -> None:
    asked = prompt(page, "Half of 84?")
    asked.get_by_label("Your answer").fill("40")
    asked.get_by_label("Your answer").press("Enter")
    assert shows(page, SAID, WORDS, LIST)
    assert page.evaluate("document.activeElement.closest('.cnn-prompt') !== null")
    asked.get_by_role("button", name="Try again").click()
    assert shows(page, SAID, WORDS, LIST), "what was seen cannot be unseen"


def test_an_answer_that_cannot_be_read_as_numbers_brings_nothing(page: Any) -> None:
    asked = prompt(page, "Half of 84?")
    asked.get_by_label("Your answer").fill("plenty")
    asked.get_by_role("button", name="Commit").click()
    assert not shows(page, SAID, WORDS, LIST)


def test_who_does_not_know_is_shown_output_and_words_as_well(page: Any) -> None:
    prompt(page, "Half of 84?").get_by_role("button", name="show me").click()
    assert shows(page, SAID, WORDS, LIST)


def test_show_it_now_works_from_the_keyboard_and_hands_the_focus_to_the_output(page: Any) -> None:
    button = note(page).get_by_role("button", name="Show it now")
    assert page.locator(f"#{button.get_attribute('aria-describedby')}").inner_text().startswith("The answer comes")
    before = page.locator(".held-note").count()
    button.focus()
    page.keyboard.press("Space")
    assert shows(page, SAID, WORDS, LIST)
    assert page.locator(".held-note").count() == before - 1
    assert SAID in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Tab")
    assert "Show code" in page.evaluate("document.activeElement.innerText")


def test_two_predictions_in_a_row_hold_one_answer_until_both_are_made(page: Any) -> None:
    assert not shows(page, "(5, 7)", "Rows come first.")
    prompt(page, "Rows of 5 × 7?").get_by_role("button", name="show me").click()
    assert not shows(page, "(5, 7)", "Rows come first.")
    prompt(page, "And columns?").get_by_role("button", name="show me").click()
    assert shows(page, "(5, 7)", "Rows come first.")


def test_a_prediction_that_was_saved_with_the_lesson_holds_nothing_back(page: Any) -> None:
    assert shows(page, "half of 18 is 9")


def test_an_explorer_to_find_out_with_is_not_held(page: Any) -> None:
    section = page.locator("#an-explorer-to-find-out-with")
    assert section.locator(".cnn-prompt").count() == 2
    assert section.locator(".held-note").count() == 0


def test_without_javascript_every_answer_is_on_the_page(open_page: Open) -> None:
    page = open_page(LESSON, java_script_enabled=False).page
    assert shows(page, SAID, WORDS, LIST, "(5, 7)")
    assert page.get_by_text("comes after your prediction").count() == 0


def test_on_paper_every_answer_is_there_and_nothing_to_press(page: Any) -> None:
    page.emulate_media(media="print")
    assert shows(page, SAID, WORDS, LIST, "(5, 7)")
    assert not note(page).is_visible()
    assert not page.get_by_role("button", name="Hide all code").is_visible()


# --- code -----------------------------------------------------------------------------------------------------------


def test_code_that_only_draws_is_folded_quietly_and_opens_from_the_keyboard(page: Any) -> None:
    drawing = page.get_by_text("ax.plot([1, 4, 9, 16])")
    fold = page.locator("details.above-input > summary")
    assert not drawing.is_visible()
    assert fold.inner_text().strip() == "Show code"
    look = "one => [getComputedStyle(one).boxShadow, getComputedStyle(one).borderTopWidth, one.offsetHeight < 40]"
    assert fold.locator("..").evaluate(look) == ["none", "0px", True]
    fold.press("Enter")
    assert drawing.is_visible()
    assert fold.inner_text().strip() == "Hide code"


def test_all_code_folds_and_comes_back_and_outputs_stay(page: Any) -> None:
    code = page.locator("article .cell_input")
    page.get_by_role("button", name="Hide all code").click()
    assert not any(one.is_visible() for one in code.all())
    assert page.get_by_role("img", name="Four squares, rising").is_visible()
    assert page.locator(".cnn-prompt").first.is_visible()
    page.locator("article summary", has_text="Show code").nth(1).click()
    assert page.get_by_text('predict("Half of 84?"').is_visible()
    page.get_by_role("button", name="Show all code").click()
    assert all(one.is_visible() for one in code.all())


def test_the_choice_to_hide_code_is_remembered(page: Any) -> None:
    page.get_by_role("button", name="Hide all code").click()
    page.reload()
    assert not page.locator("article .cell_input").first.is_visible()
    page.get_by_role("button", name="Show all code").click()
    page.reload()
    assert page.locator("article .cell_input").first.is_visible()
    assert page.get_by_role("button", name="Hide all code").is_visible()


def test_a_browser_that_keeps_nothing_still_folds_code(open_page: Open) -> None:
    opened = open_page("index.html")
    refuse = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('not on disk'); } })"
    opened.page.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {refuse} }}); {refuse}")
    opened.page.goto(opened.page.url.replace("index.html", LESSON))
    opened.page.get_by_role("button", name="Hide all code").click()
    assert not opened.page.locator("article .cell_input").first.is_visible()


def test_a_page_without_code_offers_nothing_to_fold(open_page: Open) -> None:
    page = open_page("index.html").page
    page.wait_for_load_state()
    assert page.get_by_role("button", name="all code").count() == 0


# --- wide things ----------------------------------------------------------------------------------------------------


def wide_things(page: Any) -> dict[str, Any]:
    """Return the element around each wide thing of the lesson."""
    return {
        "Figure": page.locator(".text_html:has(> img)"),
        "Table": page.locator("#wide-things .pst-scrollable-table-container"),
        "Output": page.locator("#wide-things .cell_output pre"),
    }


def test_on_a_phone_wide_things_scroll_by_themselves_with_a_bar_that_stays(open_page: Open) -> None:
    page = open_page(LESSON, viewport=PHONE, is_mobile=True, has_touch=True).page
    for kind, element in wide_things(page).items():
        page.get_by_role("group", name=f"{kind}, scrolls sideways", exact=True).first.wait_for()
        assert element.evaluate("one => one.scrollWidth > one.clientWidth + 50"), kind
        assert element.evaluate("one => getComputedStyle(one, '::-webkit-scrollbar').height") == "8px"
        element.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("document.activeElement.scrollLeft > 0")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_a_wide_figure_keeps_a_readable_width_on_a_phone_and_a_small_one_fits(open_page: Open) -> None:
    wide = open_page(LESSON, viewport=PHONE).page.get_by_role("img", name="Four squares, rising")
    assert wide.evaluate("one => one.getBoundingClientRect().width") == 560
    small = open_page("01_window.html", viewport=PHONE).page.locator("article img")
    assert small.evaluate("one => one.getBoundingClientRect().width") < 375
    assert small.evaluate("one => one.parentElement.tabIndex") == -1


def test_what_fits_is_no_stop_of_the_keyboard(page: Any) -> None:
    figure = wide_things(page)["Figure"]
    assert figure.evaluate("one => one.tabIndex") == -1
    page.set_viewport_size(PHONE)
    page.get_by_role("group", name="Figure, scrolls sideways").wait_for()
    page.set_viewport_size(DESKTOP)
    page.wait_for_function("document.querySelector('.text_html:has(> img)').tabIndex === -1")
    assert figure.get_attribute("role") is None
