// The explorer of receptive fields: point at a value of a layer and see what it sees, level by level, down to the picture.

import { ArrayView } from "./canvas.js";
import { choice, slider } from "./controls.js";
import { make, setText } from "./dom.js";
import { atMostEvery, oncePerFrame } from "./frame.js";
import { ownPicture } from "./own_picture.js";
import { fieldLayerWords, fieldLevels, fieldMaps, fieldPlaceAt, fieldSentence, fieldSteps, fieldWalk } from "./receptive_field.js";
import { captioned, openShell } from "./shell.js";
import { fromWire, toWire } from "./wire.js";

const FIELD_LIMIT = 65536; // pixels of a dropped picture, as LIMIT in receptive_field_explorer.py
const FIELD_STATE = ["image", "layers", "depth", "place", "note"];
const FIELD_OWN = "(your own)";
const FIELD_LEAP = 4; // cells that an arrow key moves with Shift
const FIELD_KEYS = [
  ["← ↑ → ↓", "on the map of the layer: choose a neighbouring value; with Shift, four further on"],
  ["pointer", "over that map: look at a value; a click chooses it"],
];

const sameLayers = (a, b) =>
  a.length === b.length && a.every((layer, at) => fieldLayerWords(layer) === fieldLayerWords(b[at]));

class FieldView {
  constructor(model, el) {
    this.model = model;
    this.peek = null; // the value under the pointer
    this.levels = []; // views of the levels between picture and top, kept for the next drawing
    this.redraw = oncePerFrame(() => this.draw());
    this.save = atMostEvery(120, () => model.save_changes());
    this.build(el);
    this.names = FIELD_STATE.map((name) => `change:${name}`);
    for (const name of this.names) model.on(name, this.redraw);
    this.redraw();
  }

  build(el) {
    this.shell = openShell(el, "Explorer of receptive fields", FIELD_KEYS);
    this.top = new ArrayView({ label: "layer", maxCell: 40, maxHeight: 300, on: this.handlers(), format: () => "" });
    this.picture = new ArrayView({ label: "picture", maxHeight: 300 });
    this.title = make("span");
    const painted = make("p", { class: "cnn-size" }, "Each value is painted with the mean of the pixels that it sees.");
    this.words = make("p", { class: "cnn-reading-line" });
    this.problem = make("p", { class: "cnn-problem", hidden: true });
    this.steps = make("ol", { class: "cnn-field-steps" });
    this.between = make("div", { class: "cnn-field-levels" });
    this.way = captioned("On the way: the part of each layer that it sees", this.between);
    this.stage = make("div", { class: "cnn-stage" }, captioned(this.title, this.top.element, painted), captioned("Picture, and what the value sees of it", this.picture.element));
    const formula = captioned("Walked back: (n − 1) · stride + kernel", this.steps);
    this.shell.body.append(...this.controls(), this.problem, this.stage, this.words, formula, this.way);
    this.shown = [this.stage, this.words, formula];
  }

  controls() {
    const presets = this.model.get("presets");
    const names = [FIELD_OWN, ...presets.map(({ name }) => name)].map((name) => [name, name]);
    this.preset = choice({ label: "Layers", options: names, value: FIELD_OWN, onChange: (name) => this.start(presets.find((one) => one.name === name)) });
    const onPicture = (picture, note) => this.change({ image: toWire(picture), note });
    const file = ownPicture({ target: this.shell.root, limit: FIELD_LIMIT, grey: true, onPicture, onProblem: (note) => this.change({ note }) });
    const said = (depth) => `${depth}: ${fieldLayerWords(this.model.get("layers")[depth - 1])}`;
    this.depth = slider({ label: "Up to layer", min: 1, max: 1, value: 1, text: said, onInput: (depth) => this.reach(depth) });
    this.depth.element.classList.add("cnn-wide");
    const limits = this.model.get("limits");
    this.sliders = ["kernel", "stride", "padding"].map((name) => {
      const label = `${name[0].toUpperCase()}${name.slice(1)}`;
      const [min, max] = limits[name];
      return [name, slider({ label, min, max, onInput: (value) => this.set(name, value) })];
    });
    const group = make("fieldset", { class: "cnn-group" }, make("legend", {}, "This layer"), make("div", { class: "cnn-row" }, ...this.sliders.map(([, one]) => one.element)));
    return [make("div", { class: "cnn-row" }, this.preset.element, file), make("div", { class: "cnn-row" }, this.depth.element), group];
  }

  handlers() {
    const chosen = (cell) => cell && this.change({ place: [cell.row, cell.col] });
    return {
      hover: (cell) => {
        this.peek = cell && [cell.row, cell.col];
        this.redraw();
      },
      pick: chosen,
      drag: chosen,
      move: (rows, cols, event) => {
        const by = event.shiftKey ? FIELD_LEAP : 1;
        const [row, col] = this.walk?.at ?? [0, 0];
        this.peek = null;
        this.change({ place: [Math.max(0, row + by * rows), Math.max(0, col + by * cols)] });
      },
    };
  }

  get layersShown() {
    const layers = this.model.get("layers");
    return layers.slice(0, Math.min(this.model.get("depth"), layers.length));
  }

