// What a page does for its reader: it keeps answers back until there is a prediction, folds code away on request, and
// lets the keyboard reach what scrolls sideways. Without it the page is whole, only less polite.
(() => {
  "use strict";

  function make(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  // ---- answers that wait for a prediction --------------------------------------------------------------------------

  // The words that explain an output stand beside its cell, up to the next cell or heading; they tell the answer too.
  function wordsAfter(cell) {
    const words = [];
    for (let one = cell.nextElementSibling; one && !one.matches(".cell, section"); one = one.nextElementSibling) {
      words.push(one);
    }
    return words;
  }

  let notes = 0;
  const showing = new Map(); // what is held back -> what shows it

  function noteWith(button) {
    const id = `held-note-${(notes += 1)}`;
    button.setAttribute("aria-describedby", id);
    return make("div", { class: "held-note" }, make("p", { id }, "The answer comes after your prediction."), button);
  }

  function holdBack(cell, asked) {
    const output = cell.querySelector(":scope > .cell_output");
    const held = [output, ...wordsAfter(cell)];
    const button = make("button", { type: "button" }, "Show it now");
    const note = noteWith(button);
    const open = new Set(asked);
    const show = () => {
      note.remove();
      for (const part of held) {
        part.hidden = false;
        part.classList.remove("held");
      }
    };
    for (const prompt of asked) {
      prompt.addEventListener("cnncourse:revealed", () => {
        open.delete(prompt);
        if (!open.size) show();
      });
    }
    button.addEventListener("click", () => {
      show();
      output.tabIndex = -1; // the button is gone; reading and tabbing go on from here
      output.focus();
    });
    for (const part of held) {
      part.hidden = true;
      part.classList.add("held");
      showing.set(part, show);
    }
    output.before(note);
  }

  // An answer is the first output after one prediction, or after several in a row, under the same heading. An explorer
  // is no answer, and can only measure itself where it is seen.
  function holdAnswers() {
    let asked = [];
    for (const cell of document.querySelectorAll("article .cell")) {
      if (asked.length && asked[0].parentElement !== cell.parentElement) asked = [];
      if (cell.matches(".tag_predict")) asked.push(cell);
      else if (asked.length && cell.querySelector(":scope > .cell_output")) {
        if (!cell.querySelector(".explorer")) holdBack(cell, asked);
        asked = [];
      }
    }
  }

  // Who follows a link to something that is held back has chosen to see it.
  function showTarget() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const held = target?.closest(".held[hidden]");
    if (!held) return;
    showing.get(held)();
    target.scrollIntoView();
  }

  // ---- code, all of it folded or open ------------------------------------------------------------------------------

  const KEY = "cnncourse-code";

  function remembered() {
    try {
      return localStorage.getItem(KEY) === "hidden";
    } catch {
      return false; // some browsers keep nothing for pages on disk
    }
  }

  function remember(hidden) {
    try {
      if (hidden) localStorage.setItem(KEY, "hidden");
      else localStorage.removeItem(KEY);
    } catch {
      // then the choice holds for this page
    }
  }

  // Folds of the same make as those around cells that only draw.
  function wrapCode() {
    for (const input of document.querySelectorAll("article .cell > .cell_input")) {
      const [show, hide] = [["collapsed", "Show code"], ["expanded", "Hide code"]].map(([state, words]) =>
        make("p", { class: `${state} admonition-title` }, words));
      const fold = make("details", { class: "admonition hide above-input taught" }, make("summary", {}, show, hide));
      input.replaceWith(fold);
      fold.append(input);
    }
  }

  function foldCode(hidden, button) {
    wrapCode();
    document.documentElement.classList.toggle("code-folded", hidden);
    for (const fold of document.querySelectorAll("article .cell > details.above-input")) fold.open = !hidden;
    button.textContent = hidden ? "Show all code" : "Hide all code";
  }

  function offerFolding() {
    const title = document.querySelector("article h1");
    if (!title || !document.querySelector("article .cell_input")) return;
    for (const summary of document.querySelectorAll("details.above-input > summary")) {
      summary.removeAttribute("aria-label"); // its visible words say more
    }
    const button = make("button", { type: "button" }, "Hide all code");
    let hidden = remembered();
    if (hidden) foldCode(hidden, button);
    button.addEventListener("click", () => {
      hidden = !hidden;
      foldCode(hidden, button);
      remember(hidden);
    });
    title.after(make("div", { class: "code-switch" }, button));
  }

  // ---- what is wider than the page ---------------------------------------------------------------------------------

  const WIDE = {
    ".cell_output .text_html:has(> img)": "Figure",
    ".cell_output .text_html": "Output",
    ".cell_output pre": "Output",
    ".pst-scrollable-table-container": "Table",
    "div.math": "Formula",
  };

  function nameScroller(element) {
    if (element.scrollWidth > element.clientWidth + 1) {
      const [, kind] = Object.entries(WIDE).find(([selector]) => element.matches(selector));
      element.setAttribute("aria-label", `${kind}, scrolls sideways`);
      element.setAttribute("role", "group");
      element.tabIndex = 0;
    } else if (element.tabIndex === 0) {
      for (const name of ["aria-label", "role", "tabindex"]) element.removeAttribute(name);
    }
  }

  function nameScrollers() {
    const watch = new ResizeObserver((entries) => entries.forEach(({ target }) => nameScroller(target)));
    for (const element of document.querySelectorAll(Object.keys(WIDE).join(","))) watch.observe(element);
  }

  // ---- paper is white ----------------------------------------------------------------------------------------------

  // The theme keeps its dark colours when it is printed, and browsers leave the dark ground out: pale words on white.
  function printInLight() {
    const { dataset } = document.documentElement;
    let seen = null;
    addEventListener("beforeprint", () => {
      seen = dataset.theme;
      dataset.theme = "light";
    });
    addEventListener("afterprint", () => {
      dataset.theme = seen;
    });
  }

  printInLight();
  holdAnswers();
  showTarget();
  addEventListener("hashchange", showTarget);
  offerFolding();
  nameScrollers();
})();
