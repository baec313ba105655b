// A digit picked from a sheet or drawn on a pad, and read at once by its nearest neighbours among remembered digits.

import { keepKeys } from "./controls.js";
import { DIGIT_SIDE, digitPad, digitSheet, digitVerdict, digitWay } from "./digit_parts.js";
import {
  DIGIT_FINE, digitCounts, digitFit, digitInk, digitLevels, digitNearest, digitShift, digitText, digitVote,
} from "./digit_reading.js";
import { make } from "./dom.js";
import { atMostEvery, oncePerFrame } from "./frame.js";
import { openShell } from "./shell.js";

const DIGIT_PIXELS = DIGIT_SIDE * DIGIT_SIDE;
const DIGIT_BLOCK = DIGIT_FINE / DIGIT_SIDE; // fine pixels along a pixel
const DIGIT_STEP = 2; // fine pixels that an arrow key moves the pen
const DIGIT_ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const DIGIT_STATE = ["picked", "strokes", "moved", "fit", "count"];
const DIGIT_KEYS = [
  ["mouse, finger, pen", "on the pad: draw"],
  ["← ↑ → ↓", "on the pad: move the pen; on the sheet: the next digit"],
  ["Space", "on the pad: put the pen down, and lift it"],
  ["Backspace", "on the pad: undo the last stroke"],
];

// ---- what is known, and what follows from it ---------------------------------------------------------------------------

function digitKnowledge(model) {
  const remembered = digitLevels(model.get("remembered"));
  const sheet = digitLevels(model.get("sheet"));
  return {
    remembered,
    labels: Array.from(model.get("labels"), Number),
    meant: Array.from(model.get("meant"), Number),
    memory: (place) => remembered.subarray(place * DIGIT_PIXELS, (place + 1) * DIGIT_PIXELS),
    candidate: (place) => sheet.subarray(place * DIGIT_PIXELS, (place + 1) * DIGIT_PIXELS),
  };
}

function digitRead(known, levels, count) {
  const neighbours = digitNearest(known.remembered, levels, count)
    .map((one) => ({ ...one, label: known.labels[one.place], levels: known.memory(one.place) }));
  return { neighbours, ...digitVote(neighbours.map((neighbour) => neighbour.label)) };
}

// The picture that is compared, after all settings; null while the pad is empty.
function digitSeen(model, known) {
  const [picked, strokes] = [model.get("picked"), model.get("strokes")];
  if (picked < 0 && !strokes.length) return null;
  const fitted = () => (model.get("fit") ? digitFit(strokes) : strokes);
  const levels = picked >= 0 ? known.candidate(picked) : digitCounts(digitInk(fitted()), DIGIT_SIDE);
  return digitShift(levels, DIGIT_SIDE, model.get("moved"));
}

// What the pad shows: the picked digit or the strokes, moved as far as the picture that is compared.
function digitOnPad(model, known) {
  const [picked, moved] = [model.get("picked"), model.get("moved")];
  if (picked >= 0) return { levels: digitShift(known.candidate(picked), DIGIT_SIDE, moved) };
  return { ink: digitShift(digitInk(model.get("strokes")), DIGIT_FINE, moved.map((at) => at * DIGIT_BLOCK)) };
}

function digitTruth(model, known, reading) {
  const picked = model.get("picked");
  if (picked < 0) return "";
  const meant = known.meant[picked];
  return meant === reading.digit ? `Right: its writer meant ${meant}.` : `Wrong: its writer meant ${meant}.`;
}

function digitInWords(model, known, reading) {
  if (!reading) return "The pad is empty. Draw a digit, or pick one from the sheet.";
  const [picked, way] = [model.get("picked"), digitWay(model.get("moved"))];
  const what = picked >= 0 ? `Digit ${picked + 1} of the sheet` : "Your drawing";
  const near = reading.neighbours.map(({ label, distance }) => `${label} at ${distance.toFixed(2)}`).join(", ");
  const verdict = `reads ${reading.digit}, ${reading.votes} of ${reading.count} neighbours`;
  const truth = digitTruth(model, known, reading);
  return `${what}${way ? `, moved ${way}` : ""}: ${verdict}. ${truth ? `${truth} ` : ""}Nearest: ${near}.`;
}

// ---- drawing -----------------------------------------------------------------------------------------------------------

// The pad may show the strokes moved: where the pen is, and where that was before the move.
function digitUnmoved(model, [x, y]) {
  const [down, right] = model.get("moved");
  return [x - right * DIGIT_BLOCK, y - down * DIGIT_BLOCK];
}

// A new point only where the pen has moved on: slow hands would leave thousands.
function digitExtend(model, point) {
  const strokes = model.get("strokes");
  const [stroke, next] = [strokes[strokes.length - 1], digitUnmoved(model, point)];
  const [x, y] = stroke[stroke.length - 1];
  if (Math.hypot(next[0] - x, next[1] - y) < 0.7) return strokes;
  return [...strokes.slice(0, -1), [...stroke, next]];
}

// Whoever begins to draw leaves the picked digit, and starts on an empty pad.
function digitBegin(model, point) {
  if (model.get("picked") < 0) return { strokes: [...model.get("strokes"), [digitUnmoved(model, point)]] };
  return { picked: -1, moved: [0, 0], strokes: [[point]] };
}