  start(preset) {
    if (preset) this.change({ layers: preset.layers, ...this.moved(preset.layers, preset.layers.length) });
    else this.redraw();
  }

  reach(depth) {
    this.change({ depth, ...this.moved(this.model.get("layers"), depth) });
  }

  // Another layer has another map: the value whose field has about the same middle is looked at.
  moved(layers, depth) {
    const shown = layers.slice(0, depth);
    const { counts, problem } = fieldLevels(this.image, shown);
    if (problem || !this.walk) return { depth };
    const middles = [this.walk.rows, this.walk.columns].map(([[first, last]]) => (first + last) / 2);
    return { depth, place: middles.map((middle, axis) => fieldPlaceAt(shown, counts[axis].at(-1), middle)) };
  }

  set(name, value) {
    const { length } = this.layersShown;
    this.change({ layers: this.model.get("layers").map((layer, at) => (at === length - 1 ? { ...layer, [name]: value } : layer)) });
  }

  change(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.save();
    this.redraw();
  }

  // The maps change with picture and layers only, not while one points.
  prepare() {
    const [wire, layers] = [this.model.get("image"), this.layersShown];
    const key = layers.map(fieldLayerWords).join("; ");
    if (wire === this.wire && key === this.key) return;
    if (wire !== this.wire) [this.wire, this.image] = [wire, fromWire(wire)];
    this.key = key;
    const { counts, problem } = fieldLevels(this.image, layers);
    Object.assign(this, { counts, fault: problem, maps: problem ? [] : fieldMaps(this.image, layers, counts), peek: null });
    if (problem) return;
    const look = { kind: "grey", range: [0, 1] };
    this.picture.show(this.image, look);
    this.top.show(this.maps.at(-1), look);
    this.showLevels(look);
    this.steps.replaceChildren(...this.stepItems(layers));
  }

  stepItems(layers) {
    const names = ["picture", ...layers.map((layer, at) => `layer ${at + 1}`)];
    return fieldSteps(layers).map(({ words }, down) => make("li", {}, make("span", {}, names[layers.length - 1 - down]), ` ${words}`));
  }

  showLevels(look) {
    const between = this.maps.slice(1, -1);
    while (this.levels.length < between.length) {
      const view = new ArrayView({ label: "layer", maxCell: 14, maxHeight: 96, format: () => "" });
      const title = make("span");
      this.levels.push({ view, title, figure: captioned(title, view.element) });
      this.between.append(this.levels.at(-1).figure);
    }
    this.levels.forEach(({ view, title, figure }, at) => {
      figure.hidden = at >= between.length;
      if (figure.hidden) return;
      setText(title, `${at + 1} ${fieldLayerWords(this.layersShown[at])}`.replaceAll(" × ", "\u00a0×\u00a0"));
      view.show(between[at], look);
    });
    this.way.hidden = !between.length;
  }

  draw() {
    this.prepare();
    const layers = this.model.get("layers");
    const depth = this.layersShown.length;
    this.showControls(layers, depth);
    this.shell.note(this.model.get("note"));
    this.problem.hidden = !this.fault;
    setText(this.problem, this.fault);
    for (const part of this.shown) part.hidden = Boolean(this.fault);
    if (this.fault) {
      this.way.hidden = true;
      this.shell.speak(this.fault);
      return;
    }
    this.walk = fieldWalk(this.layersShown, this.counts, this.peek ?? this.model.get("place"));
    this.mark();
    const words = fieldSentence(layers, depth, this.counts, this.walk);
    setText(this.words, words);
    setText(this.title, `Layer ${depth}: point at a value`);
    this.top.label(`layer ${depth}, ${this.counts.map((along) => along.at(-1)).join(" by ")} values. ${words}`);
    this.picture.label(`picture of ${this.image.height} by ${this.image.width} pixels. ${words}`);
    this.shell.speak(words);
  }

  mark() {
    const { rows, columns } = this.walk;
    const block = (level) => {
      const [[top, bottom], [left, right]] = [rows.at(level), columns.at(level)];
      const seen = { row: top, col: left, height: bottom - top + 1, width: right - left + 1 };
      return seen.height > 0 && seen.width > 0 ? [seen] : [];
    };
    this.top.mark(block(-1));
    this.picture.mark(block(0));
    this.levels.forEach(({ view, figure }, at) => {
      if (figure.hidden) return;
      view.mark(block(at + 1));
      const [[top, bottom], [left, right]] = [rows[at + 1], columns[at + 1]];
      view.label(`layer ${at + 1}: rows ${top} to ${bottom}, columns ${left} to ${right} are seen`);
    });
  }

  showControls(layers, depth) {
    this.preset.set(this.model.get("presets").find((one) => sameLayers(one.layers, layers))?.name ?? FIELD_OWN);
    this.depth.limit(1, layers.length);
    this.depth.set(depth);
    for (const [name, control] of this.sliders) control.set(layers[depth - 1][name]);
  }

  close() {
    for (const name of this.names) this.model.off(name, this.redraw);
    for (const view of [this.top, this.picture, ...this.levels.map((level) => level.view)]) view.destroy();
    this.redraw.cancel();
    this.save.cancel();
    this.shell.close();
  }
}

function render({ model, el }) {
  const view = new FieldView(model, el);
  return () => view.close();
}

export default { render };
