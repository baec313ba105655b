// The feature map explorer: point at a value of any map of a network and see what it sees of the picture.

import { ArrayView } from "./canvas.js";
import { rangeOf } from "./colour.js";
import { choice, slider } from "./controls.js";
import { make, setText } from "./dom.js";
import { MapSheet, boxSeen, cropSeen, mapsOf, placeAlike, mapPlace } from "./feature_maps.js";
import { Questions, atMostEvery, oncePerFrame } from "./frame.js";
import { legend } from "./legend.js";
import { formatNumber } from "./numbers.js";
import { ownPicture } from "./own_picture.js";
import { captioned, faultParts, openShell } from "./shell.js";
import { fromWire, toWire } from "./wire.js";

const MAP_STATE = ["image", "layers", "values", "says", "layer", "chosen", "place", "note", "answer"];
const MAP_LIMIT = 262144; // pixels of a dropped picture, four times LIMIT in feature_map_explorer.py
const MAP_LEAP = 4; // values that an arrow key passes with Shift
const MAP_KEYS = [
  ["← ↑ → ↓", "on the map: look at the next value; with Shift, four further on"],
  ["← ↑ → ↓", "on the sheet of all maps: choose the next map"],
  ["pointer", "over the map or the sheet: look at a value; a click stays there"],
];

class MapView {
  constructor(model, el) {
    this.model = model;
    this.peek = null; // the value under the pointer: { chosen, place }
    this.redraw = oncePerFrame(() => this.draw());
    this.save = atMostEvery(120, () => model.save_changes());
    this.questions = new Questions((question) => {
      model.set("question", question);
      model.save_changes();
    });
    this.build(el);
    this.names = MAP_STATE.map((name) => `change:${name}`);
    for (const name of this.names) model.on(name, this.redraw);
    this.redraw();
  }

  build(el) {
    this.shell = openShell(el, "Feature map explorer", MAP_KEYS);
    this.picture = new ArrayView({ label: "picture", maxHeight: 280, format: () => "" });
    this.map = new ArrayView({ label: "map", maxHeight: 280, on: this.mapHandlers() });
    this.crop = new ArrayView({ label: "what the value sees", maxCell: 80, maxHeight: 280, format: () => "" });
    this.sheet = new ArrayView({ label: "all maps", maxCell: 6, maxHeight: 420, on: this.sheetHandlers(), format: () => "" });
    this.scale = legend();
    this.titles = [make("span"), make("span"), make("span")];
    this.words = make("p", { class: "cnn-arithmetic" });
    this.says = make("p", { class: "cnn-reading-line" });
    const [map, crop, all] = this.titles;
    const stage = make(
      "div",
      { class: "cnn-map-stage" },
      captioned("Picture, and what the value sees", this.picture.element, this.says),
      captioned(map, this.map.element, this.scale.element),
      captioned(crop, this.crop.element),
    );
    this.shell.body.append(this.controls(), stage, this.shell.faultBox, this.words, captioned(all, this.sheet.element));
  }

  controls() {
    const layers = this.model.get("layers").map(({ name, kind }) => [name, `${name} (${kind})`]);
    this.layer = choice({ label: "Layer", options: layers, value: this.model.get("layer"), onChange: (name) => this.turnTo(name) });
    this.number = slider({ label: "Map", max: 1, onInput: (chosen) => this.change({ chosen }) });
    this.number.element.classList.add("cnn-wide");
    const row = make("div", { class: "cnn-row" }, this.layer.element, this.number.element);
    if (this.model.widget_manager) {
      const ask = (picture, note) => this.questions.put({ picture: toWire(picture), note });
      const onProblem = (note) => this.change({ note });
      row.append(ownPicture({ target: this.shell.root, limit: MAP_LIMIT, grey: false, onPicture: ask, onProblem }));
    }
    return row;
  }

  mapHandlers() {
    const here = (cell) => cell && { chosen: this.at, place: [cell.row, cell.col] };
    return {
      hover: (cell) => this.look(here(cell)),
      pick: (cell) => this.stay(here(cell)),
      move: (rows, cols, event) => {
        const by = event.shiftKey ? MAP_LEAP : 1;
        const [row, col] = this.place;
        this.stay({ chosen: this.at, place: mapPlace([row + by * rows, col + by * cols], this.maps[0]) });
      },
    };
  }

  sheetHandlers() {
    const there = (cell) => {
      const found = cell && this.tiles.find(cell);
      return found && { chosen: found.at, place: found.place };
    };
    return {
      hover: (cell) => this.look(there(cell)),
      pick: (cell) => this.stay(there(cell)),
      move: (rows, cols) => {
        const chosen = this.at + rows * this.tiles.columns + cols;
        if (chosen >= 0 && chosen < this.maps.length) this.stay({ chosen, place: this.place });
      },
    };
  }

  look(peek) {
    this.peek = peek;
    this.redraw();
  }

  stay(value) {
    if (!value) return;
    this.peek = null;
    this.change(value);
  }

