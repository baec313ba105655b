// The layer builder: layers in a table, the chosen one on sliders, the network drawn as boxes to scale.

import { button, choice, numberField } from "./controls.js";
import { make, setText } from "./dom.js";
import { atMostEvery, oncePerFrame } from "./frame.js";
import { layerPicture } from "./layer_picture.js";
import { LAYER_FIELDS, countLayers, layerCode, layerSentence, layerTitle } from "./layer_rules.js";
import { layerSettings } from "./layer_settings.js";
import { layerTable } from "./layer_table.js";
import { captioned, openShell } from "./shell.js";

const LAYER_STATE = ["input_shape", "layers", "selected"].map((name) => `change:${name}`);
const LAYER_MOST = 40;
const LAYER_OWN = "(your own)";
const LAYER_KEYS = [
  ["↑ ↓", "in the table: choose a layer"],
  ["Alt + ↑ ↓", "in the table: move the chosen layer"],
  ["Delete", "in the table: remove the chosen layer"],
  ["pointer", "a box of the picture chooses its layer"],
];
const LAYER_CAPTION = "What comes out of each layer. Faces are to one scale, depths (the number of maps) to another, rows of numbers to a third";

class LayerView {
  constructor(model, el) {
    this.model = model;
    this.redraw = oncePerFrame(() => this.draw());
    this.save = atMostEvery(120, () => model.save_changes());
    this.build(el);
    for (const name of LAYER_STATE) model.on(name, this.redraw);
    this.draw();
  }

  build(el) {
    const { model } = this;
    this.shell = openShell(el, "Layer builder", LAYER_KEYS);
    this.shell.root.classList.add("cnn-builder");
    this.picture = layerPicture((place) => this.set({ selected: place }));
    this.table = layerTable((place) => this.set({ selected: place }));
    this.settings = layerSettings({
      limits: model.get("limits"),
      change: (values) => this.change(values),
      move: (step) => this.move(step),
      remove: () => this.remove(),
    });
    this.table.element.addEventListener("keydown", (event) => this.key(event), true);
    this.code = make("code");
    const code = make("details", { class: "cnn-keys" }, make("summary", {}, "The same in PyTorch"), make("pre", {}, this.code));
    this.words = make("p", { class: "cnn-reading-line" });
    const settings = make("div", { class: "cnn-layer-tools" }, this.settings.element, this.adders());
    this.shell.body.append(this.starters(), captioned(LAYER_CAPTION, this.picture.element), this.words, settings, this.table.element, code);
  }

  starters() {
    const presets = this.model.get("presets");
    const options = [LAYER_OWN, ...presets.map((preset) => preset.name)].map((name) => [name, name]);
    this.preset = choice({ label: "Start from", options, value: LAYER_OWN, onChange: (name) => this.start(presets.find((preset) => preset.name === name)) });
    this.sides = ["Channels", "Height", "Width"].map((label, axis) =>
      numberField({ label, min: 1, max: 1024, step: 1, value: 1, onChange: (size) => this.resize(axis, size) }),
    );
    return make("div", { class: "cnn-row" }, this.preset.element, ...this.sides.map((side) => side.element));
  }

  adders() {
    const buttons = Object.keys(LAYER_FIELDS).map((kind) =>
      button({ text: `+ ${kind}`, label: `Add ${kind === "activation" ? "an" : "a"} ${kind} layer after the chosen one`, onClick: () => this.add(kind) }),
    );
    return make("div", { class: "cnn-row", role: "group", "aria-label": "Add a layer" }, ...buttons);
  }

  set(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    const { model } = this;
    model.set("description", layerSentence(model.get("input_shape"), model.get("layers")));
    this.save();
    this.redraw();
  }

  start(preset) {
    if (preset) this.set({ input_shape: preset.input_shape, layers: preset.layers, selected: 0 });
    else this.redraw();
  }

  resize(axis, size) {
    this.set({ input_shape: this.model.get("input_shape").map((old, at) => (at === axis ? size : old)) });
  }

  change(values) {
    const selected = this.model.get("selected");
    this.set({ layers: this.model.get("layers").map((layer, place) => (place === selected ? { ...layer, ...values } : layer)) });
  }

  add(kind) {
    const layers = [...this.model.get("layers")];
    if (layers.length >= LAYER_MOST) return this.shell.note(`There is room for ${LAYER_MOST} layers; remove one first.`);
    const place = layers.length ? this.model.get("selected") + 1 : 0;
    layers.splice(place, 0, { kind, ...this.model.get("kinds")[kind] });
    return this.set({ layers, selected: place });
  }

  move(step) {
    const [layers, from] = [[...this.model.get("layers")], this.model.get("selected")];
    const to = from + step;
    if (to < 0 || to >= layers.length) return;
    [layers[from], layers[to]] = [layers[to], layers[from]];
    this.set({ layers, selected: to });
  }

  remove() {
    const [layers, selected] = [this.model.get("layers"), this.model.get("selected")];
    this.set({ layers: layers.filter((layer, place) => place !== selected), selected: Math.max(0, Math.min(selected, layers.length - 2)) });
  }

  key(event) {
    const step = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : 0;
    if (!step && event.key !== "Delete") return;
    event.preventDefault();
    event.stopPropagation();
    if (step) this.move(step);
    else this.remove();
    this.draw(); // at once, so that the focus can follow the layer
    this.table.focus(this.model.get("selected"));
  }

  draw() {
    const [picture, layers, chosen] = ["input_shape", "layers", "selected"].map((name) => this.model.get(name));
    const selected = Math.min(chosen, layers.length - 1);
    const counted = countLayers(picture, layers);
    this.picture.show(picture, counted.rows, selected);
    this.table.show(layers, counted, selected);
    this.settings.show(layers, selected, { picture, rows: counted.rows });
    this.sides.forEach((side, axis) => side.set(picture[axis]));
    this.preset.set(this.presetShown(picture, layers));
    const words = layerSentence(picture, layers);
    setText(this.words, words);
    this.words.classList.toggle("cnn-problem", counted.refused !== null);
    setText(this.code, layerCode(picture, layers));
    this.shell.speak(words);
    if (layers.length < LAYER_MOST) this.shell.note("");
  }

  presetShown(picture, layers) {
    const written = (shape, stack) => [shape, ...stack.map(layerTitle)].join("; ");
    const state = written(picture, layers);
    return this.model.get("presets").find((preset) => written(preset.input_shape, preset.layers) === state)?.name ?? LAYER_OWN;
  }

  close() {
    for (const name of LAYER_STATE) this.model.off(name, this.redraw);
    this.redraw.cancel();
    this.save.cancel();
    this.shell.close();
  }
}

function render({ model, el }) {
  const view = new LayerView(model, el);
  return () => view.close();
}

export default { render };
