// The parts of the digit picker: the pad, the reading, the sheet. Each is built once and afterwards only changes.

import { button, choice, slider, toggle } from "./controls.js";
import { DIGIT_FINE, DIGIT_TOP } from "./digit_reading.js";
import { make, setText, uniqueId } from "./dom.js";

export const DIGIT_SIDE = 8;
export const DIGIT_MISREAD = "misread";
const DIGIT_PAGE = 60; // digits on the sheet at once
const DIGIT_MOVES = [["←", "left", [0, -1]], ["↑", "up", [-1, 0]], ["↓", "down", [1, 0]], ["→", "right", [0, 1]]];

function digitCanvas(side, attributes = {}) {
  return make("canvas", { width: side, height: side, "aria-hidden": "true", ...attributes });
}

function digitPaint(canvas, levels, top) {
  const side = canvas.width;
  const picture = new ImageData(side, side);
  levels.forEach((level, at) => picture.data.set([...Array(3).fill(Math.round((255 * level) / top)), 255], 4 * at));
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

function digitTile(levels) {
  const canvas = digitCanvas(DIGIT_SIDE);
  digitPaint(canvas, levels, DIGIT_TOP);
  return canvas;
}

// Each pixel of 8 × 8 as a block of the pad.
function digitEnlarged(levels) {
  const times = DIGIT_FINE / DIGIT_SIDE;
  return Uint8Array.from({ length: DIGIT_FINE * DIGIT_FINE }, (_, at) => {
    const [row, col] = [Math.floor(at / DIGIT_FINE), at % DIGIT_FINE];
    return levels[Math.floor(row / times) * DIGIT_SIDE + Math.floor(col / times)];
  });
}

export function digitPad({ undo, clear, fit }) {
  const canvas = digitCanvas(DIGIT_FINE);
  const cursor = make("div", { class: "cnn-digit-cursor", "aria-hidden": "true" });
  const help = make("p", { id: uniqueId("help"), class: "cnn-unseen" },
    "Arrow keys move the pen, space puts it down and lifts it, backspace undoes a stroke.");
  const pad = make("div", {
    class: "cnn-digit-pad", tabindex: "0", role: "application", "aria-label": "Drawing pad", "aria-describedby": help.id,
  }, canvas, cursor);
  const [back, empty] = [button({ text: "Undo", onClick: undo }), button({ text: "Clear", onClick: clear })];
  const fitted = toggle({ label: "Fit my drawing to the frame", value: true, onChange: fit });
  const node = make("div", { class: "cnn-digit-draw" }, captionedDigit("Draw a digit here"), pad,
    make("div", { class: "cnn-row" }, back, empty), fitted.element, help);
  const show = ({ levels, ink, fit: whether }) => {
    digitPaint(canvas, levels ? digitEnlarged(levels) : ink, levels ? DIGIT_TOP : 1);
    fitted.set(whether);
  };
  return { node, pad, canvas, cursor, undo: back, clear: empty, show };
}

function captionedDigit(text) {
  return make("p", { class: "cnn-digit-caption" }, text);
}

export function digitWay([down, right]) {
  const steps = [[down, "down", "up"], [right, "right", "left"]].filter(([much]) => much);
  return steps.map(([much, on, back]) => `${Math.abs(much)} ${much > 0 ? on : back}`).join(", ");
}

function digitMoves(move, back) {
  const buttons = DIGIT_MOVES.map(([sign, word, step]) =>
    button({ text: sign, label: `Move one pixel ${word}`, onClick: () => move(step) }));
  const home = button({ text: "Back", onClick: back });
  const told = make("output", { class: "cnn-reading" });
  const node = make("div", { class: "cnn-row cnn-digit-moves", role: "group", "aria-label": "Move the picture" },
    make("span", {}, "Move by a pixel"), ...buttons, home, told);
  return { node, set: (way) => { home.disabled = !way; setText(told, way); } };
}

export function digitVerdict({ count, move, back }) {
  const seen = digitCanvas(DIGIT_SIDE, { class: "cnn-digit-seen" });
  const [big, small, truth] = [make("strong", { class: "cnn-digit-big" }), make("span"), make("p", { class: "cnn-digit-truth" })];
  const list = make("ol", { class: "cnn-digit-neighbours", "aria-label": "The nearest remembered digits, each with its distance" });
  const voters = slider({ label: "Neighbours that vote", min: 1, max: 9, step: 2, value: 5, onInput: count });
  const moves = digitMoves(move, back);
  const node = make("div", { class: "cnn-digit-reading" },
    make("div", { class: "cnn-digit-verdict" }, seen, make("div", {}, make("p", {}, big, small), truth)),
    captionedDigit("Nearest among the remembered digits, with their distances"), list, moves.node, voters.element);
  const show = ({ levels, reading, meant, way, count: asked }) => {
    digitPaint(seen, levels ?? new Uint8Array(DIGIT_SIDE * DIGIT_SIDE), DIGIT_TOP);
    setText(big, reading ? `reads ${reading.digit}` : "nothing yet");
    setText(small, reading ? ` (${reading.votes} of ${reading.count} neighbours)` : "");
    setText(truth, meant);
    truth.dataset.right = String(meant.startsWith("Right"));
    list.replaceChildren(...(reading?.neighbours ?? []).map((one) => digitNeighbour(one, reading.digit)));
    moves.set(way);
    voters.set(asked);
  };
  return { node, show };
}

function digitNeighbour({ levels, label, distance }, winner) {
  const far = make("span", { class: "cnn-digit-far" }, distance.toFixed(2));
  const item = make("li", {}, digitTile(levels), make("strong", {}, String(label)), far);
  item.dataset.vote = label === winner ? "most" : "few";
  return item;
}

export function digitSheet({ total, choose, pick }) {
  const pages = Array.from({ length: Math.ceil(total / DIGIT_PAGE) }, (_, page) => {
    const first = page * DIGIT_PAGE;
    return [String(first), `${first + 1} to ${Math.min(total, first + DIGIT_PAGE)} of ${total}`];
  });
  const options = [...pages, [DIGIT_MISREAD, "those it misreads"]];
  const shown = choice({ label: "Or pick one of the digits kept aside", options, value: "0", onChange: choose });
  const tiles = make("div", { class: "cnn-digit-tiles", role: "radiogroup", "aria-label": "Handwritten digits to pick from" });
  const name = uniqueId("digit");
  tiles.addEventListener("change", (event) => pick(Number(event.target.value)));
  const mark = (picked) => {
    for (const input of tiles.querySelectorAll("input")) input.checked = Number(input.value) === picked;
  };
  const fill = (entries) => tiles.replaceChildren(...entries.map(({ place, levels, meant }) => {
    const input = make("input", { type: "radio", name, value: String(place) });
    input.setAttribute("aria-label", `Digit ${place + 1}, meant as ${meant}`);
    return make("label", { class: "cnn-digit-tile" }, input, digitTile(levels));
  }));
  const node = make("div", { class: "cnn-digit-sheet", hidden: total === 0 }, shown.element, tiles);
  const listed = () => (shown.input.value === DIGIT_MISREAD ? null : [Number(shown.input.value), DIGIT_PAGE]);
  return { node, fill, mark, listed };
}