  // Another layer has other maps: the value that looks at the same middle of the picture is looked at.
  turnTo(name) {
    const after = this.model.get("layers").find((layer) => layer.name === name);
    this.peek = null;
    this.change({ layer: name, chosen: Math.min(this.at, after.shape[0] - 1), place: placeAlike(this.about, this.place, after) });
  }

  change(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.save();
    this.redraw();
  }

  // Maps change with picture and layer only, not while one points.
  prepare() {
    const [wire, image, name] = ["values", "image", "layer"].map((key) => this.model.get(key));
    if (wire === this.wire && image === this.shownImage && name === this.name) return;
    if (wire !== this.wire) this.values = fromWire(wire).data;
    if (image !== this.shownImage) this.image = fromWire(image);
    [this.wire, this.shownImage, this.name] = [wire, image, name];
    const layers = this.model.get("layers");
    this.about = layers.find((layer) => layer.name === name);
    this.maps = mapsOf(layers, this.values, name);
    this.tiles = new MapSheet(this.maps);
    const kind = this.tiles.array.data.some((value) => value < 0) ? "signed" : "grey";
    const [low, high] = rangeOf(this.tiles.array.data, kind);
    this.range = { kind, range: kind === "grey" ? [0, high] : [low, high] };
    this.picture.show(this.image, { kind: "grey", range: [0, 1] });
    const { data } = this.tiles.array;
    this.sheet.show(this.tiles.array, { ...this.range, shown: (at) => data[at] === data[at] });
    this.scale.show(this.range);
    this.number.limit(0, this.maps.length - 1);
    this.mapShown = null;
  }

  draw() {
    this.prepare();
    const { chosen, place } = this.peek ?? { chosen: this.model.get("chosen"), place: this.model.get("place") };
    this.at = Math.min(chosen, this.maps.length - 1);
    this.place = mapPlace(place, this.maps[0]);
    const map = this.maps[this.at];
    const box = boxSeen(this.about, this.place, this.image);
    const [row, col] = this.place;
    if (this.mapShown !== map) this.map.show(map, { ...this.range, decimals: 2 });
    this.mapShown = map;
    this.map.mark([{ row, col, height: 1, width: 1 }]);
    this.picture.mark(box.height && box.width ? [box] : []);
    this.crop.element.hidden = !(box.height && box.width);
    if (box.height && box.width) this.crop.show(cropSeen(this.image, box), { kind: "grey", range: [0, 1] });
    const corner = this.tiles.corner(this.at);
    const cell = { row: corner.row + row, col: corner.col + col, height: 1, width: 1 };
    this.sheet.mark([{ ...this.tiles.frame(this.at), look: "trace" }, cell]);
    this.layer.set(this.name);
    this.number.set(this.at);
    this.say(map.data[row * map.width + col], box);
  }

  say(value, box) {
    const [row, col] = this.place;
    const [count, rows, cols] = this.about.shape;
    const [map, crop, all] = this.titles;
    const seen = box.height && box.width ? `${box.height} × ${box.width} pixels` : "nothing but padding";
    const where = box.height && box.width ? `: rows ${box.row} to ${box.row + box.height - 1}, columns ${box.col} to ${box.col + box.width - 1}` : "";
    const words = `Map ${this.at} of ${this.name}, row ${row}, column ${col}: ${formatNumber(value, 3)}. It sees ${seen}${where}.`;
    setText(map, `Map ${this.at} of ${this.name}: ${rows} × ${cols} values`);
    setText(crop, `What the value sees: ${seen}`);
    setText(all, `All ${count} maps of ${this.name}, to the same scale`);
    setText(this.words, words);
    const says = this.model.get("says").map(([name, share]) => `${name} (${Math.round(100 * share)} %)`);
    setText(this.says, says.length ? `The network says: ${says.join(", ")}.` : "");
    this.picture.label(`picture of ${this.image.height} by ${this.image.width} pixels; ${words}`);
    this.map.label(`map ${this.at} of ${this.name}, ${rows} by ${cols} values; ${words}`);
    this.crop.label(`the part of the picture that the value sees: ${seen}`);
    this.sheet.label(`all ${count} maps of ${this.name}; map ${this.at} is chosen`);
    this.note();
    this.shell.speak(words);
  }

  note() {
    const { id, fault } = this.model.get("answer") ?? {};
    this.questions.answered(id);
    this.shell.fault(fault ? faultParts(fault) : null);
    const still = this.model.widget_manager ? "" : "This page runs no Python: the maps are recorded. Open the notebook for a picture or a network of your own.";
    this.shell.note([this.model.get("note"), still].filter(Boolean).join(" "));
  }

  close() {
    for (const name of this.names) this.model.off(name, this.redraw);
    for (const view of [this.picture, this.map, this.crop, this.sheet]) view.destroy();
    this.redraw.cancel();
    this.save.cancel();
    this.shell.close();
  }
}

function render({ model, el }) {
  const view = new MapView(model, el);
  return () => view.close();
}

export default { render };
