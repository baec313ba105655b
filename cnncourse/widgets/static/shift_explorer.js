// The shift explorer: push a picture around and watch what becomes of a filter's answer and of four poolings of it.

import { ArrayView } from "./canvas.js";
import { rangeOf } from "./colour.js";
import { make, setText } from "./dom.js";
import { atMostEvery, oncePerFrame } from "./frame.js";
import { legend } from "./legend.js";
import { ownPicture } from "./own_picture.js";
import { LARGEST_SHIFT, SHIFT_WAYS, answerTo, frameForShifts, shiftScene, viewShifted } from "./shift.js";
import { SHIFT_COMPARISONS, shiftControls } from "./shift_controls.js";
import { captioned, openShell } from "./shell.js";
import { fromRows, fromWire, toWire } from "./wire.js";

const SHIFT_LIMIT = 40000; // pixels of a dropped picture, as LIMIT in shift_explorer.py
const BRIGHTEST_SHIFT_SHARE = 0.6; // of the strongest answer: what is shown as white
const SHIFT_STATE = ["image", "kernel", "size", "shift", "compare", "note"];
const SHIFT_KEYS = [
  ["← ↑ → ↓", "on the picture: shift it by a pixel; with Shift, by four"],
  ["pointer", "drag the picture"],
];

const shiftWithin = (x) => Math.min(LARGEST_SHIFT, Math.max(-LARGEST_SHIFT, x));
const percent = (x) => (Number.isNaN(x) ? "–" : `${Math.round(100 * x)} %`);

// One answer: its picture, its two numbers, and the difference to what it is compared with.
class ShiftCard {
  constructor(title) {
    this.title = title;
    this.map = new ArrayView({ label: title, maxCell: 16, maxHeight: 210 });
    this.difference = new ArrayView({ label: `${title}, difference`, maxCell: 16, maxHeight: 210 });
    this.numbers = {};
    const terms = [["stays", "stays?"], ["moves", "moves along?"]].map(([name, words]) => {
      this.numbers[name] = make("strong");
      return make("span", { class: "cnn-shift-number", "data-name": name }, `${words} `, this.numbers[name], " changed");
    });
    this.line = make("p", { class: "cnn-shift-numbers" }, ...terms);
    const pair = make("div", { class: "cnn-shift-pair" }, this.map.element, this.difference.element);
    this.element = captioned(title, pair, this.line);
  }

  show(outcome, most, compare) {
    this.map.show(outcome.after, { kind: "grey", range: [0, most], decimals: 1 });
    this.difference.show(outcome.difference, { kind: "signed", range: [-most, most], decimals: 1 });
    for (const [name, number] of Object.entries(this.numbers)) setText(number, percent(outcome[name]));
    this.line.dataset.compare = compare;
    const size = `${outcome.after.height} by ${outcome.after.width}`;
    this.map.label(`${this.title}, ${size} values`);
    this.difference.label(`${this.title}, difference: ${percent(outcome[compare])} changed`);
  }

  destroy() {
    this.map.destroy();
    this.difference.destroy();
  }
}

class ShiftView {
  constructor(model, el) {
    this.model = model;
    this.redraw = oncePerFrame(() => this.draw());
    this.save = atMostEvery(120, () => model.save_changes());
    this.build(el);
    this.names = SHIFT_STATE.map((name) => `change:${name}`);
    for (const name of this.names) model.on(name, this.redraw);
    this.redraw();
  }

  build(el) {
    this.shell = openShell(el, "Shift explorer", SHIFT_KEYS);
    this.picture = this.buildPicture();
    this.cards = Object.fromEntries(Object.entries(SHIFT_WAYS).map(([name, { title }]) => [name, new ShiftCard(title)]));
    const file = ownPicture({
      target: this.shell.root,
      limit: SHIFT_LIMIT,
      grey: true,
      onPicture: (picture, note) => this.change({ image: toWire(picture), note }),
      onProblem: (note) => this.change({ note }),
    });
    this.controls = shiftControls({
      kernels: Object.keys(this.model.get("kernels")),
      change: (values) => this.change(values),
      move: (where) => this.move(where),
      file,
    });
    this.reading = make("p", { class: "cnn-reading-line" });
    this.scale = legend();
    const { answer, ...pooled } = this.cards;
    const stage = make("div", { class: "cnn-stage cnn-shift-stage" }, captioned("Picture: drag it", this.picture.element, this.reading), answer.element);
    const four = make("div", { class: "cnn-shift-four" }, ...Object.values(pooled).map((card) => card.element));
    this.shell.body.append(stage, this.controls.element, four, captioned("Colours of the differences: shifted minus what it is compared with; grey where there is nothing to compare", this.scale.element));
  }

