// The latent explorer: a plane of two latent numbers to drag in, a slider for each number, and the digit drawn there.

import { ArrayView } from "./canvas.js";
import { button, slider } from "./controls.js";
import { decodedPicture, decodedPlane, decoderOf, nearestPoints } from "./decoding.js";
import { make, setText } from "./dom.js";
import { atMostEvery, oncePerFrame } from "./frame.js";
import { formatNumber } from "./numbers.js";
import { captioned, openShell } from "./shell.js";
import { fromWire } from "./wire.js";

const LATENT_STATE = ["weights", "shapes", "points", "labels", "place", "reach", "tiles"];
const LATENT_STEP = 0.05; // of a slider
const LATENT_ARROW = 0.1; // of an arrow key on the plane; with Shift five times as far
const LATENT_NEAREST = 5;
const LATENT_KEYS = [
  ["Arrow keys on the plane", "move by 0.1"],
  ["Shift and arrow keys", "move by 0.5"],
  ["Drag or click on the plane", "move there"],
];

class LatentView {
  constructor(model, el) {
    this.model = model;
    this.redraw = oncePerFrame(() => this.draw());
    this.save = atMostEvery(120, () => model.save_changes());
    this.build(el);
    this.names = LATENT_STATE.map((name) => `change:${name}`);
    for (const name of this.names) model.on(name, this.redraw);
    this.redraw();
  }

  build(el) {
    this.shell = openShell(el, "Latent explorer", LATENT_KEYS);
    const go = (cell) => cell && this.goTo(cell);
    const on = { drag: go, pick: go, move: (rows, cols, event) => this.step(rows, cols, event.shiftKey ? 5 : 1) };
    this.plane = new ArrayView({ label: "latent plane", smooth: true, maxHeight: 400, on });
    this.digit = new ArrayView({ label: "digit", maxHeight: 250 });
    this.words = make("p", { class: "cnn-arithmetic" });
    this.sliders = this.model.get("place").map((_, axis) => this.axisSlider(axis));
    const chance = button({ text: "Draw a place by chance", onClick: () => this.change(this.model.get("place").map(standardNormal)) });
    const middle = button({ text: "To the middle", onClick: () => this.change(this.model.get("place").map(() => 0)) });
    const stage = make(
      "div",
      { class: "cnn-stage" },
      captioned("The plane: number 1 to the right, number 2 upwards", this.plane.element),
      captioned("Drawn at the frame", this.digit.element, this.words),
    );
    const rows = this.sliders.map(({ element }) => element);
    this.shell.body.append(stage, make("div", { class: "cnn-row" }, ...rows), make("div", { class: "cnn-row" }, chance, middle));
  }

  axisSlider(axis) {
    const reach = this.model.get("reach");
    const made = slider({
      label: `Number ${axis + 1}`,
      min: -reach,
      max: reach,
      step: LATENT_STEP,
      text: (value) => formatNumber(value),
      onInput: (value) => this.change(this.model.get("place").with(axis, value)),
    });
    made.element.classList.add("cnn-wide");
    return made;
  }

  change(place) {
    const reach = this.model.get("reach");
    const kept = place.map((value) => Math.min(reach, Math.max(-reach, Math.round(value * 100) / 100)));
    this.model.set("place", kept);
    this.save();
    this.redraw();
  }

  goTo({ row, col }) {
    const reach = this.model.get("reach");
    const { height, width } = this.shown;
    const [x, y] = [((2 * col + 1) / width - 1) * reach, (1 - (2 * row + 1) / height) * reach];
    this.change([x, y, ...this.model.get("place").slice(2)]);
  }

  step(rows, cols, times) {
    const [x, y, ...rest] = this.model.get("place");
    this.change([x + LATENT_ARROW * times * cols, y - LATENT_ARROW * times * rows, ...rest]);
  }

  draw() {
    const state = Object.fromEntries(LATENT_STATE.map((name) => [name, this.model.get(name)]));
    if (state.weights !== this.wire) {
      [this.wire, this.key] = [state.weights, null];
      this.decoder = decoderOf(fromWire({ ...state.weights, shape: [1, state.weights.shape[0]] }).data, state.shapes);
      this.points = fromWire(state.points);
    }
    this.drawPlane(state);
    this.digit.show(decodedPicture(this.decoder, state.place), { kind: "grey", range: [0, 1] });
    const words = this.inWords(state);
    setText(this.words, words);
    this.plane.label(`latent plane, ${state.tiles} by ${state.tiles} digits. ${words}`);
    this.digit.label(`digit. ${words}`);
    this.sliders.forEach((one, axis) => one.set(state.place[axis]));
    this.shell.speak(words);
  }

  drawPlane({ place, tiles, reach }) {
    const key = JSON.stringify([place.slice(2), reach]);
    if (key !== this.key) {
      this.key = key;
      this.shown = decodedPlane(this.decoder, place, tiles, reach);
      this.plane.show(this.shown, { kind: "grey", range: [0, 1] });
    }
    const { height, width } = this.shown;
    const [high, wide] = [height / tiles, width / tiles];
    const [row, col] = [((1 - place[1] / reach) * height) / 2, ((1 + place[0] / reach) * width) / 2];
    this.plane.mark([{ row: row - high / 2, col: col - wide / 2, height: high, width: wide }]);
  }

  inWords({ place, labels }) {
    const where = `Place ${place.map((value) => formatNumber(value)).join(", ")}.`;
    if (!this.points) return where;
    const near = nearestPoints(this.points, place, LATENT_NEAREST).map((at) => labels[at]);
    return `${where} The nearest known digits are ${near.join(", ")}.`;
  }

  close() {
    for (const name of this.names) this.model.off(name, this.redraw);
    for (const view of [this.plane, this.digit]) view.destroy();
    this.redraw.cancel();
    this.save.cancel();
    this.shell.close();
  }
}

// Two even chances make one of the standard normal: G. Box, M. Muller, 1958.
function standardNormal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

function render({ model, el }) {
  const view = new LatentView(model, el);
  return () => view.close();
}

export default { render };