function digitListenPointer(view, model) {
  const along = (at, start, size) => {
    const fine = Math.min(DIGIT_FINE, Math.max(0, ((at - start) / size) * DIGIT_FINE));
    return Math.round(10 * fine) / 10;
  };
  const point = (event) => {
    const box = view.canvas.getBoundingClientRect();
    return [along(event.clientX, box.left, box.width), along(event.clientY, box.top, box.height)];
  };
  view.pad.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    view.pad.setPointerCapture(event.pointerId);
    view.pad.focus({ preventScroll: true });
    event.preventDefault();
    model.set(digitBegin(model, point(event)));
  });
  view.pad.addEventListener("pointermove", (event) => {
    const drawing = view.pad.hasPointerCapture(event.pointerId) && model.get("strokes").length;
    if (drawing) model.set("strokes", digitExtend(model, point(event)));
  });
}

function digitListenKeys(view, model) {
  const pen = { at: [DIGIT_FINE / 2, 2 * DIGIT_STEP], down: false };
  const show = () => {
    view.cursor.style.left = `${(100 * pen.at[0]) / DIGIT_FINE}%`;
    view.cursor.style.top = `${(100 * pen.at[1]) / DIGIT_FINE}%`;
    view.cursor.dataset.pen = pen.down ? "down" : "up";
    view.cursor.hidden = false;
  };
  const lift = () => { pen.down = false; show(); };
  const press = () => {
    pen.down = !pen.down;
    if (pen.down) model.set(digitBegin(model, [...pen.at]));
  };
  const keys = {
    " ": press,
    Backspace: () => view.undo.click(),
    Escape: lift,
  };
  const walk = (way) => {
    pen.at = pen.at.map((at, axis) => Math.min(DIGIT_FINE - 1, Math.max(1, at + DIGIT_STEP * way[axis])));
    if (pen.down && model.get("strokes").length) model.set("strokes", digitExtend(model, [...pen.at]));
  };
  view.pad.addEventListener("keydown", (event) => {
    const way = DIGIT_ARROWS[event.key];
    if ((!way && !keys[event.key]) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (way) walk(way);
    else keys[event.key]();
    show();
  });
  view.pad.addEventListener("blur", lift);
  view.pad.addEventListener("pointerdown", () => { lift(); view.cursor.hidden = true; });
  [view.undo, view.clear].forEach((control) => control.addEventListener("click", lift));
  show();
}

// ---- all together ------------------------------------------------------------------------------------------------------

class DigitView {
  constructor(model, el) {
    this.model = model;
    this.known = digitKnowledge(model);
    this.save = atMostEvery(150, () => model.save_changes());
    this.build(el);
    this.redraw = oncePerFrame(() => this.draw());
    this.events = DIGIT_STATE.map((name) => `change:${name}`).join(" ");
    model.on(this.events, this.redraw);
    this.fillSheet();
    this.draw();
  }

  build(el) {
    const { model, known } = this;
    this.shell = openShell(el, "Digit reader", DIGIT_KEYS);
    this.shell.root.classList.add("cnn-digit");
    keepKeys(this.shell.root);
    this.pad = digitPad({
      undo: () => model.set("strokes", model.get("strokes").slice(0, -1)),
      clear: () => model.set({ picked: -1, strokes: [], moved: [0, 0] }),
      fit: (fit) => model.set("fit", fit),
    });
    this.verdict = digitVerdict({
      count: (count) => model.set("count", count),
      back: () => model.set("moved", [0, 0]),
      move: (step) => model.set("moved", model.get("moved").map((at, axis) =>
        Math.min(DIGIT_SIDE, Math.max(-DIGIT_SIDE, at + step[axis])))),
    });
    this.sheet = digitSheet({
      total: known.meant.length,
      choose: () => this.pick(this.fillSheet()),
      pick: (picked) => this.pick([picked]),
    });
    const honest = make("p", { class: "cnn-digit-honest" },
      `This is no network yet: it compares pixel by pixel with ${known.labels.length.toLocaleString("en")} remembered ` +
      "digits. A network trained on real handwriting takes its place in a later lesson.");
    this.shell.body.append(make("div", { class: "cnn-digit-parts" }, this.pad.node, this.verdict.node), this.sheet.node, honest);
    digitListenPointer(this.pad, model);
    digitListenKeys(this.pad, model);
  }

  fillSheet() {
    const { model, known } = this;
    const all = Array.from(known.meant.keys());
    const misread = (place) => digitRead(known, known.candidate(place), model.get("count")).digit !== known.meant[place];
    const listed = this.sheet.listed();
    const places = listed ? all.slice(listed[0], listed[0] + listed[1]) : all.filter(misread);
    this.sheet.fill(places.map((place) => ({ place, levels: known.candidate(place), meant: known.meant[place] })));
    this.sheet.mark(model.get("picked"));
    return places;
  }

  // Read the first of these digits, so that no verdict stands beside a sheet that it does not come from.
  pick([picked = -1]) {
    this.model.set({ picked, strokes: [], moved: [0, 0] });
  }

  draw() {
    const { model, known } = this;
    const [picked, strokes, count] = [model.get("picked"), model.get("strokes"), model.get("count")];
    const levels = digitSeen(model, known);
    const reading = levels && digitRead(known, levels, count);
    this.pad.show({ ...digitOnPad(model, known), fit: model.get("fit") });
    this.pad.undo.disabled = !strokes.length;
    this.pad.clear.disabled = picked < 0 && !strokes.length;
    const meant = reading ? digitTruth(model, known, reading) : "";
    this.verdict.show({ levels, reading, meant, way: digitWay(model.get("moved")), count });
    this.sheet.mark(picked);
    const words = digitInWords(model, known, reading);
    this.shell.speak(words);
    model.set({ seen: levels ? digitText(levels) : "", description: words });
    this.save();
  }

  close() {
    this.model.off(this.events, this.redraw);
    [this.redraw, this.save].forEach((later) => later.cancel());
    this.shell.close();
  }
}

export default {
  render({ model, el }) {
    const view = new DigitView(model, el);
    return () => view.close();
  },
};