  buildPicture() {
    const view = new ArrayView({
      label: "picture",
      maxHeight: 300,
      on: {
        drag: (cell, from) => cell && this.drag(cell, from),
        move: (rows, cols, event) => this.step(rows, cols, event.shiftKey ? 4 : 1),
      },
    });
    view.canvas.classList.add("cnn-shift-picture");
    view.canvas.addEventListener("pointerdown", () => (this.start = this.model.get("shift")));
    return view;
  }

  drag(cell, from) {
    const [down, right] = this.start;
    this.move({ down: down + cell.row - from.row, right: right + cell.col - from.col });
  }

  step(rows, cols, by) {
    const [down, right] = this.model.get("shift");
    this.move({ down: down + rows * by, right: right + cols * by });
  }

  move({ down = this.model.get("shift")[0], right = this.model.get("shift")[1] }) {
    const next = [shiftWithin(down), shiftWithin(right)];
    if (next.join() !== this.model.get("shift").join()) this.change({ shift: next });
  }

  change(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.save();
    this.redraw();
  }

  // The unshifted answer changes with the picture and the filter only, not while one drags.
  prepare({ image, kernel }) {
    if (image !== this.wire) [this.wire, this.whole, this.before] = [image, frameForShifts(fromWire(image)), null];
    if (kernel !== this.named) [this.named, this.kernel, this.before] = [kernel, fromRows(this.model.get("kernels")[kernel]), null];
    if (this.before) return;
    this.before = answerTo(viewShifted(this.whole, [0, 0]), this.kernel);
    // A few very strong edges would leave the rest in the dark.
    this.most = BRIGHTEST_SHIFT_SHARE * rangeOf(this.before.data, "signed")[1];
  }

  draw() {
    const state = Object.fromEntries(SHIFT_STATE.map((name) => [name, this.model.get(name)]));
    this.prepare(state);
    const { picture, outcomes } = shiftScene(this.whole, this.before, this.kernel, state);
    this.picture.show(picture, { kind: "grey" });
    for (const [name, card] of Object.entries(this.cards)) card.show(outcomes[name], this.most, state.compare);
    this.scale.show({ kind: "signed", range: [-this.most, this.most] });
    this.controls.show(state);
    this.shell.note(state.note);
    this.say(state, picture, outcomes);
  }

  say({ shift, compare }, picture, outcomes) {
    const [down, right] = shift;
    const where = down || right ? `moved by ${shiftWords(down, ["down", "up"])} and ${shiftWords(right, ["right", "left"])}` : "not moved";
    setText(this.reading, `${picture.height} × ${picture.width} pixels, ${where}.`);
    this.picture.label(`picture of ${picture.height} by ${picture.width} pixels, ${where}`);
    const question = SHIFT_COMPARISONS.find(([name]) => name === compare)[1].split(": ")[1];
    const changes = Object.entries(outcomes).map(([name, one]) => `${SHIFT_WAYS[name].title} ${percent(one[compare])}`);
    this.shell.speak(`Picture ${where}. Change, ${question} ${changes.join("; ")}.`);
  }

  close() {
    for (const name of this.names) this.model.off(name, this.redraw);
    for (const view of [this.picture, ...Object.values(this.cards)]) view.destroy();
    this.redraw.cancel();
    this.save.cancel();
    this.shell.close();
  }
}

const shiftWords = (by, [forth, back]) => `${Math.abs(by)} ${by < 0 ? back : forth}`;

function render({ model, el }) {
  const view = new ShiftView(model, el);
  return () => view.close();
}

export default { render };
