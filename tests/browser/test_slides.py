"""Every slide of every lesson, opened from disk with the network off: nothing overflows, all can be read and used."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from cnncourse.publish import slides as publish_slides
from cnncourse.publish.handout import print_deck
from tests.executed import Executed

ROOT = Path(__file__).parents[2]
LESSONS = [path.stem for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))]
READY = "html[data-ready]"
SCREENS = [(1280, 720), (1920, 1080)]
PROSE, CODE, QUESTION = 24, 16, 17  # pixels of a letter on a screen of 1280 × 720

# What is wrong with the slide that is shown: what sticks out of it or of its column.
OVERFLOWS = """() => {
  const page = Reveal.getCurrentSlide();
  const stage = page.getBoundingClientRect();
  const out = (one) => {
    const box = one.getBoundingClientRect();
    if (!box.width || !box.height) return false;
    if (box.right > stage.right + 1 || box.bottom > stage.bottom + 1) return true;
    return box.left < stage.left - 1 || box.top < stage.top - 1;
  };
  const cut = (one) => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1;
  const name = (one) => `${one.className}: ${one.textContent.trim().slice(0, 60)}`;
  return [
    ...[...page.querySelectorAll(".body, .column, .block, .block > *, .cnn-prompt, .cnn-explorer")]
      .filter(out).map(name),
    ...[page, ...page.querySelectorAll(".body, .column, pre")].filter(cut).map(name),
    ...[...page.querySelectorAll(".block")].filter((one) => one.scrollWidth > one.clientWidth + 1).map(name),
    ...[...page.querySelectorAll(".column")].filter((one) => {
      const box = one.getBoundingClientRect();
      const own = page.querySelector(".body").getBoundingClientRect();
      return box.bottom > own.bottom + 1 || box.right > own.right + 1;
    }).map(name),
  ];
}"""

# The smallest letters of a kind on the slide that is shown, in pixels of the stage.
LETTERS = """(selector) => {
  let least = Infinity;
  for (const block of Reveal.getCurrentSlide().querySelectorAll(selector)) {
    const walk = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    for (let text = walk.nextNode(); text; text = walk.nextNode()) {
      const parent = text.parentElement;
      if (!text.data.trim() || !parent.checkVisibility() || parent.closest("math, .cnn-unseen")) continue;
      if (parent.closest("code") && !parent.closest("pre")) continue;
      least = Math.min(least, parseFloat(getComputedStyle(parent).fontSize) * parent.currentCSSZoom);
    }
  }
  return least;
}"""
PICTURES = """() => [...document.querySelectorAll(".slides img")]
  .filter((one) => one.alt.trim().length < 20 || !one.complete || !one.naturalWidth)
  .map((one) => one.closest("[data-cell]")?.dataset.cell)"""

WHERE = "() => { const { h, v } = Reveal.getIndices(); return `${h}.${v}`; }"
CONTROLS = "input, button, select, canvas[tabindex], [tabindex='0'], a[href], summary"
MOVES = f"""() => [...Reveal.getCurrentSlide().querySelectorAll("{CONTROLS}")]
  .some((one) => one.checkVisibility({{ visibilityProperty: true }}) && !one.disabled)"""
# Whether the keyboard is at something on the slide that is shown, and one sees that it is.
REACHED = """() => {
  const one = document.activeElement;
  if (!Reveal.getCurrentSlide().contains(one) || one === Reveal.getCurrentSlide()) return false;
  const style = getComputedStyle(one);
  return style.outlineStyle !== "none" || style.boxShadow !== "none";
}"""


@pytest.fixture(scope="module")
def slides(tmp_path_factory: pytest.TempPathFactory, executed: Executed) -> Callable[[str], Path]:
    """Return a function that builds the deck of a lesson."""
    folder = tmp_path_factory.mktemp("slides") / "slides"

    def deck(stem: str) -> Path:
        if not (folder / f"{stem}.html").exists():
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(publish_slides, "run_lessons", executed.in_place_of_run_lessons)
                publish_slides.build(ROOT / "notebooks", folder, lessons=[stem])
        return folder / f"{stem}.html"

    return deck


class Shown:
    """A deck in the browser, with what it complained of."""

    def __init__(self, context: Any, address: str) -> None:
        self.page = context.new_page()
        self.complaints: list[str] = []
        note = self.complaints.append
        self.page.on("console", lambda said: note(said.text) if said.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: note(str(error)))
        self.page.on("requestfailed", lambda request: note(f"failed: {request.url}"))
        self.page.on("request", lambda one: note(one.url) if one.url.startswith("http") else None)
        self.page.goto(address)
        self.page.wait_for_selector(READY, state="attached", timeout=60_000)

    def walk(self) -> Iterator[str]:
        """Show every slide and every fragment, one after the other, and yield where it is."""
        while True:
            self.page.wait_for_timeout(60)
            yield self.page.evaluate("() => JSON.stringify(Reveal.getIndices())")
            if self.page.evaluate("() => Reveal.isLastSlide() && !Reveal.availableFragments().next"):
                return
            self.page.evaluate("() => Reveal.next()")

    def still(self) -> None:
        """Wait until an explorer has found its size."""
        settled = """() => new Promise((done) => {
          let before = null;
          const look = () => {
            const blocks = [...Reveal.getCurrentSlide().querySelectorAll(".explorer")];
            const now = blocks.map((one) => `${one.style.zoom} ${one.offsetHeight}`).join();
            if (now === before) done();
            else { before = now; setTimeout(look, 300); }
          };
          look();
        })"""
        if self.page.evaluate("() => Boolean(Reveal.getCurrentSlide().querySelector('.explorer'))"):
            self.page.evaluate(settled)


@pytest.fixture
def show(browser: Any, slides: Callable[[str], Path]) -> Iterator[Callable[..., Shown]]:
    """Return a function that opens the deck of a lesson from disk; what it complains of fails the test."""
    opened: list[Shown] = []

    def start(stem: str, *, width: int = 1280, height: int = 720, query: str = "") -> Shown:
        context = browser.new_context(offline=True, viewport={"width": width, "height": height})
        opened.append(Shown(context, f"{slides(stem).as_uri()}{query}"))
        return opened[-1]

    yield start
    for one in opened:
        one.page.context.close()
    assert [complaint for one in opened for complaint in one.complaints] == []


@pytest.mark.parametrize(("width", "height"), SCREENS)
@pytest.mark.parametrize("stem", LESSONS)
def test_no_slide_of_a_lesson_overflows_and_its_letters_reach_the_back_row(
    show: Callable[..., Shown], stem: str, width: int, height: int
) -> None:
    shown = show(stem, width=width, height=height)
    wrong = []
    for place in shown.walk():
        shown.still()
        wrong += [f"{place} {one}" for one in shown.page.evaluate(OVERFLOWS)]
        for kinds, least in ((".prose, .list, .html, h1, h2, h3", PROSE), ("pre", CODE), (".cnn-prompt", QUESTION)):
            letters = shown.page.evaluate(LETTERS, kinds)
            if letters < least - 0.01:
                wrong.append(f"{place} letters of {letters} pixels in {kinds}")
    assert wrong == []


@pytest.mark.parametrize("stem", LESSONS)
def test_every_figure_has_a_text_alternative_and_every_explorer_is_alive(show: Callable[..., Shown], stem: str) -> None:
    page = show(stem).page
    assert page.evaluate(PICTURES) == []
    assert page.locator(".explorer-still, .explorer-fault").count() == 0
    assert page.locator(".slides section section section").count() == 0, "reveal.js would take it for a slide"


@pytest.mark.parametrize("stem", LESSONS)
def test_no_slide_has_a_grave_violation(show: Callable[..., Shown], stem: str) -> None:
    # for paper all slides stand below each other, so that one look is enough
    for page in (show(stem).page, show(stem, query="?print-pdf").page):
        found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
        assert [
            f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
            for one in found
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ] == []


@pytest.mark.parametrize("stem", LESSONS)
def test_a_question_that_has_been_answered_still_fits(show: Callable[..., Shown], stem: str) -> None:
    shown = show(stem)
    wrong = []
    for place in shown.walk():
        slide = shown.page.locator("section.page.present")
        if not slide.locator(".cnn-prompt").count():
            continue
        if slide.locator(".cnn-prompt input[type=text]").count():
            slide.locator(".cnn-prompt input[type=text]").fill("123456")
        else:
            slide.locator(".cnn-prompt input").first.check()
        slide.locator(".cnn-prompt-commit").click()
        slide.locator(".cnn-prompt-result").get_by_text(re.compile(r"\w")).first.wait_for()
        shown.page.wait_for_timeout(400)
        shown.still()
        wrong += [f"{place} {one}" for one in shown.page.evaluate(OVERFLOWS)]
    assert wrong == []


@pytest.mark.parametrize("stem", LESSONS)
def test_the_keyboard_alone_shows_every_slide_and_reaches_what_moves_on_it(
    show: Callable[..., Shown], stem: str
) -> None:
    page = show(stem).page
    seen, unreached = [], []
    while not seen or not page.evaluate("() => Reveal.isLastSlide() && !Reveal.availableFragments().next"):
        seen.append(page.evaluate(WHERE))
        assert len(seen) < 500, f"the keyboard does not get beyond {seen[-1]}"
        if page.evaluate(MOVES):
            page.keyboard.press("Tab")
            if not page.evaluate(REACHED):
                unreached.append(seen[-1])
        page.keyboard.press("PageDown")
        page.wait_for_timeout(40)
    assert page.evaluate("() => document.querySelectorAll('section.page').length") == len({*seen, page.evaluate(WHERE)})
    assert unreached == []


def test_a_cell_named_in_the_address_is_shown_and_a_number_leads_to_the_slide_that_bears_it(
    show: Callable[..., Shown], slides: Callable[[str], Path]
) -> None:
    page = show("02_convolution_by_hand", query="#photo").page
    assert page.locator("section.page.present [data-cell=photo]").count() >= 1
    page.goto(f"{slides('02_convolution_by_hand').as_uri()}#one-place")
    page.locator("section.page.present [data-cell=one-place]").first.wait_for(timeout=20_000)
    page.keyboard.press("g")
    page.keyboard.type("40")
    page.keyboard.press("Enter")
    place = page.locator("section.page.present .foot .place")
    place.get_by_text(re.compile("^40 / ")).wait_for(timeout=5_000)
    assert not page.locator(".slide-number").is_visible()


def test_an_explorer_keeps_its_arrows_and_gives_them_back(show: Callable[..., Shown]) -> None:
    page = show("01_images_as_matrices").page
    place = page.evaluate("""() => {
      const slide = document.querySelector(".page.with-explorer");
      const at = Reveal.getIndices(slide);
      Reveal.slide(at.h, at.v);
      return [at.h, at.v];
    }""")
    canvas = page.locator("section.page.present canvas[tabindex]").first
    canvas.click()
    here = "() => [Reveal.getIndices().h, Reveal.getIndices().v]"
    canvas.press("ArrowRight")
    canvas.press("ArrowDown")
    assert page.evaluate(here) == place
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(here) == [place[0], place[1] - 1]
    page.keyboard.press("ArrowDown")
    page.locator("section.page.present canvas[tabindex]").first.focus()
    page.keyboard.press("PageUp")
    assert page.evaluate(here) == [place[0], place[1] - 1]


def test_a_point_of_an_explorer_is_where_the_pointer_is_however_large_it_is_shown(show: Callable[..., Shown]) -> None:
    for width, height in SCREENS:
        page = show("00_start_here", width=width, height=height).page
        page.evaluate("() => Reveal.slide(0, 2)")
        page.wait_for_timeout(600)
        sheet = page.locator("section.page.present canvas").first
        page.locator("section.page.present").get_by_role("button", name="Clear").click()
        box = sheet.bounding_box()
        page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.75 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.27 * box["width"], box["y"] + 0.75 * box["height"])
        page.mouse.up()
        page.wait_for_timeout(200)
        middle = sheet.evaluate("""(one) => {
          const { data } = one.getContext("2d").getImageData(0, 0, one.width, one.height);
          let [sum, x, y] = [0, 0, 0];
          for (let at = 0; at < data.length; at += 4) {
            if (data[at] < 128 || data[at] !== data[at + 1]) continue;
            sum += 1;
            x += (at / 4) % one.width;
            y += Math.floor(at / 4 / one.width);
          }
          return [x / sum / one.width, y / sum / one.height];
        }""")
        assert middle == pytest.approx([0.26, 0.75], abs=0.05)


def test_the_speaker_view_opens_from_disk_and_follows(show: Callable[..., Shown]) -> None:
    page = show("00_start_here").page
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    notes = opened.value.locator(".speaker-controls-notes .value")
    notes.get_by_text("until 0:02 of 0:17").wait_for(timeout=60_000)
    page.keyboard.press("ArrowRight")
    notes.get_by_text("until 0:05 of 0:17").wait_for()
    assert "Take a show of hands" in notes.inner_text()
    current = opened.value.frame_locator("#current-slide iframe").locator("section.page.present h2")
    current.get_by_text("A rival of seven lines").wait_for()


def test_the_index_page_opens_each_deck_and_explains_the_keys(browser: Any, slides: Callable[[str], Path]) -> None:
    page = browser.new_context(offline=True, viewport={"width": 375, "height": 740}).new_page()
    page.goto((slides("00_start_here").parent / "index.html").as_uri())
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 375
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    page.get_by_role("link", name="Start here").click()
    page.wait_for_selector(READY, state="attached")
    page.context.close()


def test_a_printed_deck_has_a_page_for_each_slide(
    show: Callable[..., Shown], slides: Callable[[str], Path], tmp_path: Path
) -> None:
    count = show("00_start_here").page.locator("section.page").count()
    for notes in (False, True):
        print_deck(slides("00_start_here"), tmp_path / "deck.pdf", notes=notes)
        pages = len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "deck.pdf").read_bytes()))
        assert pages == count if not notes else count < pages < 2 * count
