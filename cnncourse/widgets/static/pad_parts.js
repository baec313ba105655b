// Parts of the digit pad that are built once and afterwards only change: what is read, the settings, the digits to pick.

import { button, slider, toggle } from "./controls.js";
import { PAD_SIDE } from "./drawing.js";
import { make, setText, uniqueId } from "./dom.js";
import { formatNumber } from "./numbers.js";

export const FARTHEST_SHIFT = 8; // pixels, as in digit_pad.py
const THINNEST_PEN = 1; // pixels
const THICKEST_PEN = 5;

export function sharePercent(share) {
  if (share > 0.9995) return "> 99.9\u00a0%";
  if (share < 0.0005) return "< 0.1\u00a0%";
  return `${(100 * share).toFixed(1)}\u00a0%`;
}

// ---- what is read ------------------------------------------------------------------------------------------------------

export function padVerdict() {
  const [big, small, truth] = [make("strong", { class: "cnn-pad-big" }), make("span"), make("p", { class: "cnn-pad-truth" })];
  const rows = Array.from({ length: 10 }, (_, digit) => probabilityRow(digit));
  const list = make("ol", { class: "cnn-pad-bars", "aria-label": "Probability of each digit" }, ...rows.map((row) => row.element));
  const element = make("div", { class: "cnn-pad-verdict" }, make("p", { class: "cnn-pad-said" }, big, small), truth, list);
  // `meant` is what the writer of a picked digit meant; -1 for a drawing.
  const show = ({ probabilities, words, meant = -1 }) => {
    const best = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : -1;
    setText(big, probabilities ? String(best) : "");
    setText(small, words);
    const right = best === meant;
    setText(truth, meant < 0 || best < 0 ? "" : `${right ? "Right" : "Wrong"}: its writer meant ${meant}.`);
    truth.dataset.right = String(right);
    rows.forEach((row, digit) => row.show(probabilities?.[digit], digit === best));
  };
  return { element, show };
}

function probabilityRow(digit) {
  const bar = make("span", { class: "cnn-pad-bar" });
  const number = make("span", { class: "cnn-pad-share" });
  const track = make("span", { class: "cnn-pad-track", "aria-hidden": "true" }, bar);
  const element = make("li", {}, make("span", { class: "cnn-pad-digit" }, String(digit)), track, number);
  const show = (share, best) => {
    bar.style.transform = `scaleX(${share ?? 0})`;
    setText(number, share === undefined ? "–" : sharePercent(share));
    element.dataset.best = String(best);
  };
  return { element, show };
}

// ---- settings ----------------------------------------------------------------------------------------------------------

export function padSettings({ change, undo, clear }) {
  const [back, empty] = [button({ text: "Undo", onClick: undo }), button({ text: "Clear", onClick: clear })];
  const pen = slider({
    label: "Pen", min: THINNEST_PEN, max: THICKEST_PEN, step: 0.2, text: (x) => `${formatNumber(x, 1)} px`, onInput: (x) => change({ pen: x }),
  });
  const centre = toggle({ label: "Centre and scale as MNIST was", value: true, onChange: (x) => change({ centre: x }) });
  const along = (label, place) => slider({
    label, min: -FARTHEST_SHIFT, max: FARTHEST_SHIFT, text: (x) => `${formatNumber(x)} px`,
    onInput: (x) => change({ shift: [place ? home.now[0] : x, place ? x : home.now[1]] }),
  });
  const home = button({ text: "Back to 0", label: "back to shift 0", onClick: () => change({ shift: [0, 0] }) });
  const [right, down] = [along("Right", 1), along("Down", 0)];
  const show = (state, { drawn, empty: bare }) => {
    home.now = state.shift;
    back.disabled = !drawn;
    empty.disabled = bare;
    pen.set(state.pen);
    pen.input.disabled = !drawn && !bare; // a picked digit was written with another pen
    centre.set(state.centre);
    down.set(state.shift[0]);
    right.set(state.shift[1]);
    home.disabled = !state.shift[0] && !state.shift[1];
  };
  const tools = make("div", { class: "cnn-row cnn-pad-tools" }, back, empty, pen.element);
  const moves = make("fieldset", { class: "cnn-group cnn-pad-moves" }, make("legend", {}, "Move it on the sheet"),
    make("div", { class: "cnn-pad-along" }, right.element, down.element), home);
  return { tools, element: make("div", {}, centre.element, moves), show };
}

// ---- digits to pick ----------------------------------------------------------------------------------------------------

// The pixels of a digit as an image, light ink on black.
export function digitImage(levels) {
  const canvas = make("canvas", { width: PAD_SIDE, height: PAD_SIDE, "aria-hidden": "true" });
  const picture = new ImageData(PAD_SIDE, PAD_SIDE);
  levels.forEach((level, at) => picture.data.set([level, level, level, 255], 4 * at));
  canvas.getContext("2d").putImageData(picture, 0, 0);
  return canvas;
}

export function digitTiles({ images, meant, pick }) {
  const name = uniqueId("digit");
  const tiles = images.map((image, place) => {
    const input = make("input", { type: "radio", name, value: String(place), "aria-label": `Digit ${place + 1}, meant as ${meant[place]}` });
    return make("label", { class: "cnn-pad-tile" }, input, image);
  });
  const group = make("div", { class: "cnn-pad-tiles", role: "radiogroup", "aria-label": "Handwritten digits to pick from" }, ...tiles);
  group.addEventListener("change", (event) => pick(Number(event.target.value)));
  const caption = make("p", { class: "cnn-pad-caption", "aria-hidden": "true" }, "Or pick a digit that somebody wrote");
  const element = make("div", { hidden: !images.length }, caption, group);
  const mark = (picked) => {
    for (const input of group.querySelectorAll("input")) input.checked = Number(input.value) === picked;
  };
  return { element, mark };
}
